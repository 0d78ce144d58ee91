/**
 * Who waits for the answer to a durable message, as the vat that answers it is told.
 *
 * A guest may have broken out of its vat, and would answer in the name of others if a ticket could be
 * made up. So what it is given is bound to it by a keyed hash.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export type Tickets = {
  seal(vat: string, ticket: string): string;
  /** @returns the ticket; undefined where this vat was never given it */
  open(vat: string, sealed: string): string | undefined;
};

export const makeTickets = (secret: Uint8Array): Tickets => {
  const key = createHmac('sha256', secret).update('pocas tickets 1\n').digest();
  const mark = (vat: string, ticket: string) =>
    createHmac('sha256', key).update(`${vat} ${ticket}`).digest('base64url');
  return Object.freeze({
    seal: (vat: string, ticket: string) => `${ticket}/${mark(vat, ticket)}`,
    open(vat: string, sealed: string) {
      const end = sealed.lastIndexOf('/');
      const ticket = sealed.slice(0, end);
      const given = Buffer.from(sealed.slice(end + 1));
      const made = Buffer.from(mark(vat, ticket));
      return given.length === made.length && timingSafeEqual(given, made) ? ticket : undefined;
    },
  });
};

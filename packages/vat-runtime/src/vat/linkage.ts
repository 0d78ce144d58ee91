/**
 * Which deliveries of a vat are tied to nobody: those in which an `unlinked` facet was called, and those
 * that bring what such a delivery asked for or was promised. A method that awaits goes on in one of the
 * latter, where no call of the facet would say so.
 */
import harden from '@endo/harden';
import { type CapData, type Message, reverse } from '../switchboard/wire.ts';
import type { Delivery } from './delivery.ts';

export type Linkage = {
  /** A message is about to be carried out. */
  begin(message: Message): void;
  /** An `unlinked` facet is called. */
  unlink(): void;
  isUnlinked(): boolean;
  /** The delivery is done. @param said - what the vat said in it @returns whether it is tied to nobody */
  finish(cause: Delivery | undefined, said: readonly Message[]): boolean;
};

const dataOf = (message: Message): CapData | undefined => {
  switch (message.type) {
    case 'CTP_CALL':
      return message.method;
    case 'CTP_RETURN':
      return 'result' in message ? message.result : message.exception;
    case 'CTP_RESOLVE':
      return 'res' in message ? message.res : message.rej;
    default:
      return undefined;
  }
};

/** The promises in a message, as what settles them names them. */
const promisesIn = (message: Message): string[] =>
  (dataOf(message)?.slots ?? []).filter((slot) => slot.startsWith('p')).map(reverse);

export const makeLinkage = (): Linkage => {
  /** Questions without an answer and promises that are not settled, all of them others'. */
  const awaited = new Set<string>();
  let unlinked = false;
  return harden({
    begin(message: Message) {
      if (message.type === 'CTP_RETURN') unlinked = awaited.delete(message.answerID);
      if (message.type === 'CTP_RESOLVE') unlinked = awaited.delete(message.promiseID);
    },
    unlink() {
      unlinked = true;
    },
    isUnlinked: () => unlinked,
    finish(cause: Delivery | undefined, said: readonly Message[]) {
      const was = unlinked;
      unlinked = false;
      if (!was) return false;
      for (const message of said) {
        if (message.type === 'CTP_CALL') awaited.add(message.questionID);
      }
      if (cause?.kind === 'message')
        for (const slot of promisesIn(cause.message)) awaited.add(slot);
      return true;
    },
  });
};

/** What the bridge remembers, in memory, about each browser's session. */
import harden from '@endo/harden';
import type { WebSession, WebSessions } from '@pocas/vat-runtime';
import { makeAddressBook } from './address-book.ts';
import type { Address, AddressBook } from './address-book.ts';
import type { Code } from './code.ts';
import { makeWatch } from './watch.ts';
import type { Watch } from './watch.ts';

/** Short words for the next page at an address, said once. */
export type Notice = { readonly address: Address; readonly text: string };

/** One browser's session. Losing it costs notices and the addresses of ephemeral references only. */
export type Visit = {
  readonly id: string;
  readonly web: WebSession;
  readonly book: AddressBook;
  readonly watch: Watch;
  /** The event streams that are open: each function ends one. */
  readonly streams: Set<() => void>;
  notice: Notice | undefined;
};

export type Visits = {
  /** The visit that belongs to a cookie, or undefined where the node has no such session. */
  find(cookie: string): Promise<Visit | undefined>;
  /** The same, made where there is none. */
  provide(cookie: string): Promise<Visit>;
  /** Ends the session for good, and every stream that still tells of it. */
  end(visit: Visit): void;
};

/**
 * @param limits - `visits`: how many are remembered; `addresses`: how many each remembers
 */
export const makeVisits = (
  sessions: WebSessions,
  code: Code,
  limits: { visits: number; addresses: number },
): Visits => {
  const known = new Map<string, Visit>();
  const thisStart = code.freshRequestId();

  const forget = (id: string) => {
    for (const close of known.get(id)?.streams ?? []) close();
    known.delete(id);
  };

  const remember = (id: string, web: WebSession): Visit => {
    // The node may have put the session to sleep meanwhile: what it had in memory is gone.
    if (known.get(id)?.web !== web) forget(id);
    let visit = known.get(id);
    if (visit === undefined) {
      // A slot that does not last means something else after the node's next start, so its address
      // must not come again.
      const derive = (slot: string, lasts: boolean) =>
        lasts ? code.derive('address', id, slot) : code.derive('address', id, slot, thisStart);
      const book = makeAddressBook(web, derive, limits.addresses);
      visit = { id, web, book, watch: makeWatch(), streams: new Set(), notice: undefined };
    }
    known.delete(id);
    known.set(id, visit);
    if (known.size > limits.visits) {
      const [oldest] = known.keys();
      forget(oldest!);
    }
    return visit;
  };

  const idOf = (cookie: string) => code.derive('session', cookie);

  return harden({
    async find(cookie: string) {
      const id = idOf(cookie);
      const web = await sessions.find(id);
      if (web === undefined) {
        forget(id);
        return undefined;
      }
      return remember(id, web);
    },
    async provide(cookie: string) {
      const id = idOf(cookie);
      return remember(id, await sessions.provide(id));
    },
    end(visit: Visit) {
      visit.web.end();
      forget(visit.id);
    },
  });
};
harden(makeVisits);

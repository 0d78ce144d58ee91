/**
 * A sturdy ref that is held: the same object again in each session with its node.
 *
 * References die with their session, and say so: a call that was under way is answered as `unknown`, a
 * later one as `no`. What a program keeps is therefore a `Held`, and what it calls or hands on is the
 * reference that `current()` answers now. Nothing is ever sent twice.
 */
import harden from '@endo/harden';
import type { SwissNumber } from '../locator/sturdy-ref.ts';
import type { ConnectionState, KeptSession } from './kept-session.ts';
import type { NodeSession } from './session.ts';
import { fatedError } from '../switchboard/delivery.ts';

export type HeldState =
  /** Neither the object nor a refusal is there yet. */
  | { readonly state: 'connecting' }
  /** The object was obtained in this session. */
  | { readonly state: 'online' }
  | { readonly state: 'offline'; readonly reason: string; readonly retryMilliseconds: number }
  /** The node answered that the sturdy ref is unknown, expired, used or revoked. It is asked again in the next session. */
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'closed'; readonly reason: string };

export type Held<T = unknown> = {
  /**
   * The object, as a promise on which calls may be made at once. Where there is no session it waits for
   * the next one, for as long as the client is patient, and then rejects with `(delivered: no)`.
   * To be asked for each call, or for a few that belong together.
   *
   * @example
   * await E(wallet.current()).view();
   */
  current(): Promise<T>;
  state(): HeldState;
  /** Calls `listener` with the state as it is, and at each change. @returns a function that ends it */
  watch(listener: (state: HeldState) => void): () => void;
  /** It is not needed any more. A session that nothing needs is ended. */
  release(): void;
};

export type HeldPowers = {
  /** @returns a function that cancels it */
  readonly after: (milliseconds: number, task: () => void) => () => void;
  readonly patienceMilliseconds: number;
};

/** What its client tells a `Held` of. */
export type HeldKit = {
  readonly held: Held;
  onOpen(session: NodeSession): void;
  onState(state: ConnectionState): void;
};

const REFUSED = 'the node refuses the sturdy ref: it is unknown, expired, used or revoked';

type Waiter = { readonly resolve: (object: unknown) => void; readonly reject: (e: Error) => void };

const ignore = () => {};

/** @param onRelease - called once */
export const makeHeldKit = (
  swiss: SwissNumber,
  kept: KeptSession,
  { after, patienceMilliseconds }: HeldPowers,
  onRelease: () => void,
): HeldKit => {
  let state: HeldState = harden({ state: 'connecting' });
  /** What was asked for in the open session. */
  let asked: { readonly session: NodeSession; readonly object: Promise<unknown> } | undefined;
  const waiters = new Set<Waiter>();
  const listeners = new Set<(state: HeldState) => void>();

  const tell = (next: HeldState) => {
    state = harden(next);
    for (const listener of [...listeners]) {
      // One that was ended by another is not called any more.
      if (listeners.has(listener)) listener(state);
    }
  };

  const ask = (session: NodeSession): Promise<unknown> => {
    const object = session.enliven(swiss);
    const mine = { session, object };
    asked = mine;
    object.then(
      () => {
        if (asked === mine) tell({ state: 'online' });
      },
      () => {
        if (asked === mine) tell({ state: 'refused', reason: REFUSED });
      },
    );
    return object;
  };

  const waitForSession = (): Promise<unknown> => {
    const waiting = new Promise<unknown>((resolve, reject) => {
      const end = () => {
        cancel();
        waiters.delete(waiter);
      };
      const waiter: Waiter = {
        resolve(object) {
          end();
          resolve(object);
        },
        reject(error) {
          end();
          reject(error);
        },
      };
      const cancel = after(patienceMilliseconds, () =>
        waiter.reject(fatedError('Cannot call: the node cannot be reached (delivered: no)')),
      );
      waiters.add(waiter);
    });
    // Whoever looks at it sees its failure; nobody has to.
    waiting.catch(ignore);
    return waiting;
  };

  const refuseAll = (reason: string) => {
    for (const { reject } of [...waiters]) {
      reject(fatedError(`Cannot call: ${reason} (delivered: no)`));
    }
  };

  const held: Held = harden({
    current() {
      if (state.state === 'closed') {
        return Promise.reject(fatedError(`Cannot call: ${state.reason} (delivered: no)`));
      }
      const session = kept.session();
      if (session === undefined) return waitForSession();
      return asked?.session === session ? asked.object : ask(session);
    },
    state: () => state,
    watch(listener: (state: HeldState) => void) {
      // A listener of its own, so that one function may listen twice.
      const own = (next: HeldState) => listener(next);
      listeners.add(own);
      own(state);
      return () => void listeners.delete(own);
    },
    release() {
      if (state.state === 'closed') return;
      const reason = 'the reference was released';
      asked = undefined;
      tell({ state: 'closed', reason });
      refuseAll(reason);
      listeners.clear();
      onRelease();
    },
  });

  return harden({
    held,
    onOpen(session: NodeSession) {
      const object = ask(session);
      for (const { resolve } of [...waiters]) resolve(object);
    },
    onState(next: ConnectionState) {
      // It is online when it has its object.
      if (next.state === 'online') return;
      asked = undefined;
      tell(next);
      if (next.state === 'closed') refuseAll(next.reason);
    },
  });
};
harden(makeHeldKit);

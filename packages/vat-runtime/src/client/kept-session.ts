/**
 * A session that is kept: dialled again, by itself, for as long as somebody needs it.
 *
 * A session that ends is gone with all its references; what is kept is only that there is one. It knows
 * nothing of sturdy refs: whoever needs an object asks for it anew in each session (`held.ts`).
 */
import harden from '@endo/harden';
import type { Designator, Signer } from '../locator/designator.ts';
import { maxLocations } from '../locator/signed-locations.ts';
import type { Channel } from '../session/link.ts';
import { longestWait, shortestWait, steadyAfter } from '../session/redial.ts';
import { type NodeSession, type Opening, type SessionPowers, openSession } from './session.ts';

export type KeptSessionPowers = SessionPowers & {
  /** Opens a channel to a `ws:` or `wss:` address. */
  readonly dial: (location: string) => Promise<Channel>;
  /** @returns a function that cancels it */
  readonly after: (milliseconds: number, task: () => void) => () => void;
};

export type ConnectionState =
  | { readonly state: 'connecting' }
  | { readonly state: 'online' }
  /** `retryMilliseconds` is how long it is until the next attempt. */
  | { readonly state: 'offline'; readonly reason: string; readonly retryMilliseconds: number }
  | { readonly state: 'closed'; readonly reason: string };

/** What happens to a kept session. Called within the step in which it happens; must not throw. */
export type KeptSessionEvents = {
  onOpen(session: NodeSession): void;
  onState(state: ConnectionState): void;
};

export type KeptSession = {
  /** Other places at which the node may be found. One that worked is tried first, then the oldest. */
  addLocations(locations: readonly string[]): void;
  /** The open session, if there is one. */
  session(): NodeSession | undefined;
  state(): ConnectionState;
  /** Dials now, or looks now whether the other side is still there. */
  wake(): void;
  close(reason: string): void;
};

/** From the beginning of a dial to the end of the handshake. */
const openingMilliseconds = 15_000;
/**
 * A side that says nothing for so long is asked, and given as long again. A browser does not tell a page
 * that a WebSocket is dead, as it is when a phone changes networks.
 */
const silenceMilliseconds = 20_000;
/** After `wake`, when somebody is waiting. */
const wakeMilliseconds = 5_000;

export const SILENT = 'it fell silent';

export const keepSession = (
  designator: Designator,
  identity: Signer,
  powers: KeptSessionPowers,
  { onOpen, onState }: KeptSessionEvents,
): KeptSession => {
  const { random, after } = powers;
  let locations: readonly string[] = [];
  let current: NodeSession | undefined;
  let state: ConnectionState = harden({ state: 'connecting' });
  let retryMilliseconds = shortestWait;
  /** Of the attempt or the session that counts; whatever belongs to an earlier one is stale. */
  let round = 0;
  let opening: Opening | undefined;
  const timers = new Set<() => void>();

  /** All timers belong to what is going on, and end with it. */
  const wait = (milliseconds: number, task: () => void): void => {
    const cancel = after(milliseconds, () => {
      timers.delete(cancel);
      task();
    });
    timers.add(cancel);
  };
  const cancelAll = () => {
    for (const cancel of timers) cancel();
    timers.clear();
  };
  const tell = (next: ConnectionState) => {
    state = harden(next);
    onState(state);
  };
  const isOver = () => state.state === 'closed';

  const goOffline = (reason: string) => {
    round += 1;
    cancelAll();
    opening = undefined;
    current = undefined;
    // Between half and one and a half, so that the clients of a node that was restarted do not all come at once.
    const jittered = Math.round(retryMilliseconds * (0.5 + random(1)[0]! / 256));
    retryMilliseconds = Math.min(retryMilliseconds * 2, longestWait);
    wait(jittered, dial);
    tell({ state: 'offline', reason, retryMilliseconds: jittered });
  };

  // ---- dialling ----

  const dial = () => {
    round += 1;
    cancelAll();
    tell({ state: 'connecting' });
    dialNext(round, locations, 'the sturdy ref names no address');
  };

  const dialNext = (mine: number, [location, ...rest]: readonly string[], fault: string) => {
    if (mine !== round) return;
    if (location === undefined) return goOffline(fault);
    let isGivenUp = false;
    const giveUp = (reason: string) => {
      if (isGivenUp) return;
      isGivenUp = true;
      if (mine !== round) return;
      cancelAll();
      opening = undefined;
      dialNext(mine, rest, reason);
    };
    wait(openingMilliseconds, () => {
      opening?.close('it took too long');
      giveUp('it took too long');
    });
    powers.dial(location).then(
      (channel) => {
        // It may come when nobody waits for it any more.
        if (isGivenUp || mine !== round) return channel.close();
        opening = openSession(channel, identity, designator, powers);
        opening.opened.then(
          (session) => {
            if (isGivenUp || mine !== round) return session.close();
            begin(session, location);
          },
          (error: Error) => giveUp(error.message.replace(/^Cannot connect: /, '')),
        );
      },
      () => giveUp('it does not answer'),
    );
  };

  // ---- a session ----

  const begin = (session: NodeSession, location: string) => {
    cancelAll();
    opening = undefined;
    current = session;
    const mine = round;
    locations = [location, ...locations.filter((other) => other !== location)];
    wait(steadyAfter, () => {
      retryMilliseconds = shortestWait;
    });
    listen(session, session.link.frames().received);
    void session.closed.then((reason) => {
      if (mine === round && !isOver()) goOffline(reason);
    });
    onOpen(session);
    tell({ state: 'online' });
  };

  /** Asks a side that was not heard since. */
  const listen = (session: NodeSession, heard: number) =>
    wait(silenceMilliseconds, () => {
      const { received } = session.link.frames();
      if (received !== heard) return listen(session, received);
      probe(session, silenceMilliseconds);
      listen(session, received);
    });

  const probe = (session: NodeSession, patience: number) => {
    const before = session.link.frames().received;
    session.probe().catch(() => {});
    wait(patience, () => {
      if (session.link.frames().received === before) session.close(SILENT);
    });
  };

  return harden({
    addLocations(more: readonly string[]) {
      for (const location of more) {
        if (locations.includes(location)) continue;
        // After those that are known: whoever makes up a sturdy ref cannot lead its reader astray.
        const isFull = locations.length >= maxLocations;
        locations = [...locations.filter((_, i) => !isFull || i !== 1), location];
      }
      // The first ones begin it all.
      if (round === 0 && locations.length > 0) dial();
    },
    session: () => current,
    state: () => state,
    wake() {
      if (current !== undefined) return probe(current, wakeMilliseconds);
      if (state.state !== 'offline') return;
      retryMilliseconds = shortestWait;
      dial();
    },
    close(reason: string) {
      if (isOver()) return;
      round += 1;
      cancelAll();
      const session = current;
      current = undefined;
      tell({ state: 'closed', reason });
      opening?.close(reason);
      session?.close(reason);
    },
  });
};
harden(keepSession);

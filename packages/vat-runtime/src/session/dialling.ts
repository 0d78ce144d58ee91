/**
 * Dialling: which nodes are dialled, where, and what becomes of those that cannot be reached.
 *
 * A node is dialled for calls that wait for it, for what is held of it, or because somebody asks; at each
 * of its locations in turn, until a link is open. `redial.ts` says when, `crossing.ts` which of two
 * sessions is kept where the other side dials as well.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import type { Limits } from '../switchboard/limits.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { type Dial, crossingMilliseconds } from './crossing.ts';
import { REFUSED } from './handshake.ts';
import { type KnownNodes, type PeerState, locationsOf } from './known-nodes.ts';
import type { Channel } from './link.ts';
import { type Redial, makeRedial } from './redial.ts';
import type { Relation } from './relation.ts';

/** Why a call that waited for a link is refused. */
const UNREACHABLE = 'the node cannot be reached';

export type DiallingPowers = {
  readonly nodes: KnownNodes;
  readonly switchboard: Switchboard;
  readonly relation: Relation | undefined;
  readonly limits: Pick<Limits, 'maxDials'>;
  readonly random: (byteLength: number) => Uint8Array;
  /** Runs a task after the current one and its reactions. */
  readonly later: (task: () => void) => void;
  /** @returns a function that cancels it */
  readonly after: (milliseconds: number, task: () => void) => () => void;
  readonly dial: (location: string) => Promise<Channel>;
  /** Begins a handshake. Resolves when the link is open, rejects when it closes before. */
  readonly start: (channel: Channel, designator: Designator, attempt: Dial) => Promise<void>;
};

export type Dialling = {
  /** A call waits for a node. @returns false where there is no way to dial it */
  summon(designator: Designator): boolean;
  /** Dials a node that has no link. @returns false where there is no way to dial */
  dial(designator: Designator): boolean;
  /** Dials again later where this node holds something of the peer's, and forgets it where nothing needs it. */
  retry(designator: Designator, state: PeerState): void;
  /** A link to the node is open: what else was begun is given up. */
  abandon(state: PeerState): void;
  /** A session with a node began. */
  opened(designator: Designator): void;
  /** It ended. */
  ended(designator: Designator): void;
  /** Whether a node will be dialled by itself. */
  isWaiting(designator: Designator): boolean;
  /** Nothing is dialled any more. */
  stop(): void;
};

export const makeDialling = (powers: DiallingPowers): Dialling => {
  const { nodes, switchboard, relation, limits, random, later, after } = powers;
  /** Nodes that are being dialled and of which nothing is kept. */
  let dialsOfOthers = 0;
  let stopped = false;

  /** When each node is dialled, for as long as there is anything to be remembered of that. */
  const redials = new Map<Designator, Redial>();
  const redialOf = (designator: Designator): Redial => {
    let redial = redials.get(designator);
    if (redial === undefined) {
      redial = makeRedial({
        random,
        after,
        dial() {
          // Where there is no way to dial it, it is forgotten once nothing of it is held.
          if (!dial(designator)) retry(designator, nodes.provide(designator));
        },
        giveUp() {
          const connection = nodes.get(designator)?.connection;
          if (connection === undefined || connection.link !== undefined) return;
          switchboard.unreachable(connection, UNREACHABLE);
        },
        onIdle: () => void redials.delete(designator),
      });
      redials.set(designator, redial);
    }
    return redial;
  };

  /** A call waits for a node. @returns false where there is no way to dial it */
  const summon = (designator: Designator): boolean => {
    const state = nodes.provide(designator);
    const refusal =
      relation?.refusal(designator) ?? (mayDial(state) ? undefined : 'too many nodes are dialled');
    if (refusal === undefined && !stopped && locationsOf(state).length > 0) {
      redialOf(designator).want();
      return true;
    }
    // What somebody only named must not stay in memory when it was asked for.
    later(() => {
      const isThere = nodes.get(designator) === state;
      const isWaiting = redials.get(designator)?.isWaiting() ?? false;
      if (isThere && !isWaiting) retry(designator, state);
    });
    if (refusal === undefined) return false;
    switchboard.unreachable(state.connection, refusal);
    return true;
  };
  /** Of those of which nothing is kept so many are dialled at a time. */
  const mayDial = ({ isRemembered, dial }: PeerState): boolean =>
    isRemembered || dial !== undefined || dialsOfOthers < limits.maxDials;
  /** Whether a lost link to a node is to be made again. */
  const isWanted = (designator: Designator, { connection }: PeerState): boolean =>
    (relation?.wants(designator) ?? false) ||
    (relation?.refusal(designator) === undefined && switchboard.isHeld(connection));
  /** @returns false where there is no way to dial */
  const dial = (designator: Designator): boolean => {
    const state = nodes.provide(designator);
    const locations = locationsOf(state);
    if (stopped || locations.length === 0) return false;
    // The one that is there may not be up yet.
    if (state.dial !== undefined || state.link !== undefined) return true;
    if (!mayDial(state)) return false;
    const isCounted = !state.isRemembered;
    if (isCounted) dialsOfOthers += 1;
    const attempt: Dial = { abandon: () => {} };
    state.dial = attempt;
    const isOver = () => state.dial !== attempt;
    const fail = () => {
      if (isOver()) return;
      delete state.dial;
      switchboard.unreachable(state.connection, UNREACHABLE);
      retry(designator, state);
    };
    void dialEach(designator, locations, attempt, isOver).then((isCrossed) => {
      if (isCounted) dialsOfOthers -= 1;
      // The other side's own dial is about to come, and what waits here goes by that.
      if (isCrossed) after(crossingMilliseconds, fail);
      else fail();
    });
    return true;
  };

  /** Until one is open, or `isOver`. @returns whether it was refused for a dial of the other side */
  const dialEach = async (
    designator: Designator,
    locations: readonly string[],
    attempt: Dial,
    isOver: () => boolean,
  ): Promise<boolean> => {
    for (const location of locations) {
      try {
        const channel = await powers.dial(location);
        if (isOver()) channel.close(REFUSED);
        else await powers.start(channel, designator, attempt);
      } catch (error) {
        const { bound } = attempt;
        delete attempt.bound;
        if (bound !== undefined && (error as Error).message === REFUSED) return true;
        // The next location may do.
      }
      if (isOver()) break;
    }
    return false;
  };

  /** Dials again later where this node holds something of the peer's, and forgets it where nothing needs it. */
  const retry = (designator: Designator, state: PeerState) => {
    if (stopped || state.link !== undefined || state.dial !== undefined) return;
    if (!isWanted(designator, state)) {
      // What it was given for good is in the store.
      if (switchboard.isQuiet(state.connection) && !switchboard.isHeld(state.connection)) {
        nodes.forget(designator);
        switchboard.remove(state.connection);
      }
      return;
    }
    redialOf(designator).again();
  };

  return harden({
    summon,
    dial,
    retry,
    abandon(state: PeerState) {
      const attempt = state.dial;
      delete state.dial;
      attempt?.abandon();
    },
    opened: (designator: Designator) => redialOf(designator).opened(),
    ended: (designator: Designator) => redials.get(designator)?.ended(),
    isWaiting: (designator: Designator) => redials.get(designator)?.isWaiting() ?? false,
    stop() {
      stopped = true;
      for (const redial of redials.values()) redial.stop();
    },
  });
};
harden(makeDialling);

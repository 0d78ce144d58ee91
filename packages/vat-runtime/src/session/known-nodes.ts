/**
 * The nodes that are known here, and where each of them is: by its own word, or by that of others.
 *
 * A node is known from the moment when somebody names it until nothing here needs it. Where it was last
 * seen is kept for longer, for one of which something is kept.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import type { Hints } from '../locator/signed-hints.ts';
import type { SignedLocations } from '../locator/signed-locations.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Dial } from './crossing.ts';
import type { Link } from './link.ts';
import { type Whereabouts, isNewer, nowhere, signedIn } from './whereabouts.ts';

const maxHints = 4;

/** What is known of a node. The link is set by `peers.ts`, the dial by `dialling.ts`, the rest here. */
export type PeerState = {
  readonly connection: Connection;
  /** Where it said that it can be dialled. */
  seen: Whereabouts;
  /** Where others said so, the newest first. Tried after its own, so that nobody can lead us astray. */
  hints: readonly string[];
  link?: Link;
  /** Where it is being dialled, or has refused because it is dialling us. */
  dial?: Dial;
  /** Where it was last seen is kept between restarts. */
  isRemembered: boolean;
};

export type KnownNodesPowers = {
  /** Makes the party of a node. */
  readonly join: (designator: Designator) => Connection;
  readonly getWhereabouts: (designator: Designator) => Whereabouts | undefined;
  readonly setWhereabouts: (designator: Designator, seen: Whereabouts) => void;
  readonly eraseLocations: ((designator: Designator) => void) | undefined;
  /** Milliseconds since 1970, by the clock of the node. */
  readonly wallTime: () => number;
};

export type KnownNodes = {
  get(designator: Designator): PeerState | undefined;
  /** It is known from now on. */
  provide(designator: Designator): PeerState;
  /** Its party is not needed any more. */
  forget(designator: Designator): void;
  /** Whether a node is known, in memory or for good. */
  knows(designator: Designator): boolean;
  /** Others say where a node is. */
  told(designator: Designator, hints: Hints): PeerState;
  /** What is now known of where a node is. */
  see(designator: Designator, state: PeerState, seen: Whereabouts): void;
  /** The operator says where a node is. What it says itself takes the place of this. */
  locate(designator: Designator, locations: readonly string[]): void;
  /** Where a node says that it is, to be passed on. */
  signedLocationsOf(designator: Designator): SignedLocations | undefined;
  /** Something of a node is kept between restarts: so is where it was last seen. */
  remember(designator: Designator): void;
  /** Nothing is kept for the node any more, nor where it was. */
  forgetLocations(designator: Designator): void;
  /** How many are in memory. */
  size(): number;
};

/** Where to dial a node: at its own word first. */
export const locationsOf = ({ seen, hints }: PeerState): string[] => [
  ...new Set([...seen.locations, ...hints]),
];
harden(locationsOf);

export const makeKnownNodes = (powers: KnownNodesPowers): KnownNodes => {
  const peers = new Map<Designator, PeerState>();

  const provideState = (designator: Designator): PeerState => {
    let state = peers.get(designator);
    if (state === undefined) {
      const connection = powers.join(designator);
      const seen = powers.getWhereabouts(designator);
      state = {
        connection,
        seen: seen ?? nowhere,
        hints: [],
        isRemembered: seen !== undefined,
      };
      peers.set(designator, state);
    }
    return state;
  };

  const hint = (state: PeerState, locations: readonly string[]) => {
    state.hints = [...new Set([...locations, ...state.hints])].slice(0, maxHints);
  };

  /** What is now known of where a node is. */
  const see = (designator: Designator, state: PeerState, seen: Whereabouts) => {
    state.seen = seen;
    // A stranger that shows a new key each time must not cost a row each time.
    if (state.isRemembered) powers.setWhereabouts(designator, seen);
  };

  return harden({
    get: (designator: Designator) => peers.get(designator),
    provide: provideState,
    forget: (designator: Designator) => void peers.delete(designator),
    knows: (designator: Designator) =>
      peers.has(designator) || powers.getWhereabouts(designator) !== undefined,
    told(designator: Designator, { signed, unsigned = [] }: Hints) {
      const state = provideState(designator);
      if (signed?.designator === designator && isNewer(signed, state.seen, powers.wallTime())) {
        // What it said over a link is kept as a hint where it was not signed.
        if (state.seen.signature === undefined) hint(state, state.seen.locations);
        see(designator, state, signed);
      }
      hint(state, unsigned);
      return state;
    },
    see,
    locate(designator: Designator, locations: readonly string[]) {
      const state = provideState(designator);
      if (state.seen.locations.length === 0) see(designator, state, { locations });
    },
    signedLocationsOf: (designator: Designator) =>
      signedIn(peers.get(designator)?.seen ?? powers.getWhereabouts(designator)),
    remember(designator: Designator) {
      const state = provideState(designator);
      if (state.isRemembered) return;
      state.isRemembered = true;
      powers.setWhereabouts(designator, state.seen);
    },
    forgetLocations(designator: Designator) {
      const state = peers.get(designator);
      if (state !== undefined) state.isRemembered = false;
      powers.eraseLocations?.(designator);
    },
    size: () => peers.size,
  });
};
harden(makeKnownNodes);

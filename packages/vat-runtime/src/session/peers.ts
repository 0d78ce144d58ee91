/**
 * The links of a node: who is connected, one link for each, dialled again when it is lost.
 *
 * A node with a lasting identity is one party of the switchboard for good; its links come and go.
 * A client without one is a new party each time.
 */
import harden from '@endo/harden';
import type { Log } from '../monitor/log.ts';
import type { Designator, Identity } from '../locator/identity.ts';
import type { Hints } from '../locator/signed-hints.ts';
import type { SignedLocations } from '../locator/signed-locations.ts';
import type { Connection, Ref } from '../switchboard/connection.ts';
import { type Limits, defaultLimits } from '../switchboard/limits.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { type Channel, type Link, type LinkHandlers, openLink } from './link.ts';
import { type LinkCounts, type LinkHandle, makeLinks } from './links.ts';
import { makeTurnstile } from './turnstile.ts';
import { type Ciphers, agreementBytes } from './ciphers.ts';
import { type Whereabouts, isNewer, nowhere, signedIn, stated } from './whereabouts.ts';
import type { HandshakeOptions } from './handshake.ts';

/** The slot in which each party finds the node's greeter. */
export const GREETER_SLOT = 'o-dgreeter';

export type PeersPowers = {
  readonly identity: Identity;
  readonly incarnation: string;
  readonly random: (byteLength: number) => Uint8Array;
  readonly switchboard: Switchboard;
  /** What a peer or client gets at first: an object that enlivens sturdy refs for whoever has that key. */
  readonly greeterFor: (designator: Designator) => Ref;
  readonly ciphers: Ciphers;
  /** Where this node can be dialled, once it listens. */
  readonly ownLocations: () => SignedLocations | undefined;
  readonly dial: (location: string) => Promise<Channel>;
  /** Runs a task after the current one and its reactions. */
  readonly later: (task: () => void) => void;
  /** @returns a function that cancels it */
  readonly after: (milliseconds: number, task: () => void) => () => void;
  /** Milliseconds, from any beginning. Without it messages are not limited by time. */
  readonly now?: () => number;
  readonly limits?: Limits;
  /** Where a node was last seen, kept between restarts for one of which something is kept. */
  readonly getWhereabouts: (designator: Designator) => Whereabouts | undefined;
  readonly setWhereabouts: (designator: Designator, seen: Whereabouts) => void;
  /** Seconds since 1970, by the clock of the node. */
  readonly seconds: () => number;
  readonly eraseLocations?: (designator: Designator) => void;
  /** A node has proved who it is, and its session begins. */
  readonly onLinked?: (designator: Designator) => void;
  readonly log: Log;
};

export type Peers = {
  /** A channel that came in. */
  accept(channel: Channel): void;
  /**
   * The party of a node; it is dialled when the first message for it waits.
   * @param hints - where others say that it is. Unsigned ones only from a person who has to know
   */
  provide(designator: Designator, hints?: Hints): Connection;
  /** Where a node says that it is, this one too, to be passed on. */
  locationsOf(designator: Designator): SignedLocations | undefined;
  /** Something of a node is kept between restarts: so is where it was last seen. */
  remember(designator: Designator): void;
  /** Nothing is kept for the node any more, nor where it was. */
  forgetLocations(designator: Designator): void;
  /** Dials a node that has no link, once, for no other reason than to be heard. */
  visit(designator: Designator): void;
  /** Ends the link to a node, unless something needs it. */
  endVisit(designator: Designator): void;
  /** The open link to a node. */
  linkTo(designator: Designator): Link | undefined;
  /** Links, those without a handshake yet included. */
  open(): number;
  counts(): PeersCounts;
  stop(): void;
};

export type PeersCounts = LinkCounts & {
  /** Nodes that are remembered in memory. */
  readonly nodes: number;
};

/** The party id of a node, as it stands in kept slots. */
export const peerId = (designator: Designator): string => `n:${designator}`;

/** The node that a party id names, undefined for a party of another kind. */
export const designatorIn = (party: string): Designator | undefined =>
  party.startsWith('n:') ? party.slice(2) : undefined;

const handshakeMilliseconds = 10_000;
const firstRetryMilliseconds = 250;
const longestRetryMilliseconds = 30_000;
const maxHints = 4;

type PeerState = {
  readonly connection: Connection;
  /** Where it said that it can be dialled. */
  seen: Whereabouts;
  /** Where others said so, the newest first. Tried after its own, so that nobody can lead us astray. */
  hints: readonly string[];
  link?: Link;
  dialler?: Designator;
  dialling: boolean;
  /** Where it was last seen is kept between restarts. */
  isRemembered: boolean;
  retryMilliseconds: number;
  cancelRetry?: () => void;
};

export const makePeers = (powers: PeersPowers): Peers => {
  const { identity, incarnation, switchboard, random, limits = defaultLimits } = powers;
  const peers = new Map<Designator, PeerState>();
  const clients = new Map<Link, Connection>();
  const { now, after } = powers;
  const reading = {
    limits,
    turnstile: makeTurnstile(powers.later),
    ...(now === undefined ? {} : { now, after }),
  };
  const sessionKey = powers.ciphers.makeAgreementKey(random(agreementBytes));
  let lastClient = 0;
  let stopped = false;

  const partyOf = (link: Link) =>
    link.peer.lasting ? peers.get(link.peer.designator)?.connection : clients.get(link);
  /** Whether a party was given nothing but the greeter, and has nothing open. */
  const isStranger = (link: Link): boolean => {
    const party = partyOf(link);
    if (party === undefined || switchboard.isHeld(party) || !switchboard.isQuiet(party))
      return false;
    return party.bySlot.size - party.exports <= 1;
  };
  const links = makeLinks(limits, isStranger);

  const handshake = (role: 'dialer' | 'listener', expect?: Designator): HandshakeOptions => ({
    role,
    identity,
    incarnation,
    lasting: true,
    locations: powers.ownLocations(),
    ciphers: powers.ciphers,
    sessionKey,
    random,
    ...(expect === undefined ? {} : { expect }),
  });

  const toSwitchboard = (link: Link) => ({
    send: (message: Parameters<Link['send']>[0]) => link.send(message),
    end: (reason: string) => link.close(reason),
    pause: () => link.pause(),
    resume: () => link.resume(),
    charge: (messages: number) => link.charge(messages),
  });

  const greet = (connection: Connection, designator: Designator) => {
    const greeter = powers.greeterFor(designator);
    connection.bootstrap = greeter;
    switchboard.place(connection, GREETER_SLOT, greeter);
  };

  const provideState = (designator: Designator): PeerState => {
    let state = peers.get(designator);
    if (state === undefined) {
      const connection = switchboard.add(
        peerId(designator),
        { inside: false, remote: true, lasting: true },
        () => dial(designator),
      );
      greet(connection, designator);
      const seen = powers.getWhereabouts(designator);
      state = {
        connection,
        seen: seen ?? nowhere,
        hints: [],
        dialling: false,
        isRemembered: seen !== undefined,
        retryMilliseconds: firstRetryMilliseconds,
      };
      peers.set(designator, state);
    }
    return state;
  };

  const hint = (state: PeerState, locations: readonly string[]) => {
    state.hints = [...new Set([...locations, ...state.hints])].slice(0, maxHints);
  };

  /** @returns false where there is no way to dial */
  const dial = (designator: Designator): boolean => {
    const state = provideState(designator);
    const locations = [...new Set([...state.seen.locations, ...state.hints])];
    if (stopped || locations.length === 0) return false;
    if (state.dialling) return true;
    state.dialling = true;
    state.cancelRetry?.();
    void dialEach(designator, locations).catch(() => {
      state.dialling = false;
      switchboard.unreachable(state.connection, 'the node cannot be reached');
      retry(designator, state);
    });
    return true;
  };

  const dialEach = async (designator: Designator, locations: readonly string[]) => {
    for (const location of locations) {
      try {
        const channel = await powers.dial(location);
        return await start(channel, handshake('dialer', designator));
      } catch {
        // The next location may do.
      }
    }
    throw Error('no location answered');
  };

  /** Dials again later where this node holds something of the peer's, and forgets it where nothing needs it. */
  const retry = (designator: Designator, state: PeerState) => {
    if (stopped || state.link !== undefined || state.dialling) return;
    const holds = switchboard.isHeld(state.connection);
    if (!holds) {
      // What it was given for good is in the store.
      if (switchboard.isQuiet(state.connection)) {
        state.cancelRetry?.();
        peers.delete(designator);
        switchboard.remove(state.connection);
      }
      return;
    }
    const jitter = 0.5 + random(1)[0]! / 256;
    state.cancelRetry?.();
    state.cancelRetry = powers.after(state.retryMilliseconds * jitter, () => {
      // Where there is no way to dial it, it is forgotten once nothing of it is held.
      if (!dial(designator)) retry(designator, state);
    });
    state.retryMilliseconds = Math.min(state.retryMilliseconds * 2, longestRetryMilliseconds);
  };

  /**
   * Which of two links to the same process of the same node stays: the one dialled by the node with
   * the smaller designator, so that both ends choose alike; of two dialled by one side, the newer.
   */
  const prefersNew = (state: PeerState, link: Link, dialler: Designator): boolean => {
    const old = state.link;
    if (old === undefined || old.peer.incarnation !== link.peer.incarnation) return true;
    return dialler <= state.dialler!;
  };

  /** What is now known of where a node is. */
  const see = (designator: Designator, state: PeerState, seen: Whereabouts) => {
    state.seen = seen;
    // A stranger that shows a new key each time must not cost a row each time.
    if (state.isRemembered) powers.setWhereabouts(designator, seen);
  };

  const openPeer = (link: Link, dialler: Designator) => {
    const { designator } = link.peer;
    const state = provideState(designator);
    state.dialling = false;
    if (!prefersNew(state, link, dialler)) return link.close();
    const old = state.link;
    if (old !== undefined) {
      delete state.link;
      switchboard.down(state.connection, 'its session was replaced');
      old.close();
    }
    state.link = link;
    state.dialler = dialler;
    state.retryMilliseconds = firstRetryMilliseconds;
    state.cancelRetry?.();
    const said = stated(link.peer);
    if (said.locations.length > 0) see(designator, state, said);
    powers.onLinked?.(designator);
    switchboard.up(state.connection, toSwitchboard(link));
  };

  const closePeer = (link: Link, reason: string) => {
    const state = peers.get(link.peer.designator);
    if (state?.link !== link) return;
    delete state.link;
    switchboard.down(state.connection, reason);
    retry(link.peer.designator, state);
  };

  const openClient = (link: Link) => {
    lastClient += 1;
    const connection = switchboard.add(`client:${lastClient}`, {
      inside: false,
      remote: false,
      lasting: false,
    });
    greet(connection, link.peer.designator);
    clients.set(link, connection);
    switchboard.up(connection, toSwitchboard(link));
  };

  /** Resolves when the link is open, rejects when it closes before. */
  const start = (channel: Channel, options: HandshakeOptions): Promise<void> =>
    new Promise((resolve, reject) => {
      const kindOf = (link: Link) => (link.peer.lasting ? 'node' : 'client');
      const isCurrent = (link: Link) =>
        !link.peer.lasting || peers.get(link.peer.designator)?.link === link;
      const handle: LinkHandle = { close: (reason) => opened.close(reason) };
      links.add(handle);
      const handlers: LinkHandlers = {
        onOpen(link) {
          cancel();
          links.open(handle, link);
          const { designator, lasting } = link.peer;
          powers.log.tell('link.opened', { party: kindOf(link), designator });
          if (lasting) {
            openPeer(link, options.role === 'dialer' ? identity.designator : designator);
          } else openClient(link);
          resolve();
        },
        onMessage(link, message) {
          const party = partyOf(link);
          links.heard(handle, link);
          if (party !== undefined && isCurrent(link)) switchboard.receive(party, message);
        },
        onClose(link, reason) {
          cancel();
          links.ended(handle, link, reason);
          if (link === undefined) {
            powers.log.tell('link.refused', { fault: reason });
            return reject(Error(reason));
          }
          const { designator } = link.peer;
          powers.log.tell('link.closed', { party: kindOf(link), designator, fault: reason });
          if (link.peer.lasting) return closePeer(link, reason);
          const party = clients.get(link);
          clients.delete(link);
          if (party === undefined) return;
          if (party.link !== undefined) switchboard.down(party, reason);
          switchboard.remove(party);
        },
      };
      const cancel = powers.after(handshakeMilliseconds, () =>
        handle.close('the handshake took too long'),
      );
      const opened = openLink(links.counted(channel), options, powers.later, handlers, reading);
    });

  return harden({
    accept(channel: Channel) {
      if (!links.makeRoom()) return channel.close('too many links');
      start(channel, handshake('listener')).catch(() => {});
    },
    provide(designator: Designator, { signed, unsigned = [] }: Hints = {}) {
      const state = provideState(designator);
      if (signed?.designator === designator && isNewer(signed, state.seen, powers.seconds())) {
        // What it said over a link is kept as a hint where it was not signed.
        if (state.seen.signature === undefined) hint(state, state.seen.locations);
        see(designator, state, signed);
      }
      hint(state, unsigned);
      return state.connection;
    },
    locationsOf(designator: Designator) {
      if (designator === identity.designator) return powers.ownLocations();
      return signedIn(peers.get(designator)?.seen ?? powers.getWhereabouts(designator));
    },
    linkTo: (designator: Designator) => peers.get(designator)?.link,
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
    visit(designator: Designator) {
      const state = provideState(designator);
      if (state.link === undefined && !dial(designator)) retry(designator, state);
    },
    endVisit(designator: Designator) {
      const state = peers.get(designator);
      if (state?.link === undefined || switchboard.isUsed(state.connection)) return;
      state.link.close('nobody needs it');
    },
    open: links.size,
    counts: () => ({ ...links.counts(), nodes: peers.size }),
    stop() {
      stopped = true;
      for (const { cancelRetry } of peers.values()) cancelRetry?.();
      links.closeAll('the node stops');
    },
  });
};

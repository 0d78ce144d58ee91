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
import { type Redial, makeRedial } from './redial.ts';
import { makeTurnstile } from './turnstile.ts';
import { type Ciphers, agreementBytes } from './ciphers.ts';
import { type Bond, type Dial, crossingMilliseconds, makeMoments, takesCall } from './crossing.ts';
import { type HandshakeOptions, REFUSED } from './handshake.ts';
import { type Whereabouts, isNewer, nowhere, signedIn, stated } from './whereabouts.ts';
import { isForRelation } from './node-wire.ts';
import type { Relation } from './relation.ts';

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
  /** Milliseconds since 1970, by the clock of the node. */
  readonly wallTime: () => number;
  readonly eraseLocations?: (designator: Designator) => void;
  /** A node has proved who it is, and its session begins. */
  readonly onLinked?: (designator: Designator) => void;
  /** What two nodes have to agree on before CapTP begins. Without it they agree on anything. */
  readonly relation?: Relation;
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
  /** Whether a node is remembered, in memory or for good. */
  knows(designator: Designator): boolean;
  /** The operator says where a node is. What it says itself takes the place of this. */
  locate(designator: Designator, locations: readonly string[]): void;
  /**
   * Something waits for a node that is no message of CapTP: it is dialled, unless it will be soon.
   * @param isAsked - somebody wants it to be dialled now, whatever waits
   */
  reach(designator: Designator, isAsked?: boolean): void;
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
const maxHints = 4;
/** Why a call that waited for a link is refused. */
const UNREACHABLE = 'the node cannot be reached';

type PeerState = {
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

export const makePeers = (powers: PeersPowers): Peers => {
  const { identity, incarnation, switchboard, random, limits = defaultLimits } = powers;
  const { relation } = powers;
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
  /** Nodes that are being dialled and of which nothing is kept. */
  let dialsOfOthers = 0;
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

  const nextMoment = makeMoments(random, now ?? (() => 0));

  const handshake = (
    choice: Pick<HandshakeOptions, 'role' | 'expect' | 'commit'>,
  ): HandshakeOptions => ({
    ...choice,
    identity,
    incarnation,
    lasting: true,
    locations: powers.ownLocations(),
    ciphers: powers.ciphers,
    sessionKey,
    random,
  });
  const listening = handshake.bind(undefined, {
    role: 'listener',
    commit({ designator, incarnation: theirs, lasting }, moment) {
      const { link, dial } = peers.get(designator) ?? {};
      const caller = { designator, incarnation: theirs, moment: moment! };
      const isTaken = !lasting || takesCall(identity.designator, caller, link?.peer, dial?.bound);
      return isTaken ? nextMoment() : undefined;
    },
  });
  const dialling = (designator: Designator, dial: Dial) =>
    handshake({
      role: 'dialer',
      expect: designator,
      commit({ incarnation: theirs, lasting }) {
        if (!lasting) return undefined;
        const bond: Bond = { incarnation: theirs, isOld: false };
        dial.bound = bond;
        powers.after(crossingMilliseconds, () => {
          bond.isOld = true;
        });
        return nextMoment();
      },
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
        () => summon(designator),
      );
      greet(connection, designator);
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
          if (!dial(designator)) retry(designator, provideState(designator));
        },
        giveUp() {
          const connection = peers.get(designator)?.connection;
          if (connection === undefined || connection.link !== undefined) return;
          switchboard.unreachable(connection, UNREACHABLE);
        },
        onIdle: () => void redials.delete(designator),
      });
      redials.set(designator, redial);
    }
    return redial;
  };

  const locationsOf = ({ seen, hints }: PeerState): string[] => [
    ...new Set([...seen.locations, ...hints]),
  ];

  /** A call waits for a node. @returns false where there is no way to dial it */
  const summon = (designator: Designator): boolean => {
    const state = provideState(designator);
    const refusal =
      relation?.refusal(designator) ?? (mayDial(state) ? undefined : 'too many nodes are dialled');
    if (refusal === undefined && !stopped && locationsOf(state).length > 0) {
      redialOf(designator).want();
      return true;
    }
    // What somebody only named must not stay in memory when it was asked for.
    powers.later(() => {
      const isThere = peers.get(designator) === state;
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
  const hint = (state: PeerState, locations: readonly string[]) => {
    state.hints = [...new Set([...locations, ...state.hints])].slice(0, maxHints);
  };

  /** @returns false where there is no way to dial */
  const dial = (designator: Designator): boolean => {
    const state = provideState(designator);
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
      if (isCrossed) powers.after(crossingMilliseconds, fail);
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
        else await start(channel, dialling(designator, attempt), attempt);
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
        peers.delete(designator);
        switchboard.remove(state.connection);
      }
      return;
    }
    redialOf(designator).again();
  };

  /** What is now known of where a node is. */
  const see = (designator: Designator, state: PeerState, seen: Whereabouts) => {
    state.seen = seen;
    // A stranger that shows a new key each time must not cost a row each time.
    if (state.isRemembered) powers.setWhereabouts(designator, seen);
  };

  const openPeer = (link: Link) => {
    const { designator } = link.peer;
    const state = provideState(designator);
    const attempt = state.dial;
    delete state.dial;
    attempt?.abandon();
    const old = state.link;
    if (old !== undefined) {
      delete state.link;
      switchboard.down(state.connection, 'its session was replaced');
      old.close();
    }
    state.link = link;
    redialOf(designator).opened();
    const said = stated(link.peer);
    if (said.locations.length > 0) see(designator, state, said);
    powers.onLinked?.(designator);
    const up = () => switchboard.up(state.connection, toSwitchboard(link));
    if (relation === undefined) up();
    else relation.opened(link, up);
  };

  const closePeer = (link: Link, reason: string) => {
    const state = peers.get(link.peer.designator);
    relation?.closed(link);
    if (state?.link !== link) return;
    delete state.link;
    redials.get(link.peer.designator)?.ended();
    switchboard.down(state.connection, relation?.refusal(link.peer.designator) ?? reason);
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
  const start = (channel: Channel, options: HandshakeOptions, dial?: Dial): Promise<void> =>
    new Promise((resolve, reject) => {
      const kindOf = (link: Link) => (link.peer.lasting ? 'node' : 'client');
      const isCurrent = (link: Link) =>
        !link.peer.lasting || peers.get(link.peer.designator)?.link === link;
      const handle: LinkHandle = { close: (reason) => opened.close(reason) };
      links.add(handle, dial !== undefined);
      const handlers: LinkHandlers = {
        onOpen(link) {
          cancel();
          links.open(handle, link);
          const { designator, lasting } = link.peer;
          powers.log.tell('link.opened', { party: kindOf(link), designator });
          if (dial !== undefined) dial.abandon = () => {};
          if (lasting) openPeer(link);
          else openClient(link);
          resolve();
        },
        onMessage(link, message) {
          const party = partyOf(link);
          links.heard(handle, link);
          if (party === undefined || !isCurrent(link)) return;
          if (!link.peer.lasting || relation === undefined) {
            return switchboard.receive(party, message);
          }
          if (relation.isUp(link) && !isForRelation(message)) {
            return switchboard.receive(party, message);
          }
          relation.receive(link, message);
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
      if (dial !== undefined) dial.abandon = () => opened.close(REFUSED);
    });

  return harden({
    accept(channel: Channel) {
      if (!links.makeRoom()) return channel.close('too many links');
      start(channel, listening()).catch(() => {});
    },
    provide(designator: Designator, { signed, unsigned = [] }: Hints = {}) {
      const state = provideState(designator);
      if (signed?.designator === designator && isNewer(signed, state.seen, powers.wallTime())) {
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
    knows: (designator: Designator) =>
      peers.has(designator) || powers.getWhereabouts(designator) !== undefined,
    linkTo: (designator: Designator) => peers.get(designator)?.link,
    locate(designator: Designator, locations: readonly string[]) {
      const state = provideState(designator);
      if (state.seen.locations.length === 0) see(designator, state, { locations });
    },
    reach(designator: Designator, isAsked = false) {
      const state = provideState(designator);
      const isOnTheWay = state.link !== undefined || redials.get(designator)?.isWaiting() === true;
      const wants = !isOnTheWay && relation?.wants(designator) === true;
      if (isAsked || wants) dial(designator);
    },
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
      if (relation?.refusal(designator) !== undefined) return;
      const state = provideState(designator);
      if (!dial(designator)) retry(designator, state);
    },
    endVisit(designator: Designator) {
      const state = peers.get(designator);
      if (state?.link === undefined || relation?.wants(designator) === true) return;
      if (switchboard.isUsed(state.connection)) return;
      state.link.close('nobody needs it');
    },
    open: links.size,
    counts: () => ({ ...links.counts(), nodes: peers.size }),
    stop() {
      stopped = true;
      for (const redial of redials.values()) redial.stop();
      links.closeAll('the node stops');
    },
  });
};

/**
 * The links of a node: who is connected, one link for each, dialled again when it is lost.
 *
 * A node with a lasting identity is one party of the switchboard for good; its links come and go.
 * A client without one is a new party each time.
 *
 * This file opens links and closes them, whoever dialled. Beside it:
 * - `known-nodes.ts`: which nodes are known, and where they are;
 * - `dialling.ts`: which of them are dialled, over `redial.ts`, when; `crossing.ts`: which of two sessions is kept;
 * - `clients.ts`: parties without a lasting identity;
 * - `links.ts`: how many links there may be.
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
import { makeClients } from './clients.ts';
import { type Bond, type Dial, crossingMilliseconds, makeMoments, takesCall } from './crossing.ts';
import { makeDialling } from './dialling.ts';
import { type HandshakeOptions, REFUSED } from './handshake.ts';
import { type KnownNodes, makeKnownNodes } from './known-nodes.ts';
import { type Whereabouts, stated } from './whereabouts.ts';
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

export const makePeers = (powers: PeersPowers): Peers => {
  const { identity, incarnation, switchboard, random, limits = defaultLimits } = powers;
  const { relation } = powers;
  const { now, after } = powers;
  const reading = {
    limits,
    turnstile: makeTurnstile(powers.later),
    ...(now === undefined ? {} : { now, after }),
  };
  const sessionKey = powers.ciphers.makeAgreementKey(random(agreementBytes));

  const partyOf = (link: Link) =>
    link.peer.lasting ? nodes.get(link.peer.designator)?.connection : clients.partyOf(link);
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
      const { link, dial } = nodes.get(designator) ?? {};
      const caller = { designator, incarnation: theirs, moment: moment! };
      const isTaken = !lasting || takesCall(identity.designator, caller, link?.peer, dial?.bound);
      return isTaken ? nextMoment() : undefined;
    },
  });
  const dialled = (designator: Designator, dial: Dial) =>
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

  const beginSession = (connection: Connection, link: Link) =>
    switchboard.up(connection, {
      send: (message) => link.send(message),
      end: (reason) => link.close(reason),
      pause: () => link.pause(),
      resume: () => link.resume(),
      charge: (messages) => link.charge(messages),
    });

  const greet = (connection: Connection, designator: Designator) => {
    const greeter = powers.greeterFor(designator);
    connection.bootstrap = greeter;
    switchboard.place(connection, GREETER_SLOT, greeter);
  };

  const clients = makeClients({ switchboard, greet, up: beginSession });
  const nodes: KnownNodes = makeKnownNodes({
    getWhereabouts: powers.getWhereabouts,
    setWhereabouts: powers.setWhereabouts,
    eraseLocations: powers.eraseLocations,
    wallTime: powers.wallTime,
    join(designator) {
      const connection = switchboard.add(
        peerId(designator),
        { inside: false, remote: true, lasting: true },
        () => dialling.summon(designator),
      );
      greet(connection, designator);
      return connection;
    },
  });
  const dialling = makeDialling({
    ...{ nodes, switchboard, relation, limits, random, after },
    later: powers.later,
    dial: powers.dial,
    start: (channel, designator, dial) => start(channel, dialled(designator, dial), dial),
  });

  const openPeer = (link: Link) => {
    const { designator } = link.peer;
    const state = nodes.provide(designator);
    dialling.abandon(state);
    const old = state.link;
    if (old !== undefined) {
      delete state.link;
      switchboard.down(state.connection, 'its session was replaced');
      old.close();
    }
    state.link = link;
    dialling.opened(designator);
    const said = stated(link.peer);
    if (said.locations.length > 0) nodes.see(designator, state, said);
    powers.onLinked?.(designator);
    const up = () => beginSession(state.connection, link);
    if (relation === undefined) up();
    else relation.opened(link, up);
  };

  const closePeer = (link: Link, reason: string) => {
    const state = nodes.get(link.peer.designator);
    relation?.closed(link);
    if (state?.link !== link) return;
    delete state.link;
    dialling.ended(link.peer.designator);
    switchboard.down(state.connection, relation?.refusal(link.peer.designator) ?? reason);
    dialling.retry(link.peer.designator, state);
  };

  /** Resolves when the link is open, rejects when it closes before. */
  const start = (channel: Channel, options: HandshakeOptions, dial?: Dial): Promise<void> =>
    new Promise((resolve, reject) => {
      const kindOf = (link: Link) => (link.peer.lasting ? 'node' : 'client');
      const isCurrent = (link: Link) =>
        !link.peer.lasting || nodes.get(link.peer.designator)?.link === link;
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
          else clients.opened(link);
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
          if (link.peer.lasting) closePeer(link, reason);
          else clients.closed(link, reason);
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
    provide: (designator: Designator, hints: Hints = {}) =>
      nodes.told(designator, hints).connection,
    locationsOf(designator: Designator) {
      if (designator === identity.designator) return powers.ownLocations();
      return nodes.signedLocationsOf(designator);
    },
    knows: nodes.knows,
    linkTo: (designator: Designator) => nodes.get(designator)?.link,
    locate: nodes.locate,
    reach(designator: Designator, isAsked = false) {
      const state = nodes.provide(designator);
      const isOnTheWay = state.link !== undefined || dialling.isWaiting(designator);
      const wants = !isOnTheWay && relation?.wants(designator) === true;
      if (isAsked || wants) dialling.dial(designator);
    },
    remember: nodes.remember,
    forgetLocations: nodes.forgetLocations,
    visit(designator: Designator) {
      if (relation?.refusal(designator) !== undefined) return;
      const state = nodes.provide(designator);
      if (!dialling.dial(designator)) dialling.retry(designator, state);
    },
    endVisit(designator: Designator) {
      const state = nodes.get(designator);
      if (state?.link === undefined || relation?.wants(designator) === true) return;
      if (switchboard.isUsed(state.connection)) return;
      state.link.close('nobody needs it');
    },
    open: links.size,
    counts: () => ({ ...links.counts(), nodes: nodes.size() }),
    stop() {
      dialling.stop();
      links.closeAll('the node stops');
    },
  });
};

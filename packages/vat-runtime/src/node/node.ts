/**
 * One node: the store, the switchboard, the vats and the links, put together.
 * This is where host authority is gathered; everything inside receives it as powers.
 */
import { randomBytes } from 'node:crypto';
import { type Server } from 'node:http';
import harden from '@endo/harden';
import type { Enlivener, Grantor } from '../actor/powers.ts';
import type { WebSessions } from '../actor/web-session.ts';
import type { StartHost } from '../hosts/host-handle.ts';
import { type HostCounts, type HostPolicy, defaultHostPolicy } from '../hosts/hosts.ts';
import { type Designator, makeIdentity } from '../locator/identity.ts';
import { hintedLocations } from '../locator/signed-hints.ts';
import { signLocations } from '../locator/sign-locations.ts';
import { type SignedLocations } from '../locator/signed-locations.ts';
import { shownError } from '../machine/console.ts';
import { digests, rowChecksum, sha256 } from '../machine/integrity.ts';
import { nodeCiphers } from '../machine/node-ciphers.ts';
import { type TimeSource, systemTime } from '../machine/system-time.ts';
import { type Log, makeGatedLog } from '../monitor/log.ts';
import { makeIncarnation } from '../session/handshake.ts';
import type { Channel, Link } from '../session/link.ts';
import { assertLockedDown } from '../session/locked-down.ts';
import { designatorIn, makePeers, peerId } from '../session/peers.ts';
import type { Anchor } from '../store/anchor.ts';
import type { Committer } from '../store/committer.ts';
import { openStore } from '../store/open-store.ts';
import type { Storage } from '../store/storage.ts';
import type { Connection } from '../switchboard/connection.ts';
import { type Limits, defaultLimits } from '../switchboard/limits.ts';
import { Switchboard } from '../switchboard/switchboard.ts';
import { isWithin } from '../switchboard/wire.ts';
import type { Epochs } from '../vat/clock.ts';
import { type Quotas, usualQuotas } from '../vat/quotas.ts';
import { openArrivals } from './arrivals.ts';
import { type Couriers, openCouriers } from './couriers.ts';
import { makeGrantRows } from './grant-rows.ts';
import { makeGuesses } from './guesses.ts';
import { makeHandoffNodes } from './handoff-nodes.ts';
import { makeHoldings } from './holdings.ts';
import type { NamedData } from './inbox.ts';
import { makeWireNames } from './lasting-names.ts';
import { countLastingSlots, makeLastingSlots } from './lasting-slots.ts';
import { type Leases, makeLeases } from './leases.ts';
import { makePieces } from './pieces.ts';
import { makeProcessLog } from './log.ts';
import { makeMeters, partyKindOf } from './meters.ts';
import { makeMetrics } from './metrics.ts';
import { makeNodeClock } from './node-clock.ts';
import { type OwnPowers, makeOwnPowers } from './own-powers.ts';
import { makeControlParty } from './powers.ts';
import { startProcessMeters } from './process-meters.ts';
import { type Program, eraseUnnamed, makeProgram } from './program.ts';
import { type PeerAdmin, makePeerAdmin } from './peer-admin.ts';
import { beginLife, openRelationRows } from './relation-rows.ts';
import { type Relations, makeRelations } from './relations.ts';
import { type GrantInfoPage, isOurs, makeSturdyPowers } from './sturdy-powers.ts';
import { type SleepPolicy, defaultSleepPolicy } from './sleep.ts';
import { namesIn, openStreamRows } from './stream-rows.ts';
import { type Name, type Streams, makeStreams } from './streams.ts';
import { makeTickets } from './tickets.ts';
import { nowhere } from '../session/whereabouts.ts';
import { readWhereabouts } from './whereabouts-row.ts';
import { timeDisk } from './timed-disk.ts';
import { type VatMaking, makeVatMaking } from './vat-making.ts';
import { type VatPage, type Vats, openVats } from './vats.ts';
import { dialChannel, serveChannels } from './web-socket.ts';
import { makeWebSessions } from './web-sessions.ts';

/** The secrets of a node, 32 random bytes each. Kept outside the store. */
export type NodeSecrets = {
  /** Seed of the Ed25519 key that is the node's identity. */
  readonly identity: Uint8Array;
  /** Keys the hashes of swiss numbers, and from it is made what keys those of tickets. */
  readonly grants: Uint8Array;
};

export type NodeOptions = {
  readonly secrets: NodeSecrets;
  readonly storage: Storage;
  /** undefined where the storage ends with the process. */
  readonly anchor: Anchor | undefined;
  /** Makes the hosts in which the vats run. */
  readonly startHost: StartHost;
  /** How those are kept. */
  readonly hosts?: Partial<HostPolicy>;
  /** Nothing may be trusted any more: end the process. */
  readonly onFatal: (reason: string) => void;
  /** Default: the machine's time. */
  readonly time?: TimeSource;
  /** Of the clocks that vats are given. Default: weeks, the first of which began on Monday 2024-01-01, UTC. */
  readonly epochs?: Epochs;
  readonly sleep?: SleepPolicy;
  /** What each vat may have: one of ours where there is no owner. Default: `defaultQuotas` and `guestQuotas`. */
  readonly quotasOf?: (owner: string | undefined) => Quotas;
  /** What one party may ask of the node. @see defaultLimits */
  readonly limits?: Partial<Limits>;
  /** A link that is silent for two of these is taken for lost. Default: 20 s. */
  readonly pingMilliseconds?: number;
  /** Opens channels to other nodes. Default: WebSockets. */
  readonly dial?: (location: string) => Promise<Channel>;
  /** Where what vats print goes, and what the operator should know. Default: lines on standard error. */
  readonly log?: Log;
};

export type PocasNode = VatMaking & {
  readonly designator: Designator;
  readonly enlivener: Enlivener;
  readonly grantor: Grantor;
  readonly sessions: WebSessions;
  /** A power of the program's own, for vats. The name must mean the same at every start. */
  definePower(name: string, power: object): object;
  /** The same, where each vat that is given it has one of its own. */
  readonly definePowerOfEach: OwnPowers['definePowerOfEach'];
  /** What the program keeps for itself: data and lasting references. */
  getProgram: Program['get'];
  setProgram: Program['set'];
  /** Other nodes, for the operator. */
  readonly peers: PeerAdmin;
  /** Accepts links on an HTTP server, at `/link`, and tells peers where. */
  listen(server: Server, location: string): void;
  /** Resolves when all that was done so far is on disk. */
  settled(): Promise<void>;
  linkTo(designator: Designator): Link | undefined;
  /**
   * Erases all that is kept here for another node, as when its lease ends. It must not be linked.
   * @returns how many of our objects it held
   */
  forgetPeer(designator: Designator): Promise<number>;
  /** Where a node says that it is, this one too, with its signature. */
  locationsOf(designator: Designator): SignedLocations | undefined;
  /** All sturdy refs of this node that still hold, by pages. @param after - what the page before said */
  listGrants(after?: string): Promise<GrantInfoPage>;
  /** Ends a sturdy ref and all that was derived from it. @param ref - as it is listed. @returns whether there was one */
  revokeGrant(ref: string): boolean;
  /** `waitingBytes`: characters that wait for the disk. */
  counts(): Pick<ReturnType<Vats['counts']>, 'vats' | 'suspended' | keyof HostCounts> & {
    links: number;
  } & ReturnType<Committer['counts']>;
  /** Bundles, for whoever carries them and for whoever runs the node. */
  readonly couriers: Pick<Couriers, 'desk' | 'makeCourier'>;
  /** What `monitor/metrics.ts` declares, in the text form of Prometheus. It names nobody. */
  metrics(): Promise<string>;
  /** All vats, by pages. @param after - what the page before said */
  listVats(after?: string): Promise<VatPage>;
  /** Lets a suspended vat go on. @throws where it is not suspended */
  resumeVat(id: string): void;
  /** Ends the links, waits for the disk, and closes the store. */
  stop(): Promise<void>;
};

export const LINK_PATH = '/link';

const week = 7n * 24n * 60n * 60n * 1000n;
const defaultEpochs: Epochs = Object.freeze({ zero: 1_704_067_200_000n, length: week });

/** @throws StoreRefusedError where something is missing from the store. It is closed then. */
export const startNode = async (options: NodeOptions): Promise<PocasNode> => {
  assertLockedDown('start node');
  const { storage, anchor, secrets, onFatal, time = systemTime, epochs = defaultEpochs } = options;
  const log = options.log ?? makeProcessLog('text', 'info');
  const disk = timeDisk({ storage, anchor }, log);
  const store = await openStore({
    storage: disk.storage,
    anchor: disk.anchor,
    hash: sha256,
    checksum: rowChecksum,
    onFailure: (error) => onFatal(`Cannot write to the store: ${(error as Error).message}`),
  });
  const told = makeGatedLog(log, store.whenDurable);
  // Before anybody is told of it.
  const life = await beginLife(store);
  const random = (byteLength: number) => new Uint8Array(randomBytes(byteLength));
  const identity = makeIdentity(secrets.identity, nodeCiphers.ed25519);
  const incarnation = makeIncarnation(random);
  const limits: Limits = harden({ ...defaultLimits, ...options.limits });
  let ownLocations: SignedLocations | undefined;
  const { pingMilliseconds } = options;
  const channelOptions = {
    limits,
    ...(pingMilliseconds === undefined ? {} : { pingMilliseconds }),
  };

  const clock = makeNodeClock(time, BigInt(store.get('clock') ?? 0));

  // ---- parties ----

  const provideParty = (id: string): Connection | undefined => {
    const known = switchboard.get(id);
    if (known !== undefined) return known;
    if (id.startsWith('v')) return vats.provide(id.slice(1));
    const designator = designatorIn(id);
    return designator === undefined ? undefined : peers.provide(designator);
  };

  const holdings = makeHoldings((owner, slot) => switchboard.unnamed(owner, slot));
  await countLastingSlots(store, holdings);
  const lastingSlots = makeLastingSlots(store, holdings);
  const relationRows = await openRelationRows(store);
  const arrivals = await openArrivals(store);
  const streamRows = await openStreamRows(store, holdings, sha256, life);
  /** A row names an object: what is known of its node is kept too. */
  const noteName = ([owner, slot]: Name) => {
    const node = designatorIn(owner);
    if (node === undefined) return;
    peers.remember(node);
    relations.remember(node);
    streamRows.noteSeen(node, slot);
  };
  const switchboard: Switchboard = new Switchboard({
    slots: {
      ...lastingSlots,
      keep(party, slot, owner, ownerSlot) {
        lastingSlots.keep(party, slot, owner, ownerSlot);
        noteName([owner, ownerSlot]);
        // What it was given it may send to, and is to be answered, whoever has to dial then.
        const designator = designatorIn(party);
        if (designator === undefined) return;
        peers.remember(designator);
        relations.remember(designator);
      },
      erase(party, slot) {
        const designator = designatorIn(party);
        const kept = designator === undefined ? undefined : lastingSlots.at(party, slot);
        // A bundle may be on its way with it, whatever the node says that it holds by now.
        if (kept && streamRows.isOnItsWay(designator!, kept.owner, kept.slot)) return;
        lastingSlots.erase(party, slot);
      },
    },
    gate: store.whenDurable,
    namedOf: holdings.namedOf,
    onHeld: (connection, held) => leases.onHeld(connection, held),
    provide: provideParty,
    limits,
    now: () => performance.now(),
    onViolation(party, reason) {
      told.tell('session.violated', { party: partyKindOf(party), fault: reason });
    },
    nodes: makeHandoffNodes({
      designator: identity.designator,
      peers: () => peers,
      random,
      after: systemTime.after,
    }),
    onHandoff(giver, outcome) {
      const designator = designatorIn(giver.id);
      if (outcome === 'direct' || designator === undefined) return;
      told.tell('handoff.forwarded', { designator, reason: outcome });
    },
  });
  const control = makeControlParty(switchboard, (failure) =>
    told.tell('power.failed', { fault: shownError(failure) }),
  );
  const grants = makeGrantRows({
    ...{ store, clock, random },
    key: secrets.grants,
    onDamaged: (error) => told.tell('power.failed', { fault: shownError(error) }),
  });
  const guesses = makeGuesses(isOurs, () => performance.now());
  const { enlivener, grantor, greeterFor, ownOf, listGrants, revokeGrant } = makeSturdyPowers({
    ...{ control, switchboard, grants, provideParty },
    guesses,
    designator: identity.designator,
    ownLocations: () => ownLocations,
    providePeer: (designator, hints) => peers.provide(designator, hints),
  });
  const getWhereabouts = (designator: Designator) => {
    const key = `peer/${designator}`;
    const row = store.get(key);
    return row === undefined ? undefined : readWhereabouts(key, row);
  };
  const peers = makePeers({
    identity,
    incarnation,
    random,
    switchboard,
    ciphers: nodeCiphers,
    greeterFor,
    ownLocations: () => ownLocations,
    limits,
    now: () => performance.now(),
    dial: options.dial ?? ((location) => dialChannel(location, undefined, channelOptions)),
    later: (task) => void setImmediate(task),
    after: systemTime.after,
    getWhereabouts,
    setWhereabouts: (designator, seen) =>
      store.stage([[`peer/${designator}`, JSON.stringify(seen)]]),
    wallTime: () => Number(clock.now()),
    eraseLocations: (designator) => store.stage([[`peer/${designator}`, undefined]]),
    onLinked: (designator) => leases.heard(designator),
    relation: {
      opened: (link, up) =>
        relations.opened(link, () => {
          arrivals.met(link.peer.designator);
          up();
        }),
      receive: (link, message) => relations.receive(link, message),
      isUp: (link) => relations.isUp(link),
      closed: (link) => relations.closed(link),
      wants: (designator) =>
        relations.wants(designator) ||
        (arrivals.has(designator) && relations.refusal(designator) === undefined),
      refusal: (designator) => relations.refusal(designator),
    },
    log: told,
  });
  const leases: Leases = makeLeases({
    ...{ store, switchboard, holdings, time },
    leaseDays: limits.leaseDays,
    isLinked: (designator) => peers.linkTo(designator) !== undefined,
    visit: peers.visit,
    endVisit: peers.endVisit,
    forgetLocations: peers.forgetLocations,
    log: told,
  });
  const vats = await openVats({
    store,
    holdings,
    switchboard,
    startHost: options.startHost,
    hosts: { ...defaultHostPolicy, ...options.hosts },
    tickets: makeTickets(secrets.grants),
    outbox: {
      give(node, item, ticket) {
        peers.remember(node);
        relations.remember(node);
        for (const name of namesIn(node, item)) noteName(name);
        streams.give(node, item, ticket);
      },
      refusal(node, { body, refs }, kind) {
        if (relations.isRemoved(node)) return relations.refusal(node);
        const slots = refs.map(() => 'o+1');
        const maxValues = kind === 'send' ? limits.maxValuesInCall : limits.maxValuesInAnswer;
        return isWithin({ body, slots }, limits, maxValues)
          ? undefined
          : 'it is longer than what another node takes';
      },
      isRemoved: (node) => relations.isRemoved(node),
      passedOnFor: streamRows.passedOnFor,
      unheardOf: streamRows.unheardOf,
    },
    onLess: (node) => streams.drained(node),
    clock,
    time,
    digests,
    incarnation,
    sleep: options.sleep ?? defaultSleepPolicy,
    quotasOf: options.quotasOf ?? usualQuotas,
    provideParty,
    log,
  });
  const { post } = vats;
  const wireNames = makeWireNames(switchboard, provideParty);
  const later = (task: () => void) => void setImmediate(task);
  const noted = (data: NamedData): NamedData => {
    data.refs.forEach(noteName);
    return data;
  };
  const onDamaged = (error: Error) => told.tell('power.failed', { fault: shownError(error) });
  const streams: Streams = makeStreams({
    ...{ rows: streamRows, store, holdings, later, after: systemTime.after, onDamaged },
    names: {
      ...wireNames,
      incoming: (node, data) => noted(wireNames.incoming(node, data)),
      handedIn: (node, data, gifts, done) =>
        wireNames.handedIn(node, data, gifts, (named) => done(named && noted(named))),
    },
    deliver: (from, to, letter, ticket) => post.send({ node: from }, to, letter, ticket),
    ...{ answer: post.answer, backlog: post.backlog },
    onFork: (node) => relations.quarantine(node, 'fork'),
    summon: (node) => peers.reach(node),
  });
  const relations: Relations = makeRelations({
    ...{ store, life, limits, rows: relationRows, streamRows, streams, told },
    slotsGiven: (node) => lastingSlots.last(peerId(node)),
    slotsHeld: (node) => switchboard.lastHeld(peerId(node)),
    raiseSlots: (node, number) => lastingSlots.raise(peerId(node), number),
    ...{ answer: post.answer, onDamaged },
    now: () => Number(clock.now()),
    after: systemTime.after,
  });
  const peerAdmin = makePeerAdmin({
    ...{ designator: identity.designator, relations },
    locationsOf: (node) => (peers.locationsOf(node) ?? getWhereabouts(node) ?? nowhere).locations,
    ownLocations: () => ownLocations,
    introduce(node, hints) {
      const { unsigned = [] } = hints;
      peers.provide(node, hints);
      peers.remember(node);
      if (unsigned.length > 0) peers.locate(node, unsigned);
    },
    async erase(node) {
      // It is told first, and then its link ends.
      await store.settled();
      peers.linkTo(node)?.close();
      await leases.forgetPeer(node);
    },
    reach: (node) => peers.reach(node, true),
  });
  leases.onForgotten((node) => relations.giveUp(node));
  // A removal that a crash cut short is finished before anybody is heard.
  for (const node of relations.halfForgotten()) {
    await leases.forgetPeer(node);
    relations.forgotten(node);
  }
  const sessions = makeWebSessions({
    ...{ switchboard, store, greeterFor, limits },
    slots: lastingSlots,
  });

  const couriers = await openCouriers({
    ...{ identity, store, control, random, clock, after: systemTime.after, log: told },
    post: makePieces({
      ...{ streamRows, relations, streams, store, limits, incarnation, later },
    }),
  });

  const processMeters = startProcessMeters();
  const metrics = makeMetrics({
    meters: makeMeters({
      ...{ store, switchboard, vats, peers, relations, sessions, guesses },
      process: processMeters,
    }),
    gate: store.whenDurable,
    after: systemTime.after,
  });
  disk.observeBy(metrics.observe);

  const ownPowers = makeOwnPowers(control, ownOf);
  const making = makeVatMaking({
    ...{ control, switchboard, vats, clock, epochs },
    ownOf: ownPowers.ownOf,
  });
  const program = makeProgram(store, switchboard, control);
  await eraseUnnamed(store, program, lastingSlots);

  // The program defines its powers first: those who wait may call them.
  setImmediate(() => {
    vats.start();
    for (const node of relations.nodes()) if (relations.wants(node)) peers.reach(node);
  });
  leases.start();
  told.tell('node.started', { designator: identity.designator });
  return harden({
    designator: identity.designator,
    enlivener,
    grantor,
    sessions,
    ...making,
    peers: peerAdmin,
    definePower: (name: string, power: object) => control.define(`program.${name}`, power),
    definePowerOfEach: ownPowers.definePowerOfEach,
    getProgram: program.get,
    setProgram: program.set,
    listen(server: Server, location: string) {
      const at = Number(clock.now());
      ownLocations = signLocations(identity, hintedLocations([location]), at);
      serveChannels(server, LINK_PATH, peers.accept, channelOptions);
      for (const node of arrivals.nodes()) peers.reach(node);
    },
    settled: store.settled,
    linkTo: peers.linkTo,
    forgetPeer: leases.forgetPeer,
    locationsOf: peers.locationsOf,
    listGrants,
    revokeGrant,
    listVats: vats.list,
    resumeVat: vats.resume,
    counts() {
      const { vats: awake, suspended, threads, processes, lostHosts } = vats.counts();
      const hosts = { threads, processes, lostHosts };
      return { vats: awake, suspended, ...hosts, links: peers.open(), ...store.counts() };
    },
    metrics: metrics.text,
    couriers: { desk: couriers.desk, makeCourier: couriers.makeCourier },
    async stop() {
      told.tell('node.stopping', {});
      couriers.stop();
      processMeters.stop();
      const ended = vats.stop();
      leases.stop();
      peers.stop();
      control.endpoint.end('Cannot await answer: the node stops (delivered: unknown)');
      await ended;
      try {
        await store.settled();
      } finally {
        await store.close();
      }
    },
  }) as PocasNode;
};

/**
 * One node: the store, the switchboard, the vats and the links, put together.
 * This is where host authority is gathered; everything inside receives it as powers.
 */
import { randomBytes } from 'node:crypto';
import { type Server } from 'node:http';
import { E } from '@endo/eventual-send';
import harden from '@endo/harden';
import { Far, makeMarshal } from '@endo/marshal';
import type { Passable } from '@endo/pass-style';
import type { Clock, Timer } from '../actor/clock.ts';
import type { Enlivener, Grantor, VatMaker } from '../actor/powers.ts';
import type { WebSessions } from '../actor/web-session.ts';
import type { StartHost } from '../hosts/host-handle.ts';
import { type HostPolicy, defaultHostPolicy } from '../hosts/hosts.ts';
import { type Designator, makeIdentity } from '../locator/identity.ts';
import { makeIncarnation } from '../session/handshake.ts';
import type { Link } from '../session/link.ts';
import { designatorIn, makePeers } from '../session/peers.ts';
import type { Anchor } from '../store/anchor.ts';
import type { Committer } from '../store/committer.ts';
import { openStore } from '../store/open-store.ts';
import type { Row, Storage } from '../store/storage.ts';
import type { Connection } from '../switchboard/connection.ts';
import { Switchboard } from '../switchboard/switchboard.ts';
import { type Device, type Epochs, epochAt } from '../vat/clock.ts';
import { firstRows } from '../vat/journal.ts';
import { VAT_CONTROL } from '../vat/vat.ts';
import { type Bundle, bundleVat } from './bundle.ts';
import { digests, rowChecksum, sha256 } from '../machine/integrity.ts';
import { makeLastingSlots } from './lasting-slots.ts';
import { makeNodeClock } from './node-clock.ts';
import { makeControlParty, makeNodePowers } from './powers.ts';
import { type TimeSource, systemTime } from '../machine/system-time.ts';
import { makeTickets } from './tickets.ts';
import { type SleepPolicy, type VatPage, type Vats, defaultSleepPolicy, openVats } from './vats.ts';
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
  /** Where what vats print goes, and what the operator should know. Default: standard error. */
  readonly print?: (line: string) => void;
};

export type MakeVatOptions = {
  /** Path of the TypeScript module, or a bundle made from it. */
  readonly module: string | Bundle;
  /** For people: shown in the console and in stack traces. */
  readonly label: string;
  /** References to powers of this node. */
  readonly powers?: Readonly<Record<string, unknown>>;
  readonly params?: unknown;
  /**
   * Who answers for the module where it is not one of our own packages. All vats of an owner share a
   * process, apart from everybody else's. A vat keeps its owner for good.
   */
  readonly owner?: string;
};

export type PocasNode = {
  readonly designator: Designator;
  readonly enlivener: Enlivener;
  readonly grantor: Grantor;
  /** Among the powers of a vat that is made, these two become objects of that vat itself. */
  readonly clock: Clock;
  readonly timer: Timer;
  readonly sessions: WebSessions;
  /** Makes a vat and answers what its `make` answered. */
  makeVat(options: MakeVatOptions): Promise<unknown>;
  /**
   * A power to make vats of one module, for vats.
   * @param name - must mean the same at every start of the node
   */
  defineVatMaker(name: string, options: Omit<MakeVatOptions, 'params'>): VatMaker;
  /** A power of the program's own, for vats. The name must mean the same at every start. */
  definePower(name: string, power: object): object;
  /** What the program keeps for itself: data and lasting references. */
  getProgram(): unknown;
  setProgram(value: unknown): void;
  /** Accepts links on an HTTP server, at `/link`, and tells peers where. */
  listen(server: Server, location: string): void;
  /** Resolves when all that was done so far is on disk. */
  settled(): Promise<void>;
  linkTo(designator: Designator): Link | undefined;
  /** `waitingBytes`: characters that wait for the disk. */
  counts(): ReturnType<Vats['counts']> & { links: number } & ReturnType<Committer['counts']>;
  /** All vats, by pages. @param after - what the page before said */
  listVats(after?: string): Promise<VatPage>;
  /** Lets a suspended vat go on. @throws where it is not suspended */
  resumeVat(id: string): void;
  /** Ends the links, waits for the disk, and closes the store. */
  stop(): Promise<void>;
};

export const LINK_PATH = '/link';

const OWNER = /^[a-z0-9-]{1,32}$/;

const week = 7n * 24n * 60n * 60n * 1000n;
const defaultEpochs: Epochs = Object.freeze({ zero: 1_704_067_200_000n, length: week });

/** @throws StoreRefusedError where something is missing from the store. It is closed then. */
export const startNode = async (options: NodeOptions): Promise<PocasNode> => {
  const { storage, anchor, secrets, onFatal, time = systemTime, epochs = defaultEpochs } = options;
  const print = options.print ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const store = await openStore({
    storage,
    anchor,
    hash: sha256,
    checksum: rowChecksum,
    onFailure: (error) => onFatal(`Cannot write to the store: ${(error as Error).message}`),
  });
  const random = (byteLength: number) => new Uint8Array(randomBytes(byteLength));
  const identity = makeIdentity(secrets.identity);
  const incarnation = makeIncarnation(random);
  let locations: readonly string[] = [];

  const clock = makeNodeClock(time, BigInt(store.get('clock') ?? 0));

  // ---- parties ----

  const provideParty = (id: string): Connection | undefined => {
    const known = switchboard.get(id);
    if (known !== undefined) return known;
    if (id.startsWith('v')) return vats.provide(id.slice(1));
    const designator = designatorIn(id);
    return designator === undefined ? undefined : peers.provide(designator);
  };

  const switchboard = new Switchboard({
    slots: makeLastingSlots(store),
    gate: store.whenDurable,
    provide: provideParty,
  });
  const control = makeControlParty(switchboard);
  const { greeter, enlivener, grantor } = makeNodePowers({
    control,
    switchboard,
    store,
    grantKey: secrets.grants,
    random,
    designator: identity.designator,
    locations: () => locations,
    providePeer: ({ designator, hints }) =>
      peers.provide(designator, hints['url'] === undefined ? [] : [hints['url']]),
    provideParty,
  });
  const greeterRef = control.refOf(greeter);
  const peers = makePeers({
    identity,
    incarnation,
    random,
    switchboard,
    greeter: greeterRef,
    locations: () => locations,
    dial: dialChannel,
    later: (task) => void setImmediate(task),
    after: systemTime.after,
    getLocations: (designator) =>
      JSON.parse(store.get(`peer/${designator}`) ?? '[]') as readonly string[],
    setLocations: (designator, seen) => store.stage([[`peer/${designator}`, JSON.stringify(seen)]]),
  });
  const vats = await openVats({
    store,
    switchboard,
    startHost: options.startHost,
    hosts: { ...defaultHostPolicy, ...options.hosts },
    tickets: makeTickets(secrets.grants),
    clock,
    time,
    digests,
    incarnation,
    sleep: options.sleep ?? defaultSleepPolicy,
    provideParty,
    print,
  });
  const sessions = makeWebSessions({ switchboard, store, greeter: greeterRef });

  // ---- making vats ----

  const { zero, length } = epochs;
  const clockPower: Clock = control.define(
    'clock',
    Far('Clock', {
      now: () => clock.now(),
      epoch: () => epochAt(clock.now(), epochs),
      startOf: (epoch: bigint) => zero + epoch * length,
    }),
  ) as Clock;
  const noTimer = () => {
    throw Error('Cannot set timer: a timer is given to a vat when it is made');
  };
  const timerPower: Timer = Far('Timer', { wakeAt: noTimer, cancel: noTimer });
  const devices = new Map<unknown, Device>([
    [clockPower, { kind: 'clock', zero, length }],
    [timerPower, { kind: 'timer' }],
  ]);

  const makeVat = async ({ module, label, powers = {}, params, owner }: MakeVatOptions) => {
    if (owner !== undefined && !OWNER.test(owner)) {
      throw TypeError(
        'Cannot make vat: an owner has 1 to 32 lower-case letters, digits and hyphens',
      );
    }
    const bundle = typeof module === 'string' ? await bundleVat(module) : module;
    const id = String(Number(store.get('lastVat') ?? 0) + 1);
    store.stage([
      ['lastVat', id],
      [`b/${bundle.hash}`, bundle.text],
      [`vat/${id}`, JSON.stringify({ bundle: bundle.hash, label, owner })],
      ...firstRows.map(([key, value]): Row => [`v/${id}/${key}`, value]),
    ]);
    vats.add(id);
    const vatControl = control.presenceOf(switchboard.refAt(vats.provide(id)!, VAT_CONTROL)) as {
      make(powers: unknown, params: unknown, devices: unknown): unknown;
    };
    const own = Object.entries(powers).filter(([, power]) => devices.has(power));
    const references = Object.entries(powers).filter(([, power]) => !devices.has(power));
    try {
      return await E(vatControl).make(
        harden(Object.fromEntries(references)),
        harden(params),
        harden(Object.fromEntries(own.map(([name, power]) => [name, devices.get(power)]))),
      );
    } catch (error) {
      const reason = vats.whySuspended(id);
      if (reason === undefined) throw error;
      throw Error(`Cannot make vat "${label}": ${reason}`, { cause: error });
    }
  };

  const defineVatMaker = (name: string, made: Omit<MakeVatOptions, 'params'>): VatMaker =>
    control.define(
      `maker.${name}`,
      Far('VatMaker', { make: (params: unknown) => makeVat({ ...made, params }) }),
    ) as VatMaker;

  // ---- the program's own state ----

  const programMarshal = makeMarshal<string>(
    (value) => {
      const slot = control.endpoint.slotOf(value as object);
      if (slot === undefined || !switchboard.keep(control.connection, slot)) {
        throw TypeError('Cannot keep: the program may keep data and lasting references');
      }
      return slot;
    },
    (slot) => control.endpoint.presenceAt(slot),
    { serializeBodyFormat: 'smallcaps', errorTagging: 'off' },
  );

  // The program defines its powers first: those who wait may call them.
  setImmediate(vats.start);
  return harden({
    designator: identity.designator,
    enlivener,
    grantor,
    clock: clockPower,
    timer: timerPower,
    sessions,
    makeVat,
    defineVatMaker,
    definePower: (name: string, power: object) => control.define(`program.${name}`, power),
    getProgram() {
      const row = store.get('program');
      if (row === undefined) return undefined;
      return programMarshal.fromCapData(JSON.parse(row) as { body: string; slots: string[] });
    },
    setProgram(value: unknown) {
      store.stage([
        ['program', JSON.stringify(programMarshal.toCapData(harden(value) as Passable))],
      ]);
    },
    listen(server: Server, location: string) {
      locations = [location];
      serveChannels(server, LINK_PATH, peers.accept);
    },
    settled: store.settled,
    linkTo: peers.linkTo,
    listVats: vats.list,
    resumeVat: vats.resume,
    counts: () => ({ ...vats.counts(), links: peers.open(), ...store.counts() }),
    async stop() {
      const ended = vats.stop();
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

/** The vats of a node: loaded by their first message, and put to sleep when they are idle. */
import harden from '@endo/harden';
import { type Log, makeGatedLog } from '../monitor/log.ts';
import { isText, parseRow, recordOf } from '../store/stored-json.ts';
import type { Committer } from '../store/committer.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { Message } from '../switchboard/wire.ts';
import type { Delivery } from '../vat/delivery.ts';
import type { HostCommand, HostReport } from '../vat/host.ts';
import { type Digests, makeSliceCheck } from '../vat/journal.ts';
import { hashBundle } from './bundle.ts';
import { makeCranks } from './cranks.ts';
import { openInboxes } from './inbox.ts';
import { makeLastingNames } from './lasting-names.ts';
import type { TimeSource } from '../machine/system-time.ts';
import type { NodeClock } from './node-clock.ts';
import { makeTimers } from './timers.ts';
import type { HostHandle } from '../hosts/thread.ts';

export type SleepPolicy = {
  /** A vat that got no message for so long goes to sleep, if nobody would notice. */
  readonly idleMilliseconds: number;
  /**
   * With more than this awake, the longest idle ones sleep at once, if nobody would notice;
   * with more than twice as many, also those that are in the middle of something.
   */
  readonly maxAwake: number;
};

export const defaultSleepPolicy: SleepPolicy = Object.freeze({
  idleMilliseconds: 60_000,
  maxAwake: 1000,
});

export type VatsPowers = {
  readonly store: Committer;
  readonly switchboard: Switchboard;
  readonly host: HostHandle;
  readonly clock: NodeClock;
  readonly time: TimeSource;
  readonly digests: Digests;
  /** Differs at every start of the node. */
  readonly incarnation: string;
  readonly sleep: SleepPolicy;
  /** The party with an id, made if need be. */
  readonly provideParty: (id: string) => Connection | undefined;
  readonly log: Log;
};

export type Vats = {
  /** The party of a vat, undefined where there is no such vat. */
  provide(id: string): Connection | undefined;
  /** Says that a vat was just made, and has no rows yet. */
  add(id: string): void;
  onReport(report: HostReport): void;
  /** Begins to carry out what waits, and to put idle vats to sleep. */
  start(): void;
  stop(): void;
  /** Why a vat cannot be loaded, undefined for any other. */
  whySuspended(id: string): string | undefined;
  counts(): {
    vats: number;
    suspended: number;
    asleep: number;
    /** Since the start, as all below. */
    wakes: number;
    sleeps: number;
    deliveries: { [K in Delivery['kind']]: number };
    cranks: number;
    /** What waits. */
    items: number;
    timers: number;
  };
};

type VatRow = { readonly bundle: string; readonly label: string };
const isVatRow = recordOf({ bundle: isText, label: isText });

/** A vat in memory, or on its way in or out. */
type Awake = {
  readonly id: string;
  readonly party: Connection;
  phase: 'loading' | 'awake' | 'pausing';
  load: number;
  /** When it got its last delivery, by the monotonic clock. */
  used: number;
  /** The newest crank that was taken. */
  crank: number;
  /** Items of the inbox that were given to it. */
  readonly given: Set<string>;
  /** What it said while it was pausing. */
  said: Message[];
  /** Why its session ends although somebody will notice. */
  ending?: string;
};

/** Rows are checked in pieces of this many. */
const checkedAtOnce = 10_000;

export const openVats = async (powers: VatsPowers): Promise<Vats> => {
  const { store, switchboard, host, clock, time, digests, provideParty, log } = powers;
  const told = makeGatedLog(log, store.whenDurable);
  const awake = new Map<string, Awake>();
  /** Vats that cannot be loaded, until the node is started anew. */
  const suspended = new Map<string, string>();
  const fresh = new Set<string>();
  /** Modules that the host has. */
  const modules = new Set<string>();
  let lastLoad = 0;
  const done = {
    wakes: 0,
    sleeps: 0,
    deliveries: { message: 0, send: 0, answer: 0, timer: 0 },
    cranks: 0,
  };
  let isRunning = false;
  let cancelSweep = () => {};

  const vatOf = (id: string): VatRow | undefined => {
    const key = `vat/${id}`;
    const row = store.get(key);
    return row === undefined ? undefined : parseRow<VatRow>(key, row, isVatRow);
  };

  const names = makeLastingNames(switchboard, provideParty);

  // ---- deliveries ----

  const command = (wanted: () => HostCommand | void) =>
    store.whenRoom(() => {
      const made = wanted();
      if (made !== undefined) host.command(made);
    });
  const deliver = (vat: Awake, delivery: Delivery) => {
    vat.used = time.monotonic();
    done.deliveries[delivery.kind] += 1;
    command(() => ({ type: 'deliver', vat: vat.id, delivery, time: clock.now() }));
  };

  const giveItem = (vat: Awake, key: string) => {
    if (vat.phase !== 'awake' || vat.given.has(key)) return;
    vat.given.add(key);
    try {
      deliver(vat, { ...names.itemFor(vat.party, inboxes.read(key)), item: key });
    } catch (error) {
      cranks.drop(vat.id, key, (error as Error).message);
    }
  };
  const onItem = (id: string, key: string) => {
    const vat = awake.get(id);
    if (vat !== undefined) giveItem(vat, key);
    else if (isRunning) void wake(id);
  };
  const inboxes = await openInboxes(store, onItem);
  const timers = makeTimers({
    store,
    clock,
    time,
    onDue(vat, timer) {
      inboxes.add(vat, { kind: 'timer', timer });
      cranks.noteTime();
    },
  });

  const cranks = makeCranks({
    ...{ store, switchboard, inboxes, timers, names, clock, time, provideParty, told },
  });

  // ---- loading ----

  const faultOf = async (id: string): Promise<string | undefined> => {
    if (fresh.delete(id)) return undefined;
    const check = makeSliceCheck(digests);
    const prefix = `v/${id}/`;
    let after: string | undefined;
    try {
      for (;;) {
        const rows = await store.list(prefix, {
          limit: checkedAtOnce,
          ...(after === undefined ? {} : { after }),
        });
        check.take(rows.map(([key, value]) => [key.slice(prefix.length), value] as const));
        if (rows.length < checkedAtOnce) return check.fault();
        after = rows.at(-1)![0];
      }
    } catch (error) {
      return (error as Error).message;
    }
  };

  const suspend = (id: string, reason: string) => {
    suspended.set(id, reason);
    awake.delete(id);
    log.tell('vat.suspended', { vat: id, fault: reason });
    const party = switchboard.get(`v${id}`);
    if (party !== undefined) switchboard.down(party, 'the vat could not be loaded');
  };

  /** Loads a vat that is asleep. @returns false where that cannot be */
  const wake = (id: string): boolean => {
    if (awake.has(id)) return true;
    const party = provide(id);
    if (party === undefined || suspended.has(id)) return false;
    lastLoad += 1;
    const vat: Awake = {
      id,
      party,
      phase: 'loading',
      load: lastLoad,
      used: time.monotonic(),
      crank: 0,
      given: new Set(),
      said: [],
    };
    awake.set(id, vat);
    void finishLoading(vat);
    makeRoom();
    return true;
  };

  /** Sees to it that the host has a module. @returns false where it is not in the store as it was */
  const provideModule = (hash: string): boolean => {
    if (modules.has(hash)) return true;
    const text = store.get(`b/${hash}`);
    if (text === undefined || hashBundle(text) !== hash) return false;
    modules.add(hash);
    command(() => ({ type: 'module', module: hash, text }));
    return true;
  };

  const finishLoading = async (vat: Awake) => {
    const { id } = vat;
    const fault = await faultOf(id);
    if (awake.get(id) !== vat) return;
    if (fault !== undefined) return suspend(id, fault);
    const { bundle } = vatOf(id) ?? {};
    if (bundle === undefined || !provideModule(bundle)) {
      return suspend(id, 'its module is missing or altered in the store');
    }
    const { load } = vat;
    const incarnation = `${powers.incarnation}.${load}`;
    command(() => ({ type: 'load', vat: id, load, module: bundle, incarnation }));
    done.wakes += 1;
    told.tell('vat.woken', { vat: id, module: bundle });
    resume(vat);
  };

  const resume = (vat: Awake) => {
    vat.phase = 'awake';
    switchboard.up(vat.party, {
      send(message, asker) {
        deliver(vat, { kind: 'message', message });
        if (asker !== undefined) command(() => switchboard.carriedOut(asker));
      },
      // The vat broke a limit. It is loaded anew by its next message; what it wrote stands.
      end: () => endSession(vat, 'its session was ended'),
    });
    for (const message of vat.said.splice(0)) switchboard.receive(vat.party, message);
    for (const key of inboxes.itemsOf(vat.id)) giveItem(vat, key);
  };

  const provide = (id: string): Connection | undefined => {
    const known = switchboard.get(`v${id}`);
    if (known !== undefined || store.get(`vat/${id}`) === undefined) return known;
    return switchboard.add(`v${id}`, { inside: true, remote: false, lasting: true }, () =>
      wake(id),
    );
  };

  // ---- sleeping ----

  /** @param seen - the crank after which the vat must have done nothing, or it stays */
  const unload = (vat: Awake, seen: number) => {
    vat.phase = 'pausing';
    command(() => ({ type: 'unload', vat: vat.id, load: vat.load, seen }));
  };

  /** Puts a vat to sleep, if nobody would notice. */
  const tryToSleep = (vat: Awake): boolean => {
    if (vat.phase !== 'awake' || inboxes.itemsOf(vat.id).length > 0) return false;
    if (!switchboard.isQuiet(vat.party)) return false;
    switchboard.pause(vat.party);
    // It may be doing something of which we have not heard yet.
    unload(vat, vat.crank);
    return true;
  };

  /**
   * Ends the session of a paused vat whose callers will notice: what it owes is answered as unknown,
   * once all that it did was taken. Rows that are on their way may name what it holds until then.
   */
  const endSession = (vat: Awake, why: string): void => {
    vat.ending = why;
    unload(vat, Infinity);
  };
  const forceToSleep = (vat: Awake): void => {
    if (vat.phase !== 'awake') return;
    switchboard.pause(vat.party);
    endSession(vat, 'too many vats are awake');
  };

  const onUnloaded = ({ vat: id, load, forgotten }: HostReport & { type: 'unloaded' }) => {
    const vat = awake.get(id);
    if (vat?.load !== load || vat.phase !== 'pausing') return;
    if (!forgotten) return resume(vat);
    awake.delete(id);
    done.sleeps += 1;
    told.tell('vat.slept', { vat: id });
    const isWanted = vat.party.held.length > 0 || inboxes.itemsOf(id).length > 0;
    switchboard.rest(vat.party, vat.ending);
    if (isWanted) wake(id);
  };

  const byIdleness = () => [...awake.values()].sort((a, b) => a.used - b.used);
  const makeRoom = () => {
    let tooMany = awake.size - powers.sleep.maxAwake;
    if (tooMany <= 0) return;
    const idle = byIdleness();
    for (const vat of idle) if (tooMany > 0 && tryToSleep(vat)) tooMany -= 1;
    for (const vat of idle) {
      if (tooMany > powers.sleep.maxAwake && vat.phase === 'awake') {
        forceToSleep(vat);
        tooMany -= 1;
      }
    }
  };
  const sweep = () => {
    const { idleMilliseconds } = powers.sleep;
    const end = time.monotonic() - idleMilliseconds;
    for (const vat of awake.values()) if (vat.used <= end) tryToSleep(vat);
    cancelSweep = time.after(Math.max(idleMilliseconds / 4, 10), sweep);
  };

  // ---- reports ----

  const onCrank = (report: HostReport & { type: 'crank' }) => {
    const { vat: id, load, number, done: item, crank } = report;
    const party = provide(id);
    if (party === undefined) return;
    // A vat whose session was ended is loaded anew. What it wrote before stands, and what it said
    // before belongs to that session.
    const vat = awake.get(id);
    const isCurrent = vat?.load === load;
    cranks.take(party, crank, item, () => vatOf(id)!.label);
    done.cranks += 1;
    told.tell('vat.turned', {
      vat: id,
      rows: crank.rows.length,
      messages: crank.messages.length,
      effects: crank.effects.length,
    });
    if (crank.rows.length > 0) {
      store.whenDurable(() => host.command({ type: 'durable', crank: number }));
    }
    if (!isCurrent) return;
    vat.crank = number;
    if (item !== undefined) vat.given.delete(item);
    if (vat.phase === 'pausing') vat.said.push(...crank.messages);
    else for (const message of crank.messages) switchboard.receive(party, message);
  };

  return harden({
    provide,
    add: (id: string) => void fresh.add(id),
    onReport(report: HostReport) {
      switch (report.type) {
        case 'crank':
          return onCrank(report);
        case 'unloaded':
          return onUnloaded(report);
        case 'failed':
          return suspend(report.vat, report.reason);
      }
    },
    start() {
      isRunning = true;
      for (const id of inboxes.vats()) wake(id);
      timers.start();
      sweep();
    },
    stop() {
      isRunning = false;
      cranks.noteTime();
      timers.stop();
      cancelSweep();
    },
    whySuspended: (id) => suspended.get(id),
    counts: () => ({
      vats: awake.size,
      suspended: suspended.size,
      asleep: Math.max(0, Number(store.get('lastVat') ?? 0) - awake.size - suspended.size),
      ...done,
      items: inboxes.size(),
      timers: timers.size(),
    }),
  }) as Vats;
};

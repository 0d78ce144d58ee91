/** The vats of a node: loaded by their first message, put to sleep when they are idle, and what becomes of them when their host ends. */
import harden from '@endo/harden';
import { type Log, makeGatedLog } from '../monitor/log.ts';
import { isText, parseRow, recordOf } from '../store/stored-json.ts';
import type { Committer } from '../store/committer.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { Message } from '../switchboard/wire.ts';
import type { Delivery } from '../vat/delivery.ts';
import type { StartHost } from '../hosts/host-handle.ts';
import {
  type Guilty,
  type Host,
  type HostCounts,
  type HostLoss,
  type HostPolicy,
  makeHosts,
} from '../hosts/hosts.ts';
import type { HostCommand, HostReport } from '../vat/host.ts';
import { type Digests, makeSliceCheck } from '../vat/journal.ts';
import type { Quotas } from '../vat/quotas.ts';
import { hashBundle } from './bundle.ts';
import { makeCranks } from './cranks.ts';
import { openInboxes } from './inbox.ts';
import { makeLastingNames } from './lasting-names.ts';
import type { TimeSource } from '../machine/system-time.ts';
import type { NodeClock } from './node-clock.ts';
import { openSuspensions } from './suspensions.ts';
import type { Tickets } from './tickets.ts';
import { makeTimers } from './timers.ts';

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
  readonly startHost: StartHost;
  readonly hosts: HostPolicy;
  readonly clock: NodeClock;
  readonly time: TimeSource;
  readonly digests: Digests;
  /** Differs at every start of the node. */
  readonly incarnation: string;
  readonly sleep: SleepPolicy;
  /** What a vat of an owner may have, or one of ours. */
  readonly quotasOf: (owner: string | undefined) => Quotas;
  readonly tickets: Tickets;
  /** The party with an id, made if need be. */
  readonly provideParty: (id: string) => Connection | undefined;
  readonly log: Log;
};

/** A vat as the operator sees it. */
export type VatStatus = {
  readonly id: string;
  readonly label: string;
  /** Absent for those of our own packages. */
  readonly owner?: string;
  readonly status: 'awake' | 'asleep' | 'suspended';
  /** How often its host had to be ended because of it, within the last day. */
  readonly strikes: number;
  /** Why it is suspended. */
  readonly reason?: string;
};

export type VatPage = {
  readonly vats: readonly VatStatus[];
  /** Where the next page begins; absent after the last. */
  readonly next?: string;
};

export type Vats = {
  /** The party of a vat, undefined where there is no such vat. */
  provide(id: string): Connection | undefined;
  /** Says that a vat was just made, and has no rows yet. */
  add(id: string): void;
  /** Begins to carry out what waits, and to put idle vats to sleep. */
  start(): void;
  /** Resolves when the hosts have carried out what they were given, and ended. */
  stop(): Promise<void>;
  /** Why a vat is suspended, undefined for any other. */
  whySuspended(id: string): string | undefined;
  /** All vats, by pages. @param after - what the page before said */
  list(after?: string): Promise<VatPage>;
  /** Lets a suspended vat go on, and forgets its strikes. @throws where it is not suspended */
  resume(id: string): void;
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
  } & HostCounts;
};

type VatRow = { readonly bundle: string; readonly label: string; readonly owner?: string };
const isVatRow = recordOf({ bundle: isText, label: isText }, { owner: isText });

/** A vat in memory, or on its way in or out. */
type Awake = {
  readonly id: string;
  readonly row: VatRow;
  readonly party: Connection;
  readonly host: Host;
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
/** Items of its inbox that a vat is given at once: what waits in its host is in memory. */
const givenAtOnce = 64;
const listedAtOnce = 500;

const SUSPENDED = 'the vat is suspended';
const NO_HOST = 'its host does not start';
const LOST_HOST = 'its host was stopped';

/** The last answer to an item that a vat did not survive. */
const stoppedFailure = harden({
  code: 'stopped',
  message: 'the vat was stopped each time, since the message took too long or too much memory',
} as const);

const ownerOf = ({ owner }: VatRow): { owner?: string } => (owner === undefined ? {} : { owner });

export const openVats = async (powers: VatsPowers): Promise<Vats> => {
  const { store, switchboard, clock, time, digests, tickets, provideParty, log } = powers;
  const told = makeGatedLog(log, store.whenDurable);
  const awake = new Map<string, Awake>();
  const suspensions = await openSuspensions(store, clock);
  const fresh = new Set<string>();
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

  const command = (host: Host, wanted: () => HostCommand, onDone?: () => void) =>
    store.whenRoom(() => host.command(wanted(), onDone));
  const deliver = (vat: Awake, delivery: Delivery, onDone?: () => void) => {
    vat.used = time.monotonic();
    const { id, host } = vat;
    done.deliveries[delivery.kind] += 1;
    command(host, () => ({ type: 'deliver', vat: id, delivery, time: clock.now() }), onDone);
  };

  const giveItem = (vat: Awake, key: string) => {
    vat.given.add(key);
    try {
      const item = names.itemFor(vat.party, inboxes.read(key));
      const isSealed = vat.row.owner !== undefined && item.kind === 'send';
      const given =
        isSealed && item.ticket !== undefined
          ? { ...item, ticket: tickets.seal(vat.id, item.ticket) }
          : item;
      deliver(vat, { ...given, item: key });
    } catch (error) {
      vat.given.delete(key);
      cranks.drop(vat.id, key, (error as Error).message, {
        code: 'gone',
        message: 'an argument exists no more',
      });
    }
  };
  const giveItems = (vat: Awake) => {
    if (vat.phase !== 'awake' || vat.given.size > givenAtOnce / 2) return;
    for (const key of inboxes.firstOf(vat.id, givenAtOnce)) {
      if (!vat.given.has(key)) giveItem(vat, key);
    }
  };
  const hasItems = (id: string) => inboxes.firstOf(id, 1).length > 0;
  const onItem = (id: string) => {
    const vat = awake.get(id);
    if (vat !== undefined) giveItems(vat);
    else if (isRunning) wake(id);
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
    ...{ store, switchboard, inboxes, timers, names, tickets, clock, time, provideParty, told },
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
    suspensions.fault(id, reason);
    awake.delete(id);
    log.tell('vat.damaged', { vat: id, fault: reason });
    const party = switchboard.get(`v${id}`);
    if (party !== undefined) switchboard.down(party, 'the vat could not be loaded');
  };

  /** Loads a vat that is asleep. Where that cannot be, what waits for it is refused. */
  const wake = (id: string): void => {
    const party = provide(id);
    if (awake.has(id) || party === undefined) return;
    if (suspensions.why(id) !== undefined) return switchboard.unreachable(party, SUSPENDED);
    const row = vatOf(id)!;
    const host = hosts.provide(id, row.owner);
    if (host === undefined) return switchboard.unreachable(party, NO_HOST);
    lastLoad += 1;
    const vat: Awake = {
      ...{ id, row, party, host },
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
  };

  /** Sees to it that a host has a module. @returns false where it is not in the store as it was */
  const provideModule = (host: Host, hash: string): boolean => {
    if (host.modules.has(hash)) return true;
    const text = store.get(`b/${hash}`);
    if (text === undefined || hashBundle(text) !== hash) return false;
    host.modules.add(hash);
    command(host, () => ({ type: 'module', module: hash, text }));
    return true;
  };

  const finishLoading = async (vat: Awake) => {
    const { id, host, row, load } = vat;
    const fault = await faultOf(id);
    // What the vat wrote in a host that is gone is found there only when it is on disk.
    if (!host.readsStaged) await host.settled;
    if (awake.get(id) !== vat) return;
    if (fault !== undefined) return suspend(id, fault);
    const { bundle, owner } = row;
    if (!provideModule(host, bundle)) {
      return suspend(id, 'its module is missing or altered in the store');
    }
    const incarnation = `${powers.incarnation}.${load}`;
    command(host, () => ({
      ...{ type: 'load', vat: id, load, module: bundle, incarnation },
      quotas: powers.quotasOf(owner),
    }));
    done.wakes += 1;
    told.tell('vat.woken', { vat: id, module: bundle });
    resume(vat);
  };

  const resume = (vat: Awake) => {
    vat.phase = 'awake';
    switchboard.up(vat.party, {
      send(message, asker) {
        const onDone = asker && (() => switchboard.carriedOut(asker));
        deliver(vat, { kind: 'message', message }, onDone);
      },
      // The vat broke a limit. It is loaded anew by its next message; what it wrote stands.
      end: () => endSession(vat, 'its session was ended'),
    });
    for (const message of vat.said.splice(0)) switchboard.receive(vat.party, message);
    giveItems(vat);
  };

  const provide = (id: string): Connection | undefined => {
    const known = switchboard.get(`v${id}`);
    if (known !== undefined || store.get(`vat/${id}`) === undefined) return known;
    const unlimited = vatOf(id)!.owner === undefined;
    const kind = { inside: true, remote: false, lasting: true, unlimited };
    return switchboard.add(`v${id}`, kind, () => {
      wake(id);
      return true;
    });
  };

  // ---- sleeping ----

  /** @param seen - the crank after which the vat must have done nothing, or it stays */
  const unload = (vat: Awake, seen?: number) => {
    const { id, host, load } = vat;
    vat.phase = 'pausing';
    command(host, () => ({
      ...{ type: 'unload', vat: id, load },
      ...(seen === undefined ? {} : { seen }),
    }));
  };

  /** Puts a vat to sleep, if nobody would notice. */
  const tryToSleep = (vat: Awake): boolean => {
    if (vat.phase !== 'awake' || hasItems(vat.id)) return false;
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
    unload(vat);
  };
  const forceToSleep = (vat: Awake): void => {
    if (vat.phase !== 'awake') return;
    switchboard.pause(vat.party);
    endSession(vat, 'too many vats are awake');
  };

  /** The end of a session of which all was heard. What waits for the vat wakes it again. */
  const fallAsleep = ({ id, party, ending }: Awake, why?: string) => {
    awake.delete(id);
    const isWanted = party.held.length > 0 || hasItems(id);
    switchboard.rest(party, ending ?? why);
    if (isWanted) wake(id);
  };

  const onUnloaded = ({ vat: id, load, forgotten }: HostReport & { type: 'unloaded' }) => {
    const vat = awake.get(id);
    if (vat?.load !== load || vat.phase !== 'pausing') return;
    if (!forgotten) return resume(vat);
    done.sleeps += 1;
    told.tell('vat.slept', { vat: id });
    fallAsleep(vat);
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

  const onCrank = (report: HostReport & { type: 'crank' }, host: Host) => {
    const { vat: id, load, number, done: item, crank } = report;
    const party = provide(id);
    if (party === undefined) return;
    // A vat whose session was ended is loaded anew. What it wrote before stands, and what it said
    // before belongs to that session.
    const vat = awake.get(id);
    const isCurrent = vat?.load === load;
    const { label, owner } = vat?.row ?? vatOf(id)!;
    cranks.take(party, { id, label, isGuest: owner !== undefined }, crank, item);
    done.cranks += 1;
    told.tell('vat.turned', {
      vat: id,
      rows: crank.rows.length,
      messages: crank.messages.length,
      effects: crank.effects.length,
    });
    if (crank.rows.length > 0 && !host.readsStaged) {
      store.whenDurable(() => host.command({ type: 'durable', crank: number }));
    }
    if (!isCurrent) return;
    vat.crank = number;
    if (item !== undefined) {
      vat.given.delete(item);
      giveItems(vat);
    }
    for (const message of crank.messages) {
      if (vat.phase === 'awake') switchboard.receive(party, message);
      // What it says after its session was ended nobody will hear.
      else if (vat.ending === undefined) vat.said.push(message);
    }
  };

  // ---- the end of a host ----

  /** The vat of a command answers for what that did to their host. */
  const blame = (guilty: Guilty, host: string, fault: string) => {
    const { vat: id } = guilty;
    const isSuspended = suspensions.strike(id);
    told.tell('vat.struck', { vat: id, host, strikes: suspensions.strikesOf(id), fault });
    if (isSuspended) told.tell('vat.suspended', { vat: id, fault: suspensions.why(id)! });
    if (guilty.type !== 'deliver') return;
    const { delivery } = guilty;
    if (delivery.kind === 'message') return answerFor(guilty, 'failed');
    // It would only do it again.
    if (isSuspended) {
      cranks.drop(id, delivery.item, 'the vat did not survive it', stoppedFailure);
    }
  };
  const answerFor = (command: HostCommand, fate: 'failed' | 'not begun') => {
    if (command.type !== 'deliver' || command.delivery.kind !== 'message') return;
    const { message } = command.delivery;
    const party = switchboard.get(`v${command.vat}`);
    if (message.type !== 'CTP_CALL' || party === undefined) return;
    switchboard.answerFor(party, message.questionID, fate);
  };

  const onLoss = ({ host, reason, guilty, notBegun }: HostLoss) => {
    const { place } = host;
    const name = place.kind === 'owner' ? `of "${place.owner}"` : `number ${place.number}`;
    const lost = [...awake.values()].filter((vat) => vat.host === host);
    // Whatever the end of one sets off for another waits until that one has ended too.
    for (const { party } of lost) switchboard.pause(party);
    if (guilty === undefined) told.tell('host.ended', { host: name, fault: reason });
    else blame(guilty, name, reason);
    for (const command of notBegun) answerFor(command, 'not begun');
    for (const vat of lost) fallAsleep(vat, LOST_HOST);
  };

  const hosts = makeHosts({
    startHost: powers.startHost,
    policy: powers.hosts,
    time,
    whenDurable: store.whenDurable,
    read: (vat, key) => store.get(`v/${vat}/${key}`),
    onReport(report, host) {
      switch (report.type) {
        case 'crank':
          return onCrank(report, host);
        case 'unloaded':
          return onUnloaded(report);
        case 'failed':
          return suspend(report.vat, report.reason);
      }
    },
    onLoss,
    onRetry() {
      if (isRunning) for (const id of inboxes.vats()) wake(id);
    },
  });
  // It is ready when the first vat is.
  hosts.provide('0', undefined);

  const statusOf = (id: string, row: VatRow): VatStatus => {
    const reason = suspensions.why(id);
    const here = awake.has(id) ? 'awake' : 'asleep';
    return {
      ...{ id, label: row.label, ...ownerOf(row) },
      status: reason === undefined ? here : 'suspended',
      strikes: suspensions.strikesOf(id),
      ...(reason === undefined ? {} : { reason }),
    };
  };

  return harden({
    provide,
    add: (id: string) => void fresh.add(id),
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
      return hosts.stop();
    },
    whySuspended: suspensions.why,
    async list(after?: string) {
      const rows = await store.list('vat/', {
        limit: listedAtOnce,
        ...(after === undefined ? {} : { after: `vat/${after}` }),
      });
      const vats = rows.map(([key, row]) =>
        statusOf(key.slice('vat/'.length), parseRow<VatRow>(key, row, isVatRow)),
      );
      return harden({ vats, ...(rows.length < listedAtOnce ? {} : { next: vats.at(-1)!.id }) });
    },
    resume(id: string) {
      if (!suspensions.lift(id)) throw Error(`Cannot resume vat "${id}": it is not suspended`);
      if (isRunning && hasItems(id)) wake(id);
    },
    counts() {
      const suspended = suspensions.count();
      return {
        ...{ vats: awake.size, suspended },
        asleep: Math.max(0, Number(store.get('lastVat') ?? 0) - awake.size - suspended),
        ...done,
        ...{ items: inboxes.size(), timers: timers.size() },
        ...hosts.counts(),
      };
    },
  }) as Vats;
};

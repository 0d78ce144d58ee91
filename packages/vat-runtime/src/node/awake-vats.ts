/**
 * The vats in memory: each is loaded by its first message, given its deliveries, and what these did
 * is passed on, until its session ends.
 */
import harden from '@endo/harden';
import type { Log } from '../monitor/log.ts';
import type { Committer } from '../store/committer.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { Message } from '../switchboard/wire.ts';
import type { Host } from '../hosts/hosts.ts';
import type { TimeSource } from '../machine/system-time.ts';
import type { Delivery } from '../vat/delivery.ts';
import type { HostCommand, HostReport } from '../vat/host.ts';
import type { Quotas } from '../vat/quotas.ts';
import type { Cranks } from './cranks.ts';
import type { Inboxes } from './inbox.ts';
import type { LastingNames } from './lasting-names.ts';
import type { NodeClock } from './node-clock.ts';
import type { Suspensions } from './suspensions.ts';
import type { Tickets } from './tickets.ts';
import type { VatRow, VatRows } from './vat-rows.ts';

/** A vat in memory, or on its way in or out. */
export type AwakeVat = {
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

export type AwakeVats = {
  has(id: string): boolean;
  size(): number;
  /** As of now. */
  all(): AwakeVat[];
  /** The party of a vat, undefined where there is no such vat. */
  provide(id: string): Connection | undefined;
  /** Loads a vat that is asleep. Where that cannot be, what waits for it is refused. */
  wake(id: string): void;
  /** Gives a vat what waits in its inbox. @returns false where it is not in memory */
  giveItems(id: string): boolean;
  onReport(report: HostReport, host: Host): void;
  /**
   * Forgets a vat that is paused. It comes to life again where it is not forgotten.
   * @param seen - the crank after which it must have done nothing, or it stays
   */
  unload(vat: AwakeVat, seen?: number): void;
  /**
   * Ends the session of a paused vat whose callers will notice: what it owes is answered as unknown,
   * once all that it did was taken. Rows that are on their way may name what it holds until then.
   */
  endSession(vat: AwakeVat, why: string): void;
  /** The end of a session of which all was heard. What waits for the vat wakes it again. */
  fallAsleep(vat: AwakeVat, why?: string): void;
  /** Since the start. */
  counts(): {
    wakes: number;
    sleeps: number;
    deliveries: { [K in Delivery['kind']]: number };
    cranks: number;
  };
};

export type AwakeVatsPowers = {
  readonly rows: VatRows;
  readonly store: Committer;
  readonly switchboard: Switchboard;
  readonly inboxes: Inboxes;
  readonly cranks: Cranks;
  readonly names: LastingNames;
  readonly suspensions: Suspensions;
  readonly tickets: Tickets;
  readonly clock: NodeClock;
  readonly time: TimeSource;
  /** Differs at every start of the node. */
  readonly incarnation: string;
  readonly quotasOf: (owner: string | undefined) => Quotas;
  /** Messages of a vat that wait for others, and of which it will hear nothing. */
  readonly unheardOf: (vat: string) => number;
  /** The host of a vat. Undefined while it does not start. */
  readonly provideHost: (vat: string, owner: string | undefined) => Host | undefined;
  /** One more is in memory. */
  readonly onWake: () => void;
  readonly log: Log;
  /** The same, whose records wait for the disk. */
  readonly told: Log;
};

/** Items of its inbox that a vat is given at once: what waits in its host is in memory. */
const givenAtOnce = 64;

const SUSPENDED = 'the vat is suspended';
const NO_HOST = 'its host does not start';

export const makeAwakeVats = (powers: AwakeVatsPowers): AwakeVats => {
  const { rows, store, switchboard, inboxes, cranks, names, suspensions } = powers;
  const { tickets, clock, time, provideHost, log, told } = powers;
  const awake = new Map<string, AwakeVat>();
  let lastLoad = 0;
  const done = {
    wakes: 0,
    sleeps: 0,
    deliveries: { message: 0, send: 0, answer: 0, timer: 0 },
    cranks: 0,
  };

  const command = (host: Host, wanted: () => HostCommand, onDone?: () => void) =>
    store.whenRoom(() => host.command(wanted(), onDone));

  const provide = (id: string): Connection | undefined => {
    const known = switchboard.get(`v${id}`);
    if (known !== undefined || !rows.has(id)) return known;
    const unlimited = rows.get(id)!.owner === undefined;
    const kind = { inside: true, remote: false, lasting: true, unlimited };
    return switchboard.add(`v${id}`, kind, () => {
      wake(id);
      return true;
    });
  };

  // ---- loading ----

  const wake = (id: string): void => {
    const party = provide(id);
    if (awake.has(id) || party === undefined) return;
    if (suspensions.why(id) !== undefined) return switchboard.unreachable(party, SUSPENDED);
    const row = rows.get(id)!;
    const host = provideHost(id, row.owner);
    if (host === undefined) return switchboard.unreachable(party, NO_HOST);
    lastLoad += 1;
    const vat: AwakeVat = {
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
    powers.onWake();
  };

  const finishLoading = async (vat: AwakeVat) => {
    const { id, host, row, load } = vat;
    const fault = await rows.faultOf(id);
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

  /** Sees to it that a host has a module. @returns false where it is not in the store as it was */
  const provideModule = (host: Host, hash: string): boolean => {
    if (host.modules.has(hash)) return true;
    const text = rows.moduleText(hash);
    if (text === undefined) return false;
    host.modules.add(hash);
    command(host, () => ({ type: 'module', module: hash, text }));
    return true;
  };

  const suspend = (id: string, reason: string) => {
    suspensions.fault(id, reason);
    rows.doubt(id);
    awake.delete(id);
    log.tell('vat.damaged', { vat: id, fault: reason });
    const party = switchboard.get(`v${id}`);
    if (party !== undefined) switchboard.down(party, 'the vat could not be loaded');
  };

  const resume = (vat: AwakeVat) => {
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

  // ---- a delivery, and what it did ----

  const deliver = (vat: AwakeVat, delivery: Delivery, onDone?: () => void) => {
    vat.used = time.monotonic();
    const { id, host } = vat;
    done.deliveries[delivery.kind] += 1;
    command(
      host,
      () => {
        const unheard = powers.unheardOf(id);
        const deliver = { type: 'deliver', vat: id, delivery, time: clock.now() } as const;
        return unheard === 0 ? deliver : { ...deliver, unheard };
      },
      onDone,
    );
  };

  const giveItem = (vat: AwakeVat, key: string) => {
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
  const giveItems = (vat: AwakeVat) => {
    if (vat.phase !== 'awake' || vat.given.size > givenAtOnce / 2) return;
    for (const key of inboxes.firstOf(vat.id, givenAtOnce)) {
      if (!vat.given.has(key)) giveItem(vat, key);
    }
  };

  const onCrank = (report: HostReport & { type: 'crank' }, host: Host) => {
    const { vat: id, load, number, done: item, crank } = report;
    const party = provide(id);
    if (party === undefined) return;
    // A vat whose session was ended is loaded anew. What it wrote before stands, and what it said
    // before belongs to that session.
    const vat = awake.get(id);
    const isCurrent = vat?.load === load;
    const { label, owner } = vat?.row ?? rows.get(id)!;
    cranks.take(party, { id, label, isGuest: owner !== undefined }, crank, item);
    done.cranks += 1;
    if (!crank.unlinked) {
      told.tell('vat.turned', {
        vat: id,
        rows: crank.rows.length,
        messages: crank.messages.length,
        effects: crank.effects.length,
      });
    }
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

  // ---- the end of a session ----

  const unload = (vat: AwakeVat, seen?: number) => {
    const { id, host, load } = vat;
    vat.phase = 'pausing';
    command(host, () => ({
      ...{ type: 'unload', vat: id, load },
      ...(seen === undefined ? {} : { seen }),
    }));
  };
  const endSession = (vat: AwakeVat, why: string): void => {
    vat.ending = why;
    unload(vat);
  };

  const onUnloaded = ({ vat: id, load, forgotten }: HostReport & { type: 'unloaded' }) => {
    const vat = awake.get(id);
    if (vat?.load !== load || vat.phase !== 'pausing') return;
    if (!forgotten) return resume(vat);
    done.sleeps += 1;
    told.tell('vat.slept', { vat: id });
    fallAsleep(vat);
  };

  const fallAsleep = ({ id, party, ending }: AwakeVat, why?: string) => {
    awake.delete(id);
    const isWanted = party.held.length > 0 || inboxes.hasItems(id);
    switchboard.rest(party, ending ?? why);
    if (isWanted) wake(id);
  };

  return harden({
    has: (id: string) => awake.has(id),
    size: () => awake.size,
    all: () => [...awake.values()],
    provide,
    wake,
    giveItems(id: string) {
      const vat = awake.get(id);
      if (vat !== undefined) giveItems(vat);
      return vat !== undefined;
    },
    onReport(report: HostReport, host: Host) {
      switch (report.type) {
        case 'crank':
          return onCrank(report, host);
        case 'unloaded':
          return onUnloaded(report);
        case 'failed':
          return suspend(report.vat, report.reason);
      }
    },
    unload,
    endSession,
    fallAsleep,
    counts: () => ({ ...done }),
  });
};

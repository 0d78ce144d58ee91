/** The vats of a node, put together: what is kept of them, those in memory, who sleeps, and their hosts. */
import harden from '@endo/harden';
import type { StartHost } from '../hosts/host-handle.ts';
import { type HostCounts, type HostPolicy, type Hosts, makeHosts } from '../hosts/hosts.ts';
import type { TimeSource } from '../machine/system-time.ts';
import { type Log, makeGatedLog } from '../monitor/log.ts';
import type { Committer } from '../store/committer.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { Digests } from '../vat/journal.ts';
import type { Quotas } from '../vat/quotas.ts';
import { type AwakeVats, makeAwakeVats } from './awake-vats.ts';
import type { Bundle } from './bundle.ts';
import { makeCranks } from './cranks.ts';
import { makeOnHostLoss } from './host-loss.ts';
import type { Holdings } from './holdings.ts';
import { openInboxes } from './inbox.ts';
import { makeLastingNames } from './lasting-names.ts';
import type { NodeClock } from './node-clock.ts';
import { type Outbox, type Post, makePost } from './post.ts';
import { type SleepPolicy, makeSleep } from './sleep.ts';
import { openSuspensions } from './suspensions.ts';
import type { Tickets } from './tickets.ts';
import { makeTimers } from './timers.ts';
import { type VatRow, makeVatRows } from './vat-rows.ts';

export type VatsPowers = {
  readonly store: Committer;
  /** What the rows of items name of other nodes. */
  readonly holdings: Holdings;
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
  /** The streams to other nodes. */
  readonly outbox: Outbox;
  /** A node has fewer messages in the inboxes of this one. */
  readonly onLess: (node: string) => void;
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
  /** Where messages go that happen exactly once. */
  readonly post: Post;
  /** The party of a vat, undefined where there is no such vat. */
  provide(id: string): Connection | undefined;
  /** Stages a new vat. @returns its id */
  add(module: Bundle, label: string, owner: string | undefined): string;
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
    /** Awake now. */
    vats: number;
    suspended: number;
    asleep: number;
    /** What waits. */
    items: number;
    timers: number;
  } & ReturnType<AwakeVats['counts']> &
    HostCounts;
};

export const openVats = async (powers: VatsPowers): Promise<Vats> => {
  const { store, switchboard, clock, time, tickets, outbox, provideParty, log } = powers;
  const told = makeGatedLog(log, store.whenDurable);
  const rows = makeVatRows(store, powers.digests);
  const suspensions = await openSuspensions(store, clock);
  const names = makeLastingNames(switchboard, provideParty);
  let isRunning = false;

  const inboxes = await openInboxes(
    store,
    powers.holdings,
    (id) => {
      if (!awake.giveItems(id) && isRunning) awake.wake(id);
    },
    powers.onLess,
  );
  const post = makePost({
    ...{ inboxes, provideParty, outbox, told },
    isSuspended: (id) => suspensions.why(id) !== undefined,
  });
  const wakeWanted = () => {
    for (const id of inboxes.vats()) awake.wake(id);
  };
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
    ...{ store, switchboard, inboxes, post, timers, names, tickets, clock, time, told },
  });
  const awake: AwakeVats = makeAwakeVats({
    ...{ rows, store, switchboard, inboxes, cranks, names, suspensions, tickets, clock, time },
    incarnation: powers.incarnation,
    quotasOf: powers.quotasOf,
    unheardOf: (id) => inboxes.unheardOf(id) + outbox.unheardOf(id),
    provideHost: (id, owner) => hosts.provide(id, owner),
    onWake: () => sleep.makeRoom(),
    ...{ log, told },
  });
  const sleep = makeSleep({ policy: powers.sleep, awake, inboxes, switchboard, time });
  const hosts: Hosts = makeHosts({
    startHost: powers.startHost,
    policy: powers.hosts,
    time,
    whenDurable: store.whenDurable,
    read: (vat, key) => store.get(`v/${vat}/${key}`),
    onReport: awake.onReport,
    onLoss: makeOnHostLoss({ awake, switchboard, cranks, suspensions, told }),
    onRetry() {
      if (isRunning) wakeWanted();
    },
  });
  // It is ready when the first vat is.
  hosts.provide('0', undefined);

  const statusOf = (id: string, { label, owner }: VatRow): VatStatus => {
    const reason = suspensions.why(id);
    const here = awake.has(id) ? 'awake' : 'asleep';
    return {
      ...{ id, label, ...(owner === undefined ? {} : { owner }) },
      status: reason === undefined ? here : 'suspended',
      strikes: suspensions.strikesOf(id),
      ...(reason === undefined ? {} : { reason }),
    };
  };

  return harden({
    post,
    provide: awake.provide,
    add: rows.add,
    start() {
      isRunning = true;
      wakeWanted();
      timers.start();
      sleep.start();
    },
    stop() {
      isRunning = false;
      cranks.noteTime();
      timers.stop();
      sleep.stop();
      return hosts.stop();
    },
    whySuspended: suspensions.why,
    async list(after?: string) {
      const page = await rows.list(after);
      return harden({ ...page, vats: page.vats.map(([id, row]) => statusOf(id, row)) });
    },
    resume(id: string) {
      if (!suspensions.lift(id)) throw Error(`Cannot resume vat "${id}": it is not suspended`);
      if (isRunning && inboxes.hasItems(id)) awake.wake(id);
    },
    counts() {
      const suspended = suspensions.count();
      return {
        vats: awake.size(),
        suspended,
        asleep: Math.max(0, rows.count() - awake.size() - suspended),
        items: inboxes.size(),
        timers: timers.size(),
        ...awake.counts(),
        ...hosts.counts(),
      };
    },
  });
};

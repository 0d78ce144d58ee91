/**
 * How long a node keeps what other nodes hold of it, and how it has others keep what it holds of them.
 *
 *   heard/<designator>   when it was last heard of, in served time; or `forgotten`
 *
 * - A node that begins a session says what it holds (`CTP_HELD`). The rest is erased: what it forgot in
 *   a crash, or gave back when nobody could be told.
 * - One that was not heard of for the time of a lease loses all that is kept for it here.
 * - So this node calls on each node of which a row names an object, once a day, if there was no other
 *   reason to.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import type { TimeSource } from '../machine/system-time.ts';
import type { Log } from '../monitor/log.ts';
import { designatorIn, peerId } from '../session/peers.ts';
import type { Committer } from '../store/committer.ts';
import { parseCount } from '../store/stored-json.ts';
import type { Connection } from '../switchboard/connection.ts';
import { type HeldSlots, makeHeldCheck, numberOf } from '../switchboard/held-slots.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { Holdings } from './holdings.ts';
import { eachRow, keptSlots } from './lasting-slots.ts';
import { makeServedTime, stepMilliseconds } from './served-time.ts';

export type LeasesPowers = {
  readonly store: Committer;
  readonly switchboard: Pick<Switchboard, 'erase'>;
  readonly holdings: Pick<Holdings, 'owners' | 'isNamed' | 'namedOf'>;
  readonly time: Pick<TimeSource, 'monotonic' | 'after'>;
  /** Days for which what a silent node holds is kept. 0: for ever. */
  readonly leaseDays: number;
  readonly isLinked: (designator: Designator) => boolean;
  /** Dials a node, for no other reason than to be heard. */
  readonly visit: (designator: Designator) => void;
  /** Ends a link that nobody uses. */
  readonly endVisit: (designator: Designator) => void;
  /** Where a node was last seen need not be kept. */
  readonly forgetLocations: (designator: Designator) => void;
  readonly log: Log;
};

export type Leases = {
  /** A node has proved who it is. */
  heard(designator: Designator): void;
  /** What a node holds of ours, as it says at the beginning of a session. */
  onHeld(connection: Connection, held: HeldSlots): void;
  /**
   * Erases all that is kept for a node, which must not be linked. Its numbers are not given again: a
   * call on one is answered as gone. @returns how many objects were erased
   */
  forgetPeer(designator: Designator): Promise<number>;
  /** @param task - to be run whenever a node is forgotten: what waits for it will not be fetched */
  onForgotten(task: (designator: Designator) => void): void;
  start(): void;
  stop(): void;
};

const day = 24 * 60 * 60 * 1000;
/** In steps: what is looked at every minute, and what once an hour. */
const stepsForExpiry = 60;
/** Nodes on which this one calls in a step. */
const visitsInAStep = 8;
const visitAgainAfter = 60 * 60 * 1000;

const FORGOTTEN = 'forgotten';
const heardKey = (designator: Designator) => `heard/${designator}`;

export const makeLeases = (powers: LeasesPowers): Leases => {
  const { store, switchboard, holdings, time, leaseDays, isLinked, log } = powers;
  const served = makeServedTime(store, time);
  /** Linked at some time since the last step. */
  const seen = new Set<Designator>();
  /** When a node of which something is held was last linked with, or called on. */
  const contacts = new Map<Designator, number>();
  /** Since when. */
  const visiting = new Map<Designator, number>();
  const forgetting = new Map<Designator, Promise<number>>();
  const tasks: ((designator: Designator) => void)[] = [];
  let cancel = () => {};
  let steps = 0;
  let isExpiring = false;
  let stopped = false;

  // ---- those who were heard of ----

  /** Undefined for one that was not heard of since it was forgotten, or ever. */
  const heardAt = (designator: Designator): number | undefined => {
    const key = heardKey(designator);
    const row = store.get(key);
    return row === undefined || row === FORGOTTEN ? undefined : parseCount(key, row);
  };
  const isKept = (designator: Designator): boolean =>
    store.get(`k/${peerId(designator)}`) !== undefined ||
    store.get(`peer/${designator}`) !== undefined;

  const noteHeard = () => {
    for (const designator of seen) {
      if (!isLinked(designator)) seen.delete(designator);
      // A stranger must not cost a row.
      if (!isKept(designator)) continue;
      const before = heardAt(designator);
      if (before !== undefined && served.now() - before < day) continue;
      store.stage([[heardKey(designator), String(served.now())]]);
    }
  };

  // ---- those who were not ----

  const forgetNow = async (designator: Designator): Promise<number> => {
    const party = peerId(designator);
    // First: what is on its way to the node keeps what it names.
    for (const task of tasks) task(designator);
    let count = 0;
    for await (const slot of keptSlots(store, party)) {
      if (stopped) return count;
      switchboard.erase(party, slot);
      count += 1;
    }
    // Last, so that after a crash the rest is erased at the next look.
    store.stage([[heardKey(designator), FORGOTTEN]]);
    const [named] = holdings.namedOf(party);
    if (named === undefined) powers.forgetLocations(designator);
    log.tell('peer.forgotten', { designator, references: count });
    return count;
  };

  const forgetPeer = (designator: Designator): Promise<number> => {
    const known = forgetting.get(designator);
    if (known !== undefined) return known;
    const forgotten = forgetNow(designator).finally(() => forgetting.delete(designator));
    forgetting.set(designator, forgotten);
    return forgotten;
  };

  const expireOne = async (designator: Designator): Promise<void> => {
    if (stopped || seen.has(designator) || isLinked(designator)) return;
    const row = store.get(heardKey(designator));
    if (row === FORGOTTEN) return;
    const before = heardAt(designator);
    // Kept since before there were leases, or since a moment ago.
    if (before === undefined) return store.stage([[heardKey(designator), String(served.now())]]);
    // It may have been heard of up to a day after it was written.
    if (served.now() - before > (leaseDays + 1) * day) await forgetPeer(designator);
  };

  const expire = async (): Promise<void> => {
    for (const prefix of ['k/n:', 'peer/']) {
      for await (const [key] of eachRow(store, prefix)) {
        if (stopped) return;
        await expireOne(key.slice(prefix.length));
      }
    }
  };

  const beginExpiry = () => {
    if (leaseDays === 0 || isExpiring) return;
    isExpiring = true;
    expire()
      .catch((error: unknown) => onFailure(error))
      .finally(() => {
        isExpiring = false;
      });
  };

  const onFailure = (error: unknown) => {
    // The store is closed.
    if (stopped) return;
    log.tell('power.failed', { fault: `Cannot look after leases: ${(error as Error).message}` });
  };

  // ---- our own leases at others ----

  const callOnOthers = () => {
    const now = time.monotonic();
    for (const [designator, since] of visiting) {
      if (isLinked(designator)) powers.endVisit(designator);
      else if (now - since < visitAgainAfter) continue;
      visiting.delete(designator);
    }
    let visits = 0;
    for (const owner of holdings.owners()) {
      const designator = designatorIn(owner)!;
      if (isLinked(designator)) contacts.set(designator, now);
      const last = contacts.get(designator);
      if (visits === visitsInAStep || (last !== undefined && now - last < day)) continue;
      visits += 1;
      contacts.set(designator, now - day + visitAgainAfter);
      visiting.set(designator, now);
      powers.visit(designator);
    }
    for (const designator of contacts.keys()) {
      const [named] = holdings.namedOf(peerId(designator));
      if (named === undefined) contacts.delete(designator);
    }
  };

  const step = () => {
    served.step();
    noteHeard();
    callOnOthers();
    steps += 1;
    if (steps % stepsForExpiry === 0) beginExpiry();
    cancel = time.after(stepMilliseconds, step);
  };

  return harden({
    heard(designator: Designator) {
      seen.add(designator);
    },
    onHeld(connection: Connection, held: HeldSlots) {
      const { link } = connection;
      const isHeld = makeHeldCheck(held);
      const eraseRest = async () => {
        for await (const slot of keptSlots(store, connection.id)) {
          // What it says holds in this session: in another it may have been sent more, and lost it.
          if (stopped || connection.link !== link) return;
          const number = numberOf(slot);
          if (number !== undefined && !isHeld(number)) switchboard.erase(connection.id, slot);
        }
      };
      eraseRest().catch(onFailure);
    },
    forgetPeer,
    onForgotten(task: (designator: Designator) => void) {
      tasks.push(task);
    },
    start() {
      cancel = time.after(stepMilliseconds, step);
    },
    stop() {
      stopped = true;
      cancel();
    },
  });
};

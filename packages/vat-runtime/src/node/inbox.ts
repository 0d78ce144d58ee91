/**
 * What has to happen in vats exactly once: sends, answers to them, and timers that went off.
 *
 *   in/<vat>/<number>            an item, deleted in the batch of the turn that carries it out
 *   timer/<time>/<vat>/<number>  a timer, in the order in which timers go off
 *
 * In rows, objects are named by their owner's id and slot, which mean the same at every start.
 */
import harden from '@endo/harden';
import type { InboxItem, StoredData } from '../vat/delivery.ts';
import { RowDamagedError } from '../store/checked-storage.ts';
import {
  type Check,
  arrayOf,
  isCount,
  isDigits,
  isFlag,
  isText,
  parseCount,
  parseRow,
  recordOf,
  tuple,
} from '../store/stored-json.ts';
import type { Committer } from '../store/committer.ts';
import type { Holdings } from './holdings.ts';

/** Data whose references have names that last. */
export type NamedData = {
  readonly body: string;
  readonly refs: readonly (readonly [owner: string, slot: string])[];
};

type Named<T> = T extends StoredData
  ? NamedData
  : T extends object
    ? { readonly [K in keyof T]: Named<T[K]> }
    : T;

/** An item, with references that last. */
export type StoredItem = Named<InboxItem>;

export type Sender = { readonly unheardOf: string } | { readonly from: string };

export type Inboxes = {
  /**
   * Adds an item in the current batch, at the end of the vat's queue.
   * @param sender - a vat that sent it and will hear nothing of it, or the node from which it came
   */
  add(vat: string, item: StoredItem, sender?: Sender): void;
  /** How many items wait of which a vat that sent them will hear nothing. */
  unheardOf(vat: string): number;
  /** How many items of a node wait in the inbox of each vat. */
  from(node: string): ReadonlyMap<string, number>;
  /** The keys of a vat's first items, in order. */
  firstOf(vat: string, count: number): readonly string[];
  hasItems(vat: string): boolean;
  read(key: string): StoredItem;
  /** Deletes an item in the current batch. */
  remove(vat: string, key: string): void;
  /** The vats that have items. */
  vats(): string[];
  /** How many items there are. */
  size(): number;
};

const isNamedData = recordOf({ body: isText, refs: arrayOf(tuple(isText, isText)) });
const isOfKind =
  (kind: InboxItem['kind'], check: Check): Check =>
  (value) =>
    check(value) && (value as { kind: unknown }).kind === kind;
const itemForms: readonly Check[] = [
  isOfKind(
    'send',
    recordOf(
      { kind: isText, target: isText, method: isText, args: isNamedData },
      { ticket: isText, notAfter: isDigits, unheardOf: isText, from: isText },
    ),
  ),
  isOfKind(
    'answer',
    recordOf({ kind: isText, send: isCount, outcome: recordOf({ ok: isFlag, data: isNamedData }) }),
  ),
  isOfKind('timer', recordOf({ kind: isText, timer: isCount })),
];
const isItem: Check = (value) => itemForms.some((check) => check(value));

const pad = (number: number | bigint): string => String(number).padStart(16, '0');

/** Who sent an item stands at its end. */
const senderIn = (row: string): Sender | undefined => {
  const [, key, name] = /"(unheardOf|from)":"([0-9a-z]+)"\}$/.exec(row) ?? [];
  if (name === undefined) return undefined;
  return key === 'from' ? { from: name } : { unheardOf: name };
};

const refsOf = (item: StoredItem): NamedData['refs'] => {
  if (item.kind === 'timer') return [];
  return (item.kind === 'send' ? item.args : item.outcome.data).refs;
};

/**
 * @param holdings - what the items name of other nodes is counted there
 * @param onItem - called with the vat of each item that is added
 * @param onLess - called with the node of each item that is removed
 */
export const openInboxes = async (
  store: Committer,
  holdings: Pick<Holdings, 'add' | 'remove'>,
  onItem: (vat: string) => void,
  onLess: (node: string) => void = () => {},
): Promise<Inboxes> => {
  const queues = new Map<string, Set<string>>();
  /** Who sent an item of which he will hear nothing, and how many such items there are of each. */
  const senders = new Map<string, Sender>();
  const unheard = new Map<string, number>();
  const fromNodes = new Map<string, Map<string, number>>();
  let last = 0;
  const change = (counts: Map<string, number>, name: string, by: 1 | -1) => {
    const count = (counts.get(name) ?? 0) + by;
    if (count === 0) counts.delete(name);
    else counts.set(name, count);
  };
  const countSender = (vat: string, sender: Sender, by: 1 | -1) => {
    if ('unheardOf' in sender) return change(unheard, sender.unheardOf, by);
    const counts = fromNodes.get(sender.from) ?? new Map<string, number>();
    change(counts, vat, by);
    if (counts.size === 0) fromNodes.delete(sender.from);
    else fromNodes.set(sender.from, counts);
  };
  const enqueue = (vat: string, key: string, sender: Sender | undefined) => {
    const queue = queues.get(vat) ?? new Set();
    queues.set(vat, queue.add(key));
    if (sender === undefined) return;
    senders.set(key, sender);
    countSender(vat, sender, 1);
  };
  const forgetSender = (vat: string, key: string) => {
    const sender = senders.get(key);
    if (sender === undefined) return;
    senders.delete(key);
    countSender(vat, sender, -1);
    if ('from' in sender) onLess(sender.from);
  };
  /** What each item names, where it names anything of another node. */
  const named = new Map<string, NamedData['refs']>();
  const nameRefs = (key: string, item: StoredItem) => {
    const refs = refsOf(item).filter(([owner]) => owner.startsWith('n:'));
    if (refs.length === 0) return;
    named.set(key, refs);
    for (const ref of refs) holdings.add(...ref);
  };
  const unnameRefs = (key: string) => {
    const refs = named.get(key) ?? [];
    named.delete(key);
    for (const ref of refs) holdings.remove(...ref);
  };
  for (const [key, row] of await store.list('in/')) {
    const [, vat, number] = /^in\/([^/]+)\/(\d{16})$/.exec(key) ?? [];
    if (vat === undefined || number === undefined) throw new RowDamagedError(key);
    // Its form is looked at when it is read, unless it may name an object of another node.
    if (row.includes('["n:')) nameRefs(key, parseRow<StoredItem>(key, row, isItem));
    enqueue(vat, key, senderIn(row));
    last = Math.max(last, parseCount(key, number));
  }
  return harden({
    add(vat, item, sender) {
      last += 1;
      const key = `in/${vat}/${pad(last)}`;
      store.stage([[key, JSON.stringify({ ...item, ...sender })]]);
      enqueue(vat, key, sender);
      nameRefs(key, item);
      onItem(vat);
    },
    firstOf(vat, count) {
      const first: string[] = [];
      for (const key of queues.get(vat) ?? []) {
        if (first.length >= count) break;
        first.push(key);
      }
      return first;
    },
    hasItems: (vat) => queues.has(vat),
    read(key) {
      const row = parseRow<StoredItem & { unheardOf?: string; from?: string }>(
        key,
        store.get(key)!,
        isItem,
      );
      const { unheardOf: _vat, from: _node, ...item } = row;
      return item;
    },
    unheardOf: (vat) => unheard.get(vat) ?? 0,
    from: (node) => fromNodes.get(node) ?? new Map<string, number>(),
    remove(vat, key) {
      const queue = queues.get(vat);
      queue?.delete(key);
      forgetSender(vat, key);
      if (queue?.size === 0) queues.delete(vat);
      store.stage([[key, undefined]]);
      unnameRefs(key);
    },
    vats: () => [...queues.keys()],
    size: () => [...queues.values()].reduce((sum, { size }) => sum + size, 0),
  }) as Inboxes;
};

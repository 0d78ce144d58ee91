/**
 * The stream of each pair of nodes, as it stands in the store. What goes out is numbered in the order
 * of commits, and each item is deleted when the other side has it on its disk.
 *
 *   stream/<designator>      how far it has given, was told to have given, and has taken
 *   out/<designator>/<n>     an item that was not acknowledged, and its link in the chain of all
 *   ask/<designator>/<n>     who waits for the answer to our item n
 *   seen/<designator>        the greatest number of its lasting slots that a row of ours may name
 *
 * In rows, objects are named by their owner's id and slot, which mean the same at every start.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import { type Mark, maxNumber } from '../session/node-wire.ts';
import { peerId } from '../session/peers.ts';
import { RowDamagedError } from '../store/checked-storage.ts';
import type { Hash } from '../store/chain.ts';
import type { Committer } from '../store/committer.ts';
import type { StoredRow } from '../store/storage.ts';
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
import type { Holdings } from './holdings.ts';
import type { NamedData } from './inbox.ts';
import { type Fate, type Settlement, firstLink } from './relation-rules.ts';

/** An item on its way to another node. */
export type OutItem =
  | {
      readonly kind: 'send';
      /** As the other node, which owns it, writes it: `o+d5`. */
      readonly target: string;
      readonly method: string;
      readonly args: NamedData;
      /** Whether somebody waits for the answer. */
      readonly ask: boolean;
      readonly notAfter?: string;
      /** The vat that sent it, where that one will hear nothing of it. */
      readonly unheardOf?: string;
      /** The node for which it is passed on. */
      readonly from?: Designator;
    }
  /** What was in its place is not to be carried out any more, if it was not yet. */
  | { readonly kind: 'void' }
  | {
      readonly kind: 'answer';
      /** The item of the other direction that is answered. */
      readonly to: number;
      readonly ok: boolean;
      readonly data: NamedData;
    };

export type StreamMarks = {
  readonly epoch: number;
  readonly given: Mark;
  readonly acked: Mark;
  readonly taken: Mark;
  /** Where it was in the epoch before, until the other side is known to have left it too. */
  readonly before?: { readonly epoch: number; readonly taken: Mark; readonly acked: Mark };
};

export type StreamRows = {
  /** Whether anything is kept of the stream. */
  has(node: Designator): boolean;
  nodes(): Designator[];
  marks(node: Designator): StreamMarks;
  /** Adds an item in the current batch. @param ticket - who waits for the answer */
  give(node: Designator, item: OutItem, ticket?: string): void;
  /** @returns undefined where it was acknowledged, or was not given yet */
  itemAt(node: Designator, number: number): OutItem | undefined;
  /** The link of an item that is not acknowledged, or of the last that is. */
  linkAt(node: Designator, number: number): string | undefined;
  /** Deletes all items up to a number. */
  acknowledge(node: Designator, number: number): void;
  take(node: Designator, mark: Mark): void;
  /** Who waits for the answer to an item. He waits no longer. */
  takeTicket(node: Designator, number: number): string | undefined;
  /** Items that are not acknowledged. */
  waiting(node: Designator): number;
  /** Answers among them. */
  answers(node: Designator): number;
  asks(node: Designator): number;
  /** Items without an answer that a vat sent and that are not acknowledged. */
  unheardOf(vat: string): number;
  /** Items that wait here and were passed on for a node. */
  passedOnFor(node: Designator): number;
  /**
   * Whether an item that was not acknowledged names an object. It may have left with somebody who
   * carries it, under the slot that the node has for it.
   */
  isOnItsWay(node: Designator, owner: string, slot: string): boolean;
  seen(node: Designator): number;
  /** A row names an object of another node by this slot. */
  noteSeen(node: Designator, slot: string): void;
  /** The other side has left the epoch before. */
  confirm(node: Designator): void;
  /**
   * Begins a new epoch. Items that never arrived go on in it under new numbers.
   * @returns the tickets of those whose fate is unknown
   */
  settle(
    node: Designator,
    settlement: Settlement,
    before: StreamMarks['before'] | undefined,
  ): string[];
  /** Deletes all that waits, in both directions. @returns the tickets of those who waited */
  clear(node: Designator): string[];
  /**
   * What waits shall not be carried out any more, where it was not yet. The numbers go on.
   * @param failure - becomes of answers: whoever waits for one there may come back
   * @returns the tickets of those who waited, for these and for answers
   */
  giveUp(node: Designator, failure: NamedData): string[];
  /** Deletes what `clear` leaves. */
  erase(node: Designator): void;
};

const isNamedData = recordOf({ body: isText, refs: arrayOf(tuple(isText, isText)) });
const isMark = tuple(isCount, isText);
const isMarks = recordOf(
  { epoch: isCount, given: isMark, acked: isMark, taken: isMark },
  { before: recordOf({ epoch: isCount, taken: isMark, acked: isMark }) },
);
const isSend = recordOf(
  { target: isText, method: isText, args: isNamedData, ask: isFlag },
  { notAfter: isDigits, unheardOf: isText, from: isText },
);
const isAnswer = recordOf({ to: isCount, ok: isFlag, data: isNamedData });
const isItem: Check = (value) => {
  const { kind } = value as { kind?: unknown };
  if (kind === 'void') return true;
  return kind === 'send' ? isSend(value) : kind === 'answer' && isAnswer(value);
};
const isOutRow = recordOf({
  life: isCount,
  first: isCount,
  link: isText,
  item: (value) => recordOf({})(value) && isItem(value),
});
type OutRow = {
  readonly life: number;
  /** The epoch in which it was given first, under whatever number. */
  readonly first: number;
  readonly link: string;
  readonly item: OutItem;
};

const none: StreamMarks = harden({ epoch: 0, given: [0, ''], acked: [0, ''], taken: [0, ''] });
const pad = (number: number): string => String(number).padStart(16, '0');
const outKey = (node: Designator, number: number) => `out/${node}/${pad(number)}`;
const askKey = (node: Designator, number: number) => `ask/${node}/${pad(number)}`;

/** What is in memory of each node: numbers, and none of the items. */
type State = {
  marks: StreamMarks;
  readonly asks: Set<number>;
  seen: number;
};

const listedAtOnce = 10_000;

/** All rows with a prefix, a page of them at a time. */
async function* pagesOf(store: Committer, prefix: string): AsyncGenerator<StoredRow[]> {
  let after: string | undefined;
  for (;;) {
    const page = await store.list(prefix, {
      limit: listedAtOnce,
      ...(after === undefined ? {} : { after }),
    });
    yield page;
    if (page.length < listedAtOnce) return;
    after = page.at(-1)![0];
  }
}

/** How many of something there are for each name. */
const makeTally = () => {
  const counts = new Map<string, number>();
  return {
    of: (name: string) => counts.get(name) ?? 0,
    add(name: string | undefined, change: 1 | -1) {
      if (name === undefined) return;
      const count = (counts.get(name) ?? 0) + change;
      if (count === 0) counts.delete(name);
      else counts.set(name, count);
    },
  };
};

/** What an item names. Its target is needed until it arrived. */
export const namesIn = (node: Designator, item: OutItem): NamedData['refs'] => {
  switch (item.kind) {
    case 'send':
      return [[peerId(node), item.target], ...item.args.refs];
    case 'answer':
      return item.data.refs;
    case 'void':
      return [];
  }
};

/**
 * @param holdings - what the items name of other nodes is counted there
 * @param life - which start of the node this is
 */
export const openStreamRows = async (
  store: Committer,
  holdings: Pick<Holdings, 'add' | 'remove'>,
  hash: Hash,
  life: number,
): Promise<StreamRows> => {
  const states = new Map<Designator, State>();
  const unheard = makeTally();
  const passedOn = makeTally();
  const onTheirWay = makeTally();
  const answers = makeTally();

  const marksOf = (node: Designator) => states.get(node)?.marks ?? none;
  /** Only for what is written: a stranger that is looked up takes no room. */
  const provide = (node: Designator): State => {
    let state = states.get(node);
    if (state === undefined) {
      state = { marks: none, asks: new Set(), seen: 0 };
      states.set(node, state);
    }
    return state;
  };
  const count = (node: Designator, item: OutItem, change: 1 | -1) => {
    for (const name of namesIn(node, item)) {
      holdings[change === 1 ? 'add' : 'remove'](...name);
      onTheirWay.add([node, ...name].join(' '), change);
    }
    if (item.kind === 'answer') answers.add(node, change);
    if (item.kind !== 'send') return;
    unheard.add(item.unheardOf, change);
    passedOn.add(item.from, change);
  };
  const parseOut = (key: string, row: string) => parseRow<OutRow>(key, row, isOutRow);

  for await (const page of pagesOf(store, 'stream/')) {
    for (const [key, row] of page) {
      provide(key.slice('stream/'.length)).marks = parseRow<StreamMarks>(key, row, isMarks);
    }
  }
  for await (const page of pagesOf(store, 'seen/')) {
    for (const [key, row] of page) {
      provide(key.slice('seen/'.length)).seen = parseCount(key, row);
    }
  }
  for await (const page of pagesOf(store, 'ask/')) {
    for (const [key] of page) {
      const [, node, number] = /^ask\/([^/]+)\/(\d{16})$/.exec(key) ?? [];
      if (node === undefined || number === undefined) throw new RowDamagedError(key);
      provide(node).asks.add(parseCount(key, number));
    }
  }
  for await (const page of pagesOf(store, 'out/')) {
    for (const [key, row] of page) {
      const [, node] = key.split('/') as [string, string];
      count(node, parseOut(key, row).item, 1);
    }
  }

  const setMarks = (node: Designator, change: Partial<StreamMarks>) => {
    const state = provide(node);
    state.marks = harden({ ...state.marks, ...change });
    store.stage([[`stream/${node}`, JSON.stringify(state.marks)]]);
  };
  const rowAt = (node: Designator, number: number): OutRow | undefined => {
    const { given, acked } = marksOf(node);
    if (number <= acked[0] || number > given[0]) return undefined;
    const key = outKey(node, number);
    const row = store.get(key);
    if (row === undefined) throw new RowDamagedError(key);
    return parseOut(key, row);
  };
  const addItem = (
    node: Designator,
    item: OutItem,
    ticket: string | undefined,
    first = marksOf(node).epoch,
  ) => {
    const [last, lastLink] = provide(node).marks.given;
    const number = last + 1;
    const text = JSON.stringify(item);
    const link = hash(`${lastLink}\n${number}\n${text}`);
    const head = `"life":${life},"first":${first},"link":"${link}"`;
    store.stage([[outKey(node, number), `{${head},"item":${text}}`]]);
    setMarks(node, { given: [number, link] });
    count(node, item, 1);
    if (ticket === undefined) return;
    provide(node).asks.add(number);
    store.stage([[askKey(node, number), ticket]]);
  };
  const removeItem = (node: Designator, number: number, item: OutItem) => {
    store.stage([[outKey(node, number), undefined]]);
    count(node, item, -1);
  };
  const takeTicket = (node: Designator, number: number): string | undefined => {
    if (!(states.get(node)?.asks.delete(number) ?? false)) return undefined;
    const key = askKey(node, number);
    const ticket = store.get(key);
    if (ticket === undefined) throw new RowDamagedError(key);
    store.stage([[key, undefined]]);
    return ticket;
  };
  /** Takes all items that are not acknowledged out of the rows, in order. */
  const withdrawItems = (node: Designator) => {
    const { acked, given } = marksOf(node);
    const items: { number: number; item: OutItem; life: number; first: number }[] = [];
    for (let number = acked[0] + 1; number <= given[0]; number += 1) {
      const { item, life: givenIn, first } = rowAt(node, number)!;
      items.push({ number, item, life: givenIn, first });
    }
    for (const { number, item } of items) removeItem(node, number, item);
    return items;
  };

  return harden({
    has: (node: Designator) => states.has(node),
    nodes: () => [...states.keys()],
    marks: marksOf,
    give(node: Designator, item: OutItem, ticket?: string) {
      if (marksOf(node).given[0] > 2 * maxNumber) throw Error('Cannot send: no number is left');
      addItem(node, item, ticket);
    },
    itemAt: (node: Designator, number: number) => rowAt(node, number)?.item,
    linkAt(node: Designator, number: number) {
      const { acked, given } = marksOf(node);
      if (number === acked[0]) return acked[1];
      if (number === given[0]) return given[1];
      return states.has(node) ? rowAt(node, number)?.link : undefined;
    },
    acknowledge(node: Designator, number: number) {
      const { acked } = marksOf(node);
      if (number <= acked[0]) return;
      const { link } = rowAt(node, number)!;
      for (let each = acked[0] + 1; each <= number; each += 1) {
        removeItem(node, each, rowAt(node, each)!.item);
      }
      setMarks(node, { acked: [number, link] });
    },
    take: (node: Designator, mark: Mark) => setMarks(node, { taken: mark }),
    takeTicket,
    waiting(node: Designator) {
      const { given, acked } = marksOf(node);
      return given[0] - acked[0];
    },
    asks: (node: Designator) => states.get(node)?.asks.size ?? 0,
    answers: answers.of,
    unheardOf: unheard.of,
    passedOnFor: passedOn.of,
    isOnItsWay: (node: Designator, owner: string, slot: string) =>
      onTheirWay.of([node, owner, slot].join(' ')) > 0,
    seen: (node: Designator) => states.get(node)?.seen ?? 0,
    noteSeen(node: Designator, slot: string) {
      const number = Number(/^o\+d(\d{1,15})$/.exec(slot)?.[1] ?? 0);
      if (number === 0 || number <= (states.get(node)?.seen ?? 0)) return;
      provide(node).seen = number;
      store.stage([[`seen/${node}`, String(number)]]);
    },
    confirm(node: Designator) {
      const { before, ...marks } = marksOf(node);
      if (before === undefined) return;
      provide(node).marks = harden(marks);
      store.stage([[`stream/${node}`, JSON.stringify(marks)]]);
    },
    settle(node: Designator, settlement: Settlement, before: StreamMarks['before'] | undefined) {
      const { epoch, givenFrom, takenFrom } = settlement;
      const unknown: string[] = [];
      const again: { item: OutItem; ticket: string | undefined; first: number }[] = [];
      const decide = (number: number, fate: Fate) => {
        if (fate === 'arrived') return;
        const ticket = takeTicket(node, number);
        if (ticket !== undefined) unknown.push(ticket);
      };
      const { acked } = provide(node).marks;
      for (const { number, item, life: givenIn, first } of withdrawItems(node)) {
        if (item.kind === 'void') continue;
        const fate = settlement.fateOfItem(number, item.kind, givenIn, first);
        if (fate === 'again') again.push({ item, ticket: takeTicket(node, number), first });
        else decide(number, fate);
      }
      for (const number of [...provide(node).asks]) {
        if (number <= acked[0]) decide(number, settlement.fateOfAsk(number));
      }
      const link = firstLink(epoch);
      setMarks(node, {
        epoch,
        given: [givenFrom, link],
        acked: [givenFrom, link],
        taken: [takenFrom, link],
        ...(before === undefined ? {} : { before }),
      });
      for (const { item, ticket, first } of again) addItem(node, item, ticket, first);
      return unknown;
    },
    clear(node: Designator) {
      withdrawItems(node);
      const { given } = provide(node).marks;
      setMarks(node, { acked: given });
      return [...provide(node).asks].map((number) => takeTicket(node, number)!);
    },
    giveUp(node: Designator, failure: NamedData) {
      const state = states.get(node);
      if (state === undefined) return [];
      const { acked, given } = state.marks;
      for (let number = acked[0] + 1; number <= given[0]; number += 1) {
        const { item, link, life: givenIn, first } = rowAt(node, number)!;
        const rest: OutItem =
          item.kind === 'answer' ? { ...item, ok: false, data: failure } : { kind: 'void' };
        const row = JSON.stringify({ life: givenIn, first, link, item: rest });
        store.stage([[outKey(node, number), row]]);
        count(node, item, -1);
        count(node, rest, 1);
      }
      return [...state.asks].map((number) => takeTicket(node, number)!);
    },
    erase(node: Designator) {
      if (!states.delete(node)) return;
      store.stage([
        [`stream/${node}`, undefined],
        [`seen/${node}`, undefined],
      ]);
    },
  }) as StreamRows;
};

/**
 * What two nodes say to each other beside CapTP: who they were, what was sent, what arrived.
 *
 *   NODE_HELLO   both, before anything else: what each knows of the relation
 *   NODE_DOUBT   a hello contradicted what the receiver knows: say it again, if you are alive
 *   NODE_SEND    item n of the stream: a message for an object, carried out exactly once
 *   NODE_ANSWER  item n: the answer to item `to` of the other direction
 *   NODE_VOID    item n, of which nothing is left to be carried out
 *   NODE_ACK     all items up to n are on the disk of the receiver
 *
 * Slots are written as in CapTP messages, from the sender's side, and are lasting ones. Gifts may stand
 * beside them, as there.
 */
import type { Gift } from '../switchboard/gifts.ts';
import type { Limits } from '../switchboard/limits.ts';
import { type CapData, WireViolation, isLasting, isOwn, isWithin } from '../switchboard/wire.ts';

/**
 * A place in a stream: the number of an item, and its link in the hash chain of all items up to it.
 * Before the first item of an epoch it says which epoch that is.
 */
export type Mark = readonly [number: number, link: string];

/** What a node that finds a contradiction calls it. @see judge */
export const faultNames = ['life', 'copies', 'theirs', 'ours', 'fork', 'told', 'removed'] as const;
export type FaultName = (typeof faultNames)[number];

/** What a node says of a relation. Each number is on its disk when it says it. */
export type Statement = {
  /** How often the node was started. */
  readonly life: number;
  /** The greatest life of the other side that it has heard of in this epoch. */
  readonly heard: number;
  /** How often the relation was reconciled. */
  readonly epoch: number;
  /** The last item that it gave, the last that it knows to have arrived, and the last that it took. */
  readonly given: Mark;
  readonly acked: Mark;
  readonly taken: Mark;
  /** The greatest number of a lasting slot that it gave, and that it knows to have been given. */
  readonly slotsGiven: number;
  readonly slotsSeen: number;
  /** `agreed`: quarantined, and its operator wants a new epoch. */
  readonly state: 'open' | 'quarantined' | 'agreed';
  /** Of one that is not open. */
  readonly why?: FaultName;
  /**
   * A new epoch began here, and whether it did there is not known yet: where this side was in the
   * epoch before, so that the other can tell which of its items arrived.
   */
  readonly before?: { readonly epoch: number; readonly taken: Mark; readonly acked: Mark };
};

export type NodeHello = { readonly type: 'NODE_HELLO'; readonly v: 1; readonly says: Statement };
export type NodeDoubt = { readonly type: 'NODE_DOUBT' };
type Item = { readonly n: number; readonly link: string };
/** How some of what data names can be had from its owners. Of what comes, nothing was looked at. */
type Gifts = { readonly gifts?: readonly Gift[] };
export type NodeSend = Item &
  Gifts & {
    readonly type: 'NODE_SEND';
    readonly target: string;
    readonly method: string;
    readonly args: CapData;
    /** Whether an answer is wanted. */
    readonly ask: boolean;
    /** By the receiver's clock, in milliseconds since 1970. */
    readonly notAfter?: string;
  };
export type NodeAnswer = Item &
  Gifts & {
    readonly type: 'NODE_ANSWER';
    readonly to: number;
    readonly ok: boolean;
    readonly data: CapData;
  };
export type NodeVoid = Item & { readonly type: 'NODE_VOID' };
export type NodeItem = NodeSend | NodeAnswer | NodeVoid;
export type NodeAck = { readonly type: 'NODE_ACK'; readonly n: number };
export type NodeMessage = NodeHello | NodeDoubt | NodeItem | NodeAck;

/** An item whose number could be read and the rest not. It takes its number, and fails. */
export type Unreadable = Item & {
  readonly type: 'NODE_UNREADABLE';
  readonly was: 'NODE_SEND' | 'NODE_ANSWER';
  /** What it was to answer, as far as that could be read. */
  readonly to?: number;
};
export type TakenItem = NodeItem | Unreadable;

/** Sixteen digits are written in rows, and an operator may let a number go on past any that is said. */
export const maxNumber: number = 10 ** 15;
const maxLinkLength = 64;
const maxMethodLength = 256;

/** Whether a message is for the relation of two nodes, not for the switchboard. */
export const isForRelation = (message: unknown): boolean => {
  const type = (message as { type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' && type.startsWith('NODE_');
};

const refuse = (reason: string): never => {
  throw new WireViolation(reason);
};

type Fields = Readonly<Record<string, unknown>>;

const isNumber = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= maxNumber;
const isLink = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= maxLinkLength && /^[\w-]*$/.test(value);
const number = (value: unknown): number => (isNumber(value) ? value : refuse('bad number'));
const mark = (value: unknown): Mark =>
  Array.isArray(value) && value.length === 2 && isNumber(value[0]) && isLink(value[1])
    ? [value[0], value[1]]
    : refuse('bad mark');
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : refuse('not a record');

/** @throws WireViolation where it is not one */
export const checkStatement = (alleged: unknown): Statement => {
  const says = fieldsOf(alleged);
  const state = says['state'];
  if (state !== 'open' && state !== 'quarantined' && state !== 'agreed') refuse('bad state');
  const why = faultNames.find((name) => name === says['why']);
  const before = says['before'] === undefined ? undefined : fieldsOf(says['before']);
  return {
    life: number(says['life']),
    heard: number(says['heard']),
    epoch: number(says['epoch']),
    given: mark(says['given']),
    acked: mark(says['acked']),
    taken: mark(says['taken']),
    slotsGiven: number(says['slotsGiven']),
    slotsSeen: number(says['slotsSeen']),
    state: state as Statement['state'],
    ...(why === undefined ? {} : { why }),
    ...(before === undefined
      ? {}
      : {
          before: {
            epoch: number(before['epoch']),
            taken: mark(before['taken']),
            acked: mark(before['acked']),
          },
        }),
  };
};

/** Data for rows: within the limits, and with no slot that ends with the session. */
const readData = (value: unknown, limits: Limits, maxValues: number): CapData | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { body, slots } = value as { body?: unknown; slots?: unknown };
  if (typeof body !== 'string' || !Array.isArray(slots)) return undefined;
  const data = { body, slots: Array.from(slots as unknown[]) as string[] };
  if (!isWithin(data, limits, maxValues) || !data.slots.every(isLasting)) return undefined;
  return data;
};

/** They are looked at by who takes them. */
const giftsIn = ({ gifts }: Fields): Gifts =>
  gifts === undefined ? {} : { gifts: gifts as readonly Gift[] };

const readSend = (item: Item, fields: Fields, limits: Limits): NodeSend | undefined => {
  const { target, method, ask, notAfter } = fields;
  const args = readData(fields['args'], limits, limits.maxValuesInCall);
  const isImport =
    typeof target === 'string' && /^o-d[A-Za-z0-9.]{1,80}$/.test(target) && !isOwn(target);
  if (args === undefined || !isImport || typeof ask !== 'boolean') return undefined;
  if (typeof method !== 'string' || method.length > maxMethodLength) return undefined;
  const isTime = typeof notAfter === 'string' && /^-?[0-9]{1,30}$/.test(notAfter);
  if (notAfter !== undefined && !isTime) return undefined;
  const when = isTime ? { notAfter } : {};
  return { type: 'NODE_SEND', ...item, target, method, args, ask, ...when, ...giftsIn(fields) };
};

const readAnswer = (item: Item, fields: Fields, limits: Limits): NodeAnswer | undefined => {
  const { to, ok } = fields;
  const data = readData(fields['data'], limits, limits.maxValuesInAnswer);
  if (data === undefined || !isNumber(to) || typeof ok !== 'boolean') return undefined;
  return { type: 'NODE_ANSWER', ...item, to, ok, data, ...giftsIn(fields) };
};

/**
 * An item with a number and a link that can be read. What else of it cannot be is not taken, but
 * its number is: nothing that one side sends may stop the stream for good.
 * @throws WireViolation where it has no number or no link
 */
export const checkItem = (alleged: unknown, limits: Limits): TakenItem => {
  const fields = fieldsOf(alleged);
  const { type, n, link } = fields;
  if (!isNumber(n) || n === 0 || !isLink(link) || link === '') return refuse('bad item');
  const item = { n, link };
  if (type === 'NODE_VOID') return { type, ...item };
  if (type === 'NODE_SEND') {
    return readSend(item, fields, limits) ?? { type: 'NODE_UNREADABLE', ...item, was: type };
  }
  if (type !== 'NODE_ANSWER') return refuse('unknown kind');
  const { to } = fields;
  const answered = isNumber(to) ? { to } : {};
  return (
    readAnswer(item, fields, limits) ?? { type: 'NODE_UNREADABLE', ...item, was: type, ...answered }
  );
};

/** @throws WireViolation where it is none of the kinds */
export const checkNodeMessage = (
  alleged: unknown,
  limits: Limits,
): NodeHello | NodeDoubt | NodeAck | TakenItem => {
  const fields = fieldsOf(alleged);
  switch (fields['type']) {
    case 'NODE_HELLO':
      if (fields['v'] !== 1) refuse('another version of the relation');
      return { type: 'NODE_HELLO', v: 1, says: checkStatement(fields['says']) };
    case 'NODE_DOUBT':
      return { type: 'NODE_DOUBT' };
    case 'NODE_ACK':
      return { type: 'NODE_ACK', n: number(fields['n']) };
    default:
      return checkItem(alleged, limits);
  }
};

/**
 * The messages of `@endo/captp` as they cross a connection, and the check that a text is one of them.
 *
 * Every slot in a message is written from its sender's side: `o+7` is the sender's own object,
 * `o-7` one that it imported. The exceptions are `answerID`, written as the asker wrote it,
 * and `promiseID`, written from the receiver's side (@endo/captp, `convertValToSlot`).
 *
 * A slot with a `d` names a lasting object: it means the same after either side restarts.
 */
import {
  QUESTION,
  SLOT,
  WireViolation,
  isOwn,
  question,
  record,
  slot,
  violation,
} from './forms.ts';
import type { Gift, GiftMessage, GiftRules } from './gifts.ts';
import type { Held } from './held-slots.ts';
import type { Limits } from './limits.ts';

export { WireViolation, isOwn };
export type { Held };

export type CapData = { readonly body: string; readonly slots: readonly string[] };

export type Bootstrap = { type: 'CTP_BOOTSTRAP'; epoch: 0; questionID: string };
export type Call = {
  type: 'CTP_CALL';
  epoch: 0;
  questionID: string;
  target: string;
  method: CapData;
} & Gifts;
export type Return = { type: 'CTP_RETURN'; epoch: 0; answerID: string } & Gifts &
  Settlement<'result', 'exception'>;
export type Resolve = { type: 'CTP_RESOLVE'; epoch: 0; promiseID: string } & Gifts &
  Settlement<'res', 'rej'>;
export type Drop = { type: 'CTP_DROP'; epoch: 0; slotID: string; decRefs: number };
export type Disconnect = { type: 'CTP_DISCONNECT'; epoch: 0; reason: string };
/** What any party may say. */
export type CaptpMessage = Bootstrap | Call | Return | Resolve | Drop | Disconnect;
/** What is said between nodes. */
export type Message = CaptpMessage | GiftMessage | Held;

/** Between nodes only: which of the references can be had from their owners. */
type Gifts = { gifts?: readonly Gift[] };

type Settlement<Good extends string, Bad extends string> =
  { [K in Good]: CapData } | { [K in Bad]: CapData };

/** The same slot as the other side writes it. */
export const reverse = (slot: string): string =>
  `${slot[0]}${slot[1] === '+' ? '-' : '+'}${slot.slice(2)}`;

/** True for `o+d17.seller` and its like. */
export const isLasting = (slot: string): boolean => slot[2] === 'd';

/** True where a body is its one reference and nothing else: what a pipelined call may be released onto. */
export const isCapability = (body: string): boolean => {
  if (!body.startsWith('{"@qclass":"slot"')) return false;
  try {
    const value = JSON.parse(body) as { '@qclass'?: unknown; index?: unknown };
    return value['@qclass'] === 'slot' && value.index === 0;
  } catch {
    return false;
  }
};

/** An error as `@endo/marshal` writes it in a body, with text that is ours and fixed. */
export const errorData = (message: string): CapData => ({
  body: JSON.stringify({
    '@qclass': 'error',
    errorId: 'error:switchboard#0',
    message,
    name: 'Error',
  }),
  slots: [],
});

const SYMBOL = /"@qclass"\s*:\s*"symbol"/;

/** Where a text in JSON ends whose opening quote stands before `from`. */
export const endOfText = (json: string, from: number): number => {
  for (let end = json.indexOf('"', from); end !== -1; end = json.indexOf('"', end + 1)) {
    let before = end - 1;
    while (before >= from && json.charCodeAt(before) === 0x5c) before -= 1;
    // After an even number of backslashes the quote is none of the text.
    if ((end - before) % 2 === 1) return end;
  }
  return json.length;
};

/** Refuses `\u0020` to `\u007f`: JSON does not need them, and they could hide what is looked for here. */
const checkEscapes = (body: string): void => {
  for (let i = body.indexOf('\\'); i !== -1; i = body.indexOf('\\', i + 2)) {
    if (!body.startsWith('u00', i + 1)) continue;
    const high = body.charCodeAt(i + 4);
    if (high >= 0x32 && high <= 0x37) violation('a needless escape');
  }
};

/**
 * Refuses, without parsing:
 * - more values than whoever reads them has time for: each costs about 20 µs;
 * - nesting that would exhaust the stack of whoever parses the body;
 * - symbols: the engine remembers the name of each for good, and all vats share them.
 */
const checkText = (body: string, maxDepth: number, maxValues: number): void => {
  const isSmallcaps = body.charCodeAt(0) === 0x23;
  let depth = 0;
  let values = 1;
  for (let i = 0; i < body.length; i += 1) {
    const code = body.charCodeAt(i);
    if (code === 0x22) {
      if (isSmallcaps && body.charCodeAt(i + 1) === 0x25) violation('a symbol');
      i = endOfText(body, i + 1);
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      values += 1;
      if (depth > maxDepth) violation('nested too deeply');
    } else if (code === 0x2c) values += 1;
    else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  if (values > maxValues) violation('too many values');
  if (body.includes('\\u00')) checkEscapes(body);
  if (body.includes('"symbol"') && SYMBOL.test(body)) violation('a symbol');
};

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
/** After `0x`. */
const isHexDigit = (code: number) => {
  const letter = code | 0x20;
  return isDigit(code) || (letter >= 0x61 && letter <= 0x66);
};

/** Refuses digits in a row whose number would take long to read, or to write. */
const checkDigits = (body: string, maxDigits: number): void => {
  if (body.length <= maxDigits) return;
  let run = 0;
  let isHex = false;
  for (let i = 0; i < body.length; i += 1) {
    const code = body.charCodeAt(i);
    if (isHex ? isHexDigit(code) : isDigit(code)) {
      run += 1;
      if (run > maxDigits) violation('too many digits');
    } else {
      isHex = run === 1 && (code | 0x20) === 0x78 && body.charCodeAt(i - 1) === 0x30;
      run = 0;
    }
  }
};

const capData = (
  value: unknown,
  limits: Limits,
  maxValues: number = limits.maxValuesInAnswer,
): CapData => {
  const { body, slots } = record(value, 2);
  if (typeof body !== 'string') return violation('body is not text');
  if (!Array.isArray(slots)) return violation('slots are not an array');
  if (body.length > limits.maxBodyLength) violation('body is too long');
  if (slots.length > limits.maxSlotsPerMessage) violation('too many slots');
  checkText(body, limits.maxDepth, maxValues);
  checkDigits(body, limits.maxDigits);
  // `map` would leave holes, which a copy from another process may have.
  return { body, slots: Array.from(slots, slot) };
};

/** Whether a body and its slots keep to the limits. */
export const isWithin = ({ body, slots }: CapData, limits: Limits, maxValues?: number): boolean => {
  try {
    capData({ body, slots }, limits, maxValues);
    return true;
  } catch {
    return false;
  }
};

/** Whoever says goodbye is let go, whatever the words are. */
const goodbye = ({ reason }: { readonly reason?: unknown }): Disconnect => {
  // `String` would throw for some records, and stock captp sends an Error as `{}`.
  const text = typeof reason === 'string' ? reason.slice(0, 200) : 'no reason given';
  return { type: 'CTP_DISCONNECT', epoch: 0, reason: text };
};

/** How many properties each of the other kinds has. */
const sizes: ReadonlyMap<unknown, number> = new Map([
  ['CTP_BOOTSTRAP', 3],
  ['CTP_CALL', 5],
  ['CTP_RETURN', 4],
  ['CTP_RESOLVE', 4],
  ['CTP_DROP', 4],
  ['CTP_HELD', 4],
]);

const mayGive: ReadonlySet<unknown> = new Set(['CTP_CALL', 'CTP_RETURN', 'CTP_RESOLVE']);

/** The same data with what can be had from others beside it. */
const withGifts = <M extends Call | Return | Resolve>(
  message: M,
  { slots }: CapData,
  gifts: unknown,
  limits: Limits,
  rules: GiftRules | undefined,
): M =>
  gifts === undefined || rules === undefined
    ? message
    : { ...message, gifts: rules.checkGifts(gifts, slots, limits) };

/** A body with its slots, as they stand beside others in a message between nodes. */
export const checkData = (value: unknown, limits: Limits): CapData => capData(value, limits);

/**
 * Checks a parsed message and answers a clean copy of it.
 * @param rules - for what a node says; any other party has nothing to hand over
 * @throws WireViolation where it is not one of the kinds, whole, within the limits, and nothing more
 */
export function checkMessage(value: unknown, limits: Limits, rules: GiftRules): Message;
export function checkMessage(value: unknown, limits: Limits, rules?: undefined): CaptpMessage;
export function checkMessage(
  value: unknown,
  limits: Limits,
  rules?: GiftRules | undefined,
): Message;
export function checkMessage(value: unknown, limits: Limits, rules?: GiftRules): Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return violation('not a record');
  }
  const { type, epoch } = value as { type?: unknown; epoch?: unknown };
  if (type === 'CTP_DISCONNECT') return goodbye(value as { reason?: unknown });
  if (rules?.isGiftType(type) === true) return rules.checkGiftMessage(value);
  const size = sizes.get(type) ?? violation('unknown kind');
  // Stock captp leaves it out here, and nowhere else.
  const hasNoEpoch = type === 'CTP_RESOLVE' && epoch === undefined;
  if (!hasNoEpoch && epoch !== 0) violation('bad epoch');
  if ('trap' in value) violation('trap is not served');
  const gifts =
    rules !== undefined && mayGive.has(type) ? (value as { gifts?: unknown }).gifts : undefined;
  const extra = (gifts === undefined ? 0 : 1) - (hasNoEpoch ? 1 : 0);
  const message = record(value, size + extra);
  switch (type) {
    case 'CTP_BOOTSTRAP':
      return { type, epoch: 0, questionID: question(message['questionID']) };
    case 'CTP_CALL': {
      const { target } = message;
      if (typeof target !== 'string') return violation('bad target');
      const questionID = question(message['questionID']);
      const to = QUESTION.test(target) ? target : slot(target);
      const method = capData(message['method'], limits, limits.maxValuesInCall);
      return withGifts(
        { type, epoch: 0, questionID, target: to, method },
        method,
        gifts,
        limits,
        rules,
      );
    }
    case 'CTP_RETURN': {
      const answerID = question(message['answerID']);
      const failed = 'exception' in message;
      const data = capData(message[failed ? 'exception' : 'result'], limits);
      const settled = failed ? { exception: data } : { result: data };
      return withGifts({ type, epoch: 0, answerID, ...settled }, data, gifts, limits, rules);
    }
    case 'CTP_RESOLVE': {
      const promiseID = slot(message['promiseID']);
      const failed = 'rej' in message;
      const data = capData(message[failed ? 'rej' : 'res'], limits);
      const settled = failed ? { rej: data } : { res: data };
      return withGifts({ type, epoch: 0, promiseID, ...settled }, data, gifts, limits, rules);
    }
    case 'CTP_DROP': {
      const { slotID, decRefs } = message;
      if (typeof slotID !== 'string' || !(QUESTION.test(slotID) || SLOT.test(slotID))) {
        return violation('bad drop');
      }
      if (!Number.isSafeInteger(decRefs) || (decRefs as number) < 0) violation('bad drop count');
      return { type, epoch: 0, slotID, decRefs: decRefs as number };
    }
    case 'CTP_HELD':
      // Only of a node is more believed than of any party.
      return rules === undefined ? violation('unknown kind') : rules.checkHeld(message, limits);
    default:
      return violation('unknown kind');
  }
}

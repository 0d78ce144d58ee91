/**
 * The messages of `@endo/captp` as they cross a connection, and the check that a text is one of them.
 *
 * Every slot in a message is written from its sender's side: `o+7` is the sender's own object,
 * `o-7` one that it imported. The exceptions are `answerID`, written as the asker wrote it,
 * and `promiseID`, written from the receiver's side (@endo/captp, `convertValToSlot`).
 *
 * A slot with a `d` names a lasting object: it means the same after either side restarts.
 */
import type { Limits } from './limits.ts';

export type CapData = { readonly body: string; readonly slots: readonly string[] };

export type Bootstrap = { type: 'CTP_BOOTSTRAP'; epoch: 0; questionID: string };
export type Call = {
  type: 'CTP_CALL';
  epoch: 0;
  questionID: string;
  target: string;
  method: CapData;
};
export type Return = { type: 'CTP_RETURN'; epoch: 0; answerID: string } & Settlement<
  'result',
  'exception'
>;
export type Resolve = { type: 'CTP_RESOLVE'; epoch: 0; promiseID: string } & Settlement<
  'res',
  'rej'
>;
export type Drop = { type: 'CTP_DROP'; epoch: 0; slotID: string; decRefs: number };
export type Disconnect = { type: 'CTP_DISCONNECT'; epoch: 0; reason: string };
export type Message = Bootstrap | Call | Return | Resolve | Drop | Disconnect;

type Settlement<Good extends string, Bad extends string> =
  { [K in Good]: CapData } | { [K in Bad]: CapData };

/** The same slot as the other side writes it. */
export const reverse = (slot: string): string =>
  `${slot[0]}${slot[1] === '+' ? '-' : '+'}${slot.slice(2)}`;

/** True for `o+d17.seller` and its like. */
export const isLasting = (slot: string): boolean => slot[2] === 'd';

/** True for the sender's own `o+…` and `p+…`. */
export const isOwn = (slot: string): boolean => slot[1] === '+';

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

/** A message that breaks the protocol. Its text is one of a fixed set, safe to show to anyone. */
export class WireViolation extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(`Cannot accept message: ${reason}`);
    this.name = 'WireViolation';
    this.reason = reason;
  }
}

const violation = (reason: string): never => {
  throw new WireViolation(reason);
};

const SLOT = /^(?:[op][+-][1-9][0-9]{0,14}|o[+-]d[A-Za-z0-9.]{1,80})$/;
const QUESTION = /^q[+-][1-9][0-9]{0,14}$/;

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : violation('not a record');

const question = (value: unknown): string =>
  typeof value === 'string' && QUESTION.test(value) ? value : violation('bad question number');

const slot = (value: unknown): string =>
  typeof value === 'string' && SLOT.test(value) ? value : violation('bad slot');

/** Refuses nesting that would exhaust the stack of whoever parses the body. */
const checkDepth = (body: string, maxDepth: number): void => {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i += 1) {
    const code = body.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > maxDepth) violation('nested too deeply');
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
};

const capData = (value: unknown, limits: Limits): CapData => {
  const { body, slots } = record(value);
  if (typeof body !== 'string') return violation('body is not text');
  if (!Array.isArray(slots)) return violation('slots are not an array');
  if (body.length > limits.maxBodyLength) violation('body is too long');
  if (slots.length > limits.maxSlotsPerMessage) violation('too many slots');
  checkDepth(body, limits.maxDepth);
  // `map` would leave holes, which a copy from another process may have.
  return { body, slots: Array.from(slots, slot) };
};

/** Whether a body and its slots keep to the limits. */
export const isWithin = (data: CapData, limits: Limits): boolean => {
  try {
    capData(data, limits);
    return true;
  } catch {
    return false;
  }
};

/**
 * Checks a parsed message and answers a clean copy with the known properties only.
 * @throws WireViolation where it is not one of the six kinds, whole and within the limits
 */
export const checkMessage = (value: unknown, limits: Limits): Message => {
  const message = record(value);
  switch (message['type']) {
    case 'CTP_BOOTSTRAP':
      return { type: 'CTP_BOOTSTRAP', epoch: 0, questionID: question(message['questionID']) };
    case 'CTP_CALL': {
      if (message['trap'] !== undefined) violation('trap is not served');
      const { target } = message;
      if (typeof target !== 'string') return violation('bad target');
      return {
        type: 'CTP_CALL',
        epoch: 0,
        questionID: question(message['questionID']),
        target: QUESTION.test(target) ? target : slot(target),
        method: capData(message['method'], limits),
      };
    }
    case 'CTP_RETURN': {
      const answerID = question(message['answerID']);
      return 'exception' in message
        ? {
            type: 'CTP_RETURN',
            epoch: 0,
            answerID,
            exception: capData(message['exception'], limits),
          }
        : { type: 'CTP_RETURN', epoch: 0, answerID, result: capData(message['result'], limits) };
    }
    case 'CTP_RESOLVE': {
      const promiseID = slot(message['promiseID']);
      return 'rej' in message
        ? { type: 'CTP_RESOLVE', epoch: 0, promiseID, rej: capData(message['rej'], limits) }
        : { type: 'CTP_RESOLVE', epoch: 0, promiseID, res: capData(message['res'], limits) };
    }
    case 'CTP_DROP': {
      const { slotID, decRefs } = message;
      if (typeof slotID !== 'string' || !(QUESTION.test(slotID) || SLOT.test(slotID))) {
        return violation('bad drop');
      }
      if (!Number.isSafeInteger(decRefs) || (decRefs as number) < 0) violation('bad drop count');
      return { type: 'CTP_DROP', epoch: 0, slotID, decRefs: decRefs as number };
    }
    case 'CTP_DISCONNECT': {
      const { reason } = message;
      // `String` would throw for some records, and stock captp sends an Error as `{}`.
      const text = typeof reason === 'string' ? reason.slice(0, 200) : 'no reason given';
      return { type: 'CTP_DISCONNECT', epoch: 0, reason: text };
    }
    default:
      return violation('unknown kind');
  }
};

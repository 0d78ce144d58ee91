/**
 * Checks what the process of a guest says: whoever broke out of a vat there says what it likes.
 *
 * Everything is copied with its known properties only. Messages of the wire are not looked at: the
 * switchboard does that, as with any party.
 */
import type { Message } from '../switchboard/wire.ts';
import { endOfText, isWithin } from '../switchboard/wire.ts';
import { defaultLimits } from '../switchboard/limits.ts';
import { earliestTime, latestTime } from '../vat/clock.ts';
import type { Crank, Effect, SendOutcome, StoredData } from '../vat/delivery.ts';
import type { HostReport } from '../vat/host.ts';
import type { FromChild } from './wire.ts';

/** A report in a form that no vat host gives it. */
export class ReportViolation extends Error {
  constructor(what: string) {
    super(`Cannot take report: bad ${what}`);
    this.name = 'ReportViolation';
  }
}

const fail = (what: string): never => {
  throw new ReportViolation(what);
};

type Unknown = Readonly<Record<string, unknown>>;

const record = (value: unknown, what: string): Unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Unknown)
    : fail(what);
const list = (value: unknown, what: string, maxLength: number = 1 << 20): readonly unknown[] =>
  Array.isArray(value) && value.length <= maxLength ? (value as unknown[]) : fail(what);
const text = (value: unknown, what: string, maxLength: number): string =>
  typeof value === 'string' && value.length <= maxLength ? value : fail(what);
const matching = (value: unknown, what: string, pattern: RegExp): string =>
  typeof value === 'string' && pattern.test(value) ? value : fail(what);
const count = (value: unknown, what: string): number =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fail(what);
const flag = (value: unknown, what: string): boolean =>
  typeof value === 'boolean' ? value : fail(what);

const NAME = '[A-Za-z0-9.]{1,80}';
const SLOT = new RegExp(`^-?d${NAME}$`);
const IMPORT = new RegExp(`^o-d${NAME}$`);
const VAT = /^[1-9][0-9]{0,14}$/;
const ITEM = /^in\/[1-9][0-9]{0,14}\/[0-9]{16}$/;
const TIME = /^-?[0-9]{1,18}$/;
/** A time in the receiver's eyes only: any that a vat may give. */
const NOT_AFTER = /^-?[0-9]{1,100}$/;

/** A key of a map is a part of it. */
const maxKeyLength = 1 << 20;
const maxRowLength = 64 << 20;
const maxLineLength = 4096;
const maxLines = 101;
const maxReasonLength = 1000;
const maxMethodLength = 1024;

const data = (value: unknown): StoredData => {
  const { body, slots } = record(value, 'data');
  const copy = {
    body: typeof body === 'string' ? body : fail('body'),
    slots: list(slots, 'slots').map((slot) => matching(slot, 'slot', SLOT)),
  };
  return isWithin({ body: copy.body, slots: [] }, defaultLimits) ? copy : fail('body');
};

const outcome = (value: unknown): SendOutcome => {
  const { ok, data: given } = record(value, 'outcome');
  return { ok: flag(ok, 'outcome'), data: data(given) };
};

const time = (value: unknown): string => {
  const at = matching(value, 'time', TIME);
  return BigInt(at) >= earliestTime && BigInt(at) <= latestTime ? at : fail('time');
};

const effect = (value: unknown): Effect => {
  const {
    kind,
    target,
    method,
    args,
    send,
    notAfter,
    ticket,
    outcome: given,
    timer,
    at,
  } = record(value, 'effect');
  switch (kind) {
    case 'send':
      return {
        kind,
        target: matching(target, 'target', SLOT),
        method: text(method, 'method', maxMethodLength),
        args: data(args),
        ...(send === undefined ? {} : { send: count(send, 'send') }),
        ...(notAfter === undefined ? {} : { notAfter: matching(notAfter, 'time', NOT_AFTER) }),
      };
    case 'answer':
      return { kind, ticket: text(ticket, 'ticket', 160), outcome: outcome(given) };
    case 'timer':
    case 'cancel':
      return { kind, timer: count(timer, 'timer'), at: time(at) };
    default:
      return fail('effect');
  }
};

const row = (value: unknown): Crank['rows'][number] => {
  const [key, content, ...more] = list(value, 'row', 2);
  if (more.length > 0) fail('row');
  const name = text(key, 'key', maxKeyLength);
  if (name === '') fail('key');
  // JSON has no undefined.
  return [name, content === null ? undefined : text(content, 'row', maxRowLength)];
};

const crank = (value: unknown): Crank => {
  const { rows, stored, messages, effects, lines, sawTime, unlinked } = record(value, 'crank');
  return {
    rows: list(rows, 'rows').map(row),
    stored: list(stored, 'slots').map((slot) => matching(slot, 'slot', IMPORT)),
    messages: list(messages, 'messages') as Message[],
    effects: list(effects, 'effects').map(effect),
    lines: list(lines, 'lines', maxLines).map((line) => text(line, 'line', maxLineLength)),
    sawTime: flag(sawTime, 'crank'),
    unlinked: flag(unlinked, 'crank'),
  };
};

const report = (value: unknown): HostReport => {
  const {
    type,
    vat: allegedVat,
    load,
    number,
    done,
    crank: given,
    forgotten,
    reason,
  } = record(value, 'report');
  const vat = matching(allegedVat, 'vat', VAT);
  switch (type) {
    case 'crank':
      return {
        ...{ type, vat, load: count(load, 'load'), number: count(number, 'number') },
        done: done === undefined ? undefined : matching(done, 'item', ITEM),
        crank: crank(given),
      };
    case 'unloaded':
      return { type, vat, load: count(load, 'load'), forgotten: flag(forgotten, 'report') };
    case 'failed':
      return { type, vat, reason: text(reason, 'reason', maxRowLength).slice(0, maxReasonLength) };
    default:
      return fail('report');
  }
};

/**
 * Commas and brackets of all that it says at once: what it costs to parse, 0.5 µs each. The rows and
 * messages of a turn within its quotas have far fewer.
 */
const maxParts = 1 << 19;
const maxDepth = 32;

const checkParts = (json: string): void => {
  let parts = 0;
  let depth = 0;
  for (let i = 0; i < json.length; i += 1) {
    const code = json.charCodeAt(i);
    if (code === 0x22) i = endOfText(json, i + 1);
    else if (code === 0x2c) parts += 1;
    else if (code === 0x5b || code === 0x7b) {
      parts += 1;
      depth += 1;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
    if (parts > maxParts || depth > maxDepth) fail('frame');
  }
};

/** @throws ReportViolation */
export const checkFromChild = (json: string): FromChild => {
  checkParts(json);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    fail('JSON');
  }
  const { type, carriedOut, reports, vat, key } = record(value, 'frame');
  switch (type) {
    case 'ready':
      return { type };
    case 'read':
      return { type, vat: matching(vat, 'vat', VAT), key: text(key, 'key', maxKeyLength) };
    case 'done':
      return {
        type,
        carriedOut: count(carriedOut, 'count'),
        reports: list(reports, 'reports').map(report),
      };
    default:
      return fail('frame');
  }
};

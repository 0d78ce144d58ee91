import type { Usage } from './usage.ts';

/**
 * What one vat may have. Over a quota the turn fails whole, and its caller is told which quota it was.
 * A turn that brings a count down passes, also where the count stays over its quota: so a vat can
 * always delete, and an operator may lower a quota at any time.
 */
export type Quotas = {
  /** Bytes of the vat's rows, keys and values, without its journal. It fills the disk, and is read whole when the vat wakes. */
  readonly maxStoredBytes: number;
  /** Durable objects, collections too. Each takes an entry of the vat's tables while it is in use, and none is deleted yet. */
  readonly maxObjects: number;
  /** Rows that one turn changes. They are in one batch, and in memory at once until it is on disk. */
  readonly maxTurnRows: number;
  /** Bytes of those rows and of the durable messages of one turn, for the same reason. */
  readonly maxTurnBytes: number;
  /** Messages that one turn sends, by `E` and `send`, and timers that it sets or cancels: what it can set off. */
  readonly maxTurnSends: number;
  /** Calls by `E` without an answer. Each is an entry in the tables of both ends. */
  readonly maxOpenCalls: number;
  /**
   * Durable sends that wait for their answer: the outbox. Each is a row, and an item of somebody's inbox.
   * Of those without one so many may wait for others, as of when the current delivery was given.
   */
  readonly maxOpenSends: number;
  /** Timers that were not due yet. Each is a row of the vat and one of the node. */
  readonly maxTimers: number;
  /** Turns a second, with as many at once as a second gives. Between others of its host, a vat takes no more. */
  readonly maxTurnsPerSecond: number;
};

/** For vats of our own packages: what no honest one comes near, and a mistake is stopped by. */
export const defaultQuotas: Quotas = Object.freeze({
  maxStoredBytes: 2 ** 32,
  maxObjects: 10_000_000,
  maxTurnRows: 100_000,
  maxTurnBytes: 64 << 20,
  maxTurnSends: 10_000,
  maxOpenCalls: 4096,
  maxOpenSends: 100_000,
  maxTimers: 100_000,
  maxTurnsPerSecond: 100_000,
});

/** For vats of modules from elsewhere. */
export const guestQuotas: Quotas = Object.freeze({
  maxStoredBytes: 64 << 20,
  maxObjects: 100_000,
  maxTurnRows: 10_000,
  maxTurnBytes: 8 << 20,
  maxTurnSends: 1000,
  maxOpenCalls: 1024,
  maxOpenSends: 10_000,
  maxTimers: 1000,
  maxTurnsPerSecond: 1000,
});

export const usualQuotas = (owner: string | undefined): Quotas =>
  owner === undefined ? defaultQuotas : guestQuotas;

const overQuota = (name: string): never => {
  throw Error(`Cannot finish turn: the vat would have more than its quota of ${name}`);
};

/** @throws where a turn that brings the vat from `before` to `after` is over a quota */
export const assertWithin = (
  quotas: Quotas,
  before: Readonly<Usage>,
  after: Readonly<Usage>,
  turn: {
    readonly rows: number;
    readonly bytes: number;
    readonly sends: number;
    /** Messages that wait for others, of which the vat will hear nothing; 0 where the turn adds none. */
    readonly unheard: number;
  },
): void => {
  const isOver = (count: keyof Usage, max: number) =>
    after[count] > max && after[count] > before[count];
  if (isOver('bytes', quotas.maxStoredBytes)) overQuota('stored bytes');
  if (isOver('objects', quotas.maxObjects)) overQuota('objects');
  if (isOver('sends', quotas.maxOpenSends)) overQuota('sends without an answer');
  if (turn.unheard > quotas.maxOpenSends) overQuota('sends that wait for others');
  if (isOver('timers', quotas.maxTimers)) overQuota('timers');
  if (turn.rows > quotas.maxTurnRows) overQuota('rows written by one turn');
  if (turn.bytes > quotas.maxTurnBytes) overQuota('bytes written by one turn');
  if (turn.sends > quotas.maxTurnSends) overQuota('messages sent by one turn');
};

/** What the turns of a vat ask before they begin, and before they call. */
export type TurnQuotas = {
  /** @throws where the vat has had too many turns */
  readonly assertMayBegin: () => void;
} & Pick<Quotas, 'maxOpenCalls'>;

/** @param openCalls - those without an answer, with the ones that are about to be made */
export const assertMayCall = (openCalls: number, { maxOpenCalls }: TurnQuotas): void => {
  if (openCalls > maxOpenCalls) {
    throw Error('Cannot call: the vat would have more than its quota of open calls');
  }
};

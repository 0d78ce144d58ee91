/** The smallest parts of messages, and what is said where one is not as it should be. */

/** A message that breaks the protocol. Its text is one of a fixed set, safe to show to anyone. */
export class WireViolation extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(`Cannot accept message: ${reason}`);
    this.name = 'WireViolation';
    this.reason = reason;
  }
}

export const violation = (reason: string): never => {
  throw new WireViolation(reason);
};

export const SLOT: RegExp = /^(?:[op][+-][1-9][0-9]{0,14}|o[+-]d[A-Za-z0-9.]{1,80})$/;
export const QUESTION: RegExp = /^q[+-][1-9][0-9]{0,14}$/;

/** A record with so many properties of its own. With those that are read, that leaves room for no other. */
export const record = (value: unknown, size: number): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return violation('not a record');
  }
  if (Object.keys(value).length !== size) violation('missing or unknown property');
  return value as Record<string, unknown>;
};

export const question = (value: unknown): string =>
  typeof value === 'string' && QUESTION.test(value) ? value : violation('bad question number');

export const slot = (value: unknown): string =>
  typeof value === 'string' && SLOT.test(value) ? value : violation('bad slot');

/** True for the sender's own `o+…` and `p+…`. */
export const isOwn = (slot: string): boolean => slot[1] === '+';

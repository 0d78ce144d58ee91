/**
 * What a node still holds of another one's lasting objects, as one text: the numbers of the slots in
 * ascending order, each as its distance from the one before, in base 36. So 65,536 of them are some
 * 200 kB, and take a few milliseconds to read.
 */
import { WireViolation, violation } from './forms.ts';
import type { Limits } from './limits.ts';

/** A lasting slot with a number, as its exporter gives them to another node. */
const NUMBERED = /^[op][+-]d([1-9][0-9]{0,14})$/;

/** The number of a lasting slot, undefined for a name. */
export const numberOf = (slot: string): number | undefined => {
  const digits = NUMBERED.exec(slot)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** Between nodes: of the receiver's lasting objects the sender holds these, and no others. */
export type Held = { type: 'CTP_HELD'; epoch: 0; upTo: number; slots: string };

export type HeldSlots = {
  /** Nothing is said of greater numbers. */
  readonly upTo: number;
  /** All that are held up to there, ascending. */
  readonly numbers: readonly number[];
};

export type HeldText = { readonly upTo: number; readonly slots: string };

/** What is said in one message. What does not fit is not spoken of, and so it is kept. */
const maxNumbers = 65_536;
export const maxHeldLength: number = 512 << 10;

/** @param held - slots, in any order, each once or more. Names are left out */
export const formatHeld = (held: Iterable<string>): HeldText => {
  const numbers = new Set<number>();
  for (const slot of held) {
    const number = numberOf(slot);
    if (number !== undefined) numbers.add(number);
  }
  const ascending = [...numbers].sort((a, b) => a - b);
  const parts: string[] = [];
  let length = 0;
  let last = 0;
  for (const number of ascending) {
    const part = (number - last).toString(36);
    length += part.length + 1;
    if (parts.length === maxNumbers || length > maxHeldLength) {
      return { upTo: last, slots: parts.join(' ') };
    }
    parts.push(part);
    last = number;
  }
  return { upTo: Number.MAX_SAFE_INTEGER, slots: parts.join(' ') };
};

/** @throws WireViolation where a message is no list of held slots by its form */
export const checkHeld = (
  { upTo, slots }: { readonly upTo?: unknown; readonly slots?: unknown },
  { maxBodyLength }: Limits,
): Held => {
  if (typeof upTo !== 'number' || !Number.isSafeInteger(upTo) || upTo < 0) {
    return violation('bad list of held slots');
  }
  if (typeof slots !== 'string' || slots.length > maxBodyLength) {
    return violation('bad list of held slots');
  }
  return { type: 'CTP_HELD', epoch: 0, upTo, slots };
};

/** @throws WireViolation where it is not what `formatHeld` writes */
export const parseHeld = ({ upTo, slots }: HeldText): HeldSlots => {
  const numbers: number[] = [];
  let last = 0;
  for (let from = 0; from < slots.length;) {
    const space = slots.indexOf(' ', from);
    const end = space === -1 ? slots.length : space;
    const part = slots.slice(from, end);
    const distance = /^[1-9a-z][0-9a-z]{0,9}$/.test(part) ? parseInt(part, 36) : 0;
    last += distance;
    if (
      distance === 0 ||
      last > upTo ||
      numbers.length === maxNumbers ||
      space === slots.length - 1
    ) {
      throw new WireViolation('bad list of held slots');
    }
    numbers.push(last);
    from = end + 1;
  }
  return { upTo, numbers };
};

/** @returns whether a number is among those that are held */
export const makeHeldCheck = ({ upTo, numbers }: HeldSlots): ((number: number) => boolean) => {
  const held = new Set(numbers);
  return (number) => number > upTo || held.has(number);
};

/** What the answer of a method means for the person who asked. */
import harden from '@endo/harden';
import { isRecord, isReference, own } from '../description/walk.ts';

export type Meaning =
  | { readonly kind: 'refused'; readonly code: unknown }
  /** To be shown once, as a link for a browser where it can be one, unless it is `toPaste`. `next` is a facet to go on to. */
  | {
      readonly kind: 'secret';
      readonly secret: string;
      readonly toPaste: boolean;
      readonly next: object | undefined;
    }
  | { readonly kind: 'goto'; readonly next: object; readonly home: boolean }
  /** Done. `text` is a short answer to show, if there is one. */
  | { readonly kind: 'done'; readonly value: string | bigint | undefined };

/**
 * Reads an answer by these rules: `{ ok: false, code }` is a refusal;
 * `{ secret }` is shown once, and with `toPaste: true` as it is; a reference, or `{ goto }`, is where to go on,
 * and becomes the home with `{ goto, home: true }`. All else is done, in a word.
 */
export const meaningOf = (answer: unknown): Meaning => {
  const done: Meaning = { kind: 'done', value: undefined };
  try {
    harden(answer);
    if (isReference(answer)) return { kind: 'goto', next: answer, home: false };
    if (typeof answer === 'string' || typeof answer === 'bigint')
      return { kind: 'done', value: answer };
    if (!isRecord(answer)) return done;
    if (own(answer, 'ok') === false) return { kind: 'refused', code: own(answer, 'code') };
    const goto = own(answer, 'goto');
    const next = isReference(goto) ? goto : undefined;
    const secret = own(answer, 'secret');
    if (typeof secret === 'string') {
      return { kind: 'secret', secret, toPaste: own(answer, 'toPaste') === true, next };
    }
    if (next !== undefined) return { kind: 'goto', next, home: own(answer, 'home') === true };
    return done;
  } catch {
    // Not passable: it was done all the same.
    return done;
  }
};
harden(meaningOf);

/** Whether the two halves of everything that a pair shares say the same. Pure functions. */
import type { Difference, SharedState } from './types.ts';

/** How one shared thing stands here. */
export type Own = SharedState & {
  readonly what: string;
  /**
   * Whether something was said of it from here since the other side was asked: it may not have heard
   * that when it answered. What was said before it has heard, and what it said before has come here.
   */
  readonly spoken: boolean;
};

const isNothing = ({ phase, amount, kind }: SharedState): boolean =>
  phase !== 'agreed' || (kind === 'obligation' && amount === 0n);

/**
 * What one shared thing's two halves differ in, if they do.
 *
 * What was spoken of since the other side was asked, or a round holds on either side, may differ and is
 * `underWay`.
 * What is not agreed on both sides, and of which nothing is left, is no difference.
 */
export const differenceOf = (
  here: Own | undefined,
  there: SharedState | undefined,
): Difference | undefined => {
  const of = ({ version, amount }: SharedState) => ({ version, amount });
  if (here === undefined) {
    if (there === undefined || isNothing(there)) return undefined;
    return { origin: there.origin, what: '', kind: 'unknownHere', there: of(there) };
  }
  const { origin, what } = here;
  if (there === undefined) {
    if (isNothing(here)) return undefined;
    // A round may have made it here first.
    const kind = here.spoken || here.locked ? 'underWay' : 'unknownThere';
    return { origin, what, kind, here: of(here) };
  }
  const isSame =
    isNothing(here) && isNothing(there)
      ? true
      : here.phase === there.phase &&
        here.kind === there.kind &&
        here.version === there.version &&
        here.amount === there.amount;
  if (isSame) return undefined;
  const isUnderWay = here.spoken || here.locked || there.locked;
  const kind = isUnderWay ? 'underWay' : 'differs';
  return { origin, what, kind, here: of(here), there: of(there) };
};

/** Whether a page of states is one: in the order of their origins, after the one that was asked for. */
export const isPage = (after: string, page: readonly SharedState[]): boolean => {
  let last = after;
  for (const { origin } of page) {
    if (origin <= last) return false;
    last = origin;
  }
  return true;
};

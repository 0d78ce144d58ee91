/**
 * A wallet that was restored from its key alone (SPEC 7.2, rotation; C14). It asks act by act for what was
 * evaluated before, each `till` act in a session of its own: together they would say that one person did
 * them all. Then it swaps each token by itself, since the lost copy may have spent some.
 */
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from './refuse.ts';
import { blindFor } from './derive.ts';
import { outputsOf } from './purse.ts';
import type { HeldToken, Origin, Purse, Series } from './purse-types.ts';
import { infoOf } from './tags.ts';
import type { Found } from './types.ts';

/** Acts without an answer after which a scan ends: acts that were prepared and never carried out leave gaps. */
export const scanGap = 20n;
/** Elements of one act that are asked for: of the largest pack, and of any change. */
const scanned = 16;
/** So many numbers are left out after what was found: the lost copy may have shown their elements. */
const skipped = 10n;

const originsOf = (series: Series, act: bigint): readonly Origin[] =>
  Array.from({ length: scanned }, (_, index) => ({ series, act, index: BigInt(index) }));

const anyKey = ({ seen }: Purse): string => {
  const [one] = seen;
  if (one === undefined)
    throw Error('Cannot restore: no epoch key is known; learn a journal head first');
  return one.publicKey;
};

/** What to ask the market for, of one act. */
export const elementsOf = (
  purse: Purse,
  key: string,
  series: Series,
  act: bigint,
): readonly string[] => {
  // The elements do not depend on the tag.
  const tag = { kind: 'credit', denom: 1n, epoch: 0n } as const;
  return originsOf(series, act).map(
    (origin) => blindFor(key, origin, purse.market, tag, anyKey(purse)).blinded,
  );
};

/** Takes in what the market found of an act. @returns as `finish` */
export const restore = (
  purse: Purse,
  key: string,
  series: Series,
  act: bigint,
  found: readonly Found[],
): { readonly ok: true; readonly purse: Purse } | Refusal => {
  const elements = elementsOf(purse, key, series, act);
  const origins = originsOf(series, act);
  const unsure: HeldToken[] = [];
  for (const { kind, denom, epoch, blinded, evaluation } of found) {
    const publicKey = purse.seen.find((one) => one.epoch === epoch)?.publicKey;
    if (publicKey === undefined) return refuse('conflict');
    const tag = { kind, denom, epoch };
    const items = [];
    for (const one of blinded) {
      const origin = origins[elements.indexOf(one)];
      if (origin === undefined) return refuse('invalid');
      items.push({ origin, ...blindFor(key, origin, purse.market, tag, publicKey) });
    }
    const outputs =
      items.length === 0 ? undefined : outputsOf(items, evaluation, infoOf(purse.market, tag));
    if (outputs === undefined) return refuse('invalid');
    for (const [at, { origin }] of items.entries())
      unsure.push({ ...tag, origin, output: outputs[at]! });
  }
  const next = { ...purse.next };
  if (found.length > 0 && next[series] < act + skipped) next[series] = act + skipped;
  return { ok: true, purse: { ...purse, next, unsure: [...purse.unsure, ...unsure] } };
};

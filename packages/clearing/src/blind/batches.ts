/** Whether what somebody asks to be evaluated is what may be evaluated. Pure. */
import { batchesValue, maxElements } from './tags.ts';
import { isBytes32 } from './texts.ts';
import type { Batch } from './types.ts';

/** Known denominations, each once; no element twice; not too many; and none that is no text of 32 bytes. */
export const isWellFormed = (
  batches: readonly Batch[],
  denominations: readonly bigint[],
): boolean => {
  const denoms = batches.map(({ denom }) => denom);
  const all = batches.flatMap(({ blinded }) => blinded);
  return (
    all.length <= maxElements &&
    new Set(denoms).size === denoms.length &&
    denoms.every((denom) => denominations.includes(denom)) &&
    batches.every(({ blinded }) => blinded.length > 0) &&
    new Set(all).size === all.length &&
    all.every(isBytes32)
  );
};

const countsOf = (batches: readonly Batch[]): ReadonlyMap<bigint, number> =>
  new Map(batches.map(({ denom, blinded }) => [denom, blinded.length]));

const countIn = (pack: readonly bigint[], denom: bigint): number =>
  pack.filter((one) => one === denom).length;

/**
 * Whether the batches are so many of one pack. Somebody who could choose denominations freely would be
 * known again by an unusual choice.
 */
export const arePacks = (
  batches: readonly Batch[],
  packs: readonly (readonly bigint[])[],
): boolean => {
  const counts = countsOf(batches);
  return packs.some((pack) => {
    const value = pack.reduce((sum, one) => sum + one, 0n);
    const times = batchesValue(batches) / value;
    return (
      times > 0n &&
      batchesValue(batches) === times * value &&
      counts.size === new Set(pack).size &&
      pack.every((denom) => counts.get(denom) === countIn(pack, denom) * Number(times))
    );
  });
};

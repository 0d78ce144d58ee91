/** A share of a zone in words (SPEC 0.1, 10): what was counted, and which step gave how much. */
import type { ShelfClaim, ShelfRule, ShelfShare } from './rule-types.ts';
import type { Explained } from './types.ts';

/** Hundredths of a slot, rounded to the nearest. */
const hundredths = (amount: bigint, unit: bigint): bigint => (200n * amount + unit) / (2n * unit);
const decimal = (amount: bigint): string =>
  `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`;
/** Weights are kept in thousandths of a unit. */
const units = (weight: bigint): string => decimal(weight / 10n);

export const explained = (
  zone: string,
  { slots, base, reserve }: ShelfRule,
  claim: ShelfClaim,
  share: ShelfShare,
  unit: bigint,
): Explained => {
  const parts = {
    base: hundredths(share.base, unit),
    reserve: hundredths(share.reserve, unit),
    activity: hundredths(share.activity, unit),
    leftover: hundredths(share.leftover, unit),
  };
  const due = decimal(hundredths(share.due, unit));
  const [a, b, c, d] = [parts.base, parts.reserve, parts.activity, parts.leftover].map(decimal);
  const percent = `${reserve / 10n}.${reserve % 10n}`;
  return {
    ok: true,
    words: {
      en:
        `${zone} has ${slots} slots to give. You asked for ${claim.demand}. ` +
        `Equal foothold, up to ${base} each: ${a}. ` +
        `Kept for newcomers, ${percent} % of the zone: ${b}. ` +
        `By what was sold from here lately, which counts as ${units(claim.weight)} units: ${c}. ` +
        `From what nobody else wanted: ${d}. ` +
        `Together ${due}, in whole slots ${share.slots}.`,
      es:
        `${zone} tiene ${slots} lugares por repartir. Pediste ${claim.demand}. ` +
        `Base igual para todas las personas, hasta ${base}: ${a}. ` +
        `Apartado para quienes llegan, ${percent} % de la zona: ${b}. ` +
        `Por lo que se vendió de aquí últimamente, que cuenta como ${units(claim.weight)} unidades: ${c}. ` +
        `De lo que nadie más quiso: ${d}. ` +
        `En total ${due}, en lugares enteros ${share.slots}.`,
    },
    ...parts,
    slots: share.slots,
  };
};

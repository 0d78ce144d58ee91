/** How much an issuer may have promised and not yet fulfilled (SPEC C7). */

/**
 * The cap follows from what was fulfilled: one begins with the market's base, half of what was kept is
 * added to it, and twice what was broken is taken away. It is never more than four times the base, so
 * that those who redeem from each other for show do not get far.
 *
 * @param base - the charter's `voucherCap`
 * @param kept - worth of redemptions that were accepted; of each epoch at most `base` counts
 * @param broken - worth of those that the issuer refused, let lapse or lost in a dispute
 */
export const capOf = (base: bigint, kept: bigint, broken: bigint): bigint => {
  const most = 4n * base;
  const earned = base + kept / 2n;
  const cap = (earned < most ? earned : most) - 2n * broken;
  return cap > 0n ? cap : 0n;
};

/** What a value of a series is worth in credits, rounded up: promises are not made smaller by cutting them. */
export const worthOf = (
  { worth, size }: { readonly worth: bigint; readonly size: bigint },
  value: bigint,
): bigint => (value * worth + size - 1n) / size;

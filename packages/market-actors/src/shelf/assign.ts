/**
 * Which slot is whose, from what stands there and from how many each may have: pure.
 *
 * A slot belongs to one at a time. What somebody has too many of goes when it is empty, and until then is to
 * be cleared; who has too few gets the lowest that nobody has, in the order of the lot.
 */

export type Held = {
  readonly slot: bigint;
  readonly member: bigint;
  /** Nothing stands there. */
  readonly isEmpty: boolean;
};
export type Target = { readonly member: bigint; readonly slots: bigint; readonly lot: bigint };
export type Assignment = {
  /** Nobody's from now on. */
  readonly freed: readonly bigint[];
  /** Still theirs, and to be cleared. */
  readonly due: readonly bigint[];
  /** Theirs, and no more to be cleared. */
  readonly kept: readonly bigint[];
  readonly given: readonly { readonly slot: bigint; readonly member: bigint }[];
};

const lowest = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * @param usable - slots 1 to this can be given; what stands beyond is to be cleared whoever has it
 * @param targets - of all who may have any, in any order
 */
export const assign = (
  usable: bigint,
  held: readonly Held[],
  targets: readonly Target[],
): Assignment => {
  const wanted = new Map(targets.map(({ member, slots }) => [member, slots]));
  const freed: bigint[] = [];
  const due: bigint[] = [];
  const kept: bigint[] = [];
  const taken = new Set<bigint>();
  // What is in use stays before what is empty, and low slots before high ones.
  const order = held.toSorted((a, b) =>
    a.isEmpty === b.isEmpty ? lowest(a.slot, b.slot) : a.isEmpty ? 1 : -1,
  );
  for (const { slot, member, isEmpty } of order) {
    const left = wanted.get(member) ?? 0n;
    const stays = slot <= usable && left > 0n;
    if (stays) wanted.set(member, left - 1n);
    if (!stays && isEmpty) freed.push(slot);
    else {
      taken.add(slot);
      (stays ? kept : due).push(slot);
    }
  }
  const waiting = targets
    .filter(({ member }) => wanted.get(member)! > 0n)
    .toSorted((a, b) => lowest(a.lot, b.lot));
  const given: { slot: bigint; member: bigint }[] = [];
  let slot = 1n;
  // One each in turn, so that nobody waits for all that another one gets.
  for (let any = true; any;) {
    any = false;
    for (const { member } of waiting) {
      const left = wanted.get(member)!;
      while (slot <= usable && taken.has(slot)) slot += 1n;
      if (left === 0n || slot > usable) continue;
      given.push({ slot, member });
      taken.add(slot);
      wanted.set(member, left - 1n);
      any = true;
    }
  }
  return { freed, due, kept, given };
};

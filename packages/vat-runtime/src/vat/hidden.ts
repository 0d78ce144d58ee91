/**
 * Numbers of what is made in deliveries that are tied to nobody (`linkage.ts`). They begin where those of
 * the others never come, and are counted by themselves: so they tell the order of such deliveries, and
 * not between which others of a known time they were.
 */

/** Of objects: each has a higher one. */
export const hiddenObjects: bigint = 1n << 64n;
/** Of timers and of sends that wait: an exact integer of fifteen digits. */
export const hiddenNumbers = 100_000_000_000_000;

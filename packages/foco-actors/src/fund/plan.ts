/** How a loan without interest is paid back in time (SPEC F6). Pure; all times in milliseconds since 1970. */

export type Plan = {
  /** What is to be paid by this plan: what was still open when it was made. */
  readonly value: bigint;
  readonly instalments: bigint;
  readonly first: bigint;
  /** From one to the next. */
  readonly every: bigint;
};

/** How many instalments were due by now. */
export const dueCount = ({ instalments, first, every }: Plan, now: bigint): bigint => {
  if (now < first) return 0n;
  const count = (now - first) / every + 1n;
  return count < instalments ? count : instalments;
};

/** What should have been paid by now. The last instalment is what rounding left. */
export const dueBy = (plan: Plan, now: bigint): bigint =>
  (plan.value * dueCount(plan, now)) / plan.instalments;

/** When the next instalment is due, and how much is to be paid by then in all; undefined after the last. */
export const nextDue = (
  plan: Plan,
  now: bigint,
): { readonly at: bigint; readonly paid: bigint } | undefined => {
  const count = dueCount(plan, now);
  if (count >= plan.instalments) return undefined;
  const at = plan.first + count * plan.every;
  return { at, paid: dueBy(plan, at) };
};

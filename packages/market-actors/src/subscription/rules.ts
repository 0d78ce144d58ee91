/**
 * What a subscription comes to, period by period (SPEC M6). Pure: time is the number of a period, and each
 * commitment is carried on by one step at each cut-off.
 */

export type Input = { readonly what: string; readonly perUnit: bigint };

/** What a producer states. Times are milliseconds. */
export type Plan = {
  readonly what: string;
  readonly description: string;
  /** Of one piece, for whoever commits from now on. */
  readonly price: bigint;
  /** How many one subscriber may have in each period. */
  readonly least: bigint;
  readonly most: bigint;
  /** When period 0 is delivered, how long a period is, and how long before a delivery orders are made. */
  readonly start: bigint;
  readonly period: bigint;
  readonly cutOff: bigint;
  /** With fewer orders nothing is produced in that period. */
  readonly minimumSubscribers: bigint;
  /** Of one commitment: periods that may be skipped, and that it may be paused for in all. */
  readonly skips: bigint;
  readonly pauses: bigint;
  /** How many periods still come after somebody says that they leave. */
  readonly notice: bigint;
  /** What one piece needs. */
  readonly inputs: readonly Input[];
};

export type Commitment = {
  readonly quantity: bigint;
  /** That of the plan when it was made; it stays. */
  readonly price: bigint;
  /** Periods still to come. 0: over. */
  readonly left: bigint;
  readonly skipsLeft: bigint;
  readonly pausesLeft: bigint;
  readonly isPaused: boolean;
  readonly isLeaving: boolean;
  /** Numbers of periods that are to be skipped. */
  readonly skipping: readonly bigint[];
};

export type Due = 'order' | 'skipped' | 'paused' | 'over';

export const maxPeriods = 53n;

export const commit = (plan: Plan, quantity: bigint, periods: bigint): Commitment => ({
  quantity,
  price: plan.price,
  left: periods,
  skipsLeft: plan.skips,
  pausesLeft: plan.pauses,
  isPaused: false,
  isLeaving: false,
  skipping: [],
});

/** What period `period` is for a commitment, and the commitment after it. */
export const step = (
  commitment: Commitment,
  period: bigint,
): { readonly due: Due; readonly after: Commitment } => {
  const { left, isPaused, pausesLeft, skipping } = commitment;
  if (left === 0n) return { due: 'over', after: commitment };
  // A pause lasts as long as the plan allows, and then ends by itself: a commitment cannot be left by it.
  if (isPaused && pausesLeft > 0n)
    return { due: 'paused', after: { ...commitment, pausesLeft: pausesLeft - 1n } };
  const after = { ...commitment, isPaused: false, left: left - 1n };
  if (!skipping.includes(period)) return { due: 'order', after };
  return {
    due: 'skipped',
    after: { ...after, skipping: skipping.filter((one) => one !== period) },
  };
};

/** When the orders of a period are made. */
export const cutOffOf = ({ start, period, cutOff }: Plan, number: bigint): bigint =>
  start + number * period - cutOff;

export const deliveryOf = ({ start, period }: Plan, number: bigint): bigint =>
  start + number * period;

/** The first period, from `from` on, whose cut-off is still to come. */
export const nextPeriod = (plan: Plan, now: bigint, from: bigint): bigint => {
  const { start, period, cutOff } = plan;
  const past = now - (start - cutOff);
  const next = past < 0n ? 0n : past / period + 1n;
  return next > from ? next : from;
};

/** What a producer needs to know to produce: totals, and nobody's name. */
export type Signal = {
  readonly period: bigint;
  readonly delivery: bigint;
  readonly subscribers: bigint;
  readonly quantity: bigint;
  /** What is sure to be paid for it. */
  readonly income: bigint;
  readonly inputs: readonly { readonly what: string; readonly amount: bigint }[];
};

export const signalOf = (
  plan: Plan,
  period: bigint,
  orders: readonly { readonly quantity: bigint; readonly price: bigint }[],
): Signal => {
  const quantity = orders.reduce((sum, order) => sum + order.quantity, 0n);
  return {
    period,
    delivery: deliveryOf(plan, period),
    subscribers: BigInt(orders.length),
    quantity,
    income: orders.reduce((sum, order) => sum + order.quantity * order.price, 0n),
    inputs: plan.inputs.map(({ what, perUnit }) => ({ what, amount: perUnit * quantity })),
  };
};

/** The coming periods as they are committed now. Who cannot pay at the cut-off falls out then. */
export const outlook = (
  plan: Plan,
  commitments: readonly Commitment[],
  from: bigint,
  count: number,
): Signal[] => {
  const signals: Signal[] = [];
  let now = commitments;
  for (let period = from; signals.length < count; period += 1n) {
    const steps = now.map((commitment) => step(commitment, period));
    const orders = now.filter((_, index) => steps[index]!.due === 'order');
    signals.push(signalOf(plan, period, orders));
    now = steps.map(({ after }) => after);
  }
  return signals;
};

/** `500 g flour` on each line. @returns undefined where a line does not begin with a whole number */
export const readInputs = (text: string): Input[] | undefined => {
  const inputs: Input[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const [, amount, what] = /^([0-9]{1,9})\s+(\S.{0,98})$/.exec(line) ?? [];
    if (amount === undefined || what === undefined || inputs.length === 20) return undefined;
    inputs.push({ what, perUnit: BigInt(amount) });
  }
  return inputs;
};

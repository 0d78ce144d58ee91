/**
 * How the slots of one zone are divided for an epoch (SPEC 7.4): a pure function in exact fractions, so that
 * anybody who has the same inputs finds the same slots.
 */
import { fill } from './filling.ts';
import type { Division, ShelfClaim, ShelfRule, ShelfShare } from './rule-types.ts';

/** Which text of the rule this is. It changes with every change of what the function answers. */
export const shelfRuleVersion = 'SPEC 7.4, 1';

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const total = (numbers: readonly bigint[]): bigint => numbers.reduce((sum, one) => sum + one, 0n);

/** The whole part of a square root. */
const root = (value: bigint): bigint => {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) / 2n;
    if (next >= guess) return guess;
    guess = next;
  }
};

/** With the exponent ½ a weight is its root in thousandths: small producers get more, and splitting pays. */
const weightOf = ({ weight }: ShelfClaim, { isRoot }: ShelfRule): bigint =>
  isRoot ? root(weight * 1_000_000n) : weight;

const assertRule = ({ slots, base, reserve, newcomerCap }: ShelfRule): void => {
  if (slots < 0n || base < 0n || reserve < 0n || reserve > 1000n || newcomerCap < 0n)
    throw RangeError('Cannot divide a zone: slots, base, reserve or cap out of bounds');
};
const assertClaims = (claims: readonly ShelfClaim[]): void => {
  if (claims.some(({ demand, weight, held }) => demand < 0n || weight < 0n || held < 0n))
    throw RangeError('Cannot divide a zone: a demand, weight or holding below zero');
  if (new Set(claims.map(({ lot }) => lot)).size !== claims.length)
    throw RangeError('Cannot divide a zone: two claims with the same lot');
};

/** What the steps gave, all over one denominator, which grows with each step. */
type Running = { readonly steps: readonly (readonly bigint[])[]; readonly unit: bigint };

const scaled = (steps: Running['steps'], by: bigint): bigint[][] =>
  steps.map((step) => step.map((amount) => amount * by));

/** One more step: `water` of what is left goes to these, each up to a ceiling. */
const pour = (
  running: Running,
  water: bigint,
  ceilings: readonly bigint[],
  weights: readonly bigint[],
): Running => {
  const { amounts, scale } = fill(water, ceilings, weights);
  return { steps: [...scaled(running.steps, scale), amounts], unit: running.unit * scale };
};

const given = ({ steps }: Running, i: number): bigint => total(steps.map((step) => step[i]!));

/**
 * Whole slots: the whole parts first, then one each by the largest remainder, a quarter more for whoever
 * would lose a slot that is theirs now, then by lot. What is given is whole in sum, so it comes out even.
 */
const rounded = (
  claims: readonly ShelfClaim[],
  amounts: readonly bigint[],
  unit: bigint,
): bigint[] => {
  const slots = amounts.map((amount) => amount / unit);
  const merit = (i: number): bigint => {
    const rest = 4n * (amounts[i]! % unit);
    return claims[i]!.held > slots[i]! ? rest + unit : rest;
  };
  const order = claims.flatMap((_, i) => (amounts[i]! % unit > 0n ? [i] : []));
  order.sort((i, j) => {
    const [a, b] = [merit(i), merit(j)];
    if (a !== b) return a > b ? -1 : 1;
    return claims[i]!.lot < claims[j]!.lot ? -1 : 1;
  });
  const left = total(amounts) / unit - total(slots);
  for (const i of order.slice(0, Number(left))) slots[i]! += 1n;
  return slots;
};

/**
 * @param claims - of one zone, in any order: nobody's share depends on it
 * @throws RangeError for numbers below zero, a reserve above 1000 per mille, or equal lots
 */
export const divideZone = (rule: ShelfRule, claims: readonly ShelfClaim[]): Division => {
  assertRule(rule);
  assertClaims(claims);
  const { slots, base, reserve, newcomerCap } = rule;
  const ones = claims.map(() => 1n);
  // Half of the zone and a reserve in per mille are whole in this unit.
  let running: Running = { steps: [], unit: 2000n };
  const whole = () => slots * running.unit;
  const left = () => whole() - total(running.steps.map(total));
  const unmet = (of: (claim: ShelfClaim) => bigint) =>
    claims.map((claim, i) => {
      const rest = of(claim) * running.unit - given(running, i);
      return rest > 0n ? rest : 0n;
    });

  running = pour(
    running,
    whole() / 2n,
    unmet(({ demand }) => least(demand, base)),
    ones,
  );
  running = pour(
    running,
    least((whole() * reserve) / 1000n, left()),
    unmet(({ demand, isNewcomer }) => (isNewcomer ? least(demand, newcomerCap) : 0n)),
    ones,
  );
  running = pour(
    running,
    left(),
    unmet(({ demand }) => demand),
    claims.map((claim) => weightOf(claim, rule)),
  );
  running = pour(
    running,
    left(),
    unmet(({ demand }) => demand),
    ones,
  );

  const { steps, unit } = running;
  const amounts = claims.map((_, i) => given(running, i));
  const slotsOf = rounded(claims, amounts, unit);
  const shares = claims.map((_, i): ShelfShare => {
    const [first, second, third, fourth] = steps.map((step) => step[i]!);
    return {
      base: first!,
      reserve: second!,
      activity: third!,
      leftover: fourth!,
      due: amounts[i]!,
      slots: slotsOf[i]!,
    };
  });
  return { unit, shares };
};

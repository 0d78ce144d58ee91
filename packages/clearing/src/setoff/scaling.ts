/** Cost scaling. */
import type { Control } from './control.ts';
import { CancelledError } from './control.ts';
import { makePriceUpdate } from './price-update.ts';
import { makePseudoflow } from './pseudoflow.ts';
import { makeRefine } from './refine.ts';
import type { Residual } from './residual.ts';

/** By how much ε falls from one phase to the next while it is above 1. */
const coarseFactor = 64;

/** The first ε below 1: small enough that prices can nearly always be made whole. */
const fine = 1 / 256;

/** By how much ε falls when they cannot. */
const fineFactor = 16;

/** The ε of each phase. The last is below 1 / n; those after `fine` are seldom needed. */
const epsilonsOf = (largestWeight: number, n: number): number[] => {
  const epsilons: number[] = [];
  let epsilon = 2 ** Math.ceil(Math.log2(largestWeight));
  while (epsilon > 1) {
    epsilon = Math.max(1, epsilon / coarseFactor);
    epsilons.push(epsilon);
  }
  epsilon = fine;
  epsilons.push(epsilon);
  while (epsilon * n >= 1) {
    epsilon /= fineFactor;
    epsilons.push(epsilon);
  }
  return epsilons;
};

/**
 * Makes prices whole, and the flow optimal by them, where ε is small enough for that.
 *
 * If no price has its fraction in some gap of ε, prices shifted so that the gap ends at a whole
 * number can be rounded down: an arc's reduced cost of at least −ε then becomes one of at least 0,
 * as its head is not rounded over a whole number that its tail is not. With ε < 1 / n there always
 * is such a gap, since n prices cannot fill more than n of more places.
 *
 * @returns false where there is no gap; prices are then rounded where the fewest are, which leaves
 * few arcs with a negative reduced cost of −1 for the next phase
 */
const roundPrices = (price: Float64Array, epsilon: number): boolean => {
  const places = 1 / epsilon;
  const taken = new Int32Array(places);
  for (let u = 0; u < price.length; u++) taken[(price[u]! - Math.floor(price[u]!)) * places]!++;
  let gap = 0;
  for (let i = 1; i < places; i++) if (taken[i]! < taken[gap]!) gap = i;
  const shift = 1 - gap / places;
  for (let u = 0; u < price.length; u++) price[u] = Math.floor(price[u]! + shift);
  return taken[gap] === 0;
};

/**
 * Fills the residual network with the circulation of least cost, and answers prices that prove it:
 * no arc with room has a reduced cost, cost + price[tail] − price[head], below zero.
 *
 * Goldberg and Tarjan 1990, "Finding minimum-cost circulations by successive approximation":
 * phases of an ever smaller ε, each of which makes the flow ε-optimal. As the first begins at
 * prices of zero, it begins with everything cleared that is worth something.
 *
 * ε is a power of two, and weights are whole, so prices are multiples of ε and exact up to 2^53 of
 * them. That is why costs are not multiplied by n, as is usual.
 *
 * @throws RangeError where a price would pass that
 */
export const scaleCosts = (residual: Residual, control: Control): Float64Array => {
  let largest = 1;
  const { cost } = residual;
  for (let a = 0; a < cost.length; a++) largest = Math.max(largest, cost[a]!);
  const flow = makePseudoflow(residual, largest);
  const { n, price, excess } = flow;
  const epsilons = epsilonsOf(largest, n);

  // How far it is: phases, and in a phase how many nodes with excess are gone, in whole percents.
  const phases = epsilons.indexOf(fine) + 1;
  let phase = 0;
  let most = 0;
  let percent = 0;
  const watch = (epsilon: number): void => {
    if (control.isCancelled?.() === true) throw new CancelledError();
    const limit = 2 ** 52 * epsilon;
    let left = 0;
    for (let u = 0; u < n; u++) {
      if (excess[u]! > 0) left += 1;
      if (!(Math.abs(price[u]!) < limit)) {
        throw new RangeError(
          'Cannot set off: the weights around a loop sum to more than the solver can add up; use smaller weights',
        );
      }
    }
    most = Math.max(most, left);
    const done = Math.min(99, Math.floor((100 * (phase + 1 - left / (most || 1))) / phases));
    if (done > percent) {
      percent = done;
      control.progress?.(done / 100);
    }
  };

  const updatePrices = makePriceUpdate(flow);
  const refine = makeRefine(flow, (epsilon) => {
    watch(epsilon);
    updatePrices(epsilon);
  });
  for (const epsilon of epsilons) {
    most = 0;
    refine(epsilon);
    watch(epsilon);
    if (epsilon < 1 && roundPrices(price, epsilon)) return price;
    phase += 1;
  }
  throw new Error('Cannot set off: prices could not be made whole, which is a fault of the solver');
};

/** The check of the certificate over columns of exact doubles: as `faultsOfSolution`, and several times as fast. Not for vats. */
import { boundsFault, makeFaults, pricesFault } from './certificate.ts';
import type { Columns } from './circulation.ts';

/** Differences of prices up to this are exact. */
const maxPrice = 2 ** 52;

/**
 * @param columns - as `columnsOf` makes them; their caps sum to 2^53 − 1 at most, so all sums here are exact
 */
export const faultsOfColumns = (
  { n, from, to, cap, weight }: Columns,
  flow: Float64Array,
  price: Float64Array,
): string[] => {
  if (flow.length !== from.length)
    return [`there are ${flow.length} cleared values, not ${from.length}`];
  if (price.length !== n) return [`there are ${price.length} prices, not ${n}`];
  const faults = makeFaults();
  for (let u = 0; u < n; u += 1) {
    if (Number.isInteger(price[u]) && Math.abs(price[u]!) <= maxPrice) continue;
    faults.add(`price ${u} is ${price[u]}, no whole number up to 2^52`);
  }
  const balance = new Float64Array(n);
  for (let edge = 0; edge < from.length; edge += 1) {
    const u = from[edge]!;
    const v = to[edge]!;
    const value = flow[edge]!;
    const max = cap[edge]!;
    const cost = price[u]! - price[v]!;
    const worth = weight[edge]!;
    const isFine =
      value >= 0 &&
      value <= max &&
      (value === 0 || worth >= cost) &&
      (value === max || worth <= cost) &&
      Math.floor(value) === value;
    if (!isFine) {
      const name = `edge ${edge}, from ${u} to ${v},`;
      faults.add(
        boundsFault(name, value, max) ??
          pricesFault(name, value, max, worth, cost) ??
          `${name} clears ${value}, no whole number`,
      );
    }
    balance[u] = balance[u]! - value;
    balance[v] = balance[v]! + value;
  }
  for (let u = 0; u < n; u += 1) {
    const sum = balance[u]!;
    if (sum > 0) faults.add(`participant ${u} loses ${sum} more of claims than of debts`);
    else if (sum !== 0) faults.add(`participant ${u} loses ${-sum} more of debts than of claims`);
  }
  return faults.list();
};

/** Prices across strongly connected components. */
import type { Components } from './components.ts';

type Columns = {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly cap: Float64Array;
  readonly weight: Float64Array;
};

/**
 * Raises the prices of whole components until they also certify the edges between them, which
 * clear nothing and so need weight ≤ price[from] − price[to]. Within a component nothing changes,
 * since only differences count there.
 *
 * Such edges lead to components of lower numbers, so one pass in ascending order is enough.
 *
 * @param price - certifies the edges within components; raised in place
 * @throws RangeError where a price would pass 2^53 − 1
 */
export const priceComponents = (
  { from, to, cap, weight }: Columns,
  { count, of }: Components,
  price: Float64Array,
): void => {
  // Edges between components, and nodes, each in the order of the components where they start.
  const firstEdge = new Int32Array(count + 1);
  const firstNode = new Int32Array(count + 1);
  const crosses = (e: number): boolean => cap[e]! > 0 && of[from[e]!] !== of[to[e]!];
  for (let e = 0; e < from.length; e++) if (crosses(e)) firstEdge[of[from[e]!]! + 1]!++;
  for (let u = 0; u < of.length; u++) firstNode[of[u]! + 1]!++;
  for (let c = 0; c < count; c++) {
    firstEdge[c + 1]! += firstEdge[c]!;
    firstNode[c + 1]! += firstNode[c]!;
  }
  const edges = new Int32Array(firstEdge[count]!);
  const nodes = new Int32Array(of.length);
  const nextEdge = firstEdge.slice(0, count);
  const nextNode = firstNode.slice(0, count);
  for (let e = 0; e < from.length; e++) if (crosses(e)) edges[nextEdge[of[from[e]!]!]!++] = e;
  for (let u = 0; u < of.length; u++) nodes[nextNode[of[u]!]!++] = u;

  for (let c = 0; c < count; c++) {
    let rise = 0;
    for (let i = firstEdge[c]!; i < firstEdge[c + 1]!; i++) {
      const e = edges[i]!;
      rise = Math.max(rise, weight[e]! + price[to[e]!]! - price[from[e]!]!);
    }
    for (let i = firstNode[c]!; i < firstNode[c + 1]!; i++) {
      const u = nodes[i]!;
      price[u]! += rise;
      if (!(Math.abs(price[u]!) <= Number.MAX_SAFE_INTEGER)) {
        throw new RangeError(
          'Cannot set off: the weights along a chain of participants sum to more than 2^53 − 1; use smaller weights',
        );
      }
    }
  }
};

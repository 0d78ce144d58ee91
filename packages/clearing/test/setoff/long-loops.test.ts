/** Loops as long as there are participants: a solver that sees only some way ahead goes on for ever. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { type Columns, faultsOfColumns, solveCirculation } from '@pocas/clearing/setoff';

/** Everybody owes the next `width`, amounts that follow from who owes whom. */
const ring = (n: number, width: number): Columns => {
  const m = n * width;
  const edges = Array.from({ length: m }, (_, i) => i);
  const debtor = (edge: number) => Math.floor(edge / width);
  return {
    n,
    from: Int32Array.from(edges, debtor),
    to: Int32Array.from(edges, (edge) => (debtor(edge) + 1 + (edge % width)) % n),
    cap: Float64Array.from(edges, (edge) => 1 + ((edge * 7_919) % 10_007)),
    weight: new Float64Array(m).fill(1),
  };
};

for (const [n, width] of [
  [4_000, 1],
  [4_000, 2],
  [1_000, 5],
] as const) {
  test(`a ring of ${n}, where everybody owes the next ${width}, takes few steps`, () => {
    const columns = ring(n, width);
    // The solver asks each time that it has looked at all participants, which is what costs.
    let asked = 0;
    const { flow, price } = solveCirculation(columns, {
      isCancelled: () => {
        asked += 1;
        return asked > 100;
      },
    });
    assert.deepEqual(faultsOfColumns(columns, flow, price), []);
    assert.ok(asked > 0);
  });
}

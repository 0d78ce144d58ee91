/** The solver as a power for vats (`Solver` in clearing's round/types.ts). */
import { M } from '@endo/patterns';
import { maxPackedLength } from '@pocas/clearing/setoff';
import { makePower } from '@pocas/vat-runtime/node';
import type { SolverPool } from './solver.ts';

/** As `Solver` of a round: one text in, one out. */
export type SolverPower = { solve(packed: string): Promise<string> };

const SolverI = M.interface('Solver', {
  solve: M.call(M.string({ stringLengthLimit: maxPackedLength })).returns(M.promise()),
});

/**
 * It learns numbers and no names, and whoever is answered checks the certificate, so it is trusted with
 * nothing but its time.
 *
 * @param caller - whose it is: vats with the same one share a place in the queue
 */
export const makeSolverPower = (pool: SolverPool, caller: string): SolverPower =>
  makePower<SolverPower>('Solver', SolverI, {
    solve: (packed) => pool.solvePacked(packed, { caller }),
  });

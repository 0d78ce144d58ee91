import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CancelledError,
  type Problem,
  faultsOfSolution,
  packProblem,
  unpackSolution,
} from '@pocas/clearing/setoff';
import { makeSolverPool, solveInThread } from '#src/solver/solver.js';

const ring: Problem = {
  participants: 3,
  debtors: [0, 1, 2],
  creditors: [1, 2, 0],
  amounts: [100n, 80n, 70n],
  weights: [1n, 1n, 1n],
};

/** One that takes seconds: so many pairs have no order, and much flows everywhere. */
const long = (participants = 20_000, edges = 400_000): Problem => {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const column = <T>(value: () => T) => Array.from({ length: edges }, value);
  return {
    participants,
    debtors: column(() => Math.min(random(participants), random(participants))),
    creditors: column(() => random(participants)),
    amounts: column(() => BigInt(1 + random(1_000_000))),
    weights: column(() => 1n),
  };
};

/** Settles when the problem is under way on the thread. */
const begun = () => {
  let tell = () => {};
  const promise = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return { promise, progress: () => tell() };
};

test('a problem is solved on a thread beside', async () => {
  const solution = await solveInThread(ring);
  assert.deepEqual(faultsOfSolution(ring, solution), []);
  assert.deepEqual(solution.cleared, [70n, 70n, 70n]);
});

test('progress is told, from less to more, up to the whole', async () => {
  const problem = long(500, 5000);
  const pool = makeSolverPool();
  for (const isPacked of [false, true]) {
    const told: number[] = [];
    const progress = (done: number) => void told.push(done);
    if (isPacked) await pool.solvePacked(packProblem(problem), { progress });
    else await pool.solve(problem, { progress });
    assert.ok(told.length > 0);
    assert.ok(told.every((done, i) => done >= (told[i - 1] ?? 0)));
    assert.equal(told.at(-1), 1);
  }
  pool.stop();
});

test('one pool solves many, each answer for its own question, in columns and in texts', async () => {
  const pool = makeSolverPool();
  // As a round of many components asks for all of them at once.
  const sizes = Array.from({ length: 1000 }, (_, i) => BigInt(i + 1));
  const answers = await Promise.all(
    sizes.map(async (size) => {
      const problem = { ...ring, amounts: [1000n, 1000n, size] };
      const { cleared } =
        size % 2n === 0n
          ? await pool.solve(problem)
          : unpackSolution(await pool.solvePacked(packProblem(problem)));
      return cleared[0];
    }),
  );
  assert.deepEqual(answers, sizes);
  pool.stop();
});

test('what cannot be solved is told in the words of the solver, and the next is solved', async () => {
  const pool = makeSolverPool();
  const half = 2n ** 52n;
  await assert.rejects(pool.solve({ ...ring, amounts: [half, half, 1n] }), {
    name: 'RangeError',
    message: /^Cannot solve: the amounts sum to 9007199254740993, more than 2\^53 − 1/,
  });
  await assert.rejects(pool.solve({ ...ring, amounts: [1n] }), /3 debtors and 1 amounts/);
  // However many wait behind something, and are malformed.
  const before = pool.solve(ring);
  const many = Array.from({ length: 15_000 }, () => pool.solve({ ...ring, amounts: [1n] }));
  assert.ok((await Promise.allSettled(many)).every(({ status }) => status === 'rejected'));
  await before;
  await assert.rejects(pool.solvePacked('problem'), {
    name: 'SyntaxError',
    message: /it has 1 lines, not 5/,
  });
  assert.deepEqual((await pool.solve(ring)).cleared, [70n, 70n, 70n]);
  pool.stop();
});

/** How many threads are started while something is done. */
const threadsFor = async (act: () => Promise<void>): Promise<number> => {
  let count = 0;
  const add = () => {
    count += 1;
  };
  process.on('worker', add);
  await act();
  process.off('worker', add);
  return count;
};

test('what is under way is cancelled with its thread, and what waits behind it is solved on another', async () => {
  const pool = makeSolverPool();
  const cancel = new AbortController();
  const threads = await threadsFor(async () => {
    const { promise, progress } = begun();
    const slow = pool.solve(long(), { signal: cancel.signal, progress });
    const next = pool.solve(ring);
    await promise;
    cancel.abort();
    await assert.rejects(slow, CancelledError);
    assert.deepEqual((await next).cleared, [70n, 70n, 70n]);
    await pool.solve(ring);
  });
  assert.equal(threads, 2);
  pool.stop();
});

test('what waits is cancelled without a trace, and what was cancelled before is not begun', async () => {
  const pool = makeSolverPool({ maxWaitingOfCaller: 1000 });
  const slow = new AbortController();
  const first = pool.solve(long(), { signal: slow.signal });
  const cancel = new AbortController();
  const second = pool.solve(ring, { signal: cancel.signal });
  cancel.abort();
  await assert.rejects(second, CancelledError);
  await assert.rejects(pool.solve(ring, { signal: cancel.signal }), CancelledError);
  const third = pool.solve(ring);
  slow.abort();
  await assert.rejects(first, CancelledError);
  assert.deepEqual((await third).cleared, [70n, 70n, 70n]);
  pool.stop();
});

test('what takes too long is ended with its thread', async () => {
  const pool = makeSolverPool({ maxMilliseconds: 50 });
  const threads = await threadsFor(async () => {
    for (let i = 0; i < 2; i += 1) {
      await assert.rejects(pool.solve(long()), {
        name: 'RangeError',
        message: 'Cannot solve: it takes longer than 0.05 seconds',
      });
    }
  });
  assert.equal(threads, 2);
  pool.stop();
});

test('each caller has a bound and a turn', async () => {
  const pool = makeSolverPool({ maxWaitingOfCaller: 2000 });
  const slow = new AbortController();
  const order: string[] = [];
  const ask = async (caller: string, name: string, signal?: AbortSignal) => {
    await pool.solve(name === 'slow' ? long() : ring, {
      caller,
      ...(signal === undefined ? {} : { signal }),
    });
    order.push(name);
  };
  const first = ask('a', 'slow', slow.signal);
  const others = [ask('a', 'a1'), ask('a', 'a2'), ask('b', 'b1')];
  await assert.rejects(ask('a', 'a3'), /3 problems wait already; try again later/);
  slow.abort();
  await assert.rejects(first, CancelledError);
  await Promise.all(others);
  assert.deepEqual(order, ['a1', 'b1', 'a2']);
  pool.stop();
});

test('a stopped pool refuses all', async () => {
  const pool = makeSolverPool();
  const under = pool.solve(long());
  const waiting = pool.solve(ring);
  pool.stop();
  for (const refused of [under, waiting, pool.solve(ring), pool.solvePacked('')]) {
    await assert.rejects(refused, /Cannot solve: the solver was stopped/);
  }
});

test('a listener that fails ends only its own problem', async () => {
  const pool = makeSolverPool();
  const failing = pool.solve(ring, {
    progress() {
      throw Error('no more room on the screen');
    },
  });
  await assert.rejects(failing, /no more room/);
  assert.deepEqual((await pool.solve(ring)).cleared, [70n, 70n, 70n]);
  pool.stop();
});

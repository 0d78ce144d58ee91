import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

const run = (text: string, flags: readonly string[] = []) => {
  const solver = new URL('../../solver/solver.js', import.meta.url).href;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      ...flags,
      ...['--input-type=module', '--eval'],
      `import { makeSolverPool } from '${solver}';
      const ring = { participants: 2, debtors: [0, 1], creditors: [1, 0], amounts: [5n, 4n], weights: [1n, 1n] };
      ${text}`,
    ],
    // Not a wait: a process that does not end is a fault.
    { encoding: 'utf8', timeout: 60_000, cwd: new URL('.', import.meta.url) },
  );
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return stdout.trim();
};

test('an idle thread does not keep a process from its end, and one at work does', () => {
  const text = `const pool = makeSolverPool({ idleMilliseconds: 1e9 });
    console.log((await pool.solve(ring)).cleared.join());
    console.log((await pool.solve(ring)).cleared.join());`;
  assert.equal(run(text), '4,4\n4,4');
});

test('in a process that is locked down it solves, on a thread without the flags of the process', () => {
  const lockdown = import.meta.resolve('@pocas/vat-runtime/lockdown');
  // A worker takes over flags, and would be locked down by this one, which here it does not survive.
  const both = `import '${lockdown}'; import { isMainThread } from 'node:worker_threads'; if (!isMainThread) process.exit(3);`;
  const text = `console.log(Object.isFrozen(Float64Array.prototype));
    const pool = makeSolverPool();
    console.log((await pool.solve(ring)).cleared.join());
    pool.stop();`;
  const preload = `data:text/javascript,${encodeURIComponent(both)}`;
  assert.equal(run(text, ['--import', preload]), 'true\n4,4');
});

test('what the thread loads locks nothing down', () => {
  const setoff = import.meta.resolve('@pocas/clearing/setoff');
  const text = `await import('${setoff}');
    console.log([Float64Array, Array, Object].some(({ prototype }) => Object.isFrozen(prototype)), typeof harden);`;
  assert.equal(run(text), 'false undefined');
});

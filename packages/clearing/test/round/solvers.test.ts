/** Solvers that lie, are slow, or are gone: none of them is believed, and none is waited for by others. */
import {
  type Owed,
  type Solve,
  checkStories,
  firstOf,
  lodgingOf,
  makeStage,
  patience,
  play,
  solveWell,
  those,
} from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { packSolution, solveProblem, unpackProblem, unpackSolution } from '@pocas/clearing/setoff';

const owed: readonly Owed[] = [
  ['Ana', 'Beto', 100n],
  ['Beto', 'Caro', 60n],
  ['Caro', 'Ana', 80n],
];

/** What a solver makes of a good solution. */
const altered =
  (alter: (cleared: bigint[], prices: bigint[]) => void): Solve =>
  (packed) => {
    const { cleared, prices } = solveProblem(unpackProblem(packed));
    const changed = { cleared: [...cleared], prices: [...prices] };
    alter(changed.cleared, changed.prices);
    return packSolution(changed);
  };
const never: Solve = () => new Promise(() => {});

const liars: readonly (readonly [what: string, solve: Solve])[] = [
  ['clears nothing', altered((cleared) => cleared.fill(0n))],
  ['clears one unit less', altered((cleared) => cleared.forEach((v, i) => (cleared[i] = v - 1n)))],
  [
    'clears more than is owed',
    altered((cleared) => cleared.forEach((v, i) => (cleared[i] = v * 2n))),
  ],
  ['favours one', altered((cleared) => (cleared[0] = cleared[0]! + 1n))],
  ['clears less than nothing', altered((cleared) => (cleared[0] = -1n))],
  ['lies about a price', altered((_cleared, prices) => (prices[1] = prices[1]! + 5n))],
  [
    'shifts its prices beyond all measure',
    altered((_c, prices) => prices.forEach((v, i) => (prices[i] = v + 10n ** 30n))),
  ],
  ['leaves out an edge', altered((cleared) => cleared.pop())],
  ['answers nothing', () => undefined],
  ['answers a number', () => 7n],
  ['answers nonsense', () => 'solution\n1 2 x\n'],
  ['answers a very long text', () => `solution\n${'9'.repeat(900_000)}\n`],
  ['answers a long list', () => Array(1000).fill(1n)],
  [
    'throws',
    () => {
      throw Error('no');
    },
  ],
  ['rejects', () => Promise.reject(Error('no'))],
  ['answers the problem', (packed) => packed],
];

for (const [what, solve] of liars) {
  test(`a solver that ${what} is found out, and the next is asked`, async () => {
    const asked: string[] = [];
    const good: Solve = (packed) => {
      asked.push(packed);
      return solveWell(packed);
    };
    const stage = await makeStage(owed, { solvers: [solve, good] });
    await stage.lodge(lodgingOf(owed));
    await stage.close();
    assert.equal(asked.length, 1, 'without waiting for anything');
    await stage.finish();
    assert.equal((await checkStories(stage)).cleared, 180n);
    const reader = await E(stage.convenor).reader();
    const entries = (await E(reader).entries(1n, 50n)) as readonly { kind?: string }[];
    assert.ok(entries.some(({ kind }) => kind === 'unsolved'));
    await stage.stop();
  });
}

test('a solver that says nothing is not waited for', async () => {
  const stage = await makeStage(owed, { solvers: [never, solveWell] });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  assert.equal(those(await stage.told('Ana'), 'propose').length, 0);
  await stage.wait(patience / 4 + 1);
  assert.equal(those(await stage.told('Ana'), 'propose').length, 1);
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 180n);
  await stage.stop();
});

test('a solver that is at work is not asked the same again', async () => {
  let asked = 0;
  const slow: Solve = () => {
    asked += 1;
    return never('');
  };
  const stage = await play(owed, { solvers: [slow] });
  assert.equal(asked, 1);
  await stage.stop();
});

test('an answer that comes late counts as long as the component waits', async () => {
  let answer: (packed: unknown) => void = () => {};
  let problem = '';
  const slow: Solve = (packed) => {
    problem = packed;
    return new Promise((resolve) => {
      answer = resolve;
    });
  };
  const stage = await makeStage(owed, { solvers: [slow, never] });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  await stage.wait(patience / 4 + 1);
  answer(solveWell(problem));
  await stage.node.rest();
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 180n);
  await stage.stop();
});

test('without any solver a component is released within the patience, and its locks end', async () => {
  for (const solve of [never, () => 'a lie'] as const) {
    const stage = await makeStage(owed, { solvers: [solve] });
    await stage.lodge(lodgingOf(owed));
    await stage.close();
    for (let steps = 0; steps < 20; steps += 1) await stage.wait(patience / 20);
    assert.equal((await E(stage.convenor).view()).phase, 'nothing');
    const told = await stage.told('Ana');
    assert.deepEqual(
      told.map(({ what }) => what),
      ['answer', 'freeze', 'drop', 'finish'],
    );
    assert.deepEqual(firstOf(told, 'drop').edges, [0, 2]);
    await stage.stop();
  }
});

test('a question that a restart lost is asked again', async () => {
  let asked = 0;
  const forgetful: Solve = (packed) => {
    asked += 1;
    return asked === 1 ? never('') : solveWell(packed);
  };
  const stage = await makeStage(owed, { solvers: [forgetful] });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  assert.equal(asked, 1);
  await stage.restart();
  await stage.finish();
  assert.equal(asked, 2);
  assert.equal((await checkStories(stage)).cleared, 180n);
  await stage.stop();
});

test('whoever holds the desk may solve, and may not lie', async () => {
  const stage = await makeStage(owed, { solvers: [never] });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  const desk = await E(stage.convenor).desk();
  const open = await E(desk).open(1n);
  assert.deepEqual(
    open.map(({ component, edges }) => [component, edges]),
    [[1, 3n]],
  );
  const asked = await E(desk).problem(1);
  assert.ok(asked.ok);
  assert.doesNotMatch(asked.problem, /Ana|Beto|Caro|origin/);
  const good = solveWell(asked.problem) as string;
  const { cleared, prices } = unpackSolution(good);
  const lie = packSolution({ cleared: cleared.map((v) => v - 1n), prices });
  assert.deepEqual(await E(desk).propose(1, lie), { ok: false, code: 'invalid' });
  assert.deepEqual(await E(desk).propose(1, 'x'), { ok: false, code: 'invalid' });
  assert.deepEqual(await E(desk).propose(2, good), { ok: false, code: 'closed' });
  assert.deepEqual(await E(desk).propose(NaN, good), { ok: false, code: 'closed' });
  assert.deepEqual(await E(desk).propose(1, good), { ok: true });
  assert.deepEqual(await E(desk).propose(1, good), { ok: false, code: 'closed' });
  await stage.node.rest();
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 180n);
  assert.deepEqual(await E(desk).problem(1), { ok: false, code: 'closed' });
  await stage.stop();
});

test('a solver sees numbers, and is asked for each component alone', async () => {
  const problems: string[] = [];
  const curious: Solve = (packed) => {
    problems.push(packed);
    return solveWell(packed);
  };
  const more: readonly Owed[] = [
    ...owed,
    ['Dora', 'Eva', 7n],
    ['Eva', 'Dora', 9n],
    ['Ana', 'Dora', 3n],
  ];
  const stage = await play(more, { solvers: [curious] });
  assert.equal(problems.length, 2);
  assert.deepEqual(problems.map((packed) => unpackProblem(packed).participants).sort(), [2, 3]);
  for (const packed of problems) assert.match(packed, /^problem [0-9 \n-]+$/);
  await stage.stop();
});

test('priorities and lines are weighed: lines are drawn only where they clear more', async () => {
  // Without the line nothing of Beto's debt comes round.
  const network: readonly Owed[] = [
    ['Ana', 'Beto', 50n],
    ['Beto', 'Caro', 50n],
    ['Caro', 'Ana', 20n],
    ['Caro', 'Ana', 100n, { line: true }],
  ];
  const stage = await play(network);
  const { cleared } = await checkStories(stage);
  assert.equal(cleared, 150n);
  const { proposal } = firstOf(await stage.told('Caro'), 'propose');
  assert.deepEqual(
    proposal.rows.map(({ edge, cleared: value, weight }) => [edge, value, weight < 0n]),
    [
      [1, 50n, false],
      [2, 20n, false],
      [3, 30n, true],
    ],
  );
  assert.equal(proposal.totals.cleared, 120n, 'lines are no debt yet');
  await stage.stop();
});

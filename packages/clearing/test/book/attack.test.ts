/** What a coordinator or a neighbour may try, and what it comes to. Each ends with nothing lost. */
import { type Rows, day, makeAttendanceFixture, ring, terms } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Proposal, Row } from '#src/round/types.js';

const names = ['A', 'B', 'C'] as const;
const full = Object.fromEntries(ring.map(({ origin, amount }) => [origin, amount]));

const withRow = (proposal: Proposal, edge: number, change: Partial<Row>): Proposal => ({
  ...proposal,
  rows: proposal.rows.map((row) => (row.edge === edge ? { ...row, ...change } : row)),
});

/** Freezes, proposes, and lets the patience of all pass. @returns what each voted */
const votesOn = async (tell: (rows: Rows) => Rows) => {
  const fixture = await makeAttendanceFixture();
  const { freezeAll, proposals, proposeAll, votes, pass } = fixture;
  await freezeAll();
  await proposeAll(tell(proposals()));
  await pass(terms.patience);
  const said = await Promise.all(names.map(async (name) => (await votes(name)).at(-1)?.refused));
  return { ...fixture, said };
};

/** Nothing was reduced; and once those who voted ready are told, and the time is over, nothing is locked. */
const assertUnharmed = async ({
  agent,
  halves,
  pass,
  stop,
}: Awaited<ReturnType<typeof votesOn>>) => {
  for (const name of names) await E(agent(name)).release(0, 1);
  await pass(terms.lock);
  for (const name of names) {
    for (const [origin, { amount, locked }] of Object.entries(await halves(name))) {
      assert.deepEqual([origin, amount, locked], [origin, full[origin], false], name);
    }
  }
  await stop();
};

test('two stories: another value, another price, another weight, other totals', async () => {
  const stories: ((rows: Rows) => Rows)[] = [
    // A clears 4 around, the others 5: each one's own rows add up.
    (rows) => ({
      ...rows,
      A: withRow(withRow(rows['A']!, 0, { cleared: 4n }), 2, { cleared: 4n }),
    }),
    // All prices of A one higher: its own certificate still holds, its neighbours heard others.
    (rows) => ({
      ...rows,
      A: {
        ...rows['A']!,
        rows: rows['A']!.rows.map((row) => ({
          ...row,
          own: row.own + 1n,
          other: row.other + 1n,
        })),
      },
    }),
    (rows) => ({
      ...rows,
      A: withRow(withRow(rows['A']!, 0, { weight: 3n }), 2, { weight: 3n }),
    }),
    (rows) => ({
      ...rows,
      A: { ...rows['A']!, totals: { ...rows['A']!.totals, cleared: 1n } },
    }),
  ];
  for (const [at, tell] of stories.entries()) {
    const tried = await votesOn(tell);
    const [a, b, c] = tried.said;
    // A's own edges, 0 and 2, are refused at one end at least; nobody refuses the others.
    assert.ok(a!.length > 0 && b!.includes(0) && c!.includes(2), `story ${at}`);
    for (const refused of tried.said) assert.ok(!refused!.some((edge) => edge === 1 || edge === 3));
    await assertUnharmed(tried);
  }
});

test('a ring told as a tree, a root below, an edge that only one end was told is in the tree', async () => {
  const trees: ((rows: Rows) => Rows)[] = [
    (rows) => ({
      A: { ...rows['A']!, parent: 2, children: [0], depth: 1 },
      B: { ...rows['B']!, parent: 0, children: [1], depth: 2 },
      C: { ...rows['C']!, parent: 1, children: [2], depth: 3 },
    }),
    (rows) => ({ ...rows, B: { ...rows['B']!, depth: 2 } }),
    (rows) => ({ ...rows, A: { ...rows['A']!, children: [] } }),
    (rows) => ({ ...rows, A: { ...rows['A']!, children: [0, 2, 3] } }),
    (rows) => ({ ...rows, A: { ...rows['A']!, depth: 1 } }),
  ];
  for (const [at, tell] of trees.entries()) {
    const tried = await votesOn(tell);
    assert.ok(
      tried.said.some((refused) => refused!.length > 0),
      `tree ${at}`,
    );
    await assertUnharmed(tried);
  }
});

test('rows over the cap, below zero, for what was never lodged, twice, that do not add up', async () => {
  const wrong: [(rows: Rows) => Rows, (a: readonly number[]) => boolean][] = [
    [
      (rows) => ({ ...rows, A: withRow(rows['A']!, 0, { cleared: 11n }) }),
      (refused) => refused.includes(0),
    ],
    [
      (rows) => ({ ...rows, A: withRow(rows['A']!, 0, { cleared: -1n }) }),
      (refused) => refused.includes(0),
    ],
    [
      (rows) => ({
        ...rows,
        A: { ...rows['A']!, rows: [...rows['A']!.rows, { ...rows['A']!.rows[0]!, edge: 7 }] },
      }),
      (refused) => refused.includes(7),
    ],
    [
      (rows) => ({
        ...rows,
        A: { ...rows['A']!, rows: [...rows['A']!.rows, rows['A']!.rows[0]!] },
      }),
      (refused) => refused.includes(0) && refused.includes(2),
    ],
    [
      (rows) => ({ ...rows, A: withRow(rows['A']!, 0, { cleared: 6n }) }),
      (refused) => refused.includes(0) && refused.includes(2),
    ],
    [
      (rows) => ({ ...rows, A: withRow(rows['A']!, 0, { weight: 0n }) }),
      (refused) => refused.includes(0),
    ],
  ];
  for (const [at, [tell, isRefused]] of wrong.entries()) {
    const tried = await votesOn(tell);
    assert.ok(isRefused(tried.said[0]!), `rows ${at}: ${tried.said[0]!}`);
    await assertUnharmed(tried);
  }
});

test('what is not the best is refused by the certificate, though all heard the same', async () => {
  const tried = await votesOn((rows) => {
    // One unit less around the large loop; prices as they were.
    const less: Record<number, bigint> = { 0: 4n, 1: 7n, 2: 4n };
    return Object.fromEntries(
      Object.entries(rows).map(([name, proposal]) => [
        name,
        {
          ...proposal,
          rows: proposal.rows.map((row) => ({ ...row, cleared: less[row.edge] ?? row.cleared })),
        },
      ]),
    );
  });
  assert.ok(tried.said.some((refused) => refused!.length > 0));
  await assertUnharmed(tried);
});

test('an old pass, the same pass with other rows, a pass too many, a proposal that is none', async () => {
  const { agent, freezeAll, proposals, proposeAll, stop } = await makeAttendanceFixture();
  await freezeAll();
  await proposeAll(proposals(0, 1));
  await proposeAll(proposals(1, 2));
  const propose = async (component: number, pass: number, change: Partial<Proposal> = {}) => {
    const answer = await E(agent('A')).propose({
      ...proposals(component, pass)['A']!,
      ...change,
    });
    return answer.ok ? 'ok' : answer.code;
  };
  assert.equal(await propose(0, 1), 'stale');
  assert.equal(await propose(5, 1), 'stale');
  assert.equal(await propose(1, 2), 'stale');
  assert.equal(await propose(2, 4), 'invalid');
  assert.equal(await propose(2, 2.5), 'invalid');
  assert.equal(await propose(-1, 3), 'invalid');
  assert.equal(await propose(2, 3, { rows: [] }), 'invalid');
  assert.equal(await propose(2, 3, { depth: Number.NaN }), 'invalid');
  // None of these has voided what stands.
  assert.deepEqual(await E(agent('A')).settle(1, 2), { ok: true });
  await stop();
});

test('freezes of what is another’s, in another version, over the cap, twice, a second time', async () => {
  const { agent, frozenFor, halves, stop } = await makeAttendanceFixture();
  const [ab, ca] = frozenFor('A');
  const tried = [
    { ...ab!, origin: 'cb' },
    { ...ab!, end: 'to' as const },
    { ...ab!, kind: 'line' as const },
    { ...ab!, version: 2n },
    { ...ab!, max: 11n },
    { ...ab!, max: 0n },
    { ...ab!, edge: 1.5 },
    { ...ab!, edge: -1 },
  ];
  const frozen = tried.map((one, at) => ({
    ...one,
    edge: Number.isInteger(one.edge) && one.edge >= 0 ? 10 + at : one.edge,
  }));
  const answer = await E(agent('A')).freeze(
    [...frozen, ca!, { ...ca!, edge: 30 }, { ...ab!, edge: ca!.edge }],
    terms.lock,
  );
  assert.ok(answer.ok);
  // All but one: the second of one origin and the second of one number too.
  assert.deepEqual(answer.refused, [...frozen.map(({ edge }) => edge), 30, ca!.edge]);
  assert.equal((await halves('A'))['ab']!.locked, false);
  assert.deepEqual(await E(agent('A')).freeze([ab!], terms.lock), { ok: false, code: 'closed' });
  await stop();
});

test('no more is locked than was lodged, and in no other version, though the half would have it', async () => {
  const debts = ring.map((debt) => ({ ...debt, cap: 3n }));
  const { bench, agent, frozenFor, stop } = await makeAttendanceFixture({ debts });
  const [ab, ca] = frozenFor('A');
  // It has changed since, and the coordinator knows.
  await E(bench).change('A', 'ca');
  const answer = await E(agent('A')).freeze(
    [
      { ...ab!, max: 4n },
      { ...ca!, version: 2n, max: 3n },
    ],
    terms.lock,
  );
  assert.deepEqual(answer, { ok: true, refused: [ab!.edge, ca!.edge] });
  await stop();
});

test('a lock is no longer than the terms say, whatever a coordinator asks', async () => {
  const { agent, frozenFor, halves, pass, stop } = await makeAttendanceFixture();
  await E(agent('A')).freeze(frozenFor('A'), 1000n * day);
  await pass(terms.lock);
  assert.equal((await halves('A'))['ab']!.locked, false);
  await stop();
});

test('a coordinator that settles without a vote, another pass, twice, or after a release', async () => {
  const { bench, agent, freezeAll, proposals, halves, rest, stop } = await makeAttendanceFixture();
  await freezeAll();
  const settle = async (name: string, component = 0, pass = 1) => {
    const answer = await E(agent(name)).settle(component, pass);
    return answer.ok ? 'ok' : answer.code;
  };
  const rows = proposals();
  assert.equal(await settle('A'), 'notYet');
  await E(agent('A')).propose(rows['A']!);
  assert.equal(await settle('A'), 'notYet', 'its neighbours have not spoken');
  await E(agent('B')).propose(rows['B']!);
  await E(agent('C')).propose(rows['C']!);
  await rest();
  assert.equal(await settle('A', 0, 2), 'notYet');
  assert.equal(await settle('A', 1, 1), 'notYet');
  assert.equal((await halves('A'))['ab']!.amount, 10n);
  assert.equal(await settle('A'), 'ok');
  assert.equal(await settle('A'), 'ok');
  assert.equal((await halves('A'))['ab']!.amount, 5n);
  assert.deepEqual(await E(agent('A')).release(0, 1), { ok: false, code: 'conflict' });
  await E(agent('B')).release(0, 1);
  assert.equal(await settle('B'), 'conflict');
  assert.equal((await halves('B'))['ab']!.amount, 10n);
  assert.equal((await E(bench).explain('B')).oddities.length, 1);
  assert.ok((await E(bench).explain('A')).oddities.length >= 4);
  await stop();
});

test('edges on which a decision is under way are not dropped', async () => {
  const { agent, freezeAll, proposals, proposeAll, halves, stop } = await makeAttendanceFixture();
  await freezeAll();
  await proposeAll(proposals(0, 1, ['cb']));
  assert.deepEqual(await E(agent('B')).drop([3, 0]), { ok: false, code: 'conflict' });
  const { ab, cb } = await halves('B');
  assert.deepEqual([ab!.locked, cb!.locked], [true, true]);
  assert.deepEqual(await E(agent('B')).drop([3, 99, 0.5, -1]), { ok: true });
  assert.equal((await halves('B'))['cb']!.locked, false);
  await stop();
});

test('a pass is voted on by nobody once an edge of it was dropped', async () => {
  const { bench, agent, freezeAll, proposals, votes, pass, rest, stop } =
    await makeAttendanceFixture();
  await freezeAll();
  const rows = proposals();
  await E(agent('A')).propose(rows['A']!);
  await E(agent('A')).drop([0]);
  await E(agent('B')).propose(rows['B']!);
  await E(agent('C')).propose(rows['C']!);
  await pass(terms.patience);
  await rest();
  assert.deepEqual(await votes('A'), []);
  assert.deepEqual((await E(bench).explain('A')).inDoubt, false);
  await stop();
});

test('a later pass that comes after the lock’s end voids the one before and leaves no lock', async () => {
  const { agent, freezeAll, proposals, proposeAll, halves, pass, stop } =
    await makeAttendanceFixture();
  await freezeAll();
  await proposeAll(proposals(0, 1));
  await pass(terms.lock);
  assert.equal((await halves('A'))['ab']!.locked, true, 'bound');
  assert.deepEqual(await E(agent('A')).propose(proposals(1, 2)['A']!), {
    ok: false,
    code: 'expired',
  });
  assert.equal((await halves('A'))['ab']!.locked, false);
  await stop();
});

test('a neighbour that lies costs the edges with it, and nobody else’s', async () => {
  const fixture = await makeAttendanceFixture();
  const { bench, agent, freezeAll, proposals, votes, rest } = fixture;
  await freezeAll();
  const rows = proposals();
  await E(bench).mute('A', 'B');
  for (const name of names) await E(agent(name)).propose(rows[name]!);
  await rest();
  // The cast says what rows hold; see attendance-types.ts.
  const said = (await E(bench).lost('A', 'B')) as {
    rows: { rows: { cleared: bigint }[] };
  };
  const lie = {
    ...said,
    rows: { ...said.rows, rows: said.rows.rows.map((row) => ({ ...row, cleared: 4n })) },
  };
  await E(bench).say('A', 'B', lie);
  await rest();
  assert.deepEqual(await votes('B'), [{ component: 0, pass: 1, refused: [0] }]);
  // What it says later changes nothing of what was voted.
  await E(bench).say('A', 'B', said);
  await rest();
  assert.equal((await votes('B')).length, 1);
  await assertUnharmed({ ...fixture, said: [] });
});

test('a neighbour that says nothing, or no rows at all, costs the edges with it', async () => {
  const fixture = await makeAttendanceFixture();
  const { bench, agent, freezeAll, proposals, votes, pass, rest } = fixture;
  await freezeAll();
  const rows = proposals();
  await E(bench).mute('A', 'B');
  for (const name of names) await E(agent(name)).propose(rows[name]!);
  const { tag } = terms;
  for (const nonsense of [7n, { tag }, { tag, kind: 'rows', rows: { component: 0, pass: 1 } }]) {
    assert.deepEqual(await E(bench).say('A', 'B', nonsense), { ok: false, code: 'invalid' });
  }
  await rest();
  assert.deepEqual(await votes('B'), []);
  await pass(terms.patience / 2n);
  assert.deepEqual(await votes('B'), [{ component: 0, pass: 1, refused: [0] }]);
  await assertUnharmed({ ...fixture, said: [] });
});

test('no neighbour ends a lock, or settles, before the own patience is over', async () => {
  const { bench, freezeAll, proposals, proposeAll, halves, votes, rest, stop } =
    await makeAttendanceFixture();
  await freezeAll();
  await proposeAll(proposals());
  assert.equal((await votes('A'))[0]!.refused.length, 0);
  const { tag } = terms;
  for (const said of ['settle', 'release', 'told', 'promised', 'asks']) {
    for (const from of ['B', 'C']) {
      await E(bench).say(from, 'A', { tag, kind: 'succession', component: 0, pass: 1, said });
    }
  }
  await rest();
  assert.deepEqual(await halves('A'), {
    ab: { amount: 10n, locked: true },
    ca: { amount: 5n, locked: true },
  });
  await stop();
});

test('who is no neighbour in this round is not heard, and nobody’s older word replaces a newer one', async () => {
  const debts = [
    ...ring,
    { origin: 'cd', kind: 'obligation', from: 'C', to: 'D', amount: 1n },
  ] as const;
  const { bench, freezeAll, proposals, proposeAll, halves, stop } = await makeAttendanceFixture({
    names: ['A', 'B', 'C', 'D'],
    debts,
  });
  await freezeAll();
  const { tag } = terms;
  const totals = { participants: 3n, lodged: 1n, cleared: 1n };
  const said = (pass: number) => ({
    tag,
    kind: 'rows',
    rows: { component: 0, pass, totals, depth: 0, rows: [] },
  });
  assert.deepEqual(await E(bench).say('D', 'A', said(1)), { ok: false, code: 'closed' });
  assert.deepEqual(await E(bench).say('B', 'A', said(2)), { ok: true });
  assert.deepEqual(await E(bench).say('B', 'A', said(1)), { ok: false, code: 'stale' });
  assert.deepEqual(await E(bench).say('B', 'A', said(9)), { ok: false, code: 'invalid' });
  await proposeAll(proposals());
  const release = { tag, kind: 'succession', component: 0, pass: 1, said: 'release' };
  await E(bench).succeed('A');
  assert.deepEqual(await E(bench).say('D', 'A', release), { ok: false, code: 'closed' });
  assert.equal((await halves('A'))['ab']!.locked, true);
  await stop();
});

test('a release of a pass that is over ends no lock that went on into a later one', async () => {
  const { agent, freezeAll, proposals, proposeAll, halves, stop } = await makeAttendanceFixture();
  await freezeAll();
  await proposeAll(proposals(0, 1));
  await proposeAll(proposals(1, 2));
  assert.deepEqual(await E(agent('B')).release(0, 1), { ok: true });
  assert.equal((await halves('B'))['ab']!.locked, true);
  assert.deepEqual(await E(agent('B')).settle(1, 2), { ok: true });
  assert.equal((await halves('B'))['ab']!.amount, 5n);
  await stop();
});

test('of what a settled component leaves whole nothing is applied', async () => {
  const debts = [
    { origin: 'one', kind: 'obligation', from: 'A', to: 'B', amount: 10n },
    { origin: 'two', kind: 'obligation', from: 'A', to: 'B', amount: 10n },
    { origin: 'three', kind: 'obligation', from: 'B', to: 'A', amount: 4n },
  ] as const;
  const { bench, agent, freezeAll, proposals, proposeAll, halves, stop } =
    await makeAttendanceFixture({ names: ['A', 'B'], debts });
  await freezeAll();
  const rows = proposals();
  const left = rows['A']!.rows.filter(({ cleared }) => cleared === 0n);
  assert.equal(left.length, 1);
  await proposeAll(rows);
  assert.deepEqual(await E(agent('A')).settle(0, 1), { ok: true });
  const { origin } = debts[left[0]!.edge]!;
  assert.deepEqual((await halves('A'))[origin], { amount: 10n, locked: false });
  const { oddities, rows: explained } = await E(bench).explain('A');
  assert.deepEqual(oddities, []);
  assert.equal(explained.find((row) => row.origin === origin)!.why, 'left');
  await stop();
});

test('a vote that was not taken binds nobody: the lock ends by its time', async () => {
  const { bench, freezeAll, proposals, proposeAll, halves, pass, stop } =
    await makeAttendanceFixture();
  await freezeAll();
  await E(bench).breakSeat('A');
  await proposeAll(proposals());
  assert.equal((await E(bench).explain('A')).inDoubt, false);
  assert.equal((await E(bench).explain('B')).inDoubt, true);
  await pass(terms.lock);
  assert.equal((await halves('A'))['ab']!.locked, false);
  assert.equal((await halves('B'))['ab']!.locked, true);
  await stop();
});

test('a later pass is compared anew, though it has the same number', async () => {
  const { agent, freezeAll, proposals, proposeAll, votes, rest, stop } =
    await makeAttendanceFixture();
  await freezeAll();
  await proposeAll(proposals(0, 1));
  await E(agent('A')).propose(proposals(0, 2)['A']!);
  await rest();
  // What the neighbours said was of the pass before.
  assert.equal((await votes('A')).length, 1);
  await E(agent('B')).propose(proposals(0, 2)['B']!);
  await E(agent('C')).propose(proposals(0, 2)['C']!);
  await rest();
  assert.deepEqual((await votes('A')).at(-1), { component: 0, pass: 2, refused: [] });
  await stop();
});

test('of a component only those in it are heard', async () => {
  const debts = [
    { origin: 'ab', kind: 'obligation', from: 'A', to: 'B', amount: 4n },
    { origin: 'ba', kind: 'obligation', from: 'B', to: 'A', amount: 4n },
    { origin: 'ac', kind: 'obligation', from: 'A', to: 'C', amount: 4n },
    { origin: 'ca', kind: 'obligation', from: 'C', to: 'A', amount: 4n },
  ] as const;
  const { bench, agent, freezeAll, proposals, votes, rest, stop } = await makeAttendanceFixture({
    debts,
  });
  await freezeAll();
  const rows = proposals(0, 1, ['ac', 'ca']);
  for (const name of ['A', 'B']) await E(agent(name)).propose(rows[name]!);
  await rest();
  assert.deepEqual((await votes('A'))[0]!.refused, []);
  await E(bench).succeed('A');
  const said = { tag: terms.tag, kind: 'succession', component: 0, pass: 1, said: 'release' };
  assert.deepEqual(await E(bench).say('C', 'A', said), { ok: false, code: 'closed' });
  assert.equal((await E(bench).explain('A')).split, false);
  await stop();
});

/** What a convenor can do, and what it cannot; what is told to whom. */
import {
  type Owed,
  type Stage,
  checkStories,
  firstOf,
  lodgingOf,
  makeStage,
  patience,
  play,
  those,
} from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { verifyEntries } from '@pocas/vat-runtime/verify';
import type { Seat } from '#src/round/types.js';

const owed: readonly Owed[] = [
  ['Ana', 'Beto', 100n],
  ['Beto', 'Caro', 60n],
  ['Caro', 'Ana', 80n],
  ['Dora', 'Eva', 7n],
  ['Eva', 'Dora', 9n],
];
const closed = { ok: false, code: 'closed' };

const whatOf = async (stage: Stage, name: string): Promise<string[]> =>
  (await stage.told(name)).map(({ what }) => what).filter((what) => what !== 'answer');

test('a round that is cancelled while lodging is open changes nothing', async () => {
  const stage = await makeStage(owed);
  await stage.lodge(lodgingOf(owed));
  assert.deepEqual(await E(stage.convenor).cancel(), { ok: true });
  await stage.node.rest();
  assert.deepEqual(await whatOf(stage, 'Ana'), ['finish']);
  assert.equal(firstOf(await stage.told('Ana'), 'finish').report.outcome, 'cancelled');
  assert.deepEqual(await E(stage.convenor).cancel(), { ok: true });
  assert.deepEqual(await E(stage.convenor).closeLodging(), closed);
  assert.deepEqual(await E(await stage.seat('Ana')).leave(), closed);
  await stage.wait(30 * patience);
  assert.equal((await E(stage.convenor).view()).phase, 'cancelled');
  await stage.stop();
});

test('a round that is cancelled while locks are asked for drops them all', async () => {
  const stage = await makeStage(owed, { scripts: { Beto: { freeze: 'never' } } });
  await stage.lodge(lodgingOf(owed));
  await E(stage.convenor).closeLodging();
  assert.deepEqual(await E(stage.convenor).cancel(), { ok: true });
  await stage.node.rest();
  for (const name of stage.names) {
    assert.deepEqual(await whatOf(stage, name), ['freeze', 'drop', 'finish'], name);
  }
  await stage.stop();
});

test('a round that is cancelled while it is voted on releases all, once', async () => {
  const stage = await makeStage(owed, {
    scripts: { Beto: { vote: 'none' }, Dora: { vote: 'none' } },
  });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  assert.deepEqual(await E(stage.convenor).cancel(), { ok: true });
  await stage.node.rest();
  for (const name of stage.names) {
    assert.deepEqual(await whatOf(stage, name), ['freeze', 'propose', 'release', 'finish'], name);
  }
  assert.equal((await checkStories(stage)).cleared, 0n);
  // What was waited for when it was cancelled is waited for no more.
  for (let i = 0; i < 30; i += 1) await stage.wait(patience / 10);
  for (const name of stage.names) assert.equal((await whatOf(stage, name)).length, 4, name);
  const { control } = await E(stage.troupe).find('Beto');
  await E(control).vote(1, 1, []);
  await stage.node.rest();
  assert.deepEqual(those(await stage.told('Beto'), 'answer').at(-1)!.answer, closed);
  await stage.stop();
});

test('once a component is settled, nobody cancels the others either', async () => {
  const stage = await makeStage(owed, { scripts: { Dora: { vote: 'none' } } });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  assert.deepEqual(await whatOf(stage, 'Ana'), ['freeze', 'propose', 'settle']);
  assert.deepEqual(await E(stage.convenor).cancel(), closed);
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 180n);
  assert.deepEqual(await E(stage.convenor).cancel(), closed);
  await stage.stop();
});

test('an invitation is made once for each request, and travels as a text', async () => {
  const stage = await makeStage(owed);
  const { convenor, node } = stage;
  const { secret } = (await E(convenor).inviteLink('Fito', 'fito')) as { secret: string };
  const seat = (await E(node.enlivener).enliven(secret)) as Seat;
  assert.equal(await E(convenor).invite('Fito', 'fito'), seat);
  assert.equal(((await E(seat).view()) as { label: string }).label, 'Fito');
  assert.equal((await E(convenor).view()).invited, 6n);
  const { tag, lock, maxPasses } = await E(seat).terms();
  assert.match(tag, /^[0-9a-f]{64}$/);
  assert.deepEqual([lock, maxPasses], [8n * BigInt(patience), 3]);
  await stage.stop();
});

test('terms that nobody could keep are refused', async () => {
  for (const params of [
    { lodging: 0n },
    { patience: 0n },
    { lock: 6n * BigInt(patience) },
    { maxPasses: 4 },
    { maxPasses: 0 },
    { seed: 'short' },
    { title: '' },
    { unit: '' },
  ]) {
    await assert.rejects(async () => makeStage(owed, { params }), /Cannot announce a round/);
  }
});

test('the convenor sees who takes part and who is silent, and no amounts', async () => {
  const stage = await play(owed, { scripts: { Beto: { vote: 'none' } } });
  const view = await E(stage.convenor).view();
  assert.deepEqual(
    view.seats.map(({ label, stage: at }) => `${label} ${at}`),
    ['Ana out', 'Beto silent', 'Caro out', 'Dora settled', 'Eva settled'],
  );
  assert.deepEqual(await E(stage.convenor).seats(5n), [{ label: 'Eva', stage: 'settled' }]);
  assert.deepEqual(
    (await E(stage.convenor).components(1n)).map(({ phase, participants }) => [
      phase,
      participants,
    ]),
    [
      ['released', 3n],
      ['settled', 2n],
    ],
  );
  assert.deepEqual(view.totals, {
    participants: 5n,
    edges: 5n,
    lodged: 256n,
    cleared: 14n,
    satOut: 3n,
  });
  assert.equal(JSON.stringify(view.seats).includes('100'), false);
  await stage.stop();
});

test('a participant hears of its own edges, of its neighbours’ prices, and of totals', async () => {
  const stage = await play(owed);
  for (const name of stage.names) {
    const told = await stage.told(name);
    const own = new Set(firstOf(told, 'freeze').frozen.map(({ edge }) => edge));
    const { proposal } = firstOf(told, 'propose');
    const { report } = firstOf(told, 'finish');
    for (const { edge } of proposal.rows) assert.ok(own.has(edge));
    for (const { owes, isOwed } of report.loops) assert.ok(own.has(owes) && own.has(isOwed));
    const text = JSON.stringify(told, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
    for (const other of stage.names) assert.equal(text.includes(other), false);
  }
  await stage.stop();
});

test('the journal is a chain that anybody checks, with numbers and nobody’s name', async () => {
  const stage = await play(owed, { scripts: { Beto: { vote: 'none' } } });
  const reader = await E(stage.convenor).reader();
  const entries = await E(reader).entries(1n, 100n);
  assert.deepEqual(
    entries.map((entry) => ('kind' in entry ? entry.kind : 'hidden')),
    ['frozen', 'proposed', 'proposed', 'settled', 'released', 'finished'],
  );
  const head = await E(reader).head();
  assert.deepEqual(verifyEntries(entries, head), { ok: true });
  const text = JSON.stringify(entries, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  for (const name of stage.names) assert.equal(text.includes(name), false);
  await stage.stop();
});

test('whoever recalls is paid along what remains, and both ends are told', async () => {
  const stage = await makeStage(owed);
  const wishes = { Ana: { recall: 0n, pays: 1000n }, Beto: { recall: 30n, pays: 0n } };
  await stage.lodge(lodgingOf(owed), wishes);
  await stage.close();
  await stage.finish();
  // Ana owes Beto 40 and is owed 20 after the round; Beto is owed 40 on balance and recalls 30.
  const paid = async (name: string) => firstOf(await stage.told(name), 'finish').report.payments;
  assert.deepEqual(await paid('Ana'), [{ edge: 0, value: 20n }]);
  assert.deepEqual(await paid('Beto'), [{ edge: 0, value: 20n }]);
  assert.deepEqual(await paid('Caro'), []);
  await stage.stop();
});

test('a participant that says others decided is heard for itself alone', async () => {
  const stage = await makeStage([...owed, ['Ana', 'Caro', 30n]], {
    scripts: { Beto: { vote: 'none' } },
  });
  await stage.lodge(lodgingOf([...owed, ['Ana', 'Caro', 30n]]));
  await stage.close();
  const { component, pass } = firstOf(await stage.told('Beto'), 'propose').proposal;
  const beto = await stage.seat('Beto');
  assert.deepEqual(await E(beto).succeeded(component, 9, 'settle'), { ok: false, code: 'invalid' });
  assert.deepEqual(await E(beto).succeeded(component, pass, 'settle'), { ok: true });
  await stage.node.rest();
  await stage.finish();
  const { cleared, settled } = await checkStories(stage);
  assert.deepEqual(settled, ['Ana', 'Caro', 'Dora', 'Eva']);
  assert.equal(cleared, 74n);
  const entries = await E(await E(stage.convenor).reader()).entries(1n, 100n);
  const facts = entries.flatMap((entry) =>
    'kind' in entry && entry.kind === 'contradiction' ? [entry.facts] : [],
  );
  assert.deepEqual(facts, [
    { seat: 2n, component: 1n, pass: 1n, outcome: 'settle', here: 'undecided' },
  ]);
  await stage.stop();
});

test('with one who voted, and then heard the others in the coordinator’s place, nothing is settled', async () => {
  const network: readonly Owed[] = [...owed, ['Ana', 'Caro', 30n]];
  const stage = await makeStage(network, { scripts: { Caro: { vote: 'none', until: 1 } } });
  await stage.lodge(lodgingOf(network));
  await stage.close();
  const { component, pass } = firstOf(await stage.told('Beto'), 'propose').proposal;
  assert.equal((await E(stage.convenor).components(1n))[0]!.missing, 1n);
  assert.deepEqual(await E(await stage.seat('Beto')).succeeded(component, pass, 'release'), {
    ok: true,
  });
  const { control } = await E(stage.troupe).find('Caro');
  await E(control).vote(component, pass, []);
  await stage.node.rest();
  await stage.finish();
  const { settled } = await checkStories(stage);
  assert.deepEqual(settled, ['Ana', 'Caro', 'Dora', 'Eva']);
  await stage.stop();
});

test('what participants decided in the coordinator’s place is recorded, and a contradiction is shown', async () => {
  const stage = await play(owed);
  const { component, pass } = firstOf(await stage.told('Ana'), 'propose').proposal;
  const [ana, beto] = [await stage.seat('Ana'), await stage.seat('Beto')];
  assert.deepEqual(await E(ana).succeeded(component, pass, 'settle'), { ok: true });
  assert.deepEqual(await E(beto).succeeded(component, pass, 'release'), { ok: true });
  const entries = await E(await E(stage.convenor).reader()).entries(1n, 100n);
  const kinds = entries.map((entry) => ('kind' in entry ? entry.kind : 'hidden'));
  assert.deepEqual(kinds.slice(-2), ['succeeded', 'contradiction']);
  assert.equal((await E(stage.convenor).view()).contradictions, 1n);
  await stage.stop();
});

test('where only lines come round, nothing is proposed, and their locks end', async () => {
  const lines: readonly Owed[] = [
    ['Ana', 'Beto', 10n, { line: true }],
    ['Beto', 'Ana', 10n, { line: true }],
  ];
  const stage = await play(lines);
  assert.deepEqual(await whatOf(stage, 'Ana'), ['freeze', 'drop', 'finish']);
  assert.equal((await E(stage.convenor).view()).phase, 'nothing');
  await stage.stop();
});

test('what is in no loop is dropped before anything is proposed', async () => {
  const network: readonly Owed[] = [...owed, ['Ana', 'Dora', 3n]];
  const stage = await play(network);
  assert.deepEqual(await whatOf(stage, 'Ana'), ['freeze', 'drop', 'propose', 'settle', 'finish']);
  assert.deepEqual(firstOf(await stage.told('Ana'), 'drop').edges, [5]);
  await stage.stop();
});

/** What it costs others when a participant crashes, refuses, lies or is late, at each step. */
import {
  type Owed,
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
import type { Script } from './troupe-vat.ts';

/** Beto is in a loop with Ana and Caro, who have one without him; Dora and Eva are among themselves. */
const owed: readonly Owed[] = [
  ['Ana', 'Beto', 100n],
  ['Beto', 'Caro', 60n],
  ['Caro', 'Ana', 80n],
  ['Ana', 'Caro', 30n],
  ['Dora', 'Eva', 7n],
  ['Eva', 'Dora', 9n],
];
const everything = 60n * 3n + 20n * 2n + 14n;
const without = 30n * 2n + 14n;

const costs = (what: string, Beto: Script, cleared: bigint, stageOf = 'silent'): void => {
  test(`one who ${what} costs others no more than its own edges`, async () => {
    const stage = await play(owed, { scripts: { Beto } });
    const result = await checkStories(stage);
    assert.equal(result.cleared, cleared);
    assert.ok(result.settled.includes('Dora') && result.settled.includes('Ana'));
    const { seats } = await E(stage.convenor).view();
    assert.equal(seats.find(({ label }) => label === 'Beto')!.stage, stageOf);
    await stage.stop();
  });
};

costs('locks nothing', { freeze: 'refuse all' }, without, 'out');
costs('does not lock one edge', { freeze: 'refuse first' }, without, 'out');
costs('refuses to lock', { freeze: 'refusal' }, without);
costs('throws when it should lock', { freeze: 'throw' }, without);
costs('never answers whether it locks', { freeze: 'never' }, without);
costs('answers nonsense when it should lock', { freeze: 'garbage' }, without);
costs('does not lock the edges of others', { freeze: 'foreign' }, without);
costs('answers a huge list when it should lock', { freeze: 'huge' }, without);
costs('refuses a proposal', { propose: 'refusal' }, without);
costs('throws at a proposal', { propose: 'throw' }, without);
costs('never answers a proposal', { propose: 'never' }, without);
costs('answers nonsense to a proposal', { propose: 'garbage' }, without);
costs(
  'votes, and then refuses the proposal it voted on',
  { propose: 'vote, then refusal' },
  everything,
  'settled',
);
costs('does not vote', { vote: 'none' }, without);
costs('refuses one edge', { vote: 'refuse first' }, without, 'out');
costs('refuses all its edges', { vote: 'refuse all' }, without, 'out');
costs('votes on an edge of others', { vote: 'foreign edge' }, without);
costs('votes on another component', { vote: 'other component' }, without);
costs('votes nonsense', { vote: 'garbage' }, without);
costs('refuses, and then is ready', { vote: 'refuse, then ready' }, without, 'out');
costs('is ready, and then refuses', { vote: 'ready, then refuse' }, everything, 'settled');
costs(
  'refuses when it should carry out a decision',
  { decision: 'refusal' },
  everything,
  'settled',
);
costs('never answers a decision', { decision: 'never' }, everything, 'settled');
costs('answers nonsense to a decision', { decision: 'garbage' }, everything, 'settled');

test('whoever says two different things in a pass is held to the first', async () => {
  for (const [vote, answers] of [
    ['refuse, then ready', [{ ok: true }, { ok: true }, { ok: false, code: 'conflict' }]],
    ['ready, then refuse', [{ ok: true }, { ok: true }, { ok: false, code: 'conflict' }]],
  ] as const) {
    const stage = await makeStage(owed, { scripts: { Beto: { vote }, Caro: { vote: 'none' } } });
    await stage.lodge(lodgingOf(owed));
    await stage.close();
    const said = those(await stage.told('Beto'), 'answer').map(({ answer }) => answer as unknown);
    assert.deepEqual(said, answers);
    await stage.stop();
  }
});

test('a vote that is none of its voter’s says so, and leaves room for a better one', async () => {
  for (const vote of ['foreign edge', 'garbage', 'other component'] as const) {
    const stage = await makeStage(owed, { scripts: { Beto: { vote } } });
    await stage.lodge(lodgingOf(owed));
    await stage.close();
    const { component, pass } = firstOf(await stage.told('Beto'), 'propose').proposal;
    const { control } = await E(stage.troupe).find('Beto');
    await E(control).vote(component, pass, []);
    await stage.node.rest();
    const said = those(await stage.told('Beto'), 'answer').map(({ answer }) => answer as unknown);
    assert.deepEqual(said, [{ ok: true }, { ok: false, code: 'invalid' }, { ok: true }]);
    assert.equal((await checkStories(stage)).cleared, everything);
    await stage.stop();
  }
});

test('a vote that is repeated counts once, and its repetition is answered the same', async () => {
  const scripts = { Beto: { vote: 'ready, three times' } } as const;
  const stage = await makeStage(owed, { scripts: { ...scripts, Caro: { vote: 'none' } } });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  const said = those(await stage.told('Beto'), 'answer').map(({ answer }) => answer as unknown);
  assert.deepEqual(said, [{ ok: true }, { ok: true }, { ok: true }, { ok: true }]);
  const [first] = await E(stage.convenor).components(1n);
  assert.equal(first!.phase, 'voting');
  assert.equal(first!.missing, 1n);
  await stage.stop();
});

test('a vote that comes after its time is refused, and its voter is told again what was decided', async () => {
  const stage = await play(owed, { scripts: { Beto: { vote: 'none' } } });
  const { component, pass } = firstOf(await stage.told('Beto'), 'release');
  const { control } = await E(stage.troupe).find('Beto');
  await E(control).vote(component, pass, []);
  await stage.node.rest();
  const told = await stage.told('Beto');
  assert.deepEqual(those(told, 'answer').at(-1)!.answer, { ok: false, code: 'closed' });
  assert.equal(those(told, 'release').length, 2);
  await stage.stop();
});

test('whoever votes again after the decision is told the same decision again', async () => {
  const stage = await play(owed);
  const { component, pass } = firstOf(await stage.told('Beto'), 'settle');
  const { control } = await E(stage.troupe).find('Beto');
  await E(control).vote(component, pass, []);
  await stage.node.rest();
  const told = await stage.told('Beto');
  assert.deepEqual(those(told, 'answer').at(-1)!.answer, { ok: true });
  const twice = those(told, 'settle');
  assert.deepEqual(twice[0], twice[1]);
  assert.equal(twice.length, 2);
  await stage.stop();
});

test('a vote of an earlier pass is stale', async () => {
  const stage = await makeStage(owed, {
    scripts: { Beto: { vote: 'none' }, Ana: { vote: 'none', until: 1 } },
  });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  const { component, pass } = firstOf(await stage.told('Caro'), 'propose').proposal;
  const { control } = await E(stage.troupe).find('Caro');
  // Ana and Beto are silent in the first pass, so nobody is left for Caro.
  await stage.finish();
  await E(control).vote(component, pass, []);
  await stage.node.rest();
  assert.deepEqual(those(await stage.told('Caro'), 'answer').at(-1)!.answer, {
    ok: false,
    code: 'closed',
  });
  await stage.stop();
});

test('one who refuses something else in each pass is out of the third', async () => {
  // Beto has loops of two with each of the others, who have a ring of their own.
  const others = ['Ana', 'Caro', 'Dora', 'Eva'];
  const network: Owed[] = others.flatMap((name, i): Owed[] => [
    ['Beto', name, 10n],
    [name, 'Beto', 10n],
    [name, others[(i + 1) % others.length]!, 5n],
  ]);
  const stage = await play(network, { scripts: { Beto: { vote: 'refuse first' } } });
  const { cleared, settled } = await checkStories(stage);
  assert.equal(cleared, 20n);
  assert.deepEqual(settled.toSorted(), others);
  const passes = those(await stage.told('Ana'), 'propose').map(({ proposal }) => proposal.pass);
  assert.deepEqual(passes, [1, 2, 3]);
  await stage.stop();
});

test('after three passes what is left sits out, and all of its locks are ended', async () => {
  const script: Script = { vote: 'refuse first' };
  // A ring in which each refuses what it owes to the next; chords keep it together.
  const names = ['Ana', 'Beto', 'Caro', 'Dora', 'Eva', 'Fito', 'Gabi', 'Hugo'];
  const network: Owed[] = names.flatMap((name, i): Owed[] =>
    names.filter((_, k) => k !== i).map((other) => [name, other, 5n]),
  );
  const scripts = Object.fromEntries(names.map((name) => [name, script]));
  const stage = await play(network, { scripts });
  const { cleared } = await checkStories(stage);
  assert.equal(cleared, 0n);
  for (const name of names) {
    const told = await stage.told(name);
    const frozen = those(told, 'freeze').flatMap((one) => one.frozen.map(({ edge }) => edge));
    const proposed = those(told, 'propose').at(-1)!.proposal;
    const released = firstOf(told, 'release');
    assert.deepEqual(
      [released.component, released.pass],
      [proposed.component, proposed.pass],
      'the release is of the newest proposal',
    );
    const ended = new Set([
      ...those(told, 'drop').flatMap(({ edges }) => edges),
      ...proposed.rows.map(({ edge }) => edge),
    ]);
    assert.deepEqual(
      frozen.filter((edge) => !ended.has(edge)),
      [],
    );
  }
  assert.equal((await E(stage.convenor).view()).phase, 'nothing');
  await stage.stop();
});

test('a decision that fails where it is carried out is told again, some times', async () => {
  const stage = await play(owed, { scripts: { Beto: { decision: 'throw' } } });
  const settles = async () => those(await stage.told('Beto'), 'settle').length;
  // A call that throws leaves nothing behind, so Beto remembers none of it.
  assert.equal(await settles(), 0);
  const { control } = await E(stage.troupe).find('Beto');
  await E(control).setScript({});
  await stage.wait(patience);
  assert.equal(await settles(), 1);
  const { cleared } = await checkStories(stage);
  assert.equal(cleared, everything);
  await stage.stop();
});

test('whoever throws at a proposal is released from the one before it, and all its locks end', async () => {
  const stage = await makeStage(owed, { scripts: { Beto: { vote: 'none' } } });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  const { control } = await E(stage.troupe).find('Caro');
  await E(control).setScript({ propose: 'throw' });
  await stage.finish();
  const told = await stage.told('Caro');
  const { component, rows } = firstOf(told, 'propose').proposal;
  // It knows nothing of the second, so it is told what it can understand.
  assert.deepEqual(
    those(told, 'release').map((one) => [one.component === component, one.pass]),
    [
      [true, 1],
      [false, 2],
    ],
  );
  const dropped = new Set(those(told, 'drop').flatMap(({ edges }) => edges));
  for (const { edge } of rows) assert.ok(dropped.has(edge), `edge ${edge}`);
  const last = told.map(({ what }) => what).filter((what) => what !== 'answer');
  assert.deepEqual(last.slice(-4), ['release', 'release', 'drop', 'finish']);
  await stage.stop();
});

test('an agent that is the round’s own facet, or not there any more, holds up nobody', async () => {
  const stage = await makeStage(owed);
  const lodging = lodgingOf(owed);
  const beto = lodging.get('Beto')!;
  lodging.delete('Beto');
  const seat = await stage.seat('Beto');
  const desk = await E(stage.convenor).desk();
  const wishes = { recall: 0n, pays: 0n };
  assert.deepEqual(await E(seat).lodge(desk as never, beto, wishes), { ok: true });
  await stage.lodge(lodging);
  await stage.close();
  await stage.finish();
  const { cleared } = await checkStories(stage);
  assert.equal(cleared, without);
  await stage.stop();
});

test('whoever calls a decision by another name again and again does not fill the journal', async () => {
  const stage = await play(owed, { scripts: { Beto: { decision: 'refusal' } } });
  const { component, pass } = firstOf(await stage.told('Beto'), 'settle');
  const beto = await stage.seat('Beto');
  const { control } = await E(stage.troupe).find('Beto');
  for (let i = 0; i < 30; i += 1) {
    await E(control).vote(component, pass, []);
    await E(beto).succeeded(component, pass, i % 2 === 0 ? 'release' : 'settle');
  }
  await stage.node.rest();
  const { number } = await E(await E(stage.convenor).reader()).head();
  assert.ok(number < 30n, `${number} entries`);
  await stage.stop();
});

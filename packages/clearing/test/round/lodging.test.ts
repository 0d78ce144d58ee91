/** What can be brought into a round, and what those can do who bring what is not theirs. */
import { type Owed, checkStories, lodgingOf, makeStage, patience, those } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Agent, Lodged, Seat } from '#src/round/types.js';
import { maxLinesPerSeat } from '#src/round/limits.js';

const owed: readonly Owed[] = [
  ['Ana', 'Beto', 100n],
  ['Beto', 'Caro', 60n],
  ['Caro', 'Ana', 80n],
];
const wishes = { recall: 0n, pays: 0n };
const closed = { ok: false, code: 'closed' };

/** A round with one more seat, for a stranger or somebody with two. */
const withMallory = async () => {
  const stage = await makeStage([...owed, ['Mallory', 'Trudy', 1n]]);
  const agentOf = async (name: string): Promise<Facet<Agent>> =>
    (await E(stage.troupe).find(name)).agent;
  return { stage, agentOf, seat: await stage.seat('Mallory') };
};

const line = (origin: string, end: 'from' | 'to', more: Partial<Lodged> = {}): Lodged => ({
  origin,
  kind: 'obligation',
  end,
  version: 1n,
  max: 10n,
  priority: 0n,
  ...more,
});

test('whoever lodges what others owe each other gets into nothing', async () => {
  const { stage, agentOf, seat } = await withMallory();
  const lodging = lodgingOf(owed);
  // The right origins, with other versions or another kind: no pair with anybody.
  const stolen = [
    line('origin 000000', 'to', { version: 2n }),
    line('origin 000001', 'from', { kind: 'line' }),
  ];
  assert.deepEqual(await E(seat).lodge(await agentOf('Mallory'), stolen, wishes), { ok: true });
  await stage.lodge(lodging);
  await stage.close();
  await stage.finish();
  const { cleared, settled } = await checkStories(stage);
  assert.equal(cleared, 180n);
  assert.deepEqual(settled, ['Ana', 'Beto', 'Caro']);
  assert.deepEqual(
    (await stage.told('Mallory')).map(({ what }) => what),
    ['finish'],
  );
  await stage.stop();
});

test('an end that two seats lodged is nobody’s: the edge stays out, and the others go on', async () => {
  const { stage, agentOf, seat } = await withMallory();
  const more: Owed[] = [...owed, ['Ana', 'Beto', 40n]];
  await E(seat).lodge(await agentOf('Mallory'), [line('origin 000000', 'to')], wishes);
  await stage.lodge(lodgingOf(more));
  await stage.close();
  await stage.finish();
  const { cleared } = await checkStories(stage);
  assert.equal(cleared, 120n, 'by the other edge');
  assert.equal(those(await stage.told('Mallory'), 'freeze').length, 0);
  await stage.stop();
});

test('one who lodges both ends of an edge has none', async () => {
  const { stage, agentOf, seat } = await withMallory();
  const twice = [line('mine', 'from'), line('mine', 'to')];
  const agent = await agentOf('Mallory');
  assert.deepEqual(await E(seat).lodge(agent, twice, wishes), { ok: false, code: 'invalid' });
  await stage.stop();
});

test('an agent has one seat, and a seat one agent', async () => {
  const { stage, agentOf, seat } = await withMallory();
  const [mallory, trudy] = [await agentOf('Mallory'), await agentOf('Trudy')];
  const other = await stage.seat('Trudy');
  assert.deepEqual(await E(seat).lodge(mallory, [line('a', 'from')], wishes), { ok: true });
  assert.deepEqual(await E(seat).lodge(trudy, [], wishes), { ok: false, code: 'claimed' });
  assert.deepEqual(await E(other).lodge(mallory, [], wishes), { ok: false, code: 'conflict' });
  assert.deepEqual(await E(seat).lodge(mallory, [line('b', 'from')], wishes), { ok: true });
  assert.equal(((await E(seat).view()) as { lines: bigint }).lines, 1n);
  // Whoever left makes room, for themselves and for others.
  assert.deepEqual(await E(seat).leave(), { ok: true });
  assert.deepEqual(await E(other).lodge(mallory, [], wishes), { ok: true });
  assert.deepEqual(await E(seat).lodge(trudy, [], wishes), { ok: true });
  await stage.stop();
});

test('a seat takes so many lines, and no more', async () => {
  const { stage, seat } = await withMallory();
  const answer = async (count: number) => {
    await E(stage.troupe).lodgeMany('Mallory', count);
    await stage.node.rest();
    return those(await stage.told('Mallory'), 'answer').at(-1)!.answer as unknown;
  };
  assert.deepEqual(await answer(maxLinesPerSeat + 1), { ok: false, code: 'quota' });
  assert.deepEqual(await answer(maxLinesPerSeat), { ok: true });
  assert.equal(await answer(3 * maxLinesPerSeat), 'thrown');
  assert.equal(((await E(seat).view()) as { lines: bigint }).lines, BigInt(maxLinesPerSeat));
  await stage.stop();
});

const malformed: readonly (readonly [what: string, lodged: unknown, wishes?: unknown])[] = [
  ['a priority beyond 3', [line('a', 'from', { priority: 4n })]],
  ['less than nothing', [line('a', 'from', { max: -1n })]],
  ['a number with a thousand digits', [line('a', 'from', { max: 10n ** 1000n })]],
  ['another kind', [line('a', 'from', { kind: 'gift' as never })]],
  ['a third end', [line('a', 'middle' as never)]],
  ['no origin', [line('', 'from')]],
  ['an endless origin', [line('x'.repeat(300), 'from')]],
  ['something more', [{ ...line('a', 'from'), extra: 1n }]],
  ['no list', 'x'],
  ['wishes below zero', [], { recall: -1n, pays: 0n }],
];
for (const [what, lodged, wish = wishes] of malformed) {
  test(`lodging ${what} is refused`, async () => {
    const { stage, agentOf, seat } = await withMallory();
    await assert.rejects(
      async () => E(seat).lodge(await agentOf('Mallory'), lodged as never, wish as never),
      /Cannot call "lodge"/,
    );
    assert.equal(((await E(seat).view()) as { stage: string }).stage, 'invited');
    await stage.stop();
  });
}

test('an enormous obligation of two who collude keeps nobody else out', async () => {
  const stage = await makeStage([...owed, ['Mallory', 'Trudy', 1n], ['Ana', 'Mallory', 5n]]);
  const enormous = 10n ** 39n;
  const network: Owed[] = [
    ...owed,
    ['Mallory', 'Trudy', enormous],
    ['Trudy', 'Mallory', enormous],
    ['Ana', 'Mallory', 5n],
    ['Mallory', 'Ana', 5n],
  ];
  await stage.lodge(lodgingOf(network));
  await stage.close();
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 190n);
  await stage.stop();
});

test('after lodging nobody comes in, changes what was lodged, or leaves', async () => {
  const { stage, agentOf, seat } = await withMallory();
  await stage.lodge(lodgingOf(owed));
  const ana = await stage.seat('Ana');
  stage.time.pass(10 * patience);
  // The timer has gone off and nobody has acted on it yet, or has: it is over by the clock.
  assert.deepEqual(await E(seat).lodge(await agentOf('Mallory'), [], wishes), closed);
  assert.deepEqual(await E(ana).leave(), closed);
  await stage.node.rest();
  assert.deepEqual(await E(ana).lodge(await agentOf('Ana'), [], wishes), closed);
  assert.deepEqual(await E(stage.convenor).invite('Late', 'late'), closed);
  assert.deepEqual(await E(stage.convenor).closeLodging(), closed);
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 180n);
  await stage.stop();
});

test('lodging ends by the clock, also where the timer comes later', async () => {
  const { stage, agentOf, seat } = await withMallory();
  // As if the machine's clock had been put right: the timer knows nothing of it yet.
  stage.time.step(11 * patience);
  assert.deepEqual(await E(seat).lodge(await agentOf('Mallory'), [], wishes), closed);
  await stage.stop();
});

test('whoever leaves before the end is not told of anything, and costs only its own edges', async () => {
  const { stage } = await withMallory();
  const network: Owed[] = [...owed, ['Ana', 'Caro', 30n]];
  await stage.lodge(lodgingOf(network));
  assert.deepEqual(await E(await stage.seat('Beto')).leave(), { ok: true });
  await stage.close();
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 60n);
  assert.deepEqual(
    (await stage.told('Beto')).map(({ what }) => what),
    ['answer'],
  );
  await stage.stop();
});

test('the smaller of what both ends allow is what can clear, and their priorities add up', async () => {
  const stage = await makeStage(owed);
  const lodging = lodgingOf(owed);
  const beto = lodging.get('Beto')!;
  lodging.set(
    'Beto',
    beto.map((one) => ({ ...one, max: one.max > 70n ? 25n : one.max, priority: 2n })),
  );
  await stage.lodge(lodging);
  await stage.close();
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 75n);
  await stage.stop();
});

test('a round that nobody comes to ends with nothing', async () => {
  const stage = await makeStage(owed);
  await stage.close();
  assert.equal((await E(stage.convenor).view()).phase, 'nothing');
  await stage.stop();
});

test('a vote before any proposal, or from a seat nobody uses, is refused', async () => {
  const { stage, seat } = await withMallory();
  assert.deepEqual(await E(seat).vote(1, 1, []), closed);
  assert.deepEqual(await E(seat).succeeded(1, 1, 'settle'), { ok: false, code: 'invalid' });
  const facet: Facet<Seat> = seat;
  await assert.rejects(async () => E(facet).vote('x' as never, 1, []));
  await stage.stop();
});

import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { E, Far } from '@endo/far';
import { makeTestNode } from '@pocas/vat-runtime/testing';
import * as fc from 'fast-check';
import { bundleVat } from '#src/node/bundle.js';
import { digests } from '#src/machine/integrity.js';
import type { Effect } from '#src/vat/delivery.js';
import { makeSliceCheck } from '#src/vat/journal.js';
import { compileModule } from '#src/vat/module.js';
import { type Quotas, defaultQuotas, guestQuotas } from '#src/vat/quotas.js';
import type { Act } from '../fixtures/spender.ts';
import { type Alone, loadAlone } from './alone.ts';

const fixture = fileURLToPath(new URL('../../../test/fixtures/spender.ts', import.meta.url));
const module = compileModule((await bundleVat(fixture)).text, 'spender');
const devices = { timer: { kind: 'timer' } } as const;

type Rows = Map<string, string>;

const makeAlone = async (quotas: Partial<Quotas> = {}, clock = { now: 0n }) => {
  const rows: Rows = new Map();
  // Made with no quota in the way, and loaded anew with those that are tested.
  await loadAlone(module, rows, defaultQuotas).make(devices);
  const alone = loadAlone(module, rows, { ...defaultQuotas, ...quotas }, clock);
  return { rows, alone, root: await alone.root() };
};

/** The rows that the vat wrote itself. */
const own = (rows: Rows) =>
  [...rows].filter(([key]) => key !== 'head' && !key.startsWith('j/')).sort();

const usageIn = (rows: Rows) => (JSON.parse(rows.get('head')!) as { usage: object }).usage;

/** The same, counted over all rows. */
const recount = (rows: Rows) => {
  const count = (kind: string) => own(rows).filter(([key]) => key.startsWith(kind)).length;
  const bytes = own(rows).reduce((sum, row) => sum + Buffer.byteLength(row.join('')), 0);
  return { bytes, objects: count('o/'), sends: count('a/'), timers: count('t/') };
};

const neverAnswering = () => {
  let calls = 0;
  const other = Far('Other', {
    answer: () => {
      calls += 1;
      return new Promise(() => {});
    },
  });
  return { other, calls: () => calls };
};

const over = (name: string) => ({
  message: `Cannot finish turn: the vat would have more than its quota of ${name}`,
});

/** What each quota lets pass, and what is one too many. Every attempt also does what must be undone. */
const cases: { name: string; quotas: (rows: Rows) => Partial<Quotas>; most: Act[]; more: Act[] }[] =
  [
    {
      name: 'objects',
      // The spender, its map and the timer are there before.
      quotas: () => ({ maxObjects: 5 }),
      most: [{ do: 'make' }, { do: 'make' }],
      more: [{ do: 'make' }],
    },
    {
      name: 'rows written by one turn',
      // A map's entry, page and count, and the spender itself.
      quotas: () => ({ maxTurnRows: 4 }),
      most: [
        { do: 'put', key: 'a', length: 1 },
        { do: 'write', length: 1 },
      ],
      more: [
        { do: 'put', key: 'b', length: 1 },
        { do: 'put', key: 'c', length: 1 },
        { do: 'put', key: 'd', length: 1 },
      ],
    },
    {
      name: 'bytes written by one turn',
      quotas: () => ({ maxTurnBytes: 1000 }),
      most: [{ do: 'put', key: 'a', length: 250 }],
      more: [{ do: 'put', key: 'b', length: 500 }],
    },
    {
      name: 'bytes written by one turn',
      quotas: () => ({ maxTurnBytes: 4000 }),
      most: [{ do: 'send', count: 10, answer: false, acts: [] }],
      more: [
        {
          do: 'send',
          count: 1,
          answer: false,
          acts: Array<Act>(50).fill({
            do: 'put',
            key: 'a long key for a lot of bytes'.repeat(3),
            length: 1,
          }),
        },
      ],
    },
    {
      name: 'messages sent by one turn',
      quotas: () => ({ maxTurnSends: 5 }),
      most: [
        { do: 'send', count: 2, answer: false, acts: [] },
        { do: 'call', count: 1 },
        { do: 'wake', count: 1, acts: [] },
        { do: 'cancel', count: 1 },
      ],
      more: [{ do: 'call', count: 6 }],
    },
    {
      name: 'messages sent by one turn',
      quotas: () => ({ maxTurnSends: 5 }),
      most: [{ do: 'send', count: 5, answer: false, acts: [] }],
      more: [{ do: 'send', count: 6, answer: false, acts: [] }],
    },
    {
      name: 'sends without an answer',
      quotas: () => ({ maxOpenSends: 3 }),
      most: [{ do: 'send', count: 3, answer: true, acts: [] }],
      more: [{ do: 'send', count: 1, answer: true, acts: [] }],
    },
    {
      name: 'timers',
      quotas: () => ({ maxTimers: 3 }),
      most: [{ do: 'wake', count: 3, acts: [] }],
      more: [{ do: 'wake', count: 1, acts: [] }],
    },
    {
      name: 'stored bytes',
      quotas: (rows) => ({ maxStoredBytes: recount(rows).bytes + 500 }),
      most: [{ do: 'write', length: 500 }],
      more: [{ do: 'write', length: 501 }],
    },
  ];

for (const [index, { name, quotas, most, more }] of cases.entries()) {
  test(`quota of ${name} (${index}): what it allows passes, and over it a turn fails whole`, async () => {
    const { rows } = await makeAlone();
    const alone = loadAlone(module, rows, { ...defaultQuotas, ...quotas(rows) });
    const root = await alone.root();
    const { other, calls } = neverAnswering();
    await E(root).run(most, other);
    await alone.settled();
    const before = own(rows);
    const callsBefore = calls();
    alone.effects.splice(0);
    assert.deepEqual(usageIn(rows), recount(rows));
    const attempts: Act[][] = [
      [...more, { do: 'call', count: 1 }],
      // A caller inside the turn that catches everything does not save it.
      [{ do: 'try', acts: more, throws: false }],
    ];
    for (const acts of attempts) {
      await assert.rejects(E(root).run(acts, other), over(name));
      await alone.settled();
      assert.deepEqual(own(rows), before);
      assert.deepEqual(alone.effects, []);
      assert.equal(calls(), callsBefore);
      assert.deepEqual(usageIn(rows), recount(rows));
    }
    // What a caller caught was undone, and counts for nothing.
    await E(root).run([{ do: 'try', acts: more, throws: true }], other);
    await alone.settled();
    const withoutNumbers = (all: typeof before) => all.filter(([key]) => key !== 'meta');
    assert.deepEqual(withoutNumbers(own(rows)), withoutNumbers(before));
    assert.deepEqual(alone.effects, []);
  });
}

test('what a vat has over a lowered quota it may bring down, and nothing up', async () => {
  const { rows, root, alone } = await makeAlone();
  await E(root).run([
    { do: 'put', key: 'a', length: 500 },
    { do: 'put', key: 'b', length: 500 },
    { do: 'wake', count: 4, acts: [] },
  ]);
  await alone.settled();
  const low = { ...defaultQuotas, maxStoredBytes: 10, maxTimers: 2, maxObjects: 1 };
  const now: any = await loadAlone(module, rows, low).root();
  await assert.rejects(E(now).run([{ do: 'write', length: 1 }]), over('stored bytes'));
  await assert.rejects(E(now).run([{ do: 'put', key: 'a', length: 501 }]), over('stored bytes'));
  assert.deepEqual((await E(now).look()).keys, ['a', 'b']);
  await E(now).run([{ do: 'remove', key: 'a' }]);
  await E(now).run([{ do: 'put', key: 'b', length: 499 }]);
  await E(now).run([{ do: 'cancel', count: 1 }]);
  await assert.rejects(
    E(now).run([
      { do: 'remove', key: 'b' },
      { do: 'wake', count: 1, acts: [] },
    ]),
    over('timers'),
  );
  await E(now).run([{ do: 'cancel', count: 3 }]);
  assert.deepEqual(await E(now).look(), { text: 0, keys: ['b'], timers: 0, log: [] });
  assert.deepEqual(usageIn(rows), recount(rows));
});

test('calls without an answer: over the quota a turn fails whole, and a call outside of one rejects', async () => {
  const { rows, root, alone } = await makeAlone({ maxOpenCalls: 4 });
  const { other, calls } = neverAnswering();
  const before = own(rows);
  const name = { message: /^Cannot call: the vat would have more than its quota of open calls$/ };
  await assert.rejects(
    E(root).run(
      [
        { do: 'write', length: 5 },
        { do: 'call', count: 5 },
      ],
      other,
    ),
    name,
  );
  await alone.settled();
  assert.deepEqual([own(rows), calls()], [before, 0]);
  // What is undone was not called.
  const undone: Act = { do: 'try', acts: [{ do: 'call', count: 3 }], throws: true };
  await E(root).run([undone, undone, { do: 'call', count: 2 }], other);
  await alone.settled();
  assert.equal(calls(), 2);
  assert.deepEqual(await E(root).callLater(4, other), [
    'Cannot call: the vat would have more than its quota of open calls',
    'Cannot call: the vat would have more than its quota of open calls',
  ]);
  await alone.settled();
  assert.equal(calls(), 4);
  await assert.rejects(E(root).run([{ do: 'call', count: 1 }], other), name);
  // A turn that calls nobody is none the worse.
  await E(root).run([{ do: 'write', length: 5 }], other);
});

test('a call that was answered, or came to nothing, is open no more', async () => {
  const { root, alone } = await makeAlone({ maxOpenCalls: 4 });
  for (const other of [Far('Other', { answer: () => 1 }), Far('None', {})]) {
    for (let i = 0; i < 5; i += 1) {
      await E(root).run([{ do: 'call', count: 4 }], other);
      await alone.settled();
      await E(root).callLater(4, other);
      await alone.settled();
    }
  }
});

test('turns per second: as many at once as a second has, then as time goes by', async () => {
  const clock = { now: 1_000_000n };
  const { root, alone, rows } = await makeAlone({ maxTurnsPerSecond: 10 }, clock);
  const reason = {
    message: 'Cannot begin turn: the vat has had its quota of turns per second; call again later',
  };
  const run = (length: number) => E(root).run([{ do: 'write', length }]);
  for (let i = 1; i <= 10; i += 1) await run(i);
  const before = own(rows);
  await assert.rejects(run(0), reason);
  assert.deepEqual(own(rows), before);
  clock.now += 99n;
  await assert.rejects(run(0), reason);
  clock.now += 1n;
  await run(11);
  await assert.rejects(run(0), reason);
  clock.now += 60_000n;
  assert.deepEqual(await E(root).many(12), { done: 10, ...{ reason: reason.message } });
  await alone.settled();
  // The refusal is known by the time of the entry.
  const entries = [...rows.keys()].filter((key) => key.startsWith('j/')).sort();
  assert.equal((JSON.parse(rows.get(entries.at(-1)!)!) as { time?: string }).time, '1060100');
});

test('what has to happen exactly once is never refused for the rate, and takes its share of it', async () => {
  const { root, alone } = await makeAlone({ maxTurnsPerSecond: 5 });
  await E(root).run([
    { do: 'send', count: 3, answer: true, acts: [{ do: 'write', length: 7 }] },
    { do: 'wake', count: 2, acts: [{ do: 'write', length: 8 }] },
  ]);
  await alone.settled();
  let carriedOut = 0;
  while (alone.effects.length > 0) {
    carriedOut += 1;
    await carryOut(alone, alone.effects.shift()!);
  }
  // Three sends, their answers, two timers.
  assert.equal(carriedOut, 8);
  assert.deepEqual(alone.lines, []);
  await assert.rejects(E(root).run([]), /quota of turns per second/);
});

test('an item of the inbox that is over a quota is answered as failed, and consumed', async () => {
  const { root, alone, rows } = await makeAlone({ maxObjects: 3 });
  await E(root).run([
    { do: 'send', count: 1, answer: true, acts: [{ do: 'write', length: 7 }, { do: 'make' }] },
    { do: 'wake', count: 1, acts: [{ do: 'write', length: 8 }, { do: 'make' }] },
  ]);
  await alone.settled();
  while (alone.effects.length > 0) await carryOut(alone, alone.effects.shift()!);
  const { message } = over('objects');
  assert.deepEqual(alone.lines, [`A timer came to nothing: ${message}`]);
  const { text, log } = await E(root).look();
  assert.deepEqual([text, log], [0, [`rejected: ${message}`]]);
  assert.deepEqual(usageIn(rows), recount(rows));
  assert.deepEqual([recount(rows).sends, recount(rows).timers], [0, 0]);
});

test('a node gives each owner its quotas, also when its vats come back', async () => {
  const quotasOf = (owner: string | undefined): Quotas => ({
    ...defaultQuotas,
    maxObjects: owner === 'ana' ? 4 : 5,
  });
  const node = await makeTestNode({ quotasOf });
  const make = (owner?: string): Promise<any> =>
    node.makeVat({
      ...{ module: fixture, label: 'spender', powers: { timer: node.timer } },
      ...(owner === undefined ? {} : { owner }),
    });
  const vats = { ana: await make('ana'), ours: await make() };
  node.setProgram(vats);
  await E(vats.ana).run([{ do: 'make' }]);
  await E(vats.ours).run([{ do: 'make' }]);
  await node.stop();
  const again = await makeTestNode({ quotasOf, storage: node.storage, secrets: node.secrets });
  const { ana, ours } = again.getProgram() as typeof vats;
  await assert.rejects(E(ana).run([{ do: 'make' }]), /quota of objects/);
  await E(ours).run([{ do: 'make' }]);
  await assert.rejects(E(ours).run([{ do: 'make' }]), /quota of objects/);
  await again.stop();
});

test('guests have less of everything than our own', () => {
  for (const [name, most] of Object.entries(guestQuotas)) {
    assert.ok(most < defaultQuotas[name as keyof Quotas], name);
  }
});

test('the quotas in docs/operating.md are those of the code', () => {
  const text = readFileSync(new URL('../../../../../docs/operating.md', import.meta.url), 'utf8');
  const row = /^\| `(max\w+)` +\| +([\d,]+) +\| +([\d,]+) +\|/gm;
  const told = [...text.matchAll(row)].map(([, name, own, guest]) => [
    name,
    ...[own, guest].map((cell) => Number(cell!.replaceAll(',', ''))),
  ]);
  const names = Object.keys(defaultQuotas) as (keyof Quotas)[];
  assert.deepEqual(
    told,
    names.map((name) => [name, defaultQuotas[name], guestQuotas[name]]),
  );
});

// ---- random programs ----

/** Does what the node does with an effect. */
const carryOut = (alone: Alone, effect: Effect): Promise<unknown> => {
  switch (effect.kind) {
    case 'send': {
      const { target, method, args, send } = effect;
      const ticket = send === undefined ? {} : { ticket: `1/${send}` };
      return alone.deliver({ kind: 'send', target, method, args, ...ticket, item: 'in/1/1' });
    }
    case 'answer': {
      const send = Number(effect.ticket.split('/')[1]);
      return alone.deliver({ kind: 'answer', send, outcome: effect.outcome, item: 'in/1/1' });
    }
    case 'timer':
      return alone.deliver({ kind: 'timer', timer: effect.timer, item: 'in/1/1' });
    case 'cancel':
      return Promise.resolve();
  }
};

const key = fc.constantFrom('a', 'b', 'ü', 'long'.repeat(20));
const length = fc.integer({ min: 0, max: 300 });
const count = fc.integer({ min: 0, max: 3 });
const { acts: actsArb } = fc.letrec<{ act: Act; acts: Act[] }>((tie) => ({
  act: fc.oneof(
    { depthSize: 'small' },
    fc.record({ do: fc.constant('put' as const), key, length }),
    fc.record({ do: fc.constant('remove' as const), key }),
    fc.record({ do: fc.constant('write' as const), length }),
    fc.record({ do: fc.constant('make' as const) }),
    fc.record({ do: fc.constant('throw' as const) }),
    fc.record({ do: fc.constant('cancel' as const), count }),
    {
      weight: 3,
      arbitrary: fc.record({
        ...{ do: fc.constant('send' as const), count, answer: fc.boolean(), acts: tie('acts') },
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('wake' as const), count, acts: tie('acts') }),
    },
    fc.record({ do: fc.constant('try' as const), acts: tie('acts'), throws: fc.boolean() }),
  ) as fc.Arbitrary<Act>,
  acts: fc.array(tie('act'), { maxLength: 4 }),
}));

const stepArb = fc.record({
  acts: actsArb,
  /** Which of the effects that wait is carried out then. */
  effect: fc.option(fc.nat()),
  restarts: fc.boolean(),
});

test('what is counted is what is stored, whatever turns did or failed to do, slept or were undone', async () => {
  const tight = {
    ...defaultQuotas,
    ...{ maxStoredBytes: 3000, maxObjects: 5, maxOpenSends: 3, maxTimers: 3, maxTurnRows: 12 },
  };
  let failed = 0;
  const seen = { bytes: 0, objects: 0, sends: 0, timers: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 4, maxLength: 12 }), async (steps) => {
      const rows: Rows = new Map();
      let alone = loadAlone(module, rows, tight);
      let root = await alone.make(devices);
      const effects: Effect[] = [];
      for (const { acts, effect, restarts } of steps) {
        const before = own(rows);
        try {
          await E(root).run(acts);
          await alone.settled();
        } catch {
          await alone.settled();
          failed += 1;
          assert.deepEqual(own(rows), before);
        }
        effects.push(...alone.effects.splice(0));
        if (effect !== null && effects.length > 0) {
          await carryOut(alone, effects.splice(effect % effects.length, 1)[0]!);
          effects.push(...alone.effects.splice(0));
        }
        const counted = recount(rows);
        assert.deepEqual(usageIn(rows), counted);
        const check = makeSliceCheck(digests);
        check.take([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
        assert.equal(check.fault(), undefined);
        assert.ok(counted.bytes <= tight.maxStoredBytes && counted.objects <= tight.maxObjects);
        assert.ok(counted.sends <= tight.maxOpenSends && counted.timers <= tight.maxTimers);
        for (const name of ['bytes', 'objects', 'sends', 'timers'] as const) {
          seen[name] = Math.max(seen[name], counted[name]);
        }
        if (!restarts) continue;
        alone = loadAlone(module, rows, tight);
        root = await alone.root();
      }
    }),
    { numRuns: 200, seed: 4 },
  );
  // The programs came to the quotas, and past them.
  assert.ok(failed > 100);
  assert.deepEqual([seen.objects, seen.sends, seen.timers], [5, 3, 3]);
});

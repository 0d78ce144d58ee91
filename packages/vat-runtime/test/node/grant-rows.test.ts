/** The rows of sturdy refs by themselves: what is read and written at each look, and what is left. */
import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Grant, hashSwiss, maxAbove } from '#src/locator/grants.js';
import { makeSwiss } from '#src/locator/write-locator.js';
import { makeGrantRows, maxGrants } from '#src/node/grant-rows.js';
import type { Committer } from '#src/store/committer.js';
import { type ListOptions, type Row, compareKeys, isListed } from '#src/store/storage.js';
import { random } from './nodes.ts';

const key = new Uint8Array(32).fill(9);
const target = ['v1', 'o+d1.x'] as const;

const make = () => {
  const rows = new Map<string, string>();
  const log: string[] = [];
  const damaged: unknown[] = [];
  let time = 1000n;
  const store = {
    get(name: string) {
      log.push(`get ${name.split('/')[0]!}`);
      return rows.get(name);
    },
    stage(staged: readonly Row[]) {
      for (const [name, value] of staged) {
        log.push(`stage ${name.split('/')[0]!}`);
        if (value === undefined) rows.delete(name);
        else rows.set(name, value);
      }
    },
    list: async (prefix: string, options: ListOptions = {}) =>
      [...rows]
        .filter(([name]) => isListed(name, prefix, options.after))
        .sort(([a], [b]) => compareKeys(a, b))
        .slice(0, options.limit),
  } as unknown as Committer;
  const grants = makeGrantRows({
    ...{ store, key, random },
    clock: { now: () => time },
    onDamaged: (error) => void damaged.push(error),
  });
  return {
    ...grants,
    rows,
    damaged,
    setTime(now: bigint) {
      time = now;
    },
    use: (asker: string, swiss: string) => grants.enliven(asker, swiss, ([party]) => party),
    /** What a look did to the store. */
    steps(look: () => unknown): string[] {
      log.length = 0;
      look();
      return [...log];
    },
  };
};

test('whatever there is to refuse, the same is read, and the same is written', () => {
  const grants = make();
  const of = (terms = {}) => grants.grant('v1', target, terms);
  const refused: string[] = ['', 'nonsense', makeSwiss(random)];
  const used = of({ uses: 1n });
  assert.equal(grants.use('v2', used), 'v1');
  const revoked = of();
  const derived = grants.derive('v1', revoked, {})!;
  const deeper = grants.derive('v1', derived, {})!;
  assert.equal(grants.revokeSwiss('v1', revoked), true);
  const expired = of({ expires: 2000n });
  const taken = of({ bind: 'first use' });
  grants.use('v3', taken);
  refused.push(used, revoked, derived, deeper, expired, taken);
  refused.push(of({ bind: 'a'.repeat(52) }), grants.derive('v3', taken, {})!);
  grants.setTime(2000n);
  const expected = [...Array.from({ length: 1 + maxAbove }, () => 'get g'), 'stage clock'];
  for (const swiss of refused) {
    assert.deepEqual(
      grants.steps(() => assert.equal(grants.use('v2', swiss), undefined)),
      expected,
    );
    assert.deepEqual(
      grants.steps(() => assert.equal(grants.derive('v2', swiss, {}), undefined)),
      expected,
    );
  }
});

test('the time by which a sturdy ref was judged is written with it', () => {
  const grants = make();
  const swiss = grants.grant('v1', target, { expires: 2000n });
  grants.setTime(1999n);
  assert.equal(grants.use('v2', swiss), 'v1');
  assert.equal(grants.rows.get('clock'), '1999');
  grants.setTime(2000n);
  assert.equal(grants.use('v2', swiss), undefined);
  assert.equal(grants.rows.get('clock'), '2000');
});

test('where the object is gone nothing is used', () => {
  const grants = make();
  const swiss = grants.grant('v1', target, { uses: 1n });
  assert.equal(
    grants.enliven('v2', swiss, () => undefined),
    undefined,
  );
  assert.equal(grants.use('v2', swiss), 'v1');
});

test('no row and no name of one holds a swiss number; the last use and the last look leave nothing', async () => {
  const grants = make();
  const first = grants.grant('v1', target, { label: 'first', uses: 2n });
  const second = grants.derive('v2', first, { label: 'second' })!;
  const held = [...grants.rows].flat().join('\n');
  for (const swiss of [first, second]) assert.ok(!held.includes(swiss));
  assert.ok(grants.rows.has(`g/${hashSwiss(key, first)}`));
  grants.use('v3', second);
  grants.use('v3', second);
  assert.deepEqual((await grants.list(undefined)).grants, []);
  assert.deepEqual(
    [...grants.rows].filter(([name]) => name !== 'clock'),
    [
      ['gn/v1', '[1,0]'],
      ['gn/v2', '[1,0]'],
    ],
  );
});

test('a number is given once, and one may have so many at a time', async () => {
  const grants = make();
  grants.rows.set('gn/v1', `[70000,${maxGrants - 1}]`);
  const swiss = grants.grant('v1', target, {});
  assert.throws(() => grants.grant('v1', target, {}), /^RangeError: Cannot grant: there are 16384/);
  assert.throws(() => grants.derive('v1', swiss, {}), /Cannot grant: there are/);
  grants.grant('v2', target, {});
  assert.equal(grants.revoke('v1', 70_001), true);
  grants.grant('v1', target, {});
  assert.deepEqual(
    (await grants.list('v1')).grants.map(({ id }) => id),
    [70_002],
  );
});

test('lists come in pages, in order, without what is over, which goes', async () => {
  const grants = make();
  for (let i = 1; i <= 1203; i += 1) {
    grants.grant(i % 400 === 0 ? 'v10' : 'v1', target, i === 7 ? { expires: 1500n } : {});
  }
  grants.setTime(1500n);
  const ids: number[] = [];
  let after: string | undefined;
  do {
    const page = await grants.list('v1', after);
    ids.push(...page.grants.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  assert.deepEqual(
    ids,
    Array.from({ length: 1200 }, (_, i) => i + 1).filter((id) => id !== 7),
  );
  assert.equal(grants.rows.get('gn/v1'), '[1200,1199]');
  assert.equal((await grants.list('v10')).grants.length, 3);
  assert.equal((await grants.list('v')).grants.length, 0);
});

test('a row that is damaged opens nothing, and is told to the operator alone', () => {
  const grants = make();
  const swiss = grants.grant('v1', target, {});
  const name = `g/${hashSwiss(key, swiss)}`;
  const whole = JSON.parse(grants.rows.get(name)!) as Grant;
  for (const [i, row] of [
    '',
    '{',
    '[]',
    'null',
    JSON.stringify({ ...whole, target: 'v1' }),
    JSON.stringify({ ...whole, by: undefined }),
    JSON.stringify({ ...whole, usesLeft: 0 }),
    JSON.stringify({ ...whole, expires: '2000' }),
    JSON.stringify({ ...whole, bound: {} }),
    JSON.stringify({ ...whole, above: {} }),
  ].entries()) {
    grants.rows.set(name, row);
    assert.equal(grants.use('v2', swiss), undefined);
    assert.equal(grants.damaged.length, i + 1);
  }
  // More above it than there may be, or one that is not there.
  for (const above of [['x'], Array.from({ length: 9 }, () => 'x')]) {
    grants.rows.set(name, JSON.stringify({ ...whole, above }));
    assert.equal(grants.use('v2', swiss), undefined);
  }
});

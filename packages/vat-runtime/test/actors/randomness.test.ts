import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type DrawExplanation,
  commitmentOf,
  drawIdOf,
  drawOne,
  resultOf,
  shuffle,
  verifyDraw,
} from '@pocas/vat-runtime/verify';

const secrets = ['a secret of Ana, 16+', 'a secret of Beto, 16+'];
const names = ['Ana', 'Beto'];

const example = (): DrawExplanation => {
  const draw = drawIdOf('prizes', 5n, names);
  return {
    draw,
    purpose: 'prizes',
    startedAt: 5n,
    names,
    round: 1n,
    entries: names.map((name, index) => {
      const number = BigInt(index + 1);
      const secret = secrets[index]!;
      return {
        number,
        name,
        secret,
        commitment: commitmentOf({ draw, round: 1n, name, number }, secret),
      };
    }),
    result: resultOf(draw, 1n, secrets),
  };
};

test('a draw is recomputed by whoever reads it, and anything altered is noticed', () => {
  const good = example();
  const [ana, beto] = good.entries;
  assert.deepEqual(verifyDraw(good), { ok: true });
  const altered: [DrawExplanation, RegExp][] = [
    [{ ...good, purpose: 'other' }, /the draw is another one/],
    [{ ...good, round: 2n }, /not the one promised/],
    [{ ...good, result: resultOf(good.draw, 1n, secrets.toReversed()) }, /the result is another/],
    [{ ...good, entries: [beto!, ana!] }, /is not number/],
    [{ ...good, entries: [ana!, ana!] }, /is not number/],
    [{ ...good, entries: [ana!] }, /fewer than two/],
    [{ ...good, entries: [ana!, { ...beto!, secret: secrets[0] }] }, /not the one promised/],
    [{ ...good, entries: [ana!, { ...beto!, secret: undefined }] }, /is missing/],
    [{ ...good, entries: [{ ...ana!, name: 'Beto' }, beto!] }, /is not number/],
  ];
  for (const [explanation, reason] of altered) {
    const verdict = verifyDraw(explanation);
    assert.equal(verdict.ok, false);
    assert.match(verdict.ok ? '' : verdict.reason, reason);
  }
});

test('a commitment is of one draw, one round, one participant', () => {
  const seat = { draw: 'd', round: 1n, name: 'Ana', number: 1n };
  const others = [
    { ...seat, draw: 'e' },
    { ...seat, round: 2n },
    { ...seat, name: 'Beto' },
    { ...seat, number: 2n },
  ];
  const all = [seat, ...others].map((each) => commitmentOf(each, secrets[0]!));
  assert.equal(new Set(all).size, all.length);
});

test('one of n is drawn within its bounds, each about as often', () => {
  fc.assert(
    fc.property(fc.string(), fc.bigInt(1n, 2n ** 256n), (seed, n) => {
      const value = drawOne(seed, n);
      assert.ok(value >= 0n && value < n);
      assert.equal(drawOne(seed, n), value);
    }),
  );
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < 2000; i += 1) counts[Number(drawOne(`seed ${i}`, 5n))]! += 1;
  // 400 expected, standard deviation 18; the seeds are fixed, so this never varies.
  for (const count of counts) assert.ok(count > 330 && count < 470, `${counts}`);
  for (const n of [0n, -1n, 2n ** 256n + 1n]) assert.throws(() => drawOne('x', n), RangeError);
});

test('numbers past the last multiple of n are drawn again, so that small ones are not preferred', () => {
  // Taken as remainders, the lower half would come two times of three.
  const n = (2n ** 256n * 2n) / 3n;
  const values = Array.from({ length: 600 }, (_, i) => drawOne(`seed ${i}`, n));
  const low = values.filter((value) => value < n / 2n).length;
  assert.ok(low > 250 && low < 350, `${low}`);
});

test('a shuffle keeps the items, and gives each order about as often', () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 1200; i += 1) {
    const order = shuffle(`seed ${i}`, ['a', 'b', 'c']).join('');
    assert.equal([...order].toSorted().join(''), 'abc');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const count of counts.values()) assert.ok(count > 150 && count < 250, `${[...counts]}`);
  assert.deepEqual(shuffle('x', []), []);
});

test('these are the numbers of this version for all times', () => {
  assert.equal(drawOne('pocas', 1_000_000n), 961_138n);
  assert.deepEqual(shuffle('pocas', [1, 2, 3, 4, 5, 6, 7]), [1, 6, 4, 2, 3, 7, 5]);
});

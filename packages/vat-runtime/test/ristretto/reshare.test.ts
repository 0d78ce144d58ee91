import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Dealing,
  type KeyShare,
  type Run,
  dkg,
  schnorr,
  sealedTo,
  threshold,
} from '@pocas/vat-runtime/ristretto';
import { statementOf } from '#src/ristretto/dealing.js';
import { provePossession } from '#src/ristretto/proofs.js';
import { readRun } from '#src/ristretto/run.js';
import { elementOf, littleEndian, numberOf } from '#src/ristretto/texts.js';
import { type Held, dealIn, finish, holdersOf, made, ownOf, runOf, takeShare } from './holders.ts';
import { keyPairOf, randomOf } from './support.ts';

const old = made(runOf('vault 1, made', 3, [1, 2, 3, 4]));
const sealed = threshold.encapsulate(old.key.groupKey, 'segment 1', randomOf('seal'));

/** Handing on by these dealers: new holders 11, 12, … are known in the tests by other keys than the old. */
const handing = (id: string, from: Held, dealers: readonly number[], to: Run): Run => ({
  ...to,
  id,
  from: { key: from.key, dealers: holdersOf(dealers) },
});

const dealingsIn = (run: Run, from: Held): readonly Dealing[] =>
  run.from!.dealers.map(({ index }) =>
    dealIn(
      run,
      index,
      from.shares.find((share) => share.index === index),
    ),
  );

const handOn = (run: Run, from: Held): Held => finish(run, dealingsIn(run, from));

const keyFrom = (shares: readonly KeyShare[]): string =>
  threshold.combine(
    shares.map((share) =>
      threshold.open(share, sealed.encapsulation, 'segment 1', 'request', randomOf('open')),
    ),
    sealed.encapsulation,
    old.key.groupKey,
    'segment 1',
  );

const run = handing('vault 1, handed on', old, [1, 2, 4], runOf('', 4, [2, 3, 5, 6, 7]));
const fresh = handOn(run, old);

test('the key stays, and what was sealed before opens with as many of the new holders as now are needed', () => {
  assert.equal(fresh.key.groupKey, old.key.groupKey);
  assert.equal(fresh.key.threshold, 4n);
  assert.deepEqual(
    fresh.key.verificationKeys,
    fresh.shares.map(({ index, secret }) => ({ index, key: schnorr.publicKey(secret) })),
  );
  fc.assert(
    fc.property(fc.shuffledSubarray([...fresh.shares], { minLength: 3 }), (chosen) => {
      assert.equal(keyFrom(chosen) === sealed.key, chosen.length >= 4);
    }),
    { numRuns: 6 },
  );
});

test('old shares and new ones together open nothing, in any mixture that has too few of each', () => {
  const pool = [
    ...old.shares.map((share) => ({ share, from: 'old' })),
    ...fresh.shares.map((share) => ({ share, from: 'new' })),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(pool, { minLength: 3, maxLength: 5 }), (chosen) => {
      const count = (from: string) => chosen.filter((one) => one.from === from).length;
      const indices = new Set(chosen.map(({ share }) => share.index));
      fc.pre(count('old') > 0 && count('new') > 0 && indices.size === chosen.length);
      assert.notEqual(keyFrom(chosen.map(({ share }) => share)), sealed.key);
    }),
    { numRuns: 12 },
  );
});

test('refreshing to the same holders makes the shares of before worth nothing with those of now', () => {
  const again = runOf('', 3, [1, 2, 3, 4]);
  const first = handOn(handing('refresh 1', old, [1, 2, 3], again), old);
  const second = handOn(handing('refresh 2', first, [2, 3, 4], again), first);
  assert.equal(keyFrom(second.shares.slice(1)), sealed.key);
  assert.notEqual(second.shares[0]!.secret, old.shares[0]!.secret);
  assert.notEqual(keyFrom([old.shares[0]!, second.shares[1]!, second.shares[2]!]), sealed.key);
  assert.notEqual(keyFrom([first.shares[0]!, second.shares[1]!, second.shares[2]!]), sealed.key);
});

test('more dealers than needed do as well, and any of them that are enough; fewer do not', () => {
  const all = handing('all', old, [1, 2, 3, 4], runOf('', 2, [5, 6]));
  const dealings = dealingsIn(all, old);
  for (const counted of [dealings, dealings.slice(1)]) {
    assert.equal(keyFrom(finish(all, counted).shares), sealed.key);
  }
  assert.throws(() => dkg.keyOf(all, dealings.slice(2)), /3 dealings are needed/);
  const few = handing('few', old, [1, 2], runOf('', 2, [5, 6]));
  assert.throws(() => dkg.isSound(few, dealings[0]!), /fewer dealers than the old key needs/);
});

test('a dealer that deals another secret than its share is not sound, however well it proves', () => {
  const [dealing] = dealingsIn(run, old) as [Dealing];
  // A key of its own choosing: proof and signature are all right.
  const { secretKey, publicKey } = keyPairOf('its own choosing');
  const commitments = dealing.commitments.with(0, publicKey);
  const about = [
    Buffer.from(readRun(run).print),
    littleEndian(1n),
    ...commitments.map((text) => Buffer.from(text, 'base64url')),
  ];
  const secret = numberOf(Buffer.from(secretKey, 'base64url'));
  const image = elementOf(publicKey, 'key');
  const proof = provePossession('dealing', secret, image, about, randomOf('p'));
  const lie = { ...dealing, commitments, proof };
  const signature = schnorr.sign(
    ownOf(1n).secretKey,
    statementOf(readRun(run), lie),
    randomOf('lie'),
  );
  assert.equal(dkg.isSound(run, { ...lie, signature }), false);
  assert.throws(
    () => dkg.deal(run, 1n, { ...ownOf(1n), share: old.shares[1]! }, randomOf('d')),
    /the share is not that of this dealer in the old key/,
  );
  assert.throws(
    () => dkg.deal(run, 1n, { ...ownOf(1n), share: fresh.shares[0]! }, randomOf('d')),
    /the share is not that of this dealer in the old key/,
  );
  assert.throws(() => dkg.deal(run, 1n, ownOf(1n), randomOf('d')), /Cannot use share/);
  assert.throws(() => dkg.deal(run, 3n, ownOf(3n), randomOf('d')), /no holder of this index/);
});

test('the proof is needed here too: the commitments of another dealing to the same share count nothing', () => {
  const other = handing('another run', old, [1, 2, 4], runOf('', 4, [2, 3, 5, 6, 7]));
  const [dealing] = dealingsIn(other, old) as [Dealing];
  assert.equal(dkg.isSound(run, dealing), false);
  const signature = schnorr.sign(
    ownOf(1n).secretKey,
    statementOf(readRun(run), dealing),
    randomOf('again'),
  );
  assert.equal(dkg.isSound(run, { ...dealing, signature }), false);
});

test('whoever deals a new holder a wrong part is named, and the rest do without', () => {
  const all = handing('with a liar', old, [1, 2, 3, 4], runOf('', 3, [5, 6, 7]));
  const dealings = dealingsIn(all, old);
  const context = `pocas-share-v1 ${readRun(all).print} 1 6`;
  const text = sealedTo.seal(
    all.members[1]!.key,
    keyPairOf('any').secretKey,
    context,
    randomOf('lie'),
  );
  const unsigned = { ...dealings[0]!, sealed: dealings[0]!.sealed.with(1, text) };
  const signature = schnorr.sign(
    ownOf(1n).secretKey,
    statementOf(readRun(all), unsigned),
    randomOf('sign'),
  );
  const lie = { ...unsigned, signature };
  assert.equal(dkg.isSound(all, lie), true);
  const received = dkg.receive(all, 6n, ownOf(6n).secretKey, lie, randomOf('r'));
  assert.ok(!received.ok);
  assert.equal(dkg.isGuilty(all, lie, 6n, received.complaint), true);
  assert.equal(dkg.isGuilty(all, dealings[0]!, 6n, received.complaint), false);
  assert.equal(keyFrom(finish(all, dealings.slice(1)).shares), sealed.key);
  assert.throws(() => takeShare(all, 6n, [lie, ...dealings.slice(2)]), /complaint about 1/);
});

test('whose word is of other dealings of the same key confirms nothing', () => {
  const all = handing('confirmed', old, [1, 2, 3, 4], runOf('', 2, [5, 6]));
  const dealings = dealingsIn(all, old);
  const word = (index: bigint, of: readonly Dealing[]) => ({
    index,
    confirmation: dkg.confirm(all, of, index, ownOf(index).secretKey, randomOf('c')),
  });
  const words = [word(5n, dealings), word(6n, dealings.slice(1))];
  assert.deepEqual(dkg.confirmedBy(all, dealings, words), [5n]);
  assert.deepEqual(dkg.confirmedBy(all, dealings.slice(1), words), [6n]);
});

test('an old key with verification keys that are not its own gives no key', () => {
  const verificationKeys = old.key.verificationKeys.with(3, {
    index: 4n,
    key: keyPairOf('holder of nothing').publicKey,
  });
  const false4: Held = {
    key: { ...old.key, verificationKeys },
    shares: old.shares.with(3, { index: 4n, secret: keyPairOf('holder of nothing').secretKey }),
  };
  const wrong = handing('false old key', false4, [1, 2, 4], runOf('', 2, [5, 6]));
  assert.throws(
    () => dkg.keyOf(wrong, dealingsIn(wrong, false4)),
    /the old verification keys are not those of the old key/,
  );
  const strangers = handing('strangers', old, [1, 2, 9], runOf('', 2, [5, 6]));
  assert.throws(() => readRun(strangers), /a dealer holds no share of the old key/);
});

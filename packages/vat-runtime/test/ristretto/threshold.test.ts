import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type PartialOpening, schnorr, threshold } from '@pocas/vat-runtime/ristretto';
import { valueAt, weightsOf } from '#src/ristretto/polynomial.js';
import { numberOf, scalarText } from '#src/ristretto/texts.js';
import {
  flipped,
  fromHex,
  identity,
  keyPairOf,
  noElements,
  noScalars,
  randomOf,
} from './support.ts';
import { frostVector as vector } from './vectors.ts';

const numberIn = (text: string) => numberOf(Buffer.from(text, 'base64url'));

/** Shares of a key by a dealer whom everybody trusts: for these tests alone. */
const dealt = (t: number, n: number, name = 'group') => {
  const coefficients = Array.from({ length: t }, (_, at) =>
    numberIn(keyPairOf(`${name} ${at}`).secretKey),
  );
  const shares = Array.from({ length: n }, (_, at) => {
    const secret = scalarText(valueAt(coefficients, BigInt(at + 1)));
    return { index: BigInt(at + 1), secret, key: schnorr.publicKey(secret) };
  });
  return { groupKey: schnorr.publicKey(scalarText(coefficients[0]!)), shares };
};

const { groupKey, shares } = dealt(3, 5);
const context = 'camera 1, segment 42, 2026-11-22T10:20Z, epoch 7';
const made = threshold.encapsulate(groupKey, context, randomOf('seal'));
const openWith = (chosen: typeof shares, purpose = 'request 1') =>
  chosen.map((share) =>
    threshold.open(share, made.encapsulation, context, purpose, randomOf(`open ${share.index}`)),
  );
const combined = (partials: readonly PartialOpening[]) =>
  threshold.combine(partials, made.encapsulation, groupKey, context);

test('the shares of the vector of RFC 9591 are what its polynomial gives, and any two give its secret', () => {
  const coefficients = [vector.secretKey, vector.coefficient].map((hex) => numberIn(fromHex(hex)));
  vector.shares.forEach((share, at) => {
    assert.equal(scalarText(valueAt(coefficients, BigInt(at + 1))), fromHex(share));
  });
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  for (const pair of [
    [1, 2],
    [1, 3],
    [3, 2],
  ] as const) {
    const weights = weightsOf(pair.map(BigInt));
    const sum = pair.reduce(
      (total, index, at) => total + weights[at]! * numberIn(fromHex(vector.shares[index - 1]!)),
      0n,
    );
    assert.equal(scalarText(sum % order), fromHex(vector.secretKey));
  }
});

test('any t holders open, in any order; no t − 1 do, nor t of which one opened another segment', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(shares, { minLength: 1, maxLength: 5 }), (chosen) => {
      assert.equal(combined(openWith(chosen)) === made.key, chosen.length >= 3);
    }),
    { numRuns: 15 },
  );
  const another = threshold.encapsulate(groupKey, 'segment 43', randomOf('seal 43'));
  assert.notEqual(another.key, made.key);
  const stray = threshold.open(
    shares[2]!,
    another.encapsulation,
    'segment 43',
    'request 1',
    randomOf('stray'),
  );
  assert.notEqual(combined([...openWith(shares.slice(0, 2)), stray]), made.key);
});

test('a partial opening holds for its holder, its segment and its request, and for no others', () => {
  const [partial] = openWith([shares[1]!]) as [PartialOpening];
  const key = shares[1]!.key;
  const holds = (changed: object, by = key, of = made.encapsulation, purpose = 'request 1') =>
    threshold.verifyPartial(by, { ...partial, ...changed }, of, purpose);
  assert.equal(holds({}), true);
  assert.equal(holds({}, key, made.encapsulation, 'request 2'), false);
  assert.equal(holds({}, shares[2]!.key), false);
  assert.equal(holds({ index: 3n }), false);
  const another = threshold.encapsulate(groupKey, context, randomOf('another'));
  assert.equal(holds({}, key, another.encapsulation), false);
  // The same point with another proof was not what the holder opened.
  const { proof } = another.encapsulation;
  assert.equal(holds({}, key, { ...made.encapsulation, proof }), false);
  const [other] = openWith([shares[2]!]) as [PartialOpening];
  for (const changed of [
    ...[{ value: other.value }, { proof: other.proof }, other],
    ...[0, 31, 32, 63].map((at) => ({ proof: flipped(partial.proof, at) })),
    ...noElements.map((value) => ({ value })),
    ...[undefined, 2, 0n, -2n, 65n].map((index) => ({ index })),
    ...[undefined, '', partial.proof.slice(1), 7].map((proof) => ({ proof })),
  ]) {
    assert.equal(holds(changed), false);
  }
});

test('whoever lies with another share is found, though the proof is well made', () => {
  // With a share that is not the holder's, for the point times something, and with the group's key.
  const wrong = threshold.open(
    { index: 2n, secret: shares[3]!.secret },
    made.encapsulation,
    context,
    'request 1',
    randomOf('wrong'),
  );
  assert.equal(
    threshold.verifyPartial(shares[1]!.key, wrong, made.encapsulation, 'request 1'),
    false,
  );
  const honest = openWith([shares[0]!, shares[2]!]);
  assert.notEqual(combined([...honest, wrong]), made.key);
});

test('an encapsulation that was moved to another context or altered is refused by everybody', () => {
  const { encapsulation } = made;
  assert.equal(threshold.verifyEncapsulation(encapsulation, context), true);
  const moved = context.replace('epoch 7', 'epoch 8');
  const another = threshold.encapsulate(groupKey, moved, randomOf('seal')).encapsulation;
  for (const [changed, where] of [
    [encapsulation, moved],
    [{ ...encapsulation, point: another.point }, context],
    [{ ...encapsulation, proof: another.proof }, context],
    ...[0, 40].map((at) => [
      { ...encapsulation, proof: flipped(encapsulation.proof, at) },
      context,
    ]),
    ...noElements.map((point) => [{ ...encapsulation, point }, context]),
  ] as [typeof encapsulation, string][]) {
    assert.equal(threshold.verifyEncapsulation(changed, where), false);
    assert.throws(
      () => threshold.open(shares[0]!, changed, where, 'request 1', randomOf('o')),
      /Cannot open: the encapsulation was not made for this context/,
    );
    assert.throws(
      () => threshold.combine(openWith(shares.slice(0, 3)), changed, groupKey, where),
      /Cannot open: the encapsulation was not made for this context/,
    );
  }
});

test('twice the same holder is not two, and lists and indices have bounds', () => {
  const [one, two] = openWith(shares.slice(0, 2)) as [PartialOpening, PartialOpening];
  assert.throws(() => combined([one, two, one]), /each holder can open once/);
  assert.throws(() => combined([]), /a list of 1 to 64 is needed/);
  assert.throws(() => combined(Array(65).fill(one)), /a list of 1 to 64 is needed/);
  for (const index of [0n, 65n, -1n, 1, undefined]) {
    assert.throws(() => combined([{ ...one, index: index as bigint }]), /Cannot use index/);
  }
  for (const value of noElements) {
    assert.throws(() => combined([{ ...one, value: value as string }]), /Cannot use partial/);
  }
});

test('the same random bytes give another key for another context and group, and show nothing', () => {
  const keys = [
    threshold.encapsulate(groupKey, 'a', randomOf('same')),
    threshold.encapsulate(groupKey, 'b', randomOf('same')),
    threshold.encapsulate(dealt(3, 3, 'other').groupKey, 'a', randomOf('same')),
  ];
  assert.equal(new Set(keys.map(({ key }) => key)).size, 3);
  assert.equal(new Set(keys.map(({ encapsulation }) => encapsulation.point)).size, 3);
});

test('what is no key, share or text is refused in fixed words', () => {
  for (const key of noElements) {
    assert.throws(
      () => threshold.encapsulate(key as string, 'c', randomOf('r')),
      /Cannot use group key/,
    );
    assert.throws(
      () =>
        threshold.verifyPartial(
          key as string,
          openWith([shares[0]!])[0]!,
          made.encapsulation,
          'request 1',
        ),
      /Cannot use verification key/,
    );
  }
  for (const secret of [...noScalars, identity]) {
    const share = { index: 1n, secret: secret as string };
    assert.throws(
      () => threshold.open(share, made.encapsulation, context, 'p', randomOf('r')),
      /Cannot use share/,
    );
  }
  assert.throws(
    () => threshold.encapsulate(groupKey, 'x'.repeat(1025), randomOf('r')),
    /Cannot use context/,
  );
});

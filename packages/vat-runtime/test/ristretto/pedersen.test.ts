import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hmac, maxSum, pedersen } from '@pocas/vat-runtime/ristretto';

const bytes = (length: number, fill: number) => Buffer.alloc(length, fill).toString('base64url');
const key = bytes(32, 3);
const blindingOf = (name: string) => pedersen.scalar(hmac(key, name));
const random = hmac(key, 'random');

test('a sum of commitments is a commitment to the sum', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }), { minLength: 1, maxLength: 5 }),
      (values) => {
        const blindings = values.map((_, at) => blindingOf(`b${at}`));
        const sum = pedersen.add(values.map((value, at) => pedersen.commit(value, blindings[at]!)));
        const total = values.reduce((a, b) => a + b);
        assert.equal(sum, pedersen.commit(total, pedersen.addScalars(blindings)));
      },
    ),
    { numRuns: 30 },
  );
});

test('a proof holds for its commitment, value and context, and for no others', () => {
  for (const value of [0n, 1n, -1n, 2n ** 62n - 1n, 1n - 2n ** 62n]) {
    const commitment = pedersen.commit(value, blindingOf('a'));
    const proof = pedersen.prove(commitment, value, blindingOf('a'), 'epoch 3', random);
    assert.equal(pedersen.verify(commitment, value, proof, 'epoch 3'), true);
    assert.equal(pedersen.verify(commitment, value === 5n ? 6n : 5n, proof, 'epoch 3'), false);
    assert.equal(pedersen.verify(commitment, value, proof, 'epoch 4'), false);
    assert.equal(
      pedersen.verify(pedersen.commit(value, blindingOf('b')), value, proof, 'epoch 3'),
      false,
    );
    for (const at of [0, 40]) {
      const changed = Buffer.from(proof, 'base64url');
      changed[at]! ^= 1;
      assert.equal(
        pedersen.verify(commitment, value, changed.toString('base64url'), 'epoch 3'),
        false,
      );
    }
  }
  const commitment = pedersen.commit(4n, blindingOf('a'));
  assert.throws(
    () => pedersen.prove(commitment, 5n, blindingOf('a'), '', random),
    /not of this value and blinding/,
  );
});

test('the same random bytes for two proofs do not give the same nonce', () => {
  const commitment = pedersen.commit(4n, blindingOf('a'));
  const [one, two] = ['x', 'y'].map((context) => {
    const proof = Buffer.from(
      pedersen.prove(commitment, 4n, blindingOf('a'), context, random),
      'base64url',
    );
    return [proof.subarray(0, 32), proof.subarray(32)].map((half) =>
      BigInt(`0x${Buffer.from(half).reverse().toString('hex')}`),
    ) as [bigint, bigint];
  }) as [[bigint, bigint], [bigint, bigint]];
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const blinding = BigInt(
    `0x${Buffer.from(blindingOf('a'), 'base64url').reverse().toString('hex')}`,
  );
  const nonce = ([c, s]: [bigint, bigint]) => (s + c * blinding) % order;
  assert.notEqual(nonce(one), nonce(two));
});

test('the second generator and a proof are what fixed texts give', () => {
  // Whoever changes it makes all commitments of before mean nothing.
  const one = pedersen.scalar(Buffer.from([1, ...Array(63).fill(0)]).toString('base64url'));
  assert.equal(pedersen.commit(0n, one), 'wLPjDD4r0jW791YvLADFMyi8lx6XMZD7YROB-9Vh5m8');
  // All that is proven is in it, the value too.
  const commitment = pedersen.commit(4n, blindingOf('a'));
  const proof = pedersen.prove(commitment, 4n, blindingOf('a'), 'epoch 3', random);
  assert.equal(
    proof,
    'UZFDD_4DTqxj8OLVttiobj-t1Yy_mIM7cog_gITxMgVutShwDMO7iD59x5oJReRDj2BUtBHAwt-f5HDH5WPVDw',
  );
});

test('values, scalars and lists have their bounds', () => {
  const blinding = blindingOf('a');
  for (const value of [2n ** 62n, -(2n ** 62n), 1, '1', undefined]) {
    assert.throws(() => pedersen.commit(value as bigint, blinding), /whole number between/);
  }
  assert.throws(() => pedersen.commit(1n, bytes(32, 0)), /Cannot use blinding scalar/);
  assert.throws(() => pedersen.scalar(bytes(64, 0)), /Cannot use random bytes/);
  const commitment = pedersen.commit(1n, blinding);
  assert.doesNotThrow(() => pedersen.add(Array(maxSum).fill(commitment)));
  for (const list of [[], Array(maxSum + 1).fill(commitment)]) {
    assert.throws(() => pedersen.add(list), /a list of 1 to 1024 is needed/);
  }
  assert.throws(() => pedersen.add([bytes(32, 0)]), /Cannot use commitment/);
  const minus = pedersen.commit(-1n, blinding);
  const both = pedersen.addScalars([blinding, blinding]);
  assert.equal(pedersen.add([commitment, minus]), pedersen.commit(0n, both));
});

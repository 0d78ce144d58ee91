import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sealedTo } from '@pocas/vat-runtime/ristretto';
import { bytes, flipped, identity, keyPairOf, noElements, noScalars, randomOf } from './support.ts';

const { secretKey, publicKey } = keyPairOf('viewer');

test('what is sealed opens with its key in its context, whatever the text is', () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 200 })
    .filter((t) => !/\p{Surrogate}/u.test(t));
  fc.assert(
    fc.property(text, fc.nat(), (said, salt) => {
      const sealed = sealedTo.seal(publicKey, said, `request ${salt}`, randomOf(`${salt}`));
      assert.equal(sealedTo.open(secretKey, sealed, `request ${salt}`), said);
    }),
    {
      numRuns: 15,
      examples: [
        ['', 0],
        ['\ufeffmark', 1],
        ['é'.repeat(2048), 2],
      ],
    },
  );
});

test('it opens with no other key, in no other context, and not where one bit is another', () => {
  const sealed = sealedTo.seal(publicKey, 'the share of member 3', 'session 1', randomOf('r'));
  assert.equal(sealedTo.open(keyPairOf('other').secretKey, sealed, 'session 1'), undefined);
  assert.equal(sealedTo.open(secretKey, sealed, 'session 2'), undefined);
  const length = Buffer.from(sealed, 'base64url').length;
  for (let at = 0; at < length; at += 1) {
    assert.equal(sealedTo.open(secretKey, flipped(sealed, at), 'session 1'), undefined, `${at}`);
  }
  const raw = Buffer.from(sealed, 'base64url');
  const other = Buffer.from(
    sealedTo.seal(publicKey, 'the share of member 4', 'session 1', randomOf('q')),
    'base64url',
  );
  for (const wrong of [
    // Cut, longer, of two halves, and with the identity as its point.
    ...[raw.subarray(0, -1), raw.subarray(1), raw.subarray(0, 63), Buffer.concat([raw, raw])],
    Buffer.concat([raw.subarray(0, 32), other.subarray(32)]),
    Buffer.concat([raw.subarray(0, -32), other.subarray(-32)]),
    Buffer.concat([Buffer.alloc(32), raw.subarray(32)]),
  ]) {
    assert.equal(sealedTo.open(secretKey, wrong.toString('base64url'), 'session 1'), undefined);
  }
  for (const wrong of [undefined, 5, '', 'swiss', `${sealed}=`, bytes(5000, 1)]) {
    assert.equal(sealedTo.open(secretKey, wrong as string, 'session 1'), undefined);
  }
});

test('the same random bytes for two texts do not use one stream twice', () => {
  const [one, two] = ['attack', 'defend'].map((text) =>
    Buffer.from(sealedTo.seal(publicKey, text, 'c', randomOf('same')), 'base64url'),
  ) as [Buffer, Buffer];
  assert.notDeepEqual(one.subarray(0, 32), two.subarray(0, 32));
});

test('limits and keys: what cannot be sealed is refused in fixed words', () => {
  for (const key of noElements) {
    assert.throws(
      () => sealedTo.seal(key as string, 't', 'c', randomOf('r')),
      /Cannot use public key/,
    );
  }
  for (const key of [...noScalars, identity]) {
    assert.throws(() => sealedTo.open(key as string, 'AAAA', 'c'), /Cannot use secret key/);
  }
  for (const text of ['x'.repeat(4097), 'é'.repeat(2049), '\udfff', undefined]) {
    assert.throws(
      () => sealedTo.seal(publicKey, text as string, 'c', randomOf('r')),
      /Cannot use text/,
    );
  }
  assert.throws(() => sealedTo.seal(publicKey, 't', 'c', bytes(32, 1)), /Cannot use random bytes/);
});

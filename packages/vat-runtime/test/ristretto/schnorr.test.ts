import '@pocas/vat-runtime/lockdown';
import { createHash } from 'node:crypto';
import test from 'node:test';
import assert from 'node:assert/strict';
import { ristretto255_FROST as frost } from '@noble/curves/ed25519.js';
import { schnorr } from '@pocas/vat-runtime/ristretto';
import {
  bytes,
  flipped,
  fromHex,
  identity,
  keyPairOf,
  noElements,
  noScalars,
  randomOf,
} from './support.ts';
import { frostVector as vector } from './vectors.ts';

const { secretKey, publicKey } = keyPairOf('recorder');
const inBytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));

test('the vector of RFC 9591 for ristretto255 holds: key and signature', () => {
  const key = fromHex(vector.publicKey);
  assert.equal(schnorr.publicKey(fromHex(vector.secretKey)), key);
  assert.equal(schnorr.verify(key, vector.message, fromHex(vector.signature)), true);
  assert.equal(schnorr.verify(key, 'tesT', fromHex(vector.signature)), false);
});

test('what is signed here holds for another implementation, and the other way round', () => {
  const signature = schnorr.sign(secretKey, 'segment 3, größer', randomOf('r'));
  const message = new Uint8Array(Buffer.from('segment 3, größer'));
  assert.equal(frost.verify(inBytes(signature), message, inBytes(publicKey)), true);
  const theirs = Buffer.from(frost.sign(message, inBytes(secretKey))).toString('base64url');
  assert.equal(schnorr.verify(publicKey, 'segment 3, größer', theirs), true);
});

test('a signature holds for its key and message, whole, and for nothing else', () => {
  const signature = schnorr.sign(secretKey, 'segment 3', randomOf('r'));
  assert.equal(schnorr.verify(publicKey, 'segment 3', signature), true);
  assert.equal(schnorr.verify(publicKey, 'segment 4', signature), false);
  assert.equal(schnorr.verify(keyPairOf('another').publicKey, 'segment 3', signature), false);
  for (let at = 0; at < 64; at += 7) {
    assert.equal(schnorr.verify(publicKey, 'segment 3', flipped(signature, at)), false, `${at}`);
  }
  const nonce = inBytes(signature).subarray(0, 32);
  const answer = inBytes(signature).subarray(32);
  const of = (...parts: Uint8Array[]) => Buffer.concat(parts).toString('base64url');
  for (const wrong of [
    ...[undefined, 7, '', signature.slice(1), `${signature}A`, bytes(64, 0)],
    of(answer, nonce),
    // A nonce that is the identity would hold for whoever knows the secret key only, and is refused.
    of(inBytes(identity), answer),
  ]) {
    assert.equal(schnorr.verify(publicKey, 'segment 3', wrong as string), false);
  }
});

test('a signature has one form: an answer above the order is none, nor is a nonce of the identity', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const little = (number: bigint) =>
    Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
  const number = (text: Uint8Array) => BigInt(`0x${Buffer.from(text).reverse().toString('hex')}`);
  const signature = inBytes(schnorr.sign(secretKey, 'segment 3', randomOf('r')));
  const above = little(number(signature.subarray(32)) + order);
  assert.equal(
    schnorr.verify(
      publicKey,
      'segment 3',
      Buffer.concat([signature.subarray(0, 32), above]).toString('base64url'),
    ),
    false,
  );
  // z = c·x is right for R = 0.
  const zero = inBytes(identity);
  const name = Buffer.from('FROST-RISTRETTO255-SHA512-v1chal');
  const hash = createHash('sha512')
    .update(Buffer.concat([name, zero, inBytes(publicKey), Buffer.from('m')]))
    .digest();
  const answer = little(((number(hash) % order) * number(inBytes(secretKey))) % order);
  const forged = Buffer.concat([zero, answer]).toString('base64url');
  assert.equal(schnorr.verify(publicKey, 'm', forged), false);
});

test('the same random bytes for two messages do not show the key', () => {
  const nonces = ['one', 'two'].map((message) =>
    schnorr.sign(secretKey, message, randomOf('same')).slice(0, 42),
  );
  assert.notEqual(nonces[0], nonces[1]);
  const others = [secretKey, keyPairOf('another').secretKey].map((key) =>
    schnorr.sign(key, 'one', randomOf('same')).slice(0, 42),
  );
  assert.notEqual(others[0], others[1]);
});

test('keys that are none, texts that have no bytes and too long ones are refused in fixed words', () => {
  const signature = schnorr.sign(secretKey, 'm', randomOf('r'));
  for (const key of noElements) {
    assert.throws(() => schnorr.verify(key as string, 'm', signature), /Cannot use public key/);
  }
  for (const key of [...noScalars, identity]) {
    assert.throws(() => schnorr.sign(key as string, 'm', randomOf('r')), /Cannot use secret key/);
    assert.throws(() => schnorr.publicKey(key as string), /Cannot use secret key/);
  }
  for (const message of ['\ud800', 'm'.repeat(65_537), undefined]) {
    assert.throws(() => schnorr.sign(secretKey, message as string, randomOf('r')), TypeError);
    assert.throws(() => schnorr.verify(publicKey, message as string, signature), TypeError);
  }
  assert.throws(() => schnorr.sign(secretKey, 'm', bytes(32, 1)), /Cannot use random bytes/);
});

import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { nodeCiphers } from '@pocas/vat-runtime/node';
import { toBase32 } from '#src/locator/base-encoding.js';
import { makeIdentity, verifyIdentity } from '#src/locator/identity.js';
import { type Ciphers, isCanonicalKey } from '#src/session/ciphers.js';
import { nobleCiphers } from '#src/session/noble-ciphers.js';
import { signatures } from './vectors/ed25519.ts';
import { acceptable, nonCanonical, smallOrder } from './vectors/x25519.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');

const implementations: Record<string, Ciphers> = { noble: nobleCiphers, node: nodeCiphers };

for (const [name, ciphers] of Object.entries(implementations)) {
  test(`${name}: X25519 agrees as published`, () => {
    for (const [number, publicKey, secret, shared] of acceptable) {
      const key = ciphers.makeAgreementKey(hex(secret));
      assert.equal(textOf(key.agree(hex(publicKey))), shared, `case ${number}`);
    }
  });

  // RFC 7748, section 5.2: the first round.
  test(`${name}: a public key is made of its secret`, () => {
    const key = ciphers.makeAgreementKey(hex(`09${'00'.repeat(31)}`));
    assert.equal(
      textOf(key.publicKey),
      '422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079',
    );
  });

  // Attack: a key with which everybody agrees on zeros, so that anybody knows the session's keys.
  test(`${name}: every key of small order is refused, however it is written`, () => {
    assert.equal(smallOrder.length, 31);
    for (const [number, publicKey, secret] of smallOrder) {
      const key = ciphers.makeAgreementKey(hex(secret));
      assert.equal(key.agree(hex(publicKey)), undefined, `case ${number}`);
    }
  });

  // Attack: a second spelling of an honest key, or one with the bit set that X25519 ignores.
  test(`${name}: a key that is not written as keys are is refused`, () => {
    for (const [number, publicKey, secret] of nonCanonical) {
      const key = ciphers.makeAgreementKey(hex(secret));
      assert.equal(key.agree(hex(publicKey)), undefined, `case ${number}`);
    }
    const honest = ciphers.makeAgreementKey(new Uint8Array(32).fill(3)).publicKey;
    const key = ciphers.makeAgreementKey(new Uint8Array(32).fill(4));
    assert.notEqual(key.agree(honest), undefined);
    const spelled = Uint8Array.from(honest);
    spelled[31]! |= 0x80;
    assert.equal(key.agree(spelled), undefined);
    for (const length of [0, 31, 33, 64]) {
      assert.equal(key.agree(new Uint8Array(length).fill(9)), undefined, `${length} bytes`);
    }
  });

  test(`${name}: a secret of another length is refused`, () => {
    for (const length of [0, 31, 33]) {
      assert.throws(() => ciphers.makeAgreementKey(new Uint8Array(length)), RangeError);
    }
  });

  // RFC 8439, section 2.8.2.
  test(`${name}: ChaCha20-Poly1305 seals as in RFC 8439, and opens nothing that was altered`, () => {
    const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
    const nonce = hex('070000004041424344454647');
    const associated = hex('50515253c0c1c2c3c4c5c6c7');
    const text = new Uint8Array(
      Buffer.from(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
      ),
    );
    const sealed = new Uint8Array(text.length + 16);
    ciphers.seal(key, nonce, associated, text, sealed);
    assert.equal(textOf(sealed.subarray(0, 16)), 'd31a8d34648e60db7b86afbc53ef7ec2');
    assert.equal(textOf(sealed.subarray(text.length)), '1ae10b594f09e26a7e902ecbd0600691');
    const opened = new Uint8Array(text.length);
    assert.equal(ciphers.open(key, nonce, associated, sealed, opened), true);
    assert.deepEqual(opened, text);
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Uint8Array.from(sealed);
      altered[at]! ^= 1;
      assert.equal(ciphers.open(key, nonce, associated, altered, opened), false, `byte ${at}`);
    }
    assert.equal(ciphers.open(key, nonce, associated.subarray(1), sealed, opened), false);
    assert.equal(
      ciphers.open(key, hex('070000004041424344454648'), associated, sealed, opened),
      false,
    );
    for (const length of [0, 15]) {
      const short = sealed.subarray(0, length);
      assert.equal(ciphers.open(key, nonce, associated, short, new Uint8Array(0)), false);
    }
  });

  // FIPS 180-4 and RFC 4231, case 2.
  test(`${name}: SHA-256 and HMAC are as published, of any parts`, () => {
    const utf8 = (text: string) => new Uint8Array(Buffer.from(text));
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(textOf(ciphers.hash(utf8('abc'))), abc);
    assert.equal(textOf(ciphers.hash(utf8('a'), utf8(''), utf8('bc'))), abc);
    const mac = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    assert.equal(textOf(ciphers.hmac(utf8('Jefe'), utf8('what do ya want for nothing?'))), mac);
    assert.equal(
      textOf(ciphers.hmac(utf8('Jefe'), utf8('what do ya '), utf8('want for nothing?'))),
      mac,
    );
  });

  test(`${name}: Ed25519 takes the signatures that are published as valid, and no other`, () => {
    for (const [number, publicKey, message, signature, isValid] of signatures) {
      const verified = ciphers.ed25519.verify(hex(publicKey), hex(message), hex(signature));
      assert.equal(verified, isValid, `case ${number}`);
    }
  });

  // RFC 8032, section 7.1, TEST 2.
  test(`${name}: Ed25519 signs as in RFC 8032, and an identity by it is one`, () => {
    const seed = hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    const { sign, designator } = makeIdentity(seed, ciphers.ed25519);
    assert.equal(
      textOf(sign(hex('72'))),
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    assert.ok(verifyIdentity(designator, hex('72'), sign(hex('72')), ciphers.ed25519));
    assert.equal(verifyIdentity(designator, hex('73'), sign(hex('72')), ciphers.ed25519), false);
  });

  // With such a key, R = the key and s = 0 verify for many messages, or for all.
  test(`${name}: nobody has a key of small order for a name`, () => {
    for (const text of ED25519_TORSION_SUBGROUP) {
      const key = hex(text);
      const forged = new Uint8Array(64);
      forged.set(key);
      for (const message of [hex(''), hex('01'), hex('0203')]) {
        assert.equal(verifyIdentity(toBase32(key), message, forged, ciphers.ed25519), false, text);
      }
    }
  });
}

test('what one implementation does the other undoes', () => {
  for (const length of [0, 1, 15, 16, 17, 255, 4096, 65_519]) {
    const [key, nonce, associated] = [randomBytes(32), randomBytes(12), randomBytes(length % 40)];
    const text = new Uint8Array(randomBytes(length));
    for (const [one, other] of [
      [nobleCiphers, nodeCiphers],
      [nodeCiphers, nobleCiphers],
    ] as const) {
      const sealed = new Uint8Array(length + 16);
      one.seal(key, nonce, associated, text, sealed);
      const opened = new Uint8Array(length);
      assert.equal(other.open(key, nonce, associated, sealed, opened), true);
      assert.deepEqual(opened, text);
    }
  }
  const secrets = [randomBytes(32), randomBytes(32)] as const;
  const [a, b] = [
    nobleCiphers.makeAgreementKey(secrets[0]),
    nodeCiphers.makeAgreementKey(secrets[1]),
  ];
  assert.equal(textOf(a.agree(b.publicKey)), textOf(b.agree(a.publicKey)));
  assert.equal(textOf(nodeCiphers.makeAgreementKey(secrets[0]).publicKey), textOf(a.publicKey));
});

test('only what is below 2^255 - 19 is written as a key', () => {
  const number = (value: bigint) => {
    const bytes = new Uint8Array(32);
    for (let i = 0; i < 32; i += 1) bytes[i] = Number((value >> BigInt(8 * i)) & 0xffn);
    return bytes;
  };
  const p = 2n ** 255n - 19n;
  for (const value of [0n, 1n, 9n, p - 1n, p - 2n, p - 256n, 2n ** 254n, 2n ** 255n - 2n ** 240n]) {
    assert.equal(isCanonicalKey(number(value)), true, `${value}`);
  }
  for (const value of [p, p + 1n, p + 18n, 2n ** 255n, 2n ** 255n + 9n, 2n ** 256n - 1n]) {
    assert.equal(isCanonicalKey(number(value)), false, `${value}`);
  }
});

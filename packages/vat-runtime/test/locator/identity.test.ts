import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { ED25519_TORSION_SUBGROUP, ed25519, x25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { toBase32 } from '#src/locator/base-encoding.js';
import {
  agreeWith,
  isDesignator,
  isDesignatorText,
  makeIdentity,
  verifyIdentity,
} from '#src/locator/identity.js';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const utf8 = (text: string) => Uint8Array.from(Buffer.from(text));
const seed = Uint8Array.from({ length: 32 }, (_, i) => i);

test('signs the second vector of RFC 8032, section 7.1', () => {
  const identity = makeIdentity(
    hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'),
  );
  assert.equal(
    identity.designator,
    toBase32(hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')),
  );
  const signature = hex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
  assert.deepEqual(identity.sign(hex('72')), signature);
  assert.equal(verifyIdentity(identity.designator, hex('72'), signature), true);
});

test('a designator is one label of a host name, in lower case', () => {
  assert.match(makeIdentity(seed).designator, /^[a-z2-7]{52}$/);
});

test('an identity shows its designator and nothing of its seed', () => {
  const mine = Uint8Array.from(seed);
  const identity = makeIdentity(mine);
  const before = identity.sign(utf8('a'));
  mine.fill(0);
  assert.deepEqual(identity.sign(utf8('a')), before);
  assert.deepEqual(Object.keys(identity), ['designator', 'sign', 'agree']);
  assert.ok(Object.isFrozen(identity));
});

test('refuses a seed of another length', () => {
  for (const length of [0, 31, 33, 64]) {
    assert.throws(() => makeIdentity(new Uint8Array(length)), {
      name: 'RangeError',
      message: 'Cannot make identity: the seed does not have 32 bytes',
    });
  }
});

test('refuses a changed message, a changed signature and the key of another', () => {
  const identity = makeIdentity(seed);
  const other = makeIdentity(seed.map((byte) => byte ^ 1));
  const message = utf8('one shelf until Friday');
  const signature = identity.sign(message);
  assert.equal(verifyIdentity(identity.designator, message, signature), true);
  assert.equal(verifyIdentity(other.designator, message, signature), false);
  assert.equal(
    verifyIdentity(identity.designator, utf8('one shelf until Sunday'), signature),
    false,
  );
  for (const at of [0, 31, 32, 63]) {
    const changed = Uint8Array.from(signature);
    changed[at]! ^= 1;
    assert.equal(verifyIdentity(identity.designator, message, changed), false);
  }
});

test('answers false, and throws nothing, for malformed arguments', () => {
  const { designator, sign } = makeIdentity(seed);
  const message = utf8('m');
  assert.equal(verifyIdentity('', message, sign(message)), false);
  assert.equal(verifyIdentity(designator.toUpperCase(), message, sign(message)), false);
  assert.equal(verifyIdentity(`${designator}a`, message, sign(message)), false);
  assert.equal(verifyIdentity(designator, message, new Uint8Array(0)), false);
  assert.equal(verifyIdentity(designator, message, sign(message).slice(1)), false);
});

test('refuses a signature whose second half was raised by the order of the group', () => {
  const identity = makeIdentity(seed);
  const message = utf8('m');
  const signature = identity.sign(message);
  let s = 0n;
  for (let i = 63; i >= 32; i -= 1) s = (s << 8n) | BigInt(signature[i]!);
  s += ed25519.Point.Fn.ORDER;
  const raised = Uint8Array.from(signature);
  for (let i = 32; i < 64; i += 1, s >>= 8n) raised[i] = Number(s & 0xffn);
  assert.equal(verifyIdentity(identity.designator, message, raised), false);
});

// With such a key, R = the key and s = 0 verify for many messages, or for all.
test('refuses every key of small order, with a signature that a lenient check accepts', () => {
  let accepted = 0;
  for (const text of ED25519_TORSION_SUBGROUP) {
    const key = hex(text);
    const forged = new Uint8Array(64);
    forged.set(key);
    const message = utf8('anything at all');
    if (ed25519.verify(forged, message, key, { zip215: true })) accepted += 1;
    const designator = toBase32(key);
    assert.equal(isDesignatorText(designator), true);
    assert.equal(isDesignator(designator), false, text);
    assert.equal(verifyIdentity(designator, message, forged), false, text);
  }
  assert.equal(accepted, ED25519_TORSION_SUBGROUP.length, 'the attack is a real one');
});

test('refuses encodings that are not the one of their point', () => {
  const encodings = {
    'y = p, for 0': `ed${'ff'.repeat(30)}7f`,
    'y = p + 1, for 1': `ee${'ff'.repeat(30)}7f`,
    'y = 2^255 - 1': `${'ff'.repeat(31)}7f`,
    'y = 1 with the sign of a zero x': `01${'00'.repeat(30)}80`,
    'y = -1 with the sign of a zero x': `ec${'ff'.repeat(31)}`,
    'no point of the curve': `02${'00'.repeat(31)}`,
  };
  for (const [name, text] of Object.entries(encodings)) {
    const designator = toBase32(hex(text));
    assert.equal(isDesignator(designator), false, name);
    assert.equal(verifyIdentity(designator, utf8('m'), new Uint8Array(64)), false, name);
  }
});

test('refuses the twins of an honest key, for which the same secret would sign', () => {
  const { designator } = makeIdentity(seed);
  const { point, scalar, prefix } = ed25519.utils.getExtendedPublicKey(seed);
  const torsion = ed25519.Point.fromHex(ED25519_TORSION_SUBGROUP[4]!);
  const twin = point.add(torsion).toBytes();
  // The signature that the owner of the secret makes in the name of the twin.
  const message = utf8('m');
  const { Fn, BASE } = ed25519.Point;
  const number = (bytes: Uint8Array) =>
    BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`) % Fn.ORDER;
  const hash = (...parts: Uint8Array[]) => number(sha512(Buffer.concat(parts)));
  const r = hash(prefix, message);
  const R = BASE.multiply(r).toBytes();
  const s = Fn.create(r + hash(R, twin, message) * scalar);
  const signature = Uint8Array.from(Buffer.concat([R, Fn.toBytes(s)]));
  assert.equal(ed25519.verify(signature, message, twin, { zip215: false }), true);

  assert.notEqual(toBase32(twin), designator);
  assert.equal(isDesignator(toBase32(twin)), false);
  assert.equal(verifyIdentity(toBase32(twin), message, signature), false);
});

test('only the node of a designator agrees on a key with whoever knows its designator', () => {
  const identity = makeIdentity(seed);
  const info = utf8('what for');
  const agreed = agreeWith(identity.designator, new Uint8Array(32).fill(7), () => info)!;
  assert.deepEqual(identity.agree(agreed.publicKey, info), agreed.key);
  const others = [
    identity.agree(agreed.publicKey, utf8('something else')),
    makeIdentity(new Uint8Array(32).fill(1)).agree(agreed.publicKey, info),
    identity.agree(x25519.getPublicKey(new Uint8Array(32).fill(8)), info),
  ];
  for (const other of others) assert.notDeepEqual(other, agreed.key);
  // RFC 7748, section 4.1: the map takes the public half of one to that of the other.
  const mapped = ed25519.utils.toMontgomery(ed25519.getPublicKey(seed));
  assert.deepEqual(mapped, x25519.getPublicKey(ed25519.utils.toMontgomerySecret(seed)));
});

test('a key of small order, or of another length, agrees with nobody', () => {
  const identity = makeIdentity(seed);
  const info = utf8('what for');
  // RFC 7748, section 6.1: 0 and 1, and both orders of eight that are written below 2^255 - 19.
  const small = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  ];
  for (const key of small) assert.equal(identity.agree(hex(key), info), undefined, key);
  assert.equal(identity.agree(new Uint8Array(31), info), undefined);
  for (const bad of ['a'.repeat(52), toBase32(ED25519_TORSION_SUBGROUP.map(hex)[1]!), '']) {
    assert.equal(
      agreeWith(bad, new Uint8Array(32).fill(7), () => info),
      undefined,
    );
  }
  assert.throws(() => agreeWith(identity.designator, new Uint8Array(31), () => info), RangeError);
});

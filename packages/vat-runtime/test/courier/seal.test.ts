import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { type BundleFault, BundleRefusedError, classSizes } from '#src/courier/bundle-form.js';
import { chunkBytes, openAll, sealInto, sealedLength } from '#src/courier/chunks.js';
import { type SealInput, maxContentBytes, openBundle, sealBundle } from '#src/courier/seal.js';
import { makeIdentity } from '#src/locator/identity.js';
import type { Ciphers } from '#src/session/ciphers.js';
import { nodeCiphers as ciphers } from '#src/machine/node-ciphers.js';
import { nobleCiphers } from '#src/session/noble-ciphers.js';

const ana = makeIdentity(new Uint8Array(32).fill(1));
const beto = makeIdentity(new Uint8Array(32).fill(2));
const eva = makeIdentity(new Uint8Array(32).fill(3));
const day = 86_400_000n;
const now = 20_000n * day + 5n;

const seal = (input: Partial<SealInput> = {}): Uint8Array =>
  sealBundle(
    {
      identity: ana,
      recipient: beto.designator,
      content: '{"hola":"¿qué tal?"}',
      now,
      days: 14,
      ephemeral: new Uint8Array(32).fill(9),
      ...input,
    },
    ciphers,
  );
const open = (bundle: Uint8Array, identity = beto, at = now) =>
  openBundle(bundle, identity, at, ciphers);

const assertRefused = (bundle: Uint8Array, fault: BundleFault, identity = beto, at = now) =>
  assert.throws(
    () => open(bundle, identity, at),
    (error) => error instanceof BundleRefusedError && error.fault === fault,
    fault,
  );

const key = new Uint8Array(32).fill(7);

test('what one implementation of the ciphers sealed the other opens', () => {
  const bundle = seal({ content: 'x'.repeat(100_000) });
  assert.equal(openBundle(bundle, beto, now, nobleCiphers).content.length, 100_000);
});

test('a stream of chunks has the form of age: any reordering, cut, addition or exchange is refused', () => {
  const plaintext = new Uint8Array(2 * chunkBytes + 5).map((_byte, i) => i % 251);
  const sealed = new Uint8Array(sealedLength(plaintext.length));
  sealInto(sealed, ciphers, key, plaintext);
  assert.deepEqual(openAll(ciphers, key, sealed), plaintext);
  // age, "Payload": the nonce is a counter of eleven bytes and the flag of the last chunk.
  const second = chacha20poly1305(key, new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]));
  const one = chunkBytes + 16;
  assert.deepEqual(
    second.decrypt(sealed.slice(one, 2 * one)),
    plaintext.slice(one - 16, 2 * chunkBytes),
  );
  const [a, b, c] = [sealed.slice(0, one), sealed.slice(one, 2 * one), sealed.slice(2 * one)];
  const joined = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
  const other = new Uint8Array(sealed.length);
  sealInto(other, ciphers, new Uint8Array(32).fill(8), plaintext);
  const wrong = [
    ...[joined(b, a, c), joined(a, c), joined(a, b), joined(a), joined(b, c), joined(a, a, b, c)],
    ...[joined(a, b, c, c), joined(a, b, b, c), joined(a, other.slice(one, 2 * one), c)],
    ...[
      new Uint8Array(),
      sealed.slice(0, 15),
      sealed.slice(0, -1),
      joined(sealed, new Uint8Array(1)),
    ],
  ];
  for (const bytes of wrong)
    assert.throws(() => openAll(ciphers, key, bytes), /altered or is not whole/);
});

test('a bundle gives its recipient the content and who sent it, whatever its size', () => {
  for (const length of [0, 1, 3879, 3880, 3881, 16_000, 70_000, 300_000]) {
    const content = 'x'.repeat(length);
    const bundle = seal({ content });
    assert.ok(classSizes.includes(bundle.length));
    assert.deepEqual(open(bundle), { sender: ana.designator, content, madeAt: now });
  }
  assert.equal(seal({ content: 'x'.repeat(maxContentBytes) }).length, 16 << 20);
  assert.throws(() => seal({ content: 'x'.repeat(maxContentBytes + 1) }), /too long/);
});

test('outside nothing tells senders from each other, nor contents of one size class', () => {
  const [one, two] = [seal(), seal({ identity: eva, content: 'x'.repeat(3000) })];
  assert.equal(one.length, two.length);
  assert.deepEqual(one.subarray(0, 84), two.subarray(0, 84));
  for (const { designator } of [ana, eva]) {
    assert.equal(Buffer.from(two).includes(designator), false);
  }
  // All bundles of a day end with the same day.
  const late = seal({ now: now + day - 6n });
  assert.deepEqual(late.subarray(0, 84), one.subarray(0, 84));
});

test('every flipped byte is noticed', () => {
  const bundle = seal();
  for (let i = 0; i < bundle.length; i += 1) {
    // The recipient's bit, the last byte and some between, each with another bit.
    const altered = Uint8Array.from(bundle);
    altered[i]! ^= 1 << (i % 8);
    assert.throws(() => open(altered), BundleRefusedError, String(i));
  }
});

test('the header is bound into the key, and not only signed', () => {
  for (const at of [51, 52, 83]) {
    const altered = seal();
    altered[at]! ^= at === 51 ? 1 : 0x80;
    const opened: boolean[] = [];
    const noting: Ciphers = {
      ...ciphers,
      open(...args) {
        opened.push(ciphers.open(...args));
        return opened.at(-1)!;
      },
    };
    assert.throws(() => openBundle(altered, beto, now, noting), BundleRefusedError);
    assert.deepEqual(opened, [false], String(at));
  }
});

test('a bundle that is cut, longer, spliced, or between sizes is refused', () => {
  const bundle = seal({ content: 'x'.repeat(100_000) });
  for (const length of [0, 1, 83, 84, 4096, 16_384, bundle.length - 1]) {
    assertRefused(bundle.slice(0, length), 'malformed');
  }
  assertRefused(new Uint8Array([...bundle, 0]), 'malformed');
  const other = seal({ content: 'x'.repeat(100_000), ephemeral: new Uint8Array(32).fill(8) });
  const spliced = Uint8Array.from(bundle);
  spliced.set(other.subarray(70_000), 70_000);
  assertRefused(spliced, 'not-sealed-so');
  // A header on the chunks of another bundle.
  const beheaded = Uint8Array.from(bundle);
  beheaded.set(other.subarray(0, 84));
  assertRefused(beheaded, 'not-sealed-so');
});

test('a bundle is for one node: not for another, and not for its own sender', () => {
  assertRefused(seal(), 'other-recipient', eva);
  assertRefused(seal(), 'other-recipient', ana);
  assertRefused(seal({ recipient: ana.designator }), 'own', ana);
  // Redirected by its header only.
  const redirected = seal();
  redirected.set(seal({ recipient: eva.designator }).subarray(16, 48), 16);
  assertRefused(redirected, 'not-sealed-so', eva);
});

test('a bundle is refused after its day, and where its times are not yet', () => {
  const bundle = seal({ days: 1 });
  const end = 20_002n * day;
  assert.equal(open(bundle, beto, end - 1n).sender, ana.designator);
  assertRefused(bundle, 'expired', beto, end);
  assertRefused(seal({ days: 90 }), 'future', beto, now - 3n * day);
  assertRefused(seal({ days: 1 }), 'future', beto, now - day - 1n);
  assert.equal(open(seal({ days: 1 }), beto, now - day).sender, ana.designator);
  assert.throws(() => seal({ days: 0 }), RangeError);
  assert.throws(() => seal({ days: 91 }), RangeError);
});

test('nobody can sign for another, nor put what another signed into a bundle of his own', () => {
  // Eva speaks under the name of Ana.
  assertRefused(seal({ identity: { ...eva, designator: ana.designator } }), 'not-sealed-so');
  // Beto, who was sent it, passes it on to Eva: with the same inside, in a bundle of his making.
  let inner: Uint8Array | undefined;
  openBundle(seal(), beto, now, {
    ...ciphers,
    open(...args) {
      const isOpen = ciphers.open(...args);
      inner = args[4];
      return isOpen;
    },
  });
  const passedOn = sealBundle(
    {
      identity: beto,
      recipient: eva.designator,
      content: '{"hola":"¿qué tal?"}',
      now,
      days: 14,
      ephemeral: new Uint8Array(32).fill(9),
    },
    { ...ciphers, seal: (k, nonce, ad, _text, into) => ciphers.seal(k, nonce, ad, inner!, into) },
  );
  assertRefused(passedOn, 'not-sealed-so', eva);
});

test('an ephemeral key of small order, or of another spelling, is refused', () => {
  const bundle = seal();
  for (const first of [0, 1]) {
    const small = Uint8Array.from(bundle);
    small.set(new Uint8Array(32), 52);
    small[52] = first;
    assertRefused(small, 'not-sealed-so');
  }
  const spelled = Uint8Array.from(bundle);
  // RFC 7748, section 5: the top bit is ignored by the agreement. Here it is bound all the same.
  spelled[83]! ^= 0x80;
  assertRefused(spelled, 'not-sealed-so');
  assert.throws(() => seal({ recipient: 'a'.repeat(52) }), TypeError);
});

test('a padding that is not zero, a larger class than needed and a length that lies are refused', () => {
  const with_ = (change: (inner: Uint8Array) => void) =>
    sealBundle(
      {
        identity: ana,
        recipient: beto.designator,
        content: 'hola',
        now,
        days: 1,
        ephemeral: new Uint8Array(32).fill(9),
      },
      {
        ...ciphers,
        seal(k, nonce, ad, text, into) {
          change(text);
          ciphers.seal(k, nonce, ad, text, into);
        },
      },
    );
  assert.equal(open(with_(() => {})).content, 'hola');
  assertRefused(
    with_((inner) => void (inner[inner.length - 1] = 1)),
    'malformed',
  );
  assertRefused(
    with_((inner) => void (inner[104] = 255)),
    'malformed',
  );
  assertRefused(
    with_((inner) => void (inner[107] = 3)),
    'malformed',
  );
  assertRefused(
    with_((inner) => void (inner[108]! ^= 1)),
    'not-sealed-so',
  );
});

test('any bytes are refused in words, and quickly', () => {
  const bundle = seal();
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 5000 }),
        fc
          .record({
            at: fc.nat({ max: 4095 }),
            bytes: fc.uint8Array({ minLength: 1, maxLength: 90 }),
          })
          .map(({ at, bytes }) => {
            const altered = Uint8Array.from(bundle);
            altered.set(bytes.subarray(0, altered.length - at), at);
            return altered;
          }),
      ),
      (bytes) => {
        if (Buffer.compare(bytes, bundle) === 0) return;
        assert.throws(() => open(bytes), BundleRefusedError);
      },
    ),
    fuzz(300),
  );
});

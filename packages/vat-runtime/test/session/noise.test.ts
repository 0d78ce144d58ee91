import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import test from 'node:test';
import { nodeCiphers } from '@pocas/vat-runtime/node';
import type { Ciphers } from '#src/session/ciphers.js';
import { makeCipherState } from '#src/session/cipher-state.js';
import { nobleCiphers } from '#src/session/noble-ciphers.js';
import { type NoiseOptions, makeNoise } from '#src/session/noise.js';
import { type NoiseVector, noiseVectors } from './vectors/noise.ts';
import { smallOrder } from './vectors/x25519.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const nothing = new Uint8Array(0);

const implementations: Record<string, Ciphers> = { noble: nobleCiphers, node: nodeCiphers };

const noRandom = (): Uint8Array => {
  throw Error('there is none in this vector');
};

/** Both ends of a published handshake, whose ephemeral keys it names. */
const endsOf = (vector: NoiseVector, ciphers: Ciphers) => {
  const shared = { pattern: vector.pattern, ciphers, prologue: hex(vector.prologue) };
  const keyOf = (secret: string | undefined) =>
    secret === undefined ? {} : { ownKey: ciphers.makeAgreementKey(hex(secret)) };
  const randomOf = (ephemeral: string | undefined) =>
    ephemeral === undefined ? noRandom : () => hex(ephemeral);
  const remoteKey =
    vector.initRemoteStatic === undefined ? {} : { remoteKey: hex(vector.initRemoteStatic) };
  return [
    makeNoise({
      ...shared,
      isInitiator: true,
      random: randomOf(vector.initEphemeral),
      ...keyOf(vector.initStatic),
      ...remoteKey,
    }),
    makeNoise({
      ...shared,
      isInitiator: false,
      random: randomOf(vector.respEphemeral),
      ...keyOf(vector.respStatic),
    }),
  ] as const;
};

for (const [name, ciphers] of Object.entries(implementations)) {
  for (const vector of noiseVectors) {
    test(`${name}: ${vector.pattern} speaks as ${vector.source} does`, () => {
      const [initiator, responder] = endsOf(vector, ciphers);
      const handshake = vector.pattern === 'XX' ? 3 : 1;
      vector.messages.slice(0, handshake).forEach(([payload, expected], i) => {
        const [writer, reader] = i % 2 === 0 ? [initiator, responder] : [responder, initiator];
        const hashes: string[] = [];
        const message = writer.write((hash) => {
          hashes.push(textOf(hash));
          return hex(payload);
        });
        assert.equal(textOf(message), expected);
        const read = reader.read(message);
        assert.equal(textOf(read.payload), payload);
        assert.deepEqual(hashes, [textOf(read.hash)]);
      });
      if (vector.hash !== undefined) {
        assert.deepEqual([initiator.hash(), responder.hash()].map(textOf), [
          vector.hash,
          vector.hash,
        ]);
      }
      const [one, two] = [initiator.split(), responder.split()];
      vector.messages.slice(handshake).forEach(([payload, expected], i) => {
        const isFirst = vector.pattern !== 'XX' || (handshake + i) % 2 === 0;
        const [writer, reader] = isFirst ? [one, two] : [two, one];
        const sealed = new Uint8Array(expected.length / 2);
        writer.sending.seal(nothing, hex(payload), sealed);
        assert.equal(textOf(sealed), expected);
        const opened = new Uint8Array(payload.length / 2);
        assert.equal(reader.receiving.open(nothing, sealed, opened), true);
        assert.equal(textOf(opened), payload);
      });
    });
  }

  // Section 4.2 and section 12.3; the key stream is that of the plain cipher, from its second block.
  test(`${name}: a new key is what the last counter seals 32 zeros to, and the counter goes on`, () => {
    const key = new Uint8Array(32).fill(5);
    const counterAndNonce = Buffer.concat([
      Buffer.from('01000000', 'hex'),
      Buffer.alloc(4),
      Buffer.alloc(8, 0xff),
    ]);
    const next = createCipheriv('chacha20', key, counterAndNonce).update(Buffer.alloc(32));
    const [rekeyed, direct] = [makeCipherState(ciphers, key), makeCipherState(ciphers, next, 1)];
    const sealedBy = (state: typeof direct) => {
      const sealed = new Uint8Array(20);
      state.seal(nothing, hex('01020304'), sealed);
      return textOf(sealed);
    };
    sealedBy(rekeyed);
    rekeyed.rekey();
    assert.equal(sealedBy(rekeyed), sealedBy(direct));
  });

  test(`${name}: the counter is eight bytes, the low end first, and has an end`, () => {
    const key = new Uint8Array(32).fill(6);
    const at = 2 ** 32 * 3 + 0x01020304;
    const state = makeCipherState(ciphers, key, at);
    const sealed = new Uint8Array(17);
    state.seal(nothing, hex('aa'), sealed);
    const expected = new Uint8Array(17);
    ciphers.seal(key, hex('000000000403020103000000'), nothing, hex('aa'), expected);
    assert.equal(textOf(sealed), textOf(expected));

    const last = makeCipherState(ciphers, key, Number.MAX_SAFE_INTEGER - 1);
    last.seal(nothing, hex('aa'), sealed);
    assert.throws(() => last.seal(nothing, hex('aa'), sealed), { code: 'NOISE_SPENT' });
    assert.throws(() => last.open(nothing, sealed, new Uint8Array(1)), { code: 'NOISE_SPENT' });
  });
}

// ---- what is refused ----

let lastSeed = 0;
const make = (options: Partial<NoiseOptions>) =>
  makeNoise({
    pattern: 'XX',
    isInitiator: true,
    ciphers: nodeCiphers,
    random: (length) => new Uint8Array(length).fill((lastSeed += 1)),
    prologue: nothing,
    ownKey: nodeCiphers.makeAgreementKey(new Uint8Array(32).fill((lastSeed += 1))),
    ...options,
  });
const say = (text: string) => () => new Uint8Array(Buffer.from(text));

test('a key of small order is refused wherever it stands in clear', () => {
  for (const [number, key] of smallOrder) {
    const responder = make({ isInitiator: false });
    responder.read(hex(key));
    assert.throws(() => responder.write(say('')), { code: 'NOISE_KEY' }, `case ${number}`);
    const initiator = make({});
    initiator.write(say(''));
    const answer = new Uint8Array(96);
    answer.set(hex(key));
    assert.throws(() => initiator.read(answer), { code: 'NOISE_KEY' }, `case ${number}`);
    const recipient = make({ pattern: 'N', isInitiator: false });
    assert.throws(() => recipient.read(answer), { code: 'NOISE_KEY' }, `case ${number}`);
  }
});

test('another prologue is another session', () => {
  const [initiator, responder] = [make({}), make({ isInitiator: false, prologue: hex('00') })];
  responder.read(initiator.write(say('')));
  const answer = responder.write(say('hello'));
  assert.throws(() => initiator.read(answer), { code: 'NOISE_SEAL' });
});

test('messages come in turn, and after a failure none is taken', () => {
  const [initiator, responder] = [make({}), make({ isInitiator: false })];
  assert.throws(() => responder.write(say('')), { code: 'NOISE_ORDER' });
  assert.throws(() => initiator.read(new Uint8Array(32)), { code: 'NOISE_ORDER' });
  assert.throws(() => initiator.split(), { code: 'NOISE_ORDER' });
  const first = initiator.write(say(''));
  assert.throws(() => initiator.write(say('')), { code: 'NOISE_ORDER' });
  responder.read(first);
  const answer = responder.write(say('hello'));
  const altered = Uint8Array.from(answer);
  altered[answer.length - 1]! ^= 1;
  assert.throws(() => initiator.read(altered), { code: 'NOISE_SEAL' });
  assert.throws(() => initiator.read(answer), { code: 'NOISE_ORDER' });
  assert.throws(() => initiator.write(say('')), { code: 'NOISE_ORDER' });
  assert.throws(() => initiator.split(), { code: 'NOISE_ORDER' });
});

test('a message that is too short at any place, or too long, is refused', () => {
  const first = make({}).write(say(''));
  for (let length = 0; length < first.length; length += 1) {
    const responder = make({ isInitiator: false });
    assert.throws(() => responder.read(first.subarray(0, length)), { code: 'NOISE_LENGTH' });
  }
  assert.throws(() => make({}).write(() => new Uint8Array(65_504)), { code: 'NOISE_LENGTH' });
  const responder = make({ isInitiator: false });
  assert.throws(() => responder.read(new Uint8Array(65_536)), { code: 'NOISE_LENGTH' });
});

test('of the last way to write, one sealed message: only the key that was meant opens it', () => {
  const meant = nodeCiphers.makeAgreementKey(new Uint8Array(32).fill(200));
  for (const pattern of ['N', 'X'] as const) {
    const writer = make({ pattern, remoteKey: meant.publicKey });
    const message = writer.write(say('for you'));
    const reader = make({ pattern, isInitiator: false, ownKey: meant });
    assert.equal(Buffer.from(reader.read(message).payload).toString(), 'for you');
    const other = make({ pattern, isInitiator: false });
    assert.throws(() => other.read(message), { code: 'NOISE_SEAL' });
    assert.throws(() => make({ pattern }), TypeError);
  }
});

import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { hmac, maxBatch, poprf } from '@pocas/vat-runtime/ristretto';
import { evaluateWith } from '#src/ristretto/poprf.js';
import { numberOf, order } from '#src/ristretto/texts.js';
import { poprfVectors } from './vectors.ts';

const { secretKey, publicKey, info, vectors } = poprfVectors;

const text = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');
const bytes = (length: number, fill: number) => Buffer.alloc(length, fill).toString('base64url');
/** 64 bytes which stand for this scalar. */
const asRandom = (scalar: string) => text(scalar.padEnd(128, '0'));
const keys = { secretKey: text(secretKey), publicKey: text(publicKey) };

test('keys are those of RFC 9497, A.1.3', () => {
  assert.deepEqual(poprf.keyPair(text(poprfVectors.seed), poprfVectors.keyInfo), keys);
});

for (const [at, vector] of vectors.entries()) {
  test(`test vector ${at + 1} of RFC 9497, A.1.3`, () => {
    const items = vector.inputs.map((input, i) => {
      const { tweakedKey, ...made } = poprf.blind(
        text(input),
        info,
        keys.publicKey,
        asRandom(vector.blinds[i]!),
      );
      assert.equal(made.blind, text(vector.blinds[i]!));
      assert.equal(made.blinded, text(vector.blinded[i]!));
      return { input: text(input), tweakedKey, ...made };
    });
    const evaluation = evaluateWith(
      keys.secretKey,
      info,
      items.map(({ blinded }) => blinded),
      () => numberOf(Buffer.from(vector.proofRandom, 'hex')),
    );
    assert.deepEqual(evaluation, {
      evaluated: vector.evaluated.map(text),
      proof: text(vector.proof),
    });
    assert.deepEqual(
      poprf.finalize(items, evaluation, info, items[0]!.tweakedKey),
      vector.outputs.map(text),
    );
    for (const [i, input] of vector.inputs.entries()) {
      assert.equal(poprf.output(keys.secretKey, info, text(input)), text(vector.outputs[i]!));
    }
  });
}

/** A holder's three inputs, with what the issuer answers. */
const makeRun = () => {
  const items = [1, 2, 3].map((n) => {
    const input = bytes(32, n);
    return { input, ...poprf.blind(input, info, keys.publicKey, bytes(64, 10 + n)) };
  });
  const blinded = items.map((item) => item.blinded);
  const evaluation = poprf.evaluate(keys.secretKey, info, blinded, bytes(64, 7));
  return { items, blinded, evaluation, tweakedKey: items[0]!.tweakedKey };
};

test('what the issuer answers holds for this key, this info, and these elements in this order', () => {
  const { items, blinded, evaluation, tweakedKey } = makeRun();
  const outputs = poprf.finalize(items, evaluation, info, tweakedKey);
  assert.deepEqual(
    outputs,
    items.map(({ input }) => poprf.output(keys.secretKey, info, input)),
  );
  const refused = /^Error: Cannot finalize: the proof does not hold/;
  const { evaluated, proof } = evaluation;
  const swapped = [evaluated[1]!, evaluated[0]!, evaluated[2]!];
  assert.throws(
    () => poprf.finalize(items, { evaluated: swapped, proof }, info, tweakedKey),
    refused,
  );
  const marked = poprf.keyPair(bytes(32, 9), 'for one member');
  const byMarked = poprf.evaluate(marked.secretKey, info, blinded, bytes(64, 7));
  assert.throws(() => poprf.finalize(items, byMarked, info, tweakedKey), refused);
  const otherInfo = poprf.evaluate(keys.secretKey, 'a smaller one', blinded, bytes(64, 7));
  assert.throws(() => poprf.finalize(items, otherInfo, info, tweakedKey), refused);
  assert.throws(
    () => poprf.finalize(items.slice(1), evaluation, info, tweakedKey),
    /one evaluated element for each item/,
  );
});

test('the same random bytes for two proofs do not show the key', () => {
  const { blinded } = makeRun();
  const batches = [blinded.slice(0, 1), blinded.slice(1)];
  const mod = (n: bigint) => ((n % order) + order) % order;
  const inverse = (n: bigint) => {
    let result = 1n;
    let power = mod(n);
    for (let rest = order - 2n; rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = mod(result * power);
      power = mod(power * power);
    }
    return result;
  };
  const proofs = (evaluate: (batch: string[]) => { proof: string }) =>
    batches.map((batch) => {
      const proof = Buffer.from(evaluate(batch).proof, 'base64url');
      return { c: numberOf(proof.subarray(0, 32)), s: numberOf(proof.subarray(32)) };
    }) as [{ c: bigint; s: bigint }, { c: bigint; s: bigint }];

  // s = r - c·k: with one r in both, k is found from what they differ by. So the attack is real…
  const [x, y] = proofs((batch) => evaluateWith(keys.secretKey, info, batch, () => 5n));
  const k = mod((y.s - x.s) * inverse(x.c - y.c));
  assert.equal(mod(x.s + x.c * k), 5n);
  // …and here each has an r of its own, though the random bytes are the same.
  const [v, w] = proofs((batch) => poprf.evaluate(keys.secretKey, info, batch, bytes(64, 7)));
  assert.notEqual(mod(v.s + v.c * k), mod(w.s + w.c * k));
});

const identity = bytes(32, 0);
/** Not the smallest number of its class; odd; no point; and with a bit beyond the field. */
const notCanonical = [
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
  'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6',
].map(text);

test('what is no element, no scalar or too much is refused in fixed words', () => {
  const { items, blinded, evaluation, tweakedKey } = makeRun();
  const run = (change: {
    key?: any;
    info?: any;
    blinded?: any;
    items?: any;
    evaluation?: any;
    input?: any;
    random?: any;
  }) => {
    const of = { key: keys.secretKey, info, blinded, items, evaluation, ...change };
    poprf.blind(of.input ?? bytes(32, 1), of.info, keys.publicKey, of.random ?? bytes(64, 1));
    poprf.evaluate(of.key, of.info, of.blinded, of.random ?? bytes(64, 1));
    poprf.output(of.key, of.info, of.input ?? bytes(32, 1));
    poprf.finalize(of.items, of.evaluation, of.info, tweakedKey);
  };
  run({});
  const odd = { toString: () => blinded[0] };
  const badElements = [identity, ...notCanonical, '', 'A', `${blinded[0]}A`, `${blinded[0]}=`, odd];
  const refusal =
    /^TypeError: Cannot use [a-z ]+: it is not in its canonical form; check where it comes from$/;
  for (const bad of badElements) {
    assert.throws(() => run({ blinded: [bad] }), refusal);
    assert.throws(
      () => run({ items: [{ ...items[0], blinded: bad }, ...items.slice(1)] }),
      refusal,
    );
    const evaluated = [bad, ...evaluation.evaluated.slice(1)];
    assert.throws(() => run({ evaluation: { ...evaluation, evaluated } }), refusal);
    assert.throws(() => poprf.blind(bytes(32, 1), info, bad as string, bytes(64, 1)), refusal);
    assert.throws(() => poprf.finalize(items, evaluation, info, bad as string), refusal);
  }
  const orderText = text('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
  for (const bad of [identity, orderText, bytes(32, 255), bytes(31, 1), undefined, 3n]) {
    assert.throws(() => run({ key: bad }), refusal);
    assert.throws(() => run({ items: [{ ...items[0], blind: bad }, ...items.slice(1)] }), refusal);
  }
  const half = bytes(32, 255);
  for (const proof of ['', `${half}${half}`, bytes(64, 255), bytes(63, 1)]) {
    assert.throws(() => run({ evaluation: { ...evaluation, proof } }), refusal);
  }
  assert.throws(() => run({ evaluation: { ...evaluation, proof: bytes(64, 0) } }), /does not hold/);
  for (const random of ['', bytes(32, 1), bytes(65, 1), bytes(64, 0), 5]) {
    assert.throws(() => run({ random }), refusal);
  }
  for (const input of ['', bytes(257, 1), 'A', '_', 5, 'AA=']) {
    assert.throws(() => run({ input }), refusal);
  }
  for (const bad of ['x'.repeat(1025), '\ud800', undefined, 5]) {
    assert.throws(() => run({ info: bad }), refusal);
  }
  assert.doesNotThrow(() =>
    poprf.evaluate(keys.secretKey, info, Array(maxBatch).fill(blinded[0]), bytes(64, 1)),
  );
  for (const list of [[], Array(maxBatch + 1).fill(blinded[0]), undefined, 'abc']) {
    assert.throws(() => run({ blinded: list }), /a list of 1 to 64 is needed/);
    assert.throws(() => run({ items: list }), /a list of 1 to 64 is needed/);
  }
});

test('a refusal repeats nothing of what it refuses', () => {
  fc.assert(
    // None of the words has such a character.
    fc.property(fc.string({ minLength: 3, maxLength: 60 }), (part) => {
      const bad = `${part}§`;
      const calls = [
        () => poprf.evaluate(bad, info, [keys.publicKey], bytes(64, 1)),
        () => poprf.evaluate(keys.secretKey, info, [bad], bytes(64, 1)),
        () => poprf.output(bad, info, bytes(3, 1)),
        () => poprf.keyPair(bad, 'k'),
      ];
      for (const call of calls) {
        assert.throws(call, ({ message }: Error) => !message.includes('§'));
      }
    }),
    { numRuns: 100 },
  );
});

test('HMAC-SHA-512 is that of RFC 2104, for texts in UTF-8', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 256 }),
      fc.string({ unit: 'grapheme' }),
      (key, message) => {
        const expected = createHmac('sha512', key).update(message).digest('base64url');
        assert.equal(hmac(Buffer.from(key).toString('base64url'), message), expected);
      },
    ),
    { numRuns: 100 },
  );
  assert.throws(() => hmac('', 'm'), /Cannot use key/);
  assert.throws(() => hmac(bytes(257, 1), 'm'), /Cannot use key/);
  assert.throws(() => hmac(bytes(1, 1), 'm'.repeat(65_537)), /Cannot use message/);
});

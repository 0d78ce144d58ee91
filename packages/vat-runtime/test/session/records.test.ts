import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { nodeCiphers } from '@pocas/vat-runtime/node';
import type { Ciphers } from '#src/session/ciphers.js';
import { makeCipherState } from '#src/session/cipher-state.js';
import { nobleCiphers } from '#src/session/noble-ciphers.js';
import { type RekeyRule, makeRecords, rekeyRule, sealedLength } from '#src/session/records.js';

const full = 65_535;
/** What a frame gives to one record. */
const piece = full - 17;

/** Both ends of a session. */
const makeEnds = (rule: RekeyRule = rekeyRule, ciphers: Ciphers[] = [nodeCiphers, nodeCiphers]) => {
  const keys = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)] as const;
  return ciphers.map((each, i) =>
    makeRecords(
      {
        sending: makeCipherState(each, keys[i]!),
        receiving: makeCipherState(each, keys[1 - i]!),
      },
      rule,
    ),
  ) as [ReturnType<typeof makeRecords>, ReturnType<typeof makeRecords>];
};
const bytes = (length: number) => new Uint8Array(randomBytes(length));
const short = () => bytes(40);

test('frames of every length arrive as they were, in both directions and between implementations', () => {
  const [a, b] = makeEnds(rekeyRule, [nobleCiphers, nodeCiphers]);
  for (const length of [
    0,
    1,
    100,
    piece - 1,
    piece,
    piece + 1,
    2 * piece,
    2 * piece + 1,
    200_000,
  ]) {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const frame = bytes(length);
      const message = from.seal(frame);
      assert.equal(message.length, sealedLength(length));
      assert.deepEqual(to.open(message), frame, `${length} bytes`);
    }
  }
});

test('nothing of a frame can be read on the channel, and the same frame never looks the same', () => {
  const [a] = makeEnds();
  const frame = new Uint8Array(Buffer.from('a swiss number, or something else that is secret'));
  const [one, two] = [a.seal(frame), a.seal(frame)];
  assert.equal(Buffer.from(one).includes('swiss'), false);
  assert.notDeepEqual(one, two);
});

test('each byte of a frame that is altered ends the session', () => {
  const length = sealedLength(40);
  for (let at = 0; at < length; at += 1) {
    const [a, b] = makeEnds();
    const [first, second] = [a.seal(short()), a.seal(short())];
    first[at]! ^= 1 << (at % 8);
    assert.equal(b.open(first), undefined, `byte ${at}`);
    // And for good, though what comes next is sound.
    assert.equal(b.open(second), undefined, `byte ${at}`);
  }
});

// What whoever sits on the path may do with three frames.
const tampered: Record<string, (frames: Uint8Array[]) => Uint8Array[]> = {
  'the first is dropped': ([, two, three]) => [two!, three!],
  'one in between is dropped': ([one, , three]) => [one!, three!],
  'one is sent twice': ([one, two]) => [one!, one!, two!],
  'one comes again later': ([one, two, three]) => [one!, two!, three!, one!],
  'two are exchanged': ([one, two, three]) => [one!, three!, two!],
  'two are joined': ([one, two]) => [new Uint8Array(Buffer.concat([one!, two!]))],
  'one is cut short by a byte': ([one]) => [one!.subarray(0, -1)],
  'one loses its first byte': ([one]) => [one!.subarray(1)],
  'one is longer by a byte': ([one]) => [new Uint8Array(Buffer.concat([one!, Buffer.alloc(1)]))],
  'one is empty': ([, two]) => [new Uint8Array(0), two!],
  'one is as long as a tag': ([one]) => [one!.subarray(0, 16)],
};
for (const [what, change] of Object.entries(tampered)) {
  test(`frames of which ${what} end the session, and those before are right`, () => {
    const [a, b] = makeEnds();
    const frames = [short(), short(), short()];
    const messages = frames.map((frame) => a.seal(frame));
    const opened = change(messages.map((message) => Uint8Array.from(message))).map(b.open);
    const good = opened.indexOf(undefined);
    assert.notEqual(good, -1);
    assert.deepEqual(opened.slice(0, good), frames.slice(0, good));
    // Nothing is opened after it.
    assert.deepEqual(new Set(opened.slice(good)), new Set([undefined]));
    assert.equal(b.open(a.seal(short())), undefined);
  });
}

test('a frame that comes back to its sender ends the session', () => {
  const [a] = makeEnds();
  assert.equal(a.open(a.seal(short())), undefined);
});

test('a frame of another session ends this one', () => {
  const [a] = makeEnds();
  const other = makeRecords({
    sending: makeCipherState(nodeCiphers, bytes(32)),
    receiving: makeCipherState(nodeCiphers, bytes(32)),
  });
  assert.equal(other.open(a.seal(short())), undefined);
});

// Attack: records are whole, but not all of a frame's, or those of two frames in one message.
test('frames cut or joined where records end are noticed', () => {
  const long = 2 * piece + 10;
  const cuts: Record<string, (one: Uint8Array, two: Uint8Array) => Uint8Array> = {
    'cut after its first record': (one) => one.subarray(0, full),
    'cut after its second': (one) => one.subarray(0, 2 * full),
    'its first left out': (one) => one.subarray(full),
    'its second left out': (one) =>
      new Uint8Array(Buffer.concat([one.subarray(0, full), one.subarray(2 * full)])),
    'its first two exchanged': (one) =>
      new Uint8Array(
        Buffer.concat([
          one.subarray(full, 2 * full),
          one.subarray(0, full),
          one.subarray(2 * full),
        ]),
      ),
    'its first sent twice': (one) => new Uint8Array(Buffer.concat([one.subarray(0, full), one])),
    'the next joined to it': (one, two) => new Uint8Array(Buffer.concat([one, two])),
  };
  for (const [what, cut] of Object.entries(cuts)) {
    const [a, b] = makeEnds();
    const [one, two] = [a.seal(bytes(long)), a.seal(bytes(long))];
    assert.equal(b.open(cut(one, two)), undefined, what);
    assert.equal(b.open(two), undefined, what);
  }
  // A frame that fills its records exactly, and the next: each record is as long as one can be.
  const [a, b] = makeEnds();
  const [one, two] = [a.seal(bytes(piece)), a.seal(bytes(piece))];
  assert.deepEqual([one.length, two.length], [full, full]);
  assert.equal(b.open(new Uint8Array(Buffer.concat([one, two]))), undefined);
});

test('each direction takes a new key after so many records, or bytes, at both ends alike', () => {
  for (const rule of [
    { records: 3, bytes: 1e9 },
    { records: 1e9, bytes: 500 },
    { records: 1, bytes: 1 },
  ]) {
    const [a, b] = makeEnds(rule, [nobleCiphers, nodeCiphers]);
    const [plain] = makeEnds();
    let differs = 0;
    for (let i = 0; i < 20; i += 1) {
      const frame = bytes(100 + i);
      const message = a.seal(frame);
      const withoutRekeying = plain.seal(frame);
      if (!Buffer.from(message).equals(withoutRekeying)) differs += 1;
      assert.deepEqual(b.open(message), frame);
      // The other direction counts for itself.
      if (i % 4 === 0) assert.deepEqual(a.open(b.seal(frame)), frame);
    }
    const first = rule.records === 1 ? 1 : rule.records === 3 ? 3 : 5;
    assert.equal(20 - differs, first, JSON.stringify(rule));
  }
  // Records of one frame count each.
  const [a, b] = makeEnds({ records: 2, bytes: 1e9 });
  for (let i = 0; i < 4; i += 1) {
    const frame = bytes(2 * piece + 5);
    assert.deepEqual(b.open(a.seal(frame)), frame);
  }
});

test('the rule is 65,536 records or 1 GiB', () => {
  assert.deepEqual(rekeyRule, { records: 65_536, bytes: 1_073_741_824 });
  const [a, b] = makeEnds();
  const [plain] = makeEnds({ records: Infinity, bytes: Infinity });
  const frame = new Uint8Array(8);
  for (let i = 0; i < 65_536; i += 1) {
    const message = a.seal(frame);
    assert.ok(b.open(message) !== undefined);
    if (i > 65_533) assert.deepEqual(message, plain.seal(frame));
    else plain.seal(frame);
  }
  assert.notDeepEqual(a.seal(frame), plain.seal(frame));
});

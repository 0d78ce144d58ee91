import '@pocas/vat-runtime/lockdown';
import { createHash, randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { headerBytes } from '#src/vault/age-header.js';
import { openSegment } from '#src/vault/open-segment.js';
import { sealSegment } from '#src/vault/seal-segment.js';
import { digestSegment } from '#src/vault/segment.js';
import {
  type Made,
  groupKey,
  keyOf,
  open,
  openWithAge,
  read,
  seal,
  sealWithAge,
  streamOf,
} from './support.ts';

const chunk = 65_536;
const sealedChunk = chunk + 16;
const start = headerBytes + 16;
const lengths = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 5];

const bytesDigest = (text: string) => digestOf(Buffer.from(text));
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const afterDigit = (digit: string) => digits[digits.indexOf(digit) + 1]!;
/** As if exactly this had been logged, so that what is found is found by the format and not by the digests. */
const asLogged = (file: Buffer, made: Made): Made => ({
  ...made,
  sealed: {
    ...made.sealed,
    headerDigest: digestOf(file.subarray(0, headerBytes)),
    ciphertextDigest: digestOf(file),
    size: BigInt(file.length),
  },
});

test('what is sealed opens again, of every length, however it comes in parts', async () => {
  for (const length of lengths) {
    const plain = randomBytes(length);
    for (const part of [length === chunk + 1 ? 1_000 : chunk, 3 * chunk + 1]) {
      const made = await seal(plain, 'segment 1', part);
      const { plain: opened, fault } = await open(made.file, made, part + 7);
      assert.equal(fault, undefined, `${length}`);
      assert.ok(opened.equals(plain), `${length}`);
      assert.deepEqual(await digestSegment(streamOf(made.file)), {
        headerDigest: made.sealed.headerDigest,
        ciphertextDigest: digestOf(made.file),
        size: BigInt(made.file.length),
      });
      assert.equal(made.file.length, start + Math.max(1, Math.ceil(length / chunk)) * 16 + length);
    }
  }
});

test('the age package opens our files, and we open its files, of every length', async () => {
  for (const length of lengths) {
    const plain = randomBytes(length);
    const { file } = await seal(plain, 'segment 2');
    assert.ok((await openWithAge(file, 'segment 2')).equals(plain), `${length}`);
    const theirs = await sealWithAge(plain, 'segment 2');
    const sealed = { encapsulation: theirs.encapsulation } as Made['sealed'];
    const made = asLogged(theirs.file, { file: theirs.file, sealed, key: theirs.key });
    const { plain: opened, fault } = await open(theirs.file, made);
    assert.equal(fault, undefined, `${length}`);
    assert.ok(opened.equals(plain), `${length}`);
  }
});

test('a file that was sealed by this version opens with every later one', async () => {
  const header =
    'age-encryption.org/v1\n-> pocas-threshold-v1 gjcgzFC2eLGBIyvaRXaO_eyOGgOwLD02cQ_y3dtNqX4 ' +
    '6pdYGdsnboURZIGAs7jX7pB1BTmTRQ8BWG1G7yCCIw0uEHJdxXilN5Nu2So0JJOCzOxZ5QcE0glqmZt0Zg9hDA\n' +
    'iFPFi0SSK5DeiOhu8NaewFTLYPWR+3DoLGD8tkPoOis\n' +
    '--- xioMrbx+IM5fpD2j90EpTftFxbToLLXPmKokZAuOE9U\n';
  const rest = 'AwMDAwMDAwMDAwMDAwMDA5R2GJrcHbMagOnyN02XdkbS7APqx2nVJnGFd7dX56xyTdWrAvVth1g=';
  const file = Buffer.concat([Buffer.from(header), Buffer.from(rest, 'base64')]);
  const [point, proof] = header.split('\n')[1]!.split(' ').slice(-2);
  const encapsulation = { point: point!, proof: proof! };
  const sealed = { encapsulation, ...(await digestSegment(streamOf(file))) };
  assert.equal(sealed.ciphertextDigest, 'SD-rb29W6rvEyTlB16FSiJalIKAmdXIKFBvpWJTDLJE');
  const opened = await open(file, { sealed, key: keyOf(encapsulation, 'golden segment') });
  assert.equal(opened.plain.toString(), 'a door, a street, nobody');
});

test('a bit that is another, anywhere, is found by the digests, and by the format alone', async () => {
  const plain = randomBytes(2 * chunk + 100);
  const made = await seal(plain);
  const { file } = made;
  const lines = file.subarray(0, headerBytes).toString('latin1').split('\n');
  const at = (line: number, column: number) =>
    lines.slice(0, line).join('\n').length + (line === 0 ? 0 : 1) + column;
  const places: readonly (readonly [string, number, number])[] = [
    // What it is, where, and how many chunks may have come out before.
    ...([0, 20] as const).map((column) => ['version', at(0, column), 0] as const),
    ...[['arrow', at(1, 0), 0] as const, ['kind', at(1, 5), 0] as const],
    ...[['point', at(1, 30), 0] as const, ['proof', at(1, 80), 0] as const],
    ...[['wrapped key', at(2, 3), 0] as const, ['end of line', at(2, 43), 0] as const],
    ...[['mac', at(3, 10), 0] as const, ['last mac digit', at(3, 46), 0] as const],
    ...[['nonce', headerBytes + 3, 0] as const, ['chunk 1', start + 5, 0] as const],
    ['tag 1', start + chunk + 1, 0],
    ['chunk 2', start + sealedChunk + 9, 1],
    ...[['chunk 3', start + 2 * sealedChunk + 1, 2] as const, ['end', file.length - 1, 2] as const],
  ];
  for (const [what, place, chunks] of places) {
    for (const bit of [1, 32]) {
      const changed = Buffer.from(file);
      changed[place]! ^= bit;
      for (const [by, known] of [
        ['digests', made],
        ['format', asLogged(changed, made)],
      ] as const) {
        const { plain: opened, fault } = await open(changed, known, sealedChunk);
        const codes = place < headerBytes ? ['header', 'key'] : ['chunk'];
        assert.ok(codes.includes(fault as string), `${what} by ${by}: ${String(fault)}`);
        assert.ok(opened.length <= chunks * chunk, what);
        assert.ok(opened.equals(plain.subarray(0, opened.length)), what);
      }
    }
  }
});

test('cut, longer, spliced, reordered, repeated and swapped files give out nothing of there or beyond', async () => {
  const plain = randomBytes(3 * chunk + 100);
  const made = await seal(plain);
  const other = await seal(randomBytes(3 * chunk + 100));
  const piece = ({ file }: Made, from: number, to?: number) =>
    file.subarray(
      start + from * sealedChunk,
      to === undefined ? undefined : start + to * sealedChunk,
    );
  const head = made.file.subarray(0, start);
  const join = (...parts: Uint8Array[]) => Buffer.concat(parts);
  const wrong: Record<string, readonly [Buffer, number]> = {
    'nothing at all': [Buffer.alloc(0), 0],
    'half a header': [made.file.subarray(0, 100), 0],
    'header and nonce': [head, 0],
    'without the last chunk': [join(head, piece(made, 0, 3)), 2],
    'cut within the last chunk': [made.file.subarray(0, -1), 3],
    'cut to less than a tag': [join(head, piece(made, 0, 3), piece(made, 3).subarray(0, 9)), 3],
    'a byte more': [join(made.file, Buffer.alloc(1)), 3],
    'a chunk more': [join(made.file, piece(made, 0, 1)), 3],
    'itself once more': [join(made.file, made.file), 3],
    'two chunks in the other order': [
      join(head, piece(made, 1, 2), piece(made, 0, 1), piece(made, 2)),
      0,
    ],
    'a chunk left out': [join(head, piece(made, 0, 1), piece(made, 2)), 1],
    'a chunk twice': [join(head, piece(made, 0, 1), piece(made, 0, 1), piece(made, 1)), 1],
    'the end in the middle': [join(head, piece(made, 0, 1), piece(made, 3), piece(made, 1)), 1],
    'a chunk of another segment': [
      join(head, piece(made, 0, 2), piece(other, 2, 3), piece(made, 3)),
      2,
    ],
    'the body of another segment': [join(head, piece(other, 0)), 0],
  };
  for (const [what, [file, chunks]] of Object.entries(wrong)) {
    for (const known of [made, asLogged(file, made)]) {
      const { plain: opened, fault } = await open(file, known, 50_000);
      assert.ok(
        ['length', 'chunk', 'header'].includes(fault as string),
        `${what}: ${String(fault)}`,
      );
      assert.ok(opened.length <= chunks * chunk, `${what}: ${opened.length}`);
      assert.ok(opened.equals(plain.subarray(0, opened.length)), what);
    }
  }
});

test('an empty last chunk after others is none, though its tag is right', async () => {
  // By hand, with the file key that a second recipient would have.
  const made = await seal(randomBytes(chunk));
  const { payloadKey, openHeader } = await import('#src/vault/age-header.js');
  const { makeSealer } = await import('#src/vault/age-payload.js');
  const header = made.file.subarray(0, headerBytes);
  const by = { encapsulation: made.sealed.encapsulation, groupKey, key: made.key };
  const sealer = makeSealer(
    payloadKey(openHeader(header, by), made.file.subarray(headerBytes, start)),
  );
  const body = sealer([
    { bytes: Buffer.alloc(chunk), isLast: false },
    { bytes: Buffer.alloc(0), isLast: true },
  ]);
  const file = Buffer.concat([made.file.subarray(0, start), body]);
  assert.equal((await open(file, asLogged(file, made))).fault, 'chunk');
});

test('the file of another segment is not this one, though it is whole and its key is right', async () => {
  const [one, two] = [await seal(randomBytes(10), 'one'), await seal(randomBytes(10), 'two')];
  assert.equal((await open(two.file, one)).fault, 'header');
  // Whoever believes a wrong log entry, but has the parts for the right one.
  assert.equal((await open(two.file, { ...asLogged(two.file, two), key: one.key })).fault, 'key');
  const mixed = { ...asLogged(two.file, two), key: one.key };
  const expected = { ...mixed.sealed, encapsulation: one.sealed.encapsulation };
  assert.equal((await open(two.file, { ...mixed, sealed: expected })).fault, 'header');
  // The stanza of one in front of the body of two: the log has its digest, and the mac another key.
  const spliced = Buffer.concat([
    one.file.subarray(0, headerBytes),
    two.file.subarray(headerBytes),
  ]);
  assert.equal((await open(spliced, one)).fault, 'chunk');
  assert.throws(() => keyOf(one.sealed.encapsulation, 'two'), /not made for this context/);
});

test('other versions, more recipients, other kinds and texts that are not canonical are no headers', async () => {
  const made = await seal(randomBytes(10));
  const text = made.file.toString('latin1');
  const { point } = made.sealed.encapsulation;
  const line = text.split('\n')[1]!;
  const body = text.split('\n')[2]!;
  for (const changed of [
    text.replace('org/v1', 'org/v2'),
    text.replace('pocas-threshold-v1', 'pocas-threshold-v2'),
    text.replace(/^-> .*$/m, `-> X25519 ${point}`),
    // Somebody else who can open it.
    text.replace(line, `${line}\n${body}\n${line}`),
    text.replace(line, `${line} more`),
    text.replace(line, `-> ${'x'.repeat(100_000)}`),
    text.replaceAll('\n', '\r\n'),
    `\n${text}`,
    // The mac's bytes once more, by a digit of which the spare bits are not 0.
    text.slice(0, headerBytes - 2) +
      afterDigit(text[headerBytes - 2]!) +
      text.slice(headerBytes - 1),
    text.replace(body, `${body.slice(0, 42)}${afterDigit(body[42]!)}`),
    'x'.repeat(1_000_000),
  ]) {
    const file = Buffer.from(changed, 'latin1');
    const { plain, fault } = await open(file, asLogged(file, made));
    assert.ok(['header', 'length'].includes(fault as string), changed.slice(0, 100));
    assert.equal(plain.length, 0);
  }
});

test('any other bytes, changed in any way, never give out what was not sealed', async () => {
  const plain = randomBytes(chunk + 300);
  const made = await seal(plain);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(made.file.length - 1),
      fc.uint8Array({ minLength: 0, maxLength: 40 }),
      fc.nat(60),
      async (at, put, take) => {
        const file = Buffer.concat([made.file.subarray(0, at), put, made.file.subarray(at + take)]);
        fc.pre(!file.equals(made.file));
        const { plain: opened, fault } = await open(file, asLogged(file, made));
        assert.ok(fault !== undefined && typeof fault === 'string', String(fault));
        assert.ok(opened.equals(plain.subarray(0, opened.length)));
      },
    ),
    { numRuns: 60 },
  );
});

test('a segment is never held whole, sealed or opened, and a slow reader holds the rest back', async () => {
  const part = randomBytes(2 * chunk);
  const count = 64;
  // In parts, of which some are under way in streams.
  const limit = 10;
  let given = 0;
  let taken = 0;
  let ahead = 0;
  const source = Readable.from(
    (function* () {
      for (; given < count; given += 1) yield part;
    })(),
    { objectMode: false, highWaterMark: 1 },
  );
  const file: Buffer[] = [];
  const slow = new Writable({
    highWaterMark: 1,
    write(bytes: Buffer, _, done) {
      taken += bytes.length;
      ahead = Math.max(ahead, given - taken / part.length);
      file.push(bytes);
      setImmediate(done);
    },
  });
  const options = { groupKey, context: 'large', random: (length: number) => randomBytes(length) };
  const sealed = await sealSegment(source, slow, options);
  assert.ok(ahead < limit, `${ahead} parts ahead`);
  // And back: what was read of the file is not far from what was taken out.
  let read = 0;
  let out = 0;
  ahead = 0;
  const back = Readable.from(
    (function* () {
      for (const bytes of file) {
        read += bytes.length;
        yield bytes;
      }
    })(),
    { objectMode: false, highWaterMark: 1 },
  );
  const key = keyOf(sealed.encapsulation, 'large');
  for await (const bytes of openSegment(back, { groupKey, key, expected: sealed })) {
    out += (bytes as Buffer).length;
    ahead = Math.max(ahead, (read - out) / part.length);
  }
  assert.equal(out, count * part.length);
  assert.ok(ahead < limit, `${ahead} parts ahead`);
});

test('where the source fails, the target does; where the target fails, so does the source', async () => {
  const options = { groupKey, context: 'c', random: (length: number) => randomBytes(length) };
  const broken = Readable.from(
    (function* () {
      yield randomBytes(100_000);
      throw Error('camera is gone');
    })(),
  );
  const target = new Writable({ write: (_bytes, _encoding, done) => done() });
  await assert.rejects(sealSegment(broken, target, options), /camera is gone/);
  assert.equal(target.destroyed, true);
  const source = streamOf(randomBytes(1_000_000));
  const full = new Writable({ write: (_bytes, _encoding, done) => done(Error('disk is full')) });
  await assert.rejects(sealSegment(source, full, options), /disk is full/);
  assert.equal(source.destroyed, true);
  const texts = Readable.from(['text'], { encoding: 'utf8' });
  await assert.rejects(
    sealSegment(texts, new Writable({ write: (_b, _e, done) => done() }), options),
    /it gives texts/,
  );
});

test('whoever stops watching ends the reading of the file, and a file that fails is not an end', async () => {
  const made = await seal(randomBytes(2_000_000));
  const file = streamOf(made.file);
  const plain = openSegment(file, { groupKey, key: made.key, expected: made.sealed });
  for await (const part of plain) if ((part as Buffer).length > 0) break;
  assert.equal(plain.destroyed, true);
  await new Promise((resolve) => (file.destroyed ? resolve(0) : file.once('close', resolve)));
  const failing = Readable.from(
    (function* () {
      yield made.file.subarray(0, 1_000_000);
      throw Error('disk is gone');
    })(),
    { objectMode: false },
  );
  const { fault } = await read(
    openSegment(failing, { groupKey, key: made.key, expected: made.sealed }),
  );
  assert.match(String(fault), /disk is gone/);
});

test('two files of the same segment have nothing in common: not key, nonce or header', async () => {
  const plain = Buffer.alloc(100);
  const [one, two] = [await seal(plain), await seal(plain)];
  assert.notEqual(one.key, two.key);
  assert.notDeepEqual(one.file.subarray(headerBytes, start), two.file.subarray(headerBytes, start));
  assert.notEqual(one.sealed.headerDigest, two.sealed.headerDigest);
});

test('another file of the same segment, by somebody who had its key, is not the one that was logged', async () => {
  const plain = randomBytes(2 * chunk + 5);
  const made = await seal(plain);
  const other = bytesDigest('another file');
  const expecting = async (changed: object) =>
    open(made.file, { ...made, sealed: { ...made.sealed, ...changed } }, 30_000);
  const header = await expecting({ headerDigest: other });
  assert.deepEqual([header.fault, header.plain.length], ['header', 0]);
  const whole = await expecting({ ciphertextDigest: other });
  assert.equal(whole.fault, 'digest');
  assert.ok(whole.plain.length <= 2 * chunk, 'the last chunk waits for the digest');
  // What is longer than was logged ends there, however well it goes on.
  const longer = await expecting({ size: BigInt(start + sealedChunk + 30_000) });
  assert.equal(longer.fault, 'length');
  assert.ok(longer.plain.length <= chunk);
});

test('the bytes of keys are erased when they were used', async () => {
  const drawn: Uint8Array[] = [];
  const random = (length: number) => {
    const bytes = new Uint8Array(randomBytes(length));
    drawn.push(bytes);
    return bytes;
  };
  const target = new Writable({ write: (_bytes, _encoding, done) => done() });
  await sealSegment(streamOf(randomBytes(10)), target, { groupKey, context: 'c', random });
  const [once, fileKey, nonce] = drawn as [Uint8Array, Uint8Array, Uint8Array];
  assert.deepEqual([once.some(Boolean), fileKey.some(Boolean)], [false, false]);
  assert.equal(nonce.length, 16);
});

test('a fault says nothing of the file', async () => {
  const made = await seal(Buffer.from('a face at the door'));
  const changed = Buffer.from(made.file);
  changed[changed.length - 1]! ^= 1;
  const stream = openSegment(streamOf(changed), {
    groupKey,
    key: made.key,
    expected: asLogged(changed, made).sealed,
  });
  await assert.rejects(stream.toArray(), (error: Error) => {
    assert.equal(
      error.message,
      'Cannot open segment: it was altered; nothing from there on was given out; take another copy',
    );
    return true;
  });
});

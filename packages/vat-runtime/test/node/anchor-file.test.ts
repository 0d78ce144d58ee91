import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@pocas/vat-runtime/node';
import { openAnchorFile } from '#src/node/anchor-file.js';

const folder = mkdtempSync(join(tmpdir(), 'pocas-test-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'anchor');
const hashOf = (sequence: number) => sha256(String(sequence));

/** What is read after the file was opened anew. */
const readAgain = async () => {
  const anchor = openAnchorFile(path);
  const point = anchor.read();
  await anchor.close();
  return point;
};

const writeAll = async (...sequences: number[]) => {
  const anchor = openAnchorFile(path);
  for (const sequence of sequences) {
    await anchor.write(sequence, hashOf(sequence));
    assert.deepEqual(anchor.read(), { sequence, hash: hashOf(sequence) });
  }
  await anchor.close();
};

test('an anchor reads what was written last, for its owner only, and does not grow', async () => {
  assert.equal(await readAgain(), undefined);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const { size } = statSync(path);
  for (const sequence of [0, 1, 2, 9, 10, 99_999_999_999]) {
    await writeAll(sequence);
    assert.deepEqual(await readAgain(), { sequence, hash: hashOf(sequence) });
  }
  await writeAll(100_000_000_000, 100_000_000_001);
  assert.deepEqual(await readAgain(), { sequence: 100_000_000_001, hash: hashOf(100_000_000_001) });
  assert.equal(statSync(path).size, size);
});

for (const before of [[], [1], [1, 2], [1, 2, 3]]) {
  test(`an anchor torn at any byte reads as the one before it, after ${before.length} writes`, async () => {
    rmSync(path);
    // One opening, as in a running node.
    const anchor = openAnchorFile(path);
    for (const sequence of before) await anchor.write(sequence, hashOf(sequence));
    const old = readFileSync(path);
    await anchor.write(before.length + 1, hashOf(before.length + 1));
    await anchor.close();
    const complete = readFileSync(path);
    const changed = [...complete.keys()].filter((at) => old[at] !== complete[at]);
    const [first, last] = [changed[0]!, changed.at(-1)!];
    assert.ok(last - first < 128, 'one slot is written');
    const expected = before.length === 0 ? undefined : before.length;
    for (let cut = first; cut <= last; cut += 1) {
      // The beginning arrived, or only the end.
      for (const torn of [
        Buffer.concat([complete.subarray(0, cut), old.subarray(cut)]),
        Buffer.concat([old.subarray(0, cut + 1), complete.subarray(cut + 1)]),
      ]) {
        writeFileSync(path, torn);
        const point = await readAgain();
        const sequence = typeof point === 'object' ? point.sequence : point;
        assert.equal(sequence, torn.equals(complete) ? before.length + 1 : expected);
      }
    }
  });
}

test('a flipped bit is never taken for another point', async () => {
  rmSync(path);
  await writeAll(1, 2);
  const good = readFileSync(path);
  for (let at = 0; at < good.length; at += 1) {
    const bytes = Buffer.from(good);
    bytes[at]! ^= 1;
    writeFileSync(path, bytes);
    const point = await readAgain();
    assert.ok(typeof point === 'object');
    assert.equal(point.hash, hashOf(point.sequence));
  }
  writeFileSync(path, Buffer.alloc(good.length, 'x'));
  assert.equal(await readAgain(), 'damaged');
});

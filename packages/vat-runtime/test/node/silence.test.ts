/** What a process prints when things go wrong with a secret at hand: that they did, and nothing of the secret. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./loud-process.js', import.meta.url));
const secret = 'hunter2secret';
const swiss = 'Ab1_'.repeat(11).slice(1);

const run = async (way: string): Promise<{ text: string; code: number | null }> => {
  const folder = mkdtempSync(join(tmpdir(), 'pocas-test-'));
  try {
    const child = spawn(process.execPath, [program, way, folder, secret], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        text += chunk;
      });
    }
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { text, code };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const failingVatSays = [
  /\[vat failing\] failed: Error: printed \(a string\)/,
  /\[vat failing\] A call failed: TypeError: the answer of "lie"/,
  /\[vat failing\] A call failed: SyntaxError: .*\(secret\)/,
];
const rejectionSays = [
  /^\[vat failing\] A promise was rejected, and nobody listened: unheard said$/m,
  /^\[vat failing\] A promise was rejected, and nobody listened: SyntaxError/m,
];

const cases: { way: string; code?: number; says: readonly RegExp[] }[] = [
  {
    way: 'console of the main thread',
    says: [/hidden \(a string\)/, /\(secret\)/, /SyntaxError, made by the engine\n +at /],
  },
  {
    way: 'rejection in the main thread',
    says: [/nobody listened: hidden \(a string\)/, /listened: SyntaxError, made/, /and it went on/],
  },
  {
    way: 'rejection at the end of the main thread',
    says: [/nobody listened: hidden \(a string\)/, /nobody listened: SyntaxError, made/],
  },
  { way: 'throw in the main thread', code: 1, says: [/^Cannot go on: hidden \(a string\)$/m] },
  { way: 'throw of the engine in the main thread', code: 1, says: [/^Cannot go on: SyntaxError/m] },
  {
    way: 'failing power',
    says: [
      /^fail: no \(a string\)$/m,
      /^parse: Cannot call: the object failed$/m,
      /^late: Cannot call: the object failed$/m,
      /A power failed: SyntaxError, made by the engine/,
    ],
  },
  ...['failing vat', 'failing vat of a guest'].map((way) => ({
    way,
    says: failingVatSays,
  })),
  ...['rejection in a worker', 'rejection in the process of a guest'].map((way) => ({
    way,
    says: rejectionSays,
  })),
];

for (const { way, code = 0, says } of cases) {
  test(`nothing of a secret is printed: ${way}`, async () => {
    const ended = await run(way);
    assert.equal(ended.text.includes(secret), false, ended.text);
    assert.equal(ended.text.includes(swiss), false, ended.text);
    for (const words of says) assert.match(ended.text, words);
    assert.equal(ended.code, code, ended.text);
  });
}

/** Node's async hooks mark promises; a hardened promise takes no mark. */
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { patienceMillis } from './support/until.ts';

const cleanup = makeCleanup(after);
const child = fileURLToPath(new URL('./support/async-hooks-child.js', import.meta.url));

const run = async (...args: string[]): Promise<unknown> => {
  const options = { timeout: patienceMillis };
  const { stdout } = await promisify(execFile)(process.execPath, [child, ...args], options);
  return JSON.parse(stdout);
};

test('serving pages does not turn async hooks on', async () => {
  assert.equal(await run('pages', makeFolder(cleanup)), false);
});

test('a hardened promise older than the hooks does not make Node abort', async () => {
  assert.equal(await run('hardened'), 'settled');
});

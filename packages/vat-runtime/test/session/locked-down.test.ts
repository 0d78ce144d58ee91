import test from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const realm = fileURLToPath(new URL('realm.js', import.meta.url));

/** What a process says that opens sockets, in a realm prepared in one way. */
const trySockets = async (...ways: string[]): Promise<Record<string, string>> => {
  const { stdout } = await promisify(execFile)(process.execPath, [realm, ...ways], {
    timeout: 60_000,
  });
  return JSON.parse(stdout) as Record<string, string>;
};

const assertRefused = (found: Record<string, string>, reason: string, names: string[]) => {
  const { listeners, reached, ...refused } = found;
  assert.deepEqual(Object.keys(refused), names);
  for (const [what, message] of Object.entries(refused)) {
    assert.match(message, /^Cannot (?:accept links|dial|connect|start node): /, what);
    assert.ok(message.includes(reason), `${what}: ${message}`);
  }
  assert.deepEqual([listeners, reached], ['0', '0']);
};
const sockets = ['serve', 'dial'];
const everything = [...sockets, 'dialFromPage', 'connect', 'startNode'];

test('without lockdown no socket is opened, and none is served', async () => {
  const reason = 'this realm is not locked down';
  assertRefused(await trySockets(), reason, sockets);
  assertRefused(await trySockets('ses'), reason, everything);
});

test('a flag, or a few frozen prototypes, is no lockdown', async () => {
  assertRefused(await trySockets('ses', 'pretend'), 'this realm is not locked down', everything);
});

test('a realm that froze itself and has no harden is not locked down', async () => {
  assertRefused(await trySockets('frozen'), 'this realm has no harden', sockets);
  assertRefused(await trySockets('frozen', 'shallow'), 'this realm has no harden', sockets);
});

test('a realm that is locked down opens them', async () => {
  const { serve, dial, listeners, reached } = await trySockets('lockdown');
  assert.deepEqual([serve, dial, listeners, reached], ['opened', 'opened', '1', '1']);
});

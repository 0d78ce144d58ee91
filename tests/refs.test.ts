/** `pocas grant`, `pocas refs` and `pocas revoke`, as the operator of a node uses them. */
import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { E } from '@endo/far';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel } from '@pocas/vat-runtime/node';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { filesWith } from './support/files.ts';
import { type StartedNode, runProgram, startAgain, startNode } from './support/program.ts';

const cleanup = makeCleanup(after);

const NOT_ENLIVENED = 'Cannot enliven: the reference is unknown, expired, used or revoked';

type Info = { ref: string; label: string; uses?: number; expires?: number; boundTo?: string };

const at = (node: StartedNode) => {
  const run = (...args: string[]) => runProgram([...args, '--data', node.data]);
  return {
    run,
    async grant(...args: string[]) {
      const { code, stdout, stderr } = await run('grant', ...args, '--json');
      assert.deepEqual([code, stderr], [0, '']);
      return JSON.parse(stdout) as { sturdyRef: string; url?: string };
    },
    async refs() {
      const { code, stdout } = await run('refs', '--json');
      assert.equal(code, 0);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Info);
    },
  };
};

/** What a client gets for a sturdy ref: the answer of one call, or why there is none. */
const use = async (sturdyRef: string, method = 'view'): Promise<string> => {
  const session = await connect(sturdyRef, {
    dial: dialChannel,
    random: (length) => new Uint8Array(randomBytes(length)),
    later: (task) => void setImmediate(task),
  });
  try {
    const object: any = await session.object;
    await E(object)[method]();
    return 'works';
  } catch (error) {
    return (error as Error).message;
  } finally {
    session.close();
  }
};

const swissIn = (text: string): string => /(?:#|\/s\/)([A-Za-z0-9_-]{43})/.exec(text)![1]!;

test('what the operator grants is listed without a secret, works as often as it says, and is revoked', async () => {
  let node = await startNode(cleanup, { data: makeFolder(cleanup) });
  const { run, grant, refs } = at(node);
  const before = await refs();
  assert.deepEqual(
    before.map(({ label }) => label),
    ['the way in of the operator (keys.json)', 'the wallet (keys.json)'],
  );

  const wallet = await grant('wallet', '--uses', '2', '--expires', '12h', '--label', 'my tablet');
  const market = await grant('market', '--bind', 'first');
  const operator = await grant('operator');
  const reception = await grant('reception');
  assert.equal(wallet.url, `${node.origin}/#${swissIn(wallet.sturdyRef)}`);
  assert.equal(operator.url, undefined);
  assert.equal(await use(wallet.sturdyRef), 'works');
  assert.equal(await use(market.sturdyRef), 'works');
  assert.equal(await use(market.sturdyRef), NOT_ENLIVENED);
  assert.equal(await use(reception.sturdyRef), 'works');
  assert.equal(await use(operator.sturdyRef, 'status'), 'works');

  const listed = (await refs()).slice(2);
  assert.deepEqual(
    listed.map(({ ref, label, uses }) => [ref, label, uses]),
    [
      ['program.3', 'my tablet', 1],
      ['program.4', 'market', undefined],
      ['program.5', 'operator', undefined],
      ['program.6', 'reception', undefined],
    ],
  );
  assert.match(listed[1]!.boundTo!, /^[a-z2-7]{52}$/);
  const hours = (listed[0]!.expires! - Date.now()) / 3_600_000;
  assert.ok(hours > 11 && hours <= 12, `${hours}`);
  const forPeople = await run('refs');
  assert.match(
    forPeople.stdout,
    /^program\.3 {5}my tablet\n {14}made \d{4}-\d\d-\d\d \d\d:\d\d UTC, expires [^,]*, uses left: 1$/m,
  );
  assert.match(forPeople.stdout, /bound to [a-z2-7]{12}$/m);

  const secrets = [wallet, market, operator, reception].map(({ sturdyRef }) => swissIn(sturdyRef));
  const revoked = await run('revoke', 'program.6');
  assert.deepEqual(
    [revoked.code, revoked.stdout.split('.', 2).join('.')],
    [0, 'program.6 is revoked, and all that was derived from it'],
  );
  assert.equal(await use(reception.sturdyRef), NOT_ENLIVENED);
  const again = await run('revoke', 'program.6');
  assert.deepEqual([again.code, again.stdout], [1, '']);
  assert.match(again.stderr, /^Cannot revoke: the list of sturdy refs has no such one/);

  const printed = [forPeople.stdout, JSON.stringify(await refs()), revoked.stdout, again.stderr];
  const { stdout, stderr } = await node.end('SIGTERM');
  node = await startAgain(cleanup, node);
  assert.equal(await use(reception.sturdyRef), NOT_ENLIVENED);
  assert.equal(await use(wallet.sturdyRef), 'works');
  assert.equal(await use(wallet.sturdyRef), NOT_ENLIVENED);
  for (const secret of secrets) {
    assert.deepEqual(filesWith(node.data, secret), []);
    assert.ok(![...printed, stdout, stderr].some((text) => text.includes(secret)));
  }
});

test('a grant for people shows the key once, and says what it is', async () => {
  const node = await startNode(cleanup, { data: makeFolder(cleanup) });
  const { run } = at(node);
  const { code, stdout, stderr } = await run('grant', 'wallet');
  assert.deepEqual([code, stderr], [0, '']);
  const [, url] = /^ {2}(http:\S+)$/m.exec(stdout)!;
  const [, sturdyRef] = /^ {2}(ocapn:\S+)$/m.exec(stdout)!;
  assert.equal(swissIn(url!), swissIn(sturdyRef!));
  assert.match(stdout, /shown once/);
  assert.equal(await use(sturdyRef!), 'works');
});

test('what cannot be granted is said, with the exit code for it', async () => {
  const node = await startNode(cleanup, { data: makeFolder(cleanup) });
  const { run } = at(node);
  for (const args of [
    ['grant', 'node'],
    ['grant', 'wallet', '--uses', '0'],
    ['grant', 'wallet', '--uses', '-1'],
    ['grant', 'wallet', '--expires', 'tomorrow'],
    ['grant', 'wallet', '--expires', '0h'],
    ['grant'],
    ['revoke'],
  ]) {
    const { code, stdout } = await run(...args);
    assert.deepEqual([args, code, stdout], [args, 2, '']);
  }
  for (const [args, words] of [
    [['--uses', '9999999'], /the number of uses is not between/],
    [['--bind', 'ana'], /neither "first use" nor a designator/],
    [['--label', 'a\u001b[2J'], /some that cannot be shown/],
  ] as const) {
    const { code, stdout, stderr } = await run('grant', 'wallet', ...args);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, words);
  }
});

test('the locator of a node carries its signature, and one whose address was changed is refused', async () => {
  const [a, b] = await Promise.all([
    startNode(cleanup, { data: makeFolder(cleanup) }),
    startNode(cleanup, { data: makeFolder(cleanup) }),
  ]);
  const status = await at(b).run('status', '--json');
  const { locator } = JSON.parse(status.stdout) as { locator: string };
  assert.match(locator, /\?url=ws[^&]*&at=[0-9]+&sig=[A-Za-z0-9_-]{86}$/);
  const changed = locator.replace(b.port, '1');
  assert.notEqual(changed, locator);
  const refused = await at(a).run('peer', 'add', changed);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /its addresses are not signed by the node that it names/);
  assert.equal((await at(a).run('peer', 'add', locator)).code, 0);
  const { stdout } = await at(a).run('peer', 'list');
  assert.match(
    stdout,
    new RegExp(`^${b.designator.slice(0, 12)}.*\n +where: ws://127.0.0.1:${b.port}/`),
  );
});

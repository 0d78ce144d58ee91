/** The program as people start it and stop it: exit codes, words, files. */
import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { connect as dial } from '@pocas/vat-runtime/client';
import {
  dialChannel,
  nodeCiphers,
  openStore,
  openStoreFiles,
  rowChecksum,
  sha256,
} from '@pocas/vat-runtime/node';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { filesWith, modeOf, pathsIn } from './support/files.ts';
import { freePort } from './support/port.ts';
import {
  invite,
  inviteToMarket,
  runProgram,
  startAgain,
  startNode,
  startProgram,
} from './support/program.ts';

// `any`: what a key opens.
type Any = any;
const cleanup = makeCleanup(after);
const random = (length: number) => new Uint8Array(randomBytes(length));
const later = (task: () => void) => void setImmediate(task);
const readKeys = (data: string) =>
  JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8')) as Record<string, string>;
const startIn = (data: string, ...args: string[]) => startNode(cleanup, { data, args });

test('--help names the commands and every exit code', async () => {
  const { code, stdout, stderr } = await runProgram(['--help']);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  for (const command of [
    ...[
      'start',
      'invite',
      'free-store',
      'audit',
      'status',
      'vats',
      'resume',
      'check',
      'recover',
      'bundle',
      'move',
      'clearing',
    ],
  ]) {
    assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
    assert.equal((await runProgram([command, '--help'])).code, 0);
  }
  for (const number of [0, 1, 2, 3, 4, 5, 6, 7, 8])
    assert.match(stdout, new RegExp(`^  ${number}  \\S`, 'm'));
});

test('a command whose output nobody reads any more ends as if it had been read', async () => {
  const bin = fileURLToPath(new URL('../../packages/pocas/bin/pocas.mjs', import.meta.url));
  const child = spawn(process.execPath, [bin, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.deepEqual([code, stderr], [0, '']);
});

test('--version says the version of the package', async () => {
  const path = new URL('../../packages/pocas/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  assert.deepEqual(await runProgram(['--version']), {
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
});

const misunderstood = [
  [],
  ['no-such-command'],
  ['start', '--no-such-option'],
  ['start', 'something'],
  ['start', '--data'],
  ...['http', '-1', '65536', '80.5', ''].map((port) => ['start', '--port', port]),
  ...[
    '8401',
    'localhost:8401',
    '1.2.3:8401',
    '1.2.3.4',
    '1.2.3.4:65536',
    '0.0.0.0:0',
    '[::]:0',
  ].map((address) => ['start', '--links', address]),
  ...['node.example', 'http://node.example/link', 'wss://node.example', 'wss://a:b@node/link'].map(
    (address) => ['start', '--announce', address],
  ),
];
for (const args of misunderstood) {
  test(`"${['pocas', ...args].join(' ')}" exits with 2, says why, and makes no files`, async () => {
    const folder = makeFolder(cleanup);
    const { code, stdout, stderr } = await runProgram(args, { cwd: folder });
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.notEqual(stderr, '');
    assert.deepEqual(pathsIn(folder), []);
  });
}

test('"pocas free-store" opens a shelf that is there after a kill, for who has its key', async () => {
  const data = join(makeFolder(cleanup), 'data');
  const first = await startNode(cleanup, { data });
  const made = await runProgram(['free-store', 'La gratis', '--data', data, '--json']);
  assert.equal(made.code, 0);
  const { sturdyRef, url } = JSON.parse(made.stdout) as { sturdyRef: string; url: string };
  assert.ok(url.endsWith(parseSturdyRef(sturdyRef).swiss));
  const listed = await runProgram(['refs', '--data', data]);
  assert.match(listed.stdout, /La gratis/);
  assert.doesNotMatch(listed.stdout, new RegExp(parseSturdyRef(sturdyRef).swiss));
  await first.end('SIGKILL');
  await startAgain(cleanup, first);
  const session = await dial(sturdyRef, {
    dial: (location) => dialChannel(location),
    ciphers: nodeCiphers,
    random,
    later,
  });
  const care = (await session.object) as object;
  const { name, space } = (await E(care as { view(): Any }).view()) as Any;
  assert.deepEqual([name, space], ['La gratis', 500n]);
  session.close();
});

for (const command of ['status', 'invite']) {
  test(`"pocas ${command}" exits with 4 where no node runs, also after one was killed`, async () => {
    const data = join(makeFolder(cleanup), 'data');
    const where = [command, '--data', data];
    const never = await runProgram(where);
    assert.equal(never.code, 4);
    assert.match(never.stderr, /none runs on the data directory/);
    assert.equal(existsSync(data), false);

    const node = await startNode(cleanup, { data });
    assert.equal((await runProgram(where)).code, 0);
    await node.end('SIGKILL');
    const killed = await runProgram(where);
    assert.equal(killed.code, 4);
    assert.equal(killed.stdout, '');
  });
}

/** Writes a row as a node does, while none runs. */
const stage = async (data: string, key: string, value: string): Promise<void> => {
  const onFailure = (error: unknown) => assert.fail(String(error));
  const files = await openStoreFiles(data);
  const store = await openStore({ ...files, hash: sha256, checksum: rowChecksum, onFailure });
  store.stage([[key, value]]);
  await store.settled();
  await store.close();
};

test('vats are listed with what they are suspended for, and resumed', async () => {
  const node = await startIn(makeFolder(cleanup));
  const where = ['--data', node.data];
  const all = await runProgram(['vats', ...where]);
  assert.match(all.stdout, /^ {4}1 {2}awake {6}reception\n {4}2 {2}awake {6}wallet\n/);
  const wrong = await runProgram(['resume', '1', ...where]);
  assert.deepEqual([wrong.code, wrong.stderr], [1, 'Cannot resume vat "1": it is not suspended\n']);
  await node.end('SIGTERM');
  await stage(node.data, 'suspended/1', 'it did too much');

  await startAgain(cleanup, node);
  const suspended = await runProgram(['vats', '--suspended', '--json', ...where]);
  assert.deepEqual(JSON.parse(suspended.stdout), {
    id: '1',
    label: 'reception',
    status: 'suspended',
    strikes: 0,
    reason: 'it did too much',
  });
  assert.match((await runProgram(['status', ...where])).stdout, /^suspended +1$/m);
  const resumed = await runProgram(['resume', '1', ...where]);
  assert.deepEqual([resumed.code, resumed.stdout], [0, 'Vat 1 goes on.\n']);
  assert.equal((await runProgram(['vats', '--suspended', ...where])).stdout, '');
});

test('start --json prints one line that says address, designator and data directory', async () => {
  const data = makeFolder(cleanup);
  const port = await freePort();
  const node = await startIn(data, '--port', port);
  assert.equal(node.data, data);
  assert.equal(node.origin, `http://127.0.0.1:${port}`);
  assert.match(node.url, /^http:\/\/127\.0\.0\.1:\d+\/#[A-Za-z0-9_-]{43}$/);
  assert.match(node.designator, /^[a-z2-7]{52}$/);
  const { stdout, stderr } = await node.end('SIGTERM');
  assert.deepEqual(Object.keys(JSON.parse(stdout)), ['url', 'designator', 'data']);
  assert.equal(stdout.trimEnd().split('\n').length, 1);
  assert.equal(stderr, '');
});

test('start --announce tells others another address, and the commands reach the node all the same', async () => {
  const data = makeFolder(cleanup);
  const announced = 'wss://node.example/link';
  const node = await startIn(data, '--port', await freePort(), '--announce', announced);
  const { hints } = parseSturdyRef(await inviteToMarket(node));
  assert.equal(hints['url'], announced);
  assert.equal((await runProgram(['status', '--data', data])).code, 0);
});

test('start --links answers links there, and no pages', async () => {
  const data = makeFolder(cleanup);
  const port = await freePort();
  const node = await startIn(data, '--links', `127.0.0.1:${port}`);
  const { hints } = parseSturdyRef(await inviteToMarket(node));
  assert.equal(hints['url'], `ws://127.0.0.1:${port}/link`);
  // Another node joins the market there.
  const sturdyRef = readKeys(data)['operator']!;
  assert.equal(parseSturdyRef(sturdyRef).hints['url'], hints['url']);
  const session = await dial(sturdyRef, { dial: dialChannel, ciphers: nodeCiphers, random, later });
  await session.object;
  session.close();
  for (const path of ['/', '/link', '/style.css']) {
    const page = await fetch(`http://127.0.0.1:${port}${path}`);
    assert.deepEqual([page.status, await page.text()], [404, ''], path);
  }
  assert.equal((await fetch(`${node.origin}/`)).status, 200);
  const { code } = await node.end('SIGTERM');
  assert.equal(code, 0);

  const taken = createServer().listen(0, '127.0.0.1');
  cleanup(() => taken.close());
  await once(taken, 'listening');
  const { port: inUse } = taken.address() as AddressInfo;
  const refused = await runProgram(['start', '--data', data, '--links', `127.0.0.1:${inUse}`]);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^Cannot start: port \d+ of 127\.0\.0\.1 is in use; give another with --links/,
  );
});

/** A connection on which `text` was said and nothing follows. */
const connectAndSay = async (port: string, text: string): Promise<void> => {
  const socket = connect(Number(port), '127.0.0.1');
  cleanup(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
};

const silentWebSocket = [
  'GET /link HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} stops a node with exit code 0, whoever is still connected`, async () => {
    const node = await startNode(cleanup, { data: makeFolder(cleanup) });
    await connectAndSay(node.port, silentWebSocket);
    await connectAndSay(node.port, 'GET / HTTP/1.1\r\nHost: half');
    // It keeps its connection open.
    await (await fetch(node.origin)).text();

    const { code, stderr } = await node.end(signal);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.equal((await runProgram(['status', '--data', node.data])).code, 4);
  });
}

test('a node comes back at the same address with the same name and keys', async () => {
  const first = await startNode(cleanup, { data: makeFolder(cleanup) });
  await first.end('SIGTERM');
  // Without --port: the last one.
  const second = await startIn(first.data);
  assert.equal(second.url, first.url);
  assert.equal(second.designator, first.designator);
});

test('a second start on the same data exits with 3 and does not harm the first', async () => {
  const node = await startNode(cleanup, { data: makeFolder(cleanup) });
  const { code, stdout, stderr } = await runProgram(['start', '--data', node.data, '--port', '0']);
  assert.equal(code, 3);
  assert.equal(stdout, '');
  assert.match(stderr, /is in use by another process/);

  const status = await runProgram(['status', '--json', '--data', node.data]);
  assert.equal(status.code, 0);
  const { designator, address } = JSON.parse(status.stdout) as Record<string, string>;
  assert.deepEqual([designator, address], [node.designator, node.origin]);
  assert.equal((await fetch(node.origin)).status, 200);
  assert.match(await invite(node), /#/);
});

test('a port that is in use ends the start with 1 and words, and the data can be used later', async () => {
  const other = await startNode(cleanup, { data: makeFolder(cleanup) });
  const data = makeFolder(cleanup);
  const { code, stdout, stderr } = await runProgram([
    'start',
    '--data',
    data,
    '--port',
    other.port,
  ]);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.equal(stderr, `Cannot start: port ${other.port} is in use; give another with --port\n`);
  await startNode(cleanup, { data });
});

const languages = [
  { lang: 'en_US.UTF-8', running: 'Your node is running', invitation: 'An invitation for one' },
  { lang: 'es_MX.UTF-8', running: 'Tu nodo está en marcha', invitation: 'Una invitación para una' },
  { lang: 'C', running: 'Your node is running', invitation: 'An invitation for one' },
];
for (const { lang, running, invitation } of languages) {
  test(`without --json, start and invite print what to open, in a terminal's "${lang}"`, async () => {
    const data = makeFolder(cleanup);
    const port = await freePort();
    const node = await startProgram(
      cleanup,
      ['start', '--data', data, '--port', port],
      (stdout) => stdout.includes('Ctrl+C'),
      { lang },
    );
    const address = new RegExp(`^  http://127\\.0\\.0\\.1:${port}/#[A-Za-z0-9_-]{43}$`, 'm');
    const isQr = /(?:[█▀▄ ]{20,}\n){10}/;
    for (const [text, words] of [
      [node.stdout(), running],
      [(await runProgram(['invite', '--data', data], { lang })).stdout, invitation],
    ] as const) {
      assert.match(text, address);
      assert.match(text, isQr);
      assert.ok(text.includes(words), text);
    }
    const toMarket = await runProgram(['invite', '--market', '--data', data], { lang });
    assert.match(
      toMarket.stdout,
      /^  ocapn:\/\/[a-z2-7]{52}\.websocket\/s\/[A-Za-z0-9_-]{43}\?\S+$/m,
    );
    const status = await runProgram(['status', '--data', data], { lang });
    assert.match(status.stdout, new RegExp(`^address +http://127\\.0\\.0\\.1:${port}$`, 'm'));
  });
}

const swissIn = (text: string): string => /(?:#|\/s\/)([A-Za-z0-9_-]{43})/.exec(text)![1]!;

test('no secret is printed but those that were asked for, and none lies in the store', async () => {
  let node = await startNode(cleanup, { data: makeFolder(cleanup) });
  const invitations = [await invite(node), await inviteToMarket(node)].map(swissIn);
  const keys = JSON.parse(readFileSync(join(node.data, 'keys.json'), 'utf8')) as Keys;
  type Keys = { operator: string; wallet: string };
  const wallet = swissIn(keys.wallet);
  assert.equal(wallet, swissIn(node.url));

  const printed: string[] = [];
  const end = async () => {
    for (const args of [['status'], ['status', '--json'], ['invite', '--json']]) {
      const { stdout, stderr } = await runProgram([...args, '--data', node.data]);
      printed.push(stdout, stderr);
    }
    const { stdout, stderr } = await node.end('SIGTERM');
    // The address of the wallet is what start is for.
    printed.push(stdout.replace(wallet, ''), stderr);
  };
  await end();
  // The second start rewrites what the first left in the store's log.
  node = await startAgain(cleanup, node);
  await end();

  const hex = ['identity', 'grants', 'web'].map((name) =>
    readFileSync(join(node.data, `${name}.key`), 'utf8'),
  );
  const texts = [...hex, ...invitations, wallet, swissIn(keys.operator)];
  for (const text of texts) {
    assert.match(text, /^[A-Za-z0-9_-]{43,64}$/);
    assert.ok(!printed.some((one) => one.includes(text)));
  }
  const store = join(node.data, 'store');
  for (const text of texts) assert.deepEqual(filesWith(store, text), []);
  for (const text of hex) {
    const bytes = Buffer.from(text, 'hex');
    assert.deepEqual(filesWith(store, bytes), []);
    assert.deepEqual(filesWith(store, bytes.toString('base64url')), []);
  }
  // What is no secret is found by the same search.
  assert.notDeepEqual(filesWith(store, 'La sopa de Ana'), []);
});

test('a file beside the store that is damaged is said in words that repeat nothing of it', async () => {
  const data = makeFolder(cleanup);
  const secret = 'ocapn://node.websocket/s/Zk3-secret';
  const whole = JSON.stringify({ operator: secret, wallet: secret });
  for (const keys of [whole.slice(0, 30), whole.replace('"operator":', '"operator"'), '[]', '7']) {
    writeFileSync(join(data, 'keys.json'), keys);
    const { code, stdout, stderr } = await runProgram(['status', '--data', data]);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    assert.match(stderr, /^Cannot read ".*keys\.json": it is damaged; restore it from a backup/);
  }
});

test('whatever the umask, only its owner can open what a node keeps', async () => {
  const data = join(makeFolder(cleanup), 'data');
  const before = process.umask(0);
  const node = await startNode(cleanup, { data });
  const audited = await runProgram(['audit', '--data', data, '--json']);
  process.umask(before);
  assert.equal(audited.code, 0);
  const { isNew, faults } = JSON.parse(audited.stdout) as { isNew: boolean; faults: unknown[] };
  assert.deepEqual([isNew, faults], [true, []]);
  const modes = Object.fromEntries(
    ['', ...pathsIn(data).filter((path) => !path.startsWith('store/'))].map((path) => [
      path,
      modeOf(join(data, path)),
    ]),
  );
  assert.deepEqual(modes, {
    '': '700',
    anchor: '600',
    'audit.json': '600',
    'grants.key': '600',
    'identity.key': '600',
    'keys.json': '600',
    'port.json': '600',
    'running.json': '600',
    store: '700',
    'web.key': '600',
  });
  assert.equal((await node.end('SIGTERM')).code, 0);
});

test('a store that lost its newest rows is refused with 5 and words, checked, and recovered when told to', async () => {
  const node = await startNode(cleanup, { data: makeFolder(cleanup) });
  const where = ['--data', node.data];
  assert.equal((await runProgram(['check', ...where])).code, 3);
  assert.equal((await runProgram(['recover', ...where])).code, 3);
  await node.end('SIGTERM');
  const sound = await runProgram(['check', '--json', ...where]);
  assert.equal(sound.code, 0);
  const { rows, newest, faults } = JSON.parse(sound.stdout) as Record<string, unknown>;
  assert.ok(Number(rows) > 50 && Number(newest) > 1);
  assert.deepEqual(faults, []);

  const yesterday = join(makeFolder(cleanup), 'store');
  cpSync(join(node.data, 'store'), yesterday, { recursive: true });
  const again = await startAgain(cleanup, node);
  await invite(again);
  await again.end('SIGTERM');
  rmSync(join(node.data, 'store'), { recursive: true });
  cpSync(yesterday, join(node.data, 'store'), { recursive: true });

  const refused = await runProgram(['start', '--port', node.port, ...where]);
  assert.equal(refused.code, 5);
  assert.equal(refused.stdout, '');
  assert.match(refused.stderr, /^Cannot open the store: .*shown others.*\(behind-anchor\)/);
  assert.match(refused.stderr, /pocas check --data/);
  const checked = await runProgram(['check', ...where]);
  assert.equal(checked.code, 5);
  assert.match(checked.stdout, /^behind-anchor: /m);

  const asked = await runProgram(['recover', ...where]);
  assert.equal(asked.code, 5);
  assert.match(asked.stdout, /All that batches \d+ to \d+ changed: others have seen it/);
  assert.match(asked.stderr, /--accept-loss/);
  assert.equal((await runProgram(['check', ...where])).code, 5);
  assert.equal((await runProgram(['recover', '--accept-loss', ...where])).code, 0);
  assert.equal((await runProgram(['check', ...where])).code, 0);
  const back = await startAgain(cleanup, node);
  assert.equal(back.url, node.url);
});

for (const command of ['check', 'recover']) {
  test(`"pocas ${command}" makes nothing where there is no data directory`, async () => {
    const folder = makeFolder(cleanup);
    const { code, stderr } = await runProgram([command], { cwd: folder });
    assert.equal(code, 2);
    assert.match(stderr, /it is no data directory/);
    assert.deepEqual(pathsIn(folder), []);
  });
}

test('every reason for a refusal has its section in docs/operating.md', () => {
  const text = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const source = new URL('../../packages/vat-runtime/src/store/verify-store.ts', import.meta.url);
  const reasons = [...readFileSync(source, 'utf8').matchAll(/^  \| '([a-z-]+)'/gm)];
  assert.equal(reasons.length, 7);
  for (const [, reason] of reasons) assert.ok(text.includes(`\n### ${reason}\n`), reason);
});

test('a file in the place of the data directory is said in words, and left alone', async () => {
  const file = join(makeFolder(cleanup), 'data');
  writeFileSync(file, 'mine');
  const { code, stdout, stderr } = await runProgram(['start', '--data', file]);
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(stderr, /^Cannot make data directory ".*data": a file stands in its place\n$/);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
});

test('status does not wait for ever where something silent listens in the place of the node', async () => {
  const node = await startIn(makeFolder(cleanup));
  await node.end('SIGKILL');
  const silent = createServer(() => {}).listen(Number(node.port), '127.0.0.1');
  try {
    await once(silent, 'listening');
    const { code, stderr } = await runProgram(['status', '--data', node.data]);
    assert.equal(code, 4);
    assert.match(stderr, /^Cannot reach a node: none runs on the data directory/);
  } finally {
    silent.close();
  }
});

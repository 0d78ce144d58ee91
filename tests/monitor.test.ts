/**
 * What a running program shows of itself: metrics and log. Two nodes, with a market between them and a
 * person at a page, while everything that opens something is noted down and then looked for.
 */
import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { E } from '@endo/far';
import type { OfferDesk, Participant, WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { pathsIn } from './support/files.ts';
import {
  type StartedNode,
  invite,
  inviteToMarket,
  runProgram,
  startNode,
} from './support/program.ts';

const cleanup = makeCleanup(after);
const startIn = (data: string, ...args: string[]) =>
  startNode(cleanup, { data, args: ['--port', '0', ...args] });

const metricsPortOf = (node: StartedNode): number =>
  (JSON.parse(node.stdout()) as { metricsPort: number }).metricsPort;

/** A request as it is said, so that it may name any host. */
const ask = async (port: number, options: object): Promise<{ status: number; text: string }> => {
  const asking = request({ host: '127.0.0.1', port, path: '/metrics', ...options }).end();
  const [response] = await once(asking, 'response');
  let text = '';
  for await (const part of response) text += String(part);
  return { status: response.statusCode, text };
};

/** The parts of a value that opens something: alone, and as bytes in every form in which it may be written. */
const formsOf = (bytes: Buffer): string[] => [
  bytes.toString('hex'),
  bytes.toString('base64url'),
  bytes.toString('base64'),
];
const swissIn = (text: string): string => /(?:#|\/s\/)([A-Za-z0-9_-]{43})/.exec(text)![1]!;

test('pocas metrics prints what a node counts, and exits with 4 where none runs', async () => {
  const data = makeFolder(cleanup);
  assert.equal((await runProgram(['metrics', '--data', data])).code, 4);
  const node = await startIn(data);
  const { code, stdout, stderr } = await runProgram(['metrics', '--data', data]);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^# TYPE pocas_vats gauge$/m);
  assert.match(stdout, /^pocas_vats\{state="awake"\} 5$/m);
  assert.match(stdout, /^pocas_connections\{party="client"\} 1$/m);
  assert.ok(!stdout.includes(node.designator));
});

test('metrics are served on a port of their own, on this machine only, to those who name it', async () => {
  const node = await startIn(makeFolder(cleanup), '--metrics-port', '0');
  const port = metricsPortOf(node);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'LOCALHOST', `[::1]:${port}`]) {
    const { status, text } = await ask(port, { headers: { host } });
    assert.equal(status, 200, host);
    assert.match(text, /^pocas_links 0$/m);
  }
  const foreign = ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.'];
  for (const host of foreign) {
    assert.deepEqual(await ask(port, { headers: { host } }), { status: 403, text: '' }, host);
  }
  assert.equal((await ask(port, { setHost: false })).status, 400);
  const headers = { host: 'localhost' };
  for (const path of ['/', '/metrics/', '/metrics?x', '//metrics', '/link', '/enter']) {
    assert.deepEqual(await ask(port, { headers, path }), { status: 404, text: '' }, path);
  }
  for (const method of ['POST', 'PUT', 'OPTIONS', 'DELETE']) {
    assert.deepEqual(await ask(port, { headers, method }), { status: 405, text: '' }, method);
  }
  // On no other address of the machine: there it is free for somebody else.
  const other = createServer().listen(port, '127.0.0.2');
  await once(other, 'listening');
  other.close();
  // And not on the port of the pages.
  assert.equal((await fetch(`${node.origin}/metrics`)).status, 404);
  assert.equal((await node.end('SIGTERM')).code, 0);
});

test('without --metrics-port there is none, and a port that is in use is said', async () => {
  const node = await startIn(makeFolder(cleanup));
  assert.equal(metricsPortOf(node), undefined);
  const data = makeFolder(cleanup);
  const { code, stderr } = await runProgram(['start', '--data', data, '--metrics-port', node.port]);
  assert.equal(code, 1);
  assert.equal(
    stderr,
    `Cannot start: port ${node.port} is in use; give another with --metrics-port\n`,
  );
  await startIn(data);
});

test('no secret stands in metrics, in logs at any level, in arguments or in names of files', async () => {
  const secrets = new Set<string>();
  const handOver = (text: string): string => {
    const swiss = swissIn(text);
    secrets.add(swiss);
    for (const form of formsOf(Buffer.from(swiss, 'base64url'))) secrets.add(form);
    return text;
  };
  const everything = ['--log-level', 'trace', '--metrics-port', '0'];
  const a = await startIn(makeFolder(cleanup), ...everything, '--log', 'json');
  const b = await startIn(makeFolder(cleanup), ...everything, '--log', 'text');
  for (const { data, url } of [a, b]) {
    handOver(url);
    const keys = JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8')) as object;
    for (const text of Object.values(keys)) handOver(text as string);
    for (const name of ['identity', 'grants', 'web']) {
      const hex = readFileSync(join(data, `${name}.key`), 'utf8').trim();
      for (const form of formsOf(Buffer.from(hex, 'hex'))) secrets.add(form);
    }
  }

  // A person at a page of A, by an invitation; and somebody who guesses, and another site that tries.
  const cookieOf = (response: Response): string => {
    const cookies = response.headers.getSetCookie().map((text) => text.split(';')[0]!);
    // One that is taken back is empty.
    for (const [, value] of cookies.map((cookie) => cookie.split('='))) {
      if (value !== '') secrets.add(value!);
    }
    return cookies.join('; ');
  };
  const door = await fetch(`${a.origin}/enter`);
  const token = /name="token" value="([^"]+)"/.exec(await door.text())![1]!;
  secrets.add(token);
  const enter = (secret: string, headers: object = {}) =>
    fetch(`${a.origin}/enter`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, ...headers },
      body: new URLSearchParams({ token, secret }),
    });
  const cookie = cookieOf(door);
  assert.equal((await enter('A'.repeat(43))).status, 403);
  assert.equal((await enter('', { origin: 'http://evil.example' })).status, 403);
  const entered = await enter(swissIn(handOver(await invite(a))));
  assert.equal(entered.status, 303);
  const address = entered.headers.get('location')!;
  secrets.add(address.split('/').at(-1)!);
  const page = await fetch(`${a.origin}${address}`, { headers: { cookie: cookieOf(entered) } });
  assert.equal(page.status, 200);

  // The wallet of B, in the hands of a client, joins A's market and orders there.
  const dialTo = (text: string) =>
    connect(text, {
      dial: dialChannel,
      ciphers: nodeCiphers,
      random: (length) => new Uint8Array(randomBytes(length)),
      later: (task) => void setImmediate(task),
    });
  const { wallet: key } = JSON.parse(readFileSync(join(b.data, 'keys.json'), 'utf8')) as {
    wallet: string;
  };
  const session = await dialTo(key);
  const wallet = session.object as unknown as Facet<WalletOwner>;
  const requestId = randomBytes(16).toString('hex');
  secrets.add(requestId);
  const joined = await E(wallet).join(handOver(await inviteToMarket(a)), requestId);
  assert.equal(joined.ok, true);
  const [, participant] = (await E(wallet).view()).places as unknown as Facet<Participant>[];
  const desk = (await E(participant!).desk('offer')) as Facet<OfferDesk>;
  const { offers } = await E(desk).view();
  assert.equal((await E(desk).order(offers[0]!.offer, 1n, requestId)).ok, true);
  handOver(
    `#${((await E(wallet).keyLink()) as { secret: string }).secret.split('/s/')[1]!.slice(0, 43)}`,
  );
  // Refused, with a secret in what is refused.
  const unknown = randomBytes(32).toString('base64url');
  secrets.add(unknown);
  await assert.rejects(session.enliven(unknown));
  const wrongly = E(wallet as unknown as Record<string, (...args: unknown[]) => void>);
  await assert.rejects(wrongly['join']!({ unknown }, 7n));
  await assert.rejects(wrongly[unknown]!(unknown));
  // Broken: a link on which a secret is said in the place of a handshake.
  const channel = await dialChannel(`ws://127.0.0.1:${a.port}/link`);
  const broken = new Promise<void>((resolve) =>
    channel.listen({ onBytes: () => {}, onClose: () => resolve() }),
  );
  channel.send(new Uint8Array(Buffer.from(unknown)));
  await broken;

  const shown: string[] = [];
  const names: string[] = [];
  for (const node of [a, b]) {
    shown.push((await ask(metricsPortOf(node), {})).text);
    shown.push((await runProgram(['metrics', '--data', node.data])).stdout);
    names.push(...pathsIn(node.data));
  }
  // Wide, so that nothing is cut off.
  const running = execFileSync('ps', ['-ww', '-eo', 'args'], { encoding: 'utf8' });
  assert.ok(running.includes(a.data));
  session.close();
  const logs: string[] = [];
  for (const node of [a, b]) {
    const { stdout, stderr } = await node.end('SIGTERM');
    shown.push(stdout.replace(swissIn(node.url), ''), stderr);
    logs.push(stderr);
  }

  assert.ok(secrets.size > 30);
  for (const secret of secrets) {
    assert.ok(secret.length >= 22, 'a text that is no secret would be found anywhere');
    for (const text of [...shown, ...names, running]) assert.ok(!text.includes(secret));
  }

  // They were there to be found: the logs tell of all this, and of nothing that is not declared.
  const records = logs[0]!
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { [field: string]: unknown });
  const events = new Set(records.map(({ event }) => event));
  for (const event of ['node.started', 'vat.turned', 'store.wrote', 'pages.event', 'link.opened']) {
    assert.ok(events.has(event), event);
  }
  assert.ok(events.has('link.refused') && events.has('node.stopping'));
  assert.ok(!logs[0]!.includes('(withheld)'));
  for (const { level, time } of records)
    assert.deepEqual(['string', 'number'], [typeof level, typeof time]);
  assert.match(logs[1]!, /^Linked with node [a-z2-7]{52}$/m);
});

test(
  'a node whose log nobody reads answers, and ends when it is told to',
  { timeout: 60_000 },
  async () => {
    const node = await startNode(
      cleanup,
      {
        data: makeFolder(cleanup),
        args: ['--port', '0', '--metrics-port', '0', '--log-level', 'debug'],
      },
      { isUnread: true },
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    // Each of them is a line of the log, and together they are more than a pipe holds.
    for (let i = 0; i < 1500; i += 1) {
      const { status } = await ask(metricsPortOf(node), { path: '/', agent });
      assert.equal(status, 404);
    }
    assert.equal((await ask(metricsPortOf(node), { agent })).status, 200);
    agent.destroy();
    assert.equal((await node.end('SIGTERM')).code, 0);
  },
);

for (const [option, value] of [
  ['--log', 'xml'],
  ['--log-level', 'loud'],
  ['--metrics-port', 'http'],
] as const) {
  test(`${option} ${value} is not understood, and makes no files`, async () => {
    const cwd = makeFolder(cleanup);
    const { code, stdout, stderr } = await runProgram(['start', option, value], { cwd });
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, new RegExp(`^Cannot start: "${value}" is no `));
    assert.deepEqual(pathsIn(cwd), []);
  });
}

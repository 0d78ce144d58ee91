import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { dialChannel } from '@pocas/vat-runtime/node';
import type { Channel } from '#src/session/link.js';
import { type ChannelOptions, serveChannels } from '#src/node/web-socket.js';
import { sleep, until } from './nodes.ts';

const serve = async (options?: ChannelOptions) => {
  const server = createServer();
  const accepted: Channel[] = [];
  serveChannels(server, '/link', (channel) => accepted.push(channel), options);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link`,
    accepted,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

const listen = (channel: Channel) => {
  const texts: string[] = [];
  let closed = false;
  channel.listen({
    onText: (text) => texts.push(text),
    onClose: () => {
      closed = true;
    },
  });
  return { texts, closed: () => closed };
};

test('texts arrive in order, also those that came before anyone listened', async () => {
  const server = await serve();
  const dialled = await dialChannel(server.url);
  await until(() => server.accepted.length === 1);
  for (const text of ['1', 'dos', '🜂']) dialled.send(text);
  await sleep(50);
  const far = listen(server.accepted[0]!);
  dialled.send('4');
  await until(() => far.texts.length === 4);
  assert.deepEqual(far.texts, ['1', 'dos', '🜂', '4']);
  dialled.close();
  await until(far.closed);
  server.close();
});

test('a binary message and another path are refused', async () => {
  const server = await serve();
  await assert.rejects(dialChannel(server.url.replace('/link', '/other')));
  const socket = new WebSocket(server.url);
  await new Promise((resolve) => socket.once('open', resolve));
  const far = listen(server.accepted[0]!);
  socket.send(new Uint8Array([1]));
  await until(far.closed);
  assert.deepEqual(far.texts, []);
  server.close();
});

test('a side that falls silent is taken for lost, at both ends; one that is only quiet is not', async () => {
  // Long enough for a busy machine to answer in.
  const interval = 500;
  const server = await serve({ pingMilliseconds: interval });
  const silentServer = new WebSocketServer({ port: 0, autoPong: false });
  const open: { close(): void }[] = [server, silentServer];
  try {
    const quiet = await dialChannel(server.url, 5000, { pingMilliseconds: interval });
    open.push(quiet);
    await until(() => server.accepted.length === 1);
    const [atServer, atClient] = [listen(server.accepted[0]!), listen(quiet)];

    // These answer no ping, as a machine that is gone.
    const silentClient = new WebSocket(server.url, { autoPong: false });
    open.push({ close: () => silentClient.terminate() });
    await until(() => server.accepted.length === 2);
    const lostClient = listen(server.accepted[1]!);
    const { port } = silentServer.address() as AddressInfo;
    const lostServer = listen(
      await dialChannel(`ws://127.0.0.1:${port}/`, 5000, { pingMilliseconds: interval }),
    );
    await until(lostClient.closed);
    await until(lostServer.closed);

    await sleep(2 * interval);
    assert.deepEqual([atServer.closed(), atClient.closed()], [false, false]);
  } finally {
    for (const each of open.reverse()) each.close();
  }
});

test('a side that does not read is cut off before it costs more than a bounded memory', async () => {
  const server = await serve();
  const socket = new WebSocket(server.url);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.pause();
  const channel = server.accepted[0]!;
  const far = listen(channel);
  const text = 'x'.repeat(4 << 20);
  for (let i = 0; i < 40 && !far.closed(); i += 1) {
    channel.send(text);
    await sleep(1);
  }
  await until(far.closed);
  socket.terminate();
  server.close();
});

import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { dialChannel } from '@pocas/vat-runtime/node';
import type { Channel } from '#src/session/link.js';
import { type Limits, defaultLimits } from '#src/switchboard/limits.js';
import { sealedLength } from '#src/session/records.js';
import { type ChannelOptions, serveChannels } from '#src/node/web-socket.js';
import { sleep, until } from './nodes.ts';

/** Whatever a test that failed left open. */
const leftOpen: (() => void)[] = [];
after(() => {
  for (const close of leftOpen) close();
});

const serve = async (options?: ChannelOptions) => {
  const server = createServer();
  const accepted: Channel[] = [];
  serveChannels(server, '/link', (channel) => accepted.push(channel), options);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  leftOpen.push(close);
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link`,
    accepted,
    close,
  };
};

const listen = (channel: Channel) => {
  const texts: string[] = [];
  let closed = false;
  let reason: string | undefined;
  channel.listen({
    onBytes: (bytes) => texts.push(Buffer.from(bytes).toString()),
    onClose: (why) => {
      closed = true;
      reason = why;
    },
  });
  return { texts, closed: () => closed, reason: () => reason };
};

const withLimits = (limits: Partial<Limits>): ChannelOptions => ({
  limits: { ...defaultLimits, ...limits },
});

/** A plain WebSocket, and the channel at the other end. */
const meet = async (server: Awaited<ReturnType<typeof serve>>) => {
  const socket = new WebSocket(server.url);
  const before = server.accepted.length;
  await new Promise((resolve) => socket.once('open', resolve));
  await until(() => server.accepted.length > before);
  const channel = server.accepted[before]!;
  return { socket, channel, far: listen(channel), raw: rawOf(socket) };
};

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

/** What a hostile side writes its own bytes to. */
const rawOf = (socket: WebSocket): Socket => (socket as unknown as { _socket: Socket })._socket;

/** A frame, or a part of one, as a client sends it: with a mask of zeros. */
const frame = (opcode: number, payload: string, { last = true, length = payload.length } = {}) => {
  const head = Buffer.alloc(14);
  head[0] = (last ? 0x80 : 0) | opcode;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.from(payload)]);
};
const BINARY = 2;
const MORE = 0;

test('links that begin faster than handshakes can be had are cut unheard, and later ones are served', async () => {
  const server = await serve(withLimits({ linksPerSecond: 10, linkBurst: 3 }));
  const begun = await Promise.all(
    Array.from({ length: 20 }, () =>
      dialChannel(server.url).then(
        () => true,
        () => false,
      ),
    ),
  );
  const served = begun.filter((isServed) => isServed).length;
  // Those of the burst, and one or two for the time that it took on a slow machine.
  assert.equal(served >= 3 && served < 15, true);
  assert.equal(server.accepted.length, served);
  let again: Channel | undefined;
  while (again === undefined) {
    await sleep(20);
    again = await dialChannel(server.url).catch(() => undefined);
  }
  again.close();
  server.close();
});

test('messages arrive in order, also those that came before anyone listened', async () => {
  const server = await serve();
  const dialled = await dialChannel(server.url);
  await until(() => server.accepted.length === 1);
  for (const text of ['1', 'dos', '🜂']) dialled.send(bytesOf(text));
  await sleep(50);
  const far = listen(server.accepted[0]!);
  dialled.send(bytesOf('4'));
  await until(() => far.texts.length === 4);
  assert.deepEqual(far.texts, ['1', 'dos', '🜂', '4']);
  dialled.close();
  await until(far.closed);
  server.close();
});

test('a text and another path are refused', async () => {
  const server = await serve();
  await assert.rejects(dialChannel(server.url.replace('/link', '/other')));
  const socket = new WebSocket(server.url);
  await new Promise((resolve) => socket.once('open', resolve));
  const far = listen(server.accepted[0]!);
  socket.send('1');
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
  const { socket, channel, far } = await meet(server);
  socket.pause();
  const text = 'x'.repeat(1 << 20);
  let sent = 0;
  for (; sent < 200 && !far.closed(); sent += 1) {
    channel.send(bytesOf(text));
    await sleep(1);
  }
  await until(far.closed);
  assert.equal(far.reason(), 'it did not read what it was sent');
  // The mark, and what the system buffers.
  assert.ok(sent < 40, `${sent} MiB were taken`);
  socket.terminate();
  server.close();
});

test('nothing is read from a side that does not read, until it does', async () => {
  const server = await serve(withLimits({ maxUnread: 1000 }));
  const { socket, channel, far } = await meet(server);
  channel.admit!();
  socket.pause();
  const text = 'x'.repeat(6 << 20);
  channel.send(bytesOf(text));
  let got = 0;
  socket.on('message', (data: Buffer) => (got += data.length));
  socket.send(bytesOf('more'));
  await sleep(100);
  assert.deepEqual(far.texts, []);
  socket.resume();
  await until(() => far.texts.length === 1 && got === text.length);
  socket.terminate();
  server.close();
});

test('a side that reads nothing for so long is cut, one that reads slowly is not', async () => {
  const server = await serve(withLimits({ maxUnread: 1000, maxUnreadMilliseconds: 400 }));
  const [stopped, slow] = [await meet(server), await meet(server)];
  const text = 'x'.repeat(1 << 20);
  for (const { socket, channel } of [stopped, slow]) {
    socket.pause();
    for (let i = 0; i < 12; i += 1) channel.send(bytesOf(text));
  }
  const reading = setInterval(() => {
    slow.socket.resume();
    setTimeout(() => slow.socket.pause(), 5);
  }, 50);
  await until(stopped.far.closed);
  assert.equal(stopped.far.reason(), 'it did not read what it was sent');
  assert.equal(slow.far.closed(), false);
  clearInterval(reading);
  for (const { socket } of [stopped, slow]) socket.terminate();
  server.close();
});

test('a stranger may send no more than a handshake has, however it is cut up', async () => {
  const pieces: Record<string, Buffer[]> = {
    'a frame that never ends': [frame(BINARY, 'x'.repeat(20_000), { length: 1 << 20 })],
    'one-byte fragments': [
      frame(BINARY, 'x', { last: false }),
      ...Array<Buffer>(2000).fill(frame(MORE, 'x', { last: false })),
    ],
  };
  const server = await serve();
  for (const [what, buffers] of Object.entries(pieces)) {
    const { socket, raw, far } = await meet(server);
    for (const buffer of buffers) raw.write(buffer);
    await until(far.closed);
    assert.deepEqual(far.texts, [], what);
    socket.terminate();
  }
  server.close();
});

test('a message in many fragments ends the channel, before they are many', async () => {
  const server = await serve();
  const { socket, raw, channel, far } = await meet(server);
  channel.admit!();
  raw.write(frame(BINARY, 'x', { last: false }));
  for (let i = 0; i < 100; i += 1) raw.write(frame(MORE, 'x', { last: false }));
  await until(far.closed);
  assert.deepEqual(far.texts, []);
  socket.terminate();
  server.close();
});

test('a frame longer than any may be ends the channel before it is read', async () => {
  const server = await serve();
  const { socket, raw, channel, far } = await meet(server);
  channel.admit!();
  raw.write(frame(BINARY, 'x', { length: sealedLength(defaultLimits.maxFrameBytes) + 1 }));
  await until(far.closed);
  socket.terminate();
  server.close();
});

test('of frames that are not complete the largest goes, when all are too much together', async () => {
  const server = await serve(withLimits({ maxUnfinishedInAll: 1_000_000 }));
  const small = await meet(server);
  const large = await meet(server);
  for (const { channel } of [small, large]) channel.admit!();
  const part = (size: number) => frame(BINARY, 'x'.repeat(size), { length: 900_000 });
  small.raw.write(part(300_000));
  await sleep(50);
  large.raw.write(part(800_000));
  await until(large.far.closed);
  assert.equal(large.far.reason(), 'too many frames are not complete');
  // The other may complete its own.
  small.raw.write('x'.repeat(600_000));
  await until(() => small.far.texts.length === 1);
  for (const { socket } of [small, large]) socket.terminate();
  server.close();
});

test('more bytes than a second has are read in the next ones, whatever they are', async () => {
  const server = await serve(withLimits({ bytesPerSecond: 1_000_000, byteBurst: 100_000 }));
  const { socket, channel, far } = await meet(server);
  channel.admit!();
  const began = performance.now();
  for (let i = 0; i < 60; i += 1) socket.send(bytesOf('x'.repeat(10_000)));
  await until(() => far.texts.length === 60);
  const milliseconds = performance.now() - began;
  assert.ok(milliseconds > 400, `${milliseconds} ms for 600,000 bytes`);
  socket.terminate();
  server.close();
});

test('a side that asks for more pongs than it takes is cut', async () => {
  const server = await serve();
  const { socket, far } = await meet(server);
  socket.pause();
  for (let i = 0; i < 100; i += 1) socket.ping();
  await until(far.closed);
  socket.terminate();
  server.close();
});

test('a side that is paused is not taken for lost', async () => {
  const server = await serve({ pingMilliseconds: 100 });
  const { socket, channel, far } = await meet(server);
  channel.pause!();
  await sleep(500);
  assert.equal(far.closed(), false);
  socket.send(bytesOf('still here'));
  channel.resume!();
  await until(() => far.texts.length === 1);
  socket.terminate();
  server.close();
});

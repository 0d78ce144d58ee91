/** The proxy with faults does what it says, and nothing else: what it spoils must be its doing. */
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { makeCleanup } from './support/cleanup.ts';
import { type Faults, type FaultProxy, startFaultProxy } from './support/fault-proxy.ts';
import { until } from './support/until.ts';

const cleanup = makeCleanup(after);

type End = {
  readonly socket: Socket;
  text(): string;
  hasEnded(): boolean;
  /** The code of the error by which it ended. */
  failure(): string | undefined;
};

const watch = (socket: Socket): End => {
  let bytes = Buffer.alloc(0);
  let ended = false;
  let failure: string | undefined;
  socket.on('data', (chunk: Buffer) => (bytes = Buffer.concat([bytes, chunk])));
  socket.on('end', () => (ended = true));
  socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code));
  cleanup(() => socket.destroy());
  return { socket, text: () => String(bytes), hasEnded: () => ended, failure: () => failure };
};

/** A server behind a proxy, and what connects to it through that. */
const behindProxy = async (plan: (number: number) => Faults = () => ({}), seed = 1) => {
  const accepted: End[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(watch(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup(() => server.close());
  const { port } = server.address() as AddressInfo;
  const proxy: FaultProxy = await startFaultProxy(seed, port, plan);
  cleanup(() => proxy.close());
  const dial = async () => {
    const before = accepted.length;
    const near = watch(connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true }));
    const far = await until('the connection', () => accepted[before]);
    const connection = proxy.connections().at(-1)!;
    return { near, far, connection };
  };
  return { proxy, dial };
};

const many = 'x'.repeat(100_000);

test('without faults, bytes and ends pass both ways', async () => {
  const { proxy, dial } = await behindProxy();
  const { near, far } = await dial();
  near.socket.end(many);
  await until('the bytes', () => far.hasEnded());
  assert.equal(far.text(), many);
  far.socket.end('answer');
  await until('the answer', () => near.hasEnded());
  assert.equal(near.text(), 'answer');
  await until('the end', () => proxy.connections().length === 0);
  assert.deepEqual(proxy.counts(), { dialled: 1, cut: 0 });
});

test('pieces are delayed, each by another time, and keep their order', async () => {
  const { dial } = await behindProxy(() => ({ delayMillis: 30, jitterMillis: 30 }));
  const { near, far } = await dial();
  const start = performance.now();
  const words = Array.from({ length: 10 }, (_, i) => `word ${i} `);
  for (const word of words) {
    near.socket.write(word);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until('all words', () => far.text().length === words.join('').length);
  assert.equal(far.text(), words.join(''));
  assert.ok(performance.now() - start >= 30);
});

test('a throttled connection takes at least as long as its bytes take', async () => {
  const { dial } = await behindProxy(() => ({ bytesPerSecond: 500_000 }));
  const { near, far } = await dial();
  const start = performance.now();
  near.socket.end(many);
  await until('the bytes', () => far.hasEnded());
  assert.equal(far.text(), many);
  assert.ok(performance.now() - start >= 150);
});

test('a reset is an error at both ends, an orderly cut an end', async () => {
  for (const as of ['reset', 'end'] as const) {
    const { proxy, dial } = await behindProxy();
    const { near, far, connection } = await dial();
    connection.cut(as);
    if (as === 'reset') {
      await until('the errors', () => near.failure() !== undefined && far.failure() !== undefined);
      assert.deepEqual([near.failure(), far.failure()], ['ECONNRESET', 'ECONNRESET']);
    } else {
      await until('the ends', () => near.hasEnded() && far.hasEnded());
      assert.deepEqual([near.failure(), far.failure()], [undefined, undefined]);
    }
    assert.deepEqual(proxy.counts(), { dialled: 1, cut: 1 });
    assert.ok(connection.isOver());
  }
});

test('a connection is cut where it was planned, and the next one is not', async () => {
  const { dial } = await behindProxy((number) => (number === 0 ? { cutAfterBytes: 5 } : {}));
  const first = await dial();
  first.near.socket.write('1234');
  await until('the bytes', () => first.far.text() === '1234');
  first.near.socket.write('5');
  await until('the cut', () => first.near.failure() === 'ECONNRESET');
  assert.equal(first.far.text(), '1234');
  const second = await dial();
  second.near.socket.write('123456');
  await until('the bytes', () => second.far.text() === '123456');
});

test('half of a connection is swallowed, and nobody is told', async () => {
  const { dial } = await behindProxy();
  const { near, far, connection } = await dial();
  connection.swallow('up');
  near.socket.write('lost');
  far.socket.write('seen');
  await until('what is not swallowed', () => near.text() === 'seen');
  near.socket.resetAndDestroy();
  await once(near.socket, 'close');
  far.socket.write('still');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([far.text(), far.hasEnded(), far.failure()], ['', false, undefined]);
});

test('what was held arrives after what went by a later connection', async () => {
  const { dial } = await behindProxy();
  const old = await dial();
  old.connection.hold();
  old.near.socket.end('old');
  const next = await dial();
  next.near.socket.write('new');
  await until('the new one', () => next.far.text() === 'new');
  assert.equal(old.far.text(), '');
  old.connection.release();
  await until('the old one', () => old.far.hasEnded());
  assert.equal(old.far.text(), 'old');
});

test('one byte is altered, at its place in its direction, however the bytes come', async () => {
  for (const pieces of [['abcdef'], [...'abcdef']]) {
    const { dial } = await behindProxy(() => ({
      flips: [{ direction: 'down', offset: 3, mask: 0x20 }],
    }));
    const { near, far } = await dial();
    for (const piece of pieces) {
      far.socket.write(piece);
      near.socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('the bytes', () => near.text().length === 6 && far.text().length === 6);
    assert.deepEqual([near.text(), far.text()], ['abcDef', 'abcdef']);
  }
});

test('bits are turned by chance where they were with the same seed', async () => {
  const spoilt = async (seed: number) => {
    const { dial } = await behindProxy(() => ({ flipOneIn: 5000 }), seed);
    const { near, far } = await dial();
    near.socket.end(many);
    await until('the bytes', () => far.hasEnded());
    return [...far.text()].flatMap((letter, at) => (letter === 'x' ? [] : [at]));
  };
  const [one, again, other] = [await spoilt(3), await spoilt(3), await spoilt(4)];
  assert.ok(one.length > 5 && one.length < 80, `${one.length} of them`);
  assert.deepEqual(again, one);
  assert.notDeepEqual(other, one);
});

test('a connection is refused where it was planned, and where there is no target', async () => {
  const { proxy } = await behindProxy((number) => ({ refuse: number === 0 }));
  for (const round of [0, 1]) {
    if (round === 1) proxy.target(undefined);
    const near = watch(connect(proxy.port, '127.0.0.1'));
    await until('the refusal', () => near.failure() === 'ECONNRESET');
  }
  assert.equal(proxy.connections().length, 0);
});

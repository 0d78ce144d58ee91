/** Connections that say nothing, say it slowly, say nonsense, or do not listen. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { type Attack, type Attacker, assertServed, drained, repeated } from '../attack.ts';
import {
  type Peer,
  callMessage,
  dialHostile,
  locationOf,
  openSocket,
  slotBody,
  soon,
  socketOf,
} from '../peer.ts';

const idleSockets = 500;
const megabyte = 1 << 20;

const addressOf = ({ refs }: Attacker): { host: string; port: number } => {
  const { hostname, port } = new URL(locationOf(refs.victim));
  return { host: hostname, port: Number(port) };
};

const openRaw = async (attacker: Attacker): Promise<Socket> => {
  const socket = connect(addressOf(attacker));
  socket.on('error', () => {});
  await soon('the connection', Promise.race([once(socket, 'connect'), once(socket, 'close')]));
  return socket;
};

const upgrade = (path = '/link', more = '') =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: node',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16, 1).toString('base64')}`,
    more,
  ]
    .filter((line) => line !== '')
    .join('\r\n') + '\r\n\r\n';

/** Opens many and holds them. @returns how many are still open at the end */
const hold = async (attacker: Attacker, open: () => Promise<Socket>): Promise<void> => {
  const sockets: Socket[] = [];
  try {
    while (sockets.length < idleSockets) {
      sockets.push(...(await Promise.all(Array.from({ length: 10 }, open))));
    }
    while (attacker.goesOn()) await sleep(20);
    const held = sockets.filter((socket) => !socket.destroyed).length;
    attacker.note(`${sockets.length} opened, ${held} held`);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
};

const silent: Attack[] = [
  {
    name: 'five hundred connections that say nothing',
    run: (attacker) => hold(attacker, () => openRaw(attacker)),
  },
  {
    name: 'five hundred connections that begin a request and do not end it',
    run: (attacker) =>
      hold(attacker, async () => {
        const socket = await openRaw(attacker);
        socket.write('GET /link HTTP/1.1\r\nHost: ');
        return socket;
      }),
  },
  {
    name: 'five hundred WebSockets that never say who they are',
    run: (attacker) =>
      hold(attacker, async () => {
        const socket = await openRaw(attacker);
        socket.write(upgrade());
        socket.resume();
        return socket;
      }),
  },
  {
    name: 'a hundred links that do nothing',
    async run(attacker) {
      const peers: Peer[] = [];
      while (peers.length < 100) {
        const more = await Promise.allSettled(Array.from({ length: 5 }, () => attacker.dial()));
        const made = more.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
        peers.push(...made);
        if (made.length < more.length) break;
      }
      while (attacker.goesOn()) await sleep(20);
      attacker.note(`${peers.length} links`);
      for (const peer of peers) peer.close();
    },
  },
];

/** What is said in place of a handshake. */
const garbage: readonly [string, (webSocket: WebSocket) => void][] = [
  ['nonsense', (ws) => ws.send(Buffer.from('nonsense'))],
  ['text', (ws) => ws.send('x'.repeat(32))],
  ['an empty message', (ws) => ws.send(Buffer.alloc(0))],
  ['a key of small order', (ws) => ws.send(Buffer.alloc(32))],
  ['a key that is not written as keys are', (ws) => ws.send(Buffer.alloc(32, 0xff))],
  ['a key and more', (ws) => ws.send(Buffer.alloc(33, 9))],
  ['20 MiB', (ws) => ws.send(Buffer.alloc(20 * megabyte))],
  [
    'a message of a session',
    (ws) => ws.send(Buffer.from('[{"type":"CTP_BOOTSTRAP","epoch":0,"questionID":"q-1"}]')),
  ],
  ['a hello of another version', (ws) => ws.send('{"type":"hello","v":1}')],
  [
    'a key, and a hello that nobody sealed',
    (ws) => {
      ws.send(Buffer.alloc(32, 9));
      ws.send(Buffer.alloc(400, 7));
    },
  ],
  [
    'a message without end',
    (ws) => {
      for (let i = 0; i < 200; i += 1) ws.send(Buffer.alloc(32), { fin: false });
      ws.send(Buffer.alloc(1));
    },
  ],
];

const introductions: Attack[] = garbage.map(([what, say]) => ({
  name: `a handshake that begins with ${what} ends`,
  once: true,
  async run(attacker) {
    let rounds = 0;
    do {
      const webSocket = await openSocket(locationOf(attacker.refs.victim));
      say(webSocket);
      if (webSocket.readyState !== webSocket.CLOSED) {
        await soon('the end of the connection', once(webSocket, 'close'));
      }
      rounds += 1;
    } while (attacker.goesOn());
    attacker.note(`${rounds} rounds`);
  },
}));

const echo: Attack = {
  name: 'a handshake that sends back what it is sent ends',
  run: async (attacker) => {
    do {
      const webSocket = await openSocket(locationOf(attacker.refs.victim));
      webSocket.on('message', (data: Buffer) => webSocket.send(data));
      // The other side waits for a first word.
      webSocket.send(Buffer.alloc(32, 9));
      await soon('the end of the connection', once(webSocket, 'close'));
    } while (attacker.goesOn());
  },
};

/** Bytes that may wait for one who does not read, on their way or in the node. */
const maxForDeaf = 32 * megabyte;

/**
 * 200 MiB of events for somebody who does not read them. It answers each all the same, by its number,
 * so that nobody stops telling it for want of answers.
 */
const deaf: Attack = {
  name: 'a reader that stops reading under 200 MiB of events is cut, or told no more',
  async run(attacker) {
    const subscriber = await attacker.dial();
    await subscriber.ask(subscriber.root, 'subscribe', slotBody(), ['o+1']);
    subscriber.socket.pause();
    const publisher = await dialHostile(attacker.refs.victim);
    const length = `{"@qclass":"bigint","digits":"${megabyte / 2}"}`;
    let published = 0;
    while (published < 400) {
      if ((await publisher.ask(publisher.root, 'publish', length)).type === 'over') break;
      published += 1;
      subscriber.send({
        type: 'CTP_RETURN',
        epoch: 0,
        answerID: `q+${published}`,
        result: { body: '{"@qclass":"undefined"}', slots: [] },
      });
    }
    await assertServed(publisher);
    publisher.close();
    const before = subscriber.socket.bytesRead;
    // The end of a connection is seen by one who reads.
    subscriber.socket.resume();
    await Promise.race([subscriber.ended, sleep(2000)]);
    const read = subscriber.socket.bytesRead - before;
    attacker.note(
      `${published} published, ${read >> 20} MiB came, ${subscriber.isOver() ? 'cut' : 'held back'}`,
    );
    subscriber.close();
    assert.ok(read < maxForDeaf, `${read >> 20} MiB waited for it`);
  },
};

const deafCaller: Attack = {
  name: 'a caller that does not read its answers is paused or cut, and costs nobody else',
  async run(attacker) {
    const peer = await attacker.dial();
    peer.socket.pause();
    const text = JSON.stringify('x'.repeat(megabyte / 2));
    let calls = 0;
    // Its own sending is stopped at some time, or its connection ends.
    while (attacker.goesOn() && !peer.isOver() && calls < 400) {
      peer.call(peer.root, 'echo', text);
      calls += 1;
      await drained(peer);
    }
    attacker.note(
      `${calls} calls were taken from it, ${peer.webSocket.bufferedAmount >> 20} MiB wait`,
    );
    peer.close();
  },
};

const halfFrames: Attack = {
  name: 'a hundred frames that are begun and never ended',
  async run(attacker) {
    const peers = await Promise.all(Array.from({ length: 20 }, () => attacker.dial()));
    // A frame of 8 MiB is announced, and 1 MiB of it sent.
    for (const peer of peers) {
      const header = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x80, 0, 0, 1, 2, 3, 4]);
      socketOf(peer.webSocket).write(Buffer.concat([header, Buffer.alloc(megabyte, 'x')]));
    }
    while (attacker.goesOn()) await sleep(20);
    attacker.note(`${peers.filter((peer) => peer.isOver()).length} of ${peers.length} were cut`);
    for (const peer of peers) peer.close();
  },
};

const drip: Attack = {
  name: 'a call that comes byte by byte is a call',
  once: true,
  run: repeated(async (peer) => {
    const question = peer.nextQuestion();
    const answer = peer.answerTo(question);
    const text = Buffer.from(peer.sealed(callMessage(question, peer.root, 'text')));
    const mask = [1, 2, 3, 4];
    const frame = [
      0x82,
      0x80 | 126,
      text.length >> 8,
      text.length & 255,
      ...mask,
      ...text.map((byte, i) => byte ^ mask[i % 4]!),
    ];
    const socket = socketOf(peer.webSocket);
    for (const byte of frame) {
      socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal((await answer).result?.body, '"pong"');
    await assertServed(peer);
  }),
};

/** Bytes that are no frame of a WebSocket, in the middle of a session. */
const nonsense: readonly [string, readonly number[]][] = [
  ['a frame with reserved bits', [0xf1, 0x80, 0, 0, 0, 0]],
  ['a frame of an unknown kind', [0x83, 0x80, 0, 0, 0, 0]],
  ['a frame without a mask', [0x81, 0x01, 0x41]],
  ['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0]],
  ['a ping of 200 bytes', [0x89, 0x80 | 126, 0, 200, 0, 0, 0, 0]],
  ['a frame of 2^63 bytes', [0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]],
  ['text', [0x81, 0x82, 0, 0, 0, 0, 0x5b, 0x5d]],
  ['an empty message', [0x82, 0x80, 0, 0, 0, 0]],
  ['a message that was not sealed', [0x82, 0x82, 0, 0, 0, 0, 0x5b, 0x5d]],
];

const broken: Attack[] = nonsense.map(([what, bytes]) => ({
  name: `${what} ends its session`,
  once: true,
  run: repeated(async (peer) => {
    peer.socket.write(Buffer.from(bytes));
    await soon('the end of the session', peer.ended);
  }),
}));

export const sockets: readonly Attack[] = [
  ...silent,
  ...introductions,
  echo,
  deaf,
  deafCaller,
  halfFrames,
  drip,
  ...broken,
];

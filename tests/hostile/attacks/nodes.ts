/** What only another node can do: handshakes by the thousand, lies about the past, streams, gifts. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { meetAsStranger } from '@pocas/vat-runtime/testing';
import type { WebSocket } from 'ws';
import type { Attack, Attacker } from '../attack.ts';
import { type Received, locationOf, openSocket, soon } from '../peer.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

type Message = Received & { readonly n?: number; readonly number?: number; readonly slot?: string };

type HostileNode = {
  send(...messages: readonly unknown[]): void;
  /** The next message of a type, those that came before it was asked for too. */
  next(type: string): Promise<Message>;
  /** Resolves with the reason that was given, if one was, when the link is over. */
  readonly ended: Promise<string>;
  isOver(): boolean;
  /** How many messages came. */
  received(): number;
  readonly webSocket: WebSocket;
  close(): void;
};

/** With a key that nobody has seen before. */
const dialAsNode = async ({ refs }: Attacker): Promise<HostileNode> => {
  const webSocket = await openSocket(locationOf(refs.victim));
  const come: Message[] = [];
  const waiting = new Map<string, (message: Message) => void>();
  let reason = '';
  let over = false;
  let received = 0;
  const take = (message: Message) => {
    received += 1;
    if (message.type === 'CTP_DISCONNECT') reason = message.reason ?? '';
    const settle = waiting.get(message.type);
    waiting.delete(message.type);
    if (settle !== undefined) settle(message);
    else if (come.length < 1000) come.push(message);
  };
  const ended = new Promise<string>((resolve) => {
    webSocket.once('close', () => {
      over = true;
      for (const settle of waiting.values()) settle({ type: 'over', reason });
      resolve(reason);
    });
  });
  const stranger = await soon(
    'the link',
    meetAsStranger(
      {
        send: (message) => webSocket.send(message),
        listen({ onBytes, onClose }) {
          webSocket.on('message', (data: Buffer) => onBytes(data));
          webSocket.on('close', () => onClose());
        },
      },
      parseSturdyRef(refs.victim).designator,
      random,
      (frame) => {
        for (const message of JSON.parse(Buffer.from(frame).toString()) as Message[]) take(message);
      },
      true,
    ),
  );
  return {
    send: (...messages) => stranger.sendFrame(Buffer.from(JSON.stringify(messages))),
    next: (type) =>
      soon(
        `a message "${type}"`,
        new Promise((resolve) => {
          const at = come.findIndex((message) => message.type === type);
          if (at >= 0) resolve(come.splice(at, 1)[0]!);
          else if (over) resolve({ type: 'over', reason });
          else waiting.set(type, resolve);
        }),
      ),
    ended,
    isOver: () => over,
    received: () => received,
    webSocket,
    close: () => webSocket.terminate(),
  };
};

/** Of somebody who was never here before. */
const says = {
  ...{ life: 1, heard: 0, epoch: 0, slotsGiven: 0, slotsSeen: 0, state: 'open' },
  ...{ given: [0, ''], acked: [0, ''], taken: [0, ''] },
};
const hello = (change: object = {}) => ({ type: 'NODE_HELLO', v: 1, says: { ...says, ...change } });

/** A node that has been greeted. */
const beNode = async (attacker: Attacker): Promise<HostileNode> => {
  const node = await dialAsNode(attacker);
  node.send(hello());
  await node.next('NODE_HELLO');
  return node;
};

const repeatedAs =
  (
    meet: (attacker: Attacker) => Promise<HostileNode>,
    body: (node: HostileNode, attacker: Attacker) => Promise<void>,
  ) =>
  async (attacker: Attacker): Promise<void> => {
    let rounds = 0;
    do {
      const node = await meet(attacker);
      try {
        await body(node, attacker);
      } finally {
        node.close();
      }
      rounds += 1;
    } while (attacker.goesOn());
    attacker.note(`${rounds} rounds`);
  };

const assertRefused = async (node: HostileNode): Promise<void> => {
  assert.match(
    await soon('the end of the link', node.ended),
    /^(?:|Cannot accept (?:message|frame): [a-z0-9 ,’-]+)$/,
  );
};

/** A key for an agreement, which is all that is in the first message of a handshake. */
const firstMessage = (): Uint8Array => random(32);

const handshakes: Attack[] = [
  {
    name: 'a flood of first messages of handshakes, each of which is answered, costs nobody else much',
    async run(attacker) {
      let begun = 0;
      let bytes = 0;
      do {
        const sockets = await Promise.all(
          Array.from({ length: 8 }, () => openSocket(locationOf(attacker.refs.victim))),
        );
        await Promise.all(
          sockets.map(async (socket) => {
            const message = firstMessage();
            bytes += message.length;
            const answered = Promise.race([once(socket, 'message'), once(socket, 'close')]);
            socket.send(message);
            await soon('an answer', answered);
            socket.terminate();
          }),
        );
        begun += sockets.length;
      } while (attacker.goesOn());
      attacker.note(`${begun} handshakes begun, with ${bytes} bytes beside those of WebSockets`);
    },
  },
  {
    name: 'a flood of whole handshakes, each with a new key, costs nobody else much',
    run: repeatedAs(beNode, async () => {}),
  },
];

/** What is said in place of a hello, or as one. */
const lies: readonly [string, unknown][] = [
  ['no statement', { type: 'NODE_HELLO', v: 1 }],
  ['a statement of nothing', { type: 'NODE_HELLO', v: 1, says: {} }],
  ['another version', { ...hello(), v: 2 }],
  ['a life below nothing', hello({ life: -1 })],
  ['a life past all counting', hello({ life: 1e300 })],
  ['a mark that is none', hello({ given: [0, 'x'.repeat(100_000)] })],
  ['a mark of many parts', hello({ taken: Array.from({ length: 200 }, () => 0) })],
  ['an unknown state', hello({ state: 'fine' })],
  ['an item of a stream', { type: 'NODE_ACK', n: 0 }],
  ['a type of its own', { type: 'NODE_NONSENSE' }],
  ['a call', { type: 'CTP_BOOTSTRAP', epoch: 0, questionID: 'q-1' }],
];

const hellos: Attack[] = lies.map(([what, message]) => ({
  name: `a node whose first word is ${what} is not one`,
  once: true,
  run: repeatedAs(dialAsNode, async (node) => {
    node.send(message);
    await assertRefused(node);
  }),
}));

const item = (n: number, more: object = {}) => ({
  ...{ type: 'NODE_SEND', n, link: 'A'.repeat(43), target: 'o-d1', method: 'text', ask: true },
  ...{ args: { body: '#[]', slots: [] }, ...more },
});

/** As many as a node may have under way. */
const windowItems = 64;

const streams: Attack[] = [
  {
    name: 'an acknowledgement of what was never sent ends the link',
    once: true,
    run: repeatedAs(beNode, async (node) => {
      node.send({ type: 'NODE_ACK', n: 1e15 });
      await assertRefused(node);
    }),
  },
  {
    name: 'an acknowledgement that is no number ends the link',
    once: true,
    run: repeatedAs(beNode, async (node) => {
      node.send({ type: 'NODE_ACK', n: '9'.repeat(100_000) });
      await assertRefused(node);
    }),
  },
  {
    name: 'more items of a stream than may be under way end the link',
    once: true,
    run: repeatedAs(beNode, async (node) => {
      node.send(...Array.from({ length: 500 }, (_, i) => item(i + 1)));
      await assertRefused(node);
    }),
  },
  {
    name: 'an item that leaves out another ends the link',
    once: true,
    run: repeatedAs(beNode, async (node) => {
      node.send(item(2));
      await assertRefused(node);
    }),
  },
  {
    name: 'a flood of sends to what was never given is answered, and everybody else is served',
    async run(attacker) {
      const node = await beNode(attacker);
      let sent = 0;
      let acked = 0;
      do {
        const group = Array.from({ length: windowItems }, (_, i) => item(sent + i + 1));
        sent += group.length;
        node.send(...group);
        while (acked < sent && !node.isOver()) {
          const ack = await node.next('NODE_ACK');
          if (ack.type === 'over') break;
          acked = ack.n!;
          // It takes its answers, so that it may go on.
          node.send({ type: 'NODE_ACK', n: 0 });
        }
      } while (attacker.goesOn() && !node.isOver());
      attacker.note(`${sent} sends, ${acked} acknowledged, ${node.received()} messages came`);
      node.close();
    },
  },
  {
    name: 'the same item again and again is carried out once',
    async run(attacker) {
      const node = await beNode(attacker);
      let rounds = 0;
      node.send(item(1));
      await node.next('NODE_ACK');
      const answers = () => node.received();
      while (attacker.goesOn() && !node.isOver()) {
        node.send(...Array.from({ length: 50 }, () => item(1)));
        rounds += 1;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      const answered = answers();
      node.close();
      attacker.note(`${rounds * 50} repetitions, ${answered} messages came in all`);
      assert.ok(rounds === 0 || answered < 20, `${answered} messages came for one item`);
    },
  },
];

const id = (): string => Buffer.from(random(16)).toString('base64url');
const victimOf = ({ refs }: Attacker): string => parseSturdyRef(refs.victim).designator;

const gifts: Attack[] = [
  {
    name: 'guesses at gifts are answered like gifts that never were',
    async run(attacker) {
      const node = await beNode(attacker);
      let number = 0;
      while (attacker.goesOn() && !node.isOver()) {
        node.send(
          ...Array.from({ length: 50 }, () => {
            number += 1;
            return { type: 'GIFT_WITHDRAW', number, giver: victimOf(attacker), id: id() };
          }),
        );
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      attacker.note(`${number} guesses, ${node.received()} answers, ${node.isOver()}`);
      node.close();
    },
  },
  {
    name: 'a flood of gifts that nobody withdraws is bounded',
    async run(attacker) {
      let given = 0;
      let links = 0;
      do {
        const node = await beNode(attacker);
        links += 1;
        while (attacker.goesOn() && !node.isOver()) {
          node.send(
            ...Array.from({ length: 50 }, () => ({
              ...{ type: 'GIFT_DEPOSIT', id: id(), receiver: victimOf(attacker) },
              slot: 'o-dgreeter',
            })),
          );
          given += 50;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        node.close();
      } while (attacker.goesOn());
      attacker.note(`${given} gifts over ${links} links`);
    },
  },
];

export const nodes: readonly Attack[] = [...handshakes, ...hellos, ...streams, ...gifts];

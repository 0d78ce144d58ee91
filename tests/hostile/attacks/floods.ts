/** Too much of what would be allowed: each costs its own sender delay, or its session. */
import assert from 'node:assert/strict';
import { type Attack, type Attacker, assertServed, drained, flooded, repeated } from '../attack.ts';
import { type Peer, callMessage, slotBody } from '../peer.ts';

const batch = 100;
const times = (peer: Peer, make: (question: string, index: number) => unknown) =>
  peer.send(...Array.from({ length: batch }, (_, index) => make(peer.nextQuestion(), index)));

let lastOwn = 0;
const own = (kind: 'o' | 'p'): string => {
  lastOwn += 1;
  return `${kind}+${lastOwn}`;
};

const wrongSwiss = JSON.stringify('A'.repeat(43));

const steps: readonly [string, (peer: Peer, round: number) => void][] = [
  ['calls', (peer) => times(peer, (q) => callMessage(q, peer.root, 'text'))],
  [
    'calls that never are answered',
    (peer) => times(peer, (q) => callMessage(q, peer.root, 'never')),
  ],
  [
    'calls on an answer that never comes',
    (peer) => {
      const never = peer.call(peer.root, 'never');
      times(peer, (q) => callMessage(q, never, 'text'));
    },
  ],
  [
    'promises that never settle',
    (peer) => times(peer, (q) => callMessage(q, peer.root, 'echo', slotBody(), [own('p')])),
  ],
  [
    'promises that settle to each other',
    (peer) => {
      const promise = own('p');
      peer.send(callMessage(peer.nextQuestion(), peer.root, 'echo', slotBody(), [promise]), {
        type: 'CTP_RESOLVE',
        epoch: 0,
        promiseID: promise.replace('+', '-'),
        res: { body: slotBody(), slots: [own('p')] },
      });
    },
  ],
  [
    'objects',
    (peer) => times(peer, (q) => callMessage(q, peer.root, 'echo', slotBody(), [own('o')])),
  ],
  [
    '256 objects in each message',
    (peer) =>
      times(peer, (q) =>
        callMessage(
          q,
          peer.root,
          'echo',
          '',
          Array.from({ length: 256 }, () => own('o')),
        ),
      ),
  ],
  [
    'drops',
    (peer) => {
      times(peer, (_, i) => ({ type: 'CTP_DROP', epoch: 0, slotID: `o-${i + 1}`, decRefs: 1 }));
    },
  ],
  [
    'drops of answers',
    (peer) =>
      void times(peer, (_, i) => ({
        type: 'CTP_DROP',
        epoch: 0,
        slotID: `q-${i + 1}`,
        decRefs: 1,
      })),
  ],
  [
    'wrong secrets',
    (peer) => times(peer, (q) => callMessage(q, 'o-dgreeter', 'enliven', wrongSwiss)),
  ],
  [
    'greetings',
    (peer) => times(peer, (questionID) => ({ type: 'CTP_BOOTSTRAP', epoch: 0, questionID })),
  ],
  ['refused calls', (peer) => times(peer, (q) => callMessage(q, peer.root, 'constructor'))],
  [
    'calls on data',
    (peer) => {
      const text = peer.call(peer.root, 'text');
      times(peer, (q) => callMessage(q, text, 'repeat', '40000000'));
    },
  ],
  [
    'texts of 1 MB',
    (peer) => void peer.call(peer.root, 'echo', JSON.stringify('x'.repeat(1_000_000))),
  ],
  [
    'lists of 50,000 lists',
    (peer) => void peer.call(peer.root, 'echo', `[${'[],'.repeat(49_999)}[]]`),
  ],
  [
    'lists of 300,000 lists',
    (peer) => void peer.call(peer.root, 'echo', `[${'[],'.repeat(299_999)}[]]`),
  ],
  [
    'records of 20,000 keys',
    (peer) =>
      void peer.call(
        peer.root,
        'echo',
        `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":[]`).join()}}`,
      ),
  ],
  [
    'objects that are made for it',
    (peer) =>
      times(peer, (q) => callMessage(q, peer.root, 'many', '{"@qclass":"bigint","digits":"10"}')),
  ],
  [
    'empty frames',
    (peer) => {
      for (let i = 0; i < batch; i += 1) peer.frame('[]');
    },
  ],
  [
    'frames of one call',
    (peer) => {
      for (let i = 0; i < batch; i += 1) peer.call(peer.root, 'text');
    },
  ],
  [
    'pings',
    (peer) => {
      for (let i = 0; i < batch; i += 1) peer.webSocket.ping('x'.repeat(125));
    },
  ],
  [
    'pongs',
    (peer) => {
      for (let i = 0; i < batch; i += 1) peer.webSocket.pong('x'.repeat(125));
    },
  ],
];

const simple: Attack[] = steps.map(([what, step]) => ({
  name: `a flood of ${what}`,
  run: flooded(step),
}));

const fragments: Attack = {
  name: 'a flood of fragments of one byte',
  run: async (attacker) => {
    const peer = await attacker.dial();
    const text = peer.sealed(callMessage(peer.nextQuestion(), peer.root, 'text'));
    let frames = 0;
    while (attacker.goesOn() && !peer.isOver()) {
      for (let i = 0; i < 200; i += 1) {
        peer.webSocket.send(text.subarray(frames % text.length).subarray(0, 1), { fin: false });
        frames += 1;
      }
      await drained(peer);
    }
    peer.close();
    attacker.note(`${frames} fragments`);
  },
};

const inFragments: Attack = {
  name: 'a call in a dozen fragments is a call',
  run: repeated(async (peer) => {
    const question = peer.nextQuestion();
    const answer = peer.answerTo(question);
    const text = peer.sealed(callMessage(question, peer.root, 'text'));
    const length = Math.ceil(text.length / 12);
    for (let at = 0; at < text.length; at += length) {
      peer.webSocket.send(text.subarray(at, at + length), { fin: at + length >= text.length });
    }
    assert.equal((await answer).result?.body, '"pong"');
  }),
};

const links: Attack = {
  name: 'a flood of links',
  run: async (attacker) => {
    let count = 0;
    do {
      const peers = await Promise.all(Array.from({ length: 4 }, () => attacker.dial()));
      count += peers.length;
      for (const peer of peers) peer.close();
    } while (attacker.goesOn());
    attacker.note(`${count} links`);
  },
};

const together = async (attacker: Attacker, count: number) => {
  const peers = await Promise.all(Array.from({ length: count }, () => attacker.dial()));
  while (attacker.goesOn()) {
    for (const peer of peers) {
      if (peer.isOver()) continue;
      times(peer, (q) => callMessage(q, peer.root, 'text'));
      await drained(peer);
    }
  }
  attacker.note(`${peers.filter((peer) => peer.isOver()).length} of ${count} sessions ended`);
  for (const peer of peers) peer.close();
};

const conspiracy: Attack = {
  name: 'a flood of calls by twenty links at once',
  run: (attacker) => together(attacker, 20),
};

const stillServed: Attack = {
  name: 'whoever asks a thousand times and reads is served',
  run: repeated(async (peer) => {
    const answers = Array.from({ length: 10 }, async () => {
      for (let i = 0; i < 100; i += 1) await assertServed(peer);
    });
    await Promise.all(answers);
  }),
};

export const floods: readonly Attack[] = [
  ...simple,
  fragments,
  inFragments,
  links,
  conspiracy,
  stillServed,
];

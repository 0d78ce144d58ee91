import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeIdentity } from '#src/locator/identity.js';
import { nodeCiphers } from '@pocas/vat-runtime/node';
import { type HandshakeOptions, makeHandshake, makeIncarnation } from '#src/session/handshake.js';
import { type Records, sealedLength } from '#src/session/records.js';
import { type Channel, type Link, type Reading, openLink } from '#src/session/link.js';
import { makeTokenBucket } from '#src/switchboard/token-bucket.js';
import { makeTurnstile } from '#src/session/turnstile.js';
import { type Limits, defaultLimits } from '#src/switchboard/limits.js';
import { answerData, call, drop } from '../switchboard/board.ts';

const random = (length: number) => new Uint8Array(length).fill(7);
let lastSeed = 0;
const handshake = (role: 'dialer' | 'listener'): HandshakeOptions => {
  lastSeed += 1;
  const fresh = (length: number) => new Uint8Array(length).fill(lastSeed);
  return {
    role,
    identity: makeIdentity(fresh(32)),
    incarnation: makeIncarnation(random),
    lasting: false,
    locations: undefined,
    ciphers: nodeCiphers,
    sessionKey: nodeCiphers.makeAgreementKey(fresh(32)),
    random: fresh,
  };
};

/** Tasks of later ticks, and a clock, run by hand. */
const makeWorld = () => {
  let tasks: (() => void)[] = [];
  let timers: { at: number; task: () => void }[] = [];
  let time = 0;
  return {
    later: (task: () => void) => void tasks.push(task),
    now: () => time,
    after(milliseconds: number, task: () => void) {
      const timer = { at: time + milliseconds, task };
      timers.push(timer);
      return () => void (timers = timers.filter((each) => each !== timer));
    },
    /** One tick: what was put off until now. */
    tick() {
      const due = tasks;
      tasks = [];
      for (const task of due) task();
      return due.length > 0;
    },
    pass(milliseconds: number) {
      time += milliseconds;
      const due = timers.filter(({ at }) => at <= time);
      timers = timers.filter(({ at }) => at > time);
      for (const { task } of due) task();
    },
  };
};

/** A link of ours; the test is the other side, after the handshake. */
const makeLink = (
  world: ReturnType<typeof makeWorld>,
  {
    limits = {},
    turnstile,
    onMessage = () => {},
  }: {
    limits?: Partial<Limits>;
    turnstile?: Reading['turnstile'];
    onMessage?: (link: Link, message: unknown) => void;
  } = {},
) => {
  const ends: { ours?: Parameters<Channel['listen']>[0] } = {};
  const sent: string[] = [];
  const theirs = makeHandshake(handshake('dialer'));
  let records: Records | undefined;
  let flow = '';
  const ours: Channel = {
    send(message) {
      if (records !== undefined) {
        return void sent.push(Buffer.from(records.open(message)!).toString());
      }
      const { send, done } = theirs.receive(message);
      records = done?.records;
      for (const answer of send) ends.ours!.onBytes(answer);
    },
    close: () => {},
    listen: (handlers) => void (ends.ours = handlers),
    pause: () => void (flow += 'p'),
    resume: () => void (flow += 'r'),
    admit: () => void (flow += 'a'),
  };
  const taken: unknown[] = [];
  const closed: string[] = [];
  let link: Link | undefined;
  const reading: Reading = {
    limits: { ...defaultLimits, ...limits },
    turnstile: turnstile ?? makeTurnstile(world.later),
    now: world.now,
    after: world.after,
  };
  openLink(
    ours,
    handshake('listener'),
    world.later,
    {
      onOpen: (open) => void (link = open),
      onMessage(open, message) {
        taken.push(message);
        onMessage(open, message);
      },
      onClose: (_link, reason) => closed.push(reason),
    },
    reading,
  );
  for (const message of theirs.start()) ends.ours!.onBytes(message);
  assert.ok(link !== undefined);
  assert.equal(flow, 'a');
  flow = '';
  return {
    link,
    taken,
    closed,
    sent,
    flow: () => flow,
    say: (text: string) => ends.ours!.onBytes(records!.seal(Buffer.from(text))),
    /** Bytes that nobody sealed. */
    sayRaw: (bytes: Uint8Array) => ends.ours!.onBytes(bytes),
    seal: (bytes: Uint8Array) => records!.seal(bytes),
  };
};

const numbers = (count: number, from = 0) =>
  JSON.stringify(Array.from({ length: count }, (_, i) => from + i));

test('the messages of a frame are taken in order, a few in each tick; meanwhile nothing is read', () => {
  const world = makeWorld();
  const { say, taken, flow } = makeLink(world);
  say(numbers(200));
  assert.equal(taken.length, 16);
  assert.equal(flow(), 'p');
  // What was read before the pause took effect.
  say(numbers(3, 200));
  assert.equal(taken.length, 16);
  world.tick();
  assert.equal(taken.length, 32);
  while (world.tick());
  assert.deepEqual(taken, JSON.parse(numbers(203)));
  assert.equal(flow(), 'pr');
});

test('links take turns: one that floods keeps another waiting for a few messages only', () => {
  const world = makeWorld();
  const turnstile = makeTurnstile(world.later);
  const flooders = Array.from({ length: 4 }, () => makeLink(world, { turnstile }));
  const quiet = makeLink(world, { turnstile });
  for (const { say } of flooders) say(numbers(4000));
  const before = flooders.reduce((sum, { taken }) => sum + taken.length, 0);
  quiet.say('["hello"]');
  while (quiet.taken.length === 0) world.tick();
  const after = flooders.reduce((sum, { taken }) => sum + taken.length, 0);
  assert.ok(after - before <= 48, `${after - before} messages of others came first`);
  for (const { taken } of flooders) assert.ok(taken.length >= 8);
});

test('a link that is paused takes nothing, and goes on after the current task', () => {
  const world = makeWorld();
  const { link, say, taken, flow } = makeLink(world);
  link.pause();
  say(numbers(3));
  while (world.tick());
  assert.deepEqual([taken, flow()], [[], 'p']);
  link.resume();
  assert.deepEqual(taken, []);
  world.tick();
  assert.deepEqual([taken, flow()], [[0, 1, 2], 'pr']);
});

test('a link may be paused by the message that it takes', () => {
  const world = makeWorld();
  const { link, say, taken } = makeLink(world, {
    onMessage: (open, message) => {
      if (message === 1) open.pause();
    },
  });
  say(numbers(4));
  assert.deepEqual(taken, [0, 1]);
  link.resume();
  while (world.tick());
  assert.deepEqual(taken, [0, 1, 2, 3]);
});

test('more messages than a second has are taken in the next ones, a frame at a time', () => {
  const world = makeWorld();
  const limits = { messagesPerSecond: 10, messageBurst: 20 };
  const { say, taken, flow } = makeLink(world, { limits });
  for (let i = 0; i < 20; i += 1) say(numbers(10, 10 * i));
  while (world.tick());
  assert.equal(taken.length, 40);
  assert.equal(flow(), 'p');
  world.pass(1000);
  while (world.tick());
  assert.ok(taken.length >= 50 && taken.length <= 60, `${taken.length}`);
  for (let second = 0; second < 30; second += 1) {
    world.pass(1000);
    while (world.tick());
  }
  assert.deepEqual(taken, JSON.parse(numbers(200)));
  assert.match(flow(), /^p+r$/);
});

test('a link that is a little too fast stops once for many messages', () => {
  const world = makeWorld();
  const limits = { messagesPerSecond: 1000, messageBurst: 20 };
  const { say, taken, flow } = makeLink(world, { limits });
  let said = 0;
  for (let millisecond = 0; millisecond < 400; millisecond += 1) {
    if (!flow().endsWith('p')) {
      say(numbers(1, said));
      said += 1;
    }
    world.pass(1);
    while (world.tick());
  }
  assert.ok(taken.length > 250, `${taken.length} messages`);
  const stops = flow().replace(/[^p]/g, '').length;
  assert.ok(stops > 5 && stops < 20, `${stops} stops`);
});

test('messages with many slots, and long ones, count as several', () => {
  const small = JSON.stringify([call('q-1', 'o-1')]);
  const wide = JSON.stringify([call('q-1', 'o-1', ...Array<string>(256).fill('o+1'))]);
  const long = JSON.stringify([
    { ...call('q-1', 'o-1'), method: { body: 'x'.repeat(1e5), slots: [] } },
  ]);
  const takenAtOnce = (text: string) => {
    const world = makeWorld();
    const { say, taken } = makeLink(world, { limits: { messagesPerSecond: 1, messageBurst: 100 } });
    for (let i = 0; i < 100; i += 1) say(text);
    while (world.tick());
    return taken.length;
  };
  assert.ok(takenAtOnce(small) > 40);
  assert.ok(takenAtOnce(wide) < 8);
  assert.ok(takenAtOnce(long) < 4);
});

test('what costs more than its frame shows is paid for before the next message is taken', () => {
  const world = makeWorld();
  const { say, taken } = makeLink(world, {
    limits: { messagesPerSecond: 10, messageBurst: 20 },
    onMessage: (open) => open.charge(10),
  });
  say(numbers(6));
  while (world.tick());
  assert.deepEqual(taken, [0, 1]);
  world.pass(1000);
  while (world.tick());
  assert.deepEqual(taken, [0, 1, 2]);
});

test('frames without messages count too', () => {
  const world = makeWorld();
  const { say, flow } = makeLink(world, { limits: { messagesPerSecond: 10, messageBurst: 20 } });
  for (let i = 0; i < 30; i += 1) say('[]');
  while (world.tick());
  assert.equal(flow(), 'p');
});

test('a frame that is too long, has too many messages or is none ends the link, for a fixed reason', () => {
  const cases: [text: string, reason: string][] = [
    [`["${'x'.repeat(8000)}"]`, 'a frame was too long'],
    [numbers(11), 'a frame had too many messages'],
    [`${'['.repeat(900)}`, 'a frame nested too deeply'],
    [`[{${'"a":1,'.repeat(1000)}"b":1}]`, 'a message had too many slots or properties'],
    ['[', 'a frame could not be read'],
    ['{}', 'a frame could not be read'],
    ['null', 'a frame could not be read'],
  ];
  for (const [text, reason] of cases) {
    const world = makeWorld();
    const limits = { maxFrameBytes: 8000, maxFrameMessages: 10, maxSlotsPerMessage: 20 };
    const { say, taken, closed, sent } = makeLink(world, { limits });
    say(text);
    say('[1]');
    while (world.tick());
    assert.deepEqual([closed, taken], [[reason], []]);
    assert.match(sent.at(-1)!, new RegExp(`CTP_DISCONNECT.*Cannot accept frame: ${reason}`));
  }
});

test('a frame that was altered, or is no text, ends the link for a fixed reason; what follows is not read', () => {
  const altered = 'a frame was altered on its way';
  type Made = ReturnType<typeof makeLink>;
  const cases: Record<string, [(made: Made) => void, reason: string]> = {
    'a flipped bit': [
      ({ seal, sayRaw }) => {
        const message = seal(Buffer.from('[1]'));
        message[5]! ^= 1;
        sayRaw(message);
      },
      altered,
    ],
    'one left out': [
      ({ seal, say }) => {
        seal(Buffer.from('[1]'));
        say('[2]');
      },
      altered,
    ],
    'one sent twice': [
      ({ seal, sayRaw }) => {
        const message = seal(Buffer.from('[]'));
        sayRaw(message);
        sayRaw(message);
      },
      altered,
    ],
    'not sealed': [({ sayRaw }) => sayRaw(new Uint8Array(Buffer.from('[1]'))), altered],
    nothing: [({ sayRaw }) => sayRaw(new Uint8Array(0)), altered],
    'no UTF-8': [
      ({ seal, sayRaw }) => sayRaw(seal(new Uint8Array([0x5b, 0x22, 0xff, 0x22, 0x5d]))),
      'a frame could not be read',
    ],
    'a mark before it': [({ say }) => say('\ufeff[1]'), 'a frame could not be read'],
  };
  for (const [what, [attack, reason]] of Object.entries(cases)) {
    const world = makeWorld();
    const made = makeLink(world);
    attack(made);
    made.say('[7]');
    while (world.tick());
    assert.deepEqual([made.closed, made.taken], [[reason], []], what);
    assert.match(made.sent.at(-1)!, new RegExp(`CTP_DISCONNECT.*Cannot accept frame: ${reason}`));
  }
});

test('a frame of the greatest length arrives, and crosses the channel as long as it is announced', () => {
  const world = makeWorld();
  const longest = 300_000;
  const { seal, sayRaw, taken, closed } = makeLink(world, { limits: { maxFrameBytes: longest } });
  const text = JSON.stringify(['x'.repeat(longest - 4)]);
  const message = seal(Buffer.from(text));
  assert.equal(message.length, sealedLength(longest));
  sayRaw(message);
  assert.deepEqual(taken, JSON.parse(text));
  sayRaw(seal(Buffer.from(`${text} `)));
  assert.deepEqual(closed, ['a frame was too long']);
});

test('what is sent in one tick shares frames that any side takes', () => {
  const world = makeWorld();
  const { link, sent } = makeLink(world);
  const long = answerData('q-1', JSON.stringify('x'.repeat(1 << 20)));
  const messages = [
    ...Array.from({ length: 3000 }, (_, i) => drop(`o+${i + 1}`)),
    long,
    long,
    drop('o+1'),
  ];
  for (const message of messages) link.send(message);
  world.tick();
  assert.deepEqual(
    sent.flatMap((text) => JSON.parse(text) as unknown[]),
    messages,
  );
  for (const text of sent) {
    assert.ok((JSON.parse(text) as unknown[]).length <= 1024);
    assert.ok(text.length < (1 << 20) + (256 << 10));
  }
});

test('a token bucket gives what it has at once, then so much each second, and never more than it holds', () => {
  let time = 5;
  const bucket = makeTokenBucket({ perSecond: 10, burst: 20 }, () => time);
  assert.equal(bucket.take(20), 0);
  assert.equal(bucket.take(1), 100);
  assert.equal(bucket.take(1), 200);
  time += 150;
  assert.equal(bucket.wait(), 50);
  assert.equal(bucket.isFull(), false);
  time += 1e9;
  assert.equal(bucket.isFull(), true);
  assert.equal(bucket.take(21), 100);
});

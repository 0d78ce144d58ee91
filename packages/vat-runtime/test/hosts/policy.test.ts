import { makeManualTime } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { frameOf, makeFrameReader } from '#src/hosts/frames.js';
import type { HostEvents, Progress } from '#src/hosts/host-handle.js';
import { type HostLoss, defaultHostPolicy, makeHosts } from '#src/hosts/hosts.js';
import { makeOutbox } from '#src/hosts/host-handle.js';
import type { HostCommand } from '#src/vat/host.js';

/** Hosts that do what the test says, and a clock that goes when it says so. */
const setUp = (policy: Partial<typeof defaultHostPolicy> = {}) => {
  const time = makeManualTime();
  const started: {
    readonly events: HostEvents;
    progress: Progress;
    killed: number;
    stopped: number;
    resident: number | undefined;
  }[] = [];
  const losses: HostLoss[] = [];
  let retries = 0;
  const hosts = makeHosts({
    startHost(_place, events) {
      const fake = {
        ...{ events, killed: 0, stopped: 0 },
        progress: { begun: 0, isRunning: false },
        resident: undefined as number | undefined,
      };
      started.push(fake);
      return {
        readsStaged: true,
        command: () => {},
        progress: () => fake.progress,
        kill: () => void (fake.killed += 1),
        stop: () => void (fake.stopped += 1),
        residentBytes: () => fake.resident,
      };
    },
    policy: { ...defaultHostPolicy, ...policy },
    time,
    whenDurable: (release) => release(),
    read: () => undefined,
    onReport: () => {},
    onLoss: (loss) => void losses.push(loss),
    onRetry: () => void (retries += 1),
  });
  return { time, started, losses, hosts, retries: () => retries };
};
const load = (vat: string): HostCommand => ({
  ...{ type: 'load', vat, load: 1, module: 'm', incarnation: '1' },
});
const drop: HostCommand = { type: 'durable', crank: 1 };
const end = { reason: 'as it was told', isFault: false };

test('a host is ended by the command that takes too long, and by no other', () => {
  const { time, started, losses, hosts } = setUp();
  const host = hosts.provide('1', undefined)!;
  const [fake] = started as [(typeof started)[number]];
  fake.events.onReady();
  for (const vat of ['1', '2', '3', '4']) host.command(load(vat));
  // Each takes nearly all the time that it has.
  for (const begun of [1, 2]) {
    fake.progress = { begun, isRunning: true };
    time.pass(4900);
    assert.equal(fake.killed, 0);
    fake.events.onCarriedOut(1);
  }
  fake.progress = { begun: 3, isRunning: true };
  time.pass(5300);
  assert.equal(fake.killed, 1);
  fake.events.onEnd(end);
  const [loss] = losses;
  assert.deepEqual([loss!.guilty, loss!.notBegun], [load('3'), [load('4')]]);
  assert.match(loss!.reason, /too long/);
});

test('a command that ends while its host is being ended is not to blame, nor is the one after it', () => {
  const { time, started, losses, hosts } = setUp();
  const host = hosts.provide('1', undefined)!;
  const [fake] = started as [(typeof started)[number]];
  fake.events.onReady();
  host.command(load('1'));
  host.command(load('2'));
  fake.progress = { begun: 1, isRunning: true };
  time.pass(6000);
  assert.equal(fake.killed, 1);
  fake.events.onCarriedOut(1);
  fake.progress = { begun: 2, isRunning: true };
  fake.events.onEnd(end);
  assert.deepEqual([losses[0]!.guilty, losses[0]!.notBegun], [undefined, []]);

  // The same where it did not come to saying so.
  const another = hosts.provide('2', 'owner')!;
  const last = started.at(-1)!;
  last.events.onReady();
  another.command(load('2'));
  last.progress = { begun: 1, isRunning: true };
  time.pass(3000);
  assert.equal(last.killed, 1);
  last.progress = { begun: 1, isRunning: false };
  last.events.onEnd(end);
  assert.equal(losses[1]!.guilty, undefined);
});

test('a host is watched also where it begins late what it was given', () => {
  const { time, started, hosts } = setUp();
  const host = hosts.provide('1', undefined)!;
  const [fake] = started as [(typeof started)[number]];
  fake.events.onReady();
  host.command(load('1'));
  time.pass(60_000);
  assert.equal(fake.killed, 0);
  fake.progress = { begun: 1, isRunning: true };
  time.pass(6000);
  assert.equal(fake.killed, 1);
});

test('time in which this thread did nothing counts as one step, whoever slept', () => {
  const { time, started, hosts } = setUp();
  const host = hosts.provide('1', undefined)!;
  const [fake] = started as [(typeof started)[number]];
  fake.events.onReady();
  host.command(load('1'));
  fake.progress = { begun: 1, isRunning: true };
  // The timer comes late by an hour, ten times.
  for (let i = 0; i < 10; i += 1) {
    time.step(3_600_000);
    time.pass(100);
  }
  assert.equal(fake.killed, 0);
});

test('a host that fails while a command runs is ended by that command; one with nothing to do by none', () => {
  const { started, losses, hosts } = setUp();
  const first = hosts.provide('1', 'owner')!;
  started[0]!.events.onReady();
  first.command(load('1'));
  started[0]!.progress = { begun: 1, isRunning: true };
  started[0]!.events.onEnd({ reason: 'it crashed', isFault: true });
  const second = hosts.provide('1', 'owner')!;
  assert.notEqual(second, first);
  started[1]!.events.onReady();
  second.command(load('1'));
  started[1]!.progress = { begun: 1, isRunning: false };
  started[1]!.events.onCarriedOut(1);
  started[1]!.events.onEnd({ reason: 'it crashed', isFault: true });
  assert.deepEqual(
    losses.map(({ guilty }) => guilty),
    [load('1'), undefined],
  );
});

test('whatever becomes of a command, who waits for it is told once', () => {
  const { started, hosts } = setUp();
  const host = hosts.provide('1', undefined)!;
  const [fake] = started as [(typeof started)[number]];
  const done: number[] = [];
  for (let i = 1; i <= 4; i += 1) host.command(i === 2 ? drop : load('1'), () => void done.push(i));
  fake.events.onReady();
  fake.events.onCarriedOut(2);
  assert.deepEqual(done, [1, 2]);
  fake.events.onEnd(end);
  assert.deepEqual(done, [1, 2, 3, 4]);
  host.command(load('1'), () => void done.push(5));
  assert.deepEqual(done, [1, 2, 3, 4, 5]);
});

test('memory past the limit ends the host, and what runs just then is to blame', () => {
  const { time, started, losses, hosts } = setUp({ maxResidentBytes: 1000 });
  const host = hosts.provide('1', 'owner')!;
  const [fake] = started as [(typeof started)[number]];
  fake.events.onReady();
  host.command(load('1'));
  fake.progress = { begun: 1, isRunning: true };
  fake.resident = 1000;
  time.pass(500);
  assert.equal(fake.killed, 0);
  fake.resident = 1001;
  time.pass(200);
  assert.equal(fake.killed, 1);
  fake.events.onEnd(end);
  assert.deepEqual(losses[0]!.guilty, load('1'));
  assert.match(losses[0]!.reason, /memory/);
});

test('a host that does not start is tried again after a pause that doubles up to half a minute', () => {
  const { time, started, losses, hosts, retries } = setUp();
  for (const pause of [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]) {
    const tries = retries();
    assert.ok(hosts.provide('1', 'owner'));
    started.at(-1)!.events.onEnd({ reason: 'no room', isFault: false });
    time.pass(pause - 1);
    assert.equal(hosts.provide('1', 'owner'), undefined);
    // Others are not held up.
    assert.ok(hosts.provide('1', 'another'));
    assert.equal(retries(), tries);
    time.pass(1);
    assert.equal(retries(), tries + 1);
  }
  assert.ok(losses.every(({ guilty }) => guilty === undefined));
  assert.ok(hosts.provide('1', 'owner'));
});

test('of too many processes that which was told nothing for longest gives way, and none that is at something', () => {
  const { time, started, losses, hosts } = setUp({ maxProcesses: 2 });
  const one = hosts.provide('1', 'one')!;
  const two = hosts.provide('2', 'two')!;
  for (const { events } of started) events.onReady();
  one.command(load('1'));
  time.pass(10);
  two.command(load('2'));
  // Both are at it.
  assert.equal(hosts.provide('3', 'three'), undefined);
  started[1]!.events.onCarriedOut(1);
  time.pass(10);
  started[0]!.events.onCarriedOut(1);
  // Our own threads take no such place.
  assert.ok(hosts.provide('4', undefined));
  assert.ok(hosts.provide('3', 'three'));
  assert.deepEqual(
    started.map(({ killed }) => killed),
    [1, 0, 0, 0],
  );
  started[0]!.events.onEnd({ reason: 'killed', isFault: true });
  assert.deepEqual(
    losses.map(({ reason, guilty }) => [reason, guilty]),
    [['another owner needs its place', undefined]],
  );
  // It did nothing wrong, and may come back at once, in the place of the one that is idle now.
  started[3]!.events.onReady();
  assert.notEqual(hosts.provide('1', 'one'), undefined);
  assert.equal(started[1]!.killed, 1);
});

test('a host that is never ready is ended, and nobody is to blame', () => {
  const { time, started, losses, hosts } = setUp();
  hosts.provide('1', 'owner')!.command(load('1'));
  time.pass(29_000);
  assert.equal(started[0]!.killed, 0);
  time.pass(2000);
  assert.equal(started[0]!.killed, 1);
  started[0]!.events.onEnd(end);
  assert.equal(losses[0]!.guilty, undefined);
});

test('a process without vats ends after a while, one with a vat does not, and what comes then gets another', () => {
  const { time, started, losses, hosts } = setUp();
  const host = hosts.provide('1', 'owner')!;
  const [fake] = started as [(typeof started)[number]];
  fake.events.onReady();
  host.command(load('1'));
  fake.events.onCarriedOut(1);
  time.pass(1_000_000);
  assert.equal(fake.stopped, 0);
  fake.events.onReport({ type: 'unloaded', vat: '1', load: 1, forgotten: true });
  time.pass(59_000);
  assert.equal(fake.stopped, 0);
  time.pass(1000);
  assert.equal(fake.stopped, 1);
  assert.notEqual(hosts.provide('1', 'owner'), host);
  fake.events.onEnd(end);
  assert.deepEqual(losses, []);
});

test('vats without an owner are spread over the threads by number, and a node stops all its hosts', async () => {
  const { started, hosts } = setUp({ threads: 2, stopMilliseconds: 10 });
  assert.equal(hosts.provide('1', undefined), hosts.provide('3', undefined));
  assert.notEqual(hosts.provide('1', undefined), hosts.provide('2', undefined));
  assert.notEqual(hosts.provide('1', undefined), hosts.provide('1', 'owner'));
  assert.deepEqual(hosts.counts(), { threads: 2, processes: 1, lostHosts: 0 });
  const stopped = hosts.stop();
  assert.equal(hosts.provide('1', undefined), undefined);
  started[0]!.events.onEnd(end);
  started[1]!.events.onEnd(end);
  while (started[2]!.killed === 0) await new Promise((resolve) => setImmediate(resolve));
  started[2]!.events.onEnd(end);
  await stopped;
});

test('commands of a tick go together, and those that only free memory wait for others', async () => {
  const posted: number[] = [];
  const outbox = makeOutbox((commands) => void posted.push(commands.length));
  const tick = () => new Promise((resolve) => setImmediate(resolve));
  outbox.add(drop);
  await tick();
  assert.deepEqual(posted, []);
  outbox.add(load('1'));
  outbox.add(load('2'));
  await tick();
  assert.deepEqual(posted, [3]);
  for (let i = 0; i < 256; i += 1) outbox.add(drop);
  await tick();
  assert.deepEqual(posted, [3, 256]);
});

test('texts cross in whatever pieces their bytes come, and one that is too long ends it', () => {
  const texts = ['', 'a', 'ñandú 𝔘', 'x'.repeat(1000), '\ud800'];
  const bytes = Buffer.concat(texts.map(frameOf));
  for (const size of [1, 2, 3, 5, 7, 100, bytes.length]) {
    const taken: string[] = [];
    const take = makeFrameReader(1000, (text) => void taken.push(text));
    for (let at = 0; at < bytes.length; at += size) assert.ok(take(bytes.subarray(at, at + size)));
    assert.deepEqual(taken, [...texts.slice(0, 4), '\ufffd']);
  }
  const take = makeFrameReader(999, () => {});
  assert.equal(take(bytes), false);
  assert.equal(take(Buffer.alloc(1)), false);
});

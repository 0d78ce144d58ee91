import '@pocas/vat-runtime/lockdown';
import test, { type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { E } from '@endo/far';
import { makeFaultyStorage } from '@pocas/vat-runtime/testing';
import {
  type RunningNode,
  type StartOptions,
  fixture,
  start,
  until,
  withFolder,
} from '../node/nodes.ts';

type Any = any;

/** Long enough for an honest turn on a busy machine. */
const limits = { turnMilliseconds: 1000, guestTurnMilliseconds: 1000 };

const stopped = /the vat was stopped.*\(delivered: failed\)$/;
const unknown = /\(delivered: unknown\)$/;
const notDelivered = /\(delivered: no\)$/;
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (answer) => `answered ${String(answer)}`,
    (error: Error) => error.message,
  );

/** A node on a folder, which a test may start again. */
const withNode = (
  body: (
    restart: (options?: StartOptions) => Promise<RunningNode>,
    lines: string[],
    t: TestContext,
  ) => Promise<void>,
  options: StartOptions = {},
) => {
  return (t: TestContext) =>
    withFolder(async (folder) => {
      const lines: string[] = [];
      let node: RunningNode | undefined;
      const restart = async (more: StartOptions = {}) => {
        await node?.stop();
        node = undefined;
        node = await start(folder, {
          print: (line) => void lines.push(line),
          hosts: limits,
          ...options,
          ...more,
        });
        return node;
      };
      try {
        await body(restart, lines, t);
        assert.deepEqual(node?.fatal ?? [], []);
      } catch (error) {
        t.diagnostic(lines.join('\n'));
        throw error;
      } finally {
        await node?.stop();
      }
    });
};

const makeBomb = (node: RunningNode, owner?: string, label = 'bomb'): Promise<Any> =>
  node.makeVat({
    module: fixture('bombs'),
    label,
    ...(owner === undefined ? {} : { owner }),
  }) as Promise<Any>;

const statusOf = async (node: RunningNode, id: string) =>
  (await node.listVats()).vats.find((vat) => vat.id === id)!;

/** The hosts among the processes that this one started. */
const hostProcesses = (): number[] =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid.trim() !== '')
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('process-child'))
    .map(Number);

for (const [owner, hows] of [
  [undefined, ['loop', 'microtasks', 'after await', 'regexp']],
  ['guest', ['loop', 'microtasks', 'after await', 'regexp', 'heap', 'text', 'buffers']],
] as const) {
  const where = owner === undefined ? 'a thread' : 'a process';
  for (const how of hows) {
    test(
      `a vat that ends ${where} by ${how} is told so, and nobody loses what was done`,
      withNode(async (restart, lines) => {
        const node = await restart();
        const [bomb, neighbour] = [await makeBomb(node, owner), await makeBomb(node, owner)];
        const [elsewhere] = [await makeBomb(node, owner === undefined ? 'other' : undefined)];
        await E(bomb).note('before');
        await E(neighbour).note('mine');
        const open = messageOf(E(neighbour).never());
        await E(neighbour).log();
        const method = how === 'after await' ? 'explodeLater' : 'explode';
        const exploded = messageOf(E(bomb)[method](how));
        // What comes while it hangs was not begun, and says so.
        const later = messageOf(E(neighbour).note('later'));
        const meanwhile = await E(elsewhere).note('meanwhile');
        assert.equal(meanwhile, 'meanwhile');
        const answer = await exploded;
        if (answer !== 'there is no ArrayBuffer') {
          assert.match(answer, stopped);
          assert.match(await later, notDelivered);
          assert.match(await open, unknown);
          assert.equal((await statusOf(node, '1')).strikes, 1);
          assert.equal((await statusOf(node, '2')).strikes, 0);
          assert.equal(lines.length, 1, lines.join('\n'));
          assert.match(lines[0]!, /^The vat host .* ended, because of vat 1 \(strike 1\): /);
        }
        // All that was done is there, nothing of the turn that hung, and both go on.
        assert.deepEqual(await E(bomb).log(), ['before']);
        assert.equal(await E(bomb).note('after'), 'after');
        assert.equal((await E(neighbour).log())[0], 'mine');
        assert.equal((await statusOf(node, '1')).status, 'awake');
      }),
    );
  }
}

for (const owner of [undefined, 'guest'] as const) {
  const where = owner === undefined ? 'thread' : 'process';
  test(
    `the third strike in a ${where} suspends the vat, and the operator undoes it, after a restart too`,
    withNode(async (restart, lines) => {
      let node = await restart();
      const [bomb, neighbour] = [await makeBomb(node, owner), await makeBomb(node, owner)];
      node.setProgram({ bomb, neighbour });
      await E(bomb).note('before');
      for (let strike = 1; strike <= 3; strike += 1) {
        assert.match(await messageOf(E(bomb).explode('loop')), stopped);
        assert.equal((await statusOf(node, '1')).strikes, strike);
      }
      const suspended = async () => {
        const { status, reason, strikes } = await statusOf(node, '1');
        assert.deepEqual([status, strikes], ['suspended', 3]);
        assert.match(reason!, /three times within a day/);
        assert.equal(node.counts().suspended, 1);
        const program = node.getProgram() as { bomb: Any; neighbour: Any };
        const refused = await messageOf(E(program.bomb).log());
        assert.equal(refused, 'Cannot deliver call: the vat is suspended (delivered: no)');
        // What is sent to it waits, and others go on.
        await E(program.neighbour).sendTo(program.bomb, 'note', ['sent']);
        return program;
      };
      await suspended();
      assert.match(lines.at(-1)!, /^Vat 1 is suspended: /);
      node = await restart();
      const program = await suspended();
      assert.throws(
        () => node.resumeVat('2'),
        /^Error: Cannot resume vat "2": it is not suspended/,
      );
      assert.throws(
        () => node.resumeVat('x'),
        /^Error: Cannot resume vat "x": it is not suspended/,
      );
      node.resumeVat('1');
      assert.equal(node.counts().suspended, 0);
      assert.equal((await statusOf(node, '1')).strikes, 0);
      await until(() => node.counts().vats > 1);
      assert.deepEqual(await E(program.bomb).log(), ['before', 'sent', 'sent']);
      // Two more are below the limit again.
      assert.match(await messageOf(E(program.bomb).explode('loop')), stopped);
      node = await restart();
      assert.equal((await statusOf(node, '1')).strikes, 1);
    }),
  );

  test(
    `a send that ends its ${where} is tried until the vat is suspended, then answered as failed and consumed, once`,
    withNode(async (restart) => {
      let node = await restart();
      const bomb = await makeBomb(node, owner);
      const sender = await makeBomb(node, owner === undefined ? 'other' : undefined);
      node.setProgram({ bomb, sender });
      await E(sender).sendTo(bomb, 'note', ['first']);
      await E(sender).sendTo(bomb, 'explode', ['loop']);
      await E(sender).sendTo(bomb, 'note', ['last']);
      await until(() => node.counts().suspended === 1, 30_000);
      const { lostHosts } = node.counts();
      assert.equal(lostHosts, 3);
      for (;;) if ((await E(sender).log()).length >= 2) break;
      assert.deepEqual(await E(sender).log(), ['fulfilled first', 'rejected stopped']);
      node = await restart();
      const program = node.getProgram() as { bomb: Any; sender: Any };
      assert.equal(node.counts().suspended, 1);
      node.resumeVat('1');
      for (;;) if ((await E(program.sender).log()).length >= 3) break;
      assert.deepEqual(await E(program.sender).log(), [
        'fulfilled first',
        'rejected stopped',
        'fulfilled last',
      ]);
      assert.deepEqual(await E(program.bomb).log(), ['first', 'last']);
      assert.equal(node.counts().lostHosts, 0);
    }),
  );

  test(
    `a module that never finishes loading in a ${where} is to blame for it, and no other vat`,
    withNode(async (restart) => {
      const node = await restart();
      const neighbour = await makeBomb(node, owner);
      for (let vat = 2; vat <= 4; vat += 1) {
        const made = node.makeVat({
          module: fixture('bomb-at-load'),
          label: 'never',
          ...(owner === undefined ? {} : { owner }),
        });
        await assert.rejects(made, notDelivered);
        assert.equal((await statusOf(node, `${vat}`)).strikes, 1);
      }
      assert.equal(await E(neighbour).note('fine'), 'fine');
      assert.equal((await statusOf(node, '1')).strikes, 0);
      assert.equal(node.counts().suspended, 0);
    }),
  );

  test(
    `a vat that hangs in a ${where} while it is made is told so, and the next one is made`,
    withNode(async (restart) => {
      const node = await restart();
      const made = node.makeVat({
        module: fixture('bombs'),
        label: 'bomb',
        params: { how: 'loop' },
        ...(owner === undefined ? {} : { owner }),
      });
      const other = makeBomb(node, owner, 'other');
      await assert.rejects(made, stopped);
      // It may have come before or after, and where it came before may not have been reported yet.
      assert.match(await messageOf(other), /^answered|\(delivered: (?:no|unknown)\)$/);
      assert.equal(await E(await makeBomb(node, owner)).note('fine'), 'fine');
    }),
  );

  test(
    `a node whose ${where} hangs stops in bounded time, and what was done before is there`,
    withNode(
      async (restart) => {
        let node = await restart();
        const [bomb, other] = [await makeBomb(node, owner), await makeBomb(node, owner)];
        node.setProgram({ bomb, other });
        await E(other).note('before');
        const hung = messageOf(E(bomb).explode('loop'));
        const waiting = messageOf(E(other).note('waiting'));
        // The next start waits for the stop.
        node = await restart();
        assert.match(await hung, /delivered: (?:unknown|failed)/);
        assert.match(await waiting, /delivered: (?:unknown|no)/);
        const program = node.getProgram() as { bomb: Any; other: Any };
        assert.deepEqual(await E(program.other).log(), ['before']);
        assert.deepEqual(await E(program.bomb).log(), []);
      },
      { hosts: { ...limits, stopMilliseconds: 500 } },
    ),
  );
}

test(
  'a process that is killed from outside is nobody’s fault, and its vats go on in another',
  withNode(async (restart, lines) => {
    const node = await restart();
    const bomb = await makeBomb(node, 'guest');
    await E(bomb).note('before');
    const [pid, ...more] = hostProcesses();
    assert.deepEqual(more, []);
    const open = messageOf(E(bomb).never());
    await E(bomb).log();
    const busy = messageOf(E(bomb).explode('loop'));
    process.kill(pid!, 'SIGKILL');
    assert.match(await busy, /delivered: (?:unknown|no)/);
    assert.match(await open, unknown);
    assert.deepEqual(await E(bomb).log(), ['before']);
    const { strikes, owner } = await statusOf(node, '1');
    assert.deepEqual([strikes, owner], [0, 'guest']);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^The vat host of "guest" ended: it was ended by SIGKILL$/);
    assert.notDeepEqual(hostProcesses(), [pid]);
  }),
);

test(
  'vats of one owner share a process, those of two do not, and one without vats ends after a while',
  withNode(async (restart) => {
    let node = await restart();
    const [a, b, c] = [
      await makeBomb(node, 'one'),
      await makeBomb(node, 'one'),
      await makeBomb(node, 'two'),
    ];
    node.setProgram({ a, b, c });
    assert.equal(hostProcesses().length, 2);
    assert.deepEqual([node.counts().threads, node.counts().processes], [1, 2]);
    node = await restart({
      hosts: { ...limits, idleMilliseconds: 50 },
      sleep: { idleMilliseconds: 200, maxAwake: 100 },
    });
    const again = node.getProgram() as { a: Any; b: Any; c: Any };
    await E(again.a).keep(again.b);
    assert.equal(await E(again.a).kept(), again.b);
    await E(again.a).sendTo(again.c, 'note', ['hello']);
    await until(() => node.counts().processes === 0);
    assert.deepEqual(hostProcesses(), []);
    assert.deepEqual(await E(again.c).log(), ['hello']);
    assert.equal(await E(again.a).kept(), again.b);
    assert.equal(node.counts().lostHosts, 0);
  }),
);

for (const owner of [undefined, 'guest'] as const) {
  test(
    `what a ${owner === undefined ? 'thread' : 'process'} reported and the disk does not have yet is there when its vats come back`,
    withNode(
      async (restart) => {
        const node = await restart();
        const bomb = await makeBomb(node, owner);
        await node.settled();
        const noted = messageOf(E(bomb).note('not on disk yet'));
        await until(() => node.counts().waitingBytes > 0);
        const exploded = messageOf(E(bomb).explode('loop'));
        await until(() => node.counts().lostHosts === 1);
        // Nothing of it has left, and it is not lost.
        assert.deepEqual(await E(bomb).log(), ['not on disk yet']);
        assert.match(await exploded, stopped);
        assert.equal(await noted, 'answered not on disk yet');
      },
      {
        hosts: { ...limits, turnMilliseconds: 300, guestTurnMilliseconds: 300 },
        wrap: (storage) => makeFaultyStorage(storage, { delayMilliseconds: 2000 }).storage,
      },
    ),
  );
}

test(
  'an owner is a short name of simple characters, and a vat keeps it',
  withNode(async (restart) => {
    const node = await restart();
    for (const owner of ['', 'A', 'a b', 'ñ', '../x', 'x'.repeat(33)]) {
      await assert.rejects(makeBomb(node, owner), /^TypeError: Cannot make vat: an owner has/);
    }
    await makeBomb(node, 'x-1');
    assert.equal((await statusOf(node, '1')).owner, 'x-1');
  }),
);

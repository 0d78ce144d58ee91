import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { E, Far } from '@endo/far';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { type FaultyStorage, makeFaultyStorage } from '@pocas/vat-runtime/testing';
import { defaultMaxWaitingBytes } from '#src/store/committer.js';
import type { Storage } from '#src/store/storage.js';
import {
  type RunningNode,
  connectClient,
  fixture,
  sleep,
  spawnNode,
  start,
  until,
  watch,
  withFolder,
} from './nodes.ts';

type Any = any;

const withNode = (
  body: (node: RunningNode, counter: Any, faults: FaultyStorage, folder: string) => Promise<void>,
) =>
  withFolder(async (folder) => {
    let faults: FaultyStorage | undefined;
    const node = await start(join(folder, 'a'), {
      wrap: (storage) => (faults = makeFaultyStorage(storage)).storage,
    });
    const counter: Any = await node.makeVat({
      module: fixture('counter'),
      label: 'counter',
      params: { start: 5n },
    });
    try {
      await body(node, counter, faults!, folder);
    } finally {
      faults!.release();
      await node.stop().catch(() => {});
    }
  });

const swissOf = (sturdyRef: string) => parseSturdyRef(sturdyRef).swiss;

/**
 * Changes a state while the disk writes nothing, asks for it in every way there is, and says which
 * outputs were seen. Then the disk writes, and all of them must be.
 *
 * @param lies - whether each write is acknowledged at once while the disk is held, as by a disk that
 *   lies, or by a program that does not sync
 */
const seenEarly = ({ lies }: { lies: boolean }): Promise<string[]> =>
  withFolder(async (folder) => {
    let faults: FaultyStorage | undefined;
    let isHeld = false;
    const wrap = (storage: Storage): Storage => ({
      ...storage,
      async write(rows) {
        const written = storage.write(rows);
        if (!(lies && isHeld)) await written;
      },
    });
    const lines: string[] = [];
    const node = await start(join(folder, 'a'), {
      wrap: (storage) => wrap((faults = makeFaultyStorage(storage)).storage),
      print: (line) => void lines.push(line),
    });
    const make = (count: bigint): Promise<Any> =>
      node.makeVat({
        module: fixture('counter'),
        label: 'counter',
        params: { start: count },
      }) as Promise<Any>;
    const counter = await make(5n);
    const sturdyRef = node.grantor.sturdy(counter);
    const writer = await connectClient(sturdyRef);
    const reader = await connectClient(sturdyRef);
    const web = await node.sessions.provide('session');
    const onPage: Any = await web.enliven(swissOf(sturdyRef));
    const other = await start(join(folder, 'b'));
    const onPeer: Any = await E(other.enlivener).enliven(sturdyRef);
    // One vat acts on what another has not yet on disk.
    const throughVat = await connectClient(node.grantor.sturdy(await make(0n)));
    const [toWrite, toRead, toVat]: Any[] = await Promise.all([
      writer.object,
      reader.object,
      throughVat.object,
    ]);
    await E(toVat).keep(await throughVat.enliven(swissOf(sturdyRef)));
    const kept = await E(toVat).kept();
    await node.settled();

    const printing = new Promise<void>((resolve) => {
      const look = () => (lines.length > 0 ? resolve() : void setTimeout(look, 10));
      look();
    });
    faults!.hold();
    isHeld = true;
    const outputs: Record<string, Promise<unknown>> = { written: E(toWrite).add(3n) };
    await until(() => faults!.held().length > 0);
    // The state is there, and a page or a peer that only reads must not see it yet.
    Object.assign(outputs, {
      'read by a client': E(toRead).get(),
      'read by a page': E(onPage).get(),
      'read by a peer': E(onPeer).get(),
      'read by the program': E(counter).get(),
      'read through a vat': E(toVat).tell(kept, 'get', false),
      'a call that throws': E(onPage).addThenFail(1n),
      'a call that is refused': E(toRead).add('no bigint'),
      'a call that prints': E(toRead).addAndPrint(0n),
      'a printed line': printing,
      'a settled session': node.sessions.settled(),
    });
    const watched = Object.entries(outputs).map(([name, output]) => [name, watch(output)] as const);
    await sleep(300);
    const seen = watched.filter(([, { settled }]) => settled()).map(([name]) => name);

    faults!.release();
    const ends = await Promise.allSettled(Object.values(outputs));
    assert.deepEqual(
      ends.filter(({ status }) => status === 'rejected').length,
      2,
      'the two calls that fail, and no other',
    );
    assert.equal(await outputs['written'], 8n);
    assert.equal(await outputs['read by a peer'], 8n);
    assert.deepEqual(lines, ['[vat counter] the count is 8']);
    for (const session of [writer, reader, throughVat]) session.close();
    await other.stop();
    await node.stop();
    return seen;
  });

test('no output of any kind leaves the node before the state behind it is on disk', async () => {
  assert.deepEqual(await seenEarly({ lies: false }), []);
});

test('outputs that leave before the disk has their state are noticed by the test above', async () => {
  const seen = await seenEarly({ lies: true });
  assert.ok(seen.includes('written'), `${seen}`);
  assert.ok(seen.includes('read by a page') && seen.includes('read by a peer'), `${seen}`);
  assert.ok(seen.includes('a printed line'), `${seen}`);
});

test('a call that a vat makes to the outside leaves when the turn that made it is on disk', async () => {
  await withNode(async (node, counter, faults) => {
    const client = await connectClient(node.grantor.sturdy(counter));
    const calls: string[] = [];
    const listener = Far('Listener', {
      get: () => {
        calls.push('called');
        return 1n;
      },
    });
    const object: Any = await client.object;
    await node.settled();
    faults.hold();
    const adding = E(object).add(1n);
    const telling = E(object).tell(listener, 'get', false);
    await until(() => faults.held().length > 0);
    await sleep(100);
    assert.deepEqual(calls, []);
    faults.release();
    await Promise.all([adding, telling]);
    assert.deepEqual(calls, ['called']);
    client.close();
  });
});

test('while the disk stands still vats are given no more than there is room for, and all of it later', async () => {
  await withNode(async (node, counter, faults) => {
    const sturdyRef = node.grantor.sturdy(counter);
    // Each may have 16 MiB in open questions.
    const clients = await Promise.all([connectClient(sturdyRef), connectClient(sturdyRef)]);
    const objects: Any[] = await Promise.all(clients.map(({ object }) => object));
    await node.settled();
    faults.hold();
    const text = 'x'.repeat(100_000);
    const puts: Promise<void>[] = [];
    for (let i = 0; i < 120; i += 1) {
      for (const [client, object] of objects.entries())
        puts.push(E(object).put(`${client} ${i}`, text));
      // A frame of a link holds the messages of one tick, and may be so long and no longer.
      if (i % 4 === 3) await sleep(1);
    }
    await until(() => node.counts().waitingBytes > defaultMaxWaitingBytes);
    await sleep(500);
    // What was under way when the room was used up comes on top.
    const { waitingBytes } = node.counts();
    assert.ok(waitingBytes < defaultMaxWaitingBytes + (2 << 20), `${waitingBytes}`);
    faults.release();
    await Promise.all(puts);
    await node.settled();
    assert.equal(node.counts().waitingBytes, 0);
    assert.equal((await node.storage.list('v/1/m/')).length, 240);
    for (const client of clients) client.close();
  });
});

test('a write that fails ends the node, and nothing leaves it any more', async () => {
  await withNode(async (node, counter, faults) => {
    const client = await connectClient(node.grantor.sturdy(counter));
    const object: Any = await client.object;
    await node.settled();
    faults.hold();
    faults.fail(Error('disk full'));
    const calls = [E(object).add(1n)];
    await until(() => faults.held().length > 0);
    calls.push(E(object).get(), E(counter).get());
    const watched = calls.map(watch);
    await sleep(50);
    faults.release();
    await until(() => node.fatal.length > 0);
    await sleep(100);
    assert.deepEqual(node.fatal, ['Cannot write to the store: disk full']);
    assert.deepEqual(
      watched.map(({ settled }) => settled()),
      [false, false, false],
    );
    await assert.rejects(node.settled(), /could not be written/);
    client.close();
    // The program ends the process; what was open is then told that nobody knows.
    await assert.rejects(calls[0]!, /delivered: unknown/);
  });
});

test('after kill -9 a node has every turn whose answer a client has seen', async () => {
  await withFolder(async (folder) => {
    let seen = 5n;
    let port = 0;
    for (let round = 0; round < 3; round += 1) {
      const node = await spawnNode(join(folder, 'a'), port);
      port = node.port;
      const client = await connectClient(node.sturdyRef);
      const object: Any = await client.object;
      const now = (await E(object).get()) as bigint;
      assert.ok(now >= seen, `${now} is on disk, ${seen} was answered`);
      const start = seen;
      const killed = client.closed.then(() => {});
      const adding = (async () => {
        for (;;) {
          const calls = Array.from({ length: 10 }, () => E(object).add(1n) as Promise<bigint>);
          for (const result of await Promise.allSettled(calls)) {
            if (result.status === 'rejected') return;
            if (result.value > seen) seen = result.value;
          }
        }
      })();
      await until(() => seen - start > BigInt(30 + 40 * round));
      await node.kill();
      await killed;
      await adding;
    }
  });
});

test('a sturdy ref for one use works once, however many use it at a time', async () => {
  await withNode(async (node, counter) => {
    const sturdyRef = node.grantor.sturdy(counter, { uses: 1n });
    const sessions = await Promise.all(Array.from({ length: 8 }, () => connectClient(sturdyRef)));
    const [results, objects] = await Promise.all([
      Promise.allSettled(sessions.map(({ object }) => E(object as Any).get())),
      Promise.allSettled(sessions.map(({ object }) => object)),
    ]);
    assert.equal(objects.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.deepEqual(
      results.filter(({ status }) => status === 'fulfilled').map((result: Any) => result.value),
      [5n],
    );
    for (const session of sessions) session.close();
  });
});

test('a use that was granted stays used after a crash: it leaves the node after it is on disk', async () => {
  await withNode(async (node, counter, faults) => {
    const sturdyRef = node.grantor.sturdy(counter, { uses: 1n });
    await node.settled();
    faults.hold();
    const client = await connectClient(sturdyRef);
    const object = watch(client.object);
    await until(() => faults.held().length > 0);
    await sleep(100);
    assert.equal(object.settled(), false);
    faults.release();
    await client.object;
    assert.equal((await node.storage.list('g/')).length, 0);
    client.close();
  });
});

test('unknown, used and malformed sturdy refs fail alike', async () => {
  await withNode(async (node, counter) => {
    const used = node.grantor.sturdy(counter, { uses: 2n });
    for (let i = 0; i < 2; i += 1) {
      const session = await connectClient(used);
      await session.object;
      session.close();
    }
    const good = node.grantor.sturdy(counter);
    const swiss = swissOf(good);
    const unknown = `${swiss[0] === 'A' ? 'B' : 'A'}${swiss.slice(1)}`;
    const session = await connectClient(good);
    const errors = [];
    for (const text of [swissOf(used), unknown, 'nonsense', '', 'g/x', '__proto__']) {
      errors.push(await session.enliven(text).catch((error: Error) => `${error}`));
    }
    assert.equal(new Set(errors).size, 1);
    assert.match(errors[0] as string, /unknown, expired, used or revoked/);
    assert.equal(await E(session.object as Any).get(), 5n);
    session.close();
  });
});

test('the store holds no swiss number', async () => {
  await withNode(async (node, counter) => {
    const swissNumbers = [
      swissOf(node.grantor.sturdy(counter)),
      swissOf(node.grantor.sturdy(counter, { uses: 3n })),
    ];
    const web = await node.sessions.provide('session');
    const session = await connectClient(node.grantor.sturdy(counter));
    await session.object;
    for (const swiss of swissNumbers) {
      const object: Any = await web.enliven(swiss);
      web.keep(web.slotOf(object));
      await session.enliven(swiss);
    }
    await node.settled();
    const rows = await node.storage.list('');
    assert.ok(rows.length > 10);
    for (const [key, value] of rows) {
      for (const swiss of swissNumbers) {
        assert.equal(`${key}\n${value}`.includes(swiss), false, key);
      }
    }
    session.close();
  });
});

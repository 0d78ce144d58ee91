import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { E } from '@endo/far';
import {
  type Client,
  type ClientPowers,
  type Held,
  type HeldState,
  openClient,
} from '@pocas/vat-runtime/client';
import { dialChannel } from '@pocas/vat-runtime/node';
import { makeManualTime } from '@pocas/vat-runtime/testing';
import {
  type RunningNode,
  fixture,
  random,
  spawnNode,
  start,
  until,
  withFolder,
} from '../node/nodes.ts';

type Any = any;

const realAfter = (milliseconds: number, task: () => void) => {
  const timer = setTimeout(task, milliseconds);
  return () => clearTimeout(timer);
};

const powers = {
  dial: dialChannel,
  random,
  later: (task: () => void) => void setImmediate(task),
  after: realAfter,
};

const withClient = async (
  options: Partial<ClientPowers>,
  body: (client: Client) => Promise<void>,
): Promise<void> => {
  const client = openClient({ ...powers, ...options });
  try {
    await body(client);
  } finally {
    client.close();
  }
};

const makeCounter = async (node: RunningNode, options?: { uses?: bigint }) => {
  const counter: Any = await node.makeVat({
    module: fixture('counter'),
    label: 'counter',
    params: { start: 0n },
  });
  return { counter, sturdyRef: node.grantor.sturdy(counter, options) };
};

/** A call that is under way until its session ends: nothing changes. It is wrapped, so that nobody awaits it. */
const neverAnswered = async (counter: Any): Promise<{ readonly call: Promise<unknown> }> => {
  const version: string = await E(counter).next(undefined);
  const call: Promise<unknown> = E(counter).next(version);
  call.catch(() => {});
  return { call };
};

/** Waits for a state. */
const reach = (held: Held, wanted: HeldState['state']): Promise<HeldState> =>
  new Promise((resolve) => {
    let stop = () => {};
    let isReached = false;
    stop = held.watch((state) => {
      if (state.state !== wanted || isReached) return;
      isReached = true;
      resolve(state);
      // Not within `watch` itself, which has not answered yet.
      queueMicrotask(() => stop());
    });
  });

const names = (held: Held): string[] => {
  const all: string[] = [];
  held.watch(({ state }) => void all.push(state));
  return all;
};

test('a held reference works again after its link was cut, and what was under way is answered as unknown', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const { sturdyRef } = await makeCounter(node);
    await withClient({}, async (client) => {
      const held = client.enliven<Any>(sturdyRef);
      const seen = names(held);
      assert.equal(await E(held.current()).add(1n), 1n);
      const old = await held.current();
      assert.equal(await held.current(), old, 'one object for one session');

      const { call: underWay } = await neverAnswered(old);
      node.cut();
      await assert.rejects(underWay, /delivered: unknown/);
      await reach(held, 'online');
      assert.equal(await E(held.current()).add(1n), 2n);
      assert.notEqual(await held.current(), old);
      await assert.rejects(E(old as Any).get(), /^Error: Cannot call: .*\(delivered: no\)$/);
      assert.deepEqual(seen, ['connecting', 'online', 'offline', 'connecting', 'online']);
    });
    await node.stop();
  });
});

test('a node that is killed and started again is found again, and calls made meanwhile wait for it', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a');
    const node = await spawnNode(path);
    await withClient({}, async (client) => {
      const held = client.enliven<Any>(node.sturdyRef);
      const before: bigint = await E(held.current()).add(1n);
      await node.kill();
      await reach(held, 'offline');
      const waiting: Promise<bigint> = E(held.current()).add(1n);
      const again = await spawnNode(path, node.port);
      assert.equal(await waiting, before + 1n, 'done once');
      assert.equal(await E(held.current()).get(), before + 1n);
      await again.kill();
    });
  });
});

test('references of one node share a session, which ends with the last of them', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const first = await makeCounter(node);
    const second = await makeCounter(node);
    await withClient({}, async (client) => {
      const one = client.enliven<Any>(first.sturdyRef);
      const two = client.enliven<Any>(second.sturdyRef);
      await Promise.all([E(one.current()).add(1n), E(two.current()).add(5n)]);
      assert.equal(node.counts().links, 1);
      // One may be handed to the other: they are references of the same session.
      await E(one.current()).keep(await two.current());
      assert.equal(await E(await E(one.current()).kept()).get(), 5n);

      const { call: late } = await neverAnswered(await one.current());
      one.release();
      await assert.rejects(one.current(), /released \(delivered: no\)/);
      assert.equal(await E(two.current()).get(), 5n);
      two.release();
      await assert.rejects(late, /delivered: unknown/);
      await until(() => node.counts().links === 0);
      // And it can be held again.
      assert.equal(await E(client.enliven<Any>(first.sturdyRef).current()).get(), 1n);
    });
    await until(() => node.counts().links === 0);
    await node.stop();
  });
});

test('a sturdy ref that the node refuses is said to be refused, in words without its secret', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const { sturdyRef } = await makeCounter(node, { uses: 1n });
    await withClient({}, async (client) => {
      const held = client.enliven<Any>(sturdyRef);
      assert.equal(await E(held.current()).add(1n), 1n);
      // Used up: the object cannot be obtained again.
      node.cut();
      const { reason } = (await reach(held, 'refused')) as { reason: string };
      assert.match(reason, /unknown, expired, used or revoked/);
      await assert.rejects(held.current(), /unknown, expired, used or revoked/);
      const swiss = /\/s\/([^?]+)/.exec(sturdyRef)![1]!;
      assert.ok(!reason.includes(swiss));
    });
    await node.stop();
  });
});

test('where no session comes a call is refused in time, and nothing of it is done later', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const { counter, sturdyRef } = await makeCounter(node);
    const time = makeManualTime();
    const dials: string[] = [];
    let isReachable = false;
    const dial = async (location: string) => {
      dials.push(location);
      if (!isReachable) throw Error('nobody there');
      return dialChannel(location);
    };
    const options = { dial, after: time.after, patienceMilliseconds: 20_000 };
    await withClient(options, async (client) => {
      const held = client.enliven<Any>(sturdyRef);
      const offline = await reach(held, 'offline');
      assert.ok(offline.state === 'offline' && offline.reason === 'it does not answer');
      const refused: Promise<unknown> = E(held.current()).add(1n);
      refused.catch(() => {});
      time.pass(20_000);
      await assert.rejects(refused, /cannot be reached \(delivered: no\)/);
      isReachable = true;
      client.wake();
      await reach(held, 'online');
      assert.equal(await E(counter).get(), 0n);
    });
    await node.stop();
  });
});

test('a node that is not there is dialled ever less often, from a quarter of a second to half a minute, and never in step', async () => {
  const time = makeManualTime();
  const delays: number[] = [];
  const dial = async () => {
    throw Error('nobody there');
  };
  const sturdyRef = `ocapn://${'a'.repeat(51)}q.websocket/s/${'A'.repeat(43)}?url=ws%3A%2F%2F127.0.0.1%3A1`;
  await withClient({ dial, after: time.after }, async (client) => {
    const held = client.enliven(sturdyRef);
    for (let round = 0; round < 40; round += 1) {
      const state = await reach(held, 'offline');
      assert.ok(state.state === 'offline');
      delays.push(state.retryMilliseconds);
      const next = reach(held, 'connecting');
      time.pass(state.retryMilliseconds);
      await next;
    }
  });
  let longest = 250;
  for (const delay of delays) {
    assert.ok(delay >= longest * 0.5 && delay <= longest * 1.5, `${delay} after ${longest}`);
    longest = Math.min(longest * 2, 30_000);
  }
  assert.ok(new Set(delays.slice(-30)).size > 15);
});

test('a node that takes every session and ends it at once is not dialled without rest', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const { sturdyRef } = await makeCounter(node);
    const time = makeManualTime();
    await withClient({ after: time.after }, async (client) => {
      const held = client.enliven(sturdyRef);
      const delays: number[] = [];
      for (let round = 0; round < 6; round += 1) {
        await reach(held, 'online');
        const offline = reach(held, 'offline');
        node.cut();
        const state = await offline;
        assert.ok(state.state === 'offline');
        delays.push(state.retryMilliseconds);
        time.pass(state.retryMilliseconds);
      }
      assert.ok(delays.at(-1)! >= 0.5 * 250 * 32, `${delays}`);
      // One that lasted is dialled soon again.
      await reach(held, 'online');
      time.pass(10_000);
      const offline = reach(held, 'offline');
      node.cut();
      const state = await offline;
      assert.ok(state.state === 'offline' && state.retryMilliseconds <= 375);
    });
    await node.stop();
  });
});

test('a side that falls silent is asked, and left when it does not answer', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const { sturdyRef } = await makeCounter(node);
    const time = makeManualTime();
    let isDeaf = false;
    let heard = 0;
    // What a dead network does: it takes everything, and nothing comes any more.
    const dial: ClientPowers['dial'] = async (location) => {
      const channel = await dialChannel(location);
      const listen = (handlers: Any) => {
        const passOn = (key: string) => [
          key,
          (...args: unknown[]) => {
            if (isDeaf && key !== 'onClose') return;
            heard += 1;
            handlers[key](...args);
          },
        ];
        channel.listen(Object.fromEntries(Object.keys(handlers).map(passOn)) as Any);
      };
      return { ...channel, listen };
    };
    await withClient({ dial, after: time.after }, async (client) => {
      const held = client.enliven<Any>(sturdyRef);
      await E(held.current()).get();
      const seen = names(held);
      // One that answers stays, however long nobody calls.
      time.pass(20_000);
      for (let round = 0; round < 5; round += 1) {
        const before = heard;
        time.pass(20_000);
        await until(() => heard > before);
        time.pass(20_000);
        await E(held.current()).get();
        time.pass(20_000);
      }
      assert.deepEqual(seen, ['online']);

      const { call: underWay } = await neverAnswered(await held.current());
      isDeaf = true;
      const offline = reach(held, 'offline');
      time.pass(20_000);
      time.pass(20_000);
      time.pass(20_000);
      const state = await offline;
      assert.ok(state.state === 'offline' && /silent/.test(state.reason));
      await assert.rejects(underWay, /delivered: unknown/);
      isDeaf = false;
      client.wake();
      await reach(held, 'online');

      // Whoever is waiting is not left in doubt for long.
      isDeaf = true;
      const again = reach(held, 'offline');
      client.wake();
      time.pass(5_000);
      await again;
    });
    await node.stop();
  });
});

test('another node at the address is not spoken to, whoever it is', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const other = await start(join(folder, 'b'));
    const { sturdyRef } = await makeCounter(node);
    const misled = sturdyRef.replace(String(node.port), String(other.port));
    await withClient({}, async (client) => {
      const held = client.enliven<Any>(misled);
      const state = await reach(held, 'offline');
      assert.ok(state.state === 'offline');
      assert.match(state.reason, /not the node that was dialled/);
      // A sturdy ref with a better address helps both.
      const good = client.enliven<Any>(sturdyRef);
      client.wake();
      assert.equal(await E(held.current()).add(1n), 1n);
      assert.equal(await E(good.current()).get(), 1n);
    });
    await Promise.all([node.stop(), other.stop()]);
  });
});

test('a server that answers nothing is given up, and the next address tried', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const { sturdyRef } = await makeCounter(node);
    const time = makeManualTime();
    const closed: string[] = [];
    const dials: string[] = [];
    const dial: ClientPowers['dial'] = async (location) => {
      dials.push(location);
      if (!location.endsWith('/mute')) return dialChannel(location);
      // A channel that opens and is silent.
      return { send() {}, close: () => void closed.push(location), listen() {} };
    };
    const mute = sturdyRef.replace(/\?url=.*$/, '?url=ws%3A%2F%2F127.0.0.1%3A1%2Fmute');
    await withClient({ dial, after: time.after }, async (client) => {
      const held = client.enliven<Any>(mute);
      const good = client.enliven<Any>(sturdyRef);
      await until(() => dials.length === 1);
      await new Promise((resolve) => setImmediate(resolve));
      time.pass(15_000);
      // The first attempt knew one address only.
      const state = await reach(held, 'offline');
      assert.ok(state.state === 'offline');
      time.pass(state.retryMilliseconds);
      await until(() => dials.length === 2);
      await new Promise((resolve) => setImmediate(resolve));
      time.pass(15_000);
      assert.equal(await E(good.current()).add(1n), 1n);
      assert.equal(await E(held.current()).get(), 1n);
      assert.equal(closed.length, 2);
      // The one that worked comes first from now on.
      node.cut();
      const offline = await reach(held, 'offline');
      assert.ok(offline.state === 'offline');
      time.pass(offline.retryMilliseconds);
      await reach(held, 'online');
      assert.ok(!dials.at(-1)!.endsWith('/mute'));
    });
    await node.stop();
  });
});

test('all addresses of a sturdy ref are tried, the best first', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const { sturdyRef } = await makeCounter(node);
    const dials: string[] = [];
    const dial: ClientPowers['dial'] = (location) => {
      dials.push(location.slice(-2));
      return location.endsWith('/x') ? Promise.reject(Error('nobody')) : dialChannel(location);
    };
    const x = encodeURIComponent('ws://127.0.0.1:1/x');
    const url = encodeURIComponent(`ws://127.0.0.1:${node.port}/link`);
    const several = sturdyRef.replace(/\?.*$/, `?url2=${url}&url=${x}`);
    await withClient({ dial }, async (client) => {
      assert.equal(await E(client.enliven<Any>(several).current()).add(1n), 1n);
    });
    assert.deepEqual(dials, ['/x', 'nk']);
    await node.stop();
  });
});

test('a session that ends before the node has answered is no refusal', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const { sturdyRef } = await makeCounter(node);
    let isSwallowed = true;
    const dial: ClientPowers['dial'] = async (location) => {
      const channel = await dialChannel(location);
      let sent = 0;
      return {
        ...channel,
        send(message) {
          sent += 1;
          // Two messages of the handshake, and then what is asked.
          if (sent <= 2 || !isSwallowed) channel.send(message);
          else node.cut();
        },
      };
    };
    await withClient({ dial }, async (client) => {
      const held = client.enliven<Any>(sturdyRef);
      const seen = names(held);
      await reach(held, 'offline');
      isSwallowed = false;
      await reach(held, 'online');
      assert.ok(!seen.includes('refused'), `${seen}`);
    });
    await node.stop();
  });
});

test('who waits for a session is refused at once when none will come', async () => {
  const time = makeManualTime();
  const dial = () => Promise.reject(Error('nobody there'));
  const sturdyRef = `ocapn://${'a'.repeat(51)}q.websocket/s/${'A'.repeat(43)}?url=ws%3A%2F%2F127.0.0.1%3A1`;
  await withClient({ dial, after: time.after }, async (client) => {
    const [one, two] = [client.enliven(sturdyRef), client.enliven(sturdyRef)];
    const [ofOne, ofTwo] = [one.current(), two.current()];
    one.release();
    await assert.rejects(ofOne, /the reference was released \(delivered: no\)/);
    client.close();
    await assert.rejects(ofTwo, /the client was closed \(delivered: no\)/);
  });
});

test('a channel that comes when nobody waits any more is closed', async () => {
  const time = makeManualTime();
  let arrive = (_channel: Any) => {};
  let closes = 0;
  const dial: ClientPowers['dial'] = () =>
    new Promise((resolve) => {
      arrive = resolve;
    });
  const late = {
    send: () => assert.fail('it was spoken to'),
    close: () => void (closes += 1),
    listen() {},
  };
  const sturdyRef = `ocapn://${'a'.repeat(51)}q.websocket/s/${'A'.repeat(43)}?url=ws%3A%2F%2F127.0.0.1%3A1`;
  await withClient({ dial, after: time.after }, async (client) => {
    const held = client.enliven(sturdyRef);
    time.pass(15_000);
    await reach(held, 'offline');
    arrive(late);
    await until(() => closes === 1);
    client.wake();
    client.close();
    arrive(late);
    await until(() => closes === 2);
  });
});

test('a closed client refuses at once, and dials no more', async () => {
  await withFolder(async (folder) => {
    const node = await start(join(folder, 'a'));
    const { sturdyRef } = await makeCounter(node);
    await withClient({}, async (client) => {
      const held = client.enliven<Any>(sturdyRef);
      const reference = await held.current();
      const { call: underWay } = await neverAnswered(reference);
      client.close();
      await assert.rejects(underWay, /delivered: unknown/);
      await assert.rejects(held.current(), /the client was closed \(delivered: no\)/);
      assert.equal(held.state().state, 'closed');
      assert.throws(() => client.enliven(sturdyRef), /the client was closed/);
      assert.throws(() => client.designatorFor(node.designator), /the client was closed/);
      client.wake();
      await until(() => node.counts().links === 0);
    });
    await node.stop();
  });
});

test('a client shows a node one key in all its sessions, and two nodes two', async () => {
  await withFolder(async (folder) => {
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    const a = await start(join(folder, 'a'), { print, level: 'debug' });
    const b = await start(join(folder, 'b'), { print, level: 'debug' });
    const [atA, atB] = [await makeCounter(a), await makeCounter(b)];
    const identitySeed = random(32);
    const shown: string[] = [];
    const stories = [
      { node: a, sturdyRef: atA.sturdyRef },
      { node: a, sturdyRef: atA.sturdyRef },
      { node: b, sturdyRef: atB.sturdyRef },
    ];
    for (const { node, sturdyRef } of stories) {
      await withClient({ identitySeed }, async (client) => {
        const key = client.designatorFor(node.designator);
        const times = () => lines.filter((line) => line.includes(key)).length;
        const before = times();
        await E(client.enliven<Any>(sturdyRef).current()).get();
        await until(() => times() > before);
        shown.push(key);
      });
    }
    assert.equal(shown[0], shown[1]);
    assert.notEqual(shown[0], shown[2]);
    assert.throws(
      () => openClient({ ...powers, identitySeed: random(31) }),
      /does not have 32 bytes/,
    );
    await Promise.all([a.stop(), b.stop()]);
  });
});

test('what is no sturdy ref, or names no address, is refused before anything is dialled', async () => {
  const dial = () => assert.fail('dialled');
  await withClient({ dial }, async (client) => {
    const secret = 'A'.repeat(43);
    for (const text of ['', 'https://x', `ocapn://short.websocket/s/${secret}`]) {
      assert.throws(
        () => client.enliven(text),
        (error: Error) =>
          /Cannot read sturdy ref/.test(error.message) && !error.message.includes(secret),
      );
    }
    const nowhere = `ocapn://${'a'.repeat(51)}q.websocket/s/${secret}`;
    assert.throws(() => client.enliven(nowhere), /names no address/);
  });
});

test('an ordinary web server is no node', async () => {
  const server = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const sturdyRef = `ocapn://${'a'.repeat(51)}q.websocket/s/${'A'.repeat(43)}?url=${encodeURIComponent(`ws://127.0.0.1:${port}/link`)}`;
  await withClient({}, async (client) => {
    const state = await reach(client.enliven(sturdyRef), 'offline');
    assert.ok(state.state === 'offline' && state.reason === 'it does not answer');
  });
  server.closeAllConnections();
  server.close();
});

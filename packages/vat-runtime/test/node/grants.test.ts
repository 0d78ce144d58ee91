/** Sturdy refs as an attacker tries them: used by another, too late, twice, after they were taken back. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { E } from '@endo/far';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { type Session, connect } from '@pocas/vat-runtime/client';
import { dialChannel } from '@pocas/vat-runtime/node';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { makeIdentity } from '#src/locator/identity.js';
import { makeMemoryStorage } from '#src/store/memory-storage.js';
import {
  type RunningNode,
  type StartOptions,
  connectClient,
  fixture,
  random,
  start,
  withFolder,
} from './nodes.ts';
import { spawnGrants } from './nodes-of-grants.ts';

type Any = any;

const NOT_ENLIVENED = 'Cannot enliven: the reference is unknown, expired, used or revoked';
const hour = 3_600_000n;

const swissOf = (sturdyRef: string) => parseSturdyRef(sturdyRef).swiss;

const makeKeeper = (node: RunningNode, name: string): Promise<Any> =>
  node.makeVat({
    module: fixture('keeper'),
    label: name,
    powers: { grantor: node.grantor, enlivener: node.enlivener },
    params: { name },
  });

const withNode = (
  body: (node: RunningNode, keeper: Any, folder: string) => Promise<void>,
  options: StartOptions = {},
) =>
  withFolder(async (folder) => {
    const node = await start(join(folder, 'a'), options);
    try {
      await body(node, await makeKeeper(node, 'keeper'), folder);
    } finally {
      await node.stop().catch(() => {});
    }
  });

/** A client with a key that it shows again. */
const connectAs = (seed: Uint8Array, sturdyRef: string): Promise<Session> => {
  let isFirst = true;
  const chance = (length: number) => {
    // The first that a client asks for is its key.
    const bytes = isFirst ? seed : random(length);
    isFirst = false;
    return bytes;
  };
  return connect(sturdyRef, {
    dial: dialChannel,
    random: chance,
    later: (task) => void setImmediate(task),
  });
};

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'enlivened',
    (error: Error) => error.message,
  );

/** What a client with this key gets for a sturdy ref. */
const tryAs = async (seed: Uint8Array, sturdyRef: string): Promise<string> => {
  const session = await connectAs(seed, sturdyRef);
  try {
    return await outcome(session.object);
  } finally {
    session.close();
  }
};
const tryOnce = (sturdyRef: string) => tryAs(random(32), sturdyRef);

test('unknown, expired, used, revoked, derived from such a one, and bound to another fail in the same words', async () => {
  const time = makeManualTime();
  await withNode(
    async (node, keeper) => {
      const now = BigInt(time.wall());
      const used = await E(keeper).sturdy({ uses: 1n });
      assert.equal(await tryOnce(used), 'enlivened');
      const expired = await E(keeper).sturdy({ expires: now + hour });
      const revoked = await E(keeper).sturdy({});
      const derived = await E(keeper).derive(revoked, {});
      assert.equal(await tryOnce(derived), 'enlivened');
      assert.equal(await E(keeper).revoke(revoked), true);
      const bound = await E(keeper).sturdy({ bind: node.designator });
      const taken = await E(keeper).sturdy({ bind: 'first use' });
      assert.equal(await tryOnce(taken), 'enlivened');
      const good = await E(keeper).sturdy({});
      const unknown = good.replace(swissOf(good), 'A'.repeat(43));
      time.pass(Number(hour));

      const session = await connectClient(good);
      const web = await node.sessions.provide('session');
      for (const text of [used, expired, revoked, derived, bound, taken, unknown]) {
        const attempts = [
          session.enliven(swissOf(text)),
          web.enliven(swissOf(text)),
          E(keeper).enliven(text),
          E(keeper).derive(text, {}),
          E(node.enlivener).enliven(text) as Promise<unknown>,
        ];
        const outcomes = await Promise.all(attempts.map(outcome));
        assert.deepEqual(new Set(outcomes), new Set([NOT_ENLIVENED]));
      }
      assert.equal(await E((await session.object) as Any).get(), 'keeper');
      session.close();
    },
    { time },
  );
});

test('a sturdy ref that was bound by its first use is good for that key alone, also when it comes back', async () => {
  await withNode(async (node, keeper) => {
    const mine = random(32);
    const sturdyRef = await E(keeper).sturdy({ bind: 'first use', label: 'mine' });
    assert.equal((await E(keeper).list()).refs[0].boundTo, 'first use');
    assert.equal(await tryAs(mine, sturdyRef), 'enlivened');
    assert.equal(await tryAs(random(32), sturdyRef), NOT_ENLIVENED);
    assert.equal(await tryAs(mine, sturdyRef), 'enlivened');
    const { designator } = makeIdentity(mine);
    assert.equal((await E(keeper).list()).refs[0].boundTo, designator);

    const named = await E(keeper).sturdy({ bind: designator });
    assert.equal(await tryAs(random(32), named), NOT_ENLIVENED);
    assert.equal(await tryAs(mine, named), 'enlivened');

    // A web session and a vat are themselves, too.
    const forPage = await E(keeper).sturdy({ bind: 'first use' });
    const [one, other] = [await node.sessions.provide('s1'), await node.sessions.provide('s2')];
    await one.enliven(swissOf(forPage));
    assert.equal(await outcome(other.enliven(swissOf(forPage))), NOT_ENLIVENED);
    await one.enliven(swissOf(forPage));
    const beto = await makeKeeper(node, 'beto');
    const forVat = await E(keeper).sturdy({ bind: 'first use' });
    assert.equal(await outcome(E(beto).enliven(forVat)), 'enlivened');
    assert.equal(await outcome(E(keeper).enliven(forVat)), NOT_ENLIVENED);
    assert.deepEqual(
      (await E(keeper).list()).refs.slice(2).map(({ boundTo }: Any) => boundTo),
      ['a web session', 'a vat of the node'],
    );
  });
});

test('a sturdy ref that was bound to a node is good for its vats, and for nobody who says that he is it', async () => {
  await withNode(async (_node, keeper, folder) => {
    const other = await start(join(folder, 'b'));
    const third = await start(join(folder, 'c'));
    const [far, farther] = [await makeKeeper(other, 'far'), await makeKeeper(third, 'farther')];
    const sturdyRef = await E(keeper).sturdy({ bind: 'first use' });
    assert.equal(await outcome(E(far).enliven(sturdyRef)), 'enlivened');
    assert.equal(await outcome(E(farther).enliven(sturdyRef)), NOT_ENLIVENED);
    assert.equal(await tryOnce(sturdyRef), NOT_ENLIVENED);
    assert.equal((await E(keeper).list()).refs[0].boundTo, other.designator);
    assert.equal(await outcome(E(far).enliven(sturdyRef)), 'enlivened');
    await other.stop();
    await third.stop();
  });
});

test('expiry holds when the clock is set back, and over a restart with a clock that is behind', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a');
    const time = makeManualTime();
    const begun = time.wall();
    const node = await start(path, { time });
    const keeper = await makeKeeper(node, 'keeper');
    const sturdyRef = await E(keeper).sturdy({ expires: BigInt(begun) + hour });
    const longer = await E(keeper).sturdy({ expires: BigInt(begun) + 3n * hour });
    time.pass(Number(hour) - 1000);
    assert.equal(await tryOnce(sturdyRef), 'enlivened');
    time.pass(1000);
    assert.equal(await tryOnce(sturdyRef), NOT_ENLIVENED);
    time.step(-2 * Number(hour));
    assert.equal(await tryOnce(sturdyRef), NOT_ENLIVENED);
    await node.stop();

    // As a machine without a battery.
    const behind = makeManualTime(begun - 1_000_000_000);
    const again = await start(path, { port: node.port, time: behind });
    assert.equal(await tryOnce(sturdyRef), NOT_ENLIVENED);
    assert.equal(await tryOnce(longer), 'enlivened');
    // A clock that jumps ahead ends what it passes, and does not give it back.
    behind.step(1_000_000_000 + 5 * Number(hour));
    assert.equal(await tryOnce(longer), NOT_ENLIVENED);
    behind.step(-5 * Number(hour));
    assert.equal(await tryOnce(longer), NOT_ENLIVENED);
    await again.stop();
  });
});

test('what was refused as expired stays refused after a crash in that moment, with the clock set back', async () => {
  const time = makeManualTime();
  const node = await makeTestNode({ time });
  const { storage, secrets } = node;
  const keeper: Any = await node.makeVat({
    module: fixture('keeper'),
    label: 'keeper',
    powers: { grantor: node.grantor, enlivener: node.enlivener },
    params: { name: 'keeper' },
  });
  const sturdyRef = await E(keeper).sturdy({ expires: BigInt(time.wall()) + hour });
  const tryHere = async ({ sessions }: typeof node) =>
    outcome((await sessions.provide('s')).enliven(swissOf(sturdyRef)));
  assert.equal(await tryHere(node), 'enlivened');
  await node.rest();
  time.pass(Number(hour));
  assert.equal(await tryHere(node), NOT_ENLIVENED);
  await node.settled();
  // What is on disk at this moment is what a crash leaves: a stop would write the time by itself.
  const rows = await storage.list('');
  await node.stop();
  const left = makeMemoryStorage();
  await left.write(rows);
  time.step(-2 * Number(hour));
  const again = await makeTestNode({ storage: left, secrets, time });
  assert.equal(await tryHere(again), NOT_ENLIVENED);
  await again.stop();
});

test('a derived sturdy ref is never longer, wider or more often good than what it comes from', async () => {
  const time = makeManualTime();
  await withNode(
    async (node, keeper, folder) => {
      const now = BigInt(time.wall());
      const beto = await makeKeeper(node, 'beto');
      const three = await E(keeper).sturdy({ uses: 3n });
      const hundred = await E(beto).derive(three, { uses: 100n, label: 'many' });
      for (const text of [hundred, three, hundred]) assert.equal(await tryOnce(text), 'enlivened');
      for (const text of [hundred, three]) assert.equal(await tryOnce(text), NOT_ENLIVENED);

      const short = await E(keeper).sturdy({ expires: now + hour });
      const long = await E(beto).derive(short, { expires: now + 9n * hour });
      assert.equal(await tryOnce(long), 'enlivened');
      time.pass(Number(hour));
      assert.equal(await tryOnce(long), NOT_ENLIVENED);

      const mine = random(32);
      const toOne = await E(keeper).sturdy({ bind: 'first use' });
      const toOther = await E(keeper).derive(toOne, { bind: 'first use' });
      assert.equal(await tryAs(mine, toOther), 'enlivened');
      assert.equal(await tryOnce(toOne), NOT_ENLIVENED);
      assert.equal(await tryAs(mine, toOne), 'enlivened');

      let last = await E(keeper).sturdy({});
      for (let depth = 0; depth < 4; depth += 1) last = await E(keeper).derive(last, {});
      assert.equal(await tryOnce(last), 'enlivened');
      assert.match(await outcome(E(keeper).derive(last, {})), /^Cannot derive: .* the last$/);

      const other = await start(join(folder, 'b'));
      const elsewhere = await E(await makeKeeper(other, 'c')).sturdy({});
      assert.match(await outcome(E(keeper).derive(elsewhere, {})), /of another node/);
      await other.stop();
    },
    { time },
  );
});

test('revoking ends a sturdy ref and all below it at once, for those under way too, and takes nothing back', async () => {
  await withNode(async (node, keeper) => {
    const beto = await makeKeeper(node, 'beto');
    const first = await E(keeper).sturdy({ label: 'first' });
    const second = await E(beto).derive(first, { label: 'second' });
    const third = await E(keeper).derive(second, { label: 'third' });
    const beside = await E(keeper).sturdy({ label: 'beside' });
    const sessions = await Promise.all([first, second, third].map((text) => connectClient(text)));
    const live = await Promise.all(sessions.map(({ object }) => object as Promise<Any>));

    // Whatever is asked for in the same moment comes before it or after it.
    const wanted = [first, second, third].map(swissOf);
    const racing = sessions.flatMap((session) => wanted.map((swiss) => session.enliven(swiss)));
    const revoked = E(keeper).revoke(first);
    const later = sessions.flatMap((session) => wanted.map((swiss) => session.enliven(swiss)));
    assert.equal(await revoked, true);
    for (const one of await Promise.all([...racing, ...later].map(outcome))) {
      assert.ok(one === 'enlivened' || one === NOT_ENLIVENED, one);
    }
    for (const session of sessions) {
      for (const swiss of wanted)
        assert.equal(await outcome(session.enliven(swiss)), NOT_ENLIVENED);
    }
    for (const object of live) assert.equal(await E(object).get(), 'keeper');
    assert.equal(await tryOnce(beside), 'enlivened');
    assert.equal(await E(keeper).revoke(first), false);
    // Nothing is left of it once those who derived have looked.
    assert.deepEqual(
      (await E(keeper).list()).refs.map(({ label }: Any) => label),
      ['beside'],
    );
    assert.deepEqual((await E(beto).list()).refs, []);
    await node.settled();
    assert.equal((await node.storage.list('g/')).length, 1);
    assert.equal((await node.storage.list('gi/')).length, 1);
    for (const session of sessions) session.close();
  });
});

test('a vat lists and revokes what it granted itself, and the node all; no list helps to use one', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a');
    let node = await start(path);
    const [keeper, beto] = [await makeKeeper(node, 'keeper'), await makeKeeper(node, 'beto')];
    const mine = await E(keeper).sturdy({ label: 'of the keeper', uses: 7n });
    const his = await E(beto).sturdy({ label: 'of beto' });
    const below = await E(beto).derive(mine, { label: 'derived' });
    const ours = node.grantor.sturdy(beto, { label: 'of the node' });
    assert.deepEqual(
      (await E(keeper).list()).refs.map(({ madeAt, ...info }: Any) => [typeof madeAt, info]),
      [['bigint', { id: 1n, label: 'of the keeper', uses: 7n }]],
    );
    for (const which of [his, below, ours, 2n, 3n, 0n, -1n, 1n << 80n]) {
      assert.equal(await E(keeper).revoke(which), false);
    }
    for (const text of [his, below, ours]) assert.equal(await tryOnce(text), 'enlivened');

    const page = await node.listGrants();
    const found = page.refs.map(({ ref, label, from }) => [ref, label, from]);
    const [by, betos] = found.slice(1).map(([ref]) => ref!.split('.')[0]!);
    assert.deepEqual(found, [
      ['program.1', 'of the node', undefined],
      [`${by}.1`, 'of the keeper', undefined],
      [`${betos}.1`, 'of beto', undefined],
      [`${betos}.2`, 'derived', `${by}.1`],
    ]);
    const seen = `${String(JSON.stringify(page, (_, value) => (typeof value === 'bigint' ? `${value}` : value)))}`;
    for (const [key] of await node.storage.list('g/')) assert.ok(!seen.includes(key.slice(2)));
    for (const text of [mine, his, below, ours]) assert.ok(!seen.includes(swissOf(text)));

    // The same after a restart, whoever asks.
    node = (await node.stop(), await start(path, { port: node.port }));
    assert.equal(await tryOnce(his), 'enlivened');
    assert.deepEqual(
      (await node.listGrants()).refs.map(({ ref }) => ref),
      found.map(([ref]) => ref),
    );
    for (const ref of ['', 'v1', '.1', `${betos}.9`, `${betos}/1`, 'g.1', '__proto__.1']) {
      assert.equal(node.revokeGrant(ref), false);
    }
    assert.equal(node.revokeGrant(`${betos}.1`), true);
    assert.equal(await tryOnce(his), NOT_ENLIVENED);
    assert.equal(node.revokeGrant(`${by}.1`), true);
    assert.equal(await tryOnce(below), NOT_ENLIVENED);
    assert.equal(await tryOnce(ours), 'enlivened');
    await node.stop();
  });
});

test('a list of many sturdy refs with all that they can have comes in pages that cross a link', async () => {
  await withNode(async (_node, keeper) => {
    const terms = { uses: 999_999n, expires: 1n << 52n, bind: 'first use', label: 'ñ'.repeat(100) };
    const top = await E(keeper).sturdy(terms);
    for (let i = 0; i < 119; i += 1) await E(keeper).derive(top, terms);
    const client = await connectClient(await E(keeper).sturdy({}));
    const far: Any = await client.object;
    const first = await E(far).list();
    const second = await E(far).list(first.next);
    assert.equal(second.next, undefined);
    assert.deepEqual(
      [...first.refs, ...second.refs].map(({ id }: Any) => id),
      Array.from({ length: 121 }, (_, i) => BigInt(i + 1)),
    );
    client.close();
  });
});

test('each vat has a grantor and an enlivener of its own, which mean the same after a restart', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a');
    let node = await start(path);
    const [one, two] = [await makeKeeper(node, 'one'), await makeKeeper(node, 'two')];
    node.setProgram({ one, two });
    const [a, b] = [await E(one).powers(), await E(two).powers()];
    assert.equal(new Set([a.grantor, b.grantor, node.grantor]).size, 3);
    assert.equal(new Set([a.enlivener, b.enlivener, node.enlivener]).size, 3);
    assert.equal((await E(one).powers()).grantor, a.grantor);
    // What a vat hands out is its own power still.
    const text = await E(a.grantor as Any).sturdy(two, { label: 'through another' });
    await node.settled();
    await node.stop();
    node = await start(path, { port: node.port });
    const kept = node.getProgram() as Any;
    assert.deepEqual(
      (await E(kept.one).list()).refs.map(({ label }: Any) => label),
      ['through another'],
    );
    assert.equal(await E(kept.two).revoke(text), false);
    assert.equal(await E(kept.one).revoke(1n), true);
    await node.stop();
  });
});

test('a use that was answered stays used, whenever the process is killed', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a');
    const first = await spawnGrants(path, 40);
    const { once, always } = first;
    const answered = new Set<string>();
    let node = first;
    let left = [...once];
    while (left.length > 0) {
      const session = await connectClient(always);
      await session.object;
      const batch = left.slice(0, 8);
      left = left.slice(8);
      let resolve = () => {};
      const some = new Promise<void>((done) => {
        resolve = done;
      });
      const attempts = batch.map(async (text, i) => {
        if ((await outcome(session.enliven(swissOf(text)))) === 'enlivened') answered.add(text);
        if (i === left.length % 8) resolve();
      });
      // In the middle of it: some are answered, some on disk, some not even read.
      await some;
      await node.kill();
      await Promise.all(attempts);
      node = await spawnGrants(path, 0, node.port);
    }
    assert.ok(answered.size > 0);
    const session = await connectClient(always);
    for (const text of answered) {
      assert.equal(await outcome(session.enliven(swissOf(text))), NOT_ENLIVENED);
    }
    session.close();
    await node.kill();
  });
});

test('of all parties at once that use a sturdy ref for one use, one gets it', async () => {
  await withNode(async (node, keeper, folder) => {
    const other = await start(join(folder, 'b'));
    const far = await makeKeeper(other, 'far');
    const always = await E(keeper).sturdy({});
    await E(far).enliven(always);
    const sessions = await Promise.all(Array.from({ length: 5 }, () => connectClient(always)));
    for (let round = 0; round < 5; round += 1) {
      const once = await E(keeper).sturdy({ uses: 1n });
      const derived = await E(keeper).derive(once, { uses: 5n });
      const webs = await Promise.all([1, 2, 3].map((i) => node.sessions.provide(`s${round}-${i}`)));
      const attempts = [once, derived].flatMap((text) => [
        ...sessions.map((session) => session.enliven(swissOf(text))),
        ...webs.map((web) => web.enliven(swissOf(text))),
        E(keeper).enliven(text),
        E(far).enliven(text),
      ]);
      const outcomes = await Promise.all(attempts.map(outcome));
      assert.equal(outcomes.filter((one) => one === 'enlivened').length, 1);
      assert.equal(outcomes.filter((one) => one === NOT_ENLIVENED).length, outcomes.length - 1);
    }
    for (const session of sessions) session.close();
    await other.stop();
  });
});

/** Names and bytes of all files under a folder, as one. */
const allBytes = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const path = join(folder, name);
      return `${name}\n${statSync(path).isFile() ? readFileSync(path, 'latin1') : ''}`;
    })
    .join('\n');

test('no swiss number stands in a row or a file of the data directory, whatever is done with it', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a');
    const lines: string[] = [];
    const time = makeManualTime();
    const options = { time, print: (line: string) => void lines.push(line) };
    const node = await start(path, options);
    const keeper = await makeKeeper(node, 'keeper');
    const secrets: string[] = [];
    const look = async () => {
      await node.settled();
      const rows = await node.storage.list('');
      const whole = [...rows.flat(), allBytes(path), ...lines].join('\n');
      for (const swiss of secrets) {
        assert.ok(!whole.includes(swiss));
        assert.ok(!whole.includes(Buffer.from(swiss, 'base64url').toString('hex')));
        assert.ok(!whole.includes(Buffer.from(swiss, 'base64url').toString('latin1')));
      }
    };
    const grant = async (text: Promise<string> | string) => {
      secrets.push(swissOf(await text));
      await look();
      return text;
    };
    const parent = await grant(E(keeper).sturdy({ label: 'parent' }));
    const derived = await grant(E(keeper).derive(parent, { uses: 2n, bind: 'first use' }));
    const short = await grant(node.grantor.sturdy(keeper, { expires: BigInt(time.wall()) + hour }));
    const web = await node.sessions.provide('session');
    web.keep(web.slotOf(await web.enliven(swissOf(parent))));
    await E(keeper).enliven(derived);
    await look();
    time.pass(Number(hour));
    for (const text of [short, derived]) await tryOnce(text);
    await look();
    await E(keeper).revoke(parent);
    await tryOnce(derived);
    await E(keeper).list();
    await look();
    await node.stop();
    assert.ok(secrets.every((swiss) => !allBytes(path).includes(swiss)));
  });
});

test('a data directory of before has the sturdy refs of before: used ones are good again, later ones are unknown', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a');
    const time = makeManualTime();
    const node = await start(path, { time });
    const keeper = await makeKeeper(node, 'keeper');
    const once = await E(keeper).sturdy({ uses: 1n });
    const short = await E(keeper).sturdy({ expires: BigInt(time.wall()) + hour });
    await node.stop();
    const kept = join(folder, 'kept');
    cpSync(path, kept, { recursive: true });

    const then = await start(path, { port: node.port, time });
    assert.equal(await tryOnce(once), 'enlivened');
    assert.equal(await tryOnce(once), NOT_ENLIVENED);
    const later = then.grantor.sturdy(then.grantor, {});
    time.pass(Number(hour));
    await then.stop();

    rmSync(path, { recursive: true });
    cpSync(kept, path, { recursive: true });
    const restored = await start(path, { port: node.port, time });
    assert.equal(await tryOnce(later), NOT_ENLIVENED);
    // What ends by time has ended.
    assert.equal(await tryOnce(short), NOT_ENLIVENED);
    // THREATS.md says so: who restores a backup has to revoke what was used since.
    assert.equal(await tryOnce(once), 'enlivened');
    await restored.stop();
  });
});

test('one who guesses is not looked up any more, and is in nobody’s way', async () => {
  await withNode(async (node, keeper) => {
    const sturdyRef = await E(keeper).sturdy({});
    const [guesser, other] = await Promise.all([
      connectClient(sturdyRef),
      connectClient(sturdyRef),
    ]);
    await guesser.object;
    const outcomes = new Map<string, number>();
    const wrong = 'A'.repeat(43);
    for (let i = 0; i < 30; i += 1) {
      const some = Array.from({ length: 50 }, () => outcome(guesser.enliven(wrong)));
      for (const one of await Promise.all(some)) outcomes.set(one, (outcomes.get(one) ?? 0) + 1);
    }
    const TOO_MANY = 'Cannot enliven: too many wrong references; try again later (delivered: no)';
    assert.deepEqual([...outcomes.keys()], [NOT_ENLIVENED, TOO_MANY]);
    assert.ok(outcomes.get(NOT_ENLIVENED)! >= 1000);
    // Not even a good one is, right after a wrong one: that would say which it was.
    const mixed = Array.from({ length: 20 }, () => [
      outcome(guesser.enliven(wrong)),
      outcome(guesser.enliven(swissOf(sturdyRef))),
    ]);
    const ofGood = await Promise.all(mixed.map(async ([, good]) => good));
    assert.ok(ofGood.includes(TOO_MANY));
    // What it holds it can use.
    assert.equal(await E((await guesser.object) as Any).get(), 'keeper');
    assert.equal(await outcome(other.enliven(swissOf(sturdyRef))), 'enlivened');
    assert.equal(await tryOnce(sturdyRef), 'enlivened');
    const web = await node.sessions.provide('session');
    await web.enliven(swissOf(sturdyRef));
    assert.equal(await outcome(E(keeper).enliven(sturdyRef)), 'enlivened');
    guesser.close();
    other.close();
  });
});

test('a vat that guesses at another node is stopped at its own, before all others of it are', async () => {
  await withNode(async (_node, keeper, folder) => {
    const other = await start(join(folder, 'b'));
    const [guesser, honest] = [
      await makeKeeper(other, 'guesser'),
      await makeKeeper(other, 'honest'),
    ];
    const sturdyRef = await E(keeper).sturdy({});
    const wrong = sturdyRef.replace(swissOf(sturdyRef), 'A'.repeat(43));
    const outcomes = new Set<string>();
    for (let i = 0; i < 150; i += 1) outcomes.add(await outcome(E(guesser).enliven(wrong)));
    assert.equal(outcomes.size, 2);
    assert.equal(await outcome(E(honest).enliven(sturdyRef)), 'enlivened');
    await other.stop();
  });
});

test('clients and pages that come and go leave nothing of their greeters', async () => {
  await withNode(async (node, keeper) => {
    const sturdyRef = await E(keeper).sturdy({});
    const sizeOf = async (party: string): Promise<number> => {
      const text = await node.metrics();
      return Number(new RegExp(`^pocas_entries{party="${party}"} (\\d+)$`, 'm').exec(text)![1]);
    };
    const visit = async (id: string) => {
      const client = await connectClient(sturdyRef);
      await client.object;
      const web = await node.sessions.provide(id);
      await web.enliven(swissOf(sturdyRef));
      web.end();
      client.close();
      await client.closed;
    };
    await visit('first');
    const before = await sizeOf('control');
    for (let i = 0; i < 10; i += 1) await visit(`s${i}`);
    // The node hears of the end of a link a moment later than the client.
    const client = await connectClient(sturdyRef);
    await client.object;
    const after = await sizeOf('control');
    client.close();
    assert.ok(after <= before + 1, `${after} entries, and ${before} before`);
  });
});

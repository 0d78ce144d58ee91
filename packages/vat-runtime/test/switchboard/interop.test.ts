/** Our endpoint at one end and `@endo/captp` at the other: bare, unguarded, and with no switchboard between. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E, Far } from '@endo/far';
import { makeCapTP } from '@endo/captp';
import harden from '@endo/harden';
import type { Message } from '#src/switchboard/wire.js';
import { makeOwnEndpoint } from '#src/switchboard/own-endpoint.js';
import { collectUntil, nextTask } from '../collect.ts';

// Values of the other side are of any kind here: the tests look at what the wire does with them.
type Any = any;

const kinds = ['ours', 'captp'] as const;
type Kind = (typeof kinds)[number];
type End = {
  dispatch(message: Any): unknown;
  getBootstrap(): Promise<Any>;
  end(why: string): void;
};

/** A wire on which every message waits for `deliver`, or for its task. */
const makeWire = (isHeld: boolean) => {
  const waiting: (() => void)[] = [];
  const sent: Message[] = [];
  return {
    sent,
    carry(message: Any, to: () => End) {
      // As over a wire: nothing is shared.
      const copy = JSON.parse(JSON.stringify(message)) as Message;
      sent.push(copy);
      const deliver = () => void to().dispatch(copy);
      if (isHeld) waiting.push(deliver);
      else setImmediate(deliver);
    },
    /** Each in a task of its own: captp knows its bootstrap object one task later. */
    async deliver() {
      for (const deliver of waiting.splice(0)) {
        deliver();
        await nextTask();
      }
    },
  };
};

const makeEnd = (kind: Kind, send: (message: Any) => void, bootstrap?: object): End => {
  if (kind === 'captp') {
    const { dispatch, getBootstrap, abort } = makeCapTP('captp', send, bootstrap, {
      gcImports: true,
      onReject: () => {},
    });
    return { dispatch, getBootstrap: getBootstrap as () => Promise<Any>, end: abort };
  }
  return makeOwnEndpoint({
    id: 'ours',
    send,
    later: (task) => void setImmediate(task),
    ...(bootstrap === undefined ? {} : { bootstrap }),
  });
};

const makePair = (near: Kind, bootstrap: object, isHeld = false) => {
  const far: Kind = near === 'ours' ? 'captp' : 'ours';
  const wire = makeWire(isHeld);
  const ends: Record<'near' | 'far', End> = {
    near: makeEnd(near, (message) => wire.carry(message, () => ends.far)),
    far: makeEnd(far, (message) => wire.carry(message, () => ends.near), bootstrap),
  };
  return { ...ends, wire, thing: ends.near.getBootstrap() };
};

const makeThing = (log: string[] = []): Any =>
  Far('Thing', {
    echo: (value: unknown) => value,
    child: () => {
      log.push('child');
      return makeThing(log);
    },
    label: () => {
      log.push('label');
      return 'thing';
    },
    fail: () => {
      throw RangeError('out of stock');
    },
    ping: (target: Any) => E(target).label(),
    soon: (promise: Promise<unknown>) => ({ promise }),
  });

const isOver = (error: unknown) => /over|closed/.test(String(error));

for (const near of kinds) {
  const between = near === 'ours' ? 'ours calls captp' : 'captp calls ours';

  test(`${between}: data, objects, errors and promises cross`, async () => {
    const { thing } = makePair(near, makeThing());
    const data = { a: [1n, -0.5, 'x', undefined, null, true], 'b "c"': NaN, 7: [] };
    assert.deepEqual(await E(thing).echo(data), data);
    const child = await E(thing).child();
    assert.equal(await E(thing).echo(child), child);
    assert.equal(await E(child).label(), 'thing');
    const mine = Far('Mine', { label: () => 'mine' });
    assert.equal(await E(thing).echo(mine), mine);
    assert.equal(await E(thing).ping(mine), 'mine');
    assert.match(String(child), /Alleged: Thing/);
    await assert.rejects(E(thing).fail(), { name: 'RangeError', message: 'out of stock' });
    const failing = Promise.reject(RangeError('never'));
    failing.catch(() => {});
    await assert.rejects(E(thing).ping(failing));
    let settle = (_value: unknown) => {};
    const promise = new Promise((resolve) => {
      settle = resolve;
    });
    const early = E(thing).ping(promise);
    const { promise: back } = await E(thing).soon(promise);
    const late = E(back).label();
    await nextTask();
    settle(Far('Late', { label: () => 'late' }));
    assert.equal(await early, 'late');
    assert.equal(await late, 'late');
    assert.equal(await E(await back).label(), 'late');
  });

  test(`${between}: a chain of calls leaves before any answer, and is carried out in order`, async () => {
    const log: string[] = [];
    const pair = makePair(near, makeThing(log), true);
    const pump = async (done: Promise<unknown>) => {
      let isDone = false;
      done.finally(() => {
        isDone = true;
      });
      for (let tasks = 0; !isDone && tasks < 50; tasks += 1) {
        await pair.wire.deliver();
        await nextTask();
      }
      return done;
    };
    const thing: Any = await pump(pair.thing);
    pair.wire.sent.length = 0;
    const child = E(thing).child();
    const answers = Promise.all([E(E(child).child()).label(), E(child).label(), E(thing).label()]);
    await nextTask();
    assert.deepEqual(
      pair.wire.sent.map(({ type }) => type).filter((type) => type !== 'CTP_DROP'),
      Array<string>(5).fill('CTP_CALL'),
    );
    await pump(answers);
    assert.deepEqual(await answers, ['thing', 'thing', 'thing']);
    assert.equal(log.length, 5);
  });

  test(`${between}: the end of a session settles what is open, and no call is made after it`, async () => {
    for (const isNear of [true, false]) {
      const pair = makePair(near, Far('Thing', { never: () => new Promise(() => {}) }));
      const thing = await pair.thing;
      const open = E(thing).never();
      await nextTask();
      // Ours says nothing: whoever ends it closes the link.
      if (isNear || near === 'captp') {
        pair.near.end('it is over');
        pair.far.dispatch({ type: 'CTP_DISCONNECT', epoch: 0, reason: 'it is over' });
      } else pair.far.end('it is over');
      await assert.rejects(open, isOver);
      await assert.rejects(E(thing).never(), isOver);
    }
  });
}

test('captp calls ours: only methods of objects are reached, also through answers that are not there yet', async () => {
  const { thing } = makePair(
    'captp',
    Far('Thing', {
      text: () => 'pong',
      list: () => [Far('Item', {})],
      secrets: () => new Map([['k', 'v']]),
      shout: () => Far('shout', () => 'called'),
      soon: () => new Promise((resolve) => setImmediate(resolve, 'late')),
      soonList: () => new Promise((resolve) => setImmediate(resolve, harden(['x']))),
      soonMap: () => new Promise((resolve) => setImmediate(resolve, new Map([['k', 'v']]))),
      fail: () => {
        throw Error('no');
      },
    }),
  );
  await thing;
  for (const refused of [
    () => E(E(thing).text()).repeat(2),
    () => E(E(thing).list()).map(),
    () => E(E(thing).secrets()).get('k'),
    () => E(E(thing).soon()).repeat(2),
    () => E(E(thing).soonList()).join(),
    () => E(E(thing).soonMap()).get('k'),
    () => E(E(thing).fail()).text(),
    () => E(E(thing).shout()).call(),
    () => E(thing).toString(),
    () => E(thing)['constructor'](),
    () => (E.get(thing) as Any).text,
    () => E(E(thing).shout())(),
  ] as (() => Promise<unknown>)[]) {
    await assert.rejects(refused(), /not a capability|no such method/, String(refused));
  }
});

test('ours calls captp: a property and a function of the other side can be asked for', async () => {
  const shout = Far('shout', () => 'called');
  const { thing } = makePair('ours', Far('Thing', { shout: () => shout }));
  assert.equal(await E(E(thing).shout())(), 'called');
  assert.equal(await E((E.get(thing) as Any).shout)(), await E(thing).shout());
});

test('captp calls ours: what captp collects is forgotten here, and may be sent again', async () => {
  const made: WeakRef<object>[] = [];
  let kept: object | undefined;
  const pair = makePair(
    'captp',
    Far('Thing', {
      child: () => {
        if (kept === undefined) {
          kept = Far('Child', { label: () => 'child' });
          made.push(new WeakRef(kept));
        }
        return kept;
      },
    }),
  );
  const drops = () => pair.wire.sent.filter(({ type }) => type === 'CTP_DROP').length;
  for (let round = 0; round < 100; round += 1) {
    // In a function of its own: what stands in its variables is gone when it has returned.
    await (async () => assert.equal(await E(E(pair.thing).child()).label(), 'child'))();
    const before = drops();
    if (round % 5 === 0) await collectUntil(() => drops() > before);
    if (round % 10 === 9) kept = undefined;
  }
  assert.equal(made.length, 10);
  await collectUntil(() => made.every((child) => child.deref() === undefined));
});

test('ours calls captp: what is collected here is given back once, as often as it was sent', async () => {
  // What captp answered it never frees: a fault of its own.
  const pair = makePair(
    'ours',
    Far('Thing', { child: () => [Far('Child', { label: () => 'child' })] }),
  );
  for (let round = 0; round < 20; round += 1) {
    await (async () => {
      const [child] = await E(pair.thing).child();
      assert.equal(await E(child).label(), 'child');
    })();
  }
  const drops = () =>
    pair.wire.sent.flatMap((message) =>
      message.type === 'CTP_DROP' && message.slotID[0] === 'o' ? [message] : [],
    );
  await collectUntil(() => drops().length >= 20);
  assert.equal(new Set(drops().map(({ slotID }) => slotID)).size, 20);
  assert.ok(drops().every(({ decRefs }) => decRefs === 1));
});

import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E, Far } from '@endo/far';
import { makeCapTP } from '@endo/captp';
import type { Message } from '#src/switchboard/wire.js';
import { makeCaptpEndpoint } from '#src/switchboard/captp-endpoint.js';
import type { Endpoint, EndpointPowers, LastingObjects } from '#src/switchboard/endpoint.js';
import { makeEndpointOver } from '#src/switchboard/endpoint-over.js';
import { makeOwnEndpoint } from '#src/switchboard/own-endpoint.js';
import { smallBodies } from '#src/switchboard/small-marshaller.js';
import { defaultLimits } from '#src/switchboard/limits.js';
import { collectUntil, nextTask } from '../collect.ts';
import { call, drop, makeBoard, show } from './board.ts';

const makePageEndpoint = (powers: EndpointPowers): Endpoint =>
  makeEndpointOver(smallBodies, powers);

// Values of the other side are of any kind here: the tests look at what the wire does with them.
type Any = any;

/** Every rule of an endpoint holds for both. */
const endpoints = {
  'our endpoint': makeOwnEndpoint,
  'our endpoint on a page': makePageEndpoint,
  'guarded captp': makeCaptpEndpoint,
} as const;
type Ours = keyof typeof endpoints;
const ours = Object.keys(endpoints) as Ours[];
const kinds = [...ours, 'bare captp'] as const;

type Peer = {
  getBootstrap(): Promise<Any>;
  sizes(): { entries: number; asked: number; answering: number };
};

/** A party on either kind of endpoint; every message crosses in a task of its own. */
const makeMeeting = () => {
  const board = makeBoard();
  const connect = (kind: (typeof kinds)[number], id: string): Peer => {
    const connection = board.switchboard.add(id, { inside: false, remote: false, lasting: false });
    const send = (message: unknown) => {
      // As over a wire: nothing is shared.
      const text = JSON.stringify(message);
      setImmediate(() => board.switchboard.receive(connection, JSON.parse(text)));
    };
    let dispatch: (message: Any) => unknown;
    let getBootstrap: () => Promise<Any>;
    if (kind !== 'bare captp') {
      const endpoint = endpoints[kind]({ id, send, later: (task) => void setImmediate(task) });
      ({ dispatch, getBootstrap } = endpoint as Any);
    } else {
      const captp = makeCapTP(id, send, undefined, { gcImports: true, onReject: () => {} });
      ({ dispatch, getBootstrap } = captp as Any);
    }
    board.switchboard.up(connection, {
      send: (message) => {
        const text = JSON.stringify(message);
        setImmediate(() => dispatch(JSON.parse(text)));
      },
      end: (reason) => {
        throw Error(`The session of ${id} was ended: ${reason}`);
      },
    });
    return { getBootstrap, sizes: () => board.switchboard.sizes(connection) };
  };
  // Where the others leave objects for each other.
  let left: unknown;
  const post = board.party('vat', 'vPost');
  const postEndpoint = makeOwnEndpoint({
    id: 'post',
    send: (message) => post.say(message),
    later: (task) => void setImmediate(task),
    lasting: {
      slotOf: (value) => (value === office ? 'o+doffice' : undefined),
      valueAt: (slot) => (slot === 'o+doffice' ? office : undefined),
    },
  });
  const office: object = Far('Office', {
    leave: (object: unknown) => {
      left = object;
    },
    fetch: () => {
      const object = left;
      left = undefined;
      return object;
    },
  });
  board.switchboard.up(post.connection, {
    send: (message) => queueMicrotask(() => postEndpoint.dispatch(message)),
    end: () => {},
  });
  /** Hands `object` of one party to another. */
  const introduce = async (from: Peer, to: Peer, object: object): Promise<Any> => {
    for (const id of ['caller', 'callee']) {
      const connection = board.switchboard.get(id);
      if (connection !== undefined) connection.bootstrap = board.refOf(post, 'o+doffice');
    }
    await E(from.getBootstrap()).leave(object);
    return E(to.getBootstrap()).fetch();
  };
  return { board, connect, introduce };
};

const makeThing = (log: string[] = []): Any =>
  Far('Thing', {
    echo: (value: unknown) => value,
    child: () => {
      log.push('child');
      return makeThing(log);
    },
    label: () => {
      log.push('name');
      return 'thing';
    },
    fail: () => {
      throw RangeError('out of stock');
    },
    /** Calls back what it is given, now or when it is there. */
    ping: (target: Any) => E(target).label(),
    list: () => [makeThing(log), makeThing(log)],
    soon: (promise: Promise<unknown>) => ({ promise }),
  });

for (const callerKind of kinds) {
  for (const calleeKind of kinds) {
    const between = `${callerKind} calls ${calleeKind}`;
    const make = async (log?: string[]) => {
      const { board, connect, introduce } = makeMeeting();
      const caller = connect(callerKind, 'caller');
      const callee = connect(calleeKind, 'callee');
      const thing = await introduce(callee, caller, makeThing(log));
      return { board, caller, callee, thing };
    };

    test(`${between}: data, objects and errors come back`, async () => {
      const { thing } = await make();
      assert.deepEqual(await E(thing).echo({ a: [1n, 'x', undefined, null] }), {
        a: [1n, 'x', undefined, null],
      });
      const child = await E(thing).child();
      assert.equal(await E(child).label(), 'thing');
      assert.equal(await E(thing).echo(child), child);
      const mine = Far('Mine', { label: () => 'mine' });
      assert.equal(await E(thing).echo(mine), mine);
      assert.equal(await E(thing).ping(mine), 'mine');
      await assert.rejects(E(thing).fail(), { name: 'RangeError', message: 'out of stock' });
    });

    test(`${between}: a promise as an argument takes calls before and after it settles`, async () => {
      const { thing } = await make();
      let settle = (_value: unknown) => {};
      const promise = new Promise((resolve) => {
        settle = resolve;
      });
      const early = E(thing).ping(promise);
      await nextTask();
      settle(Far('Late', { label: () => 'late' }));
      assert.equal(await early, 'late');
      assert.equal(await E(thing).ping(promise), 'late');
      const failing = Promise.reject(Error('never'));
      failing.catch(() => {});
      await assert.rejects(E(thing).ping(failing));
    });

    test(`${between}: a promise in an answer settles for the caller`, async () => {
      const { thing } = await make();
      let settle = (_value: unknown) => {};
      const promise = new Promise((resolve) => {
        settle = resolve;
      });
      const { promise: back } = await E(thing).soon(promise);
      const { promise: data } = await E(thing).soon(Promise.resolve([1n]));
      settle(Far('Late', { label: () => 'late' }));
      assert.equal(await E(back).label(), 'late');
      assert.deepEqual(await data, [1n]);
    });

    test(`${between}: a chain of calls is delivered in order, and refused on data`, async () => {
      const log: string[] = [];
      const { thing } = await make(log);
      const child = E(thing).child();
      const grandchild = E(child).child();
      const names = [E(grandchild).label(), E(child).label(), E(thing).label()];
      assert.deepEqual(await Promise.all(names), ['thing', 'thing', 'thing']);
      assert.equal(log.length, 5);
      await assert.rejects(E(E(thing).label()).toUpperCase(), /not a capability/);
      await assert.rejects(E(E(thing).list()).map(), /not a capability/);
      await assert.rejects(E(E(thing).fail()).label(), /not a capability/);
    });

    test(`${between}: what nobody needs any more is collected at both ends`, async () => {
      const { board, caller, callee, thing } = await make();
      const before = [caller.sizes(), callee.sizes()];
      // In a function of its own: what stands in its variables is gone when it has returned.
      const use = async () => {
        for (let i = 0; i < 20; i += 1) {
          const child = await E(thing).child();
          assert.equal(await E(child).label(), 'thing');
          assert.equal(await E(thing).ping(Far('Mine', { label: () => 'mine' })), 'mine');
          await E(thing).ping(Promise.resolve(Far('Later', { label: () => 'later' })));
          await E(E(thing).child()).list();
        }
      };
      await use();
      await collectUntil(
        () =>
          caller.sizes().entries <= before[0]!.entries &&
          callee.sizes().entries <= before[1]!.entries,
      );
      assert.equal(caller.sizes().answering + callee.sizes().answering, 0);
      // Stock captp drops its question numbers when they are collected, ours at once.
      await collectUntil(() => caller.sizes().asked <= 1);
      assert.ok(board.switchboard.get('caller') !== undefined);
      assert.equal(await E(thing).label(), 'thing');
    });

    test(`${between}: an object that was collected at the other end and is sent again works`, async () => {
      const { caller, callee, thing } = await make();
      const mine = Far('Mine', { label: () => 'mine' });
      assert.equal(await E(thing).ping(mine), 'mine');
      const entries = caller.sizes().entries;
      await collectUntil(() => caller.sizes().entries < entries);
      if (callerKind !== 'bare captp') {
        assert.equal(await E(thing).ping(mine), 'mine');
        assert.equal(await E(thing).echo(mine), mine);
      }
      assert.equal(callee.sizes().answering, 0);
    });

    // Captp at the other end does not find an object that it sends again: see the faults below.
    if (callerKind === 'bare captp' || calleeKind === 'bare captp') continue;
    test(`${between}: an object is obtained, dropped, collected, obtained again and called, a hundred times`, async () => {
      const { connect, introduce } = makeMeeting();
      const caller = connect(callerKind, 'caller');
      const callee = connect(calleeKind, 'callee');
      const child = Far('Child', { label: () => 'child' });
      const holder = await introduce(callee, caller, Far('Holder', { child: () => child }));
      const { entries } = caller.sizes();
      for (let round = 0; round < 100; round += 1) {
        // In a function of its own: what stands in its variables is gone when it has returned.
        await (async () => {
          const obtained = await E(holder).child();
          assert.equal(await E(obtained).label(), 'child');
        })();
        await collectUntil(() => caller.sizes().entries <= entries);
      }
      assert.equal(callee.sizes().answering, 0);
    });
  }
}

// ---- our endpoint alone, with messages given by hand ----

const makeHandOn = (kind: Ours, lasting?: LastingObjects) => {
  let sent: Message[] = [];
  const tasks: (() => void)[] = [];
  const endpoint: Endpoint = endpoints[kind]({
    id: 'hand',
    send: (message) => void sent.push(message),
    later: (task) => void tasks.push(task),
    ...(lasting === undefined ? {} : { lasting }),
  });
  const takeMessages = () => {
    const taken = sent;
    sent = [];
    return taken;
  };
  return {
    endpoint,
    /** From the other side: its slots are written from its side. */
    say: (message: Any) => endpoint.dispatch(message),
    take: () => takeMessages().map(show),
    takeMessages,
    runLater: () => {
      for (const task of tasks.splice(0)) task();
    },
  };
};

const method = (name: string, args = '[]', ...slots: string[]) => ({
  method: { body: `["${name}",${args}]`, slots },
});
const lastingThing = (object: object) => ({
  slotOf: (value: object) => (value === object ? 'o+dthing' : undefined),
  valueAt: (slot: string) => (slot === 'o+dthing' ? object : undefined),
});
const slot0 = '{"@qclass":"slot","index":0}';

type Hand = ReturnType<typeof makeHandOn>;

for (const kind of ours) {
  const makeHand = (lasting?: LastingObjects) => makeHandOn(kind, lasting);

  test(`${kind}: a call reaches own methods of objects, and nothing else`, async () => {
    const shout = Far('shout', () => 'called');
    const thing = Far('Thing', { label: () => 'thing', give: () => shout });
    const { say, take } = makeHand(lastingThing(thing));
    const refused = [
      'toString',
      'constructor',
      'hasOwnProperty',
      '__proto__',
      '__lookupGetter__',
      'valueOf',
      'then',
      'absent',
    ];
    let n = 0;
    for (const name of refused) {
      say({ ...call(`q+${(n += 1)}`, 'o-dthing'), ...method(name) });
    }
    await nextTask();
    assert.deepEqual(
      take(),
      refused.map((_, i) => `q+${i + 1} = ! Cannot call: the object has no such method`),
    );
    // A far function gives no member of functions away.
    say({ ...call('q+20', 'o-dthing'), ...method('give') });
    await nextTask();
    assert.deepEqual(take(), ['q+20 = o+1']);
    for (const name of ['call', 'apply', 'bind', 'toString', 'name', 'length']) {
      say({ ...call(`q+${(n += 100)}`, 'o-1'), ...method(name) });
    }
    await nextTask();
    assert.equal(take().filter((line) => /no such method/.test(line)).length, 6);
  });

  test(`${kind}: a call on an answer that must not leave its party reaches nothing`, async () => {
    let calls = 0;
    const bare = Far('Bare', { count: () => (calls += 1) });
    const thing = Far('Thing', { now: () => bare, later: async () => bare });
    const { say, take } = makeHand({
      ...lastingThing(thing),
      slotOf(value: object) {
        if (value === thing) return 'o+dthing';
        throw TypeError('Cannot send object: it stays here');
      },
    });
    for (const [n, name] of ['now', 'later'].entries()) {
      say({ ...call(`q+${10 * n + 1}`, 'o-dthing'), ...method(name) });
      say({ ...call(`q+${10 * n + 2}`, `q+${10 * n + 1}`), ...method('count') });
      say({ ...call(`q+${10 * n + 3}`, `q-${10 * n + 1}`), ...method('count') });
    }
    await nextTask();
    const lines = take();
    assert.equal(lines.length, 6);
    for (const line of lines) assert.match(line, /! Cannot (?:send|call|deliver)/);
    assert.equal(calls, 0);
  });

  test(`${kind}: a call that is no method call is refused: a property, a function, a name in disguise`, async () => {
    const thing = Far('Thing', { label: () => 'thing' });
    const { say, take } = makeHand(lastingThing(thing));
    const bodies = [
      '["label"]',
      '[null,[]]',
      '[["label"],[]]',
      '["\\u006cabel",[]]',
      '[{"@qclass":"symbol"},[]]',
      '{}',
      '',
    ];
    for (const [i, body] of bodies.entries()) {
      say({ ...call(`q+${i + 1}`, 'o-dthing'), method: { body, slots: [] } });
    }
    await nextTask();
    assert.deepEqual(
      take(),
      bodies.map((_, i) => `q+${i + 1} = ! Cannot call: the object has no such method`),
    );
  });

  test(`${kind}: a call that cannot be read is answered, and one on what is not exported too`, async () => {
    const thing = Far('Thing', { echo: (value: unknown) => value });
    const { say, take } = makeHand(lastingThing(thing));
    say({ ...call('q+1', 'o-dthing'), ...method('echo', '[{"@qclass":"slot","index":7}]') });
    say({ ...call('q+2', 'o-dthing'), ...method('echo', '[') });
    say({ ...call('q+3', 'o-dthing'), ...method('echo', '[{"@qclass":"slot","index":0}]', 'o-9') });
    say({ ...call('q+4', 'o-9'), ...method('echo') });
    say({ ...call('q+5', 'o-dother'), ...method('echo') });
    await nextTask();
    const lines = take();
    assert.equal(lines.filter((line) => /arguments cannot be read$/.test(line)).length, 3);
    assert.equal(lines.filter((line) => /no such method$/.test(line)).length, 2);
  });

  test(`${kind}: an answer or a resolution that cannot be read rejects with a fixed text, and the session goes on`, async () => {
    const slot = (index: number, more = {}) =>
      JSON.stringify({ '@qclass': 'slot', index, ...more });
    const unreadable: Record<string, string> = {
      'no JSON': '{',
      nothing: '',
      'a slot out of range': slot(1),
      'a slot of less than nothing': slot(-1),
      'a slot that is no number': '{"@qclass":"slot","index":"x"}',
      'an interface that is no text': slot(0, { iface: 7 }),
      'an interface without its prefix': slot(0, { iface: 'constructor' }),
      'an unknown class': '{"@qclass":"function"}',
      'no digits': '{"@qclass":"bigint","digits":"x"}',
      'an error without words': '{"@qclass":"error"}',
      'no smallcaps': '#{"#error":7}',
    };
    for (const [what, body] of Object.entries(unreadable)) {
      const sent: Message[] = [];
      const endpoint = endpoints[kind]({
        id: 'x',
        send: (message) => sent.push(message),
        later: (task) => void setImmediate(task),
      });
      const thing = endpoint.presenceAt('o-1') as Any;
      const answers = [E(thing).one(), E(thing).two(), E(thing).three()];
      await nextTask();
      const data = { body, slots: ['o+9'] };
      const header = { epoch: 0 as const };
      endpoint.dispatch({ ...header, type: 'CTP_RETURN', answerID: 'q-1', result: data });
      endpoint.dispatch({ ...header, type: 'CTP_RETURN', answerID: 'q-2', exception: data });
      const promise = { body: '[{"@qclass":"slot","index":0}]', slots: ['p+3'] };
      endpoint.dispatch({ ...header, type: 'CTP_RETURN', answerID: 'q-3', result: promise });
      const [later] = (await answers[2]) as [Promise<unknown>];
      endpoint.dispatch({ ...header, type: 'CTP_RESOLVE', promiseID: 'p-3', res: data });
      for (const settled of [answers[0], answers[1], later]) {
        const seen = await Promise.race([
          settled!.then(
            () => 'fulfilled',
            (error: Error) => error.message,
          ),
          nextTask().then(() => 'waits'),
        ]);
        assert.equal(seen, 'Cannot await answer: it cannot be read (delivered: yes)', what);
      }
      const alive = E(thing).four();
      await nextTask();
      endpoint.dispatch({
        ...header,
        type: 'CTP_RETURN',
        answerID: 'q-4',
        result: { body: '"ok"', slots: [] },
      });
      assert.equal(await alive, 'ok', what);
      // What could not be read was not taken, and is given back.
      const drops = sent.filter(({ type }) => type === 'CTP_DROP').map(show);
      assert.ok(drops.includes('drop o-9 x1'), `${what}: ${drops.join()}`);
    }
  });

  test(`${kind}: a reference that a message lists and does not use is given back at once`, async () => {
    const thing = Far('Thing', { echo: () => 1n });
    const { say, take } = makeHand(lastingThing(thing));
    say({ ...call('q+1', 'o-dthing'), ...method('echo', '[]', 'o+5', 'p+6', 'o+5') });
    say({ ...call('q+2', 'o-dthing'), ...method('echo', '[', 'o+7') });
    await nextTask();
    assert.deepEqual(take().slice(0, 4), [
      'drop o-5 x1',
      'drop p-6 x1',
      'drop o-7 x1',
      'q+2 = ! Cannot call: the arguments cannot be read',
    ]);
  });

  test(`${kind}: a drop gives back what was received, call targets not counted`, async () => {
    const kept: unknown[] = [];
    const thing = Far('Thing', {
      keep: (value: unknown) => void kept.push(value),
      mine: () => Far('Mine', {}),
    });
    const { say, take } = makeHand(lastingThing(thing));
    for (let i = 1; i <= 3; i += 1) {
      say({ ...call(`q+${i}`, 'o-dthing'), ...method('keep', `[${slot0}]`, 'o+5') });
    }
    await nextTask();
    assert.equal(new Set(kept).size, 1);
    kept.length = 0;
    take();
    const dropped: string[] = [];
    await collectUntil(() => dropped.push(...take()) > 0);
    assert.deepEqual(dropped, ['drop o-5 x3']);
  });

  test(`${kind}: an object that was dropped is exported again under its slot, and a dropped promise settles again`, async () => {
    const child = Far('Child', { label: () => 'child' });
    const promise = Promise.resolve(7n);
    const thing = Far('Thing', { child: () => child, promise: () => [promise] });
    const { say, take } = makeHand(lastingThing(thing));
    for (const name of ['child', 'promise']) {
      say({ ...call(`q+1${name.length}`, 'o-dthing'), ...method(name) });
      await nextTask();
    }
    assert.deepEqual(take(), [
      'q+15 = o+1',
      `q+17 = [${slot0}] p+2`,
      'p-2 = {"@qclass":"bigint","digits":"7"}',
    ]);
    say(drop('o-1'));
    say(drop('p-2'));
    say({ ...call('q+20', 'o-dthing'), ...method('child') });
    say({ ...call('q+21', 'o-dthing'), ...method('promise') });
    await nextTask();
    assert.deepEqual(take(), [
      'q+20 = o+1',
      `q+21 = [${slot0}] p+2`,
      'p-2 = {"@qclass":"bigint","digits":"7"}',
    ]);
    say({ ...call('q+22', 'o-1'), ...method('label') });
    await nextTask();
    assert.deepEqual(take(), ['q+22 = "child"']);
  });

  test(`${kind}: an object that is sent again while it is dropped stays`, async () => {
    const child = Far('Child', { label: () => 'child' });
    const { say, take } = makeHand(lastingThing(Far('Thing', { child: () => child })));
    say({ ...call('q+1', 'o-dthing'), ...method('child') });
    await nextTask();
    say({ ...call('q+2', 'o-dthing'), ...method('child') });
    await nextTask();
    // The other side has seen the first answer only.
    say(drop('o-1', 1));
    say({ ...call('q+3', 'o-1'), ...method('label') });
    await nextTask();
    assert.deepEqual(take(), ['q+1 = o+1', 'q+2 = o+1', 'q+3 = "child"']);
  });

  test(`${kind}: a promise that is dropped before it settles, and sent again, settles once`, async () => {
    let settle = (_value: unknown) => {};
    const promise = new Promise((resolve) => {
      settle = resolve;
    });
    const { say, take } = makeHand(lastingThing(Far('Thing', { promise: () => [promise] })));
    say({ ...call('q+1', 'o-dthing'), ...method('promise') });
    await nextTask();
    say(drop('p-1', 1));
    say({ ...call('q+2', 'o-dthing'), ...method('promise') });
    await nextTask();
    take();
    settle(7n);
    await nextTask();
    assert.deepEqual(take(), ['p-1 = {"@qclass":"bigint","digits":"7"}']);
  });

  test(`${kind}: a promise that is sent again while it is dropped is told again what it became`, async () => {
    const promise = Promise.resolve(7n);
    const { say, take } = makeHand(lastingThing(Far('Thing', { promise: () => [promise] })));
    for (const question of ['q+1', 'q+2']) {
      say({ ...call(question, 'o-dthing'), ...method('promise') });
      await nextTask();
    }
    take();
    // The other side forgot it before the second answer came: to it, that is a new promise.
    say(drop('p-1', 1));
    await nextTask();
    assert.deepEqual(take(), ['p-1 = {"@qclass":"bigint","digits":"7"}']);
  });

  test(`${kind}: what cannot be sent is not exported`, async () => {
    // Captp exports what it writes, whether it is sent or not.
    if (kind === 'guarded captp') return;
    const made: WeakRef<object>[] = [];
    const make = () => {
      const item = Far('Item', {});
      made.push(new WeakRef(item));
      return item;
    };
    const thing = Far('Thing', {
      many: () => Array.from({ length: defaultLimits.maxSlotsPerMessage + 1 }, make),
    });
    const { say, take } = makeHand(lastingThing(thing));
    say({ ...call('q+1', 'o-dthing'), ...method('many') });
    await nextTask();
    assert.match(take().join(), /^q\+1 = ! Cannot send/);
    await collectUntil(() => made.every((item) => item.deref() === undefined));
  });

  test(`${kind}: the number of an answer is dropped when its reactions are done, and calls on it before that are sent`, async () => {
    const { endpoint, say, take, runLater } = makeHand();
    const bootstrap: Any = endpoint.getBootstrap();
    const reaction = bootstrap.then((object: Any) => E(object).label());
    reaction.catch(() => {});
    say({ type: 'CTP_RETURN', epoch: 0, answerID: 'q-1', result: { body: slot0, slots: ['o+1'] } });
    void E(bootstrap).early();
    await nextTask();
    assert.equal(
      take().some((line) => line.startsWith('drop')),
      false,
    );
    runLater();
    assert.deepEqual(take(), ['drop q-1 x0']);
  });

  test(`${kind}: the end of a session rejects what is open with its reason, as an error`, async () => {
    for (const finish of [
      ({ endpoint }: Hand) => endpoint.end('the link was lost'),
      ({ say }: Hand) => say({ type: 'CTP_DISCONNECT', epoch: 0, reason: 'the link was lost' }),
    ]) {
      const hand = makeHand();
      const open = hand.endpoint.getBootstrap();
      const object: Any = hand.endpoint.presenceAt('o-3');
      finish(hand);
      hand.take();
      for (const call of [open, E(object).label()]) {
        await assert.rejects(
          call,
          (error) => error instanceof Error && /the link was lost/.test(error.message),
        );
      }
      assert.deepEqual(hand.take(), []);
    }
  });

  test(`${kind}: what would break a limit fails alone: the session goes on`, async () => {
    const thing = Far('Thing', {
      long: () => 'x'.repeat(defaultLimits.maxBodyLength),
      many: () =>
        Array.from({ length: defaultLimits.maxSlotsPerMessage + 1 }, () => Far('Item', {})),
      deep: () => Array.from({ length: defaultLimits.maxDepth + 1 }).reduce((inner) => [inner], 0),
      label: () => 'thing',
    });
    const { endpoint, say, take } = makeHand(lastingThing(thing));
    for (const [i, name] of ['long', 'many', 'deep', 'label'].entries()) {
      say({ ...call(`q+${i + 1}`, 'o-dthing'), ...method(name) });
      await nextTask();
    }
    const lines = take();
    assert.equal(
      lines.filter((line) => /^q\+[123] = ! Cannot send: the message is too large/.test(line))
        .length,
      3,
    );
    assert.equal(lines.at(-1), 'q+4 = "thing"');
    const far: Any = endpoint.presenceAt('o-3');
    await assert.rejects(E(far).take('x'.repeat(defaultLimits.maxBodyLength)), /too large/);
    assert.deepEqual(take(), []);
  });
}

test('our endpoint: a call on an answer that must not leave is refused, and not carried out', async () => {
  let opened = 0;
  const secret = Far('Secret', { open: () => (opened += 1) });
  const thing = Far('Thing', { secret: () => secret });
  const { say, take } = makeHandOn('our endpoint', {
    slotOf(value) {
      if (value === secret) throw Error('Cannot send: it stays');
      return value === thing ? 'o+dthing' : undefined;
    },
    valueAt: () => thing,
  });
  say({ ...call('q+1', 'o-dthing'), ...method('secret') });
  say({ ...call('q+2', 'q+1'), ...method('open') });
  await nextTask();
  assert.deepEqual(take().sort(), [
    'q+1 = ! Cannot send: it stays',
    'q+2 = ! Cannot deliver call: the answer it was made on is not a capability',
  ]);
  assert.equal(opened, 0);
});

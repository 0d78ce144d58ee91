/** A vat of somebody who means ill, or made a mistake. Each method is an attack on whoever runs it. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import {
  type DurableMap,
  type Timer,
  defineActor,
  makeDurableMap,
  send,
  typed,
} from '@pocas/vat-runtime';

// `any`: values that no type of an honest module would allow.
type Any = any;

const makePart = defineActor({
  name: 'Part',
  state: { text: M.string() },
  init: (text: string) => ({ text }),
  guards: { part: M.interface('Part', { read: M.call().returns(M.string()) }) },
  facets: {
    part: {
      read() {
        return this.state.text;
      },
    },
  },
});

const odd: Record<string, () => Any> = {
  'a throwing getter': () => ({
    get x() {
      throw Error('from the getter');
    },
  }),
  'a getter that loops': () => ({
    get x() {
      for (;;);
    },
  }),
  'a proxy': () =>
    new Proxy({}, {
      get: () => {
        throw Error('from the trap');
      },
      ownKeys: () => {
        throw Error('from the trap');
      },
    } as ProxyHandler<object>),
  'a proxy of a list without end': () =>
    new Proxy([], {
      get: (_target, key) => (key === 'length' ? 2 ** 32 - 1 : 1),
    } as ProxyHandler<Any[]>),
  'a thenable': () => ({
    then(resolve: (value: unknown) => void) {
      resolve('stolen');
    },
  }),
  'a thenable that throws': () => ({
    get then() {
      throw Error('from then');
    },
  }),
  'a promise that is its own answer': () => {
    let settle = (_value: unknown) => {};
    const promise: Promise<unknown> = new Promise((resolve) => {
      settle = resolve;
    });
    settle([promise]);
    return promise;
  },
  'a ring': () => {
    const ring: Any = {};
    ring.ring = ring;
    return ring;
  },
  'a function': () => () => 1,
  'a shared symbol': () => Symbol.for('x'),
  'a symbol of its own': () => Symbol('x'),
  'a map': () => new Map([['k', 'v']]),
  'a date': () => new (Date as Any)(0),
  'an error with more on it': () => Object.assign(Error('m'), { secret: 1 }),
  'a far object in disguise': () =>
    Object.create({ [Symbol.toStringTag]: 'Alleged: x' }, { x: { value: 1 } }),
  'a value nested 5,000 deep': () => {
    let value: Any = 0;
    for (let i = 0; i < 5000; i += 1) value = [value];
    return value;
  },
};

const bombs: Record<string, () => unknown> = {
  objects: () => {
    const kept: unknown[] = [];
    for (;;) kept.push({ a: [1, 2, 3], b: `x${kept.length}` });
  },
  lists: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(Array(1_000_000).fill(kept.length));
  },
  buffers: () => {
    const kept: Any[] = [];
    for (;;) {
      const buffer = new ArrayBuffer(16 << 20);
      const view = new DataView(buffer);
      for (let at = 0; at < buffer.byteLength; at += 4096) view.setUint8(at, 1);
      kept.push(buffer);
    }
  },
  text: () => {
    const kept: string[] = [];
    for (;;) kept.push(`${kept.length}`.padEnd(4_000_000, 'é').toUpperCase());
  },
  'a regexp': () => /^(a+)+$/.test(`${'a'.repeat(60)}b`),
  'a bigint': () => (3n ** 20_000_000n) ** 50n,
  'a sort': () => Array.from({ length: 20_000_000 }, (_, i) => (i * 7919) % 104_729).sort(),
  'a loop': () => {
    for (;;);
  },
  'a deep call': () => {
    const call = (): number => call() + 1;
    for (;;) {
      try {
        call();
      } catch {
        // Again.
      }
    }
  },
};

const makeGuest = defineActor({
  name: 'Guest',
  state: {
    target: M.any(),
    timer: typed<Timer>(M.any()),
    map: typed<DurableMap<string, unknown>>(M.remotable()),
    /** What goes on by itself ends. */
    quits: M.boolean(),
  },
  init: ({ target, timer }: { target: unknown; timer: Timer }) => ({
    target: target as Any,
    timer,
    map: makeDurableMap<string, unknown>(),
    quits: false,
  }),
  guards: {
    guest: M.interface('Guest', {}, { defaultGuards: 'passable' }),
    inside: M.interface('Inside', {}, { defaultGuards: 'passable' }),
  },
  facets: {
    guest: {
      ping: () => 'pong',
      quit() {
        this.state.quits = true;
      },
      /** Does something that takes all time or all memory there is. */
      burst: (what: string) => {
        bombs[what]!();
      },
      /** The turn ends at once; its reactions never do. */
      stir() {
        const again = (): Promise<void> => Promise.resolve().then(again);
        void again();
      },
      /** After a while, when nobody waits for it. */
      async burstLater(what: string) {
        await null;
        bombs[what]!();
      },
      answer: (what: string) => odd[what]!(),
      async answerLater(what: string) {
        await null;
        return odd[what]!();
      },
      fail(what: string) {
        throw odd[what]!();
      },
      tell(what: string) {
        return E(this.state.target).echo(odd[what]!());
      },
      /** Calls in one turn. */
      callMany(count: number, text: string) {
        for (let i = 0; i < count; i += 1) void E(this.state.target).echo(text);
      },
      /** Calls for ever: each answer is the reason for the next. */
      callOn(lanes: number) {
        const { target } = this.state;
        const lane = (): Promise<unknown> => E(target).echo('x').then(lane, lane);
        for (let i = 0; i < lanes; i += 1) void lane();
      },
      /** Calls without waiting, for as long as it may. */
      flood() {
        const { target } = this.state;
        const { guest } = this.facets;
        for (let i = 0; i < 500; i += 1) void E(target).echo('x');
        if (!this.state.quits) void E(guest).flood();
      },
      floodPromises() {
        const { target } = this.state;
        const { guest } = this.facets;
        for (let i = 0; i < 500; i += 1) void E(target).echo(new Promise(() => {}));
        if (!this.state.quits) void E(guest).floodPromises();
      },
      floodSends() {
        const { guest } = this.facets;
        for (let i = 0; i < 400; i += 1) send(this.state.target, 'echo', ['x']);
        if (!this.state.quits) void E(guest).floodSends();
      },
      sendLarge() {
        for (let i = 0; i < 200; i += 1) void E(this.state.target).echo('x'.repeat(1_000_000));
      },
      sendLargeForGood() {
        for (let i = 0; i < 200; i += 1) send(this.state.target, 'echo', ['x'.repeat(1_000_000)]);
      },
      setTimers(count: number) {
        for (let i = 0; i < count; i += 1) {
          this.state.timer.wakeAt(BigInt(10 ** 13 + i), this.facets.inside as Any, i);
        }
      },
      /** Two for each that goes off. */
      wakeForEver() {
        (this.facets.inside as Any).wake(null, 0n);
      },
      write(count: number, length: number, from: number) {
        for (let i = 0; i < count; i += 1) this.state.map.set(`${from + i}`, 'x'.repeat(length));
      },
      make(count: number) {
        for (let i = 0; i < count; i += 1) makePart('x');
      },
      print(count: number, length: number) {
        for (let i = 0; i < count; i += 1) console.log('x'.repeat(length));
      },
      printForEver() {
        const { guest } = this.facets;
        for (let i = 0; i < 1000; i += 1) console.log('x'.repeat(1000));
        if (!this.state.quits) void E(guest).printForEver();
      },
      callSelf() {
        const { guest } = this.facets;
        if (!this.state.quits) void E(guest).callSelf();
      },
      size() {
        return this.state.map.size();
      },
    },
    inside: {
      wake(_ctx: unknown, at: bigint) {
        if (this.state.quits) return;
        for (let i = 0; i < 2; i += 1) this.state.timer.wakeAt(at, this.facets.inside as Any);
      },
      fulfilled: () => {},
      rejected: () => {},
    },
  },
  readOnly: ['guest.burstLater', 'guest.answerLater'],
});

export const make = (powers: { target: unknown; timer: Timer }): unknown => makeGuest(powers).guest;

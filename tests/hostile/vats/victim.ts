/** An honest vat that strangers hold a reference to: it answers all sorts of things, and remembers some. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { type DurableMap, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';

type Subscriber = { event(text: string): void };

const makePart = defineActor({
  name: 'Part',
  state: { name: M.string() },
  init: (name: string) => ({ name }),
  guards: { part: M.interface('Part', { read: M.call().returns(M.string()) }) },
  facets: {
    part: {
      read() {
        return this.state.name;
      },
    },
  },
});

const makeVictim = defineActor({
  name: 'Victim',
  state: {
    map: typed<DurableMap<string, unknown>>(M.remotable()),
    subscriber: typed<Subscriber | undefined>(M.any()),
    part: M.remotable(),
  },
  init: () => ({
    map: makeDurableMap<string, unknown>(),
    subscriber: undefined as Subscriber | undefined,
    part: makePart('part').part,
  }),
  guards: {
    victim: M.interface('Victim', {
      text: M.call().returns(M.string()),
      list: M.call().returns(M.any()),
      record: M.call().returns(M.any()),
      map: M.call().returns(M.any()),
      self: M.call().returns(M.remotable()),
      part: M.call().returns(M.remotable()),
      never: M.call().returns(M.promise()),
      echo: M.call(M.any()).returns(M.any()),
      many: M.call(M.nat()).returns(M.any()),
      subscribe: M.call(M.remotable()).returns(),
      publish: M.call(M.nat()).returns(),
    }),
  },
  facets: {
    victim: {
      text: () => 'pong',
      list: () => ['a', 'b'],
      record: () => ({ a: 'b' }),
      /** By mistake. */
      map() {
        this.state.map.set('k', 'v');
        return this.state.map;
      },
      self() {
        return this.facets.victim;
      },
      /** The same object each time. */
      part() {
        return this.state.part;
      },
      never: () => new Promise(() => {}),
      echo: (value: unknown) => value,
      /** As many new objects. */
      many: (count: bigint) =>
        Array.from({ length: Number(count) }, () => makePart('one of many').part),
      subscribe(subscriber: Subscriber) {
        this.state.subscriber = subscriber;
      },
      /** Tells the subscriber a text of that length. */
      publish(length: bigint) {
        const { subscriber } = this.state;
        if (subscriber !== undefined) void E(subscriber).event('x'.repeat(Number(length)));
      },
    },
  },
  readOnly: ['victim.never'],
});

export const make = (): unknown => makeVictim().victim;

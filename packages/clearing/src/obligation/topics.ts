/** What two pocas' books say to each other beside obligations, by topic: rounds do. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import { refuse } from '@pocas/vat-runtime/actors';
import { TalkI } from './counterparty-guards.ts';
import { insideGuard } from './inside.ts';
import type { CounterpartyInside, Desk, Listener } from './types.ts';
import { isSmall } from './weigh.ts';

export type Topics = {
  metBy(desk: Facet<Desk>): void;
  /** The other side says something: the answer is the listener's. */
  heard(topic: string, said: unknown): unknown;
};

const makeTopicsKit = defineActor({
  name: 'CounterpartyTopics',
  state: {
    number: M.nat(),
    label: M.string(),
    desk: typed<Facet<Desk> | undefined>(M.opt(M.remotable('desk'))),
    listeners: typed<DurableMap<string, Facet<Listener>>>(M.any()),
    maxTopics: M.nat(),
    /** Of what is said: `isSmall`. */
    maxSaid: M.number(),
  },
  init: (number: bigint, label: string, maxTopics: bigint, maxSaid: number) => ({
    number,
    label,
    desk: undefined,
    listeners: makeDurableMap<string, Facet<Listener>>(),
    maxTopics,
    maxSaid,
  }),
  guards: { inside: TalkI, topics: insideGuard('CounterpartyTopics') },
  facets: {
    inside: {
      number(): bigint {
        return this.state.number;
      },
      label(): string {
        return this.state.label;
      },
      tell(topic: string, said: unknown, then?: Facet<object>, ctx?: unknown): void {
        const { desk } = this.state;
        if (desk === undefined) {
          throw Error('Cannot tell a counterparty: it has not been met yet');
        }
        if (then === undefined) return send(desk, 'say', [topic, said]);
        // Whoever hears of the answer says by its guard what it takes.
        const continuation = then as Facet<{ fulfilled(): void; rejected(): void }>;
        return send(desk, 'say', [topic, said], { then: continuation, ctx });
      },
      listen(topic: string, listener: Facet<Listener>): void {
        const { listeners, maxTopics } = this.state;
        if (!listeners.has(topic) && BigInt(listeners.size()) >= maxTopics) {
          throw Error('Cannot listen to a counterparty: too many topics are listened to');
        }
        listeners.set(topic, listener);
      },
      unlisten(topic: string): void {
        this.state.listeners.delete(topic);
      },
    },
    topics: {
      metBy(desk: Facet<Desk>): void {
        this.state.desk = desk;
      },
      heard(topic: string, said: unknown): unknown {
        const { listeners, number, maxSaid } = this.state;
        const listener = listeners.get(topic);
        if (listener === undefined) return refuse('closed');
        return isSmall(said, maxSaid) ? listener.heard(topic, said, number) : refuse('limit');
      },
    },
  },
});

/** @param number - the counterparty's */
export const makeTopics = (
  number: bigint,
  label: string,
  limits: { readonly topics: bigint; readonly said: number },
): { readonly inside: Facet<CounterpartyInside>; readonly topics: Facet<Topics> } => {
  const { inside, topics } = makeTopicsKit(number, label, limits.topics, limits.said);
  return { inside, topics };
};

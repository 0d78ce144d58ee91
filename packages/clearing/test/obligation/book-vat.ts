/** A vat that holds one poca's counterparties and hands out everything about them, for tests. */
import { M } from '@endo/patterns';
import type { CounterpartiesInside, Listener, ObligationLimits } from '@pocas/clearing/obligation';
import { makeCounterparties, obligationLimits } from '@pocas/clearing/obligation';
import type { Clock, DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { JournalReader, Receipt } from '@pocas/vat-runtime/actors';
import { makeJournal } from '@pocas/vat-runtime/actors';

export type Heard = { readonly topic: string; readonly said: unknown; readonly from: bigint };

export type Bench = {
  counterparties(): Facet<CounterpartiesInside>;
  reader(): Facet<JournalReader>;
  listener(): Facet<Listener>;
  /** What the listener heard, and what came of what was told. */
  heard(): readonly unknown[];
  answers(): Facet<object>;
};
export type { Receipt };

const makeBench = defineActor({
  name: 'Bench',
  state: {
    counterparties: typed<Facet<CounterpartiesInside>>(M.remotable()),
    reader: typed<Facet<JournalReader>>(M.remotable()),
    log: typed<DurableMap<bigint, unknown>>(M.any()),
  },
  init: (clock: Clock, limits: Partial<ObligationLimits>) => {
    const { writer: journal, keeper } = makeJournal({ actorTag: 'book', clock });
    return {
      counterparties: makeCounterparties({
        clock,
        journal,
        limits: { ...obligationLimits, ...limits },
      }),
      reader: keeper.reader('P2'),
      log: makeDurableMap<bigint, unknown>(),
    };
  },
  guards: {
    bench: M.interface('Bench', {}, { defaultGuards: 'passable' }),
    listener: M.interface('Listener', {}, { defaultGuards: 'passable' }),
    answers: M.interface('Answers', {}, { defaultGuards: 'passable' }),
  },
  facets: {
    bench: {
      counterparties(): Facet<CounterpartiesInside> {
        return this.state.counterparties;
      },
      reader(): Facet<JournalReader> {
        return this.state.reader;
      },
      listener(): Facet<Listener> {
        return this.facets.listener;
      },
      answers(): Facet<object> {
        return this.facets.answers;
      },
      heard(): readonly unknown[] {
        return [...this.state.log.values()];
      },
    },
    listener: {
      heard(topic: string, said: unknown, from: bigint): unknown {
        const { log } = this.state;
        log.set(BigInt(log.size()), { topic, said, from });
        return { ok: true, echo: said };
      },
    },
    answers: {
      fulfilled(answer: unknown, ctx: unknown): void {
        const { log } = this.state;
        log.set(BigInt(log.size()), { answer, ctx });
      },
      rejected(failure: unknown, ctx: unknown): void {
        const { log } = this.state;
        log.set(BigInt(log.size()), { failure, ctx });
      },
    },
  },
});

export const make = (
  { clock }: { clock: Clock },
  { limits }: { limits: Partial<ObligationLimits> },
): Facet<Bench> => makeBench(clock, limits).bench;

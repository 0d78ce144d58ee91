/** A counterparty that says whatever a test has it say: its own desk, without any of our code behind it. */
import { M } from '@endo/patterns';
import type { Desk, Introduction } from '@pocas/clearing/obligation';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';

export type Hostile = {
  meet(introduction: Facet<Introduction>, nonce: string): void;
  /** Answers an introduction with a desk of somebody else. */
  meetAs(introduction: Facet<Introduction>, desk: unknown, nonce: string): void;
  desk(): Facet<Desk>;
  /** Answers whatever `answerWith` said. */
  introduction(): Facet<Introduction>;
  /** Says something to the desk of the other side. */
  say(method: string, args: readonly unknown[]): void;
  /** What it is answered when it speaks, and what came to its own desk. */
  answers(): readonly unknown[];
  heard(): readonly unknown[];
  /** What its desk answers from now on; nothing is carried out. */
  answerWith(answer: unknown): void;
  /** Its desk throws from now on. */
  fail(): void;
};

const makeHostile = defineActor({
  name: 'Hostile',
  state: {
    other: typed<Facet<Desk> | undefined>(M.any()),
    answers: typed<DurableMap<bigint, unknown>>(M.any()),
    heard: typed<DurableMap<bigint, unknown>>(M.any()),
    answer: M.any(),
    fails: M.boolean(),
  },
  init: () => ({
    other: undefined,
    answers: makeDurableMap<bigint, unknown>(),
    heard: makeDurableMap<bigint, unknown>(),
    answer: { ok: true },
    fails: false,
  }),
  guards: {
    hostile: M.interface('Hostile', {}, { defaultGuards: 'passable' }),
    desk: M.interface('Desk', {}, { defaultGuards: 'passable' }),
    introduction: M.interface('Introduction', {}, { defaultGuards: 'passable' }),
    meeting: M.interface('Meeting', {}, { defaultGuards: 'passable' }),
    replies: M.interface('Replies', {}, { defaultGuards: 'passable' }),
  },
  facets: {
    hostile: {
      meet(introduction: Facet<Introduction>, nonce: string): void {
        const { desk, meeting } = this.facets;
        send(introduction, 'answer', [desk as unknown as Facet<Desk>, nonce], { then: meeting });
      },
      meetAs(introduction: Facet<Introduction>, desk: unknown, nonce: string): void {
        const { meeting } = this.facets;
        send(introduction, 'answer', [desk as Facet<Desk>, nonce], { then: meeting });
      },
      desk(): Facet<Desk> {
        return this.facets.desk as unknown as Facet<Desk>;
      },
      introduction(): Facet<Introduction> {
        return this.facets.introduction as unknown as Facet<Introduction>;
      },
      say(method: string, args: readonly unknown[]): void {
        send(this.state.other!, method as 'deal', args as never, { then: this.facets.replies });
      },
      answers(): readonly unknown[] {
        return [...this.state.answers.values()];
      },
      heard(): readonly unknown[] {
        return [...this.state.heard.values()];
      },
      answerWith(answer: any): void {
        this.state.answer = answer;
      },
      fail(): void {
        this.state.fails = true;
      },
    },
    desk: {
      deal(deal: unknown): unknown {
        return this.facets.replies.came(deal);
      },
      say(topic: unknown, said: unknown): unknown {
        return this.facets.replies.came([topic, said]);
      },
      compare(after: unknown, question: unknown): unknown {
        return this.facets.replies.came({ compare: after, question });
      },
      states(page: unknown, more: unknown, question: unknown): unknown {
        return this.facets.replies.came({ page, more, question });
      },
    },
    introduction: {
      answer(desk: unknown, nonce: string): unknown {
        return this.facets.replies.came({ desk, nonce });
      },
    },
    meeting: {
      fulfilled(answer: { ok: boolean; desk?: Facet<Desk> }): void {
        if (answer.ok && answer.desk !== undefined) this.state.other = answer.desk;
        this.facets.replies.fulfilled(answer.ok ? answer : answer);
      },
      rejected(failure: unknown): void {
        this.facets.replies.rejected(failure);
      },
    },
    replies: {
      came(what: unknown): unknown {
        const { heard, answer, fails } = this.state;
        if (fails) throw Error('no');
        heard.set(BigInt(heard.size()), what);
        return answer;
      },
      fulfilled(answer: unknown): void {
        const { answers } = this.state;
        answers.set(BigInt(answers.size()), answer);
      },
      rejected(failure: unknown): void {
        const { answers } = this.state;
        answers.set(BigInt(answers.size()), { failure });
      },
    },
  },
});

export const make = (): Facet<Hostile> => makeHostile().hostile;

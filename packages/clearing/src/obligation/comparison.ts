/**
 * Compares how everything that two pocas share stands on both sides, page by page.
 *
 * Questions and answers go among all other messages of the pair. So what was said before a question
 * has been heard when it is answered, and what the other side said before its answer has come here.
 */
import { M, matches } from '@endo/patterns';
import type { Clock, DurableSet, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableSet, send, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import type { Own } from './compare.ts';
import { differenceOf, isPage } from './compare.ts';
import { insideGuard } from './inside.ts';
import type { OfDay } from './limits.ts';
import { oneMore } from './limits.ts';
import type { Standings } from './standings.ts';
import type { ComparePhase, Desk, Difference, Done, SharedState } from './types.ts';

const ok: Done = { ok: true };
/** States in one message. */
const pageSize = 100n;
/** Pages of one comparison, and differences that are kept of it. */
const maxPages = 10_000n;
const maxDifferences = 100;

type Question = { readonly after: string; readonly question: bigint };
type Answer = {
  readonly page: readonly SharedState[];
  readonly more: boolean;
  readonly question: bigint;
};

export type Comparison = {
  view(): { readonly phase: ComparePhase; readonly differences: readonly Difference[] };
  /** Asks the other side; what was found before is forgotten. */
  start(desk: Facet<Desk>): void;
  /** Something is said of this. */
  spoke(origin: string): void;
  /** Takes the smaller of both, as far as it was found to differ. */
  mend(origin: string): Done | Refusal;
  /** The other side asks. */
  asked(question: Question, desk: Facet<Desk>, clock: Clock, perDay: bigint): Done | Refusal;
  /** The other side answers. Refusal: `stale` to an earlier question than the last. */
  came(answer: Answer, desk: Facet<Desk>): Done | Refusal;
};

const makeComparisonKit = defineActor({
  name: 'Comparison',
  state: {
    standings: typed<Facet<Standings>>(M.remotable('standings')),
    phase: typed<ComparePhase>(M.or('never', 'asked', 'done', 'failed')),
    /** The number of the last comparison that was begun here. */
    question: M.nat(),
    /** The last origin of the pages that came, and how many came. */
    upTo: M.string(),
    pages: M.nat(),
    differences: typed<readonly Difference[]>(M.any()),
    /** Of what something was said since the other side was asked. */
    spoken: typed<DurableSet<string>>(M.any()),
    /** How often the other side asked today. */
    questions: typed<OfDay>(M.record()),
  },
  init: (standings: Facet<Standings>) => ({
    standings,
    phase: 'never' as ComparePhase,
    question: 0n,
    upTo: '',
    pages: 0n,
    differences: [] as readonly Difference[],
    spoken: makeDurableSet<string>(),
    questions: { day: 0n, count: 0n },
  }),
  guards: { comparison: insideGuard('Comparison'), replies: insideGuard('ComparisonReplies') },
  facets: {
    comparison: {
      view(): ReturnType<Comparison['view']> {
        const { phase, differences } = this.state;
        return { phase, differences };
      },
      start(desk: Facet<Desk>): void {
        const { state } = this;
        state.phase = 'asked';
        state.question += 1n;
        state.upTo = '';
        state.pages = 0n;
        state.differences = [];
        for (const origin of state.spoken.values()) state.spoken.delete(origin);
        send(desk, 'compare', ['', state.question], { then: this.facets.replies });
      },
      spoke(origin: string): void {
        if (this.state.phase === 'asked') this.state.spoken.add(origin);
      },
      mend(origin: string): Done | Refusal {
        const { state } = this;
        const found = state.differences.find(
          ({ origin: one, kind }) =>
            one === origin && (kind === 'differs' || kind === 'unknownThere'),
        );
        const inside = state.standings.get(origin)?.inside;
        if (found === undefined || inside === undefined) return refuse('notYet');
        if (inside.shared().version !== found.here?.version) return refuse('stale');
        const mended = inside.mend(found.there);
        if (mended.ok) state.differences = state.differences.filter((one) => one !== found);
        return mended;
      },
      asked(
        { after, question }: Question,
        desk: Facet<Desk>,
        clock: Clock,
        perDay: bigint,
      ): Done | Refusal {
        const { state } = this;
        const questions = oneMore(state.questions, clock.now(), perDay);
        if (questions === undefined) return refuse('quota');
        state.questions = questions;
        const { states, more } = state.standings.page(after, pageSize);
        send(desk, 'states', [states, more, question]);
        return ok;
      },
      came({ page, more, question }: Answer, desk: Facet<Desk>): Done | Refusal {
        const { state } = this;
        const { phase, upTo, pages } = state;
        if (phase !== 'asked') return refuse('closed');
        // What was said before the last question may be missing in it.
        if (question !== state.question) return refuse('stale');
        if (!isPage(upTo, page) || (more && page.length === 0)) return refuse('invalid');
        this.facets.replies.compare(page, more);
        state.pages = pages + 1n;
        if (more && state.pages < maxPages) {
          state.upTo = page.at(-1)!.origin;
          send(desk, 'compare', [state.upTo, question], { then: this.facets.replies });
        } else state.phase = more ? 'failed' : 'done';
        return ok;
      },
    },
    replies: {
      fulfilled(answer: unknown): void {
        if (!matches(answer, M.splitRecord({ ok: true }))) this.facets.replies.rejected();
      },
      rejected(): void {
        if (this.state.phase === 'asked') this.state.phase = 'failed';
      },
      /** Notes what differs of the shared things from the last page up to the end of this one. */
      compare(page: readonly SharedState[], more: boolean): void {
        const { state } = this;
        const { standings, spoken } = state;
        const there = new Map(page.map((one) => [one.origin, one]));
        const found: Difference[] = [...state.differences];
        const add = (difference: Difference | undefined): void => {
          if (difference !== undefined && found.length < maxDifferences) found.push(difference);
        };
        const last = page.at(-1)?.origin;
        let after = state.upTo;
        // What is more than can be told is not looked for: the other side may have lost all of it.
        for (let isMore = true; isMore && found.length < maxDifferences;) {
          const own = standings.page(after, pageSize);
          isMore = own.more;
          for (const shared of own.states) {
            const { origin } = shared;
            after = origin;
            if (more && origin > last!) {
              isMore = false;
              break;
            }
            const here: Own = { ...shared, what: '', spoken: spoken.has(origin) };
            const difference = differenceOf(here, there.get(origin));
            if (difference !== undefined) {
              // The item of a list has what it is for.
              const { what } = standings.get(origin)!.inside.item() as { what: string };
              add({ ...difference, what });
            }
            there.delete(origin);
          }
        }
        for (const one of there.values()) add(differenceOf(undefined, one));
        state.differences = found;
      },
    },
  },
});

export const makeComparison = (standings: Facet<Standings>): Facet<Comparison> =>
  makeComparisonKit(standings).comparison;

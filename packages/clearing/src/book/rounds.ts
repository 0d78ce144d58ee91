/** The rounds that a book attends, and those that were convened here. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Timer, VatMaker } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, sha256, typed } from '@pocas/vat-runtime';
import type { JournalWriter, Refusal } from '@pocas/vat-runtime/actors';
import { once, refuse } from '@pocas/vat-runtime/actors';
import { sum } from '../amount/amount.ts';
import type { CounterpartiesInside } from '../obligation/types.ts';
import type { Convenor } from '../round/facets.ts';
import type { Seat } from '../round/types.ts';
import { roundTopic } from './attendance-steps.ts';
import type { AttendanceInside } from './attendance-types.ts';
import { makeAttendance } from './attendance.ts';
import { wishesOf } from './choosing.ts';
import { ListenerI, OwnerI, RoundsInsideI, RoundsStepsI } from './inside-guards.ts';
import type { InstructionInside } from './instruction.ts';
import { netOf } from './known.ts';
import { entriesFor } from './lodging.ts';
import { clearedOf, makeRoundPage } from './round-page.ts';
import { termsOf } from './terms.ts';
import type { BookKeeper, Gone, RoundItem, RoundKeeper, Standing } from './types.ts';

/** Rounds that one book attends at a time: each may lock all that it owes and is owed. */
const maxOpenRounds = 20;
const minute = 60_000n;

type Attended = {
  readonly attendance: Facet<AttendanceInside>;
  readonly page: Facet<RoundKeeper>;
  /** How the positive balance was meant to go on when it was attended. */
  readonly standing: Standing;
  /** Its report came and was acted on: once. */
  readonly isDealtWith?: true;
};
type Convened = { readonly title: string; readonly convenor: Facet<Convenor> };
type NumberedRound = RoundItem & { readonly number: bigint };

/** The rounds of a book, for the book alone. */
export type RoundsInside = {
  attend: BookKeeper['attend'];
  convene: BookKeeper['convene'];
  /** Attended ones before a number, the newest first; 0 for the newest of all. */
  items(before: bigint, limit: number): readonly NumberedRound[];
  /** Convened ones, the newest first. */
  convened(limit: number): readonly Convened[];
};

export type RoundsOptions = {
  readonly name: string;
  readonly unit: string;
  readonly doubt: bigint;
  readonly secret: string;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly roundMaker: Facet<VatMaker> | undefined;
  readonly writer: Facet<JournalWriter>;
  readonly others: Facet<CounterpartiesInside>;
  readonly instruction: Facet<InstructionInside>;
};

/** Rounds that are being made, by request: a second press of the button waits for the first. */
const convening = new Map<string, Promise<Gone<Convenor> | Refusal>>();

const makeRoundsKit = defineActor({
  name: 'BookRounds',
  state: {
    name: M.string(),
    unit: M.string(),
    doubt: M.nat(),
    secret: M.string(),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    roundMaker: typed<Facet<VatMaker> | undefined>(M.opt(M.remotable('roundMaker'))),
    writer: typed<Facet<JournalWriter>>(M.remotable('writer')),
    others: typed<Facet<CounterpartiesInside>>(M.remotable('counterparties')),
    instruction: typed<Facet<InstructionInside>>(M.remotable('instruction')),
    attended: typed<DurableMap<bigint, Attended>>(M.remotable('attended')),
    byTag: typed<DurableMap<string, bigint>>(M.remotable('byTag')),
    /** Those whose end has not been dealt with. */
    open: typed<readonly bigint[]>(M.arrayOf(M.nat())),
    convened: typed<DurableMap<bigint, Convened>>(M.remotable('convened')),
    /** How many were convened. */
    held: typed<number>(M.number()),
    outcomes: typed<DurableMap<string, unknown>>(M.remotable('outcomes')),
  },
  init: (options: RoundsOptions) => ({
    ...options,
    attended: makeDurableMap<bigint, Attended>(),
    byTag: makeDurableMap<string, bigint>(),
    open: [] as readonly bigint[],
    convened: makeDurableMap<bigint, Convened>(),
    held: 0,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    inside: RoundsInsideI,
    steps: RoundsStepsI,
    listener: ListenerI,
    owner: OwnerI,
  },
  facets: {
    inside: {
      attend(seat: Facet<Seat>, requestId: string): ReturnType<BookKeeper['attend']> {
        const { steps } = this.facets;
        return E.when(E(seat).terms(), (terms) => steps.admit(seat, terms, requestId));
      },
      convene(
        title: string,
        lodging: bigint,
        patience: bigint,
        requestId: string,
      ): ReturnType<BookKeeper['convene']> {
        const { roundMaker, outcomes, secret, unit, name } = this.state;
        const { steps } = this.facets;
        if (roundMaker === undefined) return refuse('unsupported');
        const before = outcomes.get(`convene ${requestId}`);
        if (before !== undefined) return before as Gone<Convenor>;
        const running = convening.get(requestId);
        if (running !== undefined) return running;
        const params = {
          title,
          unit,
          lodging: lodging * minute,
          patience: patience * minute,
          // Its maker chose the request id at random; the book's own secret is not told to anybody.
          seed: sha256(`pocas book convenes\n${name}\n${requestId}\n${secret}`),
        };
        const made = E(roundMaker).make(params) as Promise<Facet<Convenor>>;
        const making = E.when(made, (convenor) =>
          steps.convened(title, convenor, requestId),
        ).finally(() => convening.delete(requestId));
        convening.set(requestId, making);
        return making;
      },
      items(before: bigint, limit: number): readonly NumberedRound[] {
        const { attended } = this.state;
        const range = { reverse: true, limit, ...(before === 0n ? {} : { to: before }) };
        return [...attended.entries(range)].map(([number, { attendance, page }]) => {
          return { number, ...attendance.summary(), round: page };
        });
      },
      convened(limit: number): readonly Convened[] {
        return [...this.state.convened.values({ reverse: true, limit })];
      },
    },
    steps: {
      convened(title: string, convenor: Facet<Convenor>, requestId: string): Gone<Convenor> {
        const { convened, outcomes } = this.state;
        return once<Gone<Convenor>>(outcomes, 'convene', requestId, () => {
          convened.set(BigInt(convened.size()) + 1n, { title, convenor });
          // The map is not a part of this object: whoever follows the page is told by this.
          this.state.held = convened.size();
          return { ok: true, goto: convenor };
        });
      },
      admit(seat: Facet<Seat>, announced: unknown, requestId: string): Gone<RoundKeeper> | Refusal {
        const { state } = this;
        const { listener, owner } = this.facets;
        return once<Gone<RoundKeeper> | Refusal>(state.outcomes, 'attend', requestId, () => {
          const { clock, timer, instruction, others, attended, byTag, doubt, writer } = state;
          const settings = instruction.settings();
          const terms = termsOf(announced);
          if (terms === undefined) return refuse('invalid');
          // One place in each round: a half that is locked twice for one round is reduced once.
          const before = byTag.get(terms.tag);
          if (before !== undefined && !attended.get(before)!.attendance.isGone()) {
            return refuse('claimed');
          }
          if (state.open.length >= maxOpenRounds) return refuse('quota');
          const net = netOf(others, terms.unit);
          const entries = entriesFor(state, terms.unit, net);
          if (entries.length === 0) return refuse('closed');
          for (const { lodgeable } of entries)
            lodgeable.counterparty().listen(roundTopic, listener);
          const number = BigInt(attended.size()) + 1n;
          const wishes = wishesOf(settings, net);
          const attendance = makeAttendance(
            { clock, timer, owner },
            { number, terms, seat, entries, wishes, doubt },
          );
          const page = makeRoundPage(attendance);
          attended.set(number, { attendance, page, standing: settings.standing });
          byTag.set(terms.tag, number);
          state.open = [...state.open, number];
          const { tag, title, unit } = terms;
          writer.record('round.attended', { tag, title, unit, lodged: entries.length }, 'P2');
          return { ok: true, goto: page };
        });
      },
    },
    listener: {
      heard(_topic: string, said: unknown, from: bigint): unknown {
        const { byTag, attended } = this.state;
        // Only the tag is looked at here: the attendance looks at all of it.
        const { tag } = Object(said) as { tag?: unknown };
        const number = typeof tag === 'string' ? byTag.get(tag) : undefined;
        if (number === undefined) return refuse('closed');
        return attended.get(number)!.attendance.heard(said, from);
      },
    },
    owner: {
      ended(number: bigint): void {
        const { state } = this;
        const { attended, writer } = state;
        const one = attended.get(number)!;
        if (one.isDealtWith === true) return;
        const { attendance, standing } = one;
        const explained = attendance.explain();
        const { terms, phase, report, payments } = explained;
        const isOver = phase === 'over' || phase === 'refused';
        // It may end before its report comes; what the report leads to is done when both are there.
        if (isOver) state.open = state.open.filter((one) => one !== number);
        if (!isOver || report === undefined) return;
        attended.set(number, { ...one, isDealtWith: true });
        const { title, unit, tag } = terms;
        const cleared = clearedOf(explained);
        writer.record('round.ended', { tag, title, unit, cleared, outcome: report.outcome }, 'P2');
        if (standing.kind !== 'recall' || standing.fund === undefined) return;
        const from = payments
          .filter(({ end }) => end === 'to')
          .map(({ with: other, value }) => ({ with: other, value }));
        if (from.length === 0) return;
        const value = sum(from.map((one) => one.value));
        send(standing.fund, 'recalled', [{ round: title, unit, value, from }]);
      },
    },
  },
});

/** Makes the rounds of a book: none yet. */
export const makeRounds = (options: RoundsOptions): Facet<RoundsInside> =>
  makeRoundsKit(options).inside;

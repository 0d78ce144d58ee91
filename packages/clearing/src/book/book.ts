/**
 * A poca's book (SPEC C11 to C13): its counterparties, what they and it owe each other, and its part in
 * clearing rounds by its standing instruction.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type {
  Clock,
  DurableMap,
  Enlivener,
  Facet,
  Grantor,
  Timer,
  VatMaker,
} from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, send, sha256, typed } from '@pocas/vat-runtime';
import type {
  JournalKeeper,
  JournalReader,
  JournalWriter,
  Refusal,
} from '@pocas/vat-runtime/actors';
import { makeJournal, once, refuse } from '@pocas/vat-runtime/actors';
import { sum } from '../amount/amount.ts';
import { makeCounterparties } from '../obligation/counterparties.ts';
import type {
  CounterpartiesInside,
  CounterpartyKeeper,
  Introduction,
  LineKeeper,
  ObligationKeeper,
} from '../obligation/types.ts';
import type { Convenor } from '../round/facets.ts';
import type { Seat } from '../round/types.ts';
import { maxLodged, maxLodgedWithOne } from './attendance-guards.ts';
import { roundTopic } from './attendance-steps.ts';
import type { AttendanceInside, Entry } from './attendance-types.ts';
import { makeAttendance } from './attendance.ts';
import type { Settings } from './choosing.ts';
import { mostOf, movableOf, priorityOf, wishesOf } from './choosing.ts';
import { BookKeeperI, BookLookerI, BookStepsI, ListenerI, OwnerI } from './guards.ts';
import { clearedOf, makeRoundPage } from './round-page.ts';
import { columns, rowOf } from './statement.ts';
import { termsOf } from './terms.ts';
import type {
  Balance,
  BookKeeper,
  BookLooker,
  BookPowers,
  BookView,
  CounterpartyItem,
  DebtItem,
  Fund,
  Preference,
  RoundItem,
  RoundKeeper,
  Standing,
  Statement,
} from './types.ts';

/** Rounds that one book attends at a time: each may lock all that it owes and is owed. */
export const maxOpenRounds = 20;
/** Of each list on a page. A page names at most 100 + 100 + 10 + 10 references; one message may carry 256. */
const shown = 100;
const shownRounds = 10;
const minute = 60_000n;

type Done = { readonly ok: true };
type Gone<Where> = { readonly ok: true; readonly goto: Facet<Where> };
type Debt = Facet<ObligationKeeper> | Facet<LineKeeper>;
type Attended = {
  readonly attendance: Facet<AttendanceInside>;
  readonly page: Facet<RoundKeeper>;
  /** How the positive balance was meant to go on when it was attended. */
  readonly standing: Standing;
  /** Its report came and was acted on: once. */
  readonly isDealtWith?: true;
};
type Convened = { readonly title: string; readonly convenor: Facet<Convenor> };

const done: Done = { ok: true };

/** Rounds that are being made, by request: a second press of the button waits for the first. */
const convening = new Map<string, Promise<Gone<Convenor> | Refusal>>();

const isSturdyRef = (text: string): boolean => /^ocapn:\/\//i.test(text);

export type BookOptions = BookPowers & {
  readonly name: string;
  readonly unit: string;
  readonly doubt: bigint;
  readonly secret: string;
};

const makeBookKit = defineActor({
  name: 'Book',
  state: {
    name: M.string(),
    unit: M.string(),
    doubt: M.nat(),
    secret: M.string(),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    grantor: typed<Facet<Grantor> | undefined>(M.opt(M.remotable('grantor'))),
    enlivener: typed<Facet<Enlivener> | undefined>(M.opt(M.remotable('enlivener'))),
    roundMaker: typed<Facet<VatMaker> | undefined>(M.opt(M.remotable('roundMaker'))),
    writer: typed<Facet<JournalWriter>>(M.remotable('writer')),
    journal: typed<Facet<JournalKeeper>>(M.remotable('journal')),
    others: typed<Facet<CounterpartiesInside>>(M.remotable('counterparties')),
    settings: typed<Settings>(M.record()),
    /** By origin. */
    preferences: typed<DurableMap<string, Preference>>(M.remotable('preferences')),
    attended: typed<DurableMap<bigint, Attended>>(M.remotable('attended')),
    byTag: typed<DurableMap<string, bigint>>(M.remotable('byTag')),
    /** Those whose end has not been dealt with. */
    open: typed<readonly bigint[]>(M.arrayOf(M.nat())),
    convened: typed<DurableMap<bigint, Convened>>(M.remotable('convened')),
    outcomes: typed<DurableMap<string, unknown>>(M.remotable('outcomes')),
  },
  init: (options: BookOptions) => {
    const { name, unit, doubt, secret, clock, timer, grantor, enlivener, roundMaker } = options;
    const { writer, keeper: journal } = makeJournal({ actorTag: 'book', clock, secret });
    return {
      name,
      unit,
      doubt,
      secret,
      clock,
      timer,
      grantor,
      enlivener,
      roundMaker,
      writer,
      journal,
      others: makeCounterparties({ clock, journal: writer }),
      settings: {
        standing: { kind: 'leave' },
        pays: 0n,
        lends: false,
        olderFirst: true,
      } as Settings,
      preferences: makeDurableMap<string, Preference>(),
      attended: makeDurableMap<bigint, Attended>(),
      byTag: makeDurableMap<string, bigint>(),
      open: [] as readonly bigint[],
      convened: makeDurableMap<bigint, Convened>(),
      outcomes: makeDurableMap<string, unknown>(),
    };
  },
  guards: {
    keeper: BookKeeperI,
    looker: BookLookerI,
    steps: BookStepsI,
    listener: ListenerI,
    owner: OwnerI,
  },
  facets: {
    keeper: {
      view(): BookView {
        const { name, others, settings, convened } = this.state;
        const { steps } = this.facets;
        const { standing, pays, lends, olderFirst } = settings;
        const numberTo = standing.kind === 'move' ? standing.to : undefined;
        const [to] = numberTo === undefined ? [] : others.list(numberTo - 1n);
        return {
          name,
          balances: balancesOf(others),
          standing: standing.kind,
          ...(standing.kind === 'leave' ? {} : { standingLimit: standing.limit }),
          ...(to === undefined ? {} : { standingTo: to.label }),
          pays,
          lends,
          olderFirst,
          counterparties: others.list(0n).map(itemOf),
          debts: steps.debts(shown),
          rounds: steps.items(0n, shownRounds),
          convened: [...convened.values({ reverse: true, limit: shownRounds })],
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.keeper, this.state.others);
      },
      introduce(label: string, requestId: string) {
        return this.state.others.introduce(label, requestId);
      },
      introduceLink(label: string, requestId: string): ReturnType<BookKeeper['introduceLink']> {
        const { grantor, others } = this.state;
        if (grantor === undefined) return refuse('unsupported');
        const made = others.introduce(label, requestId);
        if (!made.ok) return made;
        const { introduction, counterparty } = made;
        return E.when(E(grantor).sturdy(introduction, { label: 'introduction' }), (secret) => ({
          secret,
          toPaste: true as const,
          goto: counterparty,
        }));
      },
      meet(
        introduction: Facet<Introduction>,
        label: string,
        requestId: string,
      ): Gone<CounterpartyKeeper> | Refusal {
        const met = this.state.others.meet(introduction, label, requestId);
        return met.ok ? { ok: true, goto: met.counterparty } : met;
      },
      meetBy(text: string, label: string, requestId: string): ReturnType<BookKeeper['meetBy']> {
        const { enlivener } = this.state;
        const { steps } = this.facets;
        if (enlivener === undefined) return refuse('unsupported');
        if (!isSturdyRef(text.trim())) return refuse('invalid');
        const opened = E(enlivener).enliven(text.trim());
        return E.when(opened, (introduction) => steps.met(introduction, label, requestId));
      },
      counterparties(after: bigint): readonly (CounterpartyItem & { number: bigint })[] {
        return this.state.others.list(after).map((one) => ({ number: one.number, ...itemOf(one) }));
      },
      attend(seat: Facet<Seat>, requestId: string): ReturnType<BookKeeper['attend']> {
        const { steps } = this.facets;
        return E.when(E(seat).terms(), (terms) => steps.admit(seat, terms, requestId));
      },
      attendBy(text: string, requestId: string): ReturnType<BookKeeper['attendBy']> {
        const { enlivener } = this.state;
        const { keeper } = this.facets;
        if (enlivener === undefined) return refuse('unsupported');
        if (!isSturdyRef(text.trim())) return refuse('invalid');
        // The cast says what was meant to be pasted; `admit` checks what it answers.
        const opened = E(enlivener).enliven(text.trim()) as Promise<Facet<Seat>>;
        return E.when(opened, (seat) => keeper.attend(seat, requestId));
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
      leaveIt(): Done {
        this.state.settings = { ...this.state.settings, standing: { kind: 'leave' } };
        return done;
      },
      recallUpTo(limit: bigint): Done {
        const standing = { kind: 'recall' as const, limit };
        this.state.settings = { ...this.state.settings, standing };
        return done;
      },
      recallInto(limit: bigint, fund: Facet<Fund>): Done {
        const standing = { kind: 'recall' as const, limit, fund };
        this.state.settings = { ...this.state.settings, standing };
        return done;
      },
      moveTo(counterparty: Facet<CounterpartyKeeper>, limit: bigint): Done | Refusal {
        const { state } = this;
        const to = numberOf(state.others, counterparty);
        if (to === undefined) return refuse('invalid');
        state.settings = { ...state.settings, standing: { kind: 'move', to, limit } };
        return done;
      },
      payUpTo(limit: bigint): Done {
        this.state.settings = { ...this.state.settings, pays: limit };
        return done;
      },
      lendAlongLines(lends: boolean): Done {
        this.state.settings = { ...this.state.settings, lends };
        return done;
      },
      startLending(): Done {
        return this.facets.keeper.lendAlongLines(true);
      },
      stopLending(): Done {
        return this.facets.keeper.lendAlongLines(false);
      },
      olderFirst(isOlderFirst: boolean): Done {
        this.state.settings = { ...this.state.settings, olderFirst: isOlderFirst };
        return done;
      },
      prefer(debt: Debt, atMost: bigint, priority: bigint): Done | Refusal {
        const { others, preferences } = this.state;
        for (const { keeper } of allOpen(others)) {
          if (keeper !== debt) continue;
          preferences.set(keeper.view().origin, { atMost, priority });
          // The map is not a part of this object: whoever follows the page is told by this.
          this.state.settings = { ...this.state.settings };
          return done;
        }
        return refuse('invalid');
      },
      rounds(before: bigint): readonly (RoundItem & { number: bigint })[] {
        return this.facets.steps.items(before, shown);
      },
      statement(after: bigint): Statement {
        const page = this.state.others.lodgeables(after, BigInt(shown));
        const rows = page.map(({ keeper }) => rowOf(keeper.view()));
        const last = page.at(-1);
        return page.length < shown || last === undefined
          ? { columns, rows }
          : { columns, rows, next: last.key };
      },
      looker(): Facet<BookLooker> {
        return this.facets.looker;
      },
      lookLink(): ReturnType<BookKeeper['lookLink']> {
        const { grantor } = this.state;
        if (grantor === undefined) return refuse('unsupported');
        const made = E(grantor).sturdy(this.facets.looker, { label: 'to look at the book' });
        return E.when(made, (secret) => ({ secret }));
      },
      journal(): Facet<JournalReader> {
        return this.state.journal.reader('P2');
      },
    },
    looker: {
      view(): ReturnType<BookLooker['view']> {
        const { name, others, settings } = this.state;
        const { steps } = this.facets;
        return {
          name,
          balances: balancesOf(others),
          standing: settings.standing.kind,
          debts: steps.debts(shown).map(({ debt: _debt, ...item }: DebtItem) => item),
          rounds: steps
            .items(0n, shownRounds)
            .map(({ round: _round, number: _number, ...item }: NumberedRound) => item),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.looker, this.state.others);
      },
      statement(after: bigint): Statement {
        return this.facets.keeper.statement(after);
      },
    },
    steps: {
      met(
        introduction: unknown,
        label: string,
        requestId: string,
      ): Gone<CounterpartyKeeper> | Refusal {
        // What the text opened may be anything; its answer is looked at by the counterparty.
        return this.facets.keeper.meet(introduction as Facet<Introduction>, label, requestId);
      },
      convened(title: string, convenor: Facet<Convenor>, requestId: string): Gone<Convenor> {
        const { convened, outcomes } = this.state;
        return once<Gone<Convenor>>(outcomes, 'convene', requestId, () => {
          convened.set(BigInt(convened.size()) + 1n, { title, convenor });
          this.state.settings = { ...this.state.settings };
          return { ok: true, goto: convenor };
        });
      },
      admit(seat: Facet<Seat>, announced: unknown, requestId: string): Gone<RoundKeeper> | Refusal {
        const { state } = this;
        const { listener, owner } = this.facets;
        return once<Gone<RoundKeeper> | Refusal>(state.outcomes, 'attend', requestId, () => {
          const { clock, timer, settings, others, attended, byTag, doubt, writer } = state;
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
      debts(limit: number): readonly DebtItem[] {
        const { others, preferences } = this.state;
        return others.lodgeables(0n, BigInt(limit)).map(({ keeper, kind }) => {
          const view = keeper.view();
          const amount = 'headroom' in view ? view.headroom : view.amount;
          return {
            what: view.what,
            with: view.with,
            kind,
            end: view.end,
            amount,
            unit: view.unit,
            locked: view.locked,
            atMost: preferences.get(view.origin)?.atMost ?? amount,
            debt: keeper,
          };
        });
      },
      items(before: bigint, limit: number): readonly NumberedRound[] {
        const { attended } = this.state;
        const range = { reverse: true, limit, ...(before === 0n ? {} : { to: before }) };
        return [...attended.entries(range)].map(([number, { attendance, page }]) => {
          return { number, ...attendance.summary(), round: page };
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
  readOnly: ['keeper.changes', 'looker.changes'],
});

type NumberedRound = RoundItem & { readonly number: bigint };
type BookState = {
  readonly others: Facet<CounterpartiesInside>;
  readonly settings: Settings;
  readonly preferences: DurableMap<string, Preference>;
  readonly clock: Clock;
};

const itemOf = ({
  label,
  phase,
  waiting,
  keeper,
}: ReturnType<CounterpartiesInside['list']>[number]): CounterpartyItem => ({
  label,
  phase,
  waiting,
  counterparty: keeper,
});

const balancesOf = (others: Facet<CounterpartiesInside>): readonly Balance[] =>
  others
    .balances()
    .map(({ unit, weOwe, theyOwe }) => ({ unit, weOwe, theyOwe, net: theyOwe - weOwe }));

const netOf = (others: Facet<CounterpartiesInside>, unit: string): bigint => {
  const { weOwe, theyOwe } = others.balance(unit);
  return theyOwe - weOwe;
};

/** All that is open, page by page, as far as it is walked through. */
function* allOpen(
  others: Facet<CounterpartiesInside>,
): Generator<ReturnType<CounterpartiesInside['lodgeables']>[number]> {
  for (let after = 0n; ;) {
    const page = others.lodgeables(after, 100n);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < 100) return;
    after = last.key;
  }
}

const numberOf = (
  others: Facet<CounterpartiesInside>,
  keeper: Facet<CounterpartyKeeper>,
): bigint | undefined => {
  for (let after = 0n; ;) {
    const page = others.list(after);
    const found = page.find((one) => one.keeper === keeper);
    if (found !== undefined) return found.number;
    const last = page.at(-1);
    if (last === undefined) return undefined;
    after = last.number;
  }
};

/** What is lodged with a round of one unit: the oldest first, as many as one message carries. */
const entriesFor = (
  { others, settings, preferences, clock }: BookState,
  unit: string,
  net: bigint,
): readonly Entry[] => {
  const now = clock.now();
  const entries: Entry[] = [];
  let movable = movableOf(settings, net);
  const withEach = new Map<bigint, number>();
  for (const { lodgeable, unit: itsUnit } of allOpen(others)) {
    if (itsUnit !== unit) continue;
    const offered = lodgeable.offer();
    if ('ok' in offered) continue;
    const offer = { ...offered, counterparty: lodgeable.counterparty().number() };
    const preference = preferences.get(offer.origin);
    const max = mostOf(offer, settings, preference, movable);
    const withThem = withEach.get(offer.counterparty) ?? 0;
    if (max === 0n || withThem >= maxLodgedWithOne) continue;
    withEach.set(offer.counterparty, withThem + 1);
    const { origin, kind, end, version } = offer;
    if (kind === 'line' && end === 'from' && !settings.lends) movable -= max;
    const priority = priorityOf(offer, settings, preference, now);
    entries.push({ lodgeable, lodged: { origin, kind, end, version, max, priority } });
    if (entries.length === maxLodged) break;
  }
  return entries;
};

/** Makes a poca's book, with nobody in it. */
export const makeBook = (options: BookOptions): Facet<BookKeeper> => makeBookKit(options).keeper;

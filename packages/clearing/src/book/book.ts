/**
 * A poca's book (SPEC C11 to C13): its counterparties, what they and it owe each other, and its part in
 * clearing rounds by its standing instruction.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import type { JournalKeeper, JournalReader, Refusal } from '@pocas/vat-runtime/actors';
import { makeJournal, refuse } from '@pocas/vat-runtime/actors';
import { makeCounterparties } from '../obligation/counterparties.ts';
import type {
  CounterpartiesInside,
  CounterpartyKeeper,
  Introduction,
  LineKeeper,
  ObligationKeeper,
} from '../obligation/types.ts';
import type { Seat } from '../round/types.ts';
import { BookKeeperI } from './book-guards.ts';
import { BookStepsI } from './inside-guards.ts';
import type { InstructionInside } from './instruction.ts';
import { makeInstruction } from './instruction.ts';
import { allOpen, balancesOf, itemOf, numberOf } from './known.ts';
import { BookLookerI } from './looker-guards.ts';
import type { RoundsInside } from './rounds.ts';
import { makeRounds } from './rounds.ts';
import { columns, rowOf } from './statement.ts';
import type {
  BookKeeper,
  BookLooker,
  BookPowers,
  BookView,
  CounterpartyItem,
  DebtItem,
  Done,
  Fund,
  Gone,
  RoundItem,
  Statement,
} from './types.ts';

/** Of each list on a page. A page names at most 100 + 100 + 10 + 10 references; one message may carry 256. */
const shown = 100;
const shownRounds = 10;

type Debt = Facet<ObligationKeeper> | Facet<LineKeeper>;

const done: Done = { ok: true };

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
    grantor: typed<Facet<Grantor> | undefined>(M.opt(M.remotable('grantor'))),
    enlivener: typed<Facet<Enlivener> | undefined>(M.opt(M.remotable('enlivener'))),
    journal: typed<Facet<JournalKeeper>>(M.remotable('journal')),
    others: typed<Facet<CounterpartiesInside>>(M.remotable('counterparties')),
    instruction: typed<Facet<InstructionInside>>(M.remotable('instruction')),
    rounds: typed<Facet<RoundsInside>>(M.remotable('rounds')),
  },
  init: (options: BookOptions) => {
    const { name, unit, doubt, secret, clock, timer, grantor, enlivener, roundMaker } = options;
    const { writer, keeper: journal } = makeJournal({ actorTag: 'book', clock, secret });
    const others = makeCounterparties({ clock, journal: writer });
    const instruction = makeInstruction();
    const rounds = makeRounds({
      ...{ name, unit, doubt, secret, clock, timer, roundMaker },
      ...{ writer, others, instruction },
    });
    return { name, grantor, enlivener, journal, others, instruction, rounds };
  },
  guards: {
    keeper: BookKeeperI,
    looker: BookLookerI,
    steps: BookStepsI,
  },
  facets: {
    keeper: {
      view(): BookView {
        const { name, others, instruction, rounds } = this.state;
        const { steps } = this.facets;
        const { standing, pays, lends, olderFirst } = instruction.settings();
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
          rounds: rounds.items(0n, shownRounds),
          convened: rounds.convened(shownRounds),
        };
      },
      changes(since?: string): Promise<string> {
        const { others, instruction, rounds } = this.state;
        return changed(since, this.facets.keeper, others, instruction, rounds);
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
        return this.state.rounds.attend(seat, requestId);
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
        return this.state.rounds.convene(title, lodging, patience, requestId);
      },
      leaveIt(): Done {
        this.state.instruction.change({ standing: { kind: 'leave' } });
        return done;
      },
      recallUpTo(limit: bigint): Done {
        const standing = { kind: 'recall' as const, limit };
        this.state.instruction.change({ standing });
        return done;
      },
      recallInto(limit: bigint, fund: Facet<Fund>): Done {
        const standing = { kind: 'recall' as const, limit, fund };
        this.state.instruction.change({ standing });
        return done;
      },
      moveTo(counterparty: Facet<CounterpartyKeeper>, limit: bigint): Done | Refusal {
        const { state } = this;
        const to = numberOf(state.others, counterparty);
        if (to === undefined) return refuse('invalid');
        state.instruction.change({ standing: { kind: 'move', to, limit } });
        return done;
      },
      payUpTo(limit: bigint): Done {
        this.state.instruction.change({ pays: limit });
        return done;
      },
      lendAlongLines(lends: boolean): Done {
        this.state.instruction.change({ lends });
        return done;
      },
      startLending(): Done {
        return this.facets.keeper.lendAlongLines(true);
      },
      stopLending(): Done {
        return this.facets.keeper.lendAlongLines(false);
      },
      olderFirst(isOlderFirst: boolean): Done {
        this.state.instruction.change({ olderFirst: isOlderFirst });
        return done;
      },
      prefer(debt: Debt, atMost: bigint, priority: bigint): Done | Refusal {
        const { others, instruction } = this.state;
        for (const { keeper } of allOpen(others)) {
          if (keeper !== debt) continue;
          instruction.prefer(keeper.view().origin, { atMost, priority });
          return done;
        }
        return refuse('invalid');
      },
      rounds(before: bigint): readonly (RoundItem & { number: bigint })[] {
        return this.state.rounds.items(before, shown);
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
        const { name, others, instruction, rounds } = this.state;
        const { steps } = this.facets;
        return {
          name,
          balances: balancesOf(others),
          standing: instruction.settings().standing.kind,
          debts: steps.debts(shown).map(({ debt: _debt, ...item }: DebtItem) => item),
          rounds: rounds
            .items(0n, shownRounds)
            .map(({ round: _round, number: _number, ...item }) => item),
        };
      },
      changes(since?: string): Promise<string> {
        const { others, instruction, rounds } = this.state;
        return changed(since, this.facets.looker, others, instruction, rounds);
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
      debts(limit: number): readonly DebtItem[] {
        const { others, instruction } = this.state;
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
            atMost: instruction.preferenceOf(view.origin)?.atMost ?? amount,
            debt: keeper,
          };
        });
      },
    },
  },
  readOnly: ['keeper.changes', 'looker.changes'],
});

/** Makes a poca's book, with nobody in it. */
export const makeBook = (options: BookOptions): Facet<BookKeeper> => makeBookKit(options).keeper;

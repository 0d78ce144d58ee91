/**
 * One loan without interest (SPEC F6).
 *
 * At every time principal = repaid + forgiven + absorbed + open, and what is open is the sum of what is open to
 * each lender, which is never more than that lender gave.
 */
import { M } from '@endo/patterns';
import { dayOf } from '@pocas/clearing/halves';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { divide } from '../fund/divide.ts';
import { type Taken, take, takeLast, valueOf } from '../fund/envelope.ts';
import { type Plan, dueBy, nextDue } from '../fund/plan.ts';
import { day, shown } from '../inside/shapes.ts';
import type { FocoInside, PurseInside } from '../inside/types.ts';
import { LoanI } from './guards.ts';
import type {
  KeptLoan,
  Loan,
  LoanBoard,
  LoanInside,
  LoanItem,
  LoanPhase,
  LoanView,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: { readonly ok: true } = { ok: true };

const maxLenders = 200;
const maxVouchers = 100;
const maxSaid = 200;
/** So long a funded loan waits for its borrower. */
const patience = 14n * day;
/** So long an instalment has to be late before a lender may call the rest lost. */
export const lostAfter: bigint = 90n * day;

/** `taken` is what is still out, by where it came from. */
type Lent = { readonly value: bigint; readonly taken: Taken };
type Proposal = { readonly plan: Plan; readonly from: bigint; readonly yes: readonly bigint[] };

const isRunning = (phase: LoanPhase): boolean => phase === 'running' || phase === 'rescheduled';

const makeLoanKit = defineActor({
  name: 'FocoLoan',
  state: {
    number: M.nat(),
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    board: typed<Facet<LoanBoard>>(M.remotable('board')),
    purse: typed<Facet<PurseInside>>(M.remotable('purse')),
    terms: typed<KeptLoan>(M.record()),
    at: typed<LoanPhase>(M.string()),
    lenders: typed<DurableMap<bigint, Lent>>(M.any()),
    vouchers: typed<DurableMap<bigint, Taken>>(M.any()),
    offered: M.nat(),
    repaid: M.nat(),
    forgiven: M.nat(),
    absorbed: M.nat(),
    covered: M.nat(),
    plan: typed<Plan | undefined>(M.opt(M.record())),
    /** Repaid and forgiven before the plan that holds. */
    before: M.nat(),
    proposal: typed<Proposal | undefined>(M.opt(M.record())),
    timer: typed<bigint | undefined>(M.opt(M.nat())),
    said: typed<readonly { readonly who: bigint; readonly words: string }[]>(M.arrayOf(M.record())),
  },
  init: (number: bigint, foco: Facet<FocoInside>, board: Facet<LoanBoard>, terms: KeptLoan) => ({
    ...{ number, foco, board, terms },
    purse: terms.to.purse(),
    at: 'asked' as LoanPhase,
    lenders: makeDurableMap<bigint, Lent>(),
    vouchers: makeDurableMap<bigint, Taken>(),
    ...{ offered: 0n, repaid: 0n, forgiven: 0n, absorbed: 0n, covered: 0n, before: 0n },
    plan: undefined as Plan | undefined,
    proposal: undefined as Proposal | undefined,
    timer: undefined as bigint | undefined,
    said: [] as readonly { readonly who: bigint; readonly words: string }[],
  }),
  guards: {
    public: LoanI,
    inside: M.interface('LoanInside', {}, { defaultGuards: 'passable' }),
    steps: M.interface('LoanSteps', {}, { defaultGuards: 'passable' }),
    sleeper: M.interface('LoanSleeper', { wake: M.call(M.string(), M.bigint()).returns() }),
  },
  facets: {
    public: {
      view(): LoanView {
        const { terms, foco, at, plan, lenders, vouchers, said, proposal, board } = this.state;
        const { offered, repaid, forgiven, absorbed, covered, purse } = this.state;
        const nameOf = (who: bigint): string => foco.share(who)?.name() ?? '';
        const next = isRunning(at) && plan !== undefined ? nextDue(plan, foco.now()) : undefined;
        return {
          ...{ what: terms.what, item: terms.item },
          borrower: nameOf(terms.borrower),
          whom: terms.to.name(),
          unit: purse.facts().unit,
          phase: at,
          principal: terms.principal,
          ...{ offered, repaid, forgiven, absorbed, covered },
          open: this.facets.steps.open(),
          instalments: plan?.instalments ?? terms.instalments,
          ...(next === undefined ? {} : this.facets.steps.next(next)),
          late: this.facets.steps.late(),
          ...(proposal === undefined
            ? {}
            : { proposed: `${proposal.plan.instalments} × ${proposal.plan.every / day} d` }),
          lenders: [...lenders.entries({ limit: shown })].map(([who, { value, taken }]) => ({
            ...{ name: nameOf(who), value, open: valueOf(taken) },
          })),
          vouchers: [...vouchers.entries({ limit: shown })].map(([who, taken]) => ({
            ...{ name: nameOf(who), value: valueOf(taken) },
          })),
          said: said.slice(-shown).map(({ who, words }) => ({ name: nameOf(who), words })),
          before: board.before(terms.borrower, this.facets.inside),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public, this.state.lenders, this.state.vouchers);
      },
      number(): bigint {
        return this.state.number;
      },
    },
    inside: {
      public(): Facet<Loan> {
        return this.facets.public;
      },
      item(): LoanItem {
        const { terms, foco, at, offered, repaid, purse } = this.state;
        return {
          what: terms.what,
          borrower: foco.share(terms.borrower)?.name() ?? '',
          unit: purse.facts().unit,
          phase: at,
          principal: terms.principal,
          ...{ offered, repaid },
          open: this.facets.steps.open(),
          late: this.facets.steps.late(),
          loan: this.facets.public,
        };
      },
      borrower(): bigint {
        return this.state.terms.borrower;
      },
      principal(): bigint {
        return this.state.terms.principal;
      },
      phase(): LoanPhase {
        return this.state.at;
      },
      start(): void {
        const { foco, terms } = this.state;
        foco.share(terms.borrower)?.open(1n);
        this.state.timer = foco.wakeAt(terms.until, this.facets.sleeper, 'fund');
      },
      lend(who: bigint, value: bigint): Done {
        const { state } = this;
        const { at, terms, lenders, offered, purse, foco } = state;
        if (at !== 'asked') return refuse('closed');
        if (who === terms.borrower) return refuse('unsupported');
        if (lenders.has(who)) return refuse('conflict');
        if (lenders.size() >= maxLenders) return refuse('quota');
        if (offered + value > terms.principal) return refuse('limit');
        const taken = purse.take(who, value, 'loans');
        if (taken === undefined) return refuse('insufficient');
        lenders.set(who, { value, taken });
        foco.share(who)?.open(1n);
        state.offered += value;
        this.facets.steps.fund();
        return ok;
      },
      vouch(who: bigint, value: bigint): Done {
        const { at, terms, vouchers, purse, foco } = this.state;
        if (at !== 'asked') return refuse('closed');
        if (who === terms.borrower) return refuse('unsupported');
        if (vouchers.has(who)) return refuse('conflict');
        if (vouchers.size() >= maxVouchers) return refuse('quota');
        const taken = purse.take(who, value, 'loans');
        if (taken === undefined) return refuse('insufficient');
        vouchers.set(who, taken);
        foco.share(who)?.open(1n);
        this.facets.steps.fund();
        return ok;
      },
      withdraw(who: bigint): Done {
        const { state } = this;
        const { at, lenders, vouchers, terms } = state;
        if (at !== 'asked') return refuse('closed');
        if (who === terms.borrower) {
          this.facets.steps.release('withdrawn');
          return ok;
        }
        const lent = lenders.get(who);
        if (lent === undefined && !vouchers.has(who)) return refuse('invalid');
        if (lent !== undefined) this.facets.steps.giveBack(who, 'lender');
        if (vouchers.has(who)) this.facets.steps.giveBack(who, 'voucher');
        return ok;
      },
      begin(who: bigint): Done {
        const { state } = this;
        const { at, terms, purse, number } = state;
        if (who !== terms.borrower) return refuse('unsupported');
        if (at !== 'funded') return refuse(at === 'asked' ? 'notYet' : 'closed');
        state.at = 'paying';
        purse.pay(terms.to.payee(), terms.principal, 'loans', this.facets.steps, number);
        return ok;
      },
      repay(who: bigint, value: bigint): Done {
        const { state } = this;
        const { at, lenders, purse, board } = state;
        if (!isRunning(at)) return refuse('closed');
        if (value > this.facets.steps.open()) return refuse('limit');
        // It moves within this turn: from the payer's envelope into those of the lenders.
        if (purse.take(who, value, 'loans') === undefined) return refuse('insufficient');
        this.facets.steps.toLenders(value);
        state.repaid += value;
        if (lenders.size() > 0 && this.facets.steps.open() === 0n) this.facets.steps.end();
        else board.ended(0n);
        return ok;
      },
      say(who: bigint, words: string): Done {
        const { state } = this;
        if (state.said.length >= maxSaid) return refuse('quota');
        if (state.said.filter((one) => one.who === who).length >= 50) return refuse('quota');
        state.said = [...state.said, { who, words }];
        return ok;
      },
      propose(who: bigint, instalments: bigint, every: bigint): Done {
        const { state } = this;
        const { at, terms, foco, timer } = state;
        if (who !== terms.borrower) return refuse('unsupported');
        if (!isRunning(at)) return refuse('closed');
        const open = this.facets.steps.open();
        if (instalments < 1n || instalments > 120n || every < day) return refuse('invalid');
        if (timer !== undefined) foco.cancel(timer);
        const first = foco.now() + every;
        const plan: Plan = { value: open, instalments, first, every };
        state.proposal = { plan, from: foco.now(), yes: [] };
        const until = foco.now() + foco.value('noticeWindow');
        state.timer = foco.wakeAt(until, this.facets.sleeper, 'plan');
        return ok;
      },
      answer(who: bigint, yes: boolean): Done {
        const { state } = this;
        const { proposal, lenders } = state;
        if (proposal === undefined) return refuse('closed');
        const lent = lenders.get(who);
        if (lent === undefined || valueOf(lent.taken) === 0n) return refuse('unsupported');
        if (!yes) {
          // The old plan stands, and the conversation goes on.
          state.proposal = undefined;
          return ok;
        }
        if (!proposal.yes.includes(who))
          state.proposal = { ...proposal, yes: [...proposal.yes, who] };
        const open = [...lenders.entries()].filter(([, { taken }]) => valueOf(taken) > 0n);
        if (open.every(([one]) => state.proposal!.yes.includes(one))) this.facets.steps.replan();
        return ok;
      },
      forgive(who: bigint, value: bigint): Done {
        const { state } = this;
        const { at, lenders } = state;
        const lent = lenders.get(who);
        if (!isRunning(at)) return refuse('closed');
        if (lent === undefined) return refuse('unsupported');
        const left = takeLast(lent.taken, value);
        if (left === undefined || value % state.purse.facts().step !== 0n) return refuse('limit');
        lenders.set(who, { ...lent, taken: left.left });
        state.forgiven += value;
        if (this.facets.steps.open() === 0n) this.facets.steps.end();
        return ok;
      },
      absorb(who: bigint, words: string): Done {
        const { state } = this;
        const { at, terms, lenders, foco, plan } = state;
        if (!isRunning(at)) return refuse('closed');
        if (who !== terms.borrower) {
          const lent = lenders.get(who);
          if (lent === undefined || valueOf(lent.taken) === 0n) return refuse('unsupported');
          const paid = state.repaid + state.forgiven - state.before;
          if (plan === undefined || dueBy(plan, foco.now() - lostAfter) <= paid)
            return refuse('notYet');
        }
        state.said = [...state.said, { who, words }];
        this.facets.steps.lose();
        return ok;
      },
    },
    steps: {
      open(): bigint {
        const { at, terms, repaid, forgiven, absorbed } = this.state;
        const hasBegun = isRunning(at) || ['repaid', 'forgiven', 'absorbed'].includes(at);
        return hasBegun ? terms.principal - repaid - forgiven - absorbed : 0n;
      },
      late(): bigint {
        const { at, plan, foco, repaid, forgiven, before } = this.state;
        if (!isRunning(at) || plan === undefined) return 0n;
        const missing = dueBy(plan, foco.now()) - (repaid + forgiven - before);
        return missing > 0n ? missing : 0n;
      },
      next({ at, paid }: { readonly at: bigint; readonly paid: bigint }): {
        readonly next: string;
        readonly nextValue: bigint;
      } {
        const { repaid, forgiven, before } = this.state;
        const missing = paid - (repaid + forgiven - before);
        return { next: dayOf(at), nextValue: missing > 0n ? missing : 0n };
      },
      fund(): void {
        const { state } = this;
        const { terms, offered, vouchers, foco, timer } = state;
        if (offered < terms.principal || BigInt(vouchers.size()) < terms.vouchers) return;
        state.at = 'funded';
        if (timer !== undefined) foco.cancel(timer);
        state.timer = foco.wakeAt(foco.now() + patience, this.facets.sleeper, 'fund');
        foco.touch();
      },
      paid(): void {
        const { state } = this;
        const { terms, foco, timer } = state;
        state.at = 'running';
        terms.to.paid(terms.principal);
        if (timer !== undefined) foco.cancel(timer);
        state.timer = undefined;
        const { principal: value, instalments, every } = terms;
        state.plan = { value, instalments, first: foco.now() + every, every };
        foco.record('loan', { what: terms.what, value }, 'P1');
        this.facets.steps.windDue();
        foco.touch();
      },
      /** Looks at the next day on which something is due whether it was paid. */
      windDue(): void {
        const { plan, foco } = this.state;
        const next = plan === undefined ? undefined : nextDue(plan, foco.now());
        if (next !== undefined) foco.wakeAt(next.at, this.facets.sleeper, `due ${plan!.first}`);
      },
      /** Late: all whom it concerns hear of it, and nothing else happens. */
      due(): void {
        const { foco, terms, lenders } = this.state;
        const value = this.facets.steps.late();
        if (value > 0n)
          for (const who of [terms.borrower, ...lenders.keys()])
            foco.share(who)?.heard({ what: 'loan', name: terms.what, value, how: 'late' });
        this.facets.steps.windDue();
        foco.touch();
      },
      unpaid(): void {
        // The ledger did not pay it: the borrower can try again, until patience ends.
        const { state } = this;
        state.at = 'funded';
        if (state.timer === undefined) this.facets.steps.release('withdrawn');
      },
      /** Divides by what is still open to each, by largest remainder: nobody gets more than they gave. */
      toLenders(value: bigint): void {
        const { lenders, purse } = this.state;
        const all = [...lenders.entries()];
        const parts = divide(
          value,
          all.map(([, { taken }]) => valueOf(taken)),
          purse.facts().step,
        );
        all.forEach(([who, lent], index) => {
          const { taken, left } = takeLast(lent.taken, parts[index]!)!;
          lenders.set(who, { ...lent, taken: left });
          purse.putBack(who, taken, 'loans');
        });
      },
      replan(): void {
        const { state } = this;
        const { proposal, foco, timer } = state;
        if (proposal === undefined) return;
        if (timer !== undefined) foco.cancel(timer);
        state.timer = undefined;
        // What was paid since it was proposed counts for it.
        state.plan = { ...proposal.plan, value: this.facets.steps.open() };
        state.before = state.repaid + state.forgiven;
        state.proposal = undefined;
        state.at = 'rescheduled';
        this.facets.steps.windDue();
        foco.touch();
      },
      lose(): void {
        const { state } = this;
        const { vouchers, purse } = state;
        const open = this.facets.steps.open();
        const stated = [...vouchers.entries()];
        const all = stated.reduce((sum, [, taken]) => sum + valueOf(taken), 0n);
        const covered = all < open ? all : open;
        if (covered > 0n) {
          const parts = divide(
            covered,
            stated.map(([, taken]) => valueOf(taken)),
            purse.facts().step,
          );
          stated.forEach(([who, taken], index) => {
            vouchers.set(who, take(taken, parts[index]!)!.left);
          });
          this.facets.steps.toLenders(covered);
        }
        state.covered = covered;
        state.absorbed = open;
        this.facets.steps.end();
      },
      /** It is over: what those who vouched have left goes back. */
      end(): void {
        const { state } = this;
        const { absorbed, forgiven, lenders, vouchers, foco, terms, timer } = state;
        state.at = absorbed > 0n ? 'absorbed' : forgiven > 0n ? 'forgiven' : 'repaid';
        state.proposal = undefined;
        if (timer !== undefined) foco.cancel(timer);
        state.timer = undefined;
        for (const who of [...vouchers.keys()]) this.facets.steps.giveBack(who, 'voucher');
        for (const [who, lent] of [...lenders.entries()]) {
          const lost = valueOf(lent.taken);
          const share = foco.share(who);
          share?.open(-1n);
          share?.heard({ what: 'loan', name: terms.what, value: lent.value - lost, how: 'back' });
        }
        foco.share(terms.borrower)?.open(-1n);
        foco.record('loan over', { what: terms.what, how: state.at }, 'P1');
        state.board.ended(state.number);
      },
      /** It never began. */
      release(at: 'withdrawn'): void {
        const { state } = this;
        const { lenders, vouchers, foco, terms, timer } = state;
        if (timer !== undefined) foco.cancel(timer);
        state.timer = undefined;
        for (const who of [...lenders.keys()]) this.facets.steps.giveBack(who, 'lender');
        for (const who of [...vouchers.keys()]) this.facets.steps.giveBack(who, 'voucher');
        state.at = at;
        foco.share(terms.borrower)?.open(-1n);
        state.board.ended(state.number);
      },
      giveBack(who: bigint, as: 'lender' | 'voucher'): void {
        const { state } = this;
        const { lenders, vouchers, purse, foco } = state;
        const taken = as === 'lender' ? lenders.get(who)!.taken : vouchers.get(who)!;
        if (as === 'lender') {
          state.offered -= lenders.get(who)!.value;
          lenders.delete(who);
        } else vouchers.delete(who);
        purse.putBack(who, taken, 'loans');
        foco.share(who)?.open(-1n);
      },
    },
    sleeper: {
      wake(what: string): void {
        const { state } = this;
        if (what.startsWith('due ')) {
          // That of a plan that was replaced is over.
          if (isRunning(state.at) && what === `due ${state.plan!.first}`) this.facets.steps.due();
          return;
        }
        state.timer = undefined;
        if (what === 'plan') {
          // Nobody has objected.
          this.facets.steps.replan();
        } else if (state.at === 'asked' || state.at === 'funded') {
          this.facets.steps.release('withdrawn');
        }
      },
    },
  },
  readOnly: ['public.changes'],
});

export const makeLoan = (
  number: bigint,
  foco: Facet<FocoInside>,
  board: Facet<LoanBoard>,
  terms: KeptLoan,
): Facet<LoanInside> => makeLoanKit(number, foco, board, terms).inside;

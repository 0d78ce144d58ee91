/**
 * An obligation between two pocas (SPEC C11, C13): this side's half of it, as an actor.
 *
 * How it changes stands in half.ts. Here each change is written down, said to the other side and told
 * to whoever keeps account of it, in the turn in which it happens.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import { dayOf } from '@pocas/vat-runtime/verify';
import type { Receipt, Refusal, RefusalCode } from '@pocas/vat-runtime/actors';
import { once, refuse } from '@pocas/vat-runtime/actors';
import type { Half, HalfAct, HalfStep, Note } from './half.ts';
import { act, apply, hear, lock, lodgeable, newHalf, release, unlodgeable } from './half.ts';
import type { LineInside, ObligationInside, PairInside } from './inside.ts';
import { groupOf, insideGuard } from './inside.ts';
import { isHalfMessage } from './messages.ts';
import type { AnyDeal } from './messages.ts';
import { AskedI, ClaimI, DebtI, LodgeableI, ObligationI, ProposedI } from './obligation-guards.ts';
import { makeSetoff } from './setoff.ts';
import type { Taken } from './taking.ts';
import { doneOr, heldAgain, ok, writeDown } from './taking.ts';
import { roles } from './words.ts';
import type {
  CounterpartyInside,
  Done,
  End,
  LodgeableInside,
  ObligationKeeper,
  ObligationView,
  Setoff,
  SharedState,
  Terms,
} from './types.ts';

type State = {
  readonly key: bigint;
  readonly terms: Terms;
  readonly pair: Facet<PairInside>;
  readonly line: Facet<LineInside> | undefined;
  half: Half;
  setoff: Facet<Setoff> | undefined;
};

/** Takes a step: what it writes down, says and changes, all of it in this turn. */
const take = (state: State, step: HalfStep): Taken => {
  if (!step.ok) return refuse(step.code);
  const { key, terms, pair, line, half: before } = state;
  const { half: after, say, notes } = step;
  const { origin, unit } = terms;
  state.half = after;
  if (after.lock === undefined) state.setoff = undefined;
  const { end, version, amount } = after;
  const receipt = writeDown(state, 'obligation', { end, version, amount }, notes);
  if (say !== undefined) pair.say({ origin, ...say });
  if (line !== undefined) {
    const waited = groupOf(before.phase) === 'proposed' && groupOf(after.phase) !== 'proposed';
    if (waited) line.drawEnded(before.agreed, after.phase === 'open');
    if (before.amount > after.amount) line.fell(before.amount - after.amount);
  }
  pair.moved({
    ...{ key, origin, kind: 'obligation', end: after.end, unit },
    before: { group: groupOf(before.phase), amount: before.amount },
    after: { group: groupOf(after.phase), amount: after.amount },
  });
  return { ok: true, receipt };
};

export type ObligationOptions = {
  readonly key: bigint;
  readonly terms: Terms;
  readonly end: End;
  /** Whether it was proposed from here. */
  readonly ours: boolean;
  readonly phase: 'proposed' | 'asked' | 'open';
  readonly pair: Facet<PairInside>;
  readonly outcomes: DurableMap<string, unknown>;
  readonly line?: Facet<LineInside> | undefined;
  readonly met?: boolean;
};

const makeObligationKit = defineActor({
  name: 'ObligationHalf',
  state: {
    key: M.nat(),
    terms: typed<Terms>(M.record()),
    half: typed<Half>(M.record()),
    pair: typed<Facet<PairInside>>(M.remotable('pair')),
    line: typed<Facet<LineInside> | undefined>(M.opt(M.remotable('line'))),
    setoff: typed<Facet<Setoff> | undefined>(M.opt(M.remotable('setoff'))),
    /** Why the other side's book refused it. */
    why: typed<string>(M.string()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: ({ key, terms, end, ours, phase, pair, outcomes, line, met }: ObligationOptions) => ({
    key,
    terms,
    half: newHalf(end, ours, phase, terms.amount, met),
    pair,
    line,
    setoff: undefined,
    why: '',
    outcomes,
  }),
  guards: {
    obligation: ObligationI,
    asked: AskedI,
    proposed: ProposedI,
    debt: DebtI,
    claim: ClaimI,
    lodgeable: LodgeableI,
    half: insideGuard('ObligationInside'),
  },
  facets: {
    obligation: {
      view(): ObligationView {
        const { terms, half, pair, why } = this.state;
        const { origin, unit, what, due } = terms;
        const { end, agreed, amount, phase, version, stated, lock: held } = half;
        return {
          with: pair.label(),
          ...{ end, what, unit, agreed, amount, due, day: dayOf(due), phase, version, origin },
          ...(stated === undefined ? {} : { stated: { by: stated.by, value: stated.value } }),
          ...(why === '' ? {} : { why }),
          locked: held !== undefined,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.obligation);
      },
      accept(requestId: string): Done | Refusal {
        return this.facets.half.act({ act: 'accept' }, requestId);
      },
      decline(requestId: string): Done | Refusal {
        return this.facets.half.act({ act: 'decline' }, requestId);
      },
      withdraw(requestId: string): Done | Refusal {
        return this.facets.half.act({ act: 'withdraw' }, requestId);
      },
      paid(value: bigint, requestId: string): Done | Refusal {
        if (this.state.half.end !== 'from') return refuse('unsupported');
        return this.facets.half.act({ act: 'state', value }, requestId);
      },
      received(value: bigint, requestId: string): Done | Refusal {
        if (this.state.half.end !== 'to') return refuse('unsupported');
        return this.facets.half.act({ act: 'state', value }, requestId);
      },
      retract(requestId: string): Done | Refusal {
        return this.facets.half.act({ act: 'retract' }, requestId);
      },
      deny(requestId: string): Done | Refusal {
        return this.facets.half.act({ act: 'deny' }, requestId);
      },
      forgive(value: bigint, requestId: string): Done | Refusal {
        return this.facets.half.act({ act: 'forgive', value }, requestId);
      },
    },
    // What can be done with it in each phase, for lists of pages. Each is a part of the facet above.
    asked: {
      accept(requestId: string): Done | Refusal {
        return this.facets.obligation.accept(requestId);
      },
      decline(requestId: string): Done | Refusal {
        return this.facets.obligation.decline(requestId);
      },
    },
    proposed: {
      withdraw(requestId: string): Done | Refusal {
        return this.facets.obligation.withdraw(requestId);
      },
    },
    debt: {
      paid(value: bigint, requestId: string): Done | Refusal {
        return this.facets.obligation.paid(value, requestId);
      },
      retract(requestId: string): Done | Refusal {
        return this.facets.obligation.retract(requestId);
      },
      deny(requestId: string): Done | Refusal {
        return this.facets.obligation.deny(requestId);
      },
    },
    claim: {
      received(value: bigint, requestId: string): Done | Refusal {
        return this.facets.obligation.received(value, requestId);
      },
      retract(requestId: string): Done | Refusal {
        return this.facets.obligation.retract(requestId);
      },
      deny(requestId: string): Done | Refusal {
        return this.facets.obligation.deny(requestId);
      },
      forgive(value: bigint, requestId: string): Done | Refusal {
        return this.facets.obligation.forgive(value, requestId);
      },
    },
    lodgeable: {
      offer(): ReturnType<LodgeableInside['offer']> {
        const { terms, half } = this.state;
        const against = unlodgeable(half);
        if (against !== undefined) return refuse(against);
        const { origin, unit, due } = terms;
        const { end, version } = half;
        return { origin, kind: 'obligation', end, unit, version, max: lodgeable(half), due };
      },
      lock(tag: string, version: bigint, max: bigint): ReturnType<LodgeableInside['lock']> {
        const { state } = this;
        const again = heldAgain(state, tag, version, max);
        if (again !== undefined) return { ok: true, setoff: again };
        const taken = take(state, lock(state.half, tag, version, max));
        if (!taken.ok) return taken;
        const { setoff } = makeSetoff(this.facets.half, tag);
        state.setoff = setoff;
        return { ok: true, setoff };
      },
      counterparty(): Facet<CounterpartyInside> {
        return this.state.pair.inside();
      },
    },
    half: {
      key(): bigint {
        return this.state.key;
      },
      kind(): 'obligation' {
        return 'obligation';
      },
      lodgeable(): Facet<LodgeableInside> {
        return this.facets.lodgeable;
      },
      act(what: HalfAct, requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done | Refusal>(state.outcomes, `${what.act} ${state.key}`, requestId, () =>
          doneOr(take(state, act(state.half, what, state.pair.limits().acts))),
        );
      },
      heard(deal: AnyDeal): Done | Refusal {
        if (deal.act === 'propose' || deal.act === 'drawn') return refuse('invalid');
        if (!isHalfMessage(deal)) return refuse('invalid');
        const { state } = this;
        return doneOr(take(state, hear(state.half, deal, state.pair.limits().acts)));
      },
      refused(said: string, number: bigint, code: RefusalCode): void {
        const { state } = this;
        const { half } = state;
        const { phase, stated } = half;
        const step = (after: Half, notes: readonly Note[]): HalfStep => ({
          ok: true,
          half: after,
          notes,
        });
        if (said === 'propose' && (phase === 'proposed' || phase === 'withdrawing')) {
          state.why = code;
          const declined: Half = { ...half, phase: 'declined' };
          take(state, step(declined, [{ kind: 'declined', by: 'them' }]));
        } else if (said === 'withdraw' && phase === 'withdrawing') {
          // It is not there, and messages come in order: so it never will be.
          const withdrawn: Half = { ...half, phase: 'withdrawn' };
          take(state, step(withdrawn, [{ kind: 'withdrawn', by: 'them' }]));
        } else if (said === 'stated' && stated?.by === 'us' && stated.number === number) {
          const denied: Half = { ...half, stated: undefined };
          take(state, step(denied, [{ kind: 'denied', value: stated.value, by: 'them' }]));
        }
      },
      mend(
        there: { readonly version: bigint; readonly amount: bigint } | undefined,
      ): Done | Refusal {
        const { state } = this;
        const { acts } = state.pair.limits();
        const what: HalfAct = there === undefined ? { act: 'drop' } : { act: 'mend', ...there };
        return doneOr(take(state, act(state.half, what, acts)));
      },
      meet(value: bigint): Done | Refusal {
        const { state } = this;
        if (value !== state.half.agreed) return refuse('conflict');
        if (!state.half.met) state.half = { ...state.half, met: true };
        return ok;
      },
      applySetoff(tag: string, value: bigint): Receipt | Refusal {
        const { state } = this;
        if (state.half.lock?.tag !== tag) return refuse('closed');
        const taken = take(state, apply(state.half, value));
        return taken.ok ? taken.receipt! : taken;
      },
      releaseSetoff(tag: string): void {
        const { state } = this;
        if (state.half.lock?.tag === tag) take(state, release(state.half));
      },
      shared(): SharedState {
        const { terms, half } = this.state;
        const { phase, version, amount, lock: held } = half;
        const group = groupOf(phase);
        const isAgreed = phase === 'cleared' || group === 'open';
        return {
          origin: terms.origin,
          kind: 'obligation',
          phase: isAgreed ? 'agreed' : group,
          ...{ version, amount, locked: held !== undefined },
        };
      },
      item(): object {
        const { half } = this.state;
        const { obligation, asked, proposed, debt, claim } = this.facets;
        const { what, end, amount, unit, day, phase, stated, locked } = obligation.view();
        const act = {
          asked,
          proposed,
          open: half.end === 'from' ? debt : claim,
          over: undefined,
        }[groupOf(phase)];
        return {
          role: roles.obligation[end],
          ...{ what, amount, unit, day, phase, locked, obligation },
          stated: stated === undefined ? 'no' : stated.by,
          statedValue: stated?.value ?? 0n,
          ...(act === undefined ? {} : { act }),
        };
      },
    },
  },
  readOnly: ['obligation.changes'],
});

export type ObligationKit = {
  readonly obligation: Facet<ObligationKeeper>;
  readonly lodgeable: Facet<LodgeableInside>;
  readonly half: Facet<ObligationInside>;
};

/** Makes this side's half, and enters it in the account of its counterparty. */
export const makeObligation = (options: ObligationOptions): ObligationKit => {
  const { obligation, lodgeable, half } = makeObligationKit(options);
  return { obligation, lodgeable, half };
};

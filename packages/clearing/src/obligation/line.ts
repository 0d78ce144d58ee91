/**
 * A credit line between two pocas (SPEC C11): this side's half of it, as an actor.
 * How it changes stands in line-half.ts.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import { dayOf } from '@pocas/vat-runtime/verify';
import type { Receipt, Refusal, RefusalCode } from '@pocas/vat-runtime/actors';
import { once, refuse } from '@pocas/vat-runtime/actors';
import type { LineInside, PairInside } from './inside.ts';
import { groupOf, insideGuard } from './inside.ts';
import { BorrowerI, LenderI, LineAskedI, LineI, LineProposedI } from './line-guards.ts';
import type { LineHalf, LineStep } from './line-half.ts';
import {
  applyLine,
  draw,
  drawEnded,
  fell,
  headroom,
  hearDraw,
  hearLine,
  lineAct,
  lineUnlodgeable,
  lockLine,
  newLineHalf,
  noteDrawn,
  releaseLine,
} from './line-half.ts';
import type { AnyDeal } from './messages.ts';
import { isLineMessage } from './messages.ts';
import { LodgeableI } from './obligation-guards.ts';
import { makeSetoff } from './setoff.ts';
import type { Taken } from './taking.ts';
import { doneOr, heldAgain, writeDown } from './taking.ts';
import { originOfRound, otherEnd } from './terms.ts';
import { roles } from './words.ts';
import type {
  CounterpartyInside,
  Done,
  Drawn,
  End,
  LineKeeper,
  LineView,
  LodgeableInside,
  Setoff,
  SharedState,
  Terms,
} from './types.ts';

type State = {
  readonly key: bigint;
  readonly terms: Terms;
  readonly pair: Facet<PairInside>;
  half: LineHalf;
  setoff: Facet<Setoff> | undefined;
};

/** Takes a step: what it writes down, says and changes, all of it in this turn. */
const take = (state: State, step: LineStep): Taken => {
  if (!step.ok) return refuse(step.code);
  const { key, terms, pair, half: before } = state;
  const { half: after, say, notes } = step;
  const { origin, unit } = terms;
  state.half = after;
  if (after.lock === undefined) state.setoff = undefined;
  const { end, version, limit } = after;
  const receipt = writeDown(state, 'line', { end, version, limit }, notes);
  if (say !== undefined) pair.say({ origin, ...say });
  pair.moved({
    ...{ key, origin, kind: 'line', end: after.end, unit },
    before: { group: groupOf(before.phase), amount: 0n },
    after: { group: groupOf(after.phase), amount: 0n },
  });
  return { ok: true, receipt };
};

export type LineOptions = {
  readonly key: bigint;
  readonly terms: Terms;
  readonly end: End;
  readonly ours: boolean;
  readonly pair: Facet<PairInside>;
  readonly outcomes: DurableMap<string, unknown>;
};

const makeLineKit = defineActor({
  name: 'LineHalf',
  state: {
    key: M.nat(),
    terms: typed<Terms>(M.record()),
    half: typed<LineHalf>(M.record()),
    pair: typed<Facet<PairInside>>(M.remotable('pair')),
    setoff: typed<Facet<Setoff> | undefined>(M.opt(M.remotable('setoff'))),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: ({ key, terms, end, ours, pair, outcomes }: LineOptions) => ({
    key,
    terms,
    half: newLineHalf(end, ours, terms.amount),
    pair,
    setoff: undefined,
    outcomes,
  }),
  guards: {
    line: LineI,
    asked: LineAskedI,
    proposed: LineProposedI,
    lender: LenderI,
    borrower: BorrowerI,
    lodgeable: LodgeableI,
    half: insideGuard('LineInside'),
  },
  facets: {
    line: {
      view(): LineView {
        const { terms, half, pair } = this.state;
        const { origin, unit, what, due } = terms;
        const { end, limit, owed, phase, version, lock } = half;
        return {
          with: pair.label(),
          ...{ end, what, unit, limit, owed, headroom: headroom(half), due, day: dayOf(due) },
          ...{ phase, version, origin, locked: lock !== undefined },
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.line);
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
      draw(amount: bigint, what: string, due: bigint, requestId: string): Drawn | Refusal {
        const { state } = this;
        const { half: inside } = this.facets;
        const { key, terms, pair, outcomes } = state;
        return once<Drawn | Refusal>(outcomes, `draw ${key}`, requestId, () => {
          if (due > terms.due) return refuse('invalid');
          const step = draw(state.half, amount);
          if (!step.ok) return refuse(step.code);
          const { unit, origin } = terms;
          const drawn = pair.draw(inside, { unit, amount, due, what }, origin, requestId);
          if (drawn.ok) take(state, step);
          return drawn;
        });
      },
      borrow(amount: bigint, what: string, requestId: string): Drawn | Refusal {
        return this.facets.line.draw(amount, what, this.state.terms.due, requestId);
      },
      lower(limit: bigint, requestId: string): Done | Refusal {
        return this.facets.half.act({ act: 'lower', limit }, requestId);
      },
      end(requestId: string): Done | Refusal {
        return this.facets.half.act({ act: 'end' }, requestId);
      },
    },
    // What can be done with it in each phase, for lists of pages. Each is a part of the facet above.
    asked: {
      accept(requestId: string): Done | Refusal {
        return this.facets.line.accept(requestId);
      },
      decline(requestId: string): Done | Refusal {
        return this.facets.line.decline(requestId);
      },
    },
    proposed: {
      withdraw(requestId: string): Done | Refusal {
        return this.facets.line.withdraw(requestId);
      },
    },
    lender: {
      lower(limit: bigint, requestId: string): Done | Refusal {
        return this.facets.line.lower(limit, requestId);
      },
      end(requestId: string): Done | Refusal {
        return this.facets.line.end(requestId);
      },
    },
    borrower: {
      borrow(amount: bigint, what: string, requestId: string): Drawn | Refusal {
        return this.facets.line.borrow(amount, what, requestId);
      },
      end(requestId: string): Done | Refusal {
        return this.facets.line.end(requestId);
      },
    },
    lodgeable: {
      offer(): ReturnType<LodgeableInside['offer']> {
        const { terms, half } = this.state;
        const against = lineUnlodgeable(half);
        if (against !== undefined) return refuse(against);
        const { origin, unit, due } = terms;
        const { end, version } = half;
        return { origin, kind: 'line', end, unit, version, max: headroom(half), due };
      },
      lock(tag: string, version: bigint, max: bigint): ReturnType<LodgeableInside['lock']> {
        const { state } = this;
        const { half: before, pair, terms } = state;
        const again = heldAgain(state, tag, version, max);
        if (again !== undefined) return { ok: true, setoff: again };
        // A round makes one obligation under a line: this one has made it.
        if (pair.has(originOfRound(tag, terms.origin))) return refuse('closed');
        const taken = take(state, lockLine(before, tag, version, max));
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
      kind(): 'line' {
        return 'line';
      },
      lodgeable(): Facet<LodgeableInside> {
        return this.facets.lodgeable;
      },
      act(what: Parameters<typeof lineAct>[1], requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done | Refusal>(state.outcomes, `${what.act} ${state.key}`, requestId, () =>
          doneOr(take(state, lineAct(state.half, what, state.pair.limits().acts))),
        );
      },
      heard(deal: AnyDeal): Done | Refusal {
        const { state } = this;
        if (deal.act === 'propose') return refuse('invalid');
        if (deal.act === 'drawn') {
          const { tag, value } = deal;
          const { pair, half } = state;
          const made = originOfRound(tag, deal.origin);
          if (pair.has(made)) return pair.meet(made, value);
          return doneOr(take(state, noteDrawn(half, tag, value)));
        }
        if (!isLineMessage(deal)) return refuse('invalid');
        return doneOr(take(state, hearLine(state.half, deal, state.pair.limits().acts)));
      },
      refused(said: string, _number: bigint, _code: RefusalCode): void {
        const { state } = this;
        const { half } = state;
        const isOpen = groupOf(half.phase) === 'proposed';
        if (!isOpen || (said !== 'propose' && said !== 'withdraw')) return;
        const kind = said === 'propose' ? 'declined' : 'withdrawn';
        take(state, { ok: true, half: { ...half, phase: kind }, notes: [{ kind, by: 'them' }] });
      },
      mend(): Refusal {
        return refuse('unsupported');
      },
      drawn(amount: bigint, due: bigint, unit: string): Done | Refusal {
        const { state } = this;
        const { terms } = state;
        if (due > terms.due || unit !== terms.unit) return refuse('invalid');
        return doneOr(take(state, hearDraw(state.half, amount)));
      },
      drawEnded(amount: bigint, made: boolean): void {
        const { state } = this;
        take(state, { ok: true, half: drawEnded(state.half, amount, made), notes: [] });
      },
      fell(value: bigint): void {
        const { state } = this;
        take(state, { ok: true, half: fell(state.half, value), notes: [] });
      },
      applySetoff(tag: string, value: bigint): Receipt | Refusal {
        const { state } = this;
        const { half: before, terms, pair } = state;
        if (before.lock?.tag !== tag) return refuse('closed');
        const step = applyLine(before, value);
        const taken = take(state, step);
        if (!taken.ok) return taken;
        if (value > 0n) {
          const { unit, due, what, origin: lineOrigin } = terms;
          const origin = originOfRound(tag, lineOrigin);
          const met = before.noted?.value === value;
          pair.say({ act: 'drawn', origin: lineOrigin, tag, value });
          const made = { origin, unit, amount: value, due, what };
          pair.make(this.facets.half, otherEnd(before.end), made, met);
        }
        return taken.receipt!;
      },
      releaseSetoff(tag: string): void {
        const { state } = this;
        if (state.half.lock?.tag === tag) take(state, releaseLine(state.half));
      },
      shared(): SharedState {
        const { terms, half } = this.state;
        const { phase, version, limit: amount, lock } = half;
        const group = groupOf(phase);
        const isAgreed = phase === 'open' || phase === 'ended';
        return {
          origin: terms.origin,
          kind: 'line',
          phase: isAgreed || group === 'open' ? 'agreed' : group,
          ...{ version, amount, locked: lock !== undefined },
        };
      },
      item(): object {
        const { line, asked, proposed, lender, borrower } = this.facets;
        const { what, end, limit, owed, headroom: room, unit, day, phase, locked } = line.view();
        const act = {
          asked,
          proposed,
          open: end === 'from' ? lender : borrower,
          over: undefined,
        }[groupOf(phase)];
        return {
          role: roles.line[end],
          // Of a proposal.
          amount: limit,
          ...{ what, limit, owed, headroom: room, unit, day, phase, locked, line },
          ...(act === undefined ? {} : { act }),
        };
      },
    },
  },
  readOnly: ['line.changes'],
});

export type LineKit = {
  readonly line: Facet<LineKeeper>;
  readonly lodgeable: Facet<LodgeableInside>;
  readonly half: Facet<LineInside>;
};

/** Makes this side's half of a line that is proposed, from here or by the other side. */
export const makeLine = (options: LineOptions): LineKit => {
  const { line, lodgeable, half } = makeLineKit(options);
  return { line, lodgeable, half };
};

/**
 * One participant's pledge in a bulk-buy: a range, and the hold that covers the most of it at the highest
 * price. Only the buy decides the hold (`inside` stays in this room); the organiser never does.
 */
import { M } from '@endo/patterns';
import type { Decider, Payee } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { Range } from './allot.ts';
import type { BulkInside, PledgeInside } from './inside.ts';
import { BulkPledgeI, PledgeInsideI } from './pledge-guards.ts';
import type { BulkDeskView, BulkPledge, PledgeView } from './types.ts';

/** Thrown, so that what was set aside before stays so: the call is undone as a whole. */
export const tooMuch = 'Cannot pledge: the value could not be set aside';

type Done = { readonly ok: true } | Refusal;

const makePledgeKit = defineActor({
  name: 'BulkPledge',
  state: {
    buy: typed<Facet<BulkInside>>(M.remotable('buy')),
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    supplier: typed<Facet<Payee>>(M.remotable('payee')),
    range: typed<Range>(M.record()),
    decider: typed<Facet<Decider> | undefined>(M.any()),
    /** What is set aside. */
    value: M.nat(),
    units: M.nat(),
    paid: M.nat(),
    isCollected: M.boolean(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    buy: Facet<BulkInside>,
    market: Facet<MarketInside>,
    member: Facet<MemberInside>,
    supplier: Facet<Payee>,
  ) => ({
    ...{ buy, market, member, supplier },
    range: { min: 0n, max: 0n } as Range,
    decider: undefined as Facet<Decider> | undefined,
    ...{ value: 0n, units: 0n, paid: 0n, isCollected: false },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { pledge: BulkPledgeI, inside: PledgeInsideI },
  facets: {
    pledge: {
      view(): PledgeView {
        const { buy, range, units, paid, value, isCollected } = this.state;
        return { ...buy.view(), ...range, units, paid: paid + value, isCollected };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.pledge, this.state.buy);
      },
      change(min: bigint, max: bigint, requestId: string): Done {
        const { buy, member, outcomes } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'change', requestId, () =>
          buy.change(member.number(), { min, max }),
        );
      },
      withdraw(requestId: string): Done {
        const { buy, member, outcomes } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'withdraw', requestId, () =>
          buy.withdraw(member.number()),
        );
      },
      collect(requestId: string): Done {
        const { buy, member, outcomes } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'collect', requestId, () =>
          buy.collect(member.number()),
        );
      },
    },
    inside: {
      member(): Facet<MemberInside> {
        return this.state.member;
      },
      pledge(): Facet<BulkPledge> {
        return this.facets.pledge;
      },
      range(): Range {
        return this.state.range;
      },
      units(): bigint {
        return this.state.units;
      },
      paid(): bigint {
        return this.state.paid;
      },
      isCollected(): boolean {
        return this.state.isCollected;
      },
      item(): BulkDeskView['pledges'][number] {
        const { what, phase, price, min, max, units, paid } = this.facets.pledge.view();
        return { what, phase, price, min, max, units, paid, act: this.facets.pledge };
      },
      cover(range: Range, value: bigint): void {
        const { market, member, supplier } = this.state;
        this.facets.inside.forgive();
        // Nobody outside can know this id, so nobody can have made another hold under it before.
        const requestId = market.derive(`bulk hold ${market.nextNumber()}`);
        const held = member.account().hold(supplier, value, { divisible: true }, requestId);
        if (!held.ok) throw new Error(tooMuch);
        this.state.range = range;
        this.state.decider = held.decider;
        this.state.value = value;
      },
      allot(units: bigint): void {
        this.state.units = units;
        if (units === 0n) this.facets.inside.release();
      },
      release(): void {
        this.facets.inside.forgive();
        this.state.units = 0n;
      },
      forgive(): void {
        const { decider } = this.state;
        if (decider === undefined) return;
        assertOk(decider.release());
        this.state.decider = undefined;
        this.state.value = 0n;
      },
      settle(value: bigint): bigint {
        const { decider, supplier, value: set } = this.state;
        if (decider === undefined) throw new Error('Cannot settle: nothing is set aside');
        if (value > set) throw new Error('Cannot settle: it is more than was set aside');
        const decided = decider.settle([{ payee: supplier, value }]);
        if (!decided.ok) throw new Error(decidedElsewhere);
        this.state.decider = undefined;
        this.state.value = 0n;
        this.state.paid = value;
        return value - (decided.declined ?? 0n);
      },
      collect(): void {
        this.state.isCollected = true;
      },
      handOn(units: bigint, paid: bigint): void {
        this.state.units -= units;
        this.state.paid -= paid;
      },
    },
  },
  readOnly: ['pledge.changes'],
});

// Only the pledge holds its decider, so a refusal is a defect: the throw undoes the whole step.
const assertOk = ({ ok }: { readonly ok: boolean }): void => {
  if (!ok) throw new Error(decidedElsewhere);
};
const decidedElsewhere = 'Cannot end the pledge: its hold was decided elsewhere';

export const makePledge = (
  buy: Facet<BulkInside>,
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
  supplier: Facet<Payee>,
): Facet<PledgeInside> => makePledgeKit(buy, market, member, supplier).inside;

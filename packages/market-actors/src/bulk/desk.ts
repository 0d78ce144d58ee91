/** A participant's own page of bulk-buys: those to join, those joined, those organised. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, Mechanism, MemberInside } from '../inside/types.ts';
import { makeBulk } from './bulk.ts';
import { makeBulks } from './bulks.ts';
import { BulkDeskI, BulkDeskInsideI, SupplierCardI } from './desk-guards.ts';
import type { BulkDeskInside, BulkInside, BulkTerms, BulksInside, PledgeInside } from './inside.ts';
import { readTiers } from './terms.ts';
import type {
  Bulk,
  BulkDesk,
  BulkDeskView,
  BulkOrganiser,
  Pledged,
  SupplierCard,
} from './types.ts';

/** What one participant may have at a time: as many as a page lists. */
export const maxJoined = 30;
export const maxOrganised = 10;
const hour = 60n * 60n * 1000n;

type Organised = {
  readonly ok: true;
  readonly buy: Facet<Bulk>;
  readonly organiser: Facet<BulkOrganiser>;
};
type Taken = { readonly ok: true; readonly units: bigint; readonly paid: bigint };

const makeDeskKit = defineActor({
  name: 'BulkDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    all: typed<Facet<BulksInside>>(M.remotable('bulks')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    pledges: typed<DurableMap<bigint, Facet<PledgeInside>>>(M.any()),
    organised: typed<DurableMap<bigint, Facet<BulkInside>>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>, all: Facet<BulksInside>, member: Facet<MemberInside>) => ({
    ...{ market, all, member },
    pledges: makeDurableMap<bigint, Facet<PledgeInside>>(),
    organised: makeDurableMap<bigint, Facet<BulkInside>>(),
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: { desk: BulkDeskI, card: SupplierCardI, inside: BulkDeskInsideI },
  facets: {
    desk: {
      view(): BulkDeskView {
        const { all, pledges, organised } = this.state;
        return {
          buys: all.items(),
          pledges: [...pledges.values()].map((pledge) => pledge.item()),
          organised: [...organised.values()].map((buy) => buy.organisedItem()),
          suppliers: all.suppliers(),
        };
      },
      changes(since?: string): Promise<string> {
        const { all, market } = this.state;
        return changed(since, this.facets.desk, all, market);
      },
      organise(
        supplierCard: Facet<SupplierCard>,
        what: string,
        description: string,
        tiersText: string,
        minimum: bigint,
        caseSize: bigint,
        delivery: string,
        hours: bigint,
        closingHours: bigint,
        buyHours: bigint,
        deliverHours: bigint,
        requestId: string,
      ): Organised | Refusal {
        const { market, all, member, organised, outcomes } = this.state;
        return onceLately<Organised | Refusal>(
          outcomes,
          this.state.market.now(),
          'organise',
          requestId,
          () => {
            const supplier = all.deskOf(supplierCard)?.member();
            if (supplier === undefined) return refuse('stale');
            // Whoever organises has none of the value at any time, so neither as a supplier.
            if (supplier === member) return refuse('unsupported');
            const tiers = readTiers(tiersText, market.charter('step'));
            if (tiers === undefined) return refuse('invalid');
            if (!market.isOpen()) return refuse('closed');
            if (organised.size() >= maxOrganised) return refuse('quota');
            const allowed = member.mayOpen('offer', BigInt(organised.size()));
            if (!allowed.ok) return allowed;
            const terms: BulkTerms = {
              ...{ what, description, tiers, minimum, caseSize, delivery },
              ...{ deadline: hours * hour, closing: closingHours * hour },
              ...{ buying: buyHours * hour, delivering: deliverHours * hour },
            };
            const number = market.nextNumber();
            const { inside, organiser } = makeBulk(number, terms, market, all, member, supplier);
            all.add(number, inside);
            organised.set(number, inside);
            inside.start();
            return { ok: true, buy: inside.public(), organiser };
          },
        );
      },
      pledge(
        allegedBuy: Facet<Bulk>,
        min: bigint,
        max: bigint,
        requestId: string,
      ): Pledged | Refusal {
        const { all, member, pledges, outcomes } = this.state;
        return onceLately<Pledged | Refusal>(
          outcomes,
          this.state.market.now(),
          'pledge',
          requestId,
          () => {
            const buy = all.buyOf(allegedBuy);
            if (buy === undefined) return refuse('stale');
            if (pledges.size() >= maxJoined) return refuse('quota');
            const allowed = member.mayOpen('order', BigInt(pledges.size()));
            return allowed.ok ? buy.pledge(member, { min, max }) : allowed;
          },
        );
      },
      takeLeft(allegedBuy: Facet<Bulk>, units: bigint, requestId: string): Taken | Refusal {
        const { all, member, outcomes } = this.state;
        return onceLately<Taken | Refusal>(
          outcomes,
          this.state.market.now(),
          'takeLeft',
          requestId,
          () => {
            const buy = all.buyOf(allegedBuy);
            return buy === undefined ? refuse('stale') : buy.takeLeft(member, units);
          },
        );
      },
      beSupplier(requestId: string): { readonly ok: true } {
        const { all, member, outcomes } = this.state;
        return onceLately<{ readonly ok: true }>(
          outcomes,
          this.state.market.now(),
          'beSupplier',
          requestId,
          () => {
            all.post(member.number());
            return { ok: true };
          },
        );
      },
      notBeSupplier(requestId: string): { readonly ok: true } {
        const { all, member, outcomes } = this.state;
        return onceLately<{ readonly ok: true }>(
          outcomes,
          this.state.market.now(),
          'notBeSupplier',
          requestId,
          () => {
            all.unpost(member.number());
            return { ok: true };
          },
        );
      },
    },
    card: {
      view(): { readonly name: string } {
        return { name: this.state.member.name() };
      },
      number(): bigint {
        return this.state.member.number();
      },
    },
    inside: {
      member(): Facet<MemberInside> {
        return this.state.member;
      },
      card(): Facet<SupplierCard> {
        return this.facets.card;
      },
      pledged(number: bigint, pledge: Facet<PledgeInside>): void {
        this.state.pledges.set(number, pledge);
      },
      ended(number: bigint): void {
        this.state.pledges.delete(number);
        this.facets.inside.phaseChanged();
      },
      organisedEnded(number: bigint): void {
        this.state.organised.delete(number);
        this.facets.inside.phaseChanged();
      },
      phaseChanged(): void {
        this.state.news += 1n;
      },
    },
  },
  readOnly: ['desk.changes'],
});

const deskOf = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): { desk: Facet<BulkDesk>; part: Facet<BulkDeskInside> } => {
  // The cast holds: it is what `found` answered.
  const all = market.part('bulk') as Facet<BulksInside>;
  const { desk, inside } = makeDeskKit(market, all, member);
  all.join(member.number(), inside);
  return { desk, part: inside };
};

/** Bulk-buys, as a market takes them in. */
export const bulkMechanism: Mechanism = {
  name: 'bulk',
  found: () => ({ part: makeBulks() }),
  desk: deskOf,
  settle(market, member) {
    const all = market.part('bulk') as Facet<BulksInside>;
    all.unpost(member.number());
    return all
      .buys()
      .map((buy) => buy.quit(member))
      .some((isWaitedFor) => isWaitedFor);
  },
};

/** All bulk-buys of one market that have not ended, and who offers to supply. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import type { BulkDeskInside, BulkInside, BulksInside } from './inside.ts';
import type { Bulk, BulkDeskView, BulkItem, SupplierCard } from './types.ts';

/** How many a page lists, the newest first. */
const shown = 30;

const BulksInsideI: Methods<
  | 'add'
  | 'remove'
  | 'buyOf'
  | 'items'
  | 'buys'
  | 'join'
  | 'deskNumbered'
  | 'deskOf'
  | 'post'
  | 'unpost'
  | 'suppliers'
> = M.interface('BulksInside', {
  add: M.call(M.nat(), M.remotable('buy')).returns(),
  remove: M.call(M.nat()).returns(),
  buyOf: M.call(M.remotable('buy')).returns(M.opt(M.remotable('buy'))),
  items: M.call().returns(M.array()),
  buys: M.call().returns(M.array()),
  join: M.call(M.nat(), M.remotable('desk')).returns(),
  deskNumbered: M.call(M.nat()).returns(M.opt(M.remotable('desk'))),
  deskOf: M.call(M.remotable('supplier')).returns(M.opt(M.remotable('desk'))),
  post: M.call(M.nat()).returns(),
  unpost: M.call(M.nat()).returns(),
  suppliers: M.call().returns(M.array()),
});

const makeBulksKit = defineActor({
  name: 'Bulks',
  state: {
    buys: typed<DurableMap<bigint, Facet<BulkInside>>>(M.any()),
    desks: typed<DurableMap<bigint, Facet<BulkDeskInside>>>(M.any()),
    /** Members who said so themselves. */
    suppliers: typed<DurableMap<bigint, true>>(M.any()),
  },
  init: () => ({
    buys: makeDurableMap<bigint, Facet<BulkInside>>(),
    desks: makeDurableMap<bigint, Facet<BulkDeskInside>>(),
    suppliers: makeDurableMap<bigint, true>(),
  }),
  guards: { inside: BulksInsideI },
  facets: {
    inside: {
      add(number: bigint, buy: Facet<BulkInside>): void {
        this.state.buys.set(number, buy);
      },
      remove(number: bigint): void {
        this.state.buys.delete(number);
      },
      buyOf(allegedBuy: Facet<Bulk>): Facet<BulkInside> | undefined {
        // The number says where to look; only the identity of what is found there is believed.
        if (typeof allegedBuy.number !== 'function') return undefined;
        const buy = this.state.buys.get(allegedBuy.number());
        return buy?.public() === allegedBuy ? buy : undefined;
      },
      items(): readonly BulkItem[] {
        return [...this.state.buys.values({ reverse: true, limit: shown })].map((buy) =>
          buy.item(),
        );
      },
      buys(): readonly Facet<BulkInside>[] {
        return [...this.state.buys.values()];
      },
      join(member: bigint, desk: Facet<BulkDeskInside>): void {
        this.state.desks.set(member, desk);
      },
      deskNumbered(member: bigint): Facet<BulkDeskInside> | undefined {
        return this.state.desks.get(member);
      },
      deskOf(allegedSupplier: Facet<SupplierCard>): Facet<BulkDeskInside> | undefined {
        if (typeof allegedSupplier.number !== 'function') return undefined;
        const desk = this.state.desks.get(allegedSupplier.number());
        return desk?.card() === allegedSupplier ? desk : undefined;
      },
      post(member: bigint): void {
        this.state.suppliers.set(member, true);
      },
      unpost(member: bigint): void {
        this.state.suppliers.delete(member);
      },
      suppliers(): BulkDeskView['suppliers'] {
        const { suppliers, desks } = this.state;
        return [...suppliers.keys({ reverse: true, limit: shown })].map((member) => {
          const desk = desks.get(member)!;
          return { name: desk.member().name(), supplier: desk.card() };
        });
      },
    },
  },
});

export const makeBulks = (): Facet<BulksInside> => makeBulksKit().inside;

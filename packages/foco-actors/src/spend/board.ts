/** All spends of a FoCo. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { shown } from '../inside/shapes.ts';
import { type Card, type FocoInside, find } from '../inside/types.ts';
import { makeSpend } from './spend.ts';
import type { Spend, SpendBoard, SpendDeskView, SpendInside } from './types.ts';

/** So many spends of one participant wait at a time. */
const maxOpen = 20n;

/** What somebody spent without notice in an epoch. */
type Small = { readonly epoch: bigint; readonly value: bigint };

const makeBoardKit = defineActor({
  name: 'FocoSpends',
  state: {
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    open: typed<DurableMap<bigint, Facet<SpendInside>>>(M.any()),
    done: typed<DurableMap<bigint, Facet<SpendInside>>>(M.any()),
    /** How many each has open. */
    counts: typed<DurableMap<bigint, bigint>>(M.any()),
    small: typed<DurableMap<string, Small>>(M.any()),
  },
  init: (foco: Facet<FocoInside>) => ({
    foco,
    open: makeDurableMap<bigint, Facet<SpendInside>>(),
    done: makeDurableMap<bigint, Facet<SpendInside>>(),
    counts: makeDurableMap<bigint, bigint>(),
    small: makeDurableMap<string, Small>(),
  }),
  guards: { board: M.interface('FocoSpends', {}, { defaultGuards: 'passable' }) },
  facets: {
    board: {
      announce(
        who: bigint,
        card: Facet<Card>,
        value: bigint,
        reason: string,
      ): { readonly ok: true; readonly spend: Facet<Spend> } | Refusal {
        const { foco, open, counts, small } = this.state;
        const to = foco.destinations().find(card);
        if (to === undefined) return refuse('invalid');
        const count = counts.get(who) ?? 0n;
        if (count >= maxOpen) return refuse('quota');
        const key = `${who} ${to.purse().number()}`;
        const epoch = foco.epoch();
        const before = small.get(key);
        const sum = (before?.epoch === epoch ? before.value : 0n) + value;
        // Many small sums in a row are not small.
        const isSmall = sum <= foco.value('smallSums');
        const due = foco.now() + (isSmall ? 0n : foco.value('noticeWindow'));
        const number = foco.nextNumber();
        const spend = makeSpend(number, foco, this.facets.board, { by: who, to, reason });
        open.set(number, spend);
        counts.set(who, count + 1n);
        const started = spend.start(who, value, due);
        if (!started.ok) {
          open.delete(number);
          counts.set(who, count);
          return started;
        }
        if (isSmall) small.set(key, { epoch, value: sum });
        foco.record('announced', { by: foco.share(who)?.name() ?? '', value, reason }, 'P1');
        return { ok: true, spend: spend.public() };
      },
      find(spend: Facet<Spend>): Facet<SpendInside> | undefined {
        const { open, done } = this.state;
        return find(
          spend,
          (number) => open.get(number) ?? done.get(number),
          (one) => one.public(),
        );
      },
      lists(): SpendDeskView {
        const { open, done, foco } = this.state;
        const newest = (all: DurableMap<bigint, Facet<SpendInside>>) =>
          [...all.values({ reverse: true, limit: shown })].map((one) => one.item());
        return {
          destinations: foco.destinations().items(),
          open: newest(open),
          done: newest(done),
        };
      },
      ended(number: bigint, who: bigint): void {
        const { open, done, counts, foco } = this.state;
        const spend = open.get(number);
        if (spend === undefined) return;
        open.delete(number);
        done.set(number, spend);
        counts.set(who, (counts.get(who) ?? 1n) - 1n);
        foco.touch();
      },
    },
  },
});

export const makeSpendBoard = (foco: Facet<FocoInside>): Facet<SpendBoard> =>
  makeBoardKit(foco).board;

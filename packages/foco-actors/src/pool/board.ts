/** All pools of a FoCo. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { day, shown } from '../inside/shapes.ts';
import { type Card, type FocoInside, find } from '../inside/types.ts';
import { makePool } from './pool.ts';
import type { KeptTerms, Pool, PoolBoard, PoolDeskView, PoolInside, PoolTerms } from './types.ts';

/** So many pools of one participant are open at a time. */
const maxOpen = 10;
const longest = 3_660n * day;

const isRising = (targets: readonly bigint[]): boolean =>
  targets.every((target, index) => target > (targets[index - 1] ?? 0n));

const makeBoardKit = defineActor({
  name: 'FocoPools',
  state: {
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    open: typed<DurableMap<bigint, Facet<PoolInside>>>(M.any()),
    decided: typed<DurableMap<bigint, Facet<PoolInside>>>(M.any()),
  },
  init: (foco: Facet<FocoInside>) => ({
    foco,
    open: makeDurableMap<bigint, Facet<PoolInside>>(),
    decided: makeDurableMap<bigint, Facet<PoolInside>>(),
  }),
  guards: {
    board: M.interface('FocoPools', {}, { defaultGuards: 'passable' }),
    steps: M.interface('FocoPoolSteps', {}, { defaultGuards: 'passable' }),
  },
  facets: {
    board: {
      open(
        who: bigint,
        to: Facet<Card>,
        terms: PoolTerms,
      ): { readonly ok: true; readonly pool: Facet<Pool> } | Refusal {
        const { foco, open } = this.state;
        const kept = this.facets.steps.kept(who, to, terms);
        if (kept === undefined) return refuse('invalid');
        const own = [...open.values()].filter((one) => one.by() === who);
        if (own.length >= maxOpen) return refuse('quota');
        const number = foco.nextNumber();
        const pool = makePool(number, foco, this.facets.board, kept);
        open.set(number, pool);
        pool.start();
        foco.record('pool', { title: kept.title, by: foco.share(who)?.name() ?? '' }, 'P1');
        return { ok: true, pool: pool.public() };
      },
      find(pool: Facet<Pool>): Facet<PoolInside> | undefined {
        const { open, decided } = this.state;
        return find(
          pool,
          (number) => open.get(number) ?? decided.get(number),
          (one) => one.public(),
        );
      },
      lists(who: bigint): PoolDeskView {
        const { open, decided, foco } = this.state;
        const newest = (all: DurableMap<bigint, Facet<PoolInside>>) =>
          [...all.values({ reverse: true, limit: shown })].map((one) => one.item(who));
        return {
          open: newest(open),
          decided: newest(decided),
          destinations: foco.destinations().items(),
        };
      },
      decided(number: bigint): void {
        const { open, decided, foco } = this.state;
        const pool = open.get(number);
        if (pool === undefined) return;
        open.delete(number);
        decided.set(number, pool);
        foco.touch();
      },
    },
    steps: {
      /** The terms with what they designate; undefined where they make no sense. */
      kept(who: bigint, card: Facet<Card>, terms: PoolTerms): KeptTerms | undefined {
        const { foco } = this.state;
        const { after, witness, ...rest } = terms;
        const { targets, deadline, parts, every, within, attested, milestone } = rest;
        const to = foco.destinations().find(card);
        const first = targets[0];
        if (to === undefined || first === undefined || !isRising(targets)) return undefined;
        const { step } = to.purse().facts();
        if (targets.some((target) => target % step !== 0n)) return undefined;
        const now = foco.now();
        if (deadline <= now || deadline > now + longest || within > longest) return undefined;
        if (parts < 1n || parts > 60n || parts * step > first) return undefined;
        // All parts have their turn before what is left goes back.
        if (!attested && every * (parts - 1n) >= within) return undefined;
        const pool = after === undefined ? undefined : this.facets.board.find(after);
        if (after !== undefined && pool === undefined) return undefined;
        const person = witness === undefined ? undefined : foco.shareOf(witness);
        const needsWitness = attested || milestone !== undefined;
        if (needsWitness && (person === undefined || person.number() === who)) return undefined;
        return {
          ...{ ...rest, by: who, to },
          ...(pool === undefined ? {} : { after: pool }),
          ...(person === undefined || !needsWitness ? {} : { witness: person.number() }),
        };
      },
    },
  },
});

export const makePoolBoard = (foco: Facet<FocoInside>): Facet<PoolBoard> =>
  makeBoardKit(foco).board;

/**
 * Who takes part, and what of each counts when surplus is divided (SPEC F1).
 *
 * Nothing of an epoch counts before it is over: nobody can come, contribute and be counted for a division
 * that they see coming. Numbers stand by the hundred in one row, so ten thousand are read in a moment.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { InflowRule } from '../fund/divide.ts';
import type { FocoInside, Roll } from '../inside/types.ts';

const perPage = 100;
/** Epochs of which measures are kept: the charter's window is never longer. */
const kept = 53n;
const measures = ['contribution', 'hours', 'patronage'] as const;
type Measure = (typeof measures)[number];

const padded = (number: bigint): string => String(number).padStart(9, '0');
const rowKey = (epoch: bigint, measure: Measure, page: number): string =>
  `${padded(epoch)} ${measure} ${padded(BigInt(page))}`;
const placeOf = (who: bigint): { readonly page: number; readonly index: number } => {
  const number = Number(who) - 1;
  return { page: Math.floor(number / perPage), index: number % perPage };
};

const makeRollKit = defineActor({
  name: 'FocoRoll',
  state: {
    foco: typed<Facet<Pick<FocoInside, 'epoch' | 'value'>>>(M.remotable('foco')),
    /** Of each, the epoch of coming, and one more; 0 for who is not here. */
    here: typed<DurableMap<bigint, readonly bigint[]>>(M.any()),
    counts: typed<DurableMap<string, readonly bigint[]>>(M.any()),
  },
  init: (foco: Facet<Pick<FocoInside, 'epoch' | 'value'>>) => ({
    foco,
    here: makeDurableMap<bigint, readonly bigint[]>(),
    counts: makeDurableMap<string, readonly bigint[]>(),
  }),
  guards: { roll: M.interface('FocoRoll', {}, { defaultGuards: 'passable' }) },
  facets: {
    roll: {
      add(who: bigint): void {
        setAt(this.state.here, who, this.state.foco.epoch() + 1n);
      },
      remove(who: bigint): void {
        setAt(this.state.here, who, 0n);
      },
      count(measure: Measure, who: bigint, value: bigint): void {
        const { counts, foco } = this.state;
        const epoch = foco.epoch();
        const { page, index } = placeOf(who);
        const key = rowKey(epoch, measure, page);
        const row = filledTo(counts.get(key) ?? [], index);
        counts.set(
          key,
          row.map((one, at) => (at === index ? one + value : one)),
        );
        if (epoch <= kept) return;
        for (const old of [...counts.keys({ to: padded(epoch - kept), limit: 2 })])
          counts.delete(old);
      },
      counted(): readonly InflowRule[] {
        const { foco, here, counts } = this.state;
        const epoch = foco.epoch();
        const window = foco.value('window');
        const first = epoch > window ? epoch - window : 0n;
        const all: { -readonly [measure in keyof InflowRule]: bigint }[] = [];
        for (const [page, row] of here.entries())
          row.forEach((since, index) => {
            // Who came in this very epoch has no part yet.
            const equal = since > 0n && since - 1n < epoch ? 1n : 0n;
            all[Number(page) * perPage + index] = {
              ...{ equal, contribution: 0n, hours: 0n, patronage: 0n },
            };
          });
        for (const measure of measures) {
          if (foco.value(measure) === 0n) continue;
          for (let at = first; at < epoch; at += 1n)
            for (const [key, row] of counts.entries({
              from: `${padded(at)} ${measure} `,
              to: `${padded(at)} ${measure}~`,
            })) {
              const page = Number(key.slice(-9));
              row.forEach((value, index) => {
                const one = all[page * perPage + index];
                if (one !== undefined && one.equal > 0n) one[measure] += value;
              });
            }
        }
        return all;
      },
    },
  },
});

const filledTo = (row: readonly bigint[], index: number): readonly bigint[] =>
  row.length > index ? row : [...row, ...Array.from({ length: index + 1 - row.length }, () => 0n)];

const setAt = (here: DurableMap<bigint, readonly bigint[]>, who: bigint, value: bigint): void => {
  const { page, index } = placeOf(who);
  const row = filledTo(here.get(BigInt(page)) ?? [], index);
  here.set(
    BigInt(page),
    row.map((one, at) => (at === index ? value : one)),
  );
};

export const makeRoll = (foco: Facet<Pick<FocoInside, 'epoch' | 'value'>>): Facet<Roll> =>
  makeRollKit(foco).roll;

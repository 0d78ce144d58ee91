/** What a book lodges with a round, of all that is open. */
import type { Clock, Facet } from '@pocas/vat-runtime';
import type { CounterpartiesInside } from '../obligation/types.ts';
import { maxLodged, maxLodgedWithOne } from './attendance-guards.ts';
import type { Entry } from './attendance-types.ts';
import { mostOf, movableOf, priorityOf } from './choosing.ts';
import type { InstructionInside } from './instruction.ts';
import { allOpen } from './known.ts';

type From = {
  readonly others: Facet<CounterpartiesInside>;
  readonly instruction: Facet<InstructionInside>;
  readonly clock: Clock;
};

/** What is lodged with a round of one unit: the oldest first, as many as one message carries. */
export const entriesFor = (
  { others, instruction, clock }: From,
  unit: string,
  net: bigint,
): readonly Entry[] => {
  const settings = instruction.settings();
  const now = clock.now();
  const entries: Entry[] = [];
  let movable = movableOf(settings, net);
  const withEach = new Map<bigint, number>();
  for (const { lodgeable, unit: itsUnit } of allOpen(others)) {
    if (itsUnit !== unit) continue;
    const offered = lodgeable.offer();
    if ('ok' in offered) continue;
    const offer = { ...offered, counterparty: lodgeable.counterparty().number() };
    const preference = instruction.preferenceOf(offer.origin);
    const max = mostOf(offer, settings, preference, movable);
    const withThem = withEach.get(offer.counterparty) ?? 0;
    if (max === 0n || withThem >= maxLodgedWithOne) continue;
    withEach.set(offer.counterparty, withThem + 1);
    const { origin, kind, end, version } = offer;
    if (kind === 'line' && end === 'from' && !settings.lends) movable -= max;
    const priority = priorityOf(offer, settings, preference, now);
    entries.push({ lodgeable, lodged: { origin, kind, end, version, max, priority } });
    if (entries.length === maxLodged) break;
  }
  return entries;
};

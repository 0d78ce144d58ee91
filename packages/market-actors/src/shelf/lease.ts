/** A participant's slots in one zone: what stands there, and lending within a group. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import { LeaseI } from './guards-share.ts';
import type { Ok, ShelfPlace, ZoneInside } from './inside.ts';
import type { Group, Lease, LeaseView } from './types.ts';

const shown = 30;

const makeLeaseKit = defineActor({
  name: 'ShelfLease',
  state: {
    member: M.nat(),
    place: typed<Facet<ShelfPlace>>(M.remotable('place')),
    zone: typed<Facet<ZoneInside>>(M.remotable('zone')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (member: bigint, place: Facet<ShelfPlace>, zone: Facet<ZoneInside>) => ({
    member,
    place,
    zone,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { lease: LeaseI },
  facets: {
    lease: {
      view(): LeaseView {
        const { member, zone } = this.state;
        return {
          zone: zone.name(),
          slots: zone.slotsOf(member).slice(0, shown),
          waiting: zone.waitingOf(member),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.lease, this.state.place);
      },
      place(thing: Facet<object>, id: string): { ok: true; slot: bigint } | Refusal {
        const { member, zone, outcomes } = this.state;
        return once(outcomes, 'place', id, () => zone.place(member, thing));
      },
      clear(slot: bigint, id: string): Ok | Refusal {
        const { member, zone, outcomes } = this.state;
        return once(outcomes, 'clear', id, () => zone.clear(member, slot));
      },
      transferWithin(group: Facet<Group>, to: string, count: bigint, id: string): Ok | Refusal {
        const { member, zone, place, outcomes } = this.state;
        return once<Ok | Refusal>(outcomes, 'transferWithin', id, () => {
          if (!place.belongs(group, member)) return refuse('invalid');
          const other = place.inGroup(group, to);
          if (other === undefined || other === member) return refuse('invalid');
          return zone.lend(member, other, count);
        });
      },
    },
  },
  readOnly: ['lease.changes'],
});

export const makeLease = (
  member: bigint,
  place: Facet<ShelfPlace>,
  zone: Facet<ZoneInside>,
): Facet<Lease> => makeLeaseKit(member, place, zone).lease;

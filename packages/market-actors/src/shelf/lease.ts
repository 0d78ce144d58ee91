/** A participant's slots in one zone: what stands there, and lending within a group. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import { LeaseI } from './guards-share.ts';
import type { Ok, Seat, ShelfPlace, ZoneInside } from './inside.ts';
import type { Group, Lease, LeaseView } from './types.ts';

const shown = 30;

const makeLeaseKit = defineActor({
  name: 'ShelfLease',
  state: {
    seat: typed<Facet<Seat>>(M.remotable('seat')),
    place: typed<Facet<ShelfPlace>>(M.remotable('place')),
    zone: typed<Facet<ZoneInside>>(M.remotable('zone')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (seat: Facet<Seat>, place: Facet<ShelfPlace>, zone: Facet<ZoneInside>) => ({
    seat,
    place,
    zone,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { lease: LeaseI },
  facets: {
    lease: {
      view(): LeaseView | Refusal {
        const { seat, zone } = this.state;
        const member = seat.member();
        if (member === undefined) return refuse('revoked');
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
        const { seat, zone, outcomes } = this.state;
        const member = seat.member();
        if (member === undefined) return refuse('revoked');
        return once(outcomes, 'place', id, () => zone.place(member, thing));
      },
      clear(slot: bigint, id: string): Ok | Refusal {
        const { seat, zone, outcomes } = this.state;
        const member = seat.member();
        if (member === undefined) return refuse('revoked');
        return once(outcomes, 'clear', id, () => zone.clear(member, slot));
      },
      transferWithin(group: Facet<Group>, to: string, count: bigint, id: string): Ok | Refusal {
        const { seat, zone, place, outcomes } = this.state;
        const member = seat.member();
        if (member === undefined) return refuse('revoked');
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
  seat: Facet<Seat>,
  place: Facet<ShelfPlace>,
  zone: Facet<ZoneInside>,
): Facet<Lease> => makeLeaseKit(seat, place, zone).lease as Facet<Lease>;

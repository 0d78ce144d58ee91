/**
 * One participant's share in a shelf.
 *
 * Each generation of a person's facets has a seat of its own: `renew` makes another generation and empties the
 * seat of this one, so the old participant and all its leases answer `revoked`.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type Joined,
  type PlaceInvitation,
  type Refusal,
  once,
  refuse,
} from '@pocas/vat-runtime/actors';
import { SeatI } from './guards-inside.ts';
import { ParticipantI } from './guards-share.ts';
import type { Ok, Seat, ShelfPlace, ZoneInside } from './inside.ts';
import { makeLease } from './lease.ts';
import type {
  Explained,
  Group,
  Lease,
  ShelfParticipant,
  ShelfParticipantView,
  Zone,
} from './types.ts';

/** What makes invitations and further generations: the shelf itself. */
export type ShelfMaker = {
  introduce(
    by: bigint,
  ): { readonly ok: true; readonly invitation: Facet<PlaceInvitation> } | Refusal;
  newShare(member: bigint): Facet<ShelfParticipant>;
};

/** Features as a person types them: one a line, or with commas. */
export const featuresOf = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '');

const makeShareKit = defineActor({
  name: 'ShelfShare',
  state: {
    number: M.nat(),
    isLive: M.boolean(),
    place: typed<Facet<ShelfPlace>>(M.remotable('place')),
    maker: typed<Facet<ShelfMaker>>(M.remotable('maker')),
    leases: typed<DurableMap<bigint, Facet<Lease>>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    renewed: typed<{ readonly id: string; readonly joined: Joined } | undefined>(M.opt(M.record())),
  },
  init: (number: bigint, place: Facet<ShelfPlace>, maker: Facet<ShelfMaker>) => ({
    number,
    isLive: true,
    place,
    maker,
    leases: makeDurableMap<bigint, Facet<Lease>>(),
    outcomes: makeDurableMap<string, unknown>(),
    renewed: undefined,
  }),
  guards: { participant: ParticipantI, seat: SeatI },
  facets: {
    participant: {
      view(): ShelfParticipantView | Refusal {
        const { place } = this.state;
        const { seat } = this.facets;
        const member = seat.member();
        if (member === undefined) return refuse('revoked');
        const zones = place.zones();
        return {
          shelf: place.name(),
          name: place.nameOf(member),
          isNewcomer: place.isNewcomerNow(member),
          zones: zones.slice(0, 30).map((zone) => ({
            name: zone.name(),
            zone: zone.zone(),
            demand: zone.demandOf(member),
            slots: BigInt(zone.slotsOf(member).length),
          })),
          leases: zones.flatMap((zone) => {
            const slots = zone.slotsOf(member);
            if (slots.length === 0) return [];
            const due = BigInt(slots.filter((one) => one.due !== undefined).length);
            return [
              { zone: zone.name(), lease: seat.leaseOf(zone), slots: BigInt(slots.length), due },
            ];
          }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.participant, this.state.place);
      },
      request(zone: Facet<Zone>, demand: bigint, needs: string, id: string): Ok | Refusal {
        const { place, outcomes } = this.state;
        const member = this.facets.seat.member();
        if (member === undefined) return refuse('revoked');
        return once<Ok | Refusal>(outcomes, 'request', id, () => {
          const inside = place.zoneOf(zone);
          return inside === undefined
            ? refuse('invalid')
            : inside.request(member, demand, featuresOf(needs));
        });
      },
      release(lease: Facet<Lease>, id: string): Ok | Refusal {
        const { place, outcomes, leases } = this.state;
        const member = this.facets.seat.member();
        if (member === undefined) return refuse('revoked');
        return once<Ok | Refusal>(outcomes, 'release', id, () => {
          const found = [...leases.entries()].find(([, one]) => one === lease);
          if (found === undefined) return refuse('invalid');
          place.zoneAt(found[0])!.release(member);
          return { ok: true };
        });
      },
      explain(zone: Facet<Zone>): Explained | Refusal {
        const member = this.facets.seat.member();
        if (member === undefined) return refuse('revoked');
        return this.state.place.zoneOf(zone)?.explain(member) ?? refuse('invalid');
      },
      introduce(id: string): { ok: true; invitation: Facet<PlaceInvitation> } | Refusal {
        const { maker, outcomes } = this.state;
        const member = this.facets.seat.member();
        if (member === undefined) return refuse('revoked');
        return once(outcomes, 'introduce', id, () => maker.introduce(member));
      },
      makeGroup(name: string, id: string): { ok: true; group: Facet<Group> } | Refusal {
        const { place, outcomes } = this.state;
        const member = this.facets.seat.member();
        if (member === undefined) return refuse('revoked');
        return once(outcomes, 'makeGroup', id, () => ({
          ok: true as const,
          group: place.makeGroup(name, member),
        }));
      },
      joinGroup(group: Facet<Group>, id: string): Ok | Refusal {
        const { place, outcomes } = this.state;
        const member = this.facets.seat.member();
        if (member === undefined) return refuse('revoked');
        return once(outcomes, 'joinGroup', id, () => place.joinGroup(group, member));
      },
      renew(id: string): Joined | Refusal {
        const { state } = this;
        const { place, maker, number, renewed } = state;
        if (renewed !== undefined) return renewed.id === id ? renewed.joined : refuse('revoked');
        if (this.facets.seat.member() === undefined) return refuse('revoked');
        const participant = maker.newShare(number) as Facet<Joined['participant'] & object>;
        const joined: Joined = {
          ok: true,
          place: place.name(),
          participant: participant as Joined['participant'],
        };
        state.isLive = false;
        state.renewed = { id, joined };
        return joined;
      },
      leave(id: string): Ok | Refusal {
        const { state } = this;
        return once<Ok | Refusal>(state.outcomes, 'leave', id, () => {
          const member = this.facets.seat.member();
          if (member === undefined) return refuse('revoked');
          state.place.leave(member);
          return { ok: true };
        });
      },
    },
    seat: {
      member(): bigint | undefined {
        const { isLive, number, place } = this.state;
        return isLive && !place.isGone(number) ? number : undefined;
      },
      leaseOf(zone: Facet<ZoneInside>): Facet<Lease> {
        const { leases, place } = this.state;
        const known = leases.get(zone.number());
        if (known !== undefined) return known;
        const lease = makeLease(this.facets.seat as Facet<Seat>, place, zone);
        leases.set(zone.number(), lease);
        return lease;
      },
    },
  },
  readOnly: ['participant.changes'],
});

export const makeShare = (
  number: bigint,
  place: Facet<ShelfPlace>,
  maker: Facet<ShelfMaker>,
): Facet<ShelfParticipant> =>
  makeShareKit(number, place, maker).participant as Facet<ShelfParticipant>;

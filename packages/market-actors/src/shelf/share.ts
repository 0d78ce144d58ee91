/** One participant's share in a shelf. What is handed out of it stands behind a fence, so that it can be renewed. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type Fence,
  type Fences,
  type Joined,
  type PlaceInvitation,
  type Refusal,
  once,
  refuse,
} from '@pocas/vat-runtime/actors';
import { CareI, InnerI } from './guards-inside.ts';
import { ParticipantI } from './guards-share.ts';
import type { Ok, ShelfMaker, ShelfPlace, ZoneInside } from './inside.ts';
import { makeLease } from './lease.ts';
import type { Explained, Group, Lease, ShelfAuditor, ShelfParticipantView, Zone } from './types.ts';

/** For the shelf: what whoever comes in, or comes back, is answered. */
export type ShareCare = { enclose(fences: Facet<Fences>): void; joined(): Joined };

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
    place: typed<Facet<ShelfPlace>>(M.remotable('place')),
    maker: typed<Facet<ShelfMaker>>(M.remotable('maker')),
    leases: typed<DurableMap<bigint, Facet<Lease>>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    fence: typed<Facet<Fence> | undefined>(M.opt(M.remotable('fence'))),
  },
  init: (number: bigint, place: Facet<ShelfPlace>, maker: Facet<ShelfMaker>) => ({
    number,
    place,
    maker,
    leases: makeDurableMap<bigint, Facet<Lease>>(),
    outcomes: makeDurableMap<string, unknown>(),
    fence: undefined,
  }),
  guards: { participant: ParticipantI, care: CareI, inner: InnerI },
  facets: {
    participant: {
      view(): ShelfParticipantView {
        const { place } = this.state;
        const { inner } = this.facets;
        const { number: member } = this.state;
        const zones = place.zones();
        const ballot = place.ballotOf(member);
        return {
          shelf: place.name(),
          name: place.nameOf(member),
          isNewcomer: place.isNewcomerNow(member),
          ...(ballot === undefined ? {} : { ballot }),
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
              { zone: zone.name(), lease: inner.leaseOf(zone), slots: BigInt(slots.length), due },
            ];
          }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.participant, this.state.place);
      },
      request(zone: Facet<Zone>, demand: bigint, needs: string, id: string): Ok | Refusal {
        const { place, outcomes } = this.state;
        const { number: member } = this.state;
        if (place.isGone(member)) return refuse('closed');
        return once<Ok | Refusal>(outcomes, 'request', id, () => {
          const inside = place.zoneOf(zone);
          return inside === undefined
            ? refuse('invalid')
            : inside.request(member, demand, featuresOf(needs));
        });
      },
      release(lease: Facet<Lease>, id: string): Ok | Refusal {
        const { place, outcomes, leases } = this.state;
        const { number: member } = this.state;
        if (place.isGone(member)) return refuse('closed');
        return once<Ok | Refusal>(outcomes, 'release', id, () => {
          const found = [...leases.entries()].find(([, one]) => one === lease);
          if (found === undefined) return refuse('invalid');
          place.zoneAt(found[0])!.release(member);
          return { ok: true };
        });
      },
      explain(zone: Facet<Zone>): Explained | Refusal {
        const { place, number } = this.state;
        return place.zoneOf(zone)?.explain(number) ?? refuse('invalid');
      },
      introduce(id: string): { ok: true; invitation: Facet<PlaceInvitation> } | Refusal {
        const { maker, place, outcomes } = this.state;
        const { number: member } = this.state;
        if (place.isGone(member)) return refuse('closed');
        return once(outcomes, 'introduce', id, () => maker.introduce(member));
      },
      introduceLink(
        id: string,
      ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const grantor = this.state.maker.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const made = this.facets.participant.introduce(id);
        if (!made.ok) return made;
        const text = E(grantor).sturdy(made.invitation, { label: 'invitation to a shelf' });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      makeGroup(name: string, id: string): { ok: true; group: Facet<Group> } | Refusal {
        const { place, outcomes } = this.state;
        const { number: member } = this.state;
        if (place.isGone(member)) return refuse('closed');
        return once(outcomes, 'makeGroup', id, () => ({
          ok: true as const,
          group: place.makeGroup(name, member),
        }));
      },
      joinGroup(group: Facet<Group>, id: string): Ok | Refusal {
        const { place, outcomes } = this.state;
        const { number: member } = this.state;
        if (place.isGone(member)) return refuse('closed');
        return once(outcomes, 'joinGroup', id, () => place.joinGroup(group, member));
      },
      link(): Promise<{ readonly secret: string }> | Refusal {
        const grantor = this.state.maker.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const text = E(grantor).sturdy(this.state.fence!.outside(), { label: 'backup of a share' });
        return E.when(text, (secret) => ({ secret }));
      },
      auditor(): Facet<ShelfAuditor> {
        return this.state.place.auditor();
      },
      // The fence keeps what was answered for each request, so this runs once for each.
      renew(_id: string): Joined {
        const { place, number, fence } = this.state;
        this.state.fence = fence!.renew();
        place.renewed(number);
        return this.facets.care.joined();
      },
      leave(id: string): Ok | Refusal {
        const { number, place, outcomes } = this.state;
        return once<Ok | Refusal>(outcomes, 'leave', id, () => {
          if (place.isGone(number)) return refuse('closed');
          place.leave(number);
          return { ok: true };
        });
      },
    },
    care: {
      enclose(fences: Facet<Fences>): void {
        this.state.fence = fences.around(this.facets.participant);
      },
      joined(): Joined {
        const { place, fence } = this.state;
        // The cast says what stands behind the fence.
        const participant = fence!.outside() as unknown as Joined['participant'];
        return { ok: true, place: place.name(), participant, goto: participant };
      },
    },
    inner: {
      leaseOf(zone: Facet<ZoneInside>): Facet<Lease> {
        const { leases, place, number } = this.state;
        const known = leases.get(zone.number());
        if (known !== undefined) return known;
        const lease = makeLease(number, place, zone);
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
  fences: Facet<Fences>,
): Facet<ShareCare> => {
  const { care } = makeShareKit(number, place, maker);
  care.enclose(fences);
  return care;
};

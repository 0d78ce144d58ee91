/**
 * Who was there, without knowing who (SPEC 7.5): a beacon at the place lets people in for ten minutes at a time,
 * each by a facet of their own, which is good for those ten minutes and tells of what is asked of them.
 *
 * Doors and presence facets are `unlinked`: neither who called them nor when is in the vat's journal. In such a
 * delivery time is told only as the end of the epoch, so a door is opened by the device at the place and closed
 * by a timer. Two facets of one person have nothing in common, neither here nor for the person's next ten minutes.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Budget, type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { PlacesInside, VaultInside } from './inside.ts';
import { inner, span } from './inside.ts';
import { BeaconI, DoorI, PresenceI, PresentAskerI } from './presence-guards.ts';
import type {
  Beacon,
  Door,
  Presence,
  PresenceView,
  PresentAsker,
  RequestItem,
  RequestWish,
  Requested,
} from './types.ts';

/** How many come in through one door. */
export const maxPresent = 300n;

type CheckedIn = { readonly ok: true; readonly presence: Facet<Presence> };

const makePresenceKit = defineActor({
  name: 'VaultPresence',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    interval: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (vault: Facet<VaultInside>, interval: bigint) => ({
    ...{ vault, interval },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { presence: PresenceI, asker: PresentAskerI },
  facets: {
    presence: {
      view(): PresenceView {
        const { vault, interval } = this.state;
        const { places, requests } = vault.parts();
        const asked: RequestItem[] = places.asked(interval).map((one) => requests.item(one));
        const from = interval * span;
        return { place: vault.name(), from, to: from + span, requests: asked };
      },
      changes(since?: string): Promise<string> {
        return this.state.vault.changes(since);
      },
      asker(): Facet<PresentAsker> {
        return this.facets.asker as Facet<PresentAsker>;
      },
    },
    asker: {
      request(
        { budget, ...wish }: RequestWish & { readonly budget: Facet<Budget> },
        requestId: string,
      ): Requested | Refusal {
        const { vault, interval, outcomes } = this.state;
        const { cameras, requests } = vault.parts();
        const from = interval * span;
        for (const segment of wish.segments) {
          const seal = cameras.segment(segment)?.seal;
          // Of another time: for that it is no presence.
          if (seal !== undefined && (seal.to <= from || seal.from >= from + span))
            return refuse('invalid');
        }
        return once<Requested | Refusal>(outcomes, 'request', requestId, () =>
          requests.make('', budget, wish),
        );
      },
    },
  },
  readOnly: ['presence.changes'],
  unlinked: ['presence'],
});

const makeDoorKit = defineActor({
  name: 'VaultDoor',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    interval: M.nat(),
    isOpen: M.boolean(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (vault: Facet<VaultInside>, interval: bigint) => ({
    ...{ vault, interval, isOpen: true },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { door: DoorI, closer: inner('VaultDoorCloser') },
  facets: {
    door: {
      checkIn(requestId: string): CheckedIn | Refusal {
        const { state } = this;
        const { vault, interval, outcomes } = state;
        if (!outcomes.has(`in ${requestId}`) && !state.isOpen) return refuse('closed');
        return once<CheckedIn | Refusal>(outcomes, 'in', requestId, () => {
          const presence = vault.parts().places.checkIn(interval);
          // The cast says which facet it is.
          return 'ok' in presence
            ? (presence as Refusal)
            : { ok: true, presence: presence as Facet<Presence> };
        });
      },
    },
    closer: {
      wake(): void {
        this.state.isOpen = false;
      },
    },
  },
  unlinked: ['door'],
});

const keyOf = (interval: bigint, request: bigint): string =>
  `${String(interval).padStart(12, '0')} ${String(request).padStart(9, '0')}`;

const makePlacesKit = defineActor({
  name: 'VaultPlaces',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    doors: typed<DurableMap<bigint, Facet<Door>>>(M.any()),
    present: typed<DurableMap<bigint, bigint>>(M.any()),
    /** What was asked, by the ten minutes. */
    askedOf: typed<DurableMap<string, bigint>>(M.any()),
  },
  init: (vault: Facet<VaultInside>) => ({
    vault,
    doors: makeDurableMap<bigint, Facet<Door>>(),
    present: makeDurableMap<bigint, bigint>(),
    askedOf: makeDurableMap<string, bigint>(),
  }),
  guards: { inside: inner('VaultPlacesInside'), beacon: BeaconI },
  facets: {
    beacon: {
      view() {
        const { vault } = this.state;
        return { place: vault.name(), until: this.facets.inside.until() };
      },
      changes(since?: string): Promise<string> {
        return this.state.vault.changes(since);
      },
      door(): Facet<Door> {
        return this.facets.inside.door();
      },
      doorLink(): Promise<{ readonly secret: string }> | Refusal {
        const grantor = this.state.vault.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const { inside } = this.facets;
        const expires = inside.until();
        const terms = { expires, label: 'check in, for ten minutes' };
        return E.when(E(grantor).sturdy(inside.door(), terms), (secret) => ({ secret }));
      },
    },
    inside: {
      beacon(): Facet<Beacon> {
        return this.facets.beacon as Facet<Beacon>;
      },
      until(): bigint {
        return (this.state.vault.now() / span + 1n) * span;
      },
      door(): Facet<Door> {
        const { vault, doors } = this.state;
        const interval = vault.now() / span;
        const known = doors.get(interval);
        if (known !== undefined) return known;
        const { door, closer } = makeDoorKit(vault, interval);
        doors.set(interval, door as Facet<Door>);
        vault.wakeAt(this.facets.inside.until(), closer);
        this.facets.inside.forget(interval);
        return door as Facet<Door>;
      },
      /** What is past the days of its segments, a little at a time. */
      forget(interval: bigint): void {
        const { vault, doors, present, askedOf } = this.state;
        const to = interval - (vault.charter('retention') + 60n * 86_400_000n) / span;
        if (to <= 0n) return;
        for (const one of [...doors.keys({ to, limit: 4 })]) doors.delete(one);
        for (const one of [...present.keys({ to, limit: 4 })]) present.delete(one);
        for (const key of [...askedOf.keys({ to: keyOf(to, 0n), limit: 8 })]) askedOf.delete(key);
      },
      checkIn(interval: bigint): Facet<Presence> | Refusal {
        const { vault, present } = this.state;
        const count = present.get(interval) ?? 0n;
        if (count >= maxPresent) return refuse('quota');
        present.set(interval, count + 1n);
        return makePresenceKit(vault, interval).presence as Facet<Presence>;
      },
      tell(request: bigint, spans: readonly { from: bigint; to: bigint }[]): bigint {
        const { present, askedOf } = this.state;
        const intervals = new Set<bigint>();
        for (const { from, to } of spans) {
          for (let one = from / span; one * span < to; one += 1n) intervals.add(one);
        }
        let told = 0n;
        for (const interval of intervals) {
          askedOf.set(keyOf(interval, request), request);
          told += present.get(interval) ?? 0n;
        }
        return told;
      },
      asked(interval: bigint): readonly bigint[] {
        const { askedOf } = this.state;
        const range = { from: keyOf(interval, 0n), to: keyOf(interval + 1n, 0n) };
        return [...askedOf.values({ ...range, reverse: true, limit: 30 })];
      },
    },
  },
  readOnly: ['beacon.changes', 'beacon.doorLink'],
});

export const makePlaces = (vault: Facet<VaultInside>): Facet<PlacesInside> =>
  makePlacesKit(vault).inside as unknown as Facet<PlacesInside>;

/** Those who care for a shelf, who count for it, and who check it. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet, Grantor } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type CharterPublic,
  type JournalReader,
  type PlaceInvitation,
  type Refusal,
  once,
  onceLately,
  refuse,
} from '@pocas/vat-runtime/actors';
import { AuditorI, CounterI, StewardI } from './guards-steward.ts';
import type { Ok, ZoneInside } from './inside.ts';
import { featuresOf } from './share.ts';
import type { ShelfCore } from './inside.ts';
import type {
  Counter,
  ShelfAuditor,
  ShelfSteward,
  ShelfStewardView,
  Zone,
  ZoneKind,
} from './types.ts';

const shown = 30;
const maxFeatures = 20;

const makeCounterKit = defineActor({
  name: 'ShelfCounter',
  state: {
    core: typed<Facet<ShelfCore>>(M.remotable('shelf')),
    label: M.string(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (core: Facet<ShelfCore>, label: string) => ({
    core,
    label,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { counter: CounterI },
  facets: {
    counter: {
      sold(
        thing: Facet<object>,
        units: bigint,
        id: string,
      ): { ok: true; counted: bigint } | Refusal {
        const { core, label, outcomes } = this.state;
        const now = core.hub().clock().now();
        return onceLately<{ ok: true; counted: bigint } | Refusal>(
          outcomes,
          now,
          'sold',
          id,
          () => {
            const at = core.thingAt(thing);
            if (at === undefined) return refuse('closed');
            const zone = core.place().zoneAt(at.zone)!;
            const member = zone.holderOf(at.slot);
            if (member === undefined) return refuse('closed');
            const counted = zone.sold(member, units);
            core.hub().record('sold', { by: label, zone: at.zone, member, units, counted });
            return { ok: true, counted };
          },
        );
      },
    },
  },
});

type State = {
  readonly core: Facet<ShelfCore>;
  readonly outcomes: DurableMap<string, unknown>;
};

/** An act on a zone of this shelf, once. */
const onZone = (
  { core, outcomes }: State,
  method: string,
  zone: Facet<Zone>,
  id: string,
  act: (inside: Facet<ZoneInside>) => Ok | Refusal,
): Ok | Refusal =>
  once<Ok | Refusal>(outcomes, method, id, () => {
    const inside = core.place().zoneOf(zone);
    return inside === undefined ? refuse('invalid') : act(inside);
  });

const makeStewardKit = defineActor({
  name: 'ShelfSteward',
  state: {
    core: typed<Facet<ShelfCore>>(M.remotable('shelf')),
    grantor: typed<Facet<Grantor>>(M.remotable('grantor')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (core: Facet<ShelfCore>, grantor: Facet<Grantor>) => ({
    core,
    grantor,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { steward: StewardI },
  facets: {
    steward: {
      view(): ShelfStewardView {
        const { core } = this.state;
        const place = core.place();
        return {
          shelf: place.name(),
          participants: core.participants(),
          zones: place
            .zones()
            .slice(0, shown)
            .map((zone) => ({ name: zone.name(), zone: zone.zone(), overdue: zone.overdue() })),
        };
      },
      changes(since?: string): Promise<string> {
        const { core } = this.state;
        return changed(since, this.facets.steward, core);
      },
      mapZone(
        name: string,
        kind: ZoneKind,
        size: bigint,
        kept: bigint,
        features: string,
        id: string,
      ): { ok: true; zone: Facet<Zone> } | Refusal {
        const { core, outcomes } = this.state;
        return once<{ ok: true; zone: Facet<Zone> } | Refusal>(outcomes, 'mapZone', id, () => {
          const offered = featuresOf(features);
          if (kept > size || offered.length > maxFeatures) return refuse('invalid');
          const zone = core.addZone({ name, kind, size, kept, features: offered });
          return 'ok' in zone ? zone : { ok: true, zone };
        });
      },
      resizeZone(zone: Facet<Zone>, size: bigint, kept: bigint, id: string): Ok | Refusal {
        const { core } = this.state;
        return onZone(this.state, 'resizeZone', zone, id, (inside) => {
          if (kept > size) return refuse('invalid');
          const from = core.hub().clock().epoch() + 1n;
          inside.resize(size, kept, from);
          core.hub().record('zone resized', { zone: inside.number(), size, kept, from });
          return { ok: true };
        });
      },
      breakZone(zone: Facet<Zone>, working: bigint, id: string): Ok | Refusal {
        const { core } = this.state;
        return onZone(this.state, 'breakZone', zone, id, (inside) => {
          inside.setWorking(working);
          core.hub().record('zone broke', { zone: inside.number(), working });
          core.divideNow(inside);
          return { ok: true };
        });
      },
      repairZone(zone: Facet<Zone>, id: string): Ok | Refusal {
        const { core } = this.state;
        return onZone(this.state, 'repairZone', zone, id, (inside) => {
          inside.setWorking(undefined);
          core.hub().record('zone repaired', { zone: inside.number() });
          core.divideNow(inside);
          return { ok: true };
        });
      },
      sweep(zone: Facet<Zone>, slot: bigint, id: string): Ok | Refusal {
        const { core } = this.state;
        return onZone(this.state, 'sweep', zone, id, (inside) => {
          const member = inside.holderOf(slot);
          const swept = inside.sweep(slot);
          if (swept.ok) core.hub().record('slot swept', { zone: inside.number(), slot, member });
          return swept;
        });
      },
      invite(id: string): { ok: true; invitation: Facet<PlaceInvitation> } | Refusal {
        const { core, outcomes } = this.state;
        return once(outcomes, 'invite', id, () => core.invite(undefined));
      },
      inviteLink(id: string): Promise<{ ok: true; secret: string; toPaste: true }> {
        const { grantor } = this.state;
        const made = this.facets.steward.invite(id);
        if (!made.ok) throw Error('Cannot invite: the shelf makes no invitations');
        return E.when(
          E(grantor).sturdy(made.invitation, { label: 'invitation to a shelf' }),
          (secret) => ({ ok: true as const, secret, toPaste: true as const }),
        );
      },
      counter(label: string, id: string): { ok: true; counter: Facet<Counter> } {
        const { core, outcomes } = this.state;
        return once(outcomes, 'counter', id, () => {
          core.hub().record('counter', { label });
          return { ok: true as const, counter: makeCounterKit(core, label).counter };
        });
      },
    },
  },
  readOnly: ['steward.changes'],
});

const makeAuditorKit = defineActor({
  name: 'ShelfAuditor',
  state: {
    core: typed<Facet<ShelfCore>>(M.remotable('shelf')),
    reader: typed<Facet<JournalReader>>(M.remotable('journal')),
    charter: typed<Facet<CharterPublic>>(M.remotable('charter')),
  },
  init: (core: Facet<ShelfCore>, reader: Facet<JournalReader>, charter: Facet<CharterPublic>) => ({
    core,
    reader,
    charter,
  }),
  guards: { auditor: AuditorI },
  facets: {
    auditor: {
      view(): ReturnType<ShelfAuditor['view']> {
        const place = this.state.core.place();
        return {
          shelf: place.name(),
          zones: place
            .zones()
            .slice(0, shown)
            .map((one) => ({ name: one.name(), zone: one.zone() })),
        };
      },
      journal(): Facet<JournalReader> {
        return this.state.reader;
      },
      charter(): Facet<CharterPublic> {
        return this.state.charter;
      },
      recompute(zone: Facet<Zone>, epoch: bigint): ReturnType<ShelfAuditor['recompute']> {
        return this.state.core.place().zoneOf(zone)?.recompute(epoch) ?? refuse('invalid');
      },
    },
  },
});

export const makeSteward = (core: Facet<ShelfCore>, grantor: Facet<Grantor>): Facet<ShelfSteward> =>
  makeStewardKit(core, grantor).steward as Facet<ShelfSteward>;

export const makeAuditor = (
  core: Facet<ShelfCore>,
  reader: Facet<JournalReader>,
  charter: Facet<CharterPublic>,
): Facet<ShelfAuditor> => makeAuditorKit(core, reader, charter).auditor;

/**
 * The free store (SPEC M9). What it keeps is what lies on the shelf: what, how many, until when. Its public
 * facets are `unlinked`, so the vat's journal does not say either who came, or when.
 *
 * In an unlinked delivery time is only told as the end of the epoch. So what depends on the day is decided
 * in turns of the timer's: it dates what was put in, and says of food that it is past its date.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { dayOf } from '@pocas/clearing/halves';
import type { Clock, DurableMap, Facet, Grantor, Timer } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import {
  FreeStoreCareI,
  FreeStoreI,
  FreeThingI,
  ShelfI,
  SleeperI,
  ThingInsideI,
} from './store-guards.ts';
import type {
  FreeStore,
  FreeStoreCare,
  FreeStorePowers,
  FreeThing,
  ShelfItem,
  ShelfTag,
  ThingItem,
  ThingView,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: { readonly ok: true } = { ok: true };

/** Kinds of things at a time. */
export const maxKinds = 300;
/**
 * Tags that are asked what they say at a time. A tag may never answer, and nobody is asked who scans it, so
 * all share this bound, far below what the vat may ask; what lies here can be put in by its name meanwhile.
 */
export const maxAsked = 100;
let asked = 0;
const shown = 30;
const day = 24n * 60n * 60n * 1000n;

/** `fresh`: it was put in, and waits for its date. */
type Food =
  | { readonly phase: 'fresh'; readonly days: bigint }
  | { readonly phase: 'dated' | 'past'; readonly expires: bigint };
/** The one timer that is set. */
type Armed = { readonly timer: bigint; readonly at: bigint };
type Made = { readonly what: string; readonly tag?: Facet<ShelfTag>; readonly food?: Food };
type ThingInside = {
  item(): ThingItem;
  units(): bigint;
  food(): Food | undefined;
  date(food: Food): void;
  recount(units: bigint): void;
  facet(): Facet<FreeThing>;
};
type Shelf = {
  /** Whether there is space for so many more; takes it. */
  takeSpace(units: bigint): boolean;
  gone(number: bigint, units: bigint, isLast: boolean): void;
};

const makeThingKit = defineActor({
  name: 'FreeThing',
  state: {
    number: M.nat(),
    shelf: typed<Facet<Shelf>>(M.remotable('shelf')),
    made: typed<Made>(M.record()),
    food: typed<Food | undefined>(M.any()),
    units: M.nat(),
  },
  init: (number: bigint, shelf: Facet<Shelf>, made: Made, units: bigint) => ({
    ...{ number, shelf, made, units },
    food: made.food,
  }),
  guards: { thing: FreeThingI, inside: ThingInsideI },
  facets: {
    thing: {
      view(): ThingView {
        const { made, units, food } = this.state;
        const goodUntil = food === undefined || food.phase === 'fresh' ? '' : dayOf(food.expires);
        return { what: made.what, units, goodUntil };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.thing);
      },
      take(taken: bigint): Done {
        const { number, shelf, units, food } = this.state;
        if (units === 0n) return refuse('closed');
        if (food?.phase === 'past') return refuse('expired');
        if (taken > units) return refuse('insufficient');
        this.state.units = units - taken;
        shelf.gone(number, taken, taken === units);
        return ok;
      },
      add(more: bigint): Done {
        const { shelf, units, food } = this.state;
        if (units === 0n) return refuse('closed');
        // Other food has another date.
        if (food !== undefined) return refuse('unsupported');
        if (!shelf.takeSpace(more)) return refuse('quota');
        this.state.units = units + more;
        return ok;
      },
    },
    inside: {
      item(): ThingItem {
        return { ...this.facets.thing.view(), act: this.facets.thing };
      },
      units(): bigint {
        return this.state.units;
      },
      food(): Food | undefined {
        return this.state.food;
      },
      date(food: Food): void {
        this.state.food = food;
      },
      recount(units: bigint): void {
        this.state.units = units;
      },
      tag(): Facet<ShelfTag> | undefined {
        return this.state.made.tag;
      },
      facet(): Facet<FreeThing> {
        return this.facets.thing;
      },
    },
  },
  readOnly: ['thing.changes'],
  unlinked: ['thing'],
});

const makeStoreKit = defineActor({
  name: 'FreeStore',
  state: {
    name: M.string(),
    space: M.nat(),
    used: M.nat(),
    foodDays: M.nat(),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    grantor: typed<Facet<Grantor> | undefined>(M.any()),
    things: typed<DurableMap<bigint, Facet<ThingInside & { tag(): Facet<ShelfTag> | undefined }>>>(
      M.any(),
    ),
    next: M.nat(),
    armed: typed<Armed | undefined>(M.opt(M.record())),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    name: string,
    space: bigint,
    foodDays: bigint,
    { clock, timer, grantor }: FreeStorePowers,
  ) => ({
    ...{ name, space, foodDays, clock, timer, grantor, used: 0n, next: 1n },
    armed: undefined,
    things: makeDurableMap<bigint, Facet<ThingInside & { tag(): Facet<ShelfTag> | undefined }>>(),
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { store: FreeStoreI, care: FreeStoreCareI, shelf: ShelfI, sleeper: SleeperI },
  facets: {
    store: {
      view(): ReturnType<FreeStore['view']> {
        const { name, space, used } = this.state;
        const room = space > used ? space - used : 0n;
        return { name, room, things: this.facets.store.more(0n) };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.store);
      },
      more(before: bigint): readonly ThingItem[] {
        const { things } = this.state;
        const newest = [...things.values({ reverse: true, limit: Number(before) + shown })];
        return newest.slice(Number(before)).map((thing) => thing.item());
      },
      putIn(what: string, units: bigint): Done {
        return this.facets.shelf.add({ what }, units);
      },
      putInFood(what: string, units: bigint, goodForDays: bigint): Done {
        if (goodForDays > this.state.foodDays) return refuse('invalid');
        const added = this.facets.shelf.add(
          { what, food: { phase: 'fresh', days: goodForDays } },
          units,
        );
        // Its day is dated from now, which only a turn of the timer's is told.
        if (added.ok) this.facets.shelf.wakeBy(0n);
        return added;
      },
      async putTagged(tag: Facet<ShelfTag>): Promise<Done> {
        if (asked >= maxAsked) return refuse('quota');
        asked += 1;
        let seen: unknown;
        try {
          seen = await E(tag).view();
        } finally {
          asked -= 1;
        }
        // A turn of its own: what the tag's vat says is looked at there.
        return this.facets.shelf.addTagged(tag, seen);
      },
      takeTagged(tag: Facet<ShelfTag>): Done {
        for (const thing of this.state.things.values())
          if (thing.tag() === tag && thing.food()?.phase !== 'past') return thing.facet().take(1n);
        return refuse('closed');
      },
    },
    care: {
      view(): ReturnType<FreeStoreCare['view']> {
        const { name, space, used, foodDays, things } = this.state;
        const seen = [...things.values({ reverse: true })].map((thing): ShelfItem => {
          const { act, ...view } = thing.item();
          return { ...view, isPast: thing.food()?.phase === 'past', thing: act };
        });
        const listed = [
          ...seen.filter(({ isPast }) => isPast),
          ...seen.filter(({ isPast }) => !isPast),
        ].slice(0, shown);
        const store: Facet<FreeStore> = this.facets.store;
        return { name, space, used, foodDays, things: listed, store };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.care);
      },
      store(): Facet<FreeStore> {
        return this.facets.store;
      },
      poster(): Promise<{ readonly secret: string }> | Refusal {
        const { grantor, name } = this.state;
        if (grantor === undefined) return refuse('unsupported');
        return E.when(E(grantor).sturdy(this.facets.store, { label: name }), (secret) => ({
          secret,
        }));
      },
      setSpace(units: bigint, requestId: string): { readonly ok: true } {
        return once<{ readonly ok: true }>(this.state.outcomes, 'setSpace', requestId, () => {
          this.state.space = units;
          return ok;
        });
      },
      setFoodDays(days: bigint, requestId: string): { readonly ok: true } {
        return once<{ readonly ok: true }>(this.state.outcomes, 'setFoodDays', requestId, () => {
          this.state.foodDays = days;
          return ok;
        });
      },
      recount(facet: Facet<FreeThing>, units: bigint, requestId: string): Done {
        const { outcomes, things } = this.state;
        return once<Done>(outcomes, 'recount', requestId, () => {
          for (const [number, thing] of things.entries()) {
            if (thing.facet() !== facet) continue;
            const before = thing.units();
            thing.recount(units);
            this.state.used = this.state.used - before + units;
            if (units === 0n) things.delete(number);
            return ok;
          }
          return refuse('closed');
        });
      },
    },
    shelf: {
      takeSpace(units: bigint): boolean {
        const { used, space } = this.state;
        if (used + units > space) return false;
        this.state.used = used + units;
        return true;
      },
      gone(number: bigint, units: bigint, isLast: boolean): void {
        this.state.used -= units;
        if (isLast) this.state.things.delete(number);
      },
      add(made: Made, units: bigint): Done {
        const { things, next } = this.state;
        if (things.size() >= maxKinds || !this.facets.shelf.takeSpace(units))
          return refuse('quota');
        const thing = makeThingKit(next, this.facets.shelf, made, units).inside;
        things.set(next, thing);
        this.state.next = next + 1n;
        return ok;
      },
      addTagged(tag: Facet<ShelfTag>, seen: unknown): Done {
        const { name, expires, isExpired } = readTag(seen);
        if (name === '') return refuse('invalid');
        if (isExpired) return refuse('expired');
        for (const thing of this.state.things.values())
          // It was scanned twice, or is back already: it is one thing.
          if (thing.tag() === tag) return ok;
        const food: Food | undefined =
          expires === undefined ? undefined : { phase: 'dated', expires };
        const made = food === undefined ? { what: name, tag } : { what: name, tag, food };
        const added = this.facets.shelf.add(made, 1n);
        if (added.ok && expires !== undefined) this.facets.shelf.wakeBy(expires);
        return added;
      },
      /** One timer is enough: who puts in and takes out all day leaves no others behind. */
      wakeBy(at: bigint): void {
        const { armed, timer } = this.state;
        if (armed !== undefined && armed.at <= at) return;
        if (armed !== undefined) timer.cancel(armed.timer);
        this.state.armed = { timer: timer.wakeAt(at, this.facets.sleeper, {}), at };
      },
    },
    sleeper: {
      /** Dates what is fresh, and says of what is past its date that it is. */
      wake(): void {
        const { things, clock, armed, timer } = this.state;
        const now = clock.now();
        if (armed !== undefined && armed.at > now) timer.cancel(armed.timer);
        this.state.armed = undefined;
        for (const thing of things.values()) {
          const food = thing.food();
          if (food === undefined || food.phase === 'past') continue;
          const expires = food.phase === 'fresh' ? now + food.days * day : food.expires;
          if (expires <= now) thing.date({ phase: 'past', expires });
          else {
            if (food.phase === 'fresh') thing.date({ phase: 'dated', expires });
            this.facets.shelf.wakeBy(expires);
          }
        }
      },
    },
  },
  readOnly: ['store.changes', 'store.putTagged', 'care.changes'],
  unlinked: ['store'],
});

/** Of what somebody else's object says, only what has the right form. */
const readTag = (
  seen: unknown,
): { readonly name: string; readonly expires?: bigint; readonly isExpired: boolean } => {
  if (typeof seen !== 'object' || seen === null) return { name: '', isExpired: false };
  const { name, expires, isExpired } = seen as { [key: string]: unknown };
  return {
    name: typeof name === 'string' ? name.slice(0, 100) : '',
    ...(typeof expires === 'bigint' && expires >= 0n ? { expires } : {}),
    isExpired: isExpired === true,
  };
};

export const makeFreeStore = (
  name: string,
  space: bigint,
  foodDays: bigint,
  powers: FreeStorePowers,
): Facet<FreeStoreCare> => makeStoreKit(name, space, foodDays, powers).care;

/**
 * One zone of a shelf: who wants how much, what was sold, who has which slot, and how it was divided.
 *
 * A wish holds from the epoch after it was said, and so does a sale: so what a run is made from stands still
 * when the epoch begins, however many turns the run takes.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { weightOf } from '@pocas/clearing/limit-rule';
import { assign } from './assign.ts';
import { explained } from './explain.ts';
import { ZoneInsideI } from './guards-inside.ts';
import { ZoneI } from './guards-zone.ts';
import type { Ok, ShelfHub, SlotView, ZoneInside, ZoneParams } from './inside.ts';
import { divideZone, shelfRuleVersion } from './rule.ts';
import type { ShelfClaim, ShelfRule } from './rule-types.ts';
import type { Explained, Zone, ZoneInputs, ZoneKind, ZoneView } from './types.ts';

/** What is said holds from an epoch on; before that, what was said before. */
type Wish = { readonly now: bigint; readonly next: bigint; readonly from: bigint };
/** The newest epoch first. */
type Sold = readonly { readonly epoch: bigint; readonly units: bigint }[];
type Slot = { readonly member: bigint; readonly thing?: object; readonly due?: bigint };
type Due = { readonly slots: bigint; readonly lot: bigint };
type Entry = ShelfClaim & { readonly member: bigint; readonly slots: bigint };
/** `pages` rows of entries follow under the same epoch. */
type Run = {
  readonly rule: ShelfRule;
  readonly seed: string;
  readonly division: bigint;
  readonly pages: bigint;
  readonly count: bigint;
};
type Size = { readonly size: bigint; readonly kept: bigint };

/** How many entries a page of inputs has. */
export const perPage = 100;
/** How many epochs of divisions are kept. */
const runsKept = 12n;
const shown = 30;

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const pageKey = (epoch: bigint, page: bigint): string =>
  `${String(epoch).padStart(12, '0')} ${String(page).padStart(6, '0')}`;

const settledWish = ({ now, next, from }: Wish, epoch: bigint): bigint =>
  from <= epoch ? next : now;

/** Decayed units of the epochs before this one, in thousandths. */
const weightAt = (sold: Sold, epoch: bigint, window: bigint): bigint =>
  sold.reduce((sum, one) => {
    const ago = epoch - 1n - one.epoch;
    return ago < 0n || ago >= window ? sum : sum + one.units * weightOf(ago, window);
  }, 0n);

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** A digest as a number. */
const numberOf = (digest: string): bigint =>
  [...digest].reduce((number, digit) => number * 64n + BigInt(digits.indexOf(digit)), 0n);

/** Nobody can tell a lot before the seed is shown, and everybody can check it afterwards. No two are equal. */
const lotOf = (seed: string, zone: bigint, member: bigint): bigint =>
  (numberOf(sha256(`pocas shelf lot\n${seed}\n${zone}\n${member}`)) << 64n) + member;

const makeZoneKit = defineActor({
  name: 'ShelfZone',
  state: {
    hub: typed<Facet<ShelfHub>>(M.remotable('shelf')),
    number: M.nat(),
    name: M.string(),
    kind: typed<ZoneKind>(M.string()),
    features: typed<readonly string[]>(M.arrayOf(M.string())),
    size: M.nat(),
    kept: M.nat(),
    /** What the steward said, which holds from the next run on. */
    next: typed<(Size & { readonly from: bigint }) | undefined>(M.opt(M.record())),
    /** How many slots work, where something broke. */
    working: typed<bigint | undefined>(M.opt(M.nat())),
    wishes: typed<DurableMap<bigint, Wish>>(M.any()),
    sales: typed<DurableMap<bigint, Sold>>(M.any()),
    slots: typed<DurableMap<bigint, Slot>>(M.any()),
    targets: typed<DurableMap<bigint, Due>>(M.any()),
    runs: typed<DurableMap<bigint, Run>>(M.any()),
    entries: typed<DurableMap<string, readonly Entry[]>>(M.any()),
  },
  init: (hub: Facet<ShelfHub>, params: ZoneParams) => ({
    hub,
    ...params,
    next: undefined,
    working: undefined,
    wishes: makeDurableMap<bigint, Wish>(),
    sales: makeDurableMap<bigint, Sold>(),
    slots: makeDurableMap<bigint, Slot>(),
    targets: makeDurableMap<bigint, Due>(),
    runs: makeDurableMap<bigint, Run>(),
    entries: makeDurableMap<string, readonly Entry[]>(),
  }),
  guards: { zone: ZoneI, inside: ZoneInsideI },
  facets: {
    zone: {
      view(): ZoneView {
        const { hub, name, kind, features, size, kept, slots } = this.state;
        const counts = new Map<bigint, bigint>();
        for (const { member } of slots.values())
          counts.set(member, (counts.get(member) ?? 0n) + 1n);
        const held = [...counts].toSorted(([a, x], [b, y]) =>
          x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1,
        );
        const places = held
          .slice(0, shown - 2)
          .map(([member, count]) => ({ who: hub.nameOf(member), slots: count, free: false }));
        const others = held.slice(shown - 2).reduce((sum, [, count]) => sum + count, 0n);
        if (others > 0n) places.push({ who: '…', slots: others, free: false });
        const free = most(0n, this.facets.inside.usable() - BigInt(slots.size()));
        if (free > 0n) places.push({ who: '', slots: free, free: true });
        const broken = most(0n, size - kept - this.facets.inside.usable());
        return { name, kind, features, size, kept, broken, places };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.zone);
      },
      inputs(epoch: bigint, page: bigint): ZoneInputs | Refusal {
        const { runs, entries } = this.state;
        const run = runs.get(epoch);
        if (run === undefined) return refuse('notYet');
        const { rule, seed, division, pages } = run;
        const claims = entries.get(pageKey(epoch, page)) ?? [];
        const version = shelfRuleVersion;
        return { ok: true, epoch, division, rule, version, seed, pages, claims };
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      name(): string {
        return this.state.name;
      },
      zone(): Facet<Zone> {
        return this.facets.zone;
      },
      /** How many slots can be given. */
      usable(): bigint {
        const { size, kept, working } = this.state;
        return most(0n, least(size, working ?? size) - kept);
      },
      request(member: bigint, demand: bigint, needs: readonly string[]): Ok | Refusal {
        const { hub, features, wishes, size } = this.state;
        if (needs.some((need) => !features.includes(need))) return refuse('unsupported');
        if (demand > size) return refuse('limit');
        const epoch = hub.clock().epoch();
        const before = wishes.get(member);
        const now = before === undefined ? 0n : settledWish(before, epoch);
        if (now === 0n && demand === 0n) wishes.delete(member);
        else wishes.set(member, { now, next: demand, from: epoch + 1n });
        hub.touch();
        return { ok: true };
      },
      demandOf(member: bigint): bigint {
        return this.state.wishes.get(member)?.next ?? 0n;
      },
      slotsOf(member: bigint): readonly SlotView[] {
        return [...this.state.slots.entries()].flatMap(([slot, row]) =>
          row.member !== member
            ? []
            : [
                {
                  slot,
                  isEmpty: row.thing === undefined,
                  toClear: row.due !== undefined,
                  ...(row.due === undefined ? {} : { due: row.due }),
                },
              ],
        );
      },
      waitingOf(member: bigint): bigint {
        const { targets, slots } = this.state;
        let held = 0n;
        for (const row of slots.values())
          if (row.member === member && row.due === undefined) held += 1n;
        return most(0n, (targets.get(member)?.slots ?? 0n) - held);
      },
      release(member: bigint): void {
        const { inside } = this.facets;
        inside.request(member, 0n, []);
        this.state.targets.delete(member);
        inside.settle(this.state.hub.policy('grace'));
      },
      place(member: bigint, thing: object): { ok: true; slot: bigint } | Refusal {
        const { hub, number, slots } = this.state;
        const empty = [...slots.entries()].find(
          ([, row]) => row.member === member && row.thing === undefined && row.due === undefined,
        );
        if (empty === undefined) return refuse('limit');
        const [slot, row] = empty;
        const placed = hub.setThing(thing, { zone: number, slot });
        if (!placed.ok) return placed;
        slots.set(slot, { ...row, thing });
        hub.touch();
        return { ok: true, slot };
      },
      clear(member: bigint, slot: bigint): Ok | Refusal {
        const { hub, slots } = this.state;
        const row = slots.get(slot);
        if (row?.member !== member) return refuse('invalid');
        if (row.thing === undefined) return refuse('closed');
        hub.setThing(row.thing, undefined);
        const { thing: _, ...rest } = row;
        slots.set(slot, rest);
        // What was to be cleared is whose turn it is now.
        if (row.due !== undefined) this.facets.inside.settle(hub.policy('grace'));
        hub.touch();
        return { ok: true };
      },
      lend(member: bigint, to: bigint, count: bigint): Ok | Refusal {
        const { hub, slots, targets } = this.state;
        const empty = [...slots.entries()].filter(
          ([, row]) => row.member === member && row.thing === undefined && row.due === undefined,
        );
        if (BigInt(empty.length) < count) return refuse('insufficient');
        for (const [slot] of empty.slice(0, Number(count))) slots.set(slot, { member: to });
        // Until the next run both have as many as now, so that nothing goes back before it.
        const [giver, taker] = [targets.get(member)!, targets.get(to)];
        targets.set(member, { ...giver, slots: giver.slots - count });
        targets.set(to, { lot: taker?.lot ?? giver.lot, slots: (taker?.slots ?? 0n) + count });
        hub.touch();
        return { ok: true };
      },
      holderOf(slot: bigint): bigint | undefined {
        return this.state.slots.get(slot)?.member;
      },
      sold(member: bigint, units: bigint): bigint {
        const { hub, sales } = this.state;
        const epoch = hub.clock().epoch();
        const before = sales.get(member) ?? [];
        const now = before.find((one) => one.epoch === epoch)?.units ?? 0n;
        const room = most(0n, hub.policy('epochCap') - now);
        const counted = least(least(units, hub.policy('reportCap')), room);
        if (counted === 0n) return 0n;
        const oldest = epoch - hub.policy('window');
        const others = before.filter((one) => one.epoch !== epoch && one.epoch >= oldest);
        sales.set(member, [{ epoch, units: now + counted }, ...others]);
        return counted;
      },
      divide(epoch: bigint, seed: string, isEmergency: boolean): void {
        const { hub, number, wishes, sales, slots, targets, runs, next } = this.state;
        const { inside } = this.facets;
        if (next !== undefined && next.from <= epoch) {
          this.state.size = next.size;
          this.state.kept = next.kept;
          this.state.next = undefined;
        }
        const held = new Map<bigint, bigint>();
        for (const { member, due } of slots.values())
          if (due === undefined) held.set(member, (held.get(member) ?? 0n) + 1n);
        const window = hub.policy('window');
        const claims: (ShelfClaim & { readonly member: bigint })[] = [];
        for (const [member, wish] of wishes.entries()) {
          const demand = settledWish(wish, epoch);
          if (demand === 0n) {
            if (wish.next === 0n) wishes.delete(member);
            continue;
          }
          claims.push({
            member,
            demand,
            weight: weightAt(sales.get(member) ?? [], epoch, window),
            isNewcomer: hub.isNewcomer(member, number, epoch),
            held: held.get(member) ?? 0n,
            lot: lotOf(seed, number, member),
          });
        }
        const rule: ShelfRule = {
          slots: inside.usable(),
          base: hub.policy('base'),
          reserve: hub.policy('reserve'),
          newcomerCap: hub.policy('newcomerCap'),
          isRoot: hub.policy('root') === 1n,
        };
        const { shares } = divideZone(rule, claims);
        const entries = claims.map((claim, i) => ({ ...claim, slots: shares[i]!.slots }));
        inside.keep(epoch, rule, seed, entries);
        for (const member of [...targets.keys()]) targets.delete(member);
        for (const { member, slots: count, lot } of entries) {
          if (count === 0n) continue;
          targets.set(member, { slots: count, lot });
          hub.noteLease(member, epoch, number);
        }
        inside.settle(hub.policy(isEmergency ? 'emergencyGrace' : 'grace'));
        const given = entries.reduce((sum, one) => sum + one.slots, 0n);
        const division = runs.get(epoch)!.division;
        hub.record('zone divided', {
          zone: number,
          epoch,
          division,
          participants: BigInt(entries.length),
          slots: rule.slots,
          given,
          digest: digestOf(rule, entries),
        });
      },
      keep(epoch: bigint, rule: ShelfRule, seed: string, list: readonly Entry[]): void {
        const { runs, entries } = this.state;
        for (const old of [...runs.keys()])
          if (old + runsKept <= epoch || old === epoch)
            for (let page = 0n; page < runs.get(old)!.pages; page += 1n)
              entries.delete(pageKey(old, page));
        const division = (runs.get(epoch)?.division ?? 0n) + 1n;
        for (const old of [...runs.keys()]) if (old + runsKept <= epoch) runs.delete(old);
        const pages = Math.ceil(list.length / perPage);
        for (let page = 0; page < pages; page += 1)
          entries.set(
            pageKey(epoch, BigInt(page)),
            list.slice(page * perPage, (page + 1) * perPage),
          );
        const count = BigInt(list.length);
        runs.set(epoch, { rule, seed, division, pages: BigInt(pages), count });
      },
      /** Gives, frees and marks slots so that everybody comes to what is theirs. */
      settle(grace: bigint): void {
        const { hub, slots, targets } = this.state;
        const due = hub.clock().now() + grace;
        const held = [...slots.entries()].map(([slot, { member, thing }]) => ({
          slot,
          member,
          isEmpty: thing === undefined,
        }));
        const wanted = [...targets.entries()].map(([member, one]) => ({ member, ...one }));
        const found = assign(this.facets.inside.usable(), held, wanted);
        for (const slot of found.freed) slots.delete(slot);
        for (const slot of found.due) {
          const row = slots.get(slot)!;
          // Whoever was told a time before keeps to that one.
          if (row.due === undefined) slots.set(slot, { ...row, due });
        }
        for (const slot of found.kept) {
          const { due: told, ...row } = slots.get(slot)!;
          if (told !== undefined) slots.set(slot, row);
        }
        for (const { slot, member } of found.given) slots.set(slot, { member });
        hub.touch();
      },
      listOf(epoch: bigint): readonly Entry[] {
        const { runs, entries } = this.state;
        const list: Entry[] = [];
        for (let page = 0n; page < runs.get(epoch)!.pages; page += 1n)
          list.push(...entries.get(pageKey(epoch, page))!);
        return list;
      },
      explain(member: bigint): Explained | Refusal {
        const { runs } = this.state;
        const [epoch] = [...runs.keys({ reverse: true, limit: 1 })];
        if (epoch === undefined) return refuse('notYet');
        const list = this.facets.inside.listOf(epoch);
        const place = list.findIndex((one) => one.member === member);
        if (place < 0) return refuse('closed');
        const { rule } = runs.get(epoch)!;
        const { unit, shares } = divideZone(rule, list);
        return explained(this.state.name, rule, list[place]!, shares[place]!, unit);
      },
      recompute(epoch: bigint): { ok: true; isSame: boolean; participants: bigint } | Refusal {
        const run = this.state.runs.get(epoch);
        if (run === undefined) return refuse('notYet');
        const list = this.facets.inside.listOf(epoch);
        const { shares } = divideZone(run.rule, list);
        const isSame =
          BigInt(list.length) === run.count &&
          list.every(({ slots }, i) => slots === shares[i]!.slots);
        return { ok: true, isSame, participants: run.count };
      },
      resize(size: bigint, kept: bigint, from: bigint): void {
        this.state.next = { size, kept, from };
      },
      setWorking(working: bigint | undefined): void {
        this.state.working = working;
      },
      sweep(slot: bigint): Ok | Refusal {
        const { hub, slots } = this.state;
        const row = slots.get(slot);
        if (row?.due === undefined) return refuse('invalid');
        if (row.due > hub.clock().now()) return refuse('notYet');
        if (row.thing !== undefined) hub.setThing(row.thing, undefined);
        slots.delete(slot);
        this.facets.inside.settle(hub.policy('grace'));
        return { ok: true };
      },
      overdue(): readonly bigint[] {
        const { hub, slots } = this.state;
        const now = hub.clock().now();
        const late = [...slots.entries()].filter(([, { due }]) => due !== undefined && due <= now);
        return late.slice(0, shown).map(([slot]) => slot);
      },
    },
  },
  readOnly: ['zone.changes'],
});

/** What stands in the journal of a division: nobody can be shown other inputs later. */
const digestOf = (rule: ShelfRule, entries: readonly Entry[]): string =>
  sha256(
    [
      `pocas shelf division\n${shelfRuleVersion}`,
      [rule.slots, rule.base, rule.reserve, rule.newcomerCap, rule.isRoot].join(' '),
      ...entries.map((one) =>
        [one.member, one.demand, one.weight, one.isNewcomer, one.held, one.lot, one.slots].join(
          ' ',
        ),
      ),
    ].join('\n'),
  );

export const makeZone = (hub: Facet<ShelfHub>, params: ZoneParams): Facet<ZoneInside> =>
  makeZoneKit(hub, params).inside;

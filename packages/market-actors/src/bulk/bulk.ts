/**
 * One bulk-buy (SPEC M7), from the first pledge to the last bag. It alone decides the pledged holds: the
 * organiser says what was bought and what came, and has none of the value at any time.
 *
 * Whatever people forget, no value stays set aside: each phase ends by itself. Until the goods are there that
 * means that all have all of their value back.
 */
import { M } from '@endo/patterns';
import { minuteOf } from '@pocas/clearing/halves';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import { filled } from '../inside/shown.ts';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import { splitByWeight } from '../sharing/split.ts';
import {
  type Allotment,
  type Range,
  allot,
  allotAgain,
  maxPledges,
  maxPromised,
  roundUp,
  unitsToNextCase,
} from './allot.ts';
import { BulkI, BulkInsideI, BulkOrganiserI, BulkStepsI } from './bulk-guards.ts';
import type { BulkInside, BulkTerms, BulksInside, PledgeInside } from './inside.ts';
import { makePledge, tooMuch } from './pledge.ts';
import { tiersText } from './terms.ts';
import type {
  Bulk,
  BulkDeskView,
  BulkItem,
  BulkOrganiser,
  BulkPhase,
  BulkView,
  Pledged,
} from './types.ts';

type Forecast = Pick<Allotment, 'total' | 'price'>;
type Done = { readonly ok: true } | Refusal;
const ok: { readonly ok: true } = { ok: true };

const phases = [
  'open',
  'closing',
  'allotted',
  'bought',
  'received',
  'distributed',
  'released',
] as const satisfies readonly BulkPhase[];

/** How long what was not fetched is offered on. */
const offeredOn = 30n * 24n * 60n * 60n * 1000n;
const digestForm = /^[0-9a-f]{64}$/;

const makeBulkKit = defineActor({
  name: 'Bulk',
  state: {
    number: M.nat(),
    terms: typed<BulkTerms>(M.record()),
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    all: typed<Facet<BulksInside>>(M.remotable('bulks')),
    organiser: typed<Facet<MemberInside>>(M.remotable('member')),
    supplier: typed<Facet<MemberInside>>(M.remotable('member')),
    /** By the place in the order of coming: who came earlier keeps that place while the range changes. */
    pledges: typed<DurableMap<bigint, Facet<PledgeInside>>>(M.any()),
    /** A member's place. */
    places: typed<DurableMap<bigint, bigint>>(M.any()),
    nextPlace: M.nat(),
    bulkPhase: typed<BulkPhase>(M.or(...phases)),
    /** As long as pledges change: what would be bought. */
    forecast: typed<Forecast | undefined>(M.any()),
    allotment: typed<Allotment | undefined>(M.any()),
    until: typed<bigint | undefined>(M.any()),
    timer: typed<bigint | undefined>(M.any()),
    cost: M.nat(),
    evidence: M.string(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    number: bigint,
    terms: BulkTerms,
    market: Facet<MarketInside>,
    all: Facet<BulksInside>,
    organiser: Facet<MemberInside>,
    supplier: Facet<MemberInside>,
  ) => ({
    ...{ number, terms, market, all, organiser, supplier },
    pledges: makeDurableMap<bigint, Facet<PledgeInside>>(),
    places: makeDurableMap<bigint, bigint>(),
    nextPlace: 1n,
    bulkPhase: 'open' as BulkPhase,
    forecast: undefined as Forecast | undefined,
    allotment: undefined as Allotment | undefined,
    until: undefined as bigint | undefined,
    timer: undefined as bigint | undefined,
    ...{ cost: 0n, evidence: '' },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { public: BulkI, organiser: BulkOrganiserI, inside: BulkInsideI, steps: BulkStepsI },
  facets: {
    public: {
      view(): BulkView {
        const { terms, bulkPhase, organiser, supplier, until, cost, evidence } = this.state;
        const { what, description, tiers, minimum, caseSize, delivery } = terms;
        const ranges = this.facets.steps.ranges();
        const isGrowing = isEarly(bulkPhase);
        const outcome = isGrowing ? this.state.forecast : this.state.allotment;
        return {
          ...{ what, phase: bulkPhase, minimum, caseSize, delivery, cost },
          ...filled({ description, evidence, until: until === undefined ? '' : minuteOf(until) }),
          organiser: organiser.name(),
          supplier: supplier.name(),
          tiers: tiersText(tiers),
          pledges: BigInt(ranges.length),
          least: ranges.reduce((sum, { min }) => sum + min, 0n),
          most: ranges.reduce((sum, { max }) => sum + max, 0n),
          total: outcome?.total ?? 0n,
          price: outcome?.price ?? tiers[0]!.price,
          wanted: isGrowing ? unitsToNextCase(terms, ranges) : 0n,
          left: bulkPhase === 'distributed' ? this.facets.steps.left() : 0n,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public);
      },
      number(): bigint {
        return this.state.number;
      },
    },
    organiser: {
      view(): ReturnType<BulkOrganiser['view']> {
        const people = [...this.state.pledges.values()].map((pledge) => ({
          name: pledge.member().name(),
          units: pledge.units(),
          isCollected: pledge.isCollected(),
        }));
        return { ...this.facets.public.view(), people, buy: this.facets.public };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.organiser, ...this.state.pledges.values());
      },
      cancel(requestId: string): Done {
        const { outcomes, bulkPhase } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'cancel', requestId, () => {
          if (isOver(bulkPhase) || bulkPhase === 'received') return refuse('closed');
          this.facets.steps.release('cancelled');
          return ok;
        });
      },
      bought(evidence: string, digest: string, requestId: string): Done {
        const { outcomes, bulkPhase, terms } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'bought', requestId, () => {
          if (bulkPhase !== 'allotted') return refuse(isEarly(bulkPhase) ? 'notYet' : 'closed');
          if (!digestForm.test(digest)) return refuse('invalid');
          this.facets.steps.attach(evidence, digest);
          this.facets.steps.enter('bought', terms.delivering);
          return ok;
        });
      },
      received(
        units: bigint,
        cost: bigint,
        evidence: string,
        digest: string,
        requestId: string,
      ): Done {
        const { outcomes, bulkPhase, allotment, market } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'received', requestId, () => {
          if (bulkPhase !== 'bought' || allotment === undefined)
            return refuse(isOver(bulkPhase) || bulkPhase === 'received' ? 'closed' : 'notYet');
          if (!digestForm.test(digest) || cost % market.charter('step') !== 0n)
            return refuse('invalid');
          if (units > allotment.total) return refuse('insufficient');
          const ranges = this.facets.steps.ranges();
          const final =
            units === allotment.total ? allotment : allotAgain(ranges, allotment, units);
          if (cost > final.total * final.price) return refuse('limit');
          this.facets.steps.attach(evidence, digest);
          this.facets.steps.settle(final, cost);
          return ok;
        });
      },
      distributed(requestId: string): Done {
        const { outcomes, bulkPhase } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'distributed', requestId, () => {
          if (bulkPhase !== 'received') return refuse(isOver(bulkPhase) ? 'closed' : 'notYet');
          this.facets.steps.enter('distributed', offeredOn);
          return ok;
        });
      },
    },
    inside: {
      start(): void {
        this.facets.steps.enter('open', this.state.terms.deadline);
      },
      number(): bigint {
        return this.state.number;
      },
      public(): Facet<Bulk> {
        return this.facets.public;
      },
      view(): BulkView {
        return this.facets.public.view();
      },
      item(): BulkItem {
        const { what, phase, organiser, supplier, total, price, wanted, left } =
          this.facets.public.view();
        const buy: Facet<Bulk> = this.facets.public;
        return { what, buy, phase, organiser, supplier, total, price, wanted, left };
      },
      organisedItem(): BulkDeskView['organised'][number] {
        const { terms, bulkPhase } = this.state;
        return { what: terms.what, phase: bulkPhase, act: this.facets.organiser };
      },
      pledge(member: Facet<MemberInside>, range: Range): Pledged | Refusal {
        const { bulkPhase, market, supplier, pledges, places, nextPlace } = this.state;
        if (bulkPhase !== 'open' && bulkPhase !== 'closing') return refuse('closed');
        if (!market.isOpen()) return refuse('closed');
        if (places.has(member.number())) return refuse('conflict');
        if (member === supplier) return refuse('unsupported');
        const refusal = this.facets.steps.refusalOf(range, 0n, pledges.size() + 1);
        if (refusal !== undefined) return refusal;
        const pledge = makePledge(this.facets.inside, market, member, supplier.payee());
        if (!this.facets.steps.cover(pledge, range)) return refuse('limit');
        pledges.set(nextPlace, pledge);
        places.set(member.number(), nextPlace);
        this.state.nextPlace += 1n;
        this.state.all.deskNumbered(member.number())?.pledged(this.state.number, pledge);
        this.facets.steps.foresee();
        return { ok: true, pledge: pledge.pledge() };
      },
      change(member: bigint, range: Range): Done {
        const { bulkPhase, pledges, places } = this.state;
        const place = places.get(member);
        if (place === undefined || (bulkPhase !== 'open' && bulkPhase !== 'closing'))
          return refuse('closed');
        const pledge = pledges.get(place)!;
        const before = pledge.range();
        // Others count on what stands at the deadline, so from then on it can only grow.
        if (bulkPhase === 'closing' && (range.min < before.min || range.max < before.max))
          return refuse('closed');
        const refusal = this.facets.steps.refusalOf(range, before.min, pledges.size());
        if (refusal !== undefined) return refusal;
        if (!this.facets.steps.cover(pledge, range)) return refuse('limit');
        this.facets.steps.foresee();
        return ok;
      },
      withdraw(member: bigint): Done {
        const { bulkPhase, places } = this.state;
        const place = places.get(member);
        if (place === undefined || bulkPhase !== 'open') return refuse('closed');
        this.facets.steps.drop(member, place);
        return ok;
      },
      quit(member: Facet<MemberInside>): boolean {
        const { bulkPhase, organiser, supplier, places } = this.state;
        if (isOver(bulkPhase) || bulkPhase === 'received') return false;
        const place = places.get(member.number());
        const isLeading = member === organiser || member === supplier;
        if (!isLeading && place === undefined) return false;
        if (bulkPhase === 'bought' || (!isLeading && bulkPhase === 'allotted')) return true;
        if (isLeading) {
          this.facets.steps.release('whoever led or supplied it has left');
          return false;
        }
        this.facets.steps.drop(member.number(), place!);
        return false;
      },
      collect(member: bigint): Done {
        const { bulkPhase, pledges, places } = this.state;
        const place = places.get(member);
        if (place === undefined) return refuse('closed');
        if (bulkPhase !== 'received' && bulkPhase !== 'distributed')
          return refuse(bulkPhase === 'released' ? 'closed' : 'notYet');
        const pledge = pledges.get(place)!;
        if (pledge.units() === 0n) return refuse('closed');
        pledge.collect();
        return ok;
      },
      takeLeft(
        taker: Facet<MemberInside>,
        units: bigint,
      ): { readonly ok: true; readonly units: bigint; readonly paid: bigint } | Refusal {
        const { bulkPhase, pledges, market } = this.state;
        if (bulkPhase !== 'distributed')
          return refuse(bulkPhase === 'released' ? 'closed' : 'notYet');
        for (const pledge of pledges.values()) {
          if (pledge.isCollected() || pledge.units() < units || pledge.member() === taker) continue;
          // What it cost whoever did not fetch it: they are out of it, and gain nothing. In whole steps, rounded
          // up, since rounded down a unit at a time would cost nothing.
          const exact = (pledge.paid() * units + pledge.units() - 1n) / pledge.units();
          const share = roundUp(exact, market.charter('step'));
          const paid = share < pledge.paid() ? share : pledge.paid();
          const requestId = market.derive(`bulk left ${market.nextNumber()}`);
          const moved = taker.account().pay(pledge.member().payee(), paid, requestId);
          // Somebody who declines what passes a ceiling keeps nobody from what others left.
          if (!moved.ok && moved.whose === 'payee') continue;
          if (!moved.ok) return moved;
          pledge.handOn(units, paid);
          this.facets.steps.tell();
          return { ok: true, units, paid };
        }
        return refuse('insufficient');
      },
    },
    steps: {
      ranges(): readonly Range[] {
        return [...this.state.pledges.values()].map((pledge) => pledge.range());
      },
      /** A pledge is taken out, and its value given back. */
      drop(member: bigint, place: bigint): void {
        const { pledges, places, all, number } = this.state;
        pledges.get(place)!.release();
        pledges.delete(place);
        places.delete(member);
        all.deskNumbered(member)?.ended(number);
        this.facets.steps.foresee();
      },
      /** What would come out now. Reckoned once for each change, since a page shows many buys. */
      foresee(): void {
        const found = allot(this.state.terms, this.facets.steps.ranges());
        this.state.forecast =
          found === undefined ? undefined : { total: found.total, price: found.price };
        this.facets.steps.tell();
      },
      left(): bigint {
        return [...this.state.pledges.values()].reduce(
          (sum, pledge) => (pledge.isCollected() ? sum : sum + pledge.units()),
          0n,
        );
      },
      refusalOf({ min, max }: Range, before: bigint, count: number): Refusal | undefined {
        const promised = this.facets.steps.ranges().reduce((sum, range) => sum + range.min, 0n);
        if (min > max) return refuse('invalid');
        if (count > maxPledges || promised - before + min > maxPromised) return refuse('quota');
        return undefined;
      },
      /** @returns false where the value could not be set aside; then nothing is changed */
      cover(pledge: Facet<PledgeInside>, range: Range): boolean {
        const highest = this.state.terms.tiers[0]!.price;
        try {
          pledge.cover(range, range.max * highest);
          return true;
        } catch (error) {
          // Another error is a defect, and undoes the whole turn.
          if (!isTooMuch(error)) throw error;
          return false;
        }
      },
      attach(evidence: string, digest: string): void {
        this.facets.steps.note(`${evidence} (${digest})`);
      },
      note(text: string): void {
        const { evidence } = this.state;
        this.state.evidence = evidence === '' ? text : `${evidence}\n${text}`;
      },
      /** @param time - until it ends by itself */
      enter(bulkPhase: BulkPhase, time: bigint): void {
        const { market, number } = this.state;
        this.facets.steps.calm();
        const until = market.now() + time;
        this.state.bulkPhase = bulkPhase;
        this.state.until = until;
        this.state.timer = market.wakeAt(until, this.facets.steps, { bulkPhase });
        market.record('bulk.phase', { buy: number, phase: bulkPhase }, 'P1');
        this.facets.steps.tell();
      },
      calm(): void {
        const { market, timer } = this.state;
        if (timer !== undefined) market.cancelWake(timer);
        this.state.timer = undefined;
        this.state.until = undefined;
      },
      due({ bulkPhase }: { readonly bulkPhase: BulkPhase }): void {
        // The alarm of a phase that was left meanwhile says nothing.
        if (bulkPhase !== this.state.bulkPhase) return;
        this.state.timer = undefined;
        const { terms } = this.state;
        const { steps } = this.facets;
        if (bulkPhase === 'open' && steps.isWanting()) steps.enter('closing', terms.closing);
        else if (bulkPhase === 'open' || bulkPhase === 'closing') steps.close();
        else if (bulkPhase === 'allotted') steps.release('nobody bought');
        else if (bulkPhase === 'bought') steps.release('nothing came');
        else if (bulkPhase === 'received') steps.enter('distributed', offeredOn);
        else steps.finish('distributed');
      },
      /** Whether a little more would fill the case that is begun. */
      isWanting(): boolean {
        const { terms } = this.state;
        const ranges = this.facets.steps.ranges();
        return terms.closing > 0n && ranges.length > 0 && unitsToNextCase(terms, ranges) > 0n;
      },
      close(): void {
        const { terms, pledges } = this.state;
        const allotment = allot(terms, this.facets.steps.ranges());
        if (allotment === undefined) return this.facets.steps.release('too little');
        this.state.allotment = allotment;
        for (const [index, pledge] of [...pledges.values()].entries())
          pledge.allot(allotment.units[index]!);
        this.facets.steps.enter('allotted', terms.buying);
      },
      /** Pays the supplier, by one price for all; what the invoice did not need goes back, pro rata. */
      settle(final: Allotment, cost: bigint): void {
        const { market, supplier, pledges } = this.state;
        const step = market.charter('step');
        const due = final.units.map((units) => units * final.price);
        const parts =
          cost === 0n
            ? due.map(() => 0n)
            : splitByWeight(cost / step, due).map((value) => value * step);
        for (const [index, pledge] of [...pledges.values()].entries()) {
          const value = parts[index]!;
          pledge.allot(final.units[index]!);
          if (value === 0n) {
            pledge.forgive();
            continue;
          }
          const taken = pledge.settle(value);
          if (taken === 0n) continue;
          pledge.member().countSpending(taken);
          market.countSale(supplier, pledge.member(), taken);
          market.noteSale(this.state.terms.what, taken);
        }
        this.state.allotment = final;
        this.state.cost = cost;
        this.facets.steps.enter('received', this.state.terms.delivering);
      },
      release(why: string): void {
        const { pledges } = this.state;
        for (const pledge of pledges.values()) pledge.release();
        this.state.allotment = undefined;
        this.facets.steps.note(why);
        this.facets.steps.finish('released');
      },
      finish(bulkPhase: BulkPhase): void {
        const { all, number, organiser, pledges, market } = this.state;
        this.facets.steps.calm();
        this.state.bulkPhase = bulkPhase;
        market.record('bulk.ended', { buy: number, phase: bulkPhase }, 'P1');
        this.facets.steps.tell();
        all.remove(number);
        all.deskNumbered(organiser.number())?.organisedEnded(number);
        for (const pledge of pledges.values())
          all.deskNumbered(pledge.member().number())?.ended(number);
      },
      tell(): void {
        const { all, organiser, pledges, market } = this.state;
        all.deskNumbered(organiser.number())?.phaseChanged();
        for (const pledge of pledges.values())
          all.deskNumbered(pledge.member().number())?.phaseChanged();
        market.touch();
      },
    },
  },
  readOnly: ['public.changes', 'organiser.changes'],
});

const isTooMuch = (error: unknown): boolean => error instanceof Error && error.message === tooMuch;
const isOver = (phase: BulkPhase): boolean => phase === 'distributed' || phase === 'released';
const isEarly = (phase: BulkPhase): boolean => phase === 'open' || phase === 'closing';

/** Opens a bulk-buy; its deadline runs from now. */
export const makeBulk = (
  number: bigint,
  terms: BulkTerms,
  market: Facet<MarketInside>,
  all: Facet<BulksInside>,
  organiser: Facet<MemberInside>,
  supplier: Facet<MemberInside>,
): { inside: Facet<BulkInside>; organiser: Facet<BulkOrganiser> } => {
  const kit = makeBulkKit(number, terms, market, all, organiser, supplier);
  return { inside: kit.inside, organiser: kit.organiser };
};

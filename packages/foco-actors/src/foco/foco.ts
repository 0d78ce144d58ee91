/**
 * A FoCo behind all its facets: who takes part, its purses, and what its parts have in common.
 *
 * Nothing here decides what happens to somebody's envelope: that is in the desks, of which each person has
 * their own.
 */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Sleeper, Timer } from '@pocas/vat-runtime';
import { defineActor, hmac, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import type {
  CharterInside,
  Fence,
  Fences,
  JournalKeeper,
  JournalReader,
  JournalWriter,
  PrivacyLabel,
} from '@pocas/vat-runtime/actors';
import { makeFences } from '@pocas/vat-runtime/actors';
import type { InflowRule } from '../fund/divide.ts';
import {
  type Card,
  type CharterName,
  type Destinations,
  type FocoInside,
  type PurseInside,
  type Roll,
  type ShareInside,
  find,
} from '../inside/types.ts';
import { type PurseKit, type PurseWords, makePurse } from '../purse/purse.ts';

/**
 * What comes out of a share as it is (`fence.ts` of the actors): it designates only, or is the same for
 * everybody. All else is renewed with the share.
 */
const openFacets: readonly string[] = [
  'FocoPurse card',
  'FocoDestination card',
  'FocoShare card',
  'FocoSpend public',
  'FocoPool public',
  'FocoSaving public',
  'FocoLoan public',
  'FocoFork public',
  'FocoPublic public',
  'FocoInvitation invitation',
  'Charter charterPublic',
  'JournalReader reader',
];

export type FocoTerms = {
  readonly name: string;
  readonly secret: string;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly writer: Facet<JournalWriter>;
  readonly keeper: Facet<JournalKeeper>;
  readonly charter: Facet<CharterInside<CharterName | 'notice', 'purpose'>>;
};

/** For this room alone. */
export type FocoHub = {
  inside(): Facet<FocoInside>;
  /** The next participant's number; the share is put in by `enter`. */
  nextShare(): bigint;
  enter(share: Facet<ShareInside>): void;
  left(who: bigint, by: bigint): void;
  fence(share: object): Facet<Fence>;
  people(limit: number): readonly { readonly name: string; readonly card: Facet<Card> }[];
  here(): bigint;
  openPurse(is: PurseWords): PurseKit;
  kit(purse: bigint): PurseKit | undefined;
  purpose(): readonly string[];
  journal(label: PrivacyLabel): Facet<JournalReader>;
  setRoll(roll: Facet<Roll>, destinations: Facet<Destinations>): void;
};

/** So many kinds of value a FoCo keeps: a page shows all of them. */
export const maxPurses = 20;

const passable = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeFocoKit = defineActor({
  name: 'Foco',
  state: {
    terms: typed<FocoTerms>(M.record()),
    last: M.nat(),
    lastShare: M.nat(),
    count: M.nat(),
    touched: M.nat(),
    shares: typed<DurableMap<bigint, Facet<ShareInside>>>(M.any()),
    purses: typed<DurableMap<bigint, PurseKit>>(M.any()),
    fences: typed<Facet<Fences>>(M.remotable('fences')),
    roll: typed<Facet<Roll> | undefined>(M.opt(M.remotable('roll'))),
    destinations: typed<Facet<Destinations> | undefined>(M.opt(M.remotable('destinations'))),
  },
  init: (terms: FocoTerms) => ({
    terms,
    ...{ last: 0n, lastShare: 0n, count: 0n, touched: 0n },
    shares: makeDurableMap<bigint, Facet<ShareInside>>(),
    purses: makeDurableMap<bigint, PurseKit>(),
    fences: makeFences(openFacets),
    roll: undefined as Facet<Roll> | undefined,
    destinations: undefined as Facet<Destinations> | undefined,
  }),
  guards: { inside: passable('FocoInside'), hub: passable('FocoHub') },
  facets: {
    inside: {
      name(): string {
        return this.state.terms.name;
      },
      now(): bigint {
        return this.state.terms.clock.now();
      },
      epoch(): bigint {
        return this.state.terms.clock.epoch();
      },
      value(name: CharterName): bigint {
        return this.state.terms.charter.value(name);
      },
      rule(): InflowRule {
        const { charter } = this.state.terms;
        return {
          equal: charter.value('equal'),
          contribution: charter.value('contribution'),
          hours: charter.value('hours'),
          patronage: charter.value('patronage'),
        };
      },
      derive(purpose: string): string {
        return derived(this.state.terms.secret, purpose);
      },
      nextNumber(): bigint {
        this.state.last += 1n;
        return this.state.last;
      },
      share(who: bigint): Facet<ShareInside> | undefined {
        return this.state.shares.get(who);
      },
      shareOf(card: Facet<Card>): Facet<ShareInside> | undefined {
        return find(
          card,
          (number) => this.state.shares.get(number),
          (share) => share.card(),
        );
      },
      purse(number: bigint): Facet<PurseInside> | undefined {
        return this.state.purses.get(number)?.inside;
      },
      purseOf(card: Facet<Card>): Facet<PurseInside> | undefined {
        return find(
          card,
          (number) => this.state.purses.get(number)?.inside,
          (purse) => purse.card(),
        );
      },
      purses(): readonly Facet<PurseInside>[] {
        return [...this.state.purses.values()].map(({ inside }) => inside);
      },
      wakeAt<Ctx>(at: bigint, sleeper: Sleeper<Ctx>, ctx?: Ctx): bigint {
        return this.state.terms.timer.wakeAt(at, sleeper, ctx);
      },
      cancel(timer: bigint): void {
        this.state.terms.timer.cancel(timer);
      },
      record(kind: string, facts: unknown, label: PrivacyLabel): void {
        this.state.terms.writer.record(kind, facts, label);
      },
      roll(): Facet<Roll> {
        return this.state.roll!;
      },
      destinations(): Facet<Destinations> {
        return this.state.destinations!;
      },
      touch(): void {
        this.state.touched += 1n;
      },
    },
    hub: {
      inside(): Facet<FocoInside> {
        return this.facets.inside;
      },
      nextShare(): bigint {
        this.state.lastShare += 1n;
        return this.state.lastShare;
      },
      enter(share: Facet<ShareInside>): void {
        const { shares, roll } = this.state;
        shares.set(share.number(), share);
        this.state.count += 1n;
        roll!.add(share.number());
      },
      left(who: bigint, by: bigint): void {
        this.state.count -= by;
        if (by > 0n) this.state.roll!.remove(who);
        else this.state.roll!.add(who);
      },
      fence(share: object): Facet<Fence> {
        return this.state.fences.around(share);
      },
      people(limit: number): readonly { readonly name: string; readonly card: Facet<Card> }[] {
        const people: { readonly name: string; readonly card: Facet<Card> }[] = [];
        for (const share of this.state.shares.values({ reverse: true, limit: 10 * limit })) {
          if (share.isHere()) people.push({ name: share.name(), card: share.card() });
          if (people.length === limit) break;
        }
        return people;
      },
      here(): bigint {
        return this.state.count;
      },
      openPurse(is: PurseWords): PurseKit {
        const { purses } = this.state;
        const { inside } = this.facets;
        if (purses.size() >= maxPurses) throw new Error('Cannot open a purse: there are too many');
        const number = inside.nextNumber();
        const kit = makePurse(number, inside, is);
        purses.set(number, kit);
        return kit;
      },
      kit(purse: bigint): PurseKit | undefined {
        return this.state.purses.get(purse);
      },
      purpose(): readonly string[] {
        return this.state.terms.charter.list('purpose');
      },
      journal(label: PrivacyLabel): Facet<JournalReader> {
        return this.state.terms.keeper.reader(label);
      },
      setRoll(roll: Facet<Roll>, destinations: Facet<Destinations>): void {
        this.state.roll = roll;
        this.state.destinations = destinations;
      },
    },
  },
});

export const derived = (secret: string, purpose: string): string =>
  sha256(hmac(secret, `pocas foco\n${purpose}`));

export const makeHub = (terms: FocoTerms): Facet<FocoHub> => makeFocoKit(terms).hub;

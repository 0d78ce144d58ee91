/**
 * Going apart (SPEC F1): those who go found another FoCo, and their envelopes move there, each kind of value
 * whole or not at all.
 *
 * A new vat is made by the node's power; it joins each market by an invitation of the old FoCo. Then, for each
 * purse: the new FoCo is told what will come and whose it is; the ledger moves it; the new FoCo hears that it
 * is there, and looks for itself. Each step is sent, or asked again under the same identifier, so a crash in
 * between ends where it would have ended without.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { Payee } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import type { Joined } from '@pocas/vat-runtime/actors';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { valueOf } from '../fund/envelope.ts';
import { ChangesGuard, ViewGuard, changes, view, words } from '../inside/shapes.ts';
import { type CharterName, type Moved, type PurseInside, find } from '../inside/types.ts';
import type { Admission } from './admission.ts';
import { charter } from './charter.ts';
import type { FocoHub } from './foco.ts';
import { maxSettlers } from './founding.ts';
import type { Openings } from './opening.ts';
import type { ForkBoard } from './share.ts';
import type {
  FocoFounding,
  FocoMaker,
  FocoReceiver,
  FocoSteward,
  Fork,
  ForkItem,
  ForkPhase,
  ForkView,
  Forked,
  MarketInvitation,
  Settled,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: { readonly ok: true } = { ok: true };

/** How often what is asked by `E` is asked again, and for how long. */
const second = 1_000n;
const maxTries = 120n;
const maxProposed = 20;

/** One purse that moves. */
type Leg = {
  readonly at: 'inviting' | 'opening' | 'waiting' | 'expecting' | 'paying' | 'done' | 'back';
  readonly there?: bigint;
  readonly payee?: Facet<Payee>;
  readonly parts?: readonly Moved[];
};
type Parts = {
  readonly hub: Facet<FocoHub>;
  readonly openings: Facet<Openings>;
  readonly admission: Facet<Admission>;
  readonly maker?: Facet<FocoMaker>;
};
/** How many may still come out of this FoCo. */
type Allowance = { share(): bigint | undefined };

const SettledShape = M.splitRecord({
  ok: true,
  joined: M.arrayOf(M.record()),
  receiver: M.remotable('receiver'),
  steward: M.remotable('steward'),
});
const PayeeShape = M.splitRecord({ ok: true, payee: M.remotable('payee') });
const OpenedShape = M.splitRecord({ ok: true, purse: M.nat() });
const passable = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const ForkI = describe(
  M.interface('FocoFork', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: words('Going apart', 'Separarse'),
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: words('New FoCo', 'FoCo nuevo') },
      purpose: { label: words('What it is for', 'Para qué es') },
      by: { label: words('Proposed by', 'Lo propone') },
      phase: {
        label: words('Now', 'Cómo va'),
        values: {
          proposed: words('others may join', 'se pueden unir'),
          making: words('it is being founded', 'se está fundando'),
          moving: words('envelopes are moving', 'los sobres van en camino'),
          done: words('done', 'listo'),
          failed: words('it could not be done', 'no se pudo'),
        },
      },
      people: {
        label: words('Who goes', 'Quiénes van'),
        item: { heading: 'name', fields: {}, empty: words('Nobody.', 'Nadie.') },
      },
      back: {
        label: words('Stayed here, in the envelopes', 'Se quedó aquí, en los sobres'),
        item: { heading: 'name', fields: {}, empty: words('Nothing.', 'Nada.') },
      },
    },
    methods: {
      view,
      changes,
      number: { label: words('Number', 'Número'), args: [], hidden: true },
    },
  },
);

type ForkInside = {
  public(): Facet<Fork>;
  item(): ForkItem;
  phase(): ForkPhase;
  join(who: bigint): Done;
  leave(who: bigint): Done;
  go(who: bigint): Done;
  joined(who: bigint): Forked | Refusal;
};

const makeForkKit = defineActor({
  name: 'FocoFork',
  state: {
    number: M.nat(),
    parts: typed<Parts>(M.record()),
    by: M.nat(),
    name: M.string(),
    purpose: M.string(),
    at: typed<ForkPhase>(M.string()),
    people: typed<readonly bigint[]>(M.arrayOf(M.nat())),
    tries: M.nat(),
    root: typed<Facet<FocoFounding> | undefined>(M.opt(M.remotable('root'))),
    receiver: typed<Facet<FocoReceiver> | undefined>(M.opt(M.remotable('receiver'))),
    places: typed<readonly Joined[]>(M.arrayOf(M.record())),
    steward: typed<Facet<FocoSteward> | undefined>(M.opt(M.remotable('steward'))),
    legs: typed<DurableMap<bigint, Leg>>(M.any()),
    allowance: typed<Facet<Allowance>>(M.remotable('allowance')),
    /** What of it the new FoCo has. */
    forks: M.nat(),
  },
  init: (
    number: bigint,
    parts: Parts,
    allowance: Facet<Allowance>,
    by: bigint,
    name: string,
    purpose: string,
  ) => ({
    ...{ number, parts, allowance, by, name, purpose, forks: 0n },
    at: 'proposed' as ForkPhase,
    people: [by] as readonly bigint[],
    tries: 0n,
    root: undefined as Facet<FocoFounding> | undefined,
    receiver: undefined as Facet<FocoReceiver> | undefined,
    places: [] as readonly Joined[],
    steward: undefined as Facet<FocoSteward> | undefined,
    legs: makeDurableMap<bigint, Leg>(),
  }),
  guards: {
    public: ForkI,
    inside: passable('FocoForkInside'),
    steps: passable('FocoForkSteps'),
    heard: M.interface('FocoForkHeard', {
      fulfilled: M.call(M.any(), M.record()).returns(),
      rejected: M.call(M.any(), M.record()).returns(),
    }),
    sleeper: M.interface('FocoForkSleeper', { wake: M.call(M.any(), M.bigint()).returns() }),
  },
  facets: {
    public: {
      view(): ForkView {
        const { name, purpose, by, at, people, legs, parts } = this.state;
        const inside = parts.hub.inside();
        const nameOf = (who: bigint): string => inside.share(who)?.name() ?? '';
        return {
          ...{ name, purpose, by: nameOf(by), phase: at },
          people: people.slice(0, 30).map((who) => ({ name: nameOf(who) })),
          back: [...legs.entries()]
            .filter(([, leg]) => leg.at === 'back')
            .map(([purse]) => ({ name: inside.purse(purse)?.facts().label ?? '' })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public, this.state.legs);
      },
      number(): bigint {
        return this.state.number;
      },
    },
    inside: {
      public(): Facet<Fork> {
        return this.facets.public;
      },
      item(): ForkItem {
        const { name, by, at, parts } = this.state;
        const share = parts.hub.inside().share(by);
        return { name, by: share?.name() ?? '', phase: at, fork: this.facets.public };
      },
      phase(): ForkPhase {
        return this.state.at;
      },
      join(who: bigint): Done {
        const { at, people } = this.state;
        if (at !== 'proposed') return refuse('closed');
        if (people.length >= maxSettlers) return refuse('quota');
        if (!people.includes(who)) this.state.people = [...people, who];
        return ok;
      },
      leave(who: bigint): Done {
        const { at, people, by } = this.state;
        if (at !== 'proposed') return refuse('closed');
        this.state.people = people.filter((one) => one !== who);
        if (who === by) this.state.at = 'failed';
        return ok;
      },
      go(who: bigint): Done {
        const { state } = this;
        const { at, by, people, parts } = state;
        if (who !== by) return refuse('unsupported');
        if (at !== 'proposed') return refuse('closed');
        const forks = state.allowance.share();
        if (forks === undefined) return refuse('quota');
        state.forks = forks;
        const inside = parts.hub.inside();
        state.people = people.filter((one) => inside.share(one)?.isHere() === true);
        state.at = 'making';
        inside.record('fork', { name: state.name, people: BigInt(state.people.length) }, 'P1');
        this.facets.steps.make();
        this.facets.steps.wind();
        return ok;
      },
      joined(who: bigint): Forked | Refusal {
        const { people, places, at, by, steward } = this.state;
        const index = people.indexOf(who);
        if (index === -1) return refuse('invalid');
        const place = places[index];
        if (place === undefined) return refuse(at === 'failed' ? 'closed' : 'notYet');
        // Somebody has to care for what comes into the new one: whoever proposed it, at first.
        return who === by && steward !== undefined ? { ...place, cares: { steward } } : place;
      },
    },
    steps: {
      wind(): void {
        const { hub } = this.state.parts;
        const { tries } = this.state;
        const inside = hub.inside();
        const after = tries < 30n ? second : 60n * second;
        inside.wakeAt(inside.now() + after, this.facets.sleeper, 0n);
      },
      make(): void {
        const { name, purpose, parts, forks } = this.state;
        const { steps } = this.facets;
        const { hub, maker } = parts;
        if (maker === undefined) return;
        const inside = hub.inside();
        const values = Object.fromEntries(
          (Object.keys(charter.values) as CharterName[]).map((one) => [one, inside.value(one)]),
        );
        const wish = {
          name,
          forks,
          charter: { values, lists: { purpose: [purpose.slice(0, 100)] } },
        };
        void E.when(
          E(maker).make(wish),
          (root: Facet<FocoFounding>) => steps.made(root),
          () => undefined,
        );
      },
      made(root: Facet<FocoFounding>): void {
        const { state } = this;
        const { people, parts, number } = state;
        // A second one, made because the first seemed lost, is founded by nobody.
        if (state.root !== undefined || state.at !== 'making') return;
        state.root = root;
        const inside = parts.hub.inside();
        const names = people.map((who) => inside.share(who)?.name() ?? '-');
        const then = { then: this.facets.heard, ctx: { step: 'settle' as const, purse: 0n } };
        send(root, 'settle', [names, inside.derive(`fork ${number}`)], then);
      },
      settled({ receiver, joined: places, steward }: Settled): void {
        const { state } = this;
        state.receiver = receiver;
        state.steward = steward;
        state.places = places;
        state.at = 'moving';
        const inside = state.parts.hub.inside();
        for (const purse of inside.purses()) {
          const isEmpty = state.people.every((who) => valueOf(purse.envelope(who)) === 0n);
          if (!isEmpty) state.legs.set(purse.number(), { at: 'inviting' });
        }
        for (const purse of [...state.legs.keys()]) this.facets.steps.invite(purse);
        this.facets.steps.end();
        inside.touch();
      },
      /** A market lets the new FoCo in where the old one asks it to. */
      invite(purse: bigint): void {
        const { parts, number, legs } = this.state;
        const { steps } = this.facets;
        const share = parts.openings.share(purse);
        if (share === undefined) {
          // No market knows the old one, so none can be asked.
          legs.set(purse, { at: 'back' });
          return;
        }
        const id = parts.hub.inside().derive(`fork ${number} purse ${purse}`);
        void E.when(
          E(E(share).desk('trust')).introduce(0n, id),
          (invitation: unknown) => steps.invited(purse, invitation),
          () => undefined,
        );
      },
      invited(purse: bigint, invitation: unknown): void {
        const { legs, parts, number, receiver } = this.state;
        if (legs.get(purse)?.at !== 'inviting' || receiver === undefined) return;
        if (!matches(invitation, M.remotable('invitation'))) {
          legs.set(purse, { at: 'back' });
          this.facets.steps.end();
          return;
        }
        legs.set(purse, { at: 'opening' });
        const inside = parts.hub.inside();
        const label = inside.purse(purse)!.facts().label.slice(0, 100);
        send(
          receiver,
          'openPurse',
          [
            invitation as Facet<MarketInvitation>,
            label,
            inside.derive(`fork ${number} at ${purse}`),
          ],
          { then: this.facets.heard, ctx: { step: 'open' as const, purse } },
        );
      },
      askPayee(purse: bigint): void {
        const { receiver, legs } = this.state;
        const { steps } = this.facets;
        const there = legs.get(purse)?.there;
        if (receiver === undefined || there === undefined) return;
        void E.when(
          E(receiver).payeeOf(there),
          (answer: unknown) => steps.hasPayee(purse, answer),
          () => undefined,
        );
      },
      /** Everything is ready: all that these people have of it leaves their envelopes, in one turn. */
      hasPayee(purse: bigint, answer: unknown): void {
        const { legs, parts, people, receiver, number } = this.state;
        const leg = legs.get(purse);
        if (leg?.at !== 'waiting' || leg.there === undefined || receiver === undefined) return;
        if (!matches(answer, PayeeShape)) {
          if ((answer as { readonly code?: unknown } | undefined)?.code !== 'closed') return;
          legs.set(purse, { at: 'back' });
          this.facets.steps.end();
          return;
        }
        const { payee } = answer as { readonly payee: Facet<Payee> };
        const inside = parts.hub.inside();
        const from: Facet<PurseInside> = inside.purse(purse)!;
        const moved: Moved[] = [];
        people.forEach((who, index) => {
          from.settleDues(who);
          const taken = from.take(who, valueOf(from.envelope(who)), 'pending');
          if (taken !== undefined && valueOf(taken) > 0n)
            moved.push({ who: BigInt(index) + 1n, taken });
        });
        legs.set(purse, { ...leg, at: 'expecting', payee, parts: moved });
        send(receiver, 'expect', [leg.there, `fork ${number}`, moved], {
          ...{ then: this.facets.heard, ctx: { step: 'expect' as const, purse } },
        });
      },
      pay(purse: bigint): void {
        const { legs, parts } = this.state;
        const leg = legs.get(purse)!;
        const value = leg.parts!.reduce((sum, { taken }) => sum + valueOf(taken), 0n);
        legs.set(purse, { ...leg, at: 'paying' });
        const from = parts.hub.inside().purse(purse)!;
        from.pay(leg.payee!, value, 'pending', this.facets.steps, purse);
      },
      paid(purse: bigint): void {
        const { legs } = this.state;
        this.facets.steps.confirm(purse, true);
        legs.set(purse, { at: 'done' });
        this.facets.steps.end();
      },
      unpaid(purse: bigint): void {
        this.facets.steps.confirm(purse, false);
        this.facets.steps.back(purse);
      },
      confirm(purse: bigint, isPaid: boolean): void {
        const { legs, receiver, number } = this.state;
        const there = legs.get(purse)?.there;
        if (receiver !== undefined && there !== undefined)
          send(receiver, 'confirm', [there, `fork ${number}`, isPaid]);
      },
      /** Nothing moved: all have theirs again. */
      back(purse: bigint): void {
        const { legs, parts, people } = this.state;
        const from = parts.hub.inside().purse(purse);
        for (const { who, taken } of legs.get(purse)?.parts ?? [])
          from?.putBack(people[Number(who) - 1]!, taken, 'pending');
        legs.set(purse, { at: 'back' });
        this.facets.steps.end();
      },
      end(): void {
        const { state } = this;
        const { legs, people, parts, at } = state;
        const isOver = [...legs.values()].every((leg) => leg.at === 'done' || leg.at === 'back');
        if (at !== 'moving' || !isOver) return;
        state.at = 'done';
        for (const who of people) parts.admission.care(who)?.moved();
        parts.hub.inside().touch();
      },
      fail(): void {
        this.state.at = 'failed';
        this.state.parts.hub.inside().touch();
      },
    },
    heard: {
      fulfilled(
        answer: unknown,
        { step, purse }: { readonly step: string; readonly purse: bigint },
      ): void {
        const { steps } = this.facets;
        if (step === 'settle') {
          if (!matches(answer, SettledShape)) return steps.fail();
          return steps.settled(answer as unknown as Settled);
        }
        if (step === 'open') {
          if (!matches(answer, OpenedShape)) return steps.back(purse);
          const { purse: there } = answer as { readonly purse: bigint };
          this.state.legs.set(purse, { at: 'waiting', there });
          return steps.askPayee(purse);
        }
        return (answer as { readonly ok?: unknown } | undefined)?.ok === true
          ? steps.pay(purse)
          : steps.unpaid(purse);
      },
      rejected(
        _failure: unknown,
        { step, purse }: { readonly step: string; readonly purse: bigint },
      ): void {
        if (step === 'settle') this.facets.steps.fail();
        // It may have heard of it all the same, and would wait for it.
        else if (step === 'expect') this.facets.steps.unpaid(purse);
        else this.facets.steps.back(purse);
      },
    },
    /** Asks again what was asked by `E` and may be lost. */
    sleeper: {
      wake(): void {
        const { state } = this;
        const { steps } = this.facets;
        state.tries += 1n;
        if (state.at === 'done' || state.at === 'failed') return;
        const isLast = state.tries > maxTries;
        if (state.at === 'making') {
          if (state.root === undefined && isLast) return steps.fail();
          if (state.root === undefined && state.tries % 30n === 0n) steps.make();
        }
        for (const [purse, leg] of [...state.legs.entries()]) {
          if (leg.at === 'inviting' && isLast) steps.back(purse);
          else if (leg.at === 'inviting' && state.tries % 10n === 0n) steps.invite(purse);
          else if (leg.at === 'waiting' && isLast) steps.back(purse);
          else if (leg.at === 'waiting') steps.askPayee(purse);
        }
        steps.wind();
      },
    },
  },
  readOnly: ['public.changes'],
});

const makeForksKit = defineActor({
  name: 'FocoForks',
  state: {
    parts: typed<Parts>(M.record()),
    all: typed<DurableMap<bigint, Facet<ForkInside>>>(M.any()),
    left: M.nat(),
  },
  init: (parts: Parts, left: bigint) => ({
    ...{ parts, left },
    all: makeDurableMap<bigint, Facet<ForkInside>>(),
  }),
  guards: { forks: passable('FocoForks'), allowance: passable('FocoForkAllowance') },
  facets: {
    allowance: {
      /** One is used; of the others the new FoCo has half. So all together are never more than at first. */
      share(): bigint | undefined {
        const { left } = this.state;
        if (left === 0n) return undefined;
        const forks = (left - 1n) / 2n;
        this.state.left = left - 1n - forks;
        return forks;
      },
    },
    forks: {
      items(): readonly ForkItem[] {
        return [...this.state.all.values({ reverse: true, limit: 10 })].map((one) => one.item());
      },
      propose(
        who: bigint,
        name: string,
        purpose: string,
        isAtOnce: boolean,
      ): { readonly ok: true; readonly fork: Facet<Fork> } | Refusal {
        const { parts, all, left } = this.state;
        if (parts.maker === undefined) return refuse('unsupported');
        const open = [...all.values()].filter((one) => one.phase() === 'proposed');
        if (open.length >= maxProposed || left === 0n) return refuse('quota');
        const number = parts.hub.inside().nextNumber();
        const { inside } = makeForkKit(
          ...([number, parts, this.facets.allowance, who, name, purpose] as const),
        );
        all.set(number, inside);
        if (isAtOnce) inside.go(who);
        return { ok: true, fork: inside.public() };
      },
      join(who: bigint, fork: Facet<Fork>): Done {
        return foundIn(this.state.all, fork)?.join(who) ?? refuse('invalid');
      },
      leave(who: bigint, fork: Facet<Fork>): Done {
        return foundIn(this.state.all, fork)?.leave(who) ?? refuse('invalid');
      },
      go(who: bigint, fork: Facet<Fork>): Done {
        return foundIn(this.state.all, fork)?.go(who) ?? refuse('invalid');
      },
      joined(who: bigint, fork: Facet<Fork>): Forked | Refusal {
        return foundIn(this.state.all, fork)?.joined(who) ?? refuse('invalid');
      },
    },
  },
});

const foundIn = (
  all: DurableMap<bigint, Facet<ForkInside>>,
  fork: Facet<Fork>,
): Facet<ForkInside> | undefined =>
  find(
    fork,
    (number) => all.get(number),
    (one) => one.public(),
  );

/** @param left - how many FoCos may come out of this one, with all that come out of those */
export const makeForks = (parts: Parts, left: bigint): Facet<ForkBoard> =>
  makeForksKit(parts, left).forks;

/**
 * How a FoCo gets an account: it joins a market as a participant of its own, so nobody else ever holds what
 * can spend from it. What was begun goes on after a restart, under the same identifier.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { Account, Payee } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { NameShape } from '../inside/shapes.ts';
import type { PurseKit } from '../purse/purse.ts';
import type { FocoHub } from './foco.ts';
import type { MarketInvitation } from './types.ts';

/** What a FoCo uses of its share in a market. */
type MarketShare = {
  account(): Facet<Account>;
  rules(): { readonly unit: string; readonly step: bigint };
  desk(name: string): Facet<{
    introduce(lends: bigint, requestId: string): Facet<MarketInvitation> | { readonly ok: false };
  }>;
};
type Opening = { readonly invitation: Facet<MarketInvitation>; readonly tries: bigint };

/** So often, and after so long each time, it is tried again. */
const maxTries = 20n;
const minute = 60_000n;

const JoinedShape = M.splitRecord({
  ok: true,
  place: M.string({ stringLengthLimit: 200 }),
  participant: M.remotable('participant'),
});
const RulesShape = M.splitRecord({ unit: NameShape, step: M.and(M.nat(), M.gte(1n)) });

/** For this room. */
export type Openings = {
  /** By an invitation to a market. */
  begin(invitation: Facet<MarketInvitation>, name: string): PurseKit['inside'];
  /** An account that is at hand. */
  take(account: Facet<Account>, name: string, unit: string, step: bigint): PurseKit['inside'];
  payeeOf(purse: bigint): Facet<Payee> | undefined;
  share(purse: bigint): Facet<MarketShare> | undefined;
};

const makeOpeningsKit = defineActor({
  name: 'FocoOpenings',
  state: {
    hub: typed<Facet<FocoHub>>(M.remotable('hub')),
    open: typed<DurableMap<bigint, Opening>>(M.any()),
    shares: typed<DurableMap<bigint, Facet<MarketShare>>>(M.any()),
    payees: typed<DurableMap<bigint, Facet<Payee>>>(M.any()),
  },
  init: (hub: Facet<FocoHub>) => ({
    hub,
    open: makeDurableMap<bigint, Opening>(),
    shares: makeDurableMap<bigint, Facet<MarketShare>>(),
    payees: makeDurableMap<bigint, Facet<Payee>>(),
  }),
  guards: {
    openings: M.interface('FocoOpenings', {}, { defaultGuards: 'passable' }),
    steps: M.interface('FocoOpeningSteps', {}, { defaultGuards: 'passable' }),
    sleeper: M.interface('FocoOpeningSleeper', { wake: M.call(M.nat(), M.bigint()).returns() }),
  },
  facets: {
    openings: {
      begin(invitation: Facet<MarketInvitation>, name: string): PurseKit['inside'] {
        const { hub, open } = this.state;
        const { inside: purse } = hub.openPurse({ label: name, unit: '', step: 1n });
        open.set(purse.number(), { invitation, tries: 0n });
        this.facets.steps.ask(purse.number());
        return purse;
      },
      take(account: Facet<Account>, name: string, unit: string, step: bigint): PurseKit['inside'] {
        const { hub } = this.state;
        const { inside: purse, steps } = hub.openPurse({ label: name, unit, step });
        steps.opened(account, { label: name, unit, step });
        this.facets.steps.askPayee(purse.number(), account);
        return purse;
      },
      payeeOf(purse: bigint): Facet<Payee> | undefined {
        return this.state.payees.get(purse);
      },
      share(purse: bigint): Facet<MarketShare> | undefined {
        return this.state.shares.get(purse);
      },
    },
    steps: {
      ask(purse: bigint): void {
        const { hub, open } = this.state;
        const { steps } = this.facets;
        const opening = open.get(purse);
        if (opening === undefined) return;
        open.set(purse, { ...opening, tries: opening.tries + 1n });
        const inside = hub.inside();
        // A call that is lost with a restart is made again by the timer.
        inside.wakeAt(inside.now() + minute, this.facets.sleeper, purse);
        const id = inside.derive(`market of purse ${purse}`);
        void E.when(
          E(opening.invitation).join(inside.name(), id),
          (joined: unknown) => steps.joined(purse, joined),
          () => undefined,
        );
      },
      joined(purse: bigint, joined: unknown): void {
        const { steps } = this.facets;
        if (!matches(joined, JoinedShape)) {
          if ((joined as { readonly ok?: unknown } | undefined)?.ok === false) steps.failed(purse);
          return;
        }
        const { place, participant } = joined as {
          readonly place: string;
          readonly participant: Facet<MarketShare>;
        };
        this.state.shares.set(purse, participant);
        void E.when(
          Promise.all([E(participant).account(), E(participant).rules()]),
          ([account, rules]) => steps.opened(purse, place, account, rules),
          () => undefined,
        );
      },
      opened(purse: bigint, place: string, account: Facet<Account>, rules: unknown): void {
        const { hub, open } = this.state;
        if (!open.has(purse) || !matches(rules, RulesShape)) return;
        const { unit, step } = rules as { readonly unit: string; readonly step: bigint };
        open.delete(purse);
        hub.kit(purse)!.steps.opened(account, { label: place, unit, step });
        this.facets.steps.askPayee(purse, account);
      },
      askPayee(purse: bigint, account: Facet<Account>): void {
        const { steps } = this.facets;
        void E.when(
          E(account).payee(),
          (payee: Facet<Payee>) => steps.hasPayee(purse, payee),
          () => undefined,
        );
      },
      hasPayee(purse: bigint, payee: Facet<Payee>): void {
        this.state.payees.set(purse, payee);
        this.state.hub.inside().touch();
      },
      failed(purse: bigint): void {
        this.state.open.delete(purse);
        this.state.hub.kit(purse)?.steps.failed();
      },
    },
    sleeper: {
      wake(purse: bigint): void {
        const opening = this.state.open.get(purse);
        if (opening === undefined) return;
        if (opening.tries >= maxTries) this.facets.steps.failed(purse);
        else this.facets.steps.ask(purse);
      },
    },
  },
});

export const makeOpenings = (hub: Facet<FocoHub>): Facet<Openings> => makeOpeningsKit(hub).openings;

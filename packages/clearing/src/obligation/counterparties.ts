/** All counterparties of one poca: what its book makes once, and keeps. */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet } from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  identityOf,
  makeDurableMap,
  makeDurableSet,
  typed,
} from '@pocas/vat-runtime';
import type { DurableSet } from '@pocas/vat-runtime';
import type { JournalWriter } from '@pocas/vat-runtime/actors';
import { RequestIdShape, once, refuse } from '@pocas/vat-runtime/actors';
import { makeCounterparty } from './counterparty.ts';
import type { MemberEntry, RegistryInside } from './inside.ts';
import { insideGuard } from './inside.ts';
import type { ObligationLimits } from './limits.ts';
import { obligationLimits } from './limits.ts';
import { LabelShape, hashOfText } from './terms.ts';
import type { CounterpartiesInside, End, Introduction, LodgeableInside } from './types.ts';
import type { Methods } from './words.ts';
import { ChangesGuard } from './words.ts';

type OpenEntry = Parameters<RegistryInside['opened']>[1];
type Balance = { readonly weOwe: bigint; readonly theyOwe: bigint };

/** Entries of one answer. */
const listSize = 100;
const lodgeablesSize = 500n;

const CounterpartiesI: Methods<
  'introduce' | 'meet' | 'list' | 'lodgeables' | 'find' | 'balances' | 'balance' | 'changes'
> = M.interface('Counterparties', {
  introduce: M.call(LabelShape, RequestIdShape).returns(M.record()),
  meet: M.call(M.remotable('introduction'), LabelShape, RequestIdShape).returns(M.record()),
  list: M.call(M.nat()).returns(M.array()),
  lodgeables: M.call(M.nat(), M.nat()).returns(M.array()),
  find: M.call(M.string({ stringLengthLimit: 200 })).returns(M.opt(M.remotable('lodgeable'))),
  balances: M.call().returns(M.array()),
  balance: M.call(M.string()).returns(M.record()),
  changes: ChangesGuard,
});

export type CounterpartiesOptions = {
  readonly clock: Clock;
  /** Where each act is written down, in its turn. */
  readonly journal: Facet<JournalWriter>;
  readonly limits?: ObligationLimits;
};

const makeCounterpartiesKit = defineActor({
  name: 'Counterparties',
  state: {
    clock: typed<Clock>(M.remotable('clock')),
    journal: typed<Facet<JournalWriter>>(M.remotable('journal')),
    limits: typed<ObligationLimits>(M.record()),
    members: typed<DurableMap<bigint, MemberEntry>>(M.any()),
    desks: typed<DurableSet<string>>(M.any()),
    open: typed<DurableMap<bigint, OpenEntry>>(M.any()),
    origins: typed<DurableMap<string, Facet<LodgeableInside>>>(M.any()),
    balances: typed<DurableMap<string, Balance>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    lastKey: M.nat(),
    /** How often something changed. It lets a page wait for the next time. */
    moves: M.nat(),
  },
  init: ({ clock, journal, limits = obligationLimits }: CounterpartiesOptions) => ({
    clock,
    journal,
    limits,
    members: makeDurableMap<bigint, MemberEntry>(),
    desks: makeDurableSet<string>(),
    open: makeDurableMap<bigint, OpenEntry>(),
    origins: makeDurableMap<string, Facet<LodgeableInside>>(),
    balances: makeDurableMap<string, Balance>(),
    outcomes: makeDurableMap<string, unknown>(),
    lastKey: 0n,
    moves: 0n,
  }),
  guards: { inside: CounterpartiesI, registry: insideGuard('CounterpartiesRegistry') },
  facets: {
    inside: {
      introduce(label: string, requestId: string): ReturnType<CounterpartiesInside['introduce']> {
        const { state } = this;
        const { registry } = this.facets;
        return once(state.outcomes, 'introduce', requestId, () => {
          const made = registry.add(label, requestId, 'introduced');
          if (!made.ok) return made;
          const { keeper: counterparty, introduction } = made;
          return { ok: true, counterparty, introduction };
        });
      },
      meet(
        introduction: Facet<Introduction>,
        label: string,
        requestId: string,
      ): ReturnType<CounterpartiesInside['meet']> {
        const { state } = this;
        const { registry } = this.facets;
        return once(state.outcomes, 'meet', requestId, () => {
          const made = registry.add(label, requestId, 'meeting');
          if (!made.ok) return made;
          made.steps.answer(introduction);
          return { ok: true, counterparty: made.keeper };
        });
      },
      list(after: bigint): ReturnType<CounterpartiesInside['list']> {
        const entries = this.state.members.entries({ from: after + 1n, limit: listSize });
        return [...entries].map(([number, { keeper, inside, meeting }]) => {
          return {
            number,
            label: inside.label(),
            phase: meeting.phase(),
            waiting: meeting.waiting(),
            keeper,
            inside,
          };
        });
      },
      lodgeables(after: bigint, limit: bigint): ReturnType<CounterpartiesInside['lodgeables']> {
        const size = limit < lodgeablesSize ? limit : lodgeablesSize;
        const entries = this.state.open.entries({ from: after + 1n, limit: Number(size) });
        return [...entries].map(([key, entry]) => ({ key, ...entry }));
      },
      find(origin: string): Facet<LodgeableInside> | undefined {
        return this.state.origins.get(origin);
      },
      balances(): ReturnType<CounterpartiesInside['balances']> {
        const entries = this.state.balances.entries({ limit: listSize });
        return [...entries].map(([unit, both]) => ({ unit, ...both }));
      },
      balance(unit: string): ReturnType<CounterpartiesInside['balance']> {
        return this.state.balances.get(unit) ?? { weOwe: 0n, theyOwe: 0n };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.inside);
      },
    },
    registry: {
      parts(): ReturnType<RegistryInside['parts']> {
        const { clock, journal, limits } = this.state;
        return { clock, journal, limits };
      },
      add(label: string, requestId: string, phase: 'introduced' | 'meeting') {
        const { state } = this;
        const { registry } = this.facets;
        const { members, limits, desks } = state;
        const count = BigInt(members.size());
        if (count >= limits.counterparties) return refuse('quota');
        const number = count + 1n;
        // Its maker chose the request id at random, and nobody else knows it.
        const nonce = hashOfText(`pocas nonce\n${phase} ${number} ${requestId}`);
        const kit = makeCounterparty({ number, label, nonce, phase, registry });
        const { keeper, inside, introduction, steps, desk } = kit;
        members.set(number, { keeper, inside, meeting: steps });
        desks.add(identityOf(desk));
        registry.touch();
        return { ok: true as const, keeper, introduction, steps };
      },
      nextKey(): bigint {
        this.state.lastKey += 1n;
        return this.state.lastKey;
      },
      enter(origin: string, lodgeable: Facet<LodgeableInside>): boolean {
        const { origins } = this.state;
        if (origins.has(origin)) return false;
        origins.set(origin, lodgeable);
        return true;
      },
      opened(key: bigint, entry: OpenEntry): void {
        this.state.open.set(key, entry);
      },
      over(key: bigint): void {
        this.state.open.delete(key);
      },
      shift(unit: string, end: End, by: bigint): void {
        const { balances } = this.state;
        const { weOwe, theyOwe } = balances.get(unit) ?? { weOwe: 0n, theyOwe: 0n };
        const both =
          end === 'from' ? { weOwe: weOwe + by, theyOwe } : { weOwe, theyOwe: theyOwe + by };
        if (both.weOwe === 0n && both.theyOwe === 0n) balances.delete(unit);
        else balances.set(unit, both);
      },
      isOwnDesk(desk: unknown): boolean {
        return this.state.desks.has(identityOf(desk));
      },
      touch(): void {
        this.state.moves += 1n;
      },
    },
  },
  readOnly: ['inside.changes'],
});

/** Makes what a poca's book keeps of others, with nobody in it. */
export const makeCounterparties = (options: CounterpartiesOptions): Facet<CounterpartiesInside> =>
  makeCounterpartiesKit(options).inside;

/**
 * The people of a vault, and their custodians, which each hold a copy of the log.
 *
 * A custodian is told page after page, one at a time: where it is away, what it was not told waits for it in
 * order. One that finds a contradiction answers so, and is told no more.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet, SendFailure } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import { type Joined, type Refusal, makeBudget, refuse } from '@pocas/vat-runtime/actors';
import type { Holder, HoldersInside, VaultInside } from './inside.ts';
import { inner } from './inside.ts';
import { logPage } from './log.ts';
import { makeShare } from './share.ts';
import type { Custodian, HolderPhase } from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: Done = { ok: true };

/** How far a custodian knows the log. */
type Told = { readonly seen: bigint; readonly isUnderWay: boolean; readonly isDisputed: boolean };
type Page = { readonly key: string; readonly to: bigint };

/** After which time something is tried again, in milliseconds. */
export const retry = 600_000n;
/** How many people a vault has. */
export const maxPeople = 500;

const makeHoldersKit = defineActor({
  name: 'VaultHolders',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    holders: typed<DurableMap<bigint, Holder>>(M.any()),
    /** By the key of the custodian: formerly kept ones too, since they deal once more. */
    custodians: typed<DurableMap<string, Facet<Custodian>>>(M.any()),
    told: typed<DurableMap<string, Told>>(M.any()),
    last: M.nat(),
  },
  init: (vault: Facet<VaultInside>) => ({
    vault,
    holders: makeDurableMap<bigint, Holder>(),
    custodians: makeDurableMap<string, Facet<Custodian>>(),
    told: makeDurableMap<string, Told>(),
    last: 0n,
  }),
  guards: {
    inside: inner('VaultHoldersInside'),
    answers: inner('VaultToldAnswers'),
    steps: inner('VaultHoldersSteps'),
  },
  facets: {
    inside: {
      enrol(name: string): Joined | Refusal {
        const { vault, holders } = this.state;
        if (this.state.last >= BigInt(maxPeople)) return refuse('quota');
        const number = this.state.last + 1n;
        this.state.last = number;
        const budget = makeBudget({
          total: vault.charter('quota'),
          label: name,
          clock: vault.clock(),
        }).budget;
        holders.set(number, { number, name, phase: 'joined', isCare: false, budget });
        const share = makeShare(vault, this.facets.inside as Facet<HoldersInside>, number);
        vault.record('joined', { name }, 'P1');
        return share.joined();
      },
      holder(number: bigint): Holder {
        return this.state.holders.get(number)!;
      },
      list(): readonly Holder[] {
        return [...this.state.holders.values({ limit: maxPeople })];
      },
      keep(number: bigint, custodian: Facet<Custodian>, key: string): Done {
        const { vault, holders, custodians } = this.state;
        const before = holders.get(number)!;
        const known = custodians.get(key);
        // Two people cannot keep one share, or be taken for each other.
        if (known !== undefined && (known !== custodian || before.key !== key))
          return refuse('conflict');
        holders.set(number, { ...before, phase: 'keeping', custodian, key });
        custodians.set(key, custodian);
        vault.record('keeps', { name: before.name, key }, 'P1');
        return ok;
      },
      setPhase(number: bigint, phase: HolderPhase): void {
        const { vault, holders } = this.state;
        const before = holders.get(number)!;
        holders.set(number, { ...before, phase });
        vault.record(phase, { name: before.name }, 'P1');
      },
      setCare(number: bigint, isCare: boolean): Done {
        const { vault, holders } = this.state;
        const before = holders.get(number);
        if (before === undefined) return refuse('invalid');
        holders.set(number, { ...before, isCare });
        vault.record('care', { name: before.name, isCare }, 'P1');
        return ok;
      },
      custodianOf(key: string): Facet<Custodian> | undefined {
        return this.state.custodians.get(key);
      },
      tell(): void {
        for (const key of this.state.custodians.keys()) this.facets.steps.tellOne(key);
      },
    },
    steps: {
      tellOne(key: string): void {
        const { vault, custodians, told } = this.state;
        const current = told.get(key) ?? { seen: 0n, isUnderWay: false, isDisputed: false };
        if (current.isUnderWay || current.isDisputed) return;
        const log = vault.log();
        const entries = log.entries(current.seen + 1n, current.seen + 1n + logPage);
        const last = entries.at(-1);
        if (last === undefined) return;
        const head = log.standsBy(last.number);
        if ('ok' in head) return;
        told.set(key, { ...current, isUnderWay: true });
        send(custodians.get(key)!, 'notice', [entries, head], {
          then: this.facets.answers,
          ctx: { key, to: last.number },
        });
      },
      wake(key: string): void {
        this.facets.steps.tellOne(key);
      },
    },
    answers: {
      fulfilled(answer: { ok: true; seen: bigint } | Refusal, { key, to }: Page): void {
        const { vault, told } = this.state;
        const before = told.get(key)!;
        if (!answer.ok || typeof answer.seen !== 'bigint' || answer.seen < 0n || answer.seen > to) {
          told.set(key, { ...before, isUnderWay: false, isDisputed: true });
          vault.touch();
          return;
        }
        told.set(key, { ...before, seen: answer.seen, isUnderWay: false });
        if (answer.seen === to) {
          vault.parts().keys.told(key);
          this.facets.steps.tellOne(key);
        }
        // It knows less than it said before: a copy of it was restored, and is told again. Not at once, since
        // one that said so for ever would keep the vault at it.
        else vault.wakeAt(vault.now() + retry, this.facets.steps, key);
      },
      rejected(_failure: SendFailure, { key }: Page): void {
        const { vault, told } = this.state;
        told.set(key, { ...told.get(key)!, isUnderWay: false });
        vault.wakeAt(vault.now() + retry, this.facets.steps, key);
      },
    },
  },
});

export const makeHolders = (vault: Facet<VaultInside>): Facet<HoldersInside> =>
  // The cast says what the facet is: its guard is of no interface.
  makeHoldersKit(vault).inside as unknown as Facet<HoldersInside>;

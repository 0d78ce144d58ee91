/**
 * The key of a vault, made and shared anew by its members (SPEC 7.5). This vat is the board on which they write:
 * it can leave out, and say that somebody does not answer, but neither read a share nor alter one unnoticed,
 * since all is sealed and signed, and a key is used only when its holders have said that they saw the same.
 *
 * Three steps, each asked of every custodian by `send`: `deal`, `check`, `confirm`. What one does not answer is
 * asked again; after some days, or when somebody goes on without those who are missing, the step ends.
 */
import { M } from '@endo/patterns';
import type { Dealing, DurableMap, Facet, Run, SendFailure } from '@pocas/vat-runtime';
import { defineActor, dkg, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { retry } from './holders.ts';
import type { HeldKey, KeysInside, VaultInside } from './inside.ts';
import { day, inner } from './inside.ts';
import { leastHolders, mostHolders, runOf, thirdOf } from './key-rules.ts';
import type {
  Checked,
  Complaint,
  Confirmed,
  Dealt,
  Making,
  MakingStep,
  Member,
  VaultPhase,
} from './types.ts';

type Answer = Dealt | Checked | Confirmed | Refusal;
type Asked = 'deal' | 'check' | 'confirm';
type Ctx = { readonly version: bigint; readonly step: Asked; readonly index: bigint };
type Under = {
  readonly making: Making;
  readonly step: MakingStep;
  /** Whose dealings count, from `confirm` on. */
  readonly dealers: readonly bigint[];
};

const askedBy = ({ version, step, index }: Ctx): string => `${version} ${step} ${index}`;

/** How long a step waits for everybody: custodians wait themselves where new people come in. */
const patience = 9n * day;

const asks = (step: MakingStep): step is Asked =>
  step === 'deal' || step === 'check' || step === 'confirm';

const makeKeysKit = defineActor({
  name: 'VaultKeys',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    current: typed<HeldKey | undefined>(M.any()),
    under: typed<Under | undefined>(M.any()),
    dealings: typed<DurableMap<bigint, Dealing>>(M.any()),
    complaints: typed<DurableMap<bigint, readonly Complaint[]>>(M.any()),
    confirmations: typed<DurableMap<bigint, string>>(M.any()),
    /** Who is not asked again at the next making unless they keep a share anew: they did not answer. */
    silent: typed<readonly string[]>(M.arrayOf(M.string())),
    /** Of whom an answer is under way: a message that waits is not sent twice. */
    asking: typed<DurableMap<string, bigint>>(M.any()),
    /** Who has said in this step that it waits. */
    waiting: typed<readonly string[]>(M.arrayOf(M.string())),
    last: M.nat(),
  },
  init: (vault: Facet<VaultInside>) => ({
    vault,
    ...{ current: undefined, under: undefined, silent: [], waiting: [], last: 0n },
    dealings: makeDurableMap<bigint, Dealing>(),
    complaints: makeDurableMap<bigint, readonly Complaint[]>(),
    confirmations: makeDurableMap<bigint, string>(),
    asking: makeDurableMap<string, bigint>(),
  }),
  guards: {
    inside: inner('VaultKeysInside'),
    steps: inner('VaultKeysSteps'),
    answers: inner('VaultKeysAnswers'),
    activated: inner('VaultKeysActivated'),
    waker: inner('VaultKeysWaker'),
  },
  facets: {
    inside: {
      phase(): VaultPhase {
        if (this.state.current !== undefined) return 'open';
        const step = this.facets.inside.step();
        return asks(step) ? 'making' : 'closed';
      },
      current(): HeldKey | undefined {
        return this.state.current;
      },
      step(): MakingStep {
        return this.state.under?.step ?? 'given up';
      },
      told(key: string): void {
        const { waiting } = this.state;
        if (!waiting.includes(key)) return;
        this.state.waiting = waiting.filter((one) => one !== key);
        const { steps } = this.facets;
        const member = steps.awaited().find((one) => one.key === key);
        if (member !== undefined) steps.askOne(member);
      },
      making() {
        const { under } = this.state;
        if (under === undefined) return undefined;
        const { making, step } = under;
        const awaited = this.facets.steps.awaited();
        const of = asks(step) ? this.facets.steps.asked().length : 0;
        return {
          ...{ version: making.version, step, awaited: awaited.map(({ key }) => key) },
          ...{ of: BigInt(of), answered: BigInt(of - awaited.length) },
        };
      },
      begin(): { readonly ok: true; readonly version: bigint } | Refusal {
        const { state } = this;
        const { vault, under, current } = state;
        const { steps } = this.facets;
        if (under !== undefined && asks(under.step)) {
          const { version } = under.making;
          if (steps.goOn(true)) return { ok: true, version };
          const missing = steps
            .awaited()
            .map(({ key }) => key)
            .filter((key) => !state.waiting.includes(key));
          // All that is missing is time.
          if (missing.length === 0 && !steps.isOther()) return { ok: true, version };
          state.silent = [...new Set([...state.silent, ...missing])].slice(-mostHolders);
        }
        const members: readonly Member[] = steps
          .keeping()
          .map((one, at) => ({ index: BigInt(at + 1), ...one }));
        if (members.length < leastHolders) return refuse('insufficient');
        const wished = vault.charter('threshold');
        const threshold = wished === 0n ? thirdOf(members.length) : wished;
        if (threshold < 3n || threshold > BigInt(members.length)) return refuse('invalid');
        const version = state.last + 1n;
        const hour = 3_600_000n;
        const making: Making = {
          ...{ vault: vault.key(), version, threshold, members },
          terms: {
            waiting: vault.charter('waiting') * hour,
            hastened: vault.charter('hastened') * hour,
          },
          ...(current === undefined
            ? {}
            : {
                from: { version: current.version, key: current.key, members: current.members },
              }),
        };
        state.last = version;
        vault.record(
          'making',
          { version, threshold, members, isAnew: current !== undefined },
          'P1',
        );
        vault.parts().holders.tell();
        for (const map of [state.dealings, state.complaints, state.confirmations]) empty(map);
        steps.enter({ making, step: 'deal', dealers: [] });
        return { ok: true, version };
      },
    },
    steps: {
      /** Who would keep a share, if a key were made now. */
      keeping(): readonly Omit<Member, 'index'>[] {
        const { vault, silent } = this.state;
        return vault
          .parts()
          .holders.list()
          .filter(({ phase, key }) => phase === 'keeping' && !silent.includes(key!))
          .slice(0, mostHolders)
          .map(({ name, key, isCare }) => ({ name, key: key!, isCare }));
      },
      /** Whether they are others than those of the making that is under way. */
      isOther(): boolean {
        const keysOf = (list: readonly { readonly key: string }[]) =>
          list.map(({ key }) => key).join();
        return keysOf(this.facets.steps.keeping()) !== keysOf(this.state.under!.making.members);
      },
      /** Of whom the running step is asked. */
      asked(): readonly Member[] {
        const { making, step } = this.state.under!;
        return step === 'deal' && making.from !== undefined ? making.from.members : making.members;
      },
      awaited(): readonly Member[] {
        const { under, dealings, complaints, confirmations } = this.state;
        if (under === undefined || !asks(under.step)) return [];
        const answered = { deal: dealings, check: complaints, confirm: confirmations }[under.step];
        return this.facets.steps.asked().filter(({ index }) => !answered.has(index));
      },
      enter(under: Under): void {
        const { vault } = this.state;
        this.state.under = under;
        this.state.waiting = [];
        vault.touch();
        const { version } = under.making;
        this.facets.steps.ask();
        vault.wakeAt(vault.now() + patience, this.facets.waker, { version, step: under.step });
        vault.wakeAt(vault.now() + retry, this.facets.waker, { version, step: 'again' });
      },
      /** Everybody who has not answered. */
      ask(): void {
        for (const member of this.facets.steps.awaited()) this.facets.steps.askOne(member);
      },
      askOne({ key, index }: Member): void {
        const { vault, under, dealings, asking } = this.state;
        const { making, step, dealers } = under!;
        const custodian = vault.parts().holders.custodianOf(key);
        if (custodian === undefined || !asks(step)) return;
        const { version } = making;
        const ctx: Ctx = { version, step, index };
        if (asking.has(askedBy(ctx))) return;
        asking.set(askedBy(ctx), index);
        const options = { then: this.facets.answers, ctx };
        if (step === 'deal') send(custodian, 'deal', [making], options);
        else if (step === 'check')
          send(custodian, 'check', [making, [...dealings.values()]], options);
        else send(custodian, 'confirm', [version, dealers], options);
      },
      /** To the next step, where all have answered; or enough of them, where nobody wants to wait. @returns whether it did */
      goOn(isHurried: boolean): boolean {
        const { state } = this;
        const { steps } = this.facets;
        const under = state.under!;
        const { making, step } = under;
        const isAll = steps.awaited().length === 0;
        if (!isAll && !isHurried) return false;
        const needed = making.from?.key.threshold ?? making.threshold;
        if (step === 'deal') {
          // Where a key is made, whoever does not deal keeps no share either: it is begun again without them.
          if (!isAll && making.from === undefined) return false;
          if (BigInt(state.dealings.size()) < needed) return false;
          steps.enter({ ...under, step: 'check' });
          return true;
        }
        if (step === 'check') {
          const guilty = steps.judge();
          const dealers = [...state.dealings.keys()].filter((one) => !guilty.includes(one));
          if (BigInt(dealers.length) < needed) return false;
          steps.enter({ ...under, step: 'confirm', dealers });
          return true;
        }
        return step === 'confirm' && steps.finish(isAll);
      },
      /** Who dealt what is not a share, as whoever complains has shown to everybody. */
      judge(): readonly bigint[] {
        const { vault, complaints, dealings, under } = this.state;
        const { making } = under!;
        const run = runOf(making);
        const nameOf = (members: readonly Member[], index: bigint) =>
          members.find((one) => one.index === index)?.name ?? '';
        const dealing = making.from?.members ?? making.members;
        const guilty = new Set<bigint>();
        for (const [index, list] of complaints.entries()) {
          for (const { dealer, complaint } of list) {
            const dealt = dealings.get(dealer);
            if (dealt === undefined || guilty.has(dealer)) continue;
            const isDealers = isGuilty(run, dealt, index, complaint);
            const name = isDealers ? nameOf(dealing, dealer) : nameOf(making.members, index);
            const facts = { version: making.version, name, step: isDealers ? 'deal' : 'check' };
            vault.record('liar', facts, 'P1');
            if (isDealers) guilty.add(dealer);
          }
        }
        return [...guilty];
      },
      finish(isAll: boolean): boolean {
        const { state } = this;
        const { vault, under, dealings, confirmations } = state;
        const { making, dealers } = under!;
        if (!isAll && BigInt(confirmations.size()) < making.threshold) return false;
        const { version, threshold, members, terms } = making;
        const counted = dealers.map((dealer) => dealings.get(dealer)!);
        const said = [...confirmations.entries()].map(([index, confirmation]) => ({
          ...{ index, confirmation },
        }));
        const right = dkg.confirmedBy(runOf(making), counted, said);
        for (const { index, name } of members) {
          if (!confirmations.has(index) || right.includes(index)) continue;
          // It saw other dealings, or says so.
          confirmations.delete(index);
          vault.record('false answer', { version, step: 'confirm', name }, 'P1');
        }
        const isEverybody = right.length === members.length;
        if (BigInt(right.length) < threshold || (isAll && !isEverybody)) return false;
        const signed = said.filter(({ index }) => right.includes(index));
        const key = dkg.keyOf(runOf(making), counted);
        state.current = { version, key, members, terms, epoch: vault.epoch() };
        state.under = { ...under!, step: 'done' };
        state.silent = [];
        const holders = BigInt(members.length);
        vault.record('key', { version, threshold, holders, groupKey: key.groupKey }, 'P0');
        const given = making.from?.members ?? [];
        const leaving = given.filter((one) => members.every((member) => member.key !== one.key));
        for (const { key: of } of [...members, ...leaving]) {
          const isMember = members.some((member) => member.key === of);
          const custodian = vault.parts().holders.custodianOf(of);
          if (custodian === undefined) continue;
          send(custodian, 'activate', [version, signed, isMember ? [] : counted], {
            then: this.facets.activated,
            ctx: of,
          });
        }
        vault.parts().requests.keyChanged();
        vault.parts().holders.tell();
        const due = vault.clock().startOf(vault.epoch() + vault.charter('reshare'));
        vault.wakeAt(due, this.facets.waker, { version, step: 'due' });
        return true;
      },
      /** A dealing as the vault may pass it on; undefined for what is none. */
      take(answer: Answer, { step, index }: Ctx): boolean {
        const { vault, under, dealings, complaints, confirmations } = this.state;
        const run = runOf(under!.making);
        if (!answer.ok) return false;
        if (step === 'deal' && 'dealing' in answer) {
          const { dealing } = answer;
          if (dealing.dealer !== index || !isSound(run, dealing)) return false;
          dealings.set(index, dealing);
        } else if (step === 'check' && 'complaints' in answer) {
          complaints.set(index, answer.complaints.slice(0, mostHolders));
        } else if (step === 'confirm' && 'confirmation' in answer) {
          // Looked at when all are there: what all of them say of is the same.
          confirmations.set(index, String(answer.confirmation));
        } else return false;
        vault.touch();
        return true;
      },
    },
    answers: {
      fulfilled(answer: Answer, ctx: Ctx): void {
        const { under, asking } = this.state;
        asking.delete(askedBy(ctx));
        if (under?.making.version !== ctx.version || under.step !== ctx.step) return;
        const { steps } = this.facets;
        if (!answer.ok) {
          const key = steps.asked().find(({ index }) => index === ctx.index)?.key;
          const { waiting } = this.state;
          if (answer.code === 'notYet' && key !== undefined && !waiting.includes(key))
            this.state.waiting = [...waiting, key];
          return;
        }
        let isTaken = false;
        try {
          isTaken = steps.take(answer, ctx);
        } catch {
          // What is of no form at all is no answer either.
        }
        if (!isTaken) {
          const name = steps.asked().find(({ index }) => index === ctx.index)?.name ?? '';
          const { version, step } = ctx;
          this.state.vault.record('false answer', { version, step, name }, 'P1');
          return;
        }
        const isOver = () => steps.awaited().length === 0;
        // Where one confirmed something else, it is awaited again.
        if (isOver() && !steps.goOn(false) && isOver()) this.facets.waker.giveUp();
      },
      /** It is asked again. */
      rejected(_failure: SendFailure, ctx: Ctx): void {
        this.state.asking.delete(askedBy(ctx));
      },
    },
    activated: {
      fulfilled(): void {
        this.state.vault.parts().requests.keyChanged();
      },
      rejected(_failure: SendFailure, _key: string): void {},
    },
    waker: {
      wake({ version, step }: { version: bigint; step: MakingStep | 'again' | 'due' }): void {
        const { vault, under, current } = this.state;
        if (step === 'due') {
          const { inside } = this.facets;
          if (current?.version === version && !asks(inside.step())) inside.begin();
          return;
        }
        if (under?.making.version !== version || !asks(under.step)) return;
        if (step === 'again') {
          this.facets.steps.ask();
          vault.wakeAt(vault.now() + retry, this.facets.waker, { version, step });
        } else if (under.step === step && !this.facets.steps.goOn(true)) this.facets.waker.giveUp();
      },
      giveUp(): void {
        const { vault, under } = this.state;
        this.state.under = { ...under!, step: 'given up' };
        vault.record('given up', { version: under!.making.version, step: under!.step }, 'P1');
      },
    },
  },
});

/** What comes from custodians is of any form. */
const isSound = (run: Run, dealing: Dealing): boolean => {
  try {
    return dkg.isSound(run, dealing);
  } catch {
    return false;
  }
};
const isGuilty = (run: Run, dealing: Dealing, complainer: bigint, complaint: string): boolean => {
  try {
    return dkg.isGuilty(run, dealing, complainer, complaint);
  } catch {
    return false;
  }
};
const empty = (map: DurableMap<bigint, unknown>): void => {
  for (const key of [...map.keys()]) map.delete(key);
};

export const makeKeys = (vault: Facet<VaultInside>): Facet<KeysInside> =>
  makeKeysKit(vault).inside as unknown as Facet<KeysInside>;

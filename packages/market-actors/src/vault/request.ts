/**
 * A request to see segments (SPEC 7.5): pending → open → answered | lapsed | withdrawn.
 *
 * It stands in the log, and all who keep a share and who were there are told, in the turn in which it is made;
 * there is no other way to make one. From `opens` on custodians are asked for their parts, which come sealed to the
 * viewers: this vat passes them on and cannot read them. A viewer who can show that a part is wrong has its
 * custodian named in the log.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet, SendFailure } from '@pocas/vat-runtime';
import {
  defineActor,
  makeDurableMap,
  schnorr,
  sealedTo,
  send,
  threshold,
  typed,
} from '@pocas/vat-runtime';
import { type JournalEntry, type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import { retry } from './holders.ts';
import type { HeldKey, VaultInside } from './inside.ts';
import { inner } from './inside.ts';
import { ViewingI, VaultRequestI } from './request-guards.ts';
import {
  answerContext,
  answerText,
  hasteText,
  headText,
  purposeOf,
  readAnswer,
  sawText,
  tagOf,
} from './texts.ts';
import type {
  Answered,
  Hastening,
  Member,
  Part,
  Question,
  RequestFacts,
  RequestItem,
  RequestPhase,
  RequestView,
  VaultLog,
  VaultRequest,
  Viewer,
  Viewing,
  ViewingTerms,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: Done = { ok: true };

type Ctx = { readonly version: bigint; readonly index: bigint; readonly segment: string };
type Times = { readonly opens: bigint; readonly lapses: bigint };
/** The parts of one holder for one segment, in the order of the viewers. */
type Parts = readonly Part[];

export type RequestInside = {
  item(): RequestItem;
  hasten(hastening: Hastening): Done;
  keyChanged(): void;
  request(): Facet<VaultRequest>;
  viewings(): readonly Facet<Viewing>[];
  viewing(viewer: string): Facet<Viewing> | Refusal;
};

const askedBy = ({ version, segment, index }: Ctx): string => `${version} ${segment} ${index}`;
const keyOf = (segment: string, index: bigint): string => `${segment} ${index}`;

const makeViewingKit = defineActor({
  name: 'VaultViewing',
  state: {
    steps: typed<Facet<Steps>>(M.remotable('steps')),
    viewer: typed<Viewer>(M.record()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (steps: Facet<Steps>, viewer: Viewer) => ({
    ...{ steps, viewer },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { viewing: ViewingI },
  facets: {
    viewing: {
      view(): RequestView & { readonly viewer: string } {
        const { steps, viewer } = this.state;
        return { ...steps.view(), viewer: viewer.name };
      },
      changes(since?: string): Promise<string> {
        return this.state.steps.changes(since);
      },
      terms(): ViewingTerms {
        const { steps, viewer } = this.state;
        return steps.terms(viewer);
      },
      parts(segment: string): { readonly ok: true; readonly parts: readonly Part[] } | Refusal {
        const { steps, viewer } = this.state;
        return steps.partsFor(viewer, segment);
      },
      report(segment: string, index: bigint, disclosure: string, requestId: string): Done {
        const { steps, viewer, outcomes } = this.state;
        return once<Done>(outcomes, 'report', requestId, () =>
          steps.report(viewer, segment, index, disclosure),
        );
      },
      log(): Facet<VaultLog> {
        return this.state.steps.log();
      },
      saw(segment: string, signature: string, requestId: string): Done {
        const { steps, viewer, outcomes } = this.state;
        return once<Done>(outcomes, 'saw', requestId, () => steps.saw(viewer, segment, signature));
      },
    },
  },
  readOnly: ['viewing.changes'],
});

type Steps = {
  view(): RequestView;
  changes(since?: string): Promise<string>;
  terms(viewer: Viewer): ViewingTerms;
  partsFor(
    viewer: Viewer,
    segment: string,
  ): { readonly ok: true; readonly parts: readonly Part[] } | Refusal;
  report(viewer: Viewer, segment: string, index: bigint, disclosure: string): Done;
  saw(viewer: Viewer, segment: string, signature: string): Done;
  log(): Facet<VaultLog>;
};

const makeRequestKit = defineActor({
  name: 'VaultRequest',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    facts: typed<RequestFacts>(M.record()),
    entry: typed<JournalEntry>(M.record()),
    times: typed<Times>(M.record()),
    phase: typed<RequestPhase>(M.string()),
    viewings: typed<readonly Facet<Viewing>[]>(M.array()),
    parts: typed<DurableMap<string, Parts>>(M.any()),
    /** Of whom an answer is under way: a message that waits is not sent twice. */
    asking: typed<DurableMap<string, bigint>>(M.any()),
    /** Whom nobody asks again: they decline, or lied. */
    out: typed<DurableMap<string, 'declined' | 'liar'>>(M.any()),
    hastenings: typed<readonly Hastening[]>(M.array()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (vault: Facet<VaultInside>, facts: RequestFacts, entry: JournalEntry, times: Times) => ({
    ...{ vault, facts, entry, times, phase: 'pending' as const, viewings: [], hastenings: [] },
    parts: makeDurableMap<string, Parts>(),
    asking: makeDurableMap<string, bigint>(),
    out: makeDurableMap<string, 'declined' | 'liar'>(),
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    request: VaultRequestI,
    inside: inner('VaultRequestInside'),
    steps: inner('VaultRequestSteps'),
    answers: inner('VaultRequestAnswers'),
    waker: inner('VaultRequestWaker'),
  },
  facets: {
    request: {
      view(): RequestView {
        return this.facets.steps.view();
      },
      changes(since?: string): Promise<string> {
        return this.facets.steps.changes(since);
      },
      viewings(): readonly Facet<Viewing>[] {
        return this.state.viewings;
      },
      withdraw(requestId: string): Done {
        return once<Done>(this.state.outcomes, 'withdraw', requestId, () => {
          const { phase } = this.state;
          if (phase !== 'pending' && phase !== 'open') return refuse('closed');
          this.facets.steps.end('withdrawn');
          return ok;
        });
      },
    },
    inside: {
      begin(): void {
        const { state } = this;
        const { vault, facts, times } = state;
        state.viewings = facts.viewers.map(
          (viewer) =>
            makeViewingKit(this.facets.steps as unknown as Facet<Steps>, viewer)
              .viewing as Facet<Viewing>,
        );
        vault.wakeAt(times.opens, this.facets.waker, 'open');
      },
      item(): RequestItem {
        const { facts, times, phase } = this.state;
        const { request: number, by, reason, segments, viewers, present, holders } = facts;
        return {
          ...{ number, phase, by, reason, opens: times.opens, present, holders },
          segments: segments.map(({ segment }) => segment).join(', '),
          viewers: viewers.map(({ name }) => name).join(', '),
        };
      },
      request(): Facet<VaultRequest> {
        return this.facets.request as Facet<VaultRequest>;
      },
      viewings(): readonly Facet<Viewing>[] {
        return this.state.viewings;
      },
      viewing(viewer: string): Facet<Viewing> | Refusal {
        const { facts, viewings } = this.state;
        const at = facts.viewers.findIndex(({ name }) => name === viewer);
        return viewings[at] ?? refuse('invalid');
      },
      hasten(hastening: Hastening): Done {
        const { state } = this;
        const { vault, facts, entry, hastenings, times } = state;
        if (state.phase !== 'pending') return refuse('closed');
        const key = vault.parts().keys.current()!;
        const isCare = key.members.some((one) => one.key === hastening.key && one.isCare);
        const text = hasteText(vault.key(), facts.request, entry.hash);
        if (!isCare || !schnorr.verify(hastening.key, text, hastening.signature))
          return refuse('invalid');
        if (hastenings.some((one) => one.key === hastening.key)) return ok;
        const signatures = [...hastenings, hastening];
        state.hastenings = signatures;
        if (signatures.length !== 2) return ok;
        vault.record('hastened', { request: facts.request, signatures }, 'P1');
        const sooner = vault.now() + key.terms.hastened;
        if (sooner < times.opens) state.times = { ...times, opens: sooner };
        vault.wakeAt(state.times.opens, this.facets.waker, 'open');
        vault.parts().holders.tell();
        return ok;
      },
      keyChanged(): void {
        const { parts, phase, vault } = this.state;
        if (phase !== 'open') return;
        // Parts of shares that are no more do not fit those of the new ones.
        for (const key of [...parts.keys()]) parts.delete(key);
        vault.touch();
        this.facets.steps.ask();
      },
    },
    steps: {
      view(): RequestView {
        const { vault, facts, times } = this.state;
        const counts = facts.segments.map(({ segment }) => this.facets.steps.collected(segment));
        const collected = counts.reduce((least, one) => (one < least ? one : least));
        const needed = vault.parts().keys.current()?.key.threshold ?? 0n;
        return { ...this.facets.inside.item(), lapses: times.lapses, needed, collected };
      },
      changes(since?: string): Promise<string> {
        return this.state.vault.changes(since);
      },
      collected(segment: string): bigint {
        const range = { from: `${segment} `, to: `${segment}!` };
        return BigInt([...this.state.parts.keys(range)].length);
      },
      purpose(segment: string): string {
        const { vault, facts, entry } = this.state;
        return purposeOf(vault.key(), facts.request, entry.hash, segment);
      },
      /** Everybody whose parts are missing. */
      ask(): void {
        const { vault, facts, parts, out, asking } = this.state;
        const { keys, cameras, holders } = vault.parts();
        const { version, members } = keys.current()!;
        for (const { segment } of facts.segments) {
          const seal = cameras.segment(segment)?.seal;
          if (seal === undefined) continue;
          for (const { index, key } of members) {
            if (parts.has(keyOf(segment, index)) || out.has(key)) continue;
            const custodian = holders.custodianOf(key);
            if (custodian === undefined) continue;
            const ctx: Ctx = { version, index, segment };
            if (asking.has(askedBy(ctx))) continue;
            asking.set(askedBy(ctx), index);
            const question: Question = { request: facts.request, version, seal };
            send(custodian, 'open', [question], { then: this.facets.answers, ctx });
          }
        }
      },
      take({ answers }: Answered, { version, index, segment }: Ctx, { key }: Member): boolean {
        const { facts, parts } = this.state;
        const purpose = this.facets.steps.purpose(segment);
        const taken = facts.viewers.map((viewer) => {
          const found = answers.find((one) => one.viewer === viewer.key);
          if (found === undefined) return undefined;
          const { sealed, signature } = found;
          const text = answerText(purpose, version, index, viewer.key, sealed);
          if (sealed.length > mostSealed || !schnorr.verify(key, text, signature)) return undefined;
          return { index, sealed, signature };
        });
        if (taken.some((part) => part === undefined)) return false;
        parts.set(keyOf(segment, index), taken as Parts);
        return true;
      },
      partsFor(
        viewer: Viewer,
        segment: string,
      ): { readonly ok: true; readonly parts: readonly Part[] } | Refusal {
        const { facts, parts, phase } = this.state;
        if (phase === 'pending') return refuse('notYet');
        if (phase === 'lapsed' || phase === 'withdrawn') return refuse('closed');
        const at = facts.viewers.findIndex(({ key }) => key === viewer.key);
        const found = [...parts.values({ from: `${segment} `, to: `${segment}!` })];
        return { ok: true, parts: found.map((each) => each[at]!) };
      },
      terms(viewer: Viewer): ViewingTerms {
        const { vault, facts, entry } = this.state;
        const { keys, cameras } = vault.parts();
        const { version, key, members } = keys.current()!;
        const seals = facts.segments.flatMap(({ segment }) => {
          const seal = cameras.segment(segment)?.seal;
          return seal === undefined ? [] : [seal];
        });
        const { request } = facts;
        const names = new Set(seals.map(({ camera }) => camera));
        const shown = [...names].map((camera) => ({ camera, key: cameras.keyOf(camera) }));
        const common = { vault: vault.key(), version, key, members, request, entry, viewer };
        return { ...common, seals, cameras: shown };
      },
      report(viewer: Viewer, segment: string, index: bigint, disclosure: string): Done {
        const { vault, facts, parts, out } = this.state;
        const at = facts.viewers.findIndex(({ key }) => key === viewer.key);
        const part = parts.get(keyOf(segment, index))?.[at];
        const seal = vault.parts().cameras.segment(segment)?.seal;
        const current = vault.parts().keys.current()!;
        const member = current.members.find((one) => one.index === index);
        if (part === undefined || seal === undefined || member === undefined)
          return refuse('closed');
        const purpose = this.facets.steps.purpose(segment);
        const context = answerContext(purpose, current.version, index);
        let text: string | undefined;
        try {
          text = sealedTo.disclosed(
            viewer.key,
            part.sealed,
            context,
            disclosure === '' ? undefined : disclosure,
          );
        } catch {
          return refuse('invalid');
        }
        if (isRight(text, current, index, purpose, vault.key(), seal.encapsulation))
          return refuse('invalid');
        const { request } = facts;
        vault.record('liar', { request, segment, name: member.name, key: member.key }, 'P1');
        out.set(member.key, 'liar');
        for (const one of facts.segments) parts.delete(keyOf(one.segment, index));
        return ok;
      },
      log(): Facet<VaultLog> {
        return this.state.vault.log();
      },
      saw(viewer: Viewer, segment: string, signature: string): Done {
        const { state } = this;
        const { vault, facts, phase } = state;
        if (phase !== 'open' && phase !== 'answered')
          return refuse(phase === 'pending' ? 'notYet' : 'closed');
        if (facts.segments.every((one) => one.segment !== segment)) return refuse('invalid');
        const text = sawText(this.facets.steps.purpose(segment), viewer.key);
        if (!schnorr.verify(viewer.key, text, signature)) return refuse('invalid');
        const { needed } = this.facets.steps.view();
        if (this.facets.steps.collected(segment) < needed) return refuse('insufficient');
        vault.record('viewed', { request: facts.request, segment, viewer: viewer.name }, 'P1');
        state.phase = 'answered';
        return ok;
      },
      end(phase: RequestPhase): void {
        const { state } = this;
        const { vault, facts, parts } = state;
        if (state.phase === 'lapsed' || state.phase === 'withdrawn') return;
        // What was seen stays answered; only the parts go.
        if (state.phase !== 'answered') {
          state.phase = phase;
          vault.record(phase, { request: facts.request }, 'P1');
        }
        for (const key of [...parts.keys()]) parts.delete(key);
        for (const { segment } of facts.segments) vault.parts().cameras.ask(segment, -1n);
        vault.parts().holders.tell();
        vault.touch();
      },
    },
    answers: {
      fulfilled(answer: Answered | Refusal, ctx: Ctx): void {
        const { vault, facts, phase, out, asking } = this.state;
        asking.delete(askedBy(ctx));
        const current = vault.parts().keys.current()!;
        if ((phase !== 'open' && phase !== 'answered') || ctx.version !== current.version) return;
        const member = current.members.find(({ index }) => index === ctx.index)!;
        if (!answer.ok) {
          if (answer.code === 'closed') out.set(member.key, 'declined');
          return;
        }
        let isTaken = false;
        try {
          isTaken = this.facets.steps.take(answer, ctx, member);
        } catch {
          // What is of no form at all is no answer either.
        }
        if (!isTaken) {
          const { request } = facts;
          vault.record('false answer', { request, segment: ctx.segment, name: member.name }, 'P1');
          out.set(member.key, 'liar');
        }
        vault.touch();
      },
      /** It is asked again. */
      rejected(_failure: SendFailure, ctx: Ctx): void {
        this.state.asking.delete(askedBy(ctx));
      },
    },
    waker: {
      wake(what: 'open' | 'again'): void {
        const { state } = this;
        const { vault, times } = state;
        const now = vault.now();
        if (state.phase === 'pending' && now >= times.opens) {
          state.phase = 'open';
          vault.record('opened', { request: state.facts.request }, 'P1');
        } else if (what === 'open') return;
        if (now >= times.lapses) {
          this.facets.steps.end('lapsed');
          return;
        }
        if (state.phase === 'open') this.facets.steps.ask();
        if (state.phase !== 'open' && state.phase !== 'answered') return;
        const next = now + retry;
        vault.wakeAt(next < times.lapses ? next : times.lapses, this.facets.waker, 'again');
      },
    },
  },
  readOnly: ['request.changes', 'steps.changes'],
});

/** A sealed answer has at most so many characters. */
const mostSealed = 6_000;

/** Whether what a custodian sealed is its part of this segment, with a head of this vault's log. */
export const isRight = (
  text: string | undefined,
  { key }: Pick<HeldKey, 'key'>,
  index: bigint,
  purpose: string,
  vault: string,
  encapsulation: { readonly point: string; readonly proof: string },
): boolean => {
  const read = text === undefined ? undefined : readAnswer(text, index);
  const verification = key.verificationKeys.find((one) => one.index === index)?.key;
  if (read === undefined || verification === undefined) return false;
  const { head, signature } = read.head;
  if (head.actorTag !== tagOf(vault)) return false;
  if (!schnorr.verify(vault, headText(head), signature)) return false;
  return threshold.verifyPartial(verification, read.partial, encapsulation, purpose);
};

export const makeRequest = (
  vault: Facet<VaultInside>,
  facts: RequestFacts,
  entry: JournalEntry,
  times: Times,
): Facet<RequestInside> => {
  const { inside } = makeRequestKit(vault, facts, entry, times);
  inside.begin();
  return inside as unknown as Facet<RequestInside>;
};

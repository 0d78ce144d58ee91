/** One need, from its publication to its end (SPEC M3). */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { dayOf } from '@pocas/clearing/halves';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { MemberInside } from '../inside/types.ts';
import { makeAnswer } from './answer.ts';
import { DraftNeedI, NeedEndI, NeedI, NeedInsideI, OpenNeedI, OwnNeedI } from './guards.ts';
import { fewPeople, maxAnswers, maxSignals, shown } from './rules.ts';
import type {
  AnswerInside,
  Brought,
  DeskInside,
  Done,
  Need,
  NeedBoard,
  NeedInside,
  NeedItem,
  NeedStatus,
  NeedTerms,
  NeedView,
  OwnNeed,
  OwnNeedItem,
  OwnNeedView,
} from './types.ts';

export type NeedParts = {
  readonly number: bigint;
  readonly terms: NeedTerms;
  readonly until: bigint;
  readonly isNamed: boolean;
  readonly asker: Facet<MemberInside>;
  readonly board: Facet<NeedBoard>;
  readonly desk: Facet<DeskInside>;
};
type Signal = { readonly member: Facet<MemberInside>; readonly withName: boolean };
type Given = { readonly member: bigint; readonly answer: Facet<AnswerInside> };

const done: Done = { ok: true };

const makeNeedKit = defineActor({
  name: 'Need',
  state: {
    parts: typed<NeedParts>(M.record()),
    status: typed<NeedStatus>(M.or('draft', 'open', 'met', 'withdrawn', 'over')),
    isPublic: M.boolean(),
    isReplyUsed: M.boolean(),
    signals: typed<DurableMap<bigint, Signal>>(M.any()),
    answers: typed<DurableMap<bigint, Given>>(M.any()),
  },
  init: (parts: NeedParts) => ({
    parts,
    status: 'draft' as NeedStatus,
    isPublic: false,
    isReplyUsed: false,
    signals: makeDurableMap<bigint, Signal>(),
    answers: makeDurableMap<bigint, Given>(),
  }),
  guards: {
    need: NeedI,
    own: OwnNeedI,
    draft: DraftNeedI,
    open: OpenNeedI,
    inside: NeedInsideI,
    end: NeedEndI,
  },
  facets: {
    need: {
      view(): NeedView {
        const { parts, status, signals } = this.state;
        const { kind, what, description, howMuch, inReturn } = parts.terms;
        return {
          kind,
          what,
          description,
          howMuch,
          inReturn,
          // A day and no more: the minute would tell when it was written.
          until: dayOf(parts.until),
          by: parts.isNamed ? parts.asker.name() : '',
          signals: BigInt(signals.size()),
          status,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.need);
      },
      number(): bigint {
        return this.state.parts.number;
      },
    },
    own: {
      view(): OwnNeedView {
        const { parts, signals, answers, isPublic, isReplyUsed } = this.state;
        const people = parts.board.peopleWith(parts.terms.kind, parts.asker.number());
        const contacts = [...signals.values()].filter(({ withName }) => withName);
        return {
          ...this.facets.need.view(),
          people,
          isRare: !parts.isNamed && people < fewPeople,
          isPublic,
          isReplyUsed,
          contacts: contacts.slice(0, shown).map(({ member }) => ({ name: member.name() })),
          answers: [...answers.values({ reverse: true, limit: shown })].map(({ answer }) =>
            answer.asked(),
          ),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.need, this.state.parts.board);
      },
    },
    draft: {
      publish(): Done {
        if (this.state.status !== 'draft') return done;
        this.state.status = 'open';
        this.state.parts.board.counted(this.state.parts.number);
        return done;
      },
      withdraw(): Done {
        return this.facets.end.end('withdrawn');
      },
    },
    open: {
      met(): Done {
        return this.facets.end.end('met');
      },
      withdraw(): Done {
        return this.facets.end.end('withdrawn');
      },
      showToEverybody(): Done {
        this.state.isPublic = true;
        this.state.parts.board.counted(this.state.parts.number);
        return done;
      },
      askAgain(): Done {
        this.state.isReplyUsed = false;
        return done;
      },
    },
    inside: {
      number(): bigint {
        return this.state.parts.number;
      },
      own(): Facet<OwnNeed> {
        return this.facets.own;
      },
      facet(): Facet<Need> {
        return this.facets.need;
      },
      asker(): bigint {
        return this.state.parts.asker.number();
      },
      kind(): string {
        return this.state.parts.terms.kind;
      },
      status(): NeedStatus {
        return this.state.status;
      },
      isPublic(): boolean {
        return this.state.isPublic;
      },
      people(): readonly bigint[] {
        return [this.facets.inside.asker(), ...this.state.signals.keys()];
      },
      item(): NeedItem {
        return { ...this.facets.need.view(), need: this.facets.need };
      },
      ownItem(): OwnNeedItem {
        const { status } = this.state;
        const { need, own, draft, open } = this.facets;
        const act = status === 'draft' ? draft : status === 'open' ? open : undefined;
        return { ...need.view(), need: own, ...(act === undefined ? {} : { act }) };
      },
      signal(member: Facet<MemberInside>, withName: boolean): Done | Refusal {
        const { signals, parts } = this.state;
        const number = member.number();
        const refusal = refusalTo(this.state, number);
        if (refusal !== undefined) return refusal;
        const before = signals.get(number);
        if (before === undefined && signals.size() >= maxSignals) return refuse('quota');
        // A name that was told stays told.
        if (before !== undefined && (before.withName || !withName)) return done;
        signals.set(number, { member, withName });
        parts.board.counted(parts.number);
        parts.desk.touch();
        return done;
      },
      answer(
        member: Facet<MemberInside>,
        message: string,
        brought: Brought,
        desk: Facet<DeskInside>,
      ): { ok: true; answer: Facet<AnswerInside> } | Refusal {
        const { answers, parts, isReplyUsed } = this.state;
        const number = member.number();
        const refusal = refusalTo(this.state, number);
        if (refusal !== undefined) return refusal;
        if ([...answers.values()].some((one) => one.member === number)) return refuse('conflict');
        if (!parts.isNamed && isReplyUsed) return refuse('claimed');
        if (answers.size() >= maxAnswers) return refuse('quota');
        const answer = makeAnswer({
          what: parts.terms.what,
          from: member.name(),
          message,
          asker: parts.desk,
          answerer: desk,
          brought,
        });
        answers.set(BigInt(answers.size()), { member: number, answer });
        this.state.isReplyUsed = true;
        return { ok: true, answer };
      },
    },
    /** Ends it, once. */
    end: {
      end(status: NeedStatus): Done {
        if (this.state.status !== 'draft' && this.state.status !== 'open') return done;
        this.state.status = status;
        const { board, desk, number } = this.state.parts;
        board.counted(number);
        desk.ended(number);
        return done;
      },
      due(): void {
        this.facets.end.end('over');
      },
    },
  },
  readOnly: ['need.changes', 'own.changes'],
});

const refusalTo = (
  { status, parts }: { readonly status: NeedStatus; readonly parts: NeedParts },
  member: bigint,
): Refusal | undefined => {
  if (status !== 'open') return refuse('stale');
  return member === parts.asker.number() ? refuse('unsupported') : undefined;
};

/** Makes a draft. `task` ends it when its time is over. */
export const makeNeed = (
  parts: NeedParts,
): {
  readonly inside: Facet<NeedInside>;
  readonly publish: () => void;
  readonly task: Facet<{ due(ctx: unknown): void }>;
} => {
  const { inside, draft, end } = makeNeedKit(parts);
  return { inside, publish: () => void draft.publish(), task: end };
};

/** The forms for what one place can decide: its `Acts` are asked for what there is now whenever somebody looks. */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { DurableMap, Facet, Text } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type ActOption,
  type Refusal,
  TextShape,
  type Wish,
  refuse,
} from '@pocas/vat-runtime/actors';
import { ProposingI } from './ballot-guards.ts';
import type { BodyHub } from './inside.ts';
import type { Opened, Option, OptionItem, Proposal, Proposing, ProposingView } from './types.ts';

/** As many as a page shows of each kind. */
const shown = 30;
const WordGuard = M.string({ stringLengthLimit: 60 });
const OptionShape = M.splitRecord(
  { act: WordGuard, label: TextShape, takes: M.or('value', 'words', 'nothing') },
  { name: WordGuard, now: M.bigint(), unit: TextShape, words: M.arrayOf(M.string()) },
);
const ViewShape = M.splitRecord({ about: TextShape, options: M.array() });

type Later = Promise<Opened | Refusal> | Opened | Refusal;
/** Proposes in the name of the ballot that the forms belong to. */
export type Proposer = { propose(proposal: Proposal, requestId: string): Later };
export type ProposingFacet = Facet<Proposing>;

const makeOption = defineActor({
  name: 'Option',
  state: { option: typed<ActOption>(M.record()) },
  init: (option: ActOption) => ({ option }),
  guards: { option: M.interface('Option', { about: M.call().returns(M.record()) }) },
  facets: {
    option: {
      about(): ReturnType<Option['about']> {
        const { act, name } = this.state.option;
        return name === undefined ? { act } : { act, name };
      },
    },
  },
});

const makeProposingKit = defineActor({
  name: 'Proposing',
  state: {
    hub: typed<Facet<BodyHub>>(M.remotable('body')),
    acts: M.nat(),
    proposer: typed<Facet<Proposer>>(M.remotable('proposer')),
    /** By act and name: each is one designation for good. */
    options: typed<DurableMap<string, { readonly facet: Facet<Option>; readonly label: Text }>>(
      M.any(),
    ),
  },
  init: (hub: Facet<BodyHub>, acts: bigint, proposer: Facet<Proposer>) => ({
    hub,
    acts,
    proposer,
    options: makeDurableMap<string, { facet: Facet<Option>; label: Text }>(),
  }),
  guards: {
    proposing: ProposingI,
    inner: M.interface('ProposingInner', {}, { defaultGuards: 'passable' }),
  },
  facets: {
    proposing: {
      view(): Promise<ProposingView> | ProposingView {
        const acts = this.state.hub.acts(this.state.acts)!;
        const { inner } = this.facets;
        return typeof acts.view === 'function'
          ? inner.seen(acts.view())
          : E.when(E(acts).view(), (view) => inner.seen(view));
      },
      proposeNumber(option: Facet<Option>, value: bigint, words: string, requestId: string): Later {
        return this.facets.inner.propose(option, { value }, words, requestId);
      },
      recordNumber(option: Facet<Option>, value: bigint, words: string, requestId: string): Later {
        return this.facets.inner.propose(option, { value }, words, requestId, 'record');
      },
      proposeList(option: Facet<Option>, list: string, words: string, requestId: string): Later {
        const lines = list
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '');
        if (lines.length > 100) return refuse('invalid');
        return this.facets.inner.propose(option, { words: lines }, words, requestId);
      },
      proposeAct(option: Facet<Option>, words: string, requestId: string): Later {
        return this.facets.inner.propose(option, {}, words, requestId);
      },
    },
    inner: {
      /** What a place says of itself is shown and nothing else. */
      seen(view: unknown): ProposingView {
        if (!matches(view, ViewShape))
          throw new TypeError('Cannot show: the place says something else');
        const { about, options } = view as { about: Text; options: readonly unknown[] };
        const known = options.filter((one): one is ActOption => matches(one, OptionShape));
        const item = (option: ActOption): OptionItem => {
          const now = nowOf(option);
          const { facet } = this.facets.inner.optionFor(option);
          return { label: option.label, ...(now === undefined ? {} : { now }), option: facet };
        };
        const of = (takes: ActOption['takes']) =>
          known
            .filter((one) => one.takes === takes)
            .slice(0, shown)
            .map(item);
        return { about, numbers: of('value'), lists: of('words'), others: of('nothing') };
      },
      optionFor(option: ActOption): { readonly facet: Facet<Option>; readonly label: Text } {
        const { options } = this.state;
        const key = JSON.stringify([option.act, option.name ?? null]);
        const before = options.get(key);
        if (before !== undefined) return before;
        const made = { facet: makeOption(option).option, label: option.label };
        options.set(key, made);
        return made;
      },
      propose(
        option: Facet<Option>,
        more: Pick<Wish, 'value' | 'words'>,
        words: string,
        requestId: string,
        method: 'consent' | 'record' = 'consent',
      ): Later {
        const { options, acts, proposer } = this.state;
        const found = [...options.values()].find(({ facet }) => facet === option);
        if (found === undefined) return refuse('invalid');
        const wish = { ...found.facet.about(), ...more };
        const title = found.label.es.slice(0, 100);
        return proposer.propose(
          {
            title,
            words,
            method,
            alternatives: [{ words: title, wish: { acts, wish } }],
          },
          requestId,
        );
      },
    },
  },
});

const nowOf = ({ takes, now, words = [] }: ActOption): string | undefined => {
  if (takes === 'value') return now === undefined ? undefined : `${now}`;
  return takes === 'words' ? words.join(', ').slice(0, 300) : undefined;
};

/** @param acts - the number of the place's `Acts` in the body */
export const makeProposing = (
  hub: Facet<BodyHub>,
  acts: bigint,
  proposer: Facet<Proposer>,
): ProposingFacet => makeProposingKit(hub, acts, proposer).proposing as ProposingFacet;

/**
 * A label (SPEC M12): what it says never changes, since people ate by it; who shares in what it brings
 * changes only with the consent of everybody whose part falls. A next batch gets a label of its own.
 */
import { M } from '@endo/patterns';
import { dayOf } from '@pocas/clearing/halves';
import type { Payout } from '../order/types.ts';
import type { Share as PayeeShare } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import { filled } from '../inside/shown.ts';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import { makeConsent } from './consent.ts';
import type { ConsentInside, LabelInside, LabelsInside, Shares } from './inside.ts';
import { LabelInsideI, LabelMakerI, LabelPublicI, LabelStepsI, PayoutI } from './label-guards.ts';
import {
  divide,
  effectiveParts,
  faultOf,
  losers,
  maxDepth,
  publicShares,
  wholeParts,
} from './shares.ts';
import type {
  Card,
  LabelItem,
  LabelMaker,
  LabelPublic,
  LabelText,
  LabelView,
  Proposed,
  ShareSpec,
} from './types.ts';

type Proposal = {
  /** Stands for these shares: an answer to an earlier proposal changes nothing. */
  readonly number: bigint;
  readonly shares: Shares;
  /** Whose consent is missing. */
  readonly missing: readonly bigint[];
};

const ok: { readonly ok: true } = { ok: true };

const makeLabelKit = defineActor({
  name: 'Label',
  state: {
    number: M.nat(),
    text: typed<LabelText>(M.record()),
    expires: typed<bigint | undefined>(M.any()),
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    labels: typed<Facet<LabelsInside>>(M.remotable('labels')),
    maker: typed<Facet<MemberInside>>(M.remotable('member')),
    shares: typed<Shares>(M.any()),
    proposal: typed<Proposal | undefined>(M.any()),
    proposals: M.nat(),
    /** Of the proposal that waits, by the member who is asked. */
    consents: typed<DurableMap<bigint, Facet<ConsentInside>>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    number: bigint,
    text: LabelText,
    expires: bigint | undefined,
    market: Facet<MarketInside>,
    labels: Facet<LabelsInside>,
    maker: Facet<MemberInside>,
  ) => ({
    ...{ number, text, expires, market, labels, maker },
    shares: [ownShare(maker, wholeParts, true)] as Shares,
    proposal: undefined as Proposal | undefined,
    proposals: 0n,
    consents: makeDurableMap<bigint, Facet<ConsentInside>>(),
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    public: LabelPublicI,
    maker: LabelMakerI,
    payout: PayoutI,
    inside: LabelInsideI,
    steps: LabelStepsI,
  },
  facets: {
    public: {
      view(): LabelView {
        const { text, expires, market, maker, shares } = this.state;
        const { name, kind, ...more } = text;
        return {
          ...{ name, kind, market: market.name(), maker: maker.name(), ...filled(more) },
          ...(expires === undefined ? {} : { expires, goodUntil: dayOf(expires) }),
          isExpired: expires !== undefined && expires <= market.now(),
          ...publicShares(shares),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public);
      },
      number(): bigint {
        return this.state.number;
      },
    },
    maker: {
      view(): ReturnType<LabelMaker['view']> {
        const { shares, proposal, labels, maker } = this.state;
        return {
          ...this.facets.public.view(),
          own: partOf(shares, maker.number()),
          asked: BigInt(proposal?.missing.length ?? 0),
          people: labels.people(),
          inputs: labels.inputs(this.state.number),
          label: this.facets.public,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.maker, this.state.labels);
      },
      share(card: Facet<Card>, parts: bigint, requestId: string): Proposed | Refusal {
        const { outcomes } = this.state;
        return onceLately<Proposed | Refusal>(
          outcomes,
          this.state.market.now(),
          'share',
          requestId,
          () => this.facets.steps.give(card, parts, true),
        );
      },
      shareUnlisted(card: Facet<Card>, parts: bigint, requestId: string): Proposed | Refusal {
        const { outcomes } = this.state;
        return onceLately<Proposed | Refusal>(
          outcomes,
          this.state.market.now(),
          'shareUnlisted',
          requestId,
          () => this.facets.steps.give(card, parts, false),
        );
      },
      shareInput(input: Facet<LabelPublic>, parts: bigint, requestId: string): Proposed | Refusal {
        const { outcomes, market } = this.state;
        return onceLately<Proposed | Refusal>(outcomes, market.now(), 'shareInput', requestId, () =>
          this.facets.steps.giveTo(input, parts),
        );
      },
      propose(specs: readonly ShareSpec[], requestId: string): Proposed | Refusal {
        const { outcomes } = this.state;
        return onceLately<Proposed | Refusal>(
          outcomes,
          this.state.market.now(),
          'propose',
          requestId,
          () => {
            const shares = this.facets.steps.read(specs);
            return shares === undefined ? refuse('invalid') : this.facets.steps.put(shares);
          },
        );
      },
      withdraw(requestId: string): { readonly ok: true } | Refusal {
        return onceLately<{ readonly ok: true } | Refusal>(
          this.state.outcomes,
          this.state.market.now(),
          'withdraw',
          requestId,
          () => {
            this.facets.steps.drop();
            return ok;
          },
        );
      },
      payout(): Facet<Payout> {
        return this.facets.payout;
      },
    },
    payout: {
      shares(value: bigint): readonly PayeeShare[] {
        const { market, shares } = this.state;
        // In whole steps of the brand, such as quarters of an hour, where the value is (C6).
        const step = market.charter('step');
        const unit = value % step === 0n ? step : 1n;
        return divide(value / unit, shares).map(({ who, value: part }) => ({
          payee: who,
          value: part * unit,
        }));
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      public(): Facet<LabelPublic> {
        return this.facets.public;
      },
      payout(): Facet<Payout> {
        return this.facets.payout;
      },
      shares(): Shares {
        return this.state.shares;
      },
      text(): LabelText {
        return this.state.text;
      },
      expires(): bigint | undefined {
        return this.state.expires;
      },
      item(): LabelItem & { readonly act: Facet<LabelMaker> } {
        const { name, kind } = this.state.text;
        return { name, kind, label: this.facets.public, act: this.facets.maker };
      },
      answer(proposal: bigint, member: bigint, agrees: boolean): { readonly ok: true } | Refusal {
        const { proposal: waiting, consents } = this.state;
        if (waiting?.number !== proposal || !waiting.missing.includes(member))
          return refuse('closed');
        consents.delete(member);
        if (!agrees) {
          this.facets.steps.drop();
          return ok;
        }
        const missing = waiting.missing.filter((one) => one !== member);
        this.state.proposal = { ...waiting, missing };
        if (missing.length === 0) this.facets.steps.adopt(waiting.shares);
        return ok;
      },
    },
    steps: {
      /** Of the maker's own parts, to somebody who made it too. */
      give(card: Facet<Card>, parts: bigint, isListed: boolean): Proposed | Refusal {
        const { labels, maker, shares } = this.state;
        const other = labels.deskOf(card)?.member();
        if (other === undefined || other === maker) return refuse('invalid');
        const isOf = (member: bigint) => (share: Shares[number]) =>
          'who' in share && share.member === member;
        const own = shares.find(isOf(maker.number()));
        if (own === undefined || own.parts < parts) return refuse('insufficient');
        const known = shares.find(isOf(other.number()));
        const kept = shares.filter((one) => one !== own && one !== known);
        const left = own.parts - parts;
        return this.facets.steps.put([
          ...(left > 0n ? [{ ...own, parts: left }] : []),
          ...kept,
          ownShare(other, parts + (known?.parts ?? 0n), isListed),
        ]);
      },
      /** Of the maker's own parts, to what it was made of: to those who share in that. */
      giveTo(alleged: Facet<LabelPublic>, parts: bigint): Proposed | Refusal {
        const { labels, maker, shares } = this.state;
        const input = labels.labelOf(alleged);
        if (input === undefined) return refuse('stale');
        const own = shares.find((one) => 'who' in one && one.member === maker.number());
        if (own === undefined || own.parts < parts) return refuse('insufficient');
        const known = shares.find((one) => 'label' in one && one.label === input.number());
        const kept = shares.filter((one) => one !== own && one !== known);
        const left = own.parts - parts;
        return this.facets.steps.put([
          ...(left > 0n ? [{ ...own, parts: left }] : []),
          ...kept,
          {
            ...{ parts: parts + (known?.parts ?? 0n), isListed: true, name: input.text().name },
            ...{ label: input.number(), shares: input.shares() },
          },
        ]);
      },
      /** What a maker said, with the people and labels that it is of. */
      read(specs: readonly ShareSpec[]): Shares | undefined {
        const { labels } = this.state;
        const shares: Shares[number][] = [];
        for (const { parts, isListed, card, label } of specs) {
          const member = card === undefined ? undefined : labels.deskOf(card)?.member();
          const inner = label === undefined ? undefined : labels.labelOf(label);
          if ((member === undefined) === (inner === undefined)) return undefined;
          if (member !== undefined) shares.push(ownShare(member, parts, isListed));
          else if (inner !== undefined)
            shares.push({
              ...{ parts, isListed, name: inner.text().name },
              label: inner.number(),
              shares: inner.shares(),
            });
        }
        return shares;
      },
      /** Asks all whose part would fall, but for the maker, who says it. */
      put(shares: Shares): Proposed | Refusal {
        const { number, market, maker, shares: before, consents, labels } = this.state;
        const fault = faultOf(number, shares);
        if (fault !== undefined) return refuse(fault);
        if (!market.isOpen()) return refuse('closed');
        this.facets.steps.drop();
        const missing = losers(before, shares).filter((member) => member !== maker.number());
        if (missing.length === 0) {
          this.facets.steps.adopt(shares);
          return { ok: true, phase: 'agreed' };
        }
        this.state.proposals += 1n;
        const proposal = this.state.proposals;
        this.state.proposal = { number: proposal, shares, missing };
        const parts = { before: effectiveParts(before), after: effectiveParts(shares) };
        for (const member of missing) {
          const desk = labels.deskNumbered(member);
          // Without a desk nobody could agree, so nothing that lowers this part can be adopted.
          if (desk === undefined) continue;
          const consent = makeConsent({
            ...{ label: this.facets.inside, desk, proposal, member, number },
            name: this.state.text.name,
            maker: maker.name(),
            before: shown(parts.before.get(member)),
            after: shown(parts.after.get(member)),
          });
          consents.set(member, consent);
          desk.ask(number, consent);
        }
        return { ok: true, phase: 'asked' };
      },
      adopt(shares: Shares): void {
        const { market, number } = this.state;
        this.state.shares = shares;
        this.facets.steps.drop();
        // Who they are is nobody's but their own.
        market.record('label.shares', { label: number }, 'P1');
      },
      /** What waited is over, without any change. */
      drop(): void {
        const { consents } = this.state;
        for (const [member, consent] of [...consents.entries()]) {
          consents.delete(member);
          consent.close();
        }
        this.state.proposal = undefined;
      },
    },
  },
  readOnly: ['public.changes', 'maker.changes'],
});

const ownShare = (
  member: Facet<MemberInside>,
  parts: bigint,
  isListed: boolean,
): Shares[number] => ({
  ...{ parts, isListed, name: member.name() },
  who: member.payee(),
  member: member.number(),
});

/** Of 10,000, rounded down. */
const shown = (effective: bigint = 0n): bigint => effective / wholeParts ** BigInt(maxDepth - 1);

const partOf = (shares: Shares, member: bigint): bigint =>
  shown(effectiveParts(shares).get(member));

/** Makes a label, all of which is its maker's at first. */
export const makeLabel = (
  number: bigint,
  text: LabelText,
  expires: bigint | undefined,
  market: Facet<MarketInside>,
  labels: Facet<LabelsInside>,
  maker: Facet<MemberInside>,
): Facet<LabelInside> => makeLabelKit(number, text, expires, market, labels, maker).inside;

/** A participant's own labels and tags, and what others ask them about labels that they share in. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, Mechanism, MemberInside } from '../inside/types.ts';
import { CardI, LabelDeskI, LabelDeskInsideI } from './desk-guards.ts';
import type {
  ConsentInside,
  LabelDeskInside,
  LabelInside,
  LabelsInside,
  TagInside,
} from './inside.ts';
import { makeLabel } from './label.ts';
import { makeLabels } from './labels.ts';
import { days, isWellFormed } from './shapes.ts';
import { makeTag } from './tag.ts';
import type {
  Card,
  LabelDesk,
  LabelDeskView,
  LabelItem,
  LabelMaker,
  LabelText,
  TagHolder,
} from './types.ts';

/** What one participant may have at a time: as many as a page lists, so that nothing is hidden from its owner. */
export const maxLabels = 30;
export const maxTags = 30;
/** Of proposals that wait for this person's word, the oldest are shown; none is lost. */
const shownAsked = 30;

type Made = { readonly ok: true; readonly label: Facet<LabelMaker> };
type Tagged = { readonly ok: true; readonly tag: Facet<TagHolder> };
type Done = { readonly ok: true } | Refusal;

const makeDeskKit = defineActor({
  name: 'LabelDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    all: typed<Facet<LabelsInside>>(M.remotable('labels')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    labels: typed<DurableMap<bigint, Facet<LabelInside>>>(M.any()),
    tags: typed<DurableMap<bigint, Facet<TagInside>>>(M.any()),
    /** By the number of the label. */
    asked: typed<DurableMap<bigint, Facet<ConsentInside>>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    /** Counts what changed here, so that a page can wait for the next thing. */
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>, all: Facet<LabelsInside>, member: Facet<MemberInside>) => ({
    ...{ market, all, member },
    labels: makeDurableMap<bigint, Facet<LabelInside>>(),
    tags: makeDurableMap<bigint, Facet<TagInside>>(),
    asked: makeDurableMap<bigint, Facet<ConsentInside>>(),
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: { desk: LabelDeskI, card: CardI, inside: LabelDeskInsideI },
  facets: {
    desk: {
      view(): LabelDeskView {
        const { labels, tags, asked, all, member } = this.state;
        return {
          labels: [...labels.values()].map((label) => label.item()),
          tags: [...tags.values()].map((tag) => tag.item()),
          asked: [...asked.values({ limit: shownAsked })].map((consent) => ({
            ...consent.view(),
            act: consent.consent(),
          })),
          isNamed: all.isPosted(member.number()),
        };
      },
      changes(since?: string): Promise<string> {
        const { tags } = this.state;
        return changed(since, this.facets.desk, ...tags.values());
      },
      make(
        name: string,
        kind: string,
        ingredients: string,
        allergens: string,
        nutrition: string,
        instructions: string,
        story: string,
        links: string,
        photo: string,
        plan: string,
        goodForDays: bigint,
        requestId: string,
      ): Made | Refusal {
        const { market, all, member, labels, outcomes } = this.state;
        return onceLately<Made | Refusal>(
          outcomes,
          this.state.market.now(),
          'make',
          requestId,
          () => {
            const text: LabelText = {
              ...{ name, kind, ingredients, allergens, nutrition, instructions, story },
              ...{ links, photo, plan },
            };
            if (!isWellFormed(text)) return refuse('invalid');
            if (labels.size() >= maxLabels) return refuse('quota');
            if (!market.isOpen()) return refuse('closed');
            const number = market.nextNumber();
            const expires = goodForDays === 0n ? undefined : market.now() + days(goodForDays);
            const label = makeLabel(number, text, expires, market, all, member);
            all.addLabel(number, label);
            labels.set(number, label);
            this.state.news += 1n;
            market.record('label.made', { label: number }, 'P1');
            return { ok: true, label: label.item().act };
          },
        );
      },
      newTag(says: string, requestId: string): Tagged | Refusal {
        const { market, all, tags, outcomes } = this.state;
        return onceLately<Tagged | Refusal>(
          outcomes,
          this.state.market.now(),
          'newTag',
          requestId,
          () => {
            if (tags.size() >= maxTags) return refuse('quota');
            const number = market.nextNumber();
            const tag = makeTag(number, says, market, all);
            const holder = tag.giveTo(this.facets.inside);
            this.facets.inside.addTag(number, tag);
            return { ok: true, tag: holder };
          },
        );
      },
      putAway(label: Facet<LabelMaker>, requestId: string): Done {
        const { labels, outcomes } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'putAway', requestId, () => {
          for (const [number, inside] of labels.entries()) {
            if (inside.item().act !== label) continue;
            labels.delete(number);
            this.state.news += 1n;
            return { ok: true };
          }
          return refuse('stale');
        });
      },
      beNamed(requestId: string): { readonly ok: true } {
        const { all, member, outcomes } = this.state;
        return onceLately<{ readonly ok: true }>(
          outcomes,
          this.state.market.now(),
          'beNamed',
          requestId,
          () => {
            all.post(member.number());
            this.state.news += 1n;
            return { ok: true };
          },
        );
      },
      notBeNamed(requestId: string): { readonly ok: true } {
        const { all, member, outcomes } = this.state;
        return onceLately<{ readonly ok: true }>(
          outcomes,
          this.state.market.now(),
          'notBeNamed',
          requestId,
          () => {
            all.unpost(member.number());
            this.state.news += 1n;
            return { ok: true };
          },
        );
      },
      card(): Facet<Card> {
        return this.facets.card;
      },
    },
    card: {
      view(): { readonly name: string } {
        return { name: this.state.member.name() };
      },
      number(): bigint {
        return this.state.member.number();
      },
    },
    inside: {
      member(): Facet<MemberInside> {
        return this.state.member;
      },
      card(): Facet<Card> {
        return this.facets.card;
      },
      labels(): readonly LabelItem[] {
        return [...this.state.labels.values()].map((label) => {
          const { name, kind, label: facet } = label.item();
          return { name, kind, label: facet };
        });
      },
      addTag(number: bigint, tag: Facet<TagInside>): boolean {
        const { tags } = this.state;
        if (tags.size() >= maxTags) return false;
        tags.set(number, tag);
        this.state.news += 1n;
        return true;
      },
      removeTag(number: bigint): void {
        this.state.tags.delete(number);
        this.state.news += 1n;
      },
      ask(label: bigint, consent: Facet<ConsentInside>): void {
        this.state.asked.set(label, consent);
        this.facets.inside.wait();
      },
      unask(label: bigint): void {
        this.state.asked.delete(label);
        this.facets.inside.wait();
      },
      wait(): void {
        const { asked, member } = this.state;
        this.state.news += 1n;
        member.setWaiting('label', BigInt(asked.size()));
      },
    },
  },
  readOnly: ['desk.changes'],
});

const deskOf = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): { desk: Facet<LabelDesk>; part: Facet<LabelDeskInside> } => {
  // The cast holds: it is what `found` answered.
  const all = market.part('label') as Facet<LabelsInside>;
  const { desk, inside } = makeDeskKit(market, all, member);
  all.join(member.number(), inside);
  return { desk, part: inside };
};

/** Labels and tags, as a market takes them in. */
export const labelMechanism: Mechanism = {
  name: 'label',
  found: () => ({ part: makeLabels() }),
  desk: deskOf,
};

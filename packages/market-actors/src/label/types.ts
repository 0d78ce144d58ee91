/** What the facets of labels and tags do (SPEC M12). A label is what stands on a thing; a tag is the thing that it stands on, and is used again. */
import type { Facet } from '@pocas/vat-runtime';
import type { Payout } from '../order/types.ts';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Desk } from '../inside/types.ts';

/** What people write on a label. Empty texts are not shown. */
export type LabelText = {
  readonly name: string;
  /** Such as jam, bread, soap. */
  readonly kind: string;
  readonly ingredients: string;
  readonly allergens: string;
  readonly nutrition: string;
  readonly instructions: string;
  readonly story: string;
  /** Addresses of pages, one on each line. */
  readonly links: string;
  /** SHA-256 of a photo of it, 64 hexadecimal digits, or nothing: what a wallet compares a picture with. */
  readonly photo: string;
  /** The plan by which it was made (F21), in words. */
  readonly plan: string;
};
/** What was left empty is absent. */
export type LabelView = Partial<LabelText> & {
  readonly name: string;
  readonly kind: string;
  readonly market: string;
  readonly maker: string;
  /** Milliseconds since 1970; absent where it does not spoil. */
  readonly expires?: bigint;
  /** The same in words. */
  readonly goodUntil?: string;
  readonly isExpired: boolean;
  readonly contributors: readonly { readonly name: string; readonly parts: bigint }[];
  /** What goes to those who are not listed, together. Of 10,000. */
  readonly unlisted: bigint;
};
/** For anybody who has the thing in hand, or its tag. */
export type LabelPublic = {
  view(): LabelView;
  changes(since?: string): Promise<string>;
  number(): bigint;
};

/** Stands for a person who may be named as a contributor. Gives nothing but that. */
export type Card = { view(): { readonly name: string }; number(): bigint };

/** A share as its maker says it: exactly one of `card` and `label`. */
export type ShareSpec = {
  readonly parts: bigint;
  readonly isListed: boolean;
  readonly card?: Facet<Card>;
  readonly label?: Facet<LabelPublic>;
};
/** `agreed`: it holds. `asked`: it holds once all those have agreed whose part falls. */
export type Proposed = { readonly ok: true; readonly phase: 'agreed' | 'asked' };

/** Of whoever made a label. */
export type LabelMaker = {
  view(): LabelView & {
    readonly own: bigint;
    readonly asked: bigint;
    readonly people: readonly PersonItem[];
    /** The newest of the market, at most 30, that may be inputs. */
    readonly inputs: readonly LabelItem[];
    readonly label: Facet<LabelPublic>;
  };
  changes(since?: string): Promise<string>;
  /** Gives some of one's own parts to somebody who made it too. `insufficient`. */
  share(card: Facet<Card>, parts: bigint, requestId: string): Proposed | Refusal;
  /** The same for somebody whom the public list does not name. */
  shareUnlisted(card: Facet<Card>, parts: bigint, requestId: string): Proposed | Refusal;
  /**
   * Gives parts of one's own to what it was made of: to those who share in that label, as it is now. `stale` for no
   * label of this market, `conflict` where a label would contain itself, and as of `share`.
   */
  shareInput(input: Facet<LabelPublic>, parts: bigint, requestId: string): Proposed | Refusal;
  /**
   * All shares anew. `invalid` where they do not sum to 10,000 or name somebody unknown, `conflict` where a
   * label would contain itself, `quota`. A new proposal takes the place of one that waits.
   */
  propose(shares: readonly ShareSpec[], requestId: string): Proposed | Refusal;
  /** Takes back what waits for others. */
  withdraw(requestId: string): { readonly ok: true } | Refusal;
  /** For an offer of this label: at most 64 payees. It knows whom it pays, so it is for the market's own parts. */
  payout(): Facet<Payout>;
};

/** Of somebody whose part would fall. */
export type Consent = {
  view(): ConsentView;
  changes(since?: string): Promise<string>;
  /** `closed` where the proposal was withdrawn, replaced or declined. */
  agree(requestId: string): { readonly ok: true } | Refusal;
  decline(requestId: string): { readonly ok: true } | Refusal;
};
export type ConsentView = {
  readonly label: string;
  readonly maker: string;
  /** Of 10,000, rounded down. */
  readonly before: bigint;
  readonly after: bigint;
  readonly phase: 'asked' | 'agreed' | 'declined' | 'closed';
};

/** What the code on a tag leads to. */
export type TagPublic = {
  view(): TagView;
  changes(since?: string): Promise<string>;
  /** Says where it was seen, in a few words, such as a shelf. Says nothing of who saw it. */
  seen(place: string): { readonly ok: true };
};
export type TagView = {
  readonly says: string;
  /** Where its label is at home. */
  readonly market: string;
  readonly phase: 'free' | 'bound';
  readonly name: string;
  readonly allergens: string;
  readonly photo: string;
  readonly label?: Facet<LabelPublic>;
  readonly expires?: bigint;
  /** What a shelf needs to know (M9): nothing of who made it. */
  readonly isExpired: boolean;
  /** It was seen in two places at once: somebody copied its code. */
  readonly isDoubtful: boolean;
};
/** Of whoever has the container. It ends when the tag is handed on. */
export type TagHolder = {
  view(): TagView & {
    readonly tag: Facet<TagPublic>;
    readonly doubt: string;
    readonly labels: readonly LabelItem[];
    readonly people: readonly PersonItem[];
    readonly history: readonly {
      readonly name: string;
      readonly from: bigint;
      readonly to: bigint;
    }[];
  };
  changes(since?: string): Promise<string>;
  /** `conflict` where another label is bound, `expired` for food past its date, `stale` for no label of this market, `revoked`. */
  bind(label: Facet<LabelPublic>, requestId: string): { readonly ok: true } | Refusal;
  reset(requestId: string): { readonly ok: true } | Refusal;
  /** The text for its code: leads to the tag's public facet and to nothing else. `unsupported`, `revoked`, `quota`. */
  print(requestId: string): Promise<{ readonly secret: string }> | Refusal;
  /** One has looked: it is the right thing. */
  dismiss(requestId: string): { readonly ok: true } | Refusal;
  /** With the container. This facet ends. */
  handOver(card: Facet<Card>, requestId: string): { readonly ok: true } | Refusal;
};

export type PersonItem = { readonly name: string; readonly card: Facet<Card> };
export type LabelItem = {
  readonly name: string;
  readonly kind: string;
  readonly label: Facet<LabelPublic>;
};
export type LabelDeskView = {
  readonly labels: readonly (LabelItem & { readonly act: Facet<LabelMaker> })[];
  readonly tags: readonly {
    readonly says: string;
    readonly name: string;
    readonly isDoubtful: boolean;
    readonly act: Facet<TagHolder>;
  }[];
  readonly asked: readonly (ConsentView & { readonly act: Facet<Consent> })[];
  readonly isNamed: boolean;
};
export type LabelDesk = Desk & {
  view(): LabelDeskView;
  /** `quota`, `invalid` (a link or a photo's digits). */
  make(
    ...args: readonly [
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
    ]
  ): { readonly ok: true; readonly label: Facet<LabelMaker> } | Refusal;
  /** @param says - what is printed on it for people, such as “jar 12” */
  newTag(
    says: string,
    requestId: string,
  ): { readonly ok: true; readonly tag: Facet<TagHolder> } | Refusal;
  /** Takes a label off the list. Tags that carry it, and what is sold of it, go on. */
  putAway(label: Facet<LabelMaker>, requestId: string): { readonly ok: true } | Refusal;
  /** Lets others find one's card, so that they can name one as a contributor. */
  beNamed(requestId: string): { readonly ok: true };
  notBeNamed(requestId: string): { readonly ok: true };
  /** One's own, to hand to somebody without posting it. */
  card(): Facet<Card>;
};

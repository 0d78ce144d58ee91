/** What the parts of labels are to each other. These facets never leave the vat. */
import type { Payout } from '../order/types.ts';
import type { Payee } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MemberInside } from '../inside/types.ts';
import type { Share } from './shares.ts';
import type {
  Card,
  Consent,
  ConsentView,
  LabelDeskView,
  LabelItem,
  LabelMaker,
  LabelPublic,
  LabelText,
  PersonItem,
  TagHolder,
  TagPublic,
} from './types.ts';

export type Shares = readonly Share<Facet<Payee>>[];

/** Once for the whole market. */
export type LabelsInside = {
  addLabel(number: bigint, label: Facet<LabelInside>): void;
  /** The label that this public facet is of, if it is of this market. */
  labelOf(label: Facet<LabelPublic>): Facet<LabelInside> | undefined;
  /** For an offer that says which label its things carry. */
  payoutOf(label: Facet<LabelPublic>): Facet<Payout> | undefined;
  join(member: bigint, desk: Facet<LabelDeskInside>): void;
  /** The desk of whom this card is, if it is of this market. */
  deskOf(card: Facet<Card>): Facet<LabelDeskInside> | undefined;
  deskNumbered(member: bigint): Facet<LabelDeskInside> | undefined;
  post(member: bigint): void;
  unpost(member: bigint): void;
  isPosted(member: bigint): boolean;
  /** Who wants to be named, the newest first. */
  people(): readonly PersonItem[];
  /** The newest labels, but for one, which can be made of them. */
  inputs(except: bigint): readonly LabelItem[];
};
export type LabelInside = {
  number(): bigint;
  public(): Facet<LabelPublic>;
  payout(): Facet<Payout>;
  shares(): Shares;
  text(): LabelText;
  expires(): bigint | undefined;
  item(): LabelItem & { readonly act: Facet<LabelMaker> };
  /** The proposal's number stands for it: an answer to an older one changes nothing. */
  answer(proposal: bigint, member: bigint, agrees: boolean): { readonly ok: true } | Refusal;
};
export type TagInside = {
  number(): bigint;
  item(): LabelDeskView['tags'][number];
  public(): Facet<TagPublic>;
  /** Makes its holder's facet anew, so that the one before ends. */
  giveTo(desk: Facet<LabelDeskInside>): Facet<TagHolder>;
};
export type LabelDeskInside = {
  member(): Facet<MemberInside>;
  card(): Facet<Card>;
  labels(): readonly LabelItem[];
  addTag(number: bigint, tag: Facet<TagInside>): boolean;
  removeTag(number: bigint): void;
  ask(label: bigint, consent: Facet<ConsentInside>): void;
  unask(label: bigint): void;
};
export type ConsentInside = {
  consent(): Facet<Consent>;
  view(): ConsentView;
  close(): void;
};

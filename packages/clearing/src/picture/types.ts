/** A picture of who owes whom, before a set-off and after it. Docs: docs/clearing.md. */

/** What one owes another, in the smallest unit. Several between the same two are drawn as one. */
export type Owed = {
  readonly debtor: string;
  readonly creditor: string;
  readonly before: bigint;
  readonly after: bigint;
};

export type PictureLanguage = 'en' | 'es';

export type PictureOptions = {
  readonly language: PictureLanguage;
  /** What stands above it. */
  readonly heading: string;
  /** How an amount is written; it is given no signs below zero. */
  readonly format: (amount: bigint) => string;
  /** What stands before the decimals of percentages. Default: a point. */
  readonly sign?: '.' | ',';
  /** Of more participants than this, 3 to 40, the largest are drawn and all the others as one. Default: of more than 24, 15. */
  readonly most?: number;
  /** Begins each id, for pages with several pictures. Letters and digits. Default "pocas". */
  readonly prefix?: string;
};

/** A participant, or all of the others together. */
export type Node = {
  /** Undefined: the others. */
  readonly name: string | undefined;
  /** How many participants it stands for. */
  readonly count: number;
  /** What it is owed less what it owes: the same before and after. */
  readonly net: bigint;
  readonly owes: bigint;
  readonly isOwed: bigint;
};

export type Edge = {
  /** Places in the list of nodes. */
  readonly from: number;
  readonly to: number;
  readonly before: bigint;
  readonly after: bigint;
};

/** What is drawn, and what is not. */
export type Network = {
  readonly nodes: readonly Node[];
  /** The widest first. */
  readonly edges: readonly Edge[];
  /** Of all participants, drawn or not. */
  readonly participants: number;
  readonly totals: { readonly before: bigint; readonly after: bigint };
  /** Between the others, of which nothing is drawn. */
  readonly hidden: { readonly before: bigint; readonly after: bigint };
};

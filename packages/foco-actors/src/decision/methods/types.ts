/** What a way to decide is: pure, over what is published, so that whoever was there can count again. */

export type MethodName =
  'consent' | 'advice' | 'agree' | 'score' | 'dot' | 'ranked' | 'record' | 'sortition';

/** What somebody says. Which words and numbers there may be is for each method to say (`isAnswer`). */
export type Answer = {
  readonly stand?: string;
  /** At most 2,000 characters. */
  readonly reason?: string;
  /** One for each alternative, in their order. */
  readonly numbers?: readonly bigint[];
};

/** Of the body's charter, as it was when the decision was opened. */
export type Rules = {
  /** Of each constituency so many in a hundred have to take part. */
  readonly quorum: bigint;
  /** More than so many in a thousand of those who agree or disagree have to agree. */
  readonly majority: bigint;
  /** So many have to attest a record. */
  readonly scribes: bigint;
  /** Each has so many dots. */
  readonly dots: bigint;
};

/** What is published of one ballot. `who` is the number of an elector, or the token of a blind ballot. */
export type PublishedBallot = {
  readonly who: string;
  readonly constituency: string;
  readonly answer: Answer;
};

export type Outcome = 'carried' | 'notCarried' | 'blocked' | 'noQuorum';
/** Of one constituency. */
export type Tally = {
  readonly constituency: string;
  readonly electors: bigint;
  readonly cast: bigint;
  /** By what was said, or by alternative (`0`, `1` …): how many, or how many points. */
  readonly counts: { readonly [what: string]: bigint };
  readonly outcome: Outcome;
  /** The alternative that it is for, from 0. */
  readonly winner?: bigint;
};
export type Result = {
  readonly outcome: Outcome;
  readonly winner?: bigint;
  readonly tallies: readonly Tally[];
};

export type Counted = Pick<Tally, 'counts' | 'outcome' | 'winner'>;
export type Method = {
  /** How many alternatives it chooses among. */
  readonly alternatives: { readonly least: bigint; readonly most: bigint };
  /** Whether silence can be too much of it. */
  readonly needsQuorum: boolean;
  /** Whether it can be asked without telling who said what. */
  readonly canBeBlind: boolean;
  isAnswer(answer: Answer, rules: Rules, alternatives: bigint): boolean;
  /** Of one constituency, of which at least one has said something. */
  count(answers: readonly Answer[], rules: Rules, alternatives: bigint): Counted;
};

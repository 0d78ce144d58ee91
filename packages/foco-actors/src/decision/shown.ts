/** What is shown and published of a decision: pure, over its state. */
import type { DurableMap, Facet, Text } from '@pocas/vat-runtime';
import {
  type Mandate,
  type DrawPublic,
  type RefusalCode,
  minuteOf,
} from '@pocas/vat-runtime/actors';
import type { BodyHub, ElectorRow, Speaker } from './inside.ts';
import type { Published } from './methods/recount.ts';
import type { Answer, MethodName, Result, Rules } from './methods/types.ts';
import type { BlindBox, DecisionPhase, DecisionView, Ending, Proposal, Voice } from './types.ts';
import { stands } from './words.ts';

const shown = 30;

export type DecisionState = {
  readonly number: bigint;
  readonly hub: Facet<BodyHub>;
  readonly by: bigint;
  readonly proposal: Proposal;
  readonly phase: DecisionPhase;
  readonly drafts: DurableMap<bigint, Text>;
  readonly refusal: RefusalCode | undefined;
  readonly electorate: DurableMap<bigint, ElectorRow>;
  readonly casts: DurableMap<bigint, { readonly answer: Answer; readonly by: Speaker }>;
  readonly blind: DurableMap<string, { readonly constituency: string; readonly answer: Answer }>;
  readonly box: Facet<BlindBox> | undefined;
  readonly draw: Facet<DrawPublic> | undefined;
  readonly panel: readonly string[];
  readonly rules: Rules | undefined;
  readonly closes: bigint;
  readonly result: Result | undefined;
  readonly mandate: Facet<Mandate> | undefined;
};

/** Where whoever proposed a decision waits for it to open. */
export const placeOf = (hub: Facet<BodyHub>, number: bigint): string =>
  `opening ${hub.tag()} ${number}`;

/** What is said aloud: whoever listens may change their mind. Where it is counted, counts would steer the others. */
const isAloud = (method: MethodName): boolean =>
  method === 'consent' || method === 'advice' || method === 'record';

export const nothingYet: Text = { en: 'nothing yet', es: 'todavía nada' };
/** Of a blind decision: what was said with it is told to nobody. */
export const fetched: Text = { en: 'you have your ballot', es: 'ya tienes tu boleta' };

export const saidOf = ({ stand = '', numbers, reason = '' }: Answer): Text => {
  const given = (numbers ?? []).join(' ');
  const { en, es } = stands[stand] ?? { en: given, es: given };
  return reason === '' ? { en, es } : { en: `${en}: ${reason}`, es: `${es}: ${reason}` };
};

export const voicesOf = ({
  proposal,
  casts,
  electorate,
  phase,
}: DecisionState): readonly Voice[] =>
  isAloud(proposal.method) || (phase === 'counted' && proposal.method === 'agree')
    ? [...casts.entries({ limit: shown })].map(([number, { answer, by }]) => ({
        name: electorate.get(number)!.name,
        stand: answer.stand ?? '',
        reason: answer.reason ?? '',
        ...(by === 'delegate' ? { byDelegate: true as const } : {}),
      }))
    : [];

/** By constituency, in the order of their names. */
export const constituencies = ({
  electorate,
}: Pick<DecisionState, 'electorate'>): Published['electors'] => {
  const counts = new Map<string, bigint>();
  for (const { constituency } of electorate.values())
    counts.set(constituency, (counts.get(constituency) ?? 0n) + 1n);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([constituency, electors]) => ({ constituency, electors }));
};

/** What a result follows from, beside the ballots. */
export const groundsOf = (state: DecisionState): Omit<Published, 'ballots'> => ({
  method: state.proposal.method,
  rules: state.rules!,
  alternatives: BigInt(state.proposal.alternatives.length),
  electors: constituencies(state),
});

const numberForm = /^[1-9][0-9]{0,17}$/;

/** The ballots in the order of who cast them. @param after - one of them, or '' @param limit - default all */
export const ballotsOf = (
  { proposal, casts, blind, electorate }: DecisionState,
  after = '',
  limit?: number,
): Published['ballots'] => {
  const most = limit === undefined ? {} : { limit };
  if (proposal.isBlind === true)
    // No key is between one and the same with a zero behind it.
    return [...blind.entries({ from: after === '' ? '' : `${after}\u0000`, ...most })].map(
      ([who, cast]) => ({ who, ...cast }),
    );
  const from = numberForm.test(after) ? BigInt(after) + 1n : 0n;
  return [...casts.entries({ from, ...most })].map(([number, { answer }]) => ({
    who: `${number}`,
    constituency: electorate.get(number)!.constituency,
    answer,
  }));
};

export const endingOf = ({ phase, result, proposal }: DecisionState): Ending | undefined => {
  if (phase === 'withdrawn') return 'withdrawn';
  if (phase !== 'counted') return undefined;
  return proposal.method === 'sortition' ? 'drawn' : result!.outcome;
};

/** All constituencies together, for people; each by itself is published. */
const countsOf = ({ tallies }: Result): NonNullable<DecisionView['counts']> => {
  const sums = new Map<string, bigint>();
  for (const { counts } of tallies)
    for (const [what, count] of Object.entries(counts))
      sums.set(what, (sums.get(what) ?? 0n) + count);
  return [...sums].slice(0, shown).map(([what, count]) => ({ what: nameOf(what), count }));
};
/** What there is to choose from, where it is more than one thing. */
export const severalOf = ({ alternatives }: Proposal): Pick<DecisionView, 'alternatives'> =>
  alternatives.length < 2
    ? {}
    : { alternatives: alternatives.map(({ words }, at) => ({ number: BigInt(at) + 1n, words })) };

/** Alternatives are counted from 1 by people. */
const nameOf = (what: string): string =>
  what.replace(/\d+/g, (digits) => `${BigInt(digits) + 1n}`).replace('>', ' > ');

export const viewOf = (state: DecisionState): DecisionView => {
  const { proposal, phase, drafts, electorate, casts, blind, closes, result, panel } = state;
  const { mandate, refusal, box, draw, hub, by } = state;
  const ending = endingOf(state);
  const voices = voicesOf(state);
  const winner =
    result?.winner === undefined ? undefined : proposal.alternatives[Number(result.winner)];
  return {
    title: proposal.title,
    words: proposal.words,
    proposedBy: electorate.get(by)?.name ?? hub.nameOf(by),
    method: proposal.method,
    phase,
    until: closes === 0n ? '' : minuteOf(closes),
    ...(drafts.size() === 0 ? {} : { acts: [...drafts.values()] }),
    ...severalOf(proposal),
    electors: BigInt(electorate.size()),
    spoken: BigInt(proposal.isBlind === true ? blind.size() : casts.size()),
    ...(voices.length === 0 ? {} : { voices }),
    ...(ending === undefined ? {} : { outcome: ending }),
    ...(result === undefined ? {} : { counts: countsOf(result) }),
    ...(winner === undefined || proposal.alternatives.length === 1 ? {} : { winner: winner.words }),
    ...(panel.length === 0 ? {} : { panel }),
    ...(draw === undefined ? {} : { draw }),
    ...(mandate === undefined ? {} : { mandate }),
    ...(refusal === undefined ? {} : { refused: refusal }),
    ...(box === undefined || phase !== 'open' ? {} : { box }),
  };
};

/** A proposal with other words, and where its act takes a number, with another one. */
export const amendedOf = (
  proposal: Proposal,
  words: string,
  value: bigint | undefined,
): Proposal | undefined => {
  if (value === undefined) return { ...proposal, words };
  const [only, ...more] = proposal.alternatives;
  if (only?.wish?.wish.value === undefined || more.length > 0) return undefined;
  const wish = { ...only.wish, wish: { ...only.wish.wish, value } };
  return { ...proposal, words, alternatives: [{ ...only, wish }] };
};

/** Whether two answers say the same. */
export const isSame = (a: Answer, b: Answer): boolean =>
  a.stand === b.stand &&
  (a.reason ?? '') === (b.reason ?? '') &&
  (a.numbers ?? []).join(' ') === (b.numbers ?? []).join(' ');

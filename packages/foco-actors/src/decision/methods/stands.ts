/** Ways to decide on one proposal by saying where one stands. */
import type { Answer, Counted, Method } from './types.ts';

const one = { least: 1n, most: 1n };

/** How many said what. */
const countStands = (
  answers: readonly Answer[],
  stands: readonly string[],
): { readonly [stand: string]: bigint } =>
  Object.fromEntries(
    stands.map((stand) => [stand, BigInt(answers.filter((one) => one.stand === stand).length)]),
  );

/** @param withReason - of these stands that have to be explained */
const isStand = (answer: Answer, stands: readonly string[], withReason: readonly string[]) => {
  const { stand, reason = '', numbers } = answer;
  if (stand === undefined || numbers !== undefined || !stands.includes(stand)) return false;
  return !withReason.includes(stand) || reason.trim() !== '';
};

const carriedIf = (holds: boolean, counts: Counted['counts']): Counted =>
  holds ? { counts, outcome: 'carried', winner: 0n } : { counts, outcome: 'notCarried' };

/**
 * Consent (sociocracy; "consent with objection"): it carries where somebody consents and nobody objects. An
 * objection has a reason, and stands until whoever has it takes it back. Standing aside objects to nothing.
 */
export const consent: Method = {
  alternatives: one,
  needsQuorum: true,
  canBeBlind: false,
  isAnswer: (answer) => isStand(answer, ['consent', 'objection', 'aside'], ['objection']),
  count(answers) {
    const counts = countStands(answers, ['consent', 'objection', 'aside']);
    if (counts['objection']! > 0n) return { counts, outcome: 'blocked' };
    return carriedIf(counts['consent']! > 0n, counts);
  },
};

/** Agree or disagree, with reasons; whoever abstains takes part and counts for neither. */
export const agree: Method = {
  alternatives: one,
  needsQuorum: true,
  canBeBlind: true,
  isAnswer: (answer) => isStand(answer, ['agree', 'disagree', 'abstain'], []),
  count(answers, { majority }) {
    const counts = countStands(answers, ['agree', 'disagree', 'abstain']);
    const agreed = counts['agree']!;
    return carriedIf(agreed * 1_000n > majority * (agreed + counts['disagree']!), counts);
  },
};

/**
 * Advice process: one person decides, after having asked. Who was asked, and that all of them had the time to
 * answer, is looked at when the decision is taken (`decision.ts`); here stands whether it was taken.
 */
export const advice: Method = {
  alternatives: one,
  needsQuorum: false,
  canBeBlind: false,
  isAnswer: (answer) => isStand(answer, ['advice', 'decide'], ['advice', 'decide']),
  count(answers) {
    const counts = countStands(answers, ['advice', 'decide']);
    return carriedIf(counts['decide'] === 1n, counts);
  },
};

/**
 * Record of an assembly: what was decided in the room, attested by as many scribes as the body's rules say, at
 * least two. Whoever was there and remembers it otherwise says so, and then it has to be decided another way.
 */
export const record: Method = {
  alternatives: one,
  needsQuorum: false,
  canBeBlind: false,
  isAnswer: (answer) => isStand(answer, ['attest', 'contest'], ['contest']),
  count(answers, { scribes }) {
    const counts = countStands(answers, ['attest', 'contest']);
    if (counts['contest']! > 0n) return { counts, outcome: 'blocked' };
    return carriedIf(counts['attest']! >= scribes && counts['attest']! >= 2n, counts);
  },
};

/** A panel is drawn by commit and reveal; there is nothing to count. */
export const sortition: Method = {
  alternatives: { least: 0n, most: 0n },
  needsQuorum: false,
  canBeBlind: false,
  isAnswer: () => false,
  count: () => ({ counts: {}, outcome: 'notCarried' }),
};

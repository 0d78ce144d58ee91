/** Ways to choose among alternatives by giving points. */
import type { Answer, Counted, Method, Rules } from './types.ts';

/** A score of an alternative is 0 to 5. */
export const maxScore = 5n;
const several = { least: 2n, most: 12n };

const sums = (answers: readonly Answer[], alternatives: bigint): readonly bigint[] =>
  Array.from({ length: Number(alternatives) }, (_, at) =>
    answers.reduce((sum, { numbers }) => sum + (numbers?.[at] ?? 0n), 0n),
  );

/** By how many persons have at least this many points for each. */
const persons = (answers: readonly Answer[], alternatives: bigint, least: bigint) =>
  Array.from({ length: Number(alternatives) }, (_, at) =>
    BigInt(answers.filter(({ numbers }) => (numbers?.[at] ?? 0n) >= least).length),
  );

/**
 * The most points win; of several with as many, the one to which more persons gave `decisive` or more; of those
 * again the one that stands first in the proposal, which everybody could see before.
 */
const countPoints = (
  answers: readonly Answer[],
  alternatives: bigint,
  decisive: bigint,
): Counted => {
  const points = sums(answers, alternatives);
  const supporters = persons(answers, alternatives, decisive);
  let best = 0;
  for (let at = 1; at < points.length; at += 1) {
    const isMore = points[at]! > points[best]!;
    const isTied = points[at] === points[best];
    if (isMore || (isTied && supporters[at]! > supporters[best]!)) best = at;
  }
  const counts = Object.fromEntries(points.map((value, at) => [`${at}`, value]));
  return points[best] === 0n
    ? { counts, outcome: 'notCarried' }
    : { counts, outcome: 'carried', winner: BigInt(best) };
};

const arePoints = ({ stand, numbers }: Answer, alternatives: bigint, most: bigint): boolean =>
  stand === undefined &&
  numbers !== undefined &&
  BigInt(numbers.length) === alternatives &&
  numbers.every((value) => value >= 0n && value <= most);

/** Score voting: each gives each alternative 0 to 5. Ties: more who gave 5, then the order of the proposal. */
export const score: Method = {
  alternatives: several,
  needsQuorum: true,
  canBeBlind: true,
  isAnswer: (answer, _rules, alternatives) => arePoints(answer, alternatives, maxScore),
  count: (answers, _rules, alternatives) => countPoints(answers, alternatives, maxScore),
};

/** Dots: each has a number of them to lay down. Ties: more who laid any, then the order of the proposal. */
export const dot: Method = {
  alternatives: several,
  needsQuorum: true,
  canBeBlind: true,
  isAnswer(answer: Answer, { dots }: Rules, alternatives: bigint) {
    if (!arePoints(answer, alternatives, dots)) return false;
    return answer.numbers!.reduce((sum, value) => sum + value, 0n) <= dots;
  },
  count: (answers, _rules, alternatives) => countPoints(answers, alternatives, 1n),
};

/** Counting what was published: the same function that the body uses, for whoever wants to count again. */
import { dot, score } from './points.ts';
import { ranked } from './ranked.ts';
import { advice, agree, consent, record, sortition } from './stands.ts';
import type {
  Method,
  MethodName,
  Outcome,
  PublishedBallot,
  Result,
  Rules,
  Tally,
} from './types.ts';

export type * from './types.ts';

export const methods: { readonly [name in MethodName]: Method } = {
  consent,
  advice,
  agree,
  score,
  dot,
  ranked,
  record,
  sortition,
};

/** All that a result follows from. */
export type Published = {
  readonly method: MethodName;
  readonly rules: Rules;
  readonly alternatives: bigint;
  /** How many could take part, by constituency. */
  readonly electors: readonly { readonly constituency: string; readonly electors: bigint }[];
  readonly ballots: readonly PublishedBallot[];
};

/** In this order: what is said of one constituency is said of the whole. */
const worst: readonly Outcome[] = ['blocked', 'noQuorum', 'notCarried'];

/**
 * The result of a decision. Each constituency has to carry it, and all the same alternative.
 *
 * @throws RangeError for ballots that could not be: two of one person or token, of no constituency, with an answer
 *   that the method does not know, or more than there are electors
 */
export const recount = ({ method, rules, alternatives, electors, ballots }: Published): Result => {
  const way = methods[method];
  const seen = new Set<string>();
  for (const { who, answer, constituency } of ballots) {
    const isKnown = electors.some((one) => one.constituency === constituency);
    if (seen.has(who) || !isKnown || !way.isAnswer(answer, rules, alternatives))
      throw new RangeError('Cannot count: there is a ballot that could not be');
    seen.add(who);
  }
  const tallies = electors.map((one): Tally => {
    const answers = ballots
      .filter(({ constituency }) => constituency === one.constituency)
      .map(({ answer }) => answer);
    const cast = BigInt(answers.length);
    if (cast > one.electors) throw new RangeError('Cannot count: more ballots than electors');
    const counted = way.count(answers, rules, alternatives);
    const isEnough = cast > 0n && cast * 100n >= rules.quorum * one.electors;
    const { winner: _, ...rest } = counted;
    // What is blocked stays blocked however few have spoken.
    return way.needsQuorum && !isEnough && counted.outcome !== 'blocked'
      ? { ...one, cast, ...rest, outcome: 'noQuorum' }
      : { ...one, cast, ...counted };
  });
  const outcome = outcomeOf(method, tallies);
  const winner = tallies.find((one) => one.winner !== undefined)?.winner;
  return outcome === 'carried' && winner !== undefined
    ? { outcome, winner, tallies }
    : { outcome, tallies };
};

const outcomeOf = (method: MethodName, tallies: readonly Tally[]): Outcome => {
  const of = (outcome: Outcome) => tallies.some((one) => one.outcome === outcome);
  // One person decides after advice, and scribes attest for the whole room: one constituency is enough.
  if (method === 'advice' || method === 'record')
    return of('blocked') ? 'blocked' : of('carried') ? 'carried' : 'notCarried';
  const bad = worst.find(of);
  if (bad !== undefined) return bad;
  const [first, ...others] = tallies.map(({ winner }) => winner);
  return first !== undefined && others.every((winner) => winner === first)
    ? 'carried'
    : 'notCarried';
};

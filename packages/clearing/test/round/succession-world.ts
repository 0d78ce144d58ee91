/**
 * `round/succession.ts` among several, in a world where messages take any time, patience ends at any
 * moment, the coordinator dies and participants lie. One component, one pass.
 */
import {
  type Member,
  type Outcome,
  type Place,
  type Saying,
  type Step,
  begin,
  heard,
  isBound,
  newMember,
  told,
  voided,
  voted,
} from '#src/round/succession.js';

export type Plot = {
  readonly seed: number;
  readonly participants: number;
  /** In so many of a hundred cases somebody votes against it. */
  readonly refusals: number;
  /** `settlesEarly`: it tells some to settle before all have voted. `twoOutcomes`: settle to some, release to others. */
  readonly coordinator: 'lives' | 'dies' | 'settlesEarly' | 'twoOutcomes';
  /** Who says whatever comes to mind. */
  readonly liars: readonly number[];
  /** Who is never there: it got nothing, and says nothing. */
  readonly absent?: readonly number[];
};

export type Ending = {
  readonly members: readonly Member[];
  readonly decided: readonly (Outcome | undefined)[];
  readonly places: readonly Place[];
  readonly coordinatorDecided: Outcome | undefined;
  readonly trace: readonly string[];
};

export const makeRandom = (seed: number) => {
  let state = seed >>> 0;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (end: number) => Math.floor(next() * end),
    chance: (part: number) => next() < part,
  };
};

const sayings: readonly Saying[] = ['asks', 'promised', 'told', 'settle', 'release'];

export const play = (plot: Plot): Ending => {
  const { seed, participants: size, liars, absent = [] } = plot;
  const random = makeRandom(seed);
  const trace: string[] = [];
  const neighboursOf = Array.from({ length: size }, () => new Set<number>());
  const parentOf: (number | undefined)[] = Array.from({ length: size }, () => undefined);
  for (let who = 1; who < size; who += 1) {
    const parent = random.below(who);
    parentOf[who] = parent;
    neighboursOf[who]!.add(parent);
    neighboursOf[parent]!.add(who);
  }
  for (let more = random.below(2 * size); more > 0; more -= 1) {
    const [one, other] = [random.below(size), random.below(size)];
    if (one === other) continue;
    neighboursOf[one]!.add(other);
    neighboursOf[other]!.add(one);
  }
  const places: Place[] = neighboursOf.map((neighbours, who) => ({
    neighbours: [...neighbours].map(BigInt),
    parent: parentOf[who] === undefined ? undefined : BigInt(parentOf[who]),
    children: [...neighbours].filter((other) => parentOf[other] === who).map(BigInt),
  }));
  const members: Member[] = places.map(() => newMember);
  const decided: (Outcome | undefined)[] = places.map(() => undefined);
  const willRefuse = places.map(() => random.below(100) < plot.refusals);
  const isLiar = (who: number) => liars.includes(who) || absent.includes(who);

  // Each may happen at any time; messages between two stay in order.
  const queues = new Map<string, (() => void)[]>();
  const queue = (name: string, run: () => void) =>
    queues.set(name, [...(queues.get(name) ?? []), run]);
  const take = (who: number, step: Step) => {
    members[who] = step.member;
    if (step.decided !== undefined) {
      trace.push(`${who}: carries out ${step.decided}`);
      decided[who] = step.decided;
    }
    for (const { to, said } of step.say) say(who, Number(to), said);
  };
  const say = (from: number, to: number, said: Saying) =>
    queue(`${from}>${to}`, () => {
      if (absent.includes(to)) return;
      if (isLiar(to)) return lie(to);
      trace.push(`${to}: hears ${said} of ${from}`);
      take(to, heard(places[to]!, members[to]!, BigInt(from), said));
    });
  let lies = 60;
  const lie = (who: number) => {
    for (const other of places[who]!.neighbours) {
      if (lies === 0 || random.chance(0.4)) continue;
      lies -= 1;
      say(who, Number(other), sayings[random.below(sayings.length)]!);
    }
  };

  let votes = 0;
  let coordinatorDecided: Outcome | undefined;
  let isGone = false;
  const decide = (who: number, outcome: Outcome) =>
    queue(`c>${who}`, () => {
      if (isLiar(who)) return;
      const step = told(places[who]!, members[who]!, outcome);
      trace.push(`${who}: is told to ${outcome}: ${step.answer}`);
      take(who, step);
    });
  const takeVote = (ready: boolean) => {
    if (coordinatorDecided !== undefined || isGone) return;
    votes += 1;
    if (!ready) coordinatorDecided = 'release';
    else if (plot.coordinator === 'settlesEarly' && random.chance(0.3)) {
      decide(random.below(size), 'settle');
      return;
    } else if (votes < size) return;
    else coordinatorDecided = 'settle';
    trace.push(`coordinator: ${coordinatorDecided}`);
    const cut = plot.coordinator === 'dies' ? random.below(size + 1) : size;
    for (let who = 0; who < size; who += 1) {
      if (plot.coordinator === 'twoOutcomes')
        decide(who, random.chance(0.5) ? 'settle' : 'release');
      else if (plot.coordinator !== 'dies' || who < cut || random.chance(0.3)) {
        decide(who, coordinatorDecided);
      }
    }
    if (plot.coordinator === 'dies') isGone = true;
  };
  for (let who = 0; who < size; who += 1) {
    if (absent.includes(who)) continue;
    queue(`${who} proposal`, () => {
      if (isLiar(who)) {
        // It votes ready, whatever it tells its neighbours.
        queue(`${who}>c`, () => takeVote(true));
        return lie(who);
      }
      const ready = !willRefuse[who];
      // It may have been settled, or have refused, before.
      if (members[who]!.stage !== 'open') return;
      trace.push(`${who}: votes ${ready}`);
      take(who, voted(places[who]!, members[who]!, ready));
      queue(`${who}>c`, () => takeVote(ready));
    });
    queue(`${who} patience`, () => {
      if (isLiar(who)) return lie(who);
      if (members[who]!.stage === 'open') {
        trace.push(`${who}: its lock ends`);
        take(who, voided(places[who]!, members[who]!));
        queue(`${who}>c`, () => takeVote(false));
      } else if (isBound(members[who]!)) {
        trace.push(`${who}: begins`);
        take(who, begin(places[who]!, members[who]!));
      }
      return undefined;
    });
  }
  if (plot.coordinator === 'dies') queue('death', () => void (isGone = random.chance(0.5)));

  const patient = new Set(Array.from({ length: size }, (_, who) => who));
  for (;;) {
    const open = [...queues].filter(([, runs]) => runs.length > 0);
    // Patience is long: mostly what else is under way comes first.
    const first = open.filter(([name]) => !name.endsWith('patience'));
    const from = first.length > 0 && !random.chance(0.02) ? first : open;
    const chosen = from[random.below(from.length)];
    if (chosen !== undefined) {
      chosen[1].shift()!();
      continue;
    }
    // Whoever still waits begins again, once.
    const [again] = [...patient].filter((who) => !isLiar(who) && isBound(members[who]!));
    if (again === undefined) break;
    patient.delete(again);
    take(again, begin(places[again]!, members[again]!));
  }
  return { members, decided, places, coordinatorDecided, trace };
};

/** What is wrong among those who do not lie. */
export const faultsOf = (plot: Plot, ending: Ending, mayWait: boolean): string[] => {
  const isLiar = (who: number) => plot.liars.includes(who) || plot.absent?.includes(who) === true;
  const faults: string[] = [];
  ending.members.forEach((member, who) => {
    if (isLiar(who)) return;
    const settles = member.stage === 'settled';
    if (settles !== (ending.decided[who] === 'settle')) faults.push(`${who}: ${member.stage}`);
    if (isBound(member)) {
      if (!mayWait) faults.push(`${who} waits for ever`);
      return;
    }
    for (const neighbour of ending.places[who]!.neighbours) {
      const other = ending.members[Number(neighbour)]!;
      if (isLiar(Number(neighbour)) || isBound(other)) continue;
      if (settles !== (other.stage === 'settled')) {
        faults.push(`${who} ${member.stage}, ${neighbour} ${other.stage}`);
      }
    }
  });
  return faults;
};

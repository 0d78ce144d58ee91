/**
 * Runs the subjects of a bench against each other.
 *
 * Rounds are interleaved: every subject runs once before any runs again, so whatever else the
 * machine does falls on all of them. Subjects live in processes of their own; this one only waits.
 */

/** What a number of calls cost. */
export type Usage = {
  /** User and system time of every thread of every process of the subject. */
  readonly cpuMicros: number;
  /** As the caller saw it, from the first call to the last answer. */
  readonly wallMicros: number;
};

/** A subject that has been started. */
export type Running = {
  /** Makes `calls` calls in the way that `mode` names (the name of a case), and says their cost. */
  call(calls: number, mode: string): Promise<Usage>;
  stop(): Promise<void>;
};

/** One of the things compared. */
export type Subject = {
  readonly name: string;
  start(): Promise<Running>;
};

/** One way to use a subject. */
export type Case = {
  readonly name: string;
  /** The number of calls is a multiple of this: those in flight together, or those in a chain. */
  readonly callsAtOnce: number;
  /** Names the subjects that can do it. Default: all. */
  readonly only?: readonly string[];
  /** The subject that the others are divided by here. Default: the bench's. */
  readonly baseline?: string;
};

/** A figure that is to be at most so large. */
export type Goal = { readonly what: string; readonly figure: number; readonly most: number };

/** What a bench makes of its figures. */
export type Remarks = {
  /** In the place of one line for each figure, in the report for people. The first row is the head. */
  readonly tables: readonly {
    readonly title: string;
    readonly rows: readonly (readonly string[])[];
  }[];
  readonly goals: readonly Goal[];
};

export type Bench = {
  readonly name: string;
  /** One line for `--list`. */
  readonly summary: string;
  /** The subject that the others are divided by. */
  readonly baseline: string;
  /** Another one, by name of the case. */
  readonly baselines?: Readonly<Record<string, string>>;
  /** The units that ratios are made of. */
  readonly compared: readonly string[];
  remarks?(results: readonly Result[]): Remarks;
  run(effort: Effort, progress: (line: string) => void): Promise<Result[]>;
};

/** A bench of subjects that are called. */
export type CallBench = Omit<Bench, 'baselines' | 'compared' | 'run'> & {
  readonly cases: readonly Case[];
  readonly subjects: readonly Subject[];
};

const cpuUnit = 'CPU µs/call';
const wallUnit = 'wall µs/call';

export type Result = {
  readonly case: string;
  readonly subject: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
};

/** How long to measure. */
export type Effort = {
  /** Of each subject in each case, before anything counts. */
  readonly warmUpMillis: number;
  readonly rounds: number;
  /** The length aimed at; from it and the speed seen in the warm-up follows the number of calls. */
  readonly roundMillis: number;
  /** How many there are of what costs by its number: sleeping vats. */
  readonly many: number;
};

/**
 * Three and a half seconds of calls for each figure. What a call into a vat runs is still being
 * compiled for the first 3,000 to 5,000 of them, which cost twice as much.
 */
export const thorough: Effort = { warmUpMillis: 3_000, rounds: 7, roundMillis: 500, many: 100_000 };

/** Enough to see that a bench works; the figures say little. */
export const quick: Effort = { warmUpMillis: 30, rounds: 2, roundMillis: 30, many: 2_000 };

/** @returns the middle of the sorted figures, or the mean of the two in the middle */
const medianOf = (sorted: readonly number[]): number => {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
};

export const summarize = (
  name: string,
  subject: string,
  unit: string,
  figures: number[],
): Result => {
  const sorted = figures.toSorted((a, b) => a - b);
  const [median, min, max] = [medianOf(sorted), sorted[0] ?? NaN, sorted.at(-1) ?? NaN].map(
    (figure) => Math.round(figure * 100) / 100,
  ) as [number, number, number]; // map keeps the length of a tuple, its type does not
  return { case: name, subject, unit, median, min, max };
};

/** Calls until the warm-up is over. @returns how many calls fill a round */
const warmUp = async (running: Running, { name, callsAtOnce }: Case, effort: Effort) => {
  let calls = callsAtOnce;
  let spentMicros = 0;
  for (;;) {
    const { wallMicros } = await running.call(calls, name);
    spentMicros += wallMicros;
    const fitting = (calls / wallMicros) * effort.roundMillis * 1_000;
    const callsOfRound = Math.max(1, Math.round(fitting / callsAtOnce)) * callsAtOnce;
    if (spentMicros >= effort.warmUpMillis * 1_000) return callsOfRound;
    // Cold code is slow, so its speed says little about a whole round.
    calls = Math.min(2 * calls, callsOfRound);
  }
};

/** One subject's part in a case. */
type Entrant = { subject: string; running: Running; calls: number; cpu: number[]; wall: number[] };

const measureCase = async (
  benched: Case,
  started: ReadonlyMap<string, Running>,
  effort: Effort,
  progress: (line: string) => void,
): Promise<Result[]> => {
  const entrants: Entrant[] = [];
  for (const [subject, running] of started) {
    if (benched.only !== undefined && !benched.only.includes(subject)) continue;
    const calls = await warmUp(running, benched, effort);
    progress(`${benched.name}: ${subject} is warm, ${calls} calls a round`);
    entrants.push({ subject, running, calls, cpu: [], wall: [] });
  }
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const { running, calls, cpu, wall } of entrants) {
      const usage = await running.call(calls, benched.name);
      cpu.push(usage.cpuMicros / calls);
      wall.push(usage.wallMicros / calls);
    }
    // Nobody always comes first.
    entrants.push(...entrants.splice(0, 1));
  }
  progress(`${benched.name}: measured`);
  return [...started.keys()].flatMap((subject) => {
    const entrant = entrants.find((each) => each.subject === subject);
    if (entrant === undefined) return [];
    return [
      summarize(benched.name, subject, cpuUnit, entrant.cpu),
      summarize(benched.name, subject, wallUnit, entrant.wall),
    ];
  });
};

/** Starts all subjects, measures every case, and stops them whatever happened. */
const runCalls = async (
  bench: CallBench,
  effort: Effort,
  progress: (line: string) => void,
): Promise<Result[]> => {
  const started = new Map<string, Running>();
  try {
    for (const subject of bench.subjects) {
      progress(`starting ${subject.name}`);
      started.set(subject.name, await subject.start());
    }
    const results: Result[] = [];
    for (const benched of bench.cases) {
      results.push(...(await measureCase(benched, started, effort, progress)));
    }
    return results;
  } finally {
    await Promise.all([...started.values()].map((running) => running.stop()));
  }
};

export const benchOfCalls = (bench: CallBench): Bench => {
  const { name, summary, baseline, cases } = bench;
  return {
    ...{ name, summary, baseline },
    baselines: Object.fromEntries(
      cases.map((each) => [each.name, each.baseline ?? baseline] as const),
    ),
    compared: [cpuUnit],
    run: (effort, progress) => runCalls(bench, effort, progress),
  };
};

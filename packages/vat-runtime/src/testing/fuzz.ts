/**
 * How often a property is tried, and on which cases, for `fast-check`.
 *
 * A test run tries the same cases each time. `npm run campaign -- fuzz` tries others, for longer, by
 *
 *   POCAS_FUZZ_SEED     the seed of the cases
 *   POCAS_FUZZ_SECONDS  how long each property is tried, however many cases that are
 */
const defaultSeed = 4;

const wholeNumber = (name: string): number | undefined => {
  const text = process.env[name];
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw Error(`Cannot fuzz: ${name} is not a whole number`);
  return Number(text);
};

export type FuzzSettings<Case> = {
  readonly seed: number;
  readonly numRuns: number;
  readonly interruptAfterTimeLimit?: number;
  readonly markInterruptAsFailure: false;
  readonly errorWithCause: true;
  readonly examples: Case[];
};

/**
 * @param runs - how many cases a test run tries
 * @param examples - cases that failed once. They are tried first.
 */
export const fuzz = <Case>(runs: number, examples: readonly Case[] = []): FuzzSettings<Case> => {
  const seconds = wholeNumber('POCAS_FUZZ_SECONDS');
  return {
    seed: wholeNumber('POCAS_FUZZ_SEED') ?? defaultSeed,
    numRuns: examples.length + (seconds === undefined ? runs : 100_000_000),
    ...(seconds === undefined ? {} : { interruptAfterTimeLimit: seconds * 1000 }),
    markInterruptAsFailure: false,
    errorWithCause: true,
    examples: [...examples],
  };
};

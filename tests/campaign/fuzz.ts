/** Every property of the tests that are fuzzed, on other cases than the tests', and for longer. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

// This file runs as tests/dist/campaign/fuzz.js.
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A folder of them, or a file. */
const places = [
  'packages/vat-runtime/dist/test/fuzz',
  'packages/vat-runtime/dist/test/switchboard/model.test.js',
  'packages/ui-bridge/dist/test/fuzz.test.js',
  'packages/pocas/dist/test/fuzz.test.js',
];

const files = (): string[] =>
  places.flatMap((place) => {
    const path = join(root, place);
    if (place.endsWith('.js')) return existsSync(path) ? [path] : [];
    const names = readdirSync(path).filter((name) => name.endsWith('.test.js'));
    return names.map((name) => join(path, name));
  });

export type FuzzOptions = {
  readonly seed: number;
  /** Begin no round later. */
  readonly seconds: number;
  /** A line for people. */
  readonly progress: (line: string) => void;
};

export type FuzzReport = {
  readonly campaign: 'fuzz';
  readonly seed: number;
  readonly seconds: number;
  /** Each property is tried for a second in each round. */
  readonly rounds: number;
  /** How many properties held, all rounds together. */
  readonly held: number;
  /** What failed, with the case, and how to run it again. */
  readonly violations: readonly string[];
};

const secondsEach = 1;
/** Far beyond what a file may take. */
const patienceMilliseconds = 300_000;

const runFile = (file: string, seed: number) =>
  new Promise<{ held: number; failed: string | undefined }>((resolve) => {
    const args = ['--test', '--expose-gc', '--test-reporter=spec', file];
    const child = spawn(process.execPath, args, {
      env: {
        ...process.env,
        POCAS_FUZZ_SEED: String(seed),
        POCAS_FUZZ_SECONDS: String(secondsEach),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patienceMilliseconds,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => void (said += text));
    }
    child.on('close', (status) => {
      const [, held = '0'] = /^ℹ pass (\d+)$/m.exec(said) ?? [];
      const at = said.indexOf('failing tests:');
      const words = at < 0 ? said : said.slice(at);
      resolve({ held: Number(held), failed: status === 0 ? undefined : words.slice(0, 4000) });
    });
  });

export const runFuzz = async ({ seed, seconds, progress }: FuzzOptions): Promise<FuzzReport> => {
  const start = performance.now();
  const passed = () => (performance.now() - start) / 1000;
  const violations: string[] = [];
  let rounds = 0;
  let held = 0;
  while (rounds === 0 || passed() < seconds) {
    const seedNow = (seed + rounds) % 1_000_000_000;
    rounds += 1;
    for (const file of files()) {
      const result = await runFile(file, seedNow);
      held += result.held;
      if (result.failed === undefined) continue;
      const again = `POCAS_FUZZ_SEED=${seedNow} POCAS_FUZZ_SECONDS=${secondsEach} node --test --expose-gc ${relative(root, file)}`;
      violations.push(`${again}\n${result.failed}`);
    }
    progress(`round ${rounds} of seed ${seedNow}, ${held} held, ${violations.length} violations`);
  }
  return {
    campaign: 'fuzz',
    seed,
    seconds: Math.round(passed() * 10) / 10,
    rounds,
    held,
    violations,
  };
};

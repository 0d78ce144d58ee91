/**
 * S18: the acceptance scenarios, each node of which is killed after any batch. A scenario runs once, and what its
 * nodes write is recorded; then a node is started over what was on the disk after a batch that chance picks, and
 * comes to rest: what is there, and what each delivery does from there on, has to be sound.
 */
import '@pocas/vat-runtime/lockdown';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HostEvents, type NodeSecrets, startInlineHost } from '@pocas/vat-runtime/node';
import { makeManualTime, makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import { defineProgram } from '../clearing/program.ts';
import { makeRandom } from '../campaign/random.ts';
import { makeWatch } from '../soundness/watch.ts';
import type { Line } from './record.ts';

/** The files of tests whose nodes are recorded. */
export const scenarios: readonly string[] = [
  'soup-market',
  'first-fulfilment',
  'exchange',
  'groups',
  'shelf',
  'foco',
  'vault',
  'decision',
];

export type AnywhereReport = {
  readonly scenarios: number;
  readonly batches: number;
  readonly kills: number;
  readonly deliveries: number;
  readonly violations: readonly string[];
};

const runScenario = (name: string, folder: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const path = fileURLToPath(new URL(`../${name}.test.js`, import.meta.url));
    const env = { ...process.env, POCAS_RECORD_BATCHES: folder };
    // What the runner of these tests tells its children is not for this one.
    delete (env as Record<string, string | undefined>)['NODE_TEST_CONTEXT'];
    execFile(process.execPath, ['--test', path], { env, maxBuffer: 1 << 26 }, (error, stdout) =>
      resolve(error === null ? undefined : stdout.slice(-2_000)),
    );
  });

type Record_ = { readonly name: string; readonly lines: readonly Line[] };

const recordsIn = (folder: string): Record_[] =>
  readdirSync(folder).map((name) => ({
    name,
    lines: readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line),
  }));

const day = 86_400_000;

/** Characters before each value on the disk (`store/checked-storage.ts`). */
const checksumLength = 8;

/** Starts a node over what was written up to and with line `until`, and lets it come to rest. */
const startAt = async (
  { lines }: Record_,
  until: number,
): Promise<{ readonly faults: string[]; readonly deliveries: number }> => {
  const start = lines.slice(0, until + 1).findLastIndex(({ from }) => from !== undefined);
  const { secrets, from } = lines[start]!;
  const storage = makeMemoryStorage();
  const write = (rows: NonNullable<Line['batch']>) =>
    storage.write(rows.map(([key, value]) => [key, value] as const));
  await write(from!);
  for (const { batch } of lines.slice(start + 1, until + 1)) await write(batch!);
  const faults: string[] = [];
  const watch = makeWatch((fault) => void faults.push(fault));
  const rows = await storage.list('v/');
  watch.load(rows.map(([key, stored]) => [key, stored.slice(checksumLength)]));
  const bytes = Object.entries(secrets!).map(([name, text]) => [
    name,
    Uint8Array.from(Buffer.from(text, 'base64')),
  ]);
  const inline = (_place: unknown, events: HostEvents) => startInlineHost(storage, events);
  // Later than any scenario comes, so that no clock stands still.
  const time = makeManualTime(Date.now() + 400 * day);
  const node = await makeTestNode({
    storage,
    time,
    // The cast holds because they were recorded by their names.
    secrets: Object.fromEntries(bytes) as NodeSecrets,
    startHost: watch.over(inline as never),
    print: () => {},
    dial: () => Promise.reject(Error('nobody is there')),
  });
  defineProgram(node);
  await node.rest();
  // What was to happen later does: epochs end, holds and offers lapse.
  for (let passed = 0; passed < 3; passed += 1) {
    time.pass(5 * day);
    await node.rest();
  }
  await node.stop();
  return { faults, deliveries: watch.counts().cranks };
};

export const runAnywhere = async ({
  seed,
  kills,
  matching = '',
  progress = () => {},
}: {
  readonly seed: number;
  /** In how many places each scenario is cut off. */
  readonly kills: number;
  readonly matching?: string;
  readonly progress?: (line: string) => void;
}): Promise<AnywhereReport> => {
  const random = makeRandom(seed);
  const violations: string[] = [];
  let [ran, batches, killed, deliveries] = [0, 0, 0, 0];
  for (const scenario of scenarios.filter((name) => name.includes(matching))) {
    const folder = mkdtempSync(join(tmpdir(), 'pocas-anywhere-'));
    try {
      const failure = await runScenario(scenario, folder);
      if (failure !== undefined) violations.push(`${scenario} itself fails: ${failure}`);
      const records = recordsIn(folder);
      const places = records.flatMap((record) => record.lines.map((_, at) => ({ record, at })));
      if (places.length === 0) violations.push(`${scenario}: nothing was recorded`);
      batches += places.length;
      for (let kill = 0; kill < kills && places.length > 0; kill += 1) {
        const { record, at } = places[random.below(places.length)]!;
        try {
          const found = await startAt(record, at);
          deliveries += found.deliveries;
          for (const fault of found.faults)
            violations.push(`${scenario}, ${record.name} after batch ${at}: ${fault}`);
        } catch (error) {
          violations.push(`${scenario}, ${record.name} after batch ${at}: ${String(error)}`);
        }
        killed += 1;
      }
      ran += 1;
      progress(`${scenario}: ${places.length} batches, cut off in ${kills} places`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { scenarios: ran, batches, kills: killed, deliveries, violations };
};

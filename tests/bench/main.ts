/** `npm run bench -- [NAME] [--list] [--json] [--quick]` */
import { parseArgs } from 'node:util';
import { captp } from './captp/bench.ts';
import { foco } from './foco/bench.ts';
import { isolation } from './isolation/bench.ts';
import { quick, thorough, type Bench } from './harness.ts';
import { links } from './links/bench.ts';
import { thisMachine } from './machine.ts';
import { formatReport, makeReport } from './report.ts';
import { market } from './market/bench.ts';
import { shelf } from './shelf/bench.ts';
import { setoff } from './setoff/bench.ts';
import { turns } from './turns/bench.ts';
import { vats } from './vats/bench.ts';
import { vault } from './vault/bench.ts';

const benches: readonly Bench[] = [
  captp,
  foco,
  isolation,
  links,
  market,
  setoff,
  shelf,
  turns,
  vats,
  vault,
];

const usage = `usage: npm run bench -- [NAME] [--list] [--json] [--quick]
  --list   name the benches
  --json   print one JSON object for each bench on standard output
  --quick  see whether it works; the figures say little
`;

const list = (): string => {
  const width = Math.max(...benches.map(({ name }) => name.length));
  return benches.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('');
};

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });

/** Only results go to standard output. */
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

/** @returns the exit code: 0, or 2 for a command line that says nothing we can do */
const main = async (): Promise<number> => {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.list) {
    process.stdout.write(list());
    return 0;
  }
  const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no bench "${unknown.join('", "')}". These exist:\n${list()}`);
    return 2;
  }
  const chosen = benches.filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  );
  for (const bench of chosen) {
    const results = await bench.run(values.quick ? quick : thorough, (line) =>
      progress(`${bench.name}: ${line}`),
    );
    const report = makeReport(bench, thisMachine(), results);
    process.stdout.write(`${values.json ? JSON.stringify(report) : formatReport(report)}\n`);
  }
  return 0;
};

process.exitCode = await main();

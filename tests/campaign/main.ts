/** `npm run campaign -- [NAME] [--list] [--seconds N | --rounds N] [--seed S] [--calls N] [--only TEXT] [--json]` */
import '@pocas/vat-runtime/lockdown';
import { parseArgs } from 'node:util';
import { runCampaign, type Report } from './campaign.ts';
import { campaigns, workloads } from './campaigns.ts';
import { runAnywhere } from '../anywhere/anywhere.ts';
import { runClearing, tableOf } from './clearing.ts';
import { runFuzz } from './fuzz.ts';
import { heading, runHostile, summaryOf } from './hostile.ts';
import { linesOf, runLinks } from './links.ts';
import { runMarket } from './market.ts';
import { runSoak } from './soak.ts';

const usage = `usage: npm run campaign -- [NAME] [--list] [--seconds N | --rounds N] [--seed S] [--calls N] [--only TEXT] [--json]
  --list     name the campaigns
  --seconds  begin no round later than this, for each campaign and workload; of hostile: each attack's length; of links: each part's; of clearing and market: all of it
  --rounds   how many rounds, for each campaign and workload; of anywhere: kills for each scenario
  --seed     repeat the choices of an earlier run
  --calls    how many calls, of soak
  --only     attacks whose name has this text, of hostile; parts, of links; troubles, of clearing; exchanges or deals, of market; scenarios, of anywhere
  --json     print one JSON object for each campaign on standard output
Exit codes: 0 all is well, 1 something was violated, 2 the command line says nothing we can do
`;

/** Those that crash nothing: see `runOther`. */
const others = [
  {
    name: 'hostile',
    summary: 'every attack by peers, browsers and guests, while another is served',
  },
  {
    name: 'links',
    summary: 'nodes whose connections are cut, crossed, altered, and which are frozen and killed',
  },
  {
    name: 'clearing',
    summary: 'clearing rounds among eight nodes that are killed, frozen, cut off, and lie',
  },
  {
    name: 'market',
    summary: 'exchanges of ledgers and deals in markets on three nodes that are killed and cut off',
  },
  {
    name: 'anywhere',
    summary: 'the acceptance scenarios, whose nodes are killed after any batch (S18)',
  },
  {
    name: 'fuzz',
    summary:
      'every decoder and the switchboard, on cases of a seed: what fails is told with its case',
  },
  { name: 'soak', summary: 'a million calls in one session: what each leaves in memory' },
];
const known = [...campaigns, ...others];

const list = (): string => {
  const width = Math.max(...known.map(({ name }) => name.length));
  return known.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('');
};

const wholeNumber = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw Error(`--${name} takes a whole number, not "${text}"`);
  return Number(text);
};

const parse = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      seed: { type: 'string' },
      calls: { type: 'string' },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  return {
    ...values,
    names: positionals,
    seconds: wholeNumber('seconds', values.seconds),
    rounds: wholeNumber('rounds', values.rounds),
    seed: wholeNumber('seed', values.seed),
    calls: wholeNumber('calls', values.calls),
  };
};

/** Of many violations the first ones tell the most. */
const maxShown = 20;

const format = ({ campaign, violations, kept, ...figures }: Report): string => {
  const lines = Object.entries({ ...figures, violations: violations.length });
  return [
    campaign,
    ...lines.map(([name, figure]) => `  ${name.padEnd(12)} ${figure}`),
    ...violations.slice(0, maxShown).map((what) => `  violated: ${what}`),
    ...(kept === undefined ? [] : [`  to be seen in ${kept}`]),
  ].join('\n');
};

/** Only results go to standard output. */
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

const bigintAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;

/** Of a campaign that crashes nothing: its report, and whether something was violated. */
const runOther = async (
  name: string,
  { seconds: given, rounds, calls = 1_000_000, only, json }: ReturnType<typeof parse>,
  seed: number,
): Promise<boolean> => {
  if (name === 'links') {
    const report = await runLinks({
      ...{ seed, only, progress: (line: string) => progress(`links: ${line}`) },
      ...(given === undefined ? {} : { seconds: given }),
    });
    process.stdout.write(`${json ? JSON.stringify(report) : linesOf(report).join('\n')}\n`);
    return report.violations.length > 0;
  }
  if (name === 'clearing') {
    const report = await runClearing({
      ...{ seed, only, progress: (line: string) => progress(`clearing: ${line}`) },
      ...(given === undefined ? {} : { seconds: given }),
      ...(rounds === undefined ? {} : { rounds }),
    });
    const rows = json ? [JSON.stringify(report, bigintAsText)] : tableOf(report);
    process.stdout.write(`${rows.join('\n')}\n`);
    return report.violations.length > 0;
  }
  if (name === 'market') {
    const report = await runMarket({
      ...{ seed, only, progress: (line: string) => progress(`market: ${line}`) },
      ...(given === undefined ? {} : { seconds: given }),
      ...(rounds === undefined ? {} : { rounds }),
    });
    process.stdout.write(`${JSON.stringify(report, undefined, json ? undefined : 2)}\n`);
    return report.violations.length > 0;
  }
  if (name === 'anywhere') {
    const report = await runAnywhere({
      ...{ seed, matching: only, kills: rounds ?? 200 },
      progress: (line: string) => progress(`anywhere: ${line}`),
    });
    process.stdout.write(`${JSON.stringify(report, undefined, json ? undefined : 2)}\n`);
    return report.violations.length > 0;
  }
  const seconds = given ?? 5;
  if (name === 'hostile') {
    if (!json) process.stdout.write(`${heading}\n`);
    const print = (row: string) => void process.stdout.write(`${row}\n`);
    const report = await runHostile({ seconds, only, progress: json ? progress : print });
    if (json) print(JSON.stringify(report));
    else for (const row of ['', heading, ...summaryOf(report)]) print(row);
    return report.violations.length > 0;
  }
  if (name === 'fuzz') {
    const report = await runFuzz({ seed, seconds, progress: (line) => progress(`fuzz: ${line}`) });
    const text = [JSON.stringify({ ...report, violations: report.violations.length })];
    process.stdout.write(
      `${(json ? [JSON.stringify(report)] : [...text, ...report.violations]).join('\n')}\n`,
    );
    return report.violations.length > 0;
  }
  const report = await runSoak({ calls, progress: (line) => progress(`soak: ${line}`) });
  process.stdout.write(`${json ? JSON.stringify(report) : JSON.stringify(report, undefined, 2)}\n`);
  return report.violations.length > 0;
};

const main = async (): Promise<number> => {
  let options: ReturnType<typeof parse>;
  try {
    options = parse();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (options.list) {
    process.stdout.write(list());
    return 0;
  }
  const { names } = options;
  const unknown = names.filter((name) => !known.some((one) => one.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no campaign "${unknown.join('", "')}". These exist:\n${list()}`);
    return 2;
  }
  const seed = options.seed ?? Date.now() % 1_000_000_000;
  // Where only a time is given, the number of rounds does not end a campaign.
  const unbounded = options.seconds === undefined ? undefined : Number.POSITIVE_INFINITY;
  let violated = false;
  for (const campaign of campaigns) {
    if (names.length > 0 && !names.includes(campaign.name)) continue;
    for (const workload of workloads) {
      const report = await runCampaign(campaign, {
        workload,
        seed,
        rounds: options.rounds ?? unbounded ?? campaign.rounds,
        ...(options.seconds === undefined ? {} : { seconds: options.seconds }),
        progress: (line) => progress(`${campaign.name} ${workload.name}: ${line}`),
      });
      violated ||= report.violations.length > 0;
      process.stdout.write(`${options.json ? JSON.stringify(report) : format(report)}\n`);
    }
  }
  for (const { name } of others) {
    if (names.length === 0 || names.includes(name))
      violated = (await runOther(name, options, seed)) || violated;
  }
  return violated ? 1 : 0;
};

try {
  process.exitCode = await main();
} catch (error) {
  // Locked down, an error that nobody takes is printed without its text.
  progress(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

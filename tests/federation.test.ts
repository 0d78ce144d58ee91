/**
 * docs/federation.md, done as a reader does it: every command runs as it is written, in its order, and
 * prints what stands below it. What is to be done on a page is done in a browser.
 *
 * A comment in the document says what a reader sees without it: which terminal a node is started and
 * stopped in, and what is done on a page. Ports are those that are free on this machine.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { read } from './architecture/repository.ts';
import { act, market } from './end-to-end/wallet-page.ts';
import { launchBrowser, openContext } from './support/browser.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { freePort } from './support/port.ts';
import { until } from './support/until.ts';

const guide = 'docs/federation.md';
const cleanup = makeCleanup(after);
const bin = fileURLToPath(new URL('../../packages/pocas/bin/pocas.mjs', import.meta.url));

// ---- the document ----

type Step = {
  readonly kind: 'starts' | 'stops' | 'page' | 'sh';
  readonly text: string;
  readonly line: number;
  /** What a command prints. */
  readonly expected?: string;
};

/** @throws where a block is neither a command nor what one prints */
const stepsOf = (markdown: string): Step[] => {
  const steps: Step[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1;
    const [, kind, text] = /^<!-- (starts|stops|page): (.*) -->$/.exec(lines[at]!) ?? [];
    // The cast holds: the expression knows no others.
    if (kind !== undefined) steps.push({ kind: kind as 'starts', text: text!, line });
    const [, language] = /^```(.*)$/.exec(lines[at]!) ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    const block = lines.slice(at + 1, end).join('\n');
    at = end;
    if (language === 'sh') steps.push({ kind: 'sh', text: block, line });
    else {
      const last = steps.at(-1);
      assert.ok(language === 'text' && last?.kind === 'sh', `${guide}:${line}: follows a command`);
      steps[steps.length - 1] = { ...last, expected: block };
    }
  }
  return steps;
};

/** The first line of `expected` that is not printed, in this order. `…` stands for anything within a line. */
const missingIn = (printed: string, expected: string): string | undefined => {
  const lines = printed.split('\n');
  let from = 0;
  for (const wanted of expected.split('\n')) {
    const parts = wanted.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    const pattern = new RegExp(`^${parts.join('.+')}$`);
    const found = lines.findIndex((one, i) => i >= from && pattern.test(one));
    if (found < 0) return wanted;
    from = found + 1;
  }
  return undefined;
};

// ---- what a reader has at hand ----

const folder = makeFolder(cleanup);
/** By those of the document. */
const ports = new Map<string, string>();
const onThisMachine = (text: string): string =>
  [...ports].reduce((sum, [written, port]) => sum.replaceAll(written, port), text);
const asWritten = (text: string): string =>
  [...ports].reduce((sum, [written, port]) => sum.replaceAll(port, written), text);

// As it is in the folder of the repository, where npx finds this program.
const npx = `npx() { shift; "${process.execPath}" "${bin}" "$@"; }\n`;
const env = { ...process.env, LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8' };

const run = (command: string): Promise<{ code: number; printed: string }> =>
  new Promise((resolve) => {
    const script = `set -e\n${npx}${onThisMachine(command)}`;
    const child = execFile('bash', ['-c', script], { cwd: folder, env }, (_, stdout, stderr) =>
      // -1 stands for an end by signal.
      resolve({ code: child.exitCode ?? -1, printed: asWritten(`${stdout}${stderr}`) }),
    );
  });

type Terminal = { readonly child: ChildProcess; said(): string };
const terminals = new Map<string, Terminal>();
/** The address of each wallet, as it was printed last. */
const wallets = new Map<string, string>();

const start = async (name: string, command: string): Promise<void> => {
  const script = `${onThisMachine(command).replace(/^npx pocas/, `exec "${process.execPath}" "${bin}"`)}`;
  const child = spawn('bash', ['-c', script], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  terminals.set(name, { child, said: () => said });
  cleanup(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  const address = await until(`the address of ${name}'s wallet`, () => {
    if (child.exitCode !== null) throw Error(`${command}: ${said}`);
    return /^ +(http:\S+)$/m.exec(said)?.[1];
  });
  wallets.set(name, address);
};

const stop = async (name: string): Promise<void> => {
  const { child, said } = terminals.get(name)!;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const [code] = await ended;
  assert.equal(code, 0, said());
};

let browser: Browser;
let lastPrinted = '';

const openWallet = async (name: string) => {
  const page = await (await openContext(browser)).newPage();
  await page.goto(wallets.get(name)!);
  await page.getByRole('region', { name: 'Your wallet' }).waitFor();
  return page;
};

const join = async (name: string) => {
  const page = await openWallet(name);
  const [invitation] = /ocapn:\S+/.exec(onThisMachine(lastPrinted)) ?? assert.fail(lastPrinted);
  await act(page.locator('main'), 'Join a place', { Invitation: invitation });
  await market(page, 1).waitFor();
  await page.context().close();
};

const showMarket = async (name: string) => {
  const page = await openWallet(name);
  await market(page, 1).waitFor();
  await page.getByText('Sopa de lentejas').nth(1).waitFor();
  await page.context().close();
};

const pages: Readonly<Record<string, () => Promise<void>>> = {
  'Beto joins Ana’s market': () => join('beto'),
  'Carmen joins Ana’s market': () => join('carmen'),
  'Beto opens his wallet': async () => {
    await (await openWallet('beto')).context().close();
  },
  'Beto’s page shows Ana’s market': () => showMarket('beto'),
  'Carmen’s page shows Ana’s market': () => showMarket('carmen'),
};

/** What only looks: it is asked again until it shows what has happened. */
const isLooking = (command: string): boolean =>
  command.split('\n').every((line) => /^npx pocas (?:peer list|status|refs) /.test(line));

before(async () => {
  for (const written of new Set(read(guide).match(/\b84\d\d\b/g))) {
    ports.set(written, await freePort());
  }
  browser = await launchBrowser(cleanup);
});

// ---- the tests: one story, in its order ----

const steps = stepsOf(read(guide));

for (const [index, step] of steps.entries()) {
  const { text, line } = step;
  const where = `${guide}:${line}`;
  if (step.kind === 'starts') {
    const command = steps[index + 1]!;
    test(`${where}: ${text}’s node starts`, () => start(text, command.text));
  } else if (step.kind === 'stops') {
    test(`${where}: ${text}’s node stops with Ctrl+C`, () => stop(text));
  } else if (step.kind === 'page') {
    test(`${where}: ${text}`, () => (pages[text] ?? (() => assert.fail('nobody knows how')))());
  } else if (steps[index - 1]?.kind !== 'starts') {
    const { expected } = step;
    test(`${where}: ${text.split('\n')[0]}`, async () => {
      const attempt = async () => {
        const { code, printed } = await run(text);
        lastPrinted = printed;
        assert.equal(code, 0, printed);
        return expected === undefined ? undefined : missingIn(printed, expected);
      };
      let missing = await attempt();
      if (isLooking(text) && missing !== undefined) {
        await until('what the document says', async () => {
          missing = await attempt();
          return missing === undefined;
        }).catch(() => {});
      }
      assert.equal(missing, undefined, `this is printed:\n${lastPrinted}`);
    });
  }
}

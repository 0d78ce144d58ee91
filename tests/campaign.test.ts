/** The campaigns in short; `npm run campaign` runs them at length. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { byE } from './campaign/by-e.ts';
import { type Campaign, type Report, runCampaign } from './campaign/campaign.ts';
import { makeIoErrors } from './campaign/io-errors.ts';
import { makeKill } from './campaign/kill.ts';
import { makePowerCut } from './campaign/power-cut.ts';
import { makeWritePoints } from './campaign/write-points.ts';

/** Not by chance: a test that fails here fails again. */
const seed = 7;

const runSound = async (campaign: Campaign, rounds: number): Promise<Report> => {
  const report = await runCampaign(campaign, { seed, rounds });
  assert.deepEqual(report.violations, [], `to be seen in ${report.kept}`);
  assert.equal(report.rounds, rounds);
  assert.ok(report.crashes > 0 && report.restarts > 0 && report.acknowledged > 0);
  return report;
};

test('a node that is killed at random moments has every acknowledged transfer, and none twice', async () => {
  await runSound(makeKill(byE), 6);
});

test('a node that is killed around a write has every acknowledged transfer, and works again', async () => {
  const { crashes } = await runSound(makeWritePoints(byE), 8);
  assert.ok(crashes >= 6);
});

test('a power cut leaves every acknowledged transfer', async () => {
  await runSound(makePowerCut(byE), 4);
});

test('a store that does not wait for the disk is found out by a power cut', async () => {
  const { violations, kept } = await runCampaign(makePowerCut(byE, true), { seed, rounds: 2 });
  rmSync(kept!, { recursive: true });
  const lost = violations.filter((what) => /acknowledged transfer t\d+ is absent/.test(what));
  assert.ok(lost.length > 0, violations.join('\n'));
});

test('a node whose disk fails ends with an error, and has every acknowledged transfer afterwards', async () => {
  await runSound(makeIoErrors(byE), 4);
});

const main = fileURLToPath(new URL('./campaign/main.js', import.meta.url));
const command = (...args: string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

test('--list names each campaign on a line of its own', () => {
  const { status, stdout } = command('--list');
  assert.equal(status, 0);
  for (const name of ['kill', 'write-points', 'power-cut', 'io-errors']) {
    assert.match(stdout, new RegExp(`^${name} +\\S`, 'm'));
  }
});

test('a command line that says nothing we can do exits with 2 and says what there is', () => {
  for (const args of [['no-such-campaign'], ['--no-such-option'], ['kill', '--rounds', 'many']]) {
    const { status, stdout, stderr } = command(...args);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^(?:kill|usage:) /m);
  }
});

test('--json prints one object, with what was found', () => {
  const { status, stdout } = command('kill', '--json', '--rounds', '1', '--seed', '3');
  assert.equal(status, 0);
  const { seconds, crashes, restarts, acknowledged, unknown, ...said } = JSON.parse(stdout);
  assert.deepEqual(said, { campaign: 'kill', seed: 3, rounds: 1, violations: [] });
  for (const figure of [seconds, crashes, restarts, acknowledged, unknown]) {
    assert.ok(Number.isFinite(figure));
  }
});

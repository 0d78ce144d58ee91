/** The campaigns in short; `npm run campaign` runs them at length. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { byE } from './campaign/by-e.ts';
import { type Campaign, type Report, runCampaign } from './campaign/campaign.ts';
import { ioErrors } from './campaign/io-errors.ts';
import { workloads } from './campaign/campaigns.ts';
import { kill } from './campaign/kill.ts';
import { makePowerCut } from './campaign/power-cut.ts';
import type { Workload } from './campaign/workload.ts';
import { writePoints } from './campaign/write-points.ts';

/** Not by chance: a test that fails here fails again. */
const seed = 7;

const runSound = async (
  campaign: Campaign,
  workload: Workload,
  rounds: number,
): Promise<Report> => {
  const report = await runCampaign(campaign, { workload, seed, rounds });
  assert.deepEqual(report.violations, [], `to be seen in ${report.kept}`);
  assert.equal(report.rounds, rounds);
  assert.ok(report.crashes > 0 && report.restarts > 0 && report.acknowledged > 0);
  return report;
};

for (const workload of workloads) {
  const { name } = workload;

  test(`a node that is killed at random moments has every transfer by ${name} that was acknowledged, once`, async () => {
    await runSound(kill, workload, 4);
  });

  test(`a node that is killed around a write has every transfer by ${name} that was acknowledged, once`, async () => {
    const { crashes } = await runSound(writePoints, workload, 4);
    assert.ok(crashes >= 2);
  });

  test(`a power cut leaves every transfer by ${name} that was acknowledged, once`, async () => {
    await runSound(makePowerCut(), workload, 2);
  });

  test(`a node whose disk fails ends with an error, and has every transfer by ${name} that was acknowledged`, async () => {
    await runSound(ioErrors, workload, 2);
  });
}

test('a store that does not wait for the disk is found out by a power cut', async () => {
  const { violations, kept } = await runCampaign(makePowerCut(true), {
    workload: byE,
    seed,
    rounds: 2,
  });
  rmSync(kept!, { recursive: true });
  const lost = violations.filter((what) => /acknowledged transfer t\d+ is absent/.test(what));
  assert.ok(lost.length > 0, violations.join('\n'));
});

const main = fileURLToPath(new URL('./campaign/main.js', import.meta.url));
const command = (...args: string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

test('--list names each campaign on a line of its own', () => {
  const { status, stdout } = command('--list');
  assert.equal(status, 0);
  for (const name of [
    'kill',
    'write-points',
    'power-cut',
    'io-errors',
    'clearing',
    'market',
    'fuzz',
    'hostile',
    'links',
    'soak',
  ]) {
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

test('--json prints one object for each workload, with what was found', () => {
  const { status, stdout } = command('kill', '--json', '--rounds', '1', '--seed', '3');
  assert.equal(status, 0);
  const reports = stdout.trimEnd().split('\n');
  assert.equal(reports.length, workloads.length);
  reports.forEach((report, i) => {
    const { seconds, crashes, restarts, acknowledged, unknown, ...said } = JSON.parse(report);
    const workload = workloads[i]!.name;
    assert.deepEqual(said, { campaign: 'kill', workload, seed: 3, rounds: 1, violations: [] });
    for (const figure of [seconds, crashes, restarts, acknowledged, unknown]) {
      assert.ok(Number.isFinite(figure));
    }
  });
});

/** A large round within the quotas of one vat. With POCAS_LARGE=1 as large as it may be. */
import { type Owed, checkStories, lodgingOf, makeStage } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { E } from '@endo/far';

/** Ten obligations each, to participants of whom few have many (as in `tests/bench/setoff`), by a fixed rule. */
const network = (participants: number, each: number): Owed[] => {
  let state = 12345;
  const next = (): number => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  return Array.from({ length: participants * each }, (_, i): Owed => {
    const from = i % participants;
    // A power favours small numbers, so that few have a hundred and more.
    const skewed = Math.floor(next() ** 1.6 * participants);
    const to = skewed === from ? (from + 1) % participants : skewed;
    return [`p${from}`, `p${to}`, BigInt(1 + Math.floor(next() * 10_000))];
  });
};

const participants = process.env['POCAS_LARGE'] === undefined ? 150 : 1000;

test(`${participants} participants with ten obligations each clear within the quotas of one vat`, async (t) => {
  const owed = network(participants, 10);
  const lodging = lodgingOf(owed);
  assert.ok([...lodging.values()].every(({ length }) => length <= 500));
  const stage = await makeStage(owed);
  await stage.lodge(lodging);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const begun = performance.now();
  const before = process.cpuUsage();
  await stage.close();
  await stage.finish();
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  t.diagnostic(
    `from the freeze to the last report ${seconds} s, ${((user + system) / 1e6).toFixed(1)} s of CPU; the longest turn at most ${(delay.max / 1e6).toFixed(0)} ms`,
  );
  const { totals } = await E(stage.convenor).view();
  const { cleared, settled } = await checkStories(stage);
  assert.equal(totals!.cleared, cleared);
  assert.ok(cleared > 0n);
  assert.ok(settled.length > participants / 2, `${settled.length} settled`);
  await stage.stop();
});

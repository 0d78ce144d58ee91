/**
 * Every attack in short, on a node in a process of its own; `npm run campaign -- hostile` goes on for
 * longer, and measures. Here somebody else must be served meanwhile, and the node keep its size.
 */
import '@pocas/vat-runtime/lockdown';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attacks } from './hostile/attacks.ts';
import { type Siege, startSiege, violationsIn } from './hostile/siege.ts';

const shortMillis = 500;
/** Other tests run at the same time: this tells progress from a standstill. */
const generousMillis = 5000;
const maxGrowthMebi = 64;

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pocas-siege-'));
let siege: Siege | undefined;
let sieges = 0;
const newSiege = async (): Promise<Siege> => {
  sieges += 1;
  return startSiege(join(folder, String(sieges)));
};

before(async () => {
  siege = await newSiege();
});
after(async () => {
  await siege?.end();
  rmSync(folder, { recursive: true, force: true });
});

for (const attack of attacks) {
  test(attack.name, async () => {
    siege ??= await newSiege();
    const finding = await siege.lay(attack, attack.once ? 0 : shortMillis);
    const violations = violationsIn(finding, generousMillis, maxGrowthMebi);
    if (violations.length > 0) {
      // What this attack has broken is not the next one's doing.
      await siege.end();
      siege = undefined;
    }
    assert.deepEqual(violations, [], finding.note);
  });
}

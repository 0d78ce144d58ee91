import '@pocas/vat-runtime/lockdown';
import { mkdtempSync, rmSync } from 'node:fs';
import { attacks } from './attacks.ts';
import { startSiege, violationsIn } from './siege.ts';
const [ms = '1000', pattern = ''] = process.argv.slice(2);
const dir = mkdtempSync('/tmp/pocas-siege-');
let siege = await startSiege(dir);
for (const attack of attacks) {
  if (!new RegExp(pattern).test(attack.name)) continue;
  const f = await siege.lay(attack, Number(ms));
  console.log(
    `${f.attack.padEnd(60)} calls ${f.calls} p50 ${f.p50.toFixed(1)} p99 ${f.p99.toFixed(0)} max ${f.max.toFixed(0)} growth ${f.growth} after ${f.after} heap ${f.heapAfter} | ${f.note} | ${violationsIn(f, 250, 64).join('; ').slice(0, 300)}`,
  );
  if (f.failure?.includes('nothing') || f.calls === 0) {
    await siege.end().catch(() => {});
    siege = await startSiege(mkdtempSync('/tmp/pocas-siege-'));
  }
}
await siege.end();
rmSync(dir, { recursive: true });
process.exit(0);

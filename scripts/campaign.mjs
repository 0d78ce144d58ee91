// npm run campaign -- …: finds strace, and runs tests/campaign/main.ts as compiled before.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureStrace } from './ensure-strace.mjs';

let strace;
try {
  strace = ensureStrace();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const main = fileURLToPath(new URL('../tests/dist/campaign/main.js', import.meta.url));
const { status } = spawnSync(process.execPath, [main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, STRACE_PATH: strace },
});
process.exit(status ?? 1);

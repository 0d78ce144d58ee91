// Compiles every package with TypeScript's project references.
// With --clean, output is removed first: the compiler leaves that of deleted sources in place.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

if (process.argv.includes('--clean')) {
  const packages = readdirSync(`${root}packages`).map((name) => `packages/${name}`);
  for (const folder of [...packages, 'examples', 'tests']) {
    rmSync(`${root}${folder}/dist`, { recursive: true, force: true });
  }
}

const tsc = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(
  'package.json',
  'bin/tsc',
);
const { status } = spawnSync(process.execPath, [tsc, '-b', root], { stdio: 'inherit' });
process.exit(status ?? 1);

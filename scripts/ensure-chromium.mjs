// Finds the Chromium that the page tests drive; on Debian, as root, installs it where it is missing.
// CHROMIUM_PATH names another one.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);

const find = () => {
  const named = process.env.CHROMIUM_PATH;
  if (named === undefined || named === '') return onPath();
  if (isExecutable(named)) return named;
  throw new Error(`CHROMIUM_PATH names "${named}", which is not a program`);
};

const install = () => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    console.log(`> apt-get ${args.join(' ')}`);
    const { status } = spawnSync('apt-get', args, { stdio: 'inherit', env });
    if (status !== 0) throw new Error(`"apt-get ${args.join(' ')}" failed`);
  }
};

const advice = [
  'The page tests need Chromium, and none was found. Run one of these, then try again:',
  '  sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium   (Debian)',
  '  export CHROMIUM_PATH=/path/to/chromium                                (any other system)',
].join('\n');

/** @returns {string} the path of the program; throws, saying what to run, where there is none */
export const ensureChromium = () => {
  const found = find();
  if (found !== undefined) return found;
  const mayInstall = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (!mayInstall) throw new Error(advice);
  try {
    install();
  } catch (error) {
    throw new Error(`${error.message}.\n${advice}`);
  }
  const installed = find();
  if (installed === undefined) throw new Error(advice);
  return installed;
};

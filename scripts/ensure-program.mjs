// Finds a program that tests need; on Debian, as root, installs it where it is missing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const find = ({ names, variable }) => {
  const named = process.env[variable];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`${variable} names "${named}", which is not a program`);
  }
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
};

const install = (debianPackage) => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', debianPackage]]) {
    console.log(`> apt-get ${args.join(' ')}`);
    const { status } = spawnSync('apt-get', args, { stdio: 'inherit', env });
    if (status !== 0) throw new Error(`"apt-get ${args.join(' ')}" failed`);
  }
};

/**
 * @param wanted - `names` to look for on the path; `variable` of the environment that names another
 *   one; `debianPackage` that has it; `advice` on what to run where it cannot be installed from here
 * @returns {string} the path of the program; throws, saying what to run, where there is none
 */
export const ensureProgram = (wanted) => {
  const found = find(wanted);
  if (found !== undefined) return found;
  const mayInstall = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (!mayInstall) throw new Error(wanted.advice);
  try {
    install(wanted.debianPackage);
  } catch (error) {
    throw new Error(`${error.message}.\n${wanted.advice}`);
  }
  const installed = find(wanted);
  if (installed === undefined) throw new Error(wanted.advice);
  return installed;
};

// The strace that the campaigns watch a node's files with, and make its disk fail with.
// STRACE_PATH names another one.
import { spawnSync } from 'node:child_process';
import { ensureProgram } from './ensure-program.mjs';

const advice = [
  'The campaigns need strace, which exists on Linux only, and none was found. Run one of these,',
  'then try again:',
  '  sudo apt-get update && sudo apt-get install -y --no-install-recommends strace   (Debian)',
  '  export STRACE_PATH=/path/to/strace                         (any other system with Linux)',
].join('\n');

export const ensureStrace = () => {
  const strace = ensureProgram({
    names: ['strace'],
    variable: 'STRACE_PATH',
    debianPackage: 'strace',
    advice,
  });
  // A container may have the program and forbid what it does.
  const { status, stderr } = spawnSync(strace, ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true']);
  if (status !== 0) {
    throw new Error(
      `The campaigns need strace, and "${strace}" may not watch a program here: ${stderr}`,
    );
  }
  return strace;
};

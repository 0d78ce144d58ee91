/** Moves a poca in a process of its own, which is killed when it reaches a step. For `move.test.ts`. */
import '@pocas/vat-runtime/lockdown';
import {
  type MoveStep,
  exportPoca,
  findMoveKey,
  importPoca,
  makeMoveKey,
  readArchiveHeader,
} from '@pocas/vat-runtime/node';
import { random } from './nodes.ts';

const [what, directory, file, killAt] = process.argv.slice(2) as [string, string, string, string];
const secret = { kind: 'passphrase', passphrase: 'cuatro palabras bien elegidas' } as const;
let steps = 0;
const onProgress = (step: MoveStep) => {
  steps += 1;
  if (step === killAt || String(steps) === killAt) process.kill(process.pid, 'SIGKILL');
};
if (what === 'export') {
  const makeKey = () => makeMoveKey(secret, random, 14);
  await exportPoca({ directory, file, makeKey, onProgress });
} else {
  const key = await findMoveKey(await readArchiveHeader(file), secret);
  await importPoca({ directory, file, key, onProgress });
}
process.stdout.write('done\n');

/** `pocas check` */
import { type StoreCheck, checkStore, isSound } from '@pocas/vat-runtime/node';
import { exitCodes } from './exit-codes.ts';
import { withStore } from './store.ts';

export type CheckOptions = { data: string; json?: true };

/** A sentence for each fault. */
export const faultsOf = ({ refusal, damaged, unreadable }: StoreCheck): string[] => [
  ...(refusal === undefined ? [] : [`${refusal.reason}: ${refusal.words}`]),
  // Of rows in a form that this version does not know every one looks damaged.
  ...(refusal?.reason === 'unknown-format'
    ? []
    : damaged.map((key) => `damaged: row ${JSON.stringify(key)} is not what was written`)),
  ...(unreadable === undefined
    ? []
    : [`unreadable: some rows may be missing here, LevelDB says "${unreadable}"`]),
];

/** What is there, a line each. */
export const describe = (found: StoreCheck): string => {
  const lines = {
    rows: found.rows,
    characters: found.characters,
    'newest batch': found.newest ?? 'none',
    'anchored batch': found.anchored?.sequence ?? 'none',
    'batches checked': found.links,
    'damaged rows': found.damaged.length,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name.padEnd(15)}  ${value}\n`)
    .join('');
};

export const check = ({ data, json }: CheckOptions): Promise<void> =>
  withStore(data, async (powers) => {
    const found = await checkStore(powers);
    const faults = faultsOf(found);
    if (json) {
      const { rows, characters, links, newest, anchored } = found;
      const counts = { rows, characters, links, newest, anchored: anchored?.sequence };
      process.stdout.write(
        `${JSON.stringify({ sound: isSound(found), ...counts, reason: found.refusal?.reason, faults })}\n`,
      );
    } else {
      process.stdout.write(describe(found));
      process.stdout.write(
        faults.length === 0 ? 'No fault was found.\n' : `${faults.join('\n')}\n`,
      );
    }
    if (!isSound(found)) process.exitCode = exitCodes.refused;
  });

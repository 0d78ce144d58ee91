/** `pocas vats` and `pocas resume` */
import { E } from '@endo/far';
import type { VatStatus } from '@pocas/vat-runtime/node';
import { CommandError } from './exit-codes.ts';
import { withOperator } from './operator.ts';

export type VatsOptions = { data: string; suspended?: true; json?: true };

/** A line for people. */
const describe = ({ id, label, owner, status, strikes, reason }: VatStatus): string => {
  const whose = owner === undefined ? '' : ` of ${owner}`;
  const struck = strikes === 0 ? '' : `, strikes: ${strikes}`;
  return `${id.padStart(5)}  ${status.padEnd(9)}  ${label}${whose}${struck}${reason === undefined ? '' : `\n       ${reason}`}\n`;
};

export const vats = ({ data, suspended, json }: VatsOptions): Promise<void> =>
  withOperator(data, async (operator) => {
    let after: string | undefined;
    do {
      const page = await E(operator).vats(after);
      for (const vat of page.vats) {
        if (suspended && vat.status !== 'suspended') continue;
        process.stdout.write(json ? `${JSON.stringify(vat)}\n` : describe(vat));
      }
      after = page.next;
    } while (after !== undefined);
  });

export const resume = (vat: string, { data }: { data: string }): Promise<void> =>
  withOperator(data, async (operator) => {
    await E(operator)
      .resume(vat)
      .catch((error: Error) => {
        throw new CommandError(error.message);
      });
    process.stdout.write(`Vat ${vat} goes on.\n`);
  });

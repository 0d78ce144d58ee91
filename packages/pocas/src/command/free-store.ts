/** `pocas free-store` */
import { E } from '@endo/far';
import encodeQR from 'qr';
import { withOperator } from './operator.ts';
import { wordsFor } from './words.ts';

export type FreeStoreOptions = { data: string; json?: true };

export const freeStore = (name: string, { data, json }: FreeStoreOptions): Promise<void> =>
  withOperator(data, async (operator) => {
    const made = await E(operator).openFreeStore(name);
    if (json) {
      process.stdout.write(`${JSON.stringify(made)}\n`);
      return;
    }
    // It has a page, and so an address.
    process.stdout.write(encodeQR(made.url!, 'ascii'));
    process.stdout.write(wordsFor(process.env).freeStore(made.url!));
  });

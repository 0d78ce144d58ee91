/** `pocas invite` */
import { E } from '@endo/far';
import encodeQR from 'qr';
import { withOperator } from './operator.ts';
import { wordsFor } from './words.ts';

export type InviteOptions = { data: string; market?: true; json?: true };

export const invite = ({ data, market, json }: InviteOptions): Promise<void> =>
  withOperator(data, async (operator) => {
    const made = market ? await E(operator).inviteToMarket() : await E(operator).invite();
    const words = wordsFor(process.env);
    if (json) {
      process.stdout.write(`${JSON.stringify(made)}\n`);
    } else if (made.url === undefined) {
      process.stdout.write(words.market(made.sturdyRef));
    } else {
      process.stdout.write(encodeQR(made.url, 'ascii'));
      process.stdout.write(words.welcome(made.url));
    }
  });

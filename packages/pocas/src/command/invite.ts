/** `pocas invite` */
import { E } from '@endo/far';
import encodeQR from 'qr';
import { withOperator } from './operator.ts';

export type InviteOptions = { data: string; market?: true; json?: true };

export const invite = ({ data, market, json }: InviteOptions): Promise<void> =>
  withOperator(data, async (operator) => {
    const made = market ? await E(operator).inviteToMarket() : await E(operator).invite();
    if (json) {
      process.stdout.write(`${JSON.stringify(made)}\n`);
    } else if (market) {
      process.stdout.write(
        `An invitation to the market, for one person with a wallet elsewhere. Paste it there, under “Join a market”:\n\n  ${made.sturdyRef}\n`,
      );
    } else {
      process.stdout.write(
        `${encodeQR(made.url!, 'ascii')}\nAn invitation for one person. Whoever opens it first gets a wallet here:\n\n  ${made.url}\n`,
      );
    }
  });

/**
 * A kiosk that somebody uses with a wallet of their own (SPEC S3, U5): a process that knows the till, and for a
 * short time a pass. It learns that it was paid, and neither who did nor from what.
 */
import '@pocas/vat-runtime/lockdown';
import { E } from '@endo/far';
import type { Till, WalletApp } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { servePart } from '../hostile/serve-part.ts';
import { enter } from './enter.ts';

const [, , tillText] = process.argv as [string, string, string];

const inSession = async <T>(text: string, act: (object: unknown) => Promise<T>): Promise<T> => {
  const session = await enter(text);
  try {
    return await act(await session.object);
  } finally {
    session.close();
    await session.closed;
  }
};

servePart({
  /** @returns what the wallet answered, as text */
  buy: (pass: string, what: string, requestId: string, dies: boolean) =>
    inSession(tillText, async (till) => {
      const { offers } = await E(till as Facet<Till>).view();
      const { number, own } = offers.find((one) => one.what === what)!;
      return inSession(pass, async (app) => {
        const sale = { number, alternative: 0n, quantity: 1n, price: own, note: '' };
        const answer = await E(app as Facet<WalletApp>).order(sale, requestId);
        if (dies) process.kill(process.pid, 'SIGKILL');
        return JSON.stringify(answer);
      });
    }),
});

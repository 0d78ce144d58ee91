/** Bare `@endo/captp`, both ends in one thread, with no transport between them. Nothing is stored. */
import '../captp/default-lockdown.ts';
import { makeCapTP } from '@endo/captp';
import { E, Far } from '@endo/far';
import { type Mode, serve } from '../serve.ts';
import { vatCase, vatLoads } from './modes.ts';

type Account = { pay(payee: Account, value: bigint): void; credit(value: bigint): void };

const makeAccount = (): Account => {
  let balance = 0n;
  return Far('Account', {
    pay(payee: Account, value: bigint) {
      balance -= value;
      payee.credit(value);
    },
    credit(value: bigint) {
      balance += value;
    },
  });
};

serve(async () => {
  const accounts = [makeAccount(), makeAccount()];
  const bank = Far('Bank', { open: () => accounts });
  const far = makeCapTP('far', (message) => near.dispatch(message), bank);
  const near = makeCapTP('near', (message) => far.dispatch(message));
  const [payer, payee] = (await E(near.getBootstrap() as Promise<typeof bank>).open()) as [
    Account,
    Account,
  ];
  const modes: Record<string, Mode> = {};
  for (const callers of vatLoads) {
    modes[vatCase(callers)] = async (calls) => {
      let left = calls;
      const caller = async () => {
        while (left > 0) {
          left -= 1;
          await E(payer).pay(payee, 1n);
        }
      };
      await Promise.all(Array.from({ length: callers }, caller));
    };
  }
  return { modes };
});

/** The module of the vats: accounts that pay each other, and a payer that drives them from another vat. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { defineActor, send, typed, type Facet } from '@pocas/vat-runtime';

export type Account = { pay(payee: unknown, value: bigint): void; credit(value: bigint): void };

const makeAccount = defineActor({
  name: 'Account',
  state: { balance: M.bigint() },
  init: () => ({ balance: 0n }),
  guards: {
    account: M.interface('Account', {
      pay: M.call(M.remotable(), M.nat()).returns(),
      credit: M.call(M.nat()).returns(),
    }),
  },
  facets: {
    account: {
      pay(payee: Account, value: bigint) {
        this.state.balance -= value;
        payee.credit(value);
      },
      credit(value: bigint) {
        this.state.balance += value;
      },
    },
  },
});

/** How many sends of the current drive are still to be made and to be answered. */
let unsent = 0;
let unanswered = 0;
let finish = () => {};

const makePayer = defineActor({
  name: 'Payer',
  state: { accounts: typed<readonly Facet<Account>[]>(M.arrayOf(M.remotable())) },
  init: () => ({ accounts: [] as readonly Facet<Account>[] }),
  guards: {
    payer: M.interface('Payer', {
      open: M.call().returns(M.arrayOf(M.remotable())),
      use: M.call(M.arrayOf(M.remotable())).returns(),
      byE: M.call(M.number(), M.number()).returns(M.promise()),
      bySend: M.call(M.number(), M.number()).returns(M.promise()),
      sendAgain: M.call(M.number()).returns(),
    }),
    answers: M.interface('Answers', {
      fulfilled: M.call(M.any(), M.number()).returns(),
      rejected: M.call(M.any(), M.number()).returns(),
    }),
  },
  facets: {
    payer: {
      /** Two accounts of this vat. */
      open() {
        return [makeAccount().account, makeAccount().account];
      },
      use(accounts: readonly Facet<Account>[]) {
        this.state.accounts = accounts;
      },
      async byE(calls: number, callers: number) {
        const [payer, payee] = this.state.accounts;
        let left = calls;
        const caller = async () => {
          while (left > 0) {
            left -= 1;
            await E(payer!).pay(payee, 1n);
          }
        };
        await Promise.all(Array.from({ length: callers }, caller));
      },
      async bySend(calls: number, callers: number) {
        unsent = calls;
        unanswered = calls;
        const finished = new Promise<void>((resolve) => {
          finish = resolve;
        });
        this.facets.payer.sendAgain(callers);
        await finished;
      },
      sendAgain(times: number) {
        const [payer, payee] = this.state.accounts;
        for (let i = 0; i < times && unsent > 0; i += 1) {
          unsent -= 1;
          send(payer!, 'pay', [payee, 1n], { then: this.facets.answers, ctx: 0 });
        }
      },
    },
    answers: {
      fulfilled() {
        unanswered -= 1;
        this.facets.payer.sendAgain(1);
        if (unanswered === 0) finish();
      },
      rejected(failure: { message: string }) {
        throw Error(`Cannot measure: a transfer failed: ${failure.message}`);
      },
    },
  },
  readOnly: ['payer.byE', 'payer.bySend'],
});

export const make = (): unknown => makePayer().payer;

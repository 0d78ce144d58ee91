/** A purse in a vat of its own, which pays others by `E` and asks again until it is answered. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { defineActor, makeDurableMap, typed, type DurableMap } from '@pocas/vat-runtime';
import { page } from './page.ts';

type Payee = { credit(value: bigint, id: string): void };
type Outgoing = { readonly value: bigint; readonly settled: boolean };

const makePurse = defineActor({
  name: 'Purse',
  state: {
    balance: M.bigint(),
    outgoing: typed<DurableMap<string, Outgoing>>(M.any()),
    incoming: typed<DurableMap<string, bigint>>(M.any()),
  },
  init: () => ({
    balance: 0n,
    outgoing: makeDurableMap<string, Outgoing>(),
    incoming: makeDurableMap<string, bigint>(),
  }),
  guards: {
    owner: M.interface('Owner', {
      payee: M.call().returns(M.remotable()),
      pay: M.call(M.remotable(), M.nat(), M.string()).returns(M.any()),
      balance: M.call().returns(M.bigint()),
      outgoing: M.call(M.string()).returns(M.any()),
      incoming: M.call(M.string()).returns(M.any()),
    }),
    payee: M.interface('Payee', { credit: M.call(M.nat(), M.string()).returns() }),
    inside: M.interface('Inside', { settle: M.call(M.string()).returns() }),
  },
  facets: {
    owner: {
      payee() {
        return this.facets.payee;
      },
      /** Answers when the payee has it and this purse knows that. The same `id` pays once. */
      pay(payee: Payee, value: bigint, id: string) {
        const { outgoing } = this.state;
        const { inside } = this.facets;
        const known = outgoing.get(id);
        if (known?.settled) return undefined;
        if (known === undefined) {
          this.state.balance -= value;
          outgoing.set(id, { value, settled: false });
        }
        return E(payee)
          .credit(value, id)
          .then(() => inside.settle(id));
      },
      balance() {
        return this.state.balance;
      },
      outgoing(after: string) {
        return page(this.state.outgoing, after);
      },
      incoming(after: string) {
        return page(this.state.incoming, after);
      },
    },
    payee: {
      credit(value: bigint, id: string) {
        const { incoming } = this.state;
        if (incoming.has(id)) return;
        incoming.set(id, value);
        this.state.balance += value;
      },
    },
    inside: {
      settle(id: string) {
        const { outgoing } = this.state;
        outgoing.set(id, { value: outgoing.get(id)!.value, settled: true });
      },
    },
  },
});

export const make = (): unknown => makePurse().owner;

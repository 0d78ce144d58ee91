/** A purse in a vat of its own, which pays others by `send`: nobody asks again. */
import { M } from '@endo/patterns';
import { defineActor, makeDurableMap, send, typed, type DurableMap } from '@pocas/vat-runtime';
import { page } from './page.ts';

type Payee = { credit(value: bigint, id: string, payer: bigint, place: bigint): void };
type Outgoing = { readonly value: bigint; readonly settled: boolean };

const makePurse = defineActor({
  name: 'Purse',
  state: {
    balance: M.bigint(),
    outgoing: typed<DurableMap<string, Outgoing>>(M.any()),
    incoming: typed<DurableMap<string, bigint>>(M.any()),
    /** How many payments were sent to each purse, and came from each. */
    sent: typed<DurableMap<bigint, bigint>>(M.any()),
    received: typed<DurableMap<bigint, bigint>>(M.any()),
    faults: typed<readonly string[]>(M.arrayOf(M.string())),
  },
  init: () => ({
    balance: 0n,
    outgoing: makeDurableMap<string, Outgoing>(),
    incoming: makeDurableMap<string, bigint>(),
    sent: makeDurableMap<bigint, bigint>(),
    received: makeDurableMap<bigint, bigint>(),
    faults: [] as readonly string[],
  }),
  guards: {
    owner: M.interface('Owner', {
      payee: M.call().returns(M.remotable()),
      pay: M.call(M.remotable(), M.nat(), M.string(), M.nat(), M.nat()).returns(),
      balance: M.call().returns(M.bigint()),
      outgoing: M.call(M.string()).returns(M.any()),
      incoming: M.call(M.string()).returns(M.any()),
      faults: M.call().returns(M.any()),
    }),
    payee: M.interface('Payee', {
      credit: M.call(M.nat(), M.string(), M.nat(), M.nat()).returns(),
    }),
    answers: M.interface('Answers', {
      fulfilled: M.call(M.any(), M.string()).returns(),
      rejected: M.call(M.any(), M.string()).returns(),
    }),
  },
  facets: {
    owner: {
      payee() {
        return this.facets.payee;
      },
      /** Answers when the payment has left this purse for good. `from` and `to` number the purses. */
      pay(payee: Payee, value: bigint, id: string, from: bigint, to: bigint) {
        const { outgoing, sent } = this.state;
        const place = (sent.get(to) ?? 0n) + 1n;
        sent.set(to, place);
        this.state.balance -= value;
        outgoing.set(id, { value, settled: false });
        send(payee, 'credit', [value, id, from, place], {
          then: this.facets.answers,
          ctx: id,
        });
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
      /** What must never happen, and did. */
      faults() {
        return this.state.faults;
      },
    },
    payee: {
      credit(value: bigint, id: string, payer: bigint, place: bigint) {
        const { incoming, received } = this.state;
        const expected = (received.get(payer) ?? 0n) + 1n;
        const faults: string[] = [];
        if (incoming.has(id)) faults.push(`transfer ${id} came twice`);
        if (place !== expected) faults.push(`transfer ${id} came as ${expected}, not ${place}`);
        if (faults.length > 0) this.state.faults = [...this.state.faults, ...faults];
        received.set(payer, place);
        incoming.set(id, value);
        this.state.balance += value;
      },
    },
    answers: {
      fulfilled(_answer: unknown, id: string) {
        const { outgoing } = this.state;
        const known = outgoing.get(id)!;
        if (known.settled) this.state.faults = [...this.state.faults, `${id} was answered twice`];
        outgoing.set(id, { value: known.value, settled: true });
      },
      rejected(failure: { message: string }, id: string) {
        this.state.faults = [...this.state.faults, `${id} failed: ${failure.message}`];
      },
    },
  },
});

export const make = (): unknown => makePurse().owner;

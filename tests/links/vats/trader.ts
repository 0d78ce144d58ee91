/**
 * Pays others by `send`, wherever they are, and notes all that must never happen: a payment that came
 * twice or before an older one, an answer out of turn, a receipt for nothing.
 */
import { M } from '@endo/patterns';
import { defineActor, makeDurableMap, send, typed, type DurableMap } from '@pocas/vat-runtime';
import { page } from '../../campaign/vats/page.ts';

export type Payment = {
  readonly value: bigint;
  readonly payer: bigint;
  readonly payee: bigint;
  /** The how manieth from this payer to this payee it is. */
  readonly place: bigint;
};
/** `expired`: it came too late, so it was not carried out, and the value is the payer's again. */
export type Outgoing = Payment & { readonly end: 'open' | 'settled' | 'expired' };
export type Incoming = Payment & { readonly confirmed: boolean };

type Payee = {
  credit(id: string, payment: Payment): bigint;
  confirm(id: string, payment: Payment): void;
};
type Ctx = { readonly id: string; readonly payee: Payee };

/** Rows of an answer: each is a record of several numbers. */
const rowsAtOnce = 300;

const PaymentShape = M.splitRecord({
  value: M.nat(),
  payer: M.nat(),
  payee: M.nat(),
  place: M.nat(),
});

const makeTrader = defineActor({
  name: 'Trader',
  state: {
    balance: M.bigint(),
    outgoing: typed<DurableMap<string, Outgoing>>(M.any()),
    incoming: typed<DurableMap<string, Incoming>>(M.any()),
    /** By number of the other trader, the last place: paid to it, come from it, answered by it, confirmed by it. */
    paid: typed<DurableMap<bigint, bigint>>(M.any()),
    came: typed<DurableMap<bigint, bigint>>(M.any()),
    answered: typed<DurableMap<bigint, bigint>>(M.any()),
    confirmed: typed<DurableMap<bigint, bigint>>(M.any()),
    open: M.bigint(),
    faults: typed<readonly string[]>(M.arrayOf(M.string())),
  },
  init: () => ({
    balance: 0n,
    outgoing: makeDurableMap<string, Outgoing>(),
    incoming: makeDurableMap<string, Incoming>(),
    paid: makeDurableMap<bigint, bigint>(),
    came: makeDurableMap<bigint, bigint>(),
    answered: makeDurableMap<bigint, bigint>(),
    confirmed: makeDurableMap<bigint, bigint>(),
    open: 0n,
    faults: [] as readonly string[],
  }),
  guards: {
    owner: M.interface('Owner', {
      payee: M.call().returns(M.remotable()),
      pay: M.call(M.remotable(), M.string(), M.nat(), M.nat(), M.nat()).optional(M.nat()).returns(),
      balance: M.call().returns(M.bigint()),
      open: M.call().returns(M.bigint()),
      outgoing: M.call(M.string()).returns(M.any()),
      incoming: M.call(M.string()).returns(M.any()),
      faults: M.call().returns(M.any()),
    }),
    payee: M.interface('Payee', {
      credit: M.call(M.string(), PaymentShape).returns(M.nat()),
      confirm: M.call(M.string(), PaymentShape).returns(),
    }),
    answers: M.interface('Answers', {
      fulfilled: M.call(M.any(), M.any()).returns(),
      rejected: M.call(M.any(), M.any()).returns(),
    }),
  },
  facets: {
    owner: {
      payee() {
        return this.facets.payee;
      },
      /** Answers when the payment has left for good. @param notAfter - 0 for any time */
      pay(payee: Payee, id: string, value: bigint, from: bigint, to: bigint, notAfter = 0n) {
        const { outgoing, paid } = this.state;
        const place = (paid.get(to) ?? 0n) + 1n;
        paid.set(to, place);
        this.state.balance -= value;
        this.state.open += 1n;
        const payment = { value, payer: from, payee: to, place };
        outgoing.set(id, { ...payment, end: 'open' });
        send(payee, 'credit', [id, payment], {
          then: this.facets.answers,
          ctx: { id, payee },
          ...(notAfter === 0n ? {} : { notAfter }),
        });
      },
      balance() {
        return this.state.balance;
      },
      /** Payments of which nothing was heard yet. */
      open() {
        return this.state.open;
      },
      outgoing(after: string) {
        return page(this.state.outgoing, after, rowsAtOnce);
      },
      incoming(after: string) {
        return page(this.state.incoming, after, rowsAtOnce);
      },
      faults() {
        return this.state.faults;
      },
    },
    payee: {
      credit(id: string, payment: Payment) {
        const { incoming, came } = this.state;
        const { payer, value, place } = payment;
        const faults: string[] = [];
        const last = came.get(payer) ?? 0n;
        if (incoming.has(id)) faults.push(`payment ${id} came twice`);
        if (place <= last) faults.push(`payment ${id}, ${place} from ${payer}, came after ${last}`);
        if (faults.length > 0) this.state.faults = [...this.state.faults, ...faults];
        came.set(payer, place);
        incoming.set(id, { ...payment, confirmed: false });
        this.state.balance += value;
        return place;
      },
      /** The payer has the receipt. */
      confirm(id: string, { payer, place }: Payment) {
        const { incoming, confirmed } = this.state;
        const known = incoming.get(id);
        const last = confirmed.get(payer) ?? 0n;
        const faults: string[] = [];
        if (known === undefined) faults.push(`${id} was confirmed, and never came`);
        else if (known.confirmed) faults.push(`${id} was confirmed twice`);
        else incoming.set(id, { ...known, confirmed: true });
        if (place <= last) faults.push(`${id}, ${place} of ${payer}, was confirmed after ${last}`);
        confirmed.set(payer, place);
        if (faults.length > 0) this.state.faults = [...this.state.faults, ...faults];
      },
    },
    answers: {
      fulfilled(place: bigint, { id, payee }: Ctx) {
        const { outgoing, answered } = this.state;
        const known = outgoing.get(id)!;
        const { end: _, ...payment } = known;
        const faults: string[] = [];
        const last = answered.get(known.payee) ?? 0n;
        if (known.end !== 'open') faults.push(`${id} was answered twice`);
        if (place !== known.place) faults.push(`${id} got the answer to ${place}`);
        if (place <= last) faults.push(`${id}, ${place}, was answered after ${last}`);
        if (faults.length > 0) this.state.faults = [...this.state.faults, ...faults];
        answered.set(known.payee, known.place);
        outgoing.set(id, { ...known, end: 'settled' });
        this.state.open -= 1n;
        send(payee, 'confirm', [id, payment]);
      },
      rejected(failure: { code: string; message: string }, { id }: Ctx) {
        const { outgoing, answered } = this.state;
        const known = outgoing.get(id)!;
        const faults: string[] = [];
        const last = answered.get(known.payee) ?? 0n;
        if (failure.code !== 'expired')
          faults.push(`${id} failed: ${failure.code}: ${failure.message}`);
        if (known.end !== 'open') faults.push(`${id} was answered twice`);
        if (known.place <= last) faults.push(`${id}, ${known.place}, was answered after ${last}`);
        if (faults.length > 0) this.state.faults = [...this.state.faults, ...faults];
        answered.set(known.payee, known.place);
        outgoing.set(id, { ...known, end: 'expired' });
        this.state.balance += known.value;
        this.state.open -= 1n;
      },
    },
  },
});

export const make = (): unknown => makeTrader().owner;

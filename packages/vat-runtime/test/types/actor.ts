/** What must not compile in a vat module. Checked by the compiler: each line below a mark is an error. */
import type { ERef } from '@endo/far';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import {
  type DurableMap,
  type DurableSet,
  type Facet,
  type Message,
  type StateOf,
  defineActor,
  makeDurableMap,
  makeDurableSet,
  typed,
} from '@pocas/vat-runtime';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const expect = <_Holds extends true>(): void => {};

const ShelfShape = {
  count: M.nat(),
  label: M.or(M.string(), M.null()),
  keeper: typed<Teller>(M.remotable()),
};
expect<Same<StateOf<typeof ShelfShape>, { count: bigint; label: string | null; keeper: Teller }>>();

type Teller = Facet<{ balance(): bigint }>;

/** Never called: outside a vat the functions throw. */
export const check = (far: ERef<Facet<{ add(n: bigint): bigint }>>): void => {
  const makeAccount = defineActor({
    name: 'Account',
    state: {
      balance: M.bigint(),
      owner: M.string(),
      teller: typed<Teller | undefined>(M.any()),
      log: typed<DurableMap<bigint, string>>(M.remotable()),
    },
    init: (owner: string, balance: bigint) => ({
      balance,
      owner,
      teller: undefined as Teller | undefined,
      log: makeDurableMap<bigint, string>(),
    }),
    guards: {
      account: M.interface('Account', {
        deposit: M.call(M.bigint()).returns(M.bigint()),
        link: M.call(M.remotable()).returns(),
      }),
      audit: M.interface('Audit', { balance: M.call().returns(M.bigint()) }),
    },
    facets: {
      account: {
        deposit(n: bigint): bigint {
          expect<Same<typeof this.state.balance, bigint>>();
          this.state.balance += n;
          // @ts-expect-error a state field of another type
          this.state.balance = 'much';
          // @ts-expect-error a state field that is not declared
          this.state.blance = 1n;
          // @ts-expect-error a key of another type
          this.state.log.set('1', 'text');
          // @ts-expect-error a value of another type
          this.state.log.set(1n, 1n);
          expect<Same<ReturnType<typeof this.state.log.get>, string | undefined>>();
          // @ts-expect-error a facet that is not there
          this.facets.auditor;
          // @ts-expect-error a method of another facet
          this.facets.audit.deposit(1n);
          return this.facets.audit.balance();
        },
        link(teller: Teller) {
          this.state.teller = teller;
          // @ts-expect-error an object without the methods
          this.state.teller = { balance: 1n };
        },
      },
      audit: {
        balance() {
          return this.state.balance;
        },
      },
    },
  });

  const { account, audit } = makeAccount('Ana', 1n);
  // @ts-expect-error a wrong argument of a maker
  makeAccount(1n, 'Ana');
  // @ts-expect-error a missing argument of a maker
  makeAccount('Ana');
  // @ts-expect-error a missing facet
  makeAccount('Ana', 1n).owner;
  // @ts-expect-error a wrong argument of a method
  account.deposit('1');
  // @ts-expect-error a method that the facet does not have
  audit.deposit(1n);
  const answer: bigint = account.deposit(1n);
  void answer;

  const later: Promise<bigint> = E(far).add(1n);
  void later;
  // @ts-expect-error a wrong argument of a far method
  void E(far).add('1');
  // @ts-expect-error a far method that is not there
  void E(far).remove(1n);

  // A facet that came from elsewhere: its answers are promises, and it cannot be called directly.
  const elsewhere = E(far).add(1n);
  // @ts-expect-error a promise is not the answer
  const now: bigint = elsewhere;
  void now;
  void E(far)
    .add(1n)
    .then((sum) => expect<Same<typeof sum, bigint>>());
  // @ts-expect-error a reference that may be far, called directly
  far.add(1n);
  // @ts-expect-error a local facet given where one with other methods is expected
  const teller: ERef<Teller> = account;
  void teller;
  const auditor: ERef<Teller> = audit;
  void auditor;

  const makeAuction = defineActor({
    name: 'Auction',
    state: { best: M.nat(), bidders: typed<DurableSet<string>>(M.remotable()) },
    init: () => ({ best: 0n, bidders: makeDurableSet<string>() }),
    guards: {
      seller: M.interface('Seller', { close: M.call().returns() }),
      buyer: M.interface('Buyer', { bid: M.call(M.string(), M.nat()).returns(M.boolean()) }),
    },
    phases: { open: ['seller.close', 'buyer.bid'], closed: [] },
    facets: {
      seller: {
        close() {
          expect<Same<typeof this.phase, 'open' | 'closed'>>();
          this.become('closed');
          // @ts-expect-error a phase that is not there
          this.become('opened');
          // @ts-expect-error a comparison with a phase that is not there
          void (this.phase === 'opened');
          // @ts-expect-error the phase changes by `become` only
          this.phase = 'open';
          // @ts-expect-error a method of another facet
          this.facets.seller.bid('Ana', 1n);
        },
      },
      buyer: {
        bid(who: string, price: bigint) {
          expect<Same<typeof this.state.best, bigint>>();
          this.state.best = price;
          // @ts-expect-error a key of another type
          this.state.bidders.add(1n);
          for (const bidder of this.state.bidders.values({ from: 'A', reverse: true, limit: 3 })) {
            expect<Same<typeof bidder, string>>();
          }
          // @ts-expect-error an end of another type
          this.state.bidders.values({ from: 1n });
          // @ts-expect-error an option that is not there
          this.state.bidders.values({ revers: true });
          return this.state.bidders.add(who);
        },
      },
    },
  });
  const { buyer } = makeAuction();
  const isNew: boolean = buyer.bid('Ana', 1n);
  void isNew;
  // @ts-expect-error an answer of another type
  const wrong: string = buyer.bid('Ana', 1n);
  void wrong;
  // @ts-expect-error a far argument of another type
  void E(buyer).bid('Ana', 1);
  // @ts-expect-error a method of another facet, far
  void E(buyer).close();

  defineActor({
    name: 'Phaseless',
    state: {},
    init: () => ({}),
    guards: { it: M.interface('It', { go: M.call().returns() }) },
    facets: {
      it: {
        go() {
          // @ts-expect-error no phase is there where none is defined
          this.become('open');
        },
      },
    },
  });

  defineActor({
    name: 'Incomplete',
    state: { count: M.bigint(), name: M.string() },
    // @ts-expect-error a first state that lacks a field
    init: () => ({ count: 0n }),
    guards: { it: M.interface('It', {}) },
    facets: { it: {} },
  });
  defineActor({
    name: 'Wrong',
    state: { count: M.bigint() },
    // @ts-expect-error a first state with a field of another type
    init: () => ({ count: 0 }),
    guards: { it: M.interface('It', {}) },
    facets: { it: {} },
  });
  defineActor({
    name: 'Unguarded',
    state: {},
    init: () => ({}),
    // @ts-expect-error a facet without a guard
    guards: {},
    facets: { it: {} },
  });
  defineActor({
    name: 'Unkept',
    state: {},
    init: () => ({}),
    guards: { it: M.interface('It', { count: M.call().returns(M.nat()) }) },
    facets: {
      it: {
        count(): bigint {
          // @ts-expect-error an answer of another type than the method says
          return 'many';
        },
      },
    },
  });
};

/** A forwarder takes any message by `E`, and has no method to call. Never called. */
export const checkForwarder = (): void => {
  const makeGate = defineActor({
    name: 'Gate',
    state: { open: M.boolean() },
    init: (open: boolean) => ({ open }),
    guards: { keeper: M.interface('Keeper', { shut: M.call().returns() }) },
    facets: {
      keeper: {
        shut(): void {
          this.state.open = false;
        },
      },
    },
    forwarders: {
      gate(method: string, args: readonly unknown[], message: Message): unknown {
        expect<Same<typeof this.state.open, boolean>>();
        return this.state.open ? message.pass(this.facets.keeper, method, args) : undefined;
      },
    },
  });
  const { gate, keeper } = makeGate(true);
  void E(gate).anything(1n);
  keeper.shut();
  // @ts-expect-error - it is reached by messages only
  gate.anything();
  // @ts-expect-error - the keeper has no such method
  void E(keeper).anything();
};

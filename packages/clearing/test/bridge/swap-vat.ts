/** Two ledgers in one vat, Ana and Beto in both, and swaps between them. */
import { M } from '@endo/patterns';
import type { Account, Issuer, Ledger, Payee } from '@pocas/clearing';
import { makeSwap } from '@pocas/clearing/bridge';
import { type LedgerPowers, makeLedger } from '@pocas/clearing/credit';
import { type Facet, defineActor, typed } from '@pocas/vat-runtime';

// `any`: gifts come from a test as they are, right or wrong.
type Any = any;
const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });
type Member = { readonly account: Facet<Account>; readonly payee: Facet<Payee> };

/** Says that a deposit was made, and makes none. */
const makeFake = defineActor({
  name: 'FakePayee',
  state: {},
  init: () => ({}),
  guards: { payee: loose('FakePayee') },
  facets: {
    payee: {
      number: (): bigint => 1n,
      deposit: (): Any => ({ ok: true, value: 10n }),
    },
  },
});

const makeBench = defineActor({
  name: 'SwapBench',
  state: {
    ledgers: typed<readonly Facet<Ledger>[]>(M.array()),
    /** By ledger, then by person. */
    members: typed<readonly (readonly Member[])[]>(M.array()),
    swaps: M.nat(),
  },
  init: (powers: LedgerPowers) => {
    const ledgers = ['jars', 'minutes'].map((unit) =>
      makeLedger({ name: unit, kind: 'mutual', unit }, powers),
    );
    const limits = { debitLimit: 20n, ceiling: 1_000n };
    const members = ledgers.map((ledger) =>
      [0, 1].map(() => {
        const { account, payee } = ledger.openAccount('member', limits);
        return { account, payee };
      }),
    );
    return { ledgers, members, swaps: 0n };
  },
  guards: { bench: loose('SwapBench') },
  facets: {
    bench: {
      /** Person 0 gives `a` of ledger 0, person 1 `b` of ledger 1. */
      swap(a: bigint, b: bigint): Any {
        this.state.swaps += 1n;
        const [first, second] = this.state.ledgers;
        return makeSwap(
          { issuer: first!.issuer(), value: a },
          { issuer: second!.issuer(), value: b },
          `secret ${this.state.swaps}`,
        );
      },
      fake(): Any {
        return makeFake().payee;
      },
      issuer(ledger: bigint): Facet<Issuer> {
        return this.state.ledgers[Number(ledger)]!.issuer();
      },
      member(ledger: bigint, person: bigint): Member {
        return this.state.members[Number(ledger)]![Number(person)]!;
      },
      /** What each person has, held and withdrawn too. */
      wealth(): readonly (readonly bigint[])[] {
        return this.state.members.map((people) =>
          people.map(({ account }) => {
            const { balance, held, withdrawn } = account.view();
            return balance + held + withdrawn;
          }),
        );
      },
      assertSound(): void {
        for (const ledger of this.state.ledgers) ledger.assertSound();
      },
    },
  },
});

export const make = (powers: LedgerPowers): unknown => makeBench(powers).bench;

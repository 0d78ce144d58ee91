/** What a test of a ledger stands in: the ledger, people with accounts, and words for what they do. */
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import { faultsBetween, faultsOf, statementOf } from '../value/conservation.ts';
import type { Books, BrandKind, Issuer, Ledger, OpenedAccount } from '../value/types.ts';

/** The parts of `node:test` and `node:assert/strict` that are used. */
export type TestPowers = {
  readonly test: (name: string, body: () => Promise<void>) => unknown;
  readonly assert: {
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    rejects(promise: Promise<unknown>, message?: string): Promise<void>;
  };
};

/** A fresh ledger, near or far, with what is needed to try it. */
export type ValueFixture = {
  readonly ledger: Facet<Ledger>;
  /** Another ledger of the same vat, just like it, with which it shares nothing. */
  readonly other: Facet<Ledger>;
  /**
   * Opens a member's account that can pay exactly so much: by a debit limit in mutual credit, by value that was
   * issued to it for vouchers. Its ceiling is 10⁹ steps.
   */
  openPayer(value: bigint, at: Facet<Ledger>): Promise<OpenedAccount>;
  /** By the clock of the ledger's vat. */
  now(): Promise<bigint>;
  /** Lets so many milliseconds pass, and resolves when what became due has been done. */
  pass(milliseconds: number): Promise<void>;
  dispose(): Promise<void>;
};

export type World = {
  readonly assert: TestPowers['assert'];
  readonly fixture: ValueFixture;
  readonly ledger: Facet<Ledger>;
  readonly issuer: Facet<Issuer>;
  readonly kind: BrandKind;
  readonly step: bigint;
  /** So many steps. */
  s(steps: bigint | number): bigint;
  payer(steps: bigint | number): Promise<OpenedAccount>;
  /** Of the other ledger. */
  stranger(steps: bigint | number): Promise<OpenedAccount>;
  /** An account that may not owe. */
  taker(ceiling?: bigint | number): Promise<OpenedAccount>;
  balanceOf(who: OpenedAccount): Promise<bigint>;
  /** A fresh request. */
  next(): string;
  /** The answer where it is no refusal. Fails where it is. */
  ok<T>(answer: T): Extract<T, { ok: true }>;
  refused(answer: unknown, code: string, whose?: 'payer' | 'payee'): void;
  /** Fails where what must be true after every turn is not. */
  check(): Promise<void>;
};

/** One thing that every ledger does. */
export type Case = {
  readonly name: string;
  /** Only of such a kind. */
  readonly only?: readonly BrandKind[];
  readonly body: (world: World) => Promise<void>;
};

const bigCeiling = 1_000_000_000n;

export const makeWorld = async (
  assert: TestPowers['assert'],
  fixture: ValueFixture,
): Promise<World> => {
  const { ledger } = fixture;
  const issuer = await E(ledger).issuer();
  const auditor = await E(ledger).auditor();
  const { kind, step, unit } = await E(await E(ledger).brand()).describe();
  let last: Books | undefined;
  let count = 0;
  const s = (steps: bigint | number) => BigInt(steps) * step;
  return {
    assert,
    fixture,
    ledger,
    issuer,
    kind,
    step,
    s,
    payer: (steps) => fixture.openPayer(s(steps), ledger),
    stranger: (steps) => fixture.openPayer(s(steps), fixture.other),
    taker: (ceiling = bigCeiling) =>
      E(ledger).openAccount('member', { debitLimit: 0n, ceiling: s(ceiling) }),
    balanceOf: async ({ account }) => (await E(account).view()).balance,
    next: () => `a request nobody guesses ${(count += 1)}`,
    ok(answer) {
      const { ok, code } = answer as { ok: boolean; code?: string };
      assert.equal(ok, true, `refused: ${code}`);
      // The assertion tells the two apart.
      return answer as Extract<typeof answer, { ok: true }>;
    },
    refused(answer, code, whose) {
      assert.deepEqual(answer, { ok: false, code, ...(whose === undefined ? {} : { whose }) });
    },
    async check() {
      const books = await E(ledger).books();
      assert.deepEqual(faultsOf(books, step), []);
      if (last !== undefined) assert.deepEqual(faultsBetween(last, books), []);
      last = books;
      const statement = await E(auditor).statement();
      assert.deepEqual(statement, statementOf(unit, books));
      assert.equal(statement.sum, 0n);
    },
  };
};

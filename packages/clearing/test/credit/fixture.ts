import {
  type TestNode,
  type TestNodeOptions,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Account, AccountCare, Held, Ledger, LedgerAuditor, Payee } from '@pocas/clearing';
import { faultsOf } from '@pocas/clearing/conservation';
import type { LedgerTerms } from '@pocas/clearing/credit';
import type { ValueFixture } from '@pocas/clearing/testing';
import type { Facet } from '@pocas/vat-runtime';
import { type Bundle, bundleVat } from '@pocas/vat-runtime/node';
import type { Bench } from './ledger-vat.ts';

// The compiled tests lie in dist/test/credit; the vat is bundled from its source.
const source = fileURLToPath(new URL('../../../test/credit/ledger-vat.ts', import.meta.url));
export const ledgerBundle: Promise<Bundle> = bundleVat(source);

export const credits: LedgerTerms = { name: 'prueba', kind: 'mutual', unit: 'créditos' };

/** A vat that makes ledgers, on a node whose time passes when the test says so. */
export type Workshop = {
  readonly node: TestNode;
  readonly bench: Facet<Bench>;
  pass(milliseconds: number): Promise<void>;
  /** Ledgers for the conformance suite. */
  fixture(terms?: LedgerTerms): Promise<ValueFixture>;
};

export const makeWorkshop = async (
  options: TestNodeOptions = {},
  bundle?: Bundle,
): Promise<Workshop> => {
  const time = makeManualTime();
  const node = await makeTestNode({ time, ...options });
  const bench = (await node.makeVat({
    module: bundle ?? (await ledgerBundle),
    label: 'ledgers',
    powers: { clock: node.clock, timer: node.timer },
  })) as Facet<Bench>;
  const pass = async (milliseconds: number) => {
    time.pass(milliseconds);
    await node.rest();
  };
  return {
    node,
    bench,
    pass,
    fixture: async (terms = credits) => {
      const { step = 1n } = terms;
      return {
        ledger: await E(bench).makeLedger(terms),
        other: await E(bench).makeLedger(terms),
        openPayer: (value, at) =>
          E(at).openAccount('member', { debitLimit: value, ceiling: 1_000_000_000n * step }),
        now: async () => BigInt(time.wall()),
        pass,
        dispose: async () => {},
      };
    },
  };
};

export type Member = {
  account: Facet<Account>;
  payee: Facet<Payee>;
  care: Facet<AccountCare>;
};

export type LedgerFixture = {
  ledger: Facet<Ledger>;
  auditor: Facet<LedgerAuditor>;
  open(debitLimit?: bigint, ceiling?: bigint): Promise<Member>;
  /** Fails where an invariant is broken. */
  checkBooks(): Promise<void>;
  stop(): Promise<void>;
};

export const makeLedgerFixture = async (): Promise<LedgerFixture> => {
  const { node, bench } = await makeWorkshop();
  const ledger = await E(bench).makeLedger(credits);
  const auditor = await E(ledger).auditor();
  return {
    ledger,
    auditor,
    open: (debitLimit = 20n, ceiling = 50n) =>
      E(ledger).openAccount('member', { debitLimit, ceiling }),
    async checkBooks() {
      assert.deepEqual(faultsOf(await E(ledger).books()), []);
      assert.equal((await E(auditor).statement()).sum, 0n);
    },
    stop: () => node.stop(),
  };
};

/** The answer as a hold. Fails where it is a refusal. */
export const heldBy = (answer: { ok: boolean }): Held => {
  assert.equal(answer.ok, true);
  // The assertion tells the two apart.
  return answer as Held;
};

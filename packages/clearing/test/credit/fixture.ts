import { makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Account, AccountCare, Held, Ledger, LedgerAuditor, Payee } from '@pocas/clearing';
import { faultsOf } from '@pocas/clearing/conservation';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';
import type { Bench } from './ledger-vat.ts';

// The compiled tests lie in dist/test/credit; the vat is bundled from its source.
const source = fileURLToPath(new URL('../../../test/credit/ledger-vat.ts', import.meta.url));

export type Member = {
  account: Facet<Account>;
  payee: Facet<Payee>;
  care: Facet<AccountCare>;
};

export type LedgerFixture = {
  ledger: Facet<Ledger>;
  auditor: Facet<LedgerAuditor>;
  /** Another ledger in the same vat. */
  other: Facet<Ledger>;
  open(debitLimit?: bigint, ceiling?: bigint): Promise<Member>;
  /** Fails where an invariant is broken. */
  checkBooks(): Promise<void>;
  stop(): Promise<void>;
};

const bundle = bundleVat(source);

export const makeLedgerFixture = async (): Promise<LedgerFixture> => {
  const node = await makeTestNode();
  const powers = { clock: node.clock, timer: node.timer };
  const bench = (await node.makeVat({
    module: await bundle,
    label: 'ledger',
    powers,
  })) as Facet<Bench>;
  const ledger = await E(bench).ledger();
  const auditor = await E(bench).auditor();
  const other = await E(bench).other();
  return {
    ledger,
    auditor,
    other,
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

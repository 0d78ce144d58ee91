import { makeWorkshop, next, ok } from '../credit/fixture.ts';
import type { Workshop } from '../credit/fixture.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { type ValueFixture, valueConformance } from '@pocas/clearing/testing';
import type { Ledger } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';

let workshop: Workshop;
before(async () => {
  workshop = await makeWorkshop();
});
after(() => workshop.node.stop());

const much = 10n ** 28n;

/** Ledgers as a series of vouchers has them: one issuer, whose debt is what is out; the others never owe. */
const fixture = async (step: bigint): Promise<ValueFixture> => {
  const made = await workshop.fixture({ name: 'pan', kind: 'voucher', unit: 'panes', step });
  const issuerOf = (ledger: Facet<Ledger>) =>
    E(ledger).openAccount('member', { debitLimit: much, ceiling: 0n });
  const issuers = new Map([
    [made.ledger, await issuerOf(made.ledger)],
    [made.other, await issuerOf(made.other)],
  ]);
  return {
    ...made,
    async openPayer(value, at) {
      const opened = await E(at).openAccount('member', {
        debitLimit: 0n,
        ceiling: 1_000_000_000n * step,
      });
      ok(await E(issuers.get(at)!.account).pay(opened.payee, value, next()));
      return opened;
    },
  };
};

valueConformance({ test, assert }, 'vouchers that are divisible', () => fixture(1n));
valueConformance({ test, assert }, 'vouchers that are not divisible', () => fixture(10n));

/**
 * What every ledger does (`value/types.ts`). Whoever writes one runs these tests on it as it is, so that a market
 * can bring its own.
 */
import { E } from '@endo/far';
import { careCases } from './care.ts';
import { ceilingCases } from './ceilings.ts';
import { holdCases } from './holds.ts';
import { paymentCases } from './payments.ts';
import { randomCases } from './random.ts';
import { type TestPowers, type ValueFixture, makeWorld } from './world.ts';

export type { TestPowers, ValueFixture } from './world.ts';

/**
 * @param name - of the ledger: stands before the name of each test
 * @param make - a ledger for each test, of one vat or of many
 * @example
 * valueConformance({ test, assert }, 'credit', async () => ({ ledger, other, openPayer, now, pass, dispose }));
 */
export const valueConformance = (
  { test, assert }: TestPowers,
  name: string,
  make: () => Promise<ValueFixture>,
): void => {
  for (const one of [
    ...paymentCases,
    ...holdCases,
    ...ceilingCases,
    ...careCases,
    ...randomCases,
  ]) {
    test(`${name}: ${one.name}`, async () => {
      const fixture = await make();
      try {
        const world = await makeWorld(assert, fixture);
        // What is only of other kinds of brand is passed over.
        if (one.only !== undefined && !one.only.includes(world.kind)) return;
        await one.body(world);
        await world.check();
        await E(world.ledger).assertSound();
      } finally {
        await fixture.dispose();
      }
    });
  }
};

/** A custodian that a member founds from the wallet, and that joins a vault by an invitation in text form. */
import { makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Founding } from '@pocas/vat-runtime/actors';
import type { CustodyKeeper } from '@pocas/market-actors';
import { next, ok, testSecret } from '../fixture.ts';
import { foundVault } from '../vault/fixture.ts';

test('it is claimed once, joins by a text, and can be renewed', async (t) => {
  const node = await makeTestNode();
  t.after(() => node.stop());
  const vault = await foundVault(node);
  const founding = (await node.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/custody-place')),
    label: 'custody',
    powers: { clock: node.clock, enlivener: node.enlivener },
    params: { name: 'Ana', secret: testSecret(99) },
  })) as Facet<Founding>;
  const claimed = ok(await E(founding).claim('Ana', 'first'));
  assert.deepEqual(await E(founding).claim('Eve', 'second'), { ok: false, code: 'claimed' });
  // The cast says what the place is.
  const keeper = claimed.participant as unknown as Facet<CustodyKeeper>;
  const { invitation } = await E(vault.cares.steward).invite(next());
  const text = node.grantor.sturdy(invitation);
  assert.deepEqual(await E(keeper).joinVault('hello', next()), { ok: false, code: 'invalid' });
  ok(await E(keeper).joinVault(text, next()));
  await node.rest();
  const { phase, share } = await E(keeper).view();
  assert.equal(phase, 'asked');
  assert.equal((await E(share!).view()).keeps, 'keeping');
  assert.deepEqual(await E(keeper).joinVault(text, next()), { ok: false, code: 'claimed' });
  const renewed = ok(await E(keeper).renew(next())).participant as unknown as Facet<CustodyKeeper>;
  assert.deepEqual(await E(keeper).view(), { ok: false, code: 'revoked' });
  assert.equal((await E(renewed).view()).phase, 'asked');
});

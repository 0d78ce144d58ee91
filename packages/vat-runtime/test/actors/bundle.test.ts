import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { bundleVat } from '@pocas/vat-runtime/node';

test('of the actors, those that a vat uses become part of its text, and no others', async () => {
  const path = fileURLToPath(new URL('../../../test/fixtures/budgets.ts', import.meta.url));
  const { text } = await bundleVat(path);
  assert.match(text, /name: "CountedBudget"/);
  assert.doesNotMatch(text, /"SealedBox"|"Draw"|"ActorJournal"|"Caretaker"|"Membrane"/);
  assert.match(text, /require\("@pocas\/vat-runtime"\)/);
});

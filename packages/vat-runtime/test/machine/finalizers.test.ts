import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { collectUntil, nextTask } from '../collect.ts';

const gc = (globalThis as { gc?: () => void }).gc!;

/** Registers objects that nobody holds. */
const litter = (registry: FinalizationRegistry<string>): void => {
  for (const name of ['a', 'b', 'c']) registry.register({ name }, name);
};

test('finalizers run on after a registry was collected while it had something to clean up', async () => {
  const kept: string[] = [];
  const registry = new FinalizationRegistry<string>((name) => void kept.push(name));
  for (let round = 0; round < 20; round += 1) {
    const passing: { registry?: FinalizationRegistry<string> } = {
      registry: new FinalizationRegistry<string>(() => {}),
    };
    litter(passing.registry!);
    await nextTask();
    // What it holds is found dead, and its cleanup is due.
    gc();
    // It is dead itself before that is run.
    delete passing.registry;
    gc();
    gc();
    await nextTask();
  }
  litter(registry);
  await collectUntil(() => kept.length === 3);
  assert.deepEqual(kept.sort(), ['a', 'b', 'c']);
});

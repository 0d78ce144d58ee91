/** The attacker. It holds what a stranger may: a reference to the victim, and an address. */
import '@pocas/vat-runtime/lockdown';
import { makeAttacker } from './attack.ts';
import { attacks } from './attacks.ts';
import type { Refs } from './node.ts';
import { servePart } from './serve-part.ts';

servePart({
  /** @returns what is worth telling */
  async attack(name: string, refs: Refs, milliseconds: number): Promise<string> {
    const attack = attacks.find((one) => one.name === name);
    if (attack === undefined) throw Error(`There is no attack "${name}"`);
    const end = performance.now() + milliseconds;
    const notes: string[] = [];
    await attack.run(
      makeAttacker(
        refs,
        () => performance.now() < end,
        (note) => void notes.push(note),
      ),
    );
    return notes.join(', ');
  },
});

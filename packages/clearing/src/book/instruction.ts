/** What a poca wants of all rounds: its standing instruction, and where single debts differ from it. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Settings } from './choosing.ts';
import { InstructionInsideI } from './inside-guards.ts';
import type { Preference } from './types.ts';

/** The standing instruction of a book, for the book alone. */
export type InstructionInside = {
  settings(): Settings;
  /** What is not named stays as it is. */
  change(part: Partial<Settings>): void;
  preferenceOf(origin: string): Preference | undefined;
  prefer(origin: string, preference: Preference): void;
};

const makeInstructionKit = defineActor({
  name: 'BookInstruction',
  state: {
    settings: typed<Settings>(M.record()),
    /** By origin. */
    preferences: typed<DurableMap<string, Preference>>(M.remotable('preferences')),
  },
  init: () => ({
    settings: {
      standing: { kind: 'leave' },
      pays: 0n,
      lends: false,
      olderFirst: true,
    } as Settings,
    preferences: makeDurableMap<string, Preference>(),
  }),
  guards: { inside: InstructionInsideI },
  facets: {
    inside: {
      settings(): Settings {
        return this.state.settings;
      },
      change(part: Partial<Settings>): void {
        this.state.settings = { ...this.state.settings, ...part };
      },
      preferenceOf(origin: string): Preference | undefined {
        return this.state.preferences.get(origin);
      },
      prefer(origin: string, preference: Preference): void {
        this.state.preferences.set(origin, preference);
        // The map is not a part of this object: whoever follows the page is told by this.
        this.state.settings = { ...this.state.settings };
      },
    },
  },
});

/** Makes the instruction of a new book: balances stay, nothing is paid, nothing is lent. */
export const makeInstruction = (): Facet<InstructionInside> => makeInstructionKit().inside;

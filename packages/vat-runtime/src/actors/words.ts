/** Guards and words that the facets of several actors share. */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Description, Text } from '@pocas/vat-runtime';
import { typed } from '@pocas/vat-runtime';

type MethodDescription = Description['methods'][string];

/** The type of a guard: which methods it has. */
export type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

/** What people call a thing. It decides nothing. */
export const LabelShape: CastedPattern<string> = typed<string>(
  M.string({ stringLengthLimit: 200 }),
);

export const ChangesGuard: MethodGuard = M.call().optional(M.string()).returns(M.promise());

export const changes: MethodDescription = {
  label: { en: 'Wait for a change', es: 'Esperar un cambio' },
  args: [{ name: 'since', kind: 'text' }],
  hidden: true,
};

export const look: MethodDescription = {
  label: { en: 'Look', es: 'Ver' },
  args: [],
  hidden: true,
};

/** One text in each language, as data that a page shows in the reader's. */
export const TextShape: CastedPattern<Text> = typed<Text>(
  M.splitRecord(
    { en: M.string({ stringLengthLimit: 2_000 }), es: M.string({ stringLengthLimit: 2_000 }) },
    {},
    {},
  ),
);

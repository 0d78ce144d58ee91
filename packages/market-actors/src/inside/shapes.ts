/** The shapes of what people type, and the parts that the descriptions share. */
import { M } from '@endo/patterns';
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, MethodDescription, Text } from '@pocas/vat-runtime';
import { typed } from '@pocas/vat-runtime';

/** The type of an exported guard: which methods it has. */
export type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const text = (stringLengthLimit: number): CastedPattern<string> =>
  typed<string>(M.and(M.string({ stringLengthLimit }), M.neq('')));

/** A person's or a market's name, or what is offered, in a few words. */
export const NameShape: CastedPattern<string> = text(100);
/** Several lines, or nothing. */
export const LongTextShape: CastedPattern<string> = typed<string>(
  M.string({ stringLengthLimit: 2_000 }),
);
/** At least one. */
export const QuantityShape: CastedPattern<bigint> = typed<bigint>(M.and(ValueShape, M.gte(1n)));

/** A method that answers the record of a page. */
export const ViewGuard: MethodGuard = M.call().returns(M.record());
/** A method that waits for the next version of a page. */
export const ChangesGuard: MethodGuard = M.call()
  .optional(M.string({ stringLengthLimit: 100 }))
  .returns(M.promise());

export const view: MethodDescription = {
  label: { en: 'Look', es: 'Ver' },
  args: [],
  hidden: true,
};
export const changes: MethodDescription = {
  label: { en: 'Wait for a change', es: 'Esperar un cambio' },
  args: [{ name: 'since', kind: 'text' }],
  hidden: true,
};
export const requestId: ArgumentDescription = { name: 'requestId', kind: 'requestId' };

export const credits: Text = { en: 'credits', es: 'créditos' };

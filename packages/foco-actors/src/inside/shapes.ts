/** Shapes of values, guards and words that all facets of a FoCo share. */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/value';
import type {
  ArgumentDescription,
  FieldDescription,
  MethodDescription,
  Text,
} from '@pocas/vat-runtime';
import { typed } from '@pocas/vat-runtime';

/** The type of an exported guard: which methods it has. */
export type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const text = (stringLengthLimit: number): CastedPattern<string> =>
  typed<string>(M.and(M.string({ stringLengthLimit }), M.neq('')));

/** A person's or a FoCo's name, or what something is for, in a few words. */
export const NameShape: CastedPattern<string> = text(100);
/** A reason: something has to be said. */
export const ReasonShape: CastedPattern<string> = text(1_000);
/** Several lines, or nothing. */
export const LongTextShape: CastedPattern<string> = typed<string>(
  M.string({ stringLengthLimit: 2_000 }),
);
/** At least one. */
export const AmountShape: CastedPattern<bigint> = typed<bigint>(M.and(ValueShape, M.gte(1n)));
/** Ten years and no more, in days. */
export const DaysShape: CastedPattern<bigint> = typed<bigint>(M.and(M.nat(), M.lte(3_660n)));

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

export const words = (en: string, es: string): Text => ({ en, es });
export const amount = (name: string, label: Text, help?: Text): ArgumentDescription => ({
  ...{ name, kind: 'nat', label, min: 1n },
  ...(help === undefined ? {} : { help }),
});
export const days = (
  name: string,
  initial: string,
  label: Text,
  min = 0n,
): ArgumentDescription => ({
  ...{ name, kind: 'nat', initial, label, min, max: 3_660n },
  unit: { en: 'days', es: 'días' },
});
export const line = (name: string, label: Text): ArgumentDescription => ({
  ...{ name, kind: 'text', label },
});
export const lines = (name: string, label: Text): ArgumentDescription => ({
  ...{ name, kind: 'longText', label },
});

/** In one list of a page. */
export const shown = 30;
export const day: bigint = 24n * 60n * 60n * 1000n;

/** Where can be paid, on each page on which somebody chooses one. */
export const destinationsField: FieldDescription = {
  label: words('Where can be paid', 'A dónde se puede pagar'),
  item: {
    heading: 'name',
    fields: {
      unit: { label: words('In', 'En') },
      by: { label: words('Entered by', 'Lo anotó') },
      times: {
        label: words('Times that this account was paid', 'Veces que se pagó a esta cuenta'),
      },
      value: { label: words('Paid to it in all', 'Se le ha pagado en total') },
    },
    empty: words(
      'Nobody has entered one yet: press “Say where can be paid” at your envelope.',
      'Todavía nadie ha anotado uno: toca «Anotar a dónde se paga» en tu sobre.',
    ),
  },
};

/** The page of one side of a swap. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;
const requestId: ArgumentDescription = { name: 'requestId', kind: 'requestId' };
const facet = (name: string): ArgumentDescription => ({ name, kind: 'facet' });

export const SwapSideI: Described<
  Methods<'view' | 'changes' | 'givePayment' | 'giveHold' | 'takeBack'>
> = describe(
  M.interface('SwapSide', {
    view: M.call().returns(M.record()),
    changes: M.call()
      .optional(M.string({ stringLengthLimit: 100 }))
      .returns(M.promise()),
    givePayment: M.call(M.remotable('payment'), M.remotable('payee'), RequestIdShape).returns(
      M.record(),
    ),
    giveHold: M.call(
      M.remotable('hold'),
      M.remotable('decider'),
      M.remotable('payee'),
      RequestIdShape,
    ).returns(M.record()),
    takeBack: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'A swap', es: 'Un trueque de créditos' },
    help: {
      en: 'When both have given, both have what they wanted. Until then each can take back what it gave.',
      es: 'Cuando las dos partes dieron, las dos tienen lo que querían. Hasta entonces cada una puede retirar lo que dio.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      gives: { label: { en: 'You give', es: 'Das' } },
      giveUnit: { label: { en: 'Of', es: 'De' } },
      gets: { label: { en: 'You get', es: 'Recibes' } },
      getUnit: { label: { en: 'Of', es: 'De' } },
      hasGiven: { label: { en: 'You have given', es: 'Ya diste' } },
      otherHasGiven: { label: { en: 'The other has given', es: 'La otra parte ya dio' } },
      phase: {
        label: { en: 'Now', es: 'Cómo va' },
        values: { open: { en: 'open', es: 'abierto' }, done: { en: 'done', es: 'hecho' } },
      },
    },
    methods: {
      view: { label: { en: 'Look', es: 'Ver' }, args: [], hidden: true },
      changes: {
        label: { en: 'Wait for a change', es: 'Esperar un cambio' },
        args: [{ name: 'since', kind: 'text' }],
        hidden: true,
      },
      givePayment: {
        label: { en: 'Give a payment', es: 'Dar un pago' },
        args: [facet('payment'), facet('to'), requestId],
        hidden: true,
      },
      giveHold: {
        label: { en: 'Give what is set aside', es: 'Dar lo apartado' },
        args: [facet('hold'), facet('decider'), facet('to'), requestId],
        hidden: true,
      },
      takeBack: {
        label: { en: 'Take back what you gave', es: 'Retirar lo que diste' },
        args: [requestId],
        refusals: { closed: { en: 'It is done already.', es: 'Ya se hizo.' } },
      },
    },
  },
);

/** What is asked of somebody whose part would fall, and the words for it. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { Described, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { ofWhole } from './words.ts';

const DoneGuard = M.call(RequestIdShape).returns(M.record());

export const consentFields: { readonly [key: string]: FieldDescription } = {
  maker: { label: { en: 'Asked by', es: 'Lo propone' } },
  before: { label: { en: 'Your part now', es: 'Tu parte ahora' }, unit: ofWhole },
  after: { label: { en: 'Your part then', es: 'Tu parte después' }, unit: ofWhole },
  phase: {
    label: { en: 'Your answer', es: 'Tu respuesta' },
    values: {
      asked: { en: 'not yet given', es: 'aún no la das' },
      agreed: { en: 'agreed', es: 'de acuerdo' },
      declined: { en: 'declined', es: 'no aceptaste' },
      closed: { en: 'no longer asked', es: 'ya no hace falta' },
    },
  },
};

const closed = {
  closed: { en: 'This is no longer asked.', es: 'Esto ya no se pregunta.' },
};

export const ConsentI: Described<Methods<'view' | 'changes' | 'agree' | 'decline'>> = describe(
  M.interface('LabelConsent', {
    view: ViewGuard,
    changes: ChangesGuard,
    agree: DoneGuard,
    decline: DoneGuard,
  }),
  {
    label: { en: 'A label that you share in', es: 'Una etiqueta en la que tienes parte' },
    title: 'label',
    view: 'view',
    changes: 'changes',
    fields: { label: { label: { en: 'Label', es: 'Etiqueta' } }, ...consentFields },
    methods: {
      view,
      changes,
      agree: {
        label: { en: 'I agree', es: 'Estoy de acuerdo' },
        confirm: { en: 'Your part becomes smaller. Agree?', es: 'Tu parte baja. ¿De acuerdo?' },
        done: { en: 'Agreed.', es: 'De acuerdo.' },
        refusals: closed,
        args: [requestId],
      },
      decline: {
        label: { en: 'No, leave it as it is', es: 'No, que se quede como está' },
        done: { en: 'It stays as it is.', es: 'Se queda como está.' },
        refusals: closed,
        args: [requestId],
      },
    },
  },
);

export const ConsentInsideI: Methods<'consent' | 'view' | 'answer' | 'close'> = M.interface(
  'LabelConsentInside',
  {
    consent: M.call().returns(M.remotable('consent')),
    view: M.call().returns(M.record()),
    answer: M.call(M.string(), M.boolean(), RequestIdShape).returns(M.record()),
    close: M.call().returns(),
  },
);

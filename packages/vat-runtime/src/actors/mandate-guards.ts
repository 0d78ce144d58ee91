/** What a mandate accepts, and the words for it. */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import type { MandateTerms } from './acts.ts';
import { RequestIdShape } from './once.ts';
import { ChangesGuard, changes, look } from './words.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const TimeGuard = M.nat({ decimalDigitsLimit: 20 });

export const MandateTermsShape: CastedPattern<MandateTerms> = typed<MandateTerms>(
  M.splitRecord({ notBefore: TimeGuard, expires: TimeGuard }, {}, {}),
);

export const MandateI: Described<Methods<'view' | 'changes' | 'carryOut'>> = describe(
  M.interface('Mandate', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    carryOut: M.call(RequestIdShape).returns(M.or(M.record(), M.promise())),
  }),
  {
    label: { en: 'What was decided', es: 'Lo que se decidió' },
    help: {
      en: 'It does one thing that was decided together, once. Anybody who took part may carry it out.',
      es: 'Hace una sola cosa que se decidió en común, una sola vez. Cualquiera que participó la puede llevar a cabo.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      words: { label: { en: 'What it does', es: 'Qué hace' } },
      from: { label: { en: 'From', es: 'Desde' } },
      until: { label: { en: 'Until', es: 'Hasta' } },
      used: { label: { en: 'Carried out', es: 'Ya se hizo' } },
    },
    methods: {
      view: look,
      changes,
      carryOut: {
        label: { en: 'Carry it out', es: 'Llevarlo a cabo' },
        confirm: { en: 'It can be done once. Do it now?', es: 'Solo se puede una vez. ¿Ahora?' },
        done: { en: 'It is done.', es: 'Ya se hizo.' },
        refusals: {
          notYet: {
            en: 'Its notice is not over yet: until then everybody can still speak up.',
            es: 'Todavía no pasa su aviso: mientras tanto cualquiera puede decir algo.',
          },
          expired: {
            en: 'It was not carried out in time. Decide again if you still want it.',
            es: 'No se llevó a cabo a tiempo. Decidan otra vez si todavía lo quieren.',
          },
          closed: { en: 'It was carried out before.', es: 'Ya se había llevado a cabo.' },
          conflict: {
            en: 'Somebody is carrying it out at this moment.',
            es: 'Alguien lo está llevando a cabo en este momento.',
          },
        },
        args: [{ name: 'requestId', kind: 'requestId' }],
      },
    },
  },
);

export const MandateActI: Methods<'carryOut'> = M.interface('MandateAct', {
  carryOut: M.call(RequestIdShape).returns(M.record()),
});

export const MandateAnswersI: Methods<'fulfilled' | 'rejected'> = M.interface('MandateAnswers', {
  // From another vat, perhaps on another node: looked at in the method.
  fulfilled: M.call(M.any(), M.record()).returns(),
  rejected: M.call(M.record(), M.record()).returns(),
});

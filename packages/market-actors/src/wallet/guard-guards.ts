/** What the facets of guardians accept, and the words for them. */
import type { CastedPattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described, KeyShare, PartialOpening } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { type Sealed, type Setup, maxParts } from './backup.ts';
import type { Help } from './guard-types.ts';

const text = (stringLengthLimit: number) => M.string({ stringLengthLimit });
const LaterShape = M.or(M.promise(), M.record());

export const ShareShape: CastedPattern<KeyShare> = typed<KeyShare>(
  M.splitRecord({ index: M.nat(), secret: text(43) }, {}, {}),
);
export const SetupShape: CastedPattern<Setup> = typed<Setup>(
  M.splitRecord(
    {
      ...{ name: NameShape, generation: M.nat(), threshold: M.and(M.nat(), M.gte(1n)) },
      ...{ groupKey: text(43), sealKey: text(43), signer: text(43) },
      keys: M.arrayOf(text(43), { arrayLengthLimit: 20 }),
      encapsulation: M.splitRecord({ point: text(43), proof: text(200) }, {}, {}),
    },
    {},
    {},
  ),
);
export const SealedShape: CastedPattern<Sealed> = typed<Sealed>(
  M.splitRecord(
    {
      version: M.nat(),
      parts: M.arrayOf(text(6_000), { arrayLengthLimit: maxParts }),
      signature: text(86),
    },
    {},
    {},
  ),
);
const PartialShape: CastedPattern<PartialOpening> = typed<PartialOpening>(
  M.splitRecord({ index: M.nat(), value: text(43), proof: text(200) }, {}, {}),
);
export const HelpShape: CastedPattern<Help> = typed<Help>(
  M.splitRecord({ setup: SetupShape, partial: PartialShape, sealed: SealedShape }, {}, {}),
);

export const OfferI: Described<Methods<'view' | 'changes' | 'accept'>> = describe(
  M.interface('GuardianOffer', {
    view: ViewGuard,
    changes: ChangesGuard,
    accept: M.call(NameShape, M.remotable('seat'), RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Will you guard my wallet?', es: '¿Cuidas mi cartera?' },
    help: {
      en: 'You would not see what is in it. If I lose it, some of you together help me to get it back.',
      es: 'No verías lo que hay en ella. Si la pierdo, varias personas juntas me ayudan a recuperarla.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      of: { label: { en: 'Asks', es: 'Pide' } },
      isTaken: {
        label: { en: 'Was it taken?', es: '¿Ya se tomó?' },
        values: { true: { en: 'yes', es: 'sí' }, false: { en: 'not yet', es: 'todavía no' } },
      },
    },
    methods: {
      view,
      changes,
      accept: {
        label: { en: 'I will', es: 'Sí, la cuido' },
        args: [
          { name: 'name', kind: 'text', label: { en: 'Your name', es: 'Tu nombre' } },
          { name: 'seat', kind: 'facet' },
          requestId,
        ],
        hidden: true,
      },
    },
  },
);

export const GuardianI: Described<Methods<'view' | 'lockOut'>> = describe(
  M.interface('WalletGuardian', {
    view: ViewGuard,
    lockOut: M.call(M.nat(), RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'You guard a wallet', es: 'Cuidas una cartera' },
    view: 'view',
    fields: {
      of: { label: { en: 'Whose', es: 'De quién' } },
      needed: { label: { en: 'So many of you are needed', es: 'Hacen falta tantas personas' } },
      devices: { label: { en: 'Devices that open it', es: 'Aparatos que la abren' } },
    },
    methods: {
      view,
      lockOut: {
        label: { en: 'Lock out a lost device', es: 'Cerrarle a un aparato perdido' },
        args: [
          {
            name: 'device',
            kind: 'nat',
            label: { en: 'Its number; 0 for all', es: 'Su número; 0 para todos' },
          },
          requestId,
        ],
        confirm: {
          en: 'Did they tell you so themselves?',
          es: '¿Te lo dijo la persona misma?',
        },
      },
    },
  },
);

const whom: ArgumentDescription = {
  name: 'guarding',
  kind: 'facet',
  from: 'guarding',
  label: { en: 'Whom', es: 'A quién' },
};
const inPerson = {
  en: 'Did you see or hear them yourself? Whoever gets help from enough of you has their wallet.',
  es: '¿La viste u oíste tú misma, tú mismo? Quien reciba ayuda de suficientes personas tiene su cartera.',
};

export const GuardingI: Described<
  Methods<'view' | 'changes' | 'accept' | 'acceptLink' | 'help' | 'helpLink' | 'lockOut'>
> = describe(
  M.interface('WalletGuarding', {
    view: ViewGuard,
    changes: ChangesGuard,
    accept: M.call(M.remotable('offer'), RequestIdShape).returns(M.promise()),
    acceptLink: M.call(text(4_000), RequestIdShape).returns(LaterShape),
    help: M.call(M.remotable('guarding'), M.remotable('recovery'), RequestIdShape).returns(
      LaterShape,
    ),
    helpLink: M.call(M.remotable('guarding'), text(4_000)).returns(LaterShape),
    lockOut: M.call(M.remotable('guarding'), M.nat(), RequestIdShape).returns(LaterShape),
  }),
  {
    label: { en: 'Whom you guard', es: 'A quiénes cuidas' },
    view: 'view',
    changes: 'changes',
    fields: {
      guarding: {
        label: { en: 'People', es: 'Personas' },
        item: {
          heading: 'of',
          fields: {
            hasShare: {
              label: { en: 'You have your part', es: 'Ya tienes tu parte' },
              values: { true: { en: 'yes', es: 'sí' }, false: { en: 'not yet', es: 'todavía no' } },
            },
          },
          empty: { en: 'Nobody.', es: 'A nadie.' },
        },
      },
    },
    methods: {
      view,
      changes,
      acceptLink: {
        label: { en: 'Guard somebody', es: 'Cuidar a alguien' },
        args: [
          {
            name: 'link',
            kind: 'secret',
            label: { en: 'What they gave you', es: 'Lo que te dieron' },
          },
          requestId,
        ],
        done: { en: 'You guard their wallet now.', es: 'Ya cuidas su cartera.' },
        refusals: {
          claimed: {
            en: 'Somebody else has taken this.',
            es: 'Alguien más ya lo tomó.',
          },
        },
      },
      accept: {
        label: { en: 'Guard somebody', es: 'Cuidar a alguien' },
        args: [{ name: 'offer', kind: 'facet' }, requestId],
        hidden: true,
      },
      help: {
        label: { en: 'Help to recover', es: 'Ayudar a recuperar' },
        args: [whom, { name: 'recovery', kind: 'facet' }, requestId],
        hidden: true,
      },
      helpLink: {
        label: { en: 'Help to recover', es: 'Ayudar a recuperar' },
        args: [
          whom,
          {
            name: 'link',
            kind: 'secret',
            label: { en: 'What they gave you', es: 'Lo que te dieron' },
          },
        ],
        confirm: inPerson,
        done: { en: 'You have helped.', es: 'Ya ayudaste.' },
        refusals: {
          notYet: {
            en: 'Their wallet has given you nothing to keep yet.',
            es: 'Su cartera todavía no te ha dado nada que guardar.',
          },
        },
      },
      lockOut: {
        label: { en: 'Lock out their lost device', es: 'Cerrarle a su aparato perdido' },
        args: [
          whom,
          {
            name: 'device',
            kind: 'nat',
            label: { en: 'Its number; 0 for all', es: 'Su número; 0 para todos' },
          },
          requestId,
        ],
        confirm: { en: 'Did they tell you so themselves?', es: '¿Te lo dijo la persona misma?' },
      },
    },
  },
);

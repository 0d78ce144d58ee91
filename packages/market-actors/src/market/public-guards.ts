/** What the public facets of a market accept, and the words for them. */
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  LongTextShape,
  NameShape,
  ViewGuard,
  changes,
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';

const phases = {
  open: { en: 'open', es: 'abierto' },
  windingDown: { en: 'comes to its end', es: 'va terminando' },
  closed: { en: 'closed', es: 'cerrado' },
};

export const MarketPublicI: Described<
  Methods<'describe' | 'changes' | 'charter' | 'auditor' | 'journal' | 'door'>
> = describe(
  M.interface('MarketPublic', {
    describe: ViewGuard,
    changes: ChangesGuard,
    charter: M.call().returns(M.remotable('charter')),
    auditor: M.call().returns(M.remotable('auditor')),
    journal: M.call().returns(M.remotable('journal')),
    door: M.call().returns(M.remotable('door')),
  }),
  {
    label: { en: 'Market', es: 'Mercado' },
    help: {
      en: 'What there is today, by which rules, and the books that anybody may check.',
      es: 'Lo que hay hoy, con qué reglas, y las cuentas que cualquiera puede revisar.',
    },
    title: 'name',
    view: 'describe',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Name', es: 'Nombre' } },
      phase: { label: { en: 'Now', es: 'Cómo está' }, values: phases },
      unit: { label: { en: 'Unit', es: 'Unidad' } },
      pages: { label: { en: 'What there is', es: 'Lo que hay' }, embed: true },
      door: { label: { en: 'Take part', es: 'Participar' } },
      charter: { label: { en: 'The rules', es: 'Las reglas' } },
      auditor: { label: { en: 'The books', es: 'Las cuentas claras' } },
      journal: { label: { en: 'Journal', es: 'Bitácora' } },
    },
    methods: {
      describe: view,
      changes,
      charter: { label: { en: 'The rules', es: 'Las reglas' }, args: [], hidden: true },
      auditor: { label: { en: 'The books', es: 'Las cuentas claras' }, args: [], hidden: true },
      journal: { label: { en: 'Journal', es: 'Bitácora' }, args: [], hidden: true },
      door: { label: { en: 'Take part', es: 'Participar' }, args: [], hidden: true },
    },
  },
);

const yourName: ArgumentDescription = {
  name: 'name',
  kind: 'text',
  label: { en: 'Your name here', es: 'Tu nombre aquí' },
};
const what: ArgumentDescription = {
  name: 'what',
  kind: 'text',
  label: { en: 'What is it?', es: '¿Qué es?' },
};
const description: ArgumentDescription = {
  name: 'description',
  kind: 'longText',
  label: { en: 'Tell more about it', es: 'Cuenta más' },
  initial: '',
};
const refusals = {
  quota: {
    en: 'As many new people came as can come in this period. Come back later, or ask somebody to introduce you.',
    es: 'Ya llegó toda la gente nueva que cabe en este periodo. Vuelve después, o pide que alguien te presente.',
  },
  closed: { en: 'Nobody comes in any more.', es: 'Ya no entra nadie.' },
};

export const DoorI: Described<Methods<'view' | 'changes' | 'offer' | 'ask'>> = describe(
  M.interface('MarketDoor', {
    view: ViewGuard,
    changes: ChangesGuard,
    offer: M.call(NameShape, NameShape, LongTextShape, ValueShape, RequestIdShape).returns(
      M.record(),
    ),
    ask: M.call(NameShape, NameShape, LongTextShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Take part', es: 'Participar' },
    help: {
      en: 'Come in with something that you offer, or that you need. Who comes in like this sells first, and can buy after.',
      es: 'Entra con algo que ofreces, o que te hace falta. Quien entra así primero vende, y después puede comprar.',
    },
    title: 'market',
    view: 'view',
    changes: 'changes',
    fields: {
      market: { label: { en: 'Market', es: 'Mercado' } },
      left: { label: { en: 'Places in this period', es: 'Lugares en este periodo' } },
    },
    methods: {
      view,
      changes,
      offer: {
        label: { en: 'Come in with an offer', es: 'Entrar con una oferta' },
        refusals,
        args: [
          yourName,
          what,
          description,
          {
            name: 'price',
            kind: 'nat',
            label: { en: 'Price each', es: 'Precio de cada una' },
            unit: credits,
            min: 0n,
          },
          requestId,
        ],
      },
      ask: {
        label: { en: 'Come in with a need', es: 'Entrar con una necesidad' },
        refusals,
        args: [yourName, what, description, requestId],
      },
    },
  },
);

export const DoorStepsI: Methods<'join'> = M.interface('DoorSteps', {
  join: M.call(M.string(), NameShape, M.record(), RequestIdShape).returns(M.record()),
});

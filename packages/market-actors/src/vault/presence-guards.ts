/** What the facets of a place accept, and the words for them. Nothing here asks who somebody is. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { PresentWishShape, requestItem } from './shapes.ts';

const place = { label: { en: 'Place', es: 'Lugar' } };

export const BeaconI: Described<Methods<'view' | 'changes' | 'door' | 'doorLink'>> = describe(
  M.interface('VaultBeacon', {
    view: ViewGuard,
    changes: ChangesGuard,
    door: M.call().returns(M.remotable('door')),
    // A promise for the text, or a refusal at once.
    doorLink: M.call().returns(M.any()),
  }),
  {
    label: { en: 'Sign at the door', es: 'Aviso en la puerta' },
    help: {
      en: 'Shows a code by which people say that they are here, for ten minutes, without saying who they are.',
      es: 'Muestra un código con el que la gente dice que está aquí, por diez minutos, sin decir quién es.',
    },
    title: 'place',
    view: 'view',
    changes: 'changes',
    fields: { place },
    methods: {
      view,
      changes,
      doorLink: {
        label: { en: 'Show the code', es: 'Mostrar el código' },
        refusals: {
          unsupported: {
            en: 'This vault makes no codes.',
            es: 'Esta bóveda no hace códigos.',
          },
        },
        args: [],
      },
      door: { label: { en: 'Door', es: 'Puerta' }, args: [], hidden: true },
    },
  },
);

export const DoorI: Described<Methods<'checkIn'>> = describe(
  M.interface('VaultDoor', { checkIn: M.call(RequestIdShape).returns(M.record()) }),
  {
    label: { en: 'A camera records here', es: 'Aquí graba una cámara' },
    help: {
      en: 'Say that you are here, and you are told if somebody asks to see these ten minutes. Nobody learns who you are.',
      es: 'Di que estás aquí y se te avisa si alguien pide ver estos diez minutos. Nadie sabe quién eres.',
    },
    methods: {
      checkIn: {
        label: { en: 'I am here', es: 'Estoy aquí' },
        done: { en: 'You are told if somebody asks.', es: 'Se te avisa si alguien pide.' },
        refusals: {
          closed: {
            en: 'These ten minutes are over. Take the new code.',
            es: 'Ya pasaron estos diez minutos. Usa el código nuevo.',
          },
          quota: { en: 'Too many people came in.', es: 'Ya entraron demasiadas personas.' },
        },
        args: [requestId],
      },
    },
  },
);

export const PresenceI: Described<Methods<'view' | 'changes' | 'asker'>> = describe(
  M.interface('VaultPresence', {
    view: ViewGuard,
    changes: ChangesGuard,
    asker: M.call().returns(M.remotable('asker')),
  }),
  {
    label: { en: 'You were there', es: 'Estuviste ahí' },
    help: {
      en: 'Here you see who asks to see these ten minutes, and why.',
      es: 'Aquí ves quién pide ver estos diez minutos, y por qué.',
    },
    title: 'place',
    view: 'view',
    changes: 'changes',
    fields: {
      place,
      requests: {
        label: { en: 'Somebody asks to see it', es: 'Alguien pide verlo' },
        item: requestItem,
      },
    },
    methods: {
      view,
      changes,
      asker: { label: { en: 'To ask', es: 'Para pedir' }, args: [], hidden: true },
    },
  },
);

export const PresentAskerI: Described<Methods<'request'>> = describe(
  M.interface('VaultPresentAsker', {
    request: M.call(PresentWishShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Ask to see what was recorded', es: 'Pedir ver lo que se grabó' },
    methods: {
      request: {
        label: { en: 'Ask', es: 'Pedir' },
        args: [{ name: 'wish', kind: 'text' }, requestId],
        hidden: true,
      },
    },
  },
);

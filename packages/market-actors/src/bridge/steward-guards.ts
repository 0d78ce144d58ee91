/** The words of the steward's page for exchanges with other markets. */
import { M } from '@endo/patterns';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { LaterShape, LinkShape, from } from './guards.ts';

export const BridgeCareI: Described<
  Methods<'view' | 'changes' | 'introduceLink' | 'meetBy' | 'freeze'>
> = describe(
  M.interface('BridgeCare', {
    view: ViewGuard,
    changes: ChangesGuard,
    introduceLink: M.call(NameShape, RequestIdShape).returns(LaterShape),
    meetBy: M.call(LinkShape, NameShape, RequestIdShape).returns(LaterShape),
    freeze: M.call(M.nat(), RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Exchange with other markets', es: 'Cambio con otros mercados' },
    help: {
      en: 'People here can exchange credits with those of the markets that this one knows.',
      es: 'La gente de aquí puede cambiar créditos con la de los mercados que este conoce.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      partners: {
        label: { en: 'Other markets', es: 'Otros mercados' },
        item: {
          heading: 'label',
          fields: {
            label: from,
            phase: {
              label: { en: 'Now', es: 'Cómo va' },
              values: {
                introduced: {
                  en: 'introduced, they have not answered',
                  es: 'presentado, falta que contesten',
                },
                meeting: { en: 'answered, on its way', es: 'contestada, en camino' },
                met: { en: 'they know each other', es: 'ya se conocen' },
                failed: { en: 'it came to nothing', es: 'no se pudo' },
              },
            },
          },
          empty: { en: 'None yet.', es: 'Ninguno todavía.' },
        },
      },
      hanging: {
        label: { en: 'Exchanges under way', es: 'Cambios en camino' },
        item: {
          heading: 'number',
          fields: {
            number: { label: { en: 'Number', es: 'Número' } },
            value: { label: { en: 'Set aside here', es: 'Apartado aquí' } },
            peerHeld: {
              label: { en: 'The other market has its part', es: 'El otro mercado tiene su parte' },
            },
            isFrozen: {
              label: { en: 'You have given up on it', es: 'Ya lo diste por perdido' },
            },
          },
          empty: { en: 'None.', es: 'Ninguno.' },
        },
      },
    },
    methods: {
      view,
      changes,
      introduceLink: {
        label: { en: 'Introduce another market', es: 'Presentar a otro mercado' },
        help: {
          en: 'Makes a text for the steward of that market. Whoever uses it first is the one: hand it to nobody else.',
          es: 'Hace un texto para quien cuida ese mercado. Quien lo use primero es ese mercado: no se lo des a nadie más.',
        },
        args: [
          {
            name: 'label',
            kind: 'text',
            label: { en: 'What do you call it?', es: '¿Cómo le llaman?' },
          },
          requestId,
        ],
      },
      meetBy: {
        label: { en: 'Answer an introduction', es: 'Contestar una presentación' },
        args: [
          {
            name: 'introduction',
            kind: 'secret',
            label: { en: 'Introduction', es: 'Presentación' },
          },
          {
            name: 'label',
            kind: 'text',
            label: { en: 'What do you call it?', es: '¿Cómo le llaman?' },
          },
          requestId,
        ],
        refusals: {
          invalid: { en: 'This is no introduction.', es: 'Esto no es una presentación.' },
        },
      },
      freeze: {
        label: { en: 'Give up on an exchange', es: 'Dar por perdido un cambio' },
        help: {
          en: 'For one that hangs because whoever leads it is silent. When the other market’s steward has done the same, everybody has back what was set aside.',
          es: 'Para uno que se quedó colgado porque no responde quien lo lleva. Cuando quien cuida el otro mercado haga lo mismo, todos tienen de vuelta lo apartado.',
        },
        args: [
          { name: 'number', kind: 'nat', label: { en: 'Its number', es: 'Su número' } },
          requestId,
        ],
        confirm: { en: 'Give up on it?', es: '¿Lo damos por perdido?' },
        refusals: {
          invalid: { en: 'There is no such exchange.', es: 'No hay ese cambio.' },
        },
      },
    },
  },
);

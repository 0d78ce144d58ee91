/** What a person's share in a vault accepts, and the words for it. */
import { M } from '@endo/patterns';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import {
  CodeShape,
  ReasonShape,
  SegmentShape,
  WishShape,
  reasonArgument,
  requestItem,
} from './shapes.ts';

const HasteningShape = M.splitRecord({ key: CodeShape, signature: CodeShape }, {}, {});
const asked = {
  quota: {
    en: 'You have asked for as many as one may in this period.',
    es: 'Ya pediste las que se pueden en este periodo.',
  },
  expired: {
    en: 'It is not there, or was deleted after its days.',
    es: 'No está, o ya se borró al cumplir sus días.',
  },
  closed: { en: 'There is no key yet.', es: 'Todavía no hay clave.' },
  invalid: {
    en: 'The code of the viewer is not right. “pocas vault key” shows it.',
    es: 'El código de quien vería no es correcto. Lo muestra «pocas vault key».',
  },
};
const segmentArgument: ArgumentDescription = {
  ...{ name: 'segment', kind: 'text' },
  label: { en: 'Which', es: 'Cuál' },
};

export const VaultShareI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'link'
    | 'renew'
    | 'keep'
    | 'leave'
    | 'handOn'
    | 'hasten'
    | 'request'
    | 'requestOne'
    | 'viewing'
    | 'requests'
    | 'segments'
    | 'log'
  >
> = describe(
  M.interface('VaultShare', {
    view: ViewGuard,
    changes: ChangesGuard,
    link: M.call().returns(M.or(M.promise(), M.record())),
    renew: M.call(RequestIdShape).returns(M.record()),
    keep: M.call(M.remotable('custodian'), CodeShape, CodeShape, RequestIdShape).returns(
      M.record(),
    ),
    leave: M.call(RequestIdShape).returns(M.record()),
    handOn: M.call(M.and(M.nat(), M.gte(1n)), RequestIdShape).returns(M.record()),
    hasten: M.call(M.nat(), HasteningShape, RequestIdShape).returns(M.record()),
    request: M.call(WishShape, RequestIdShape).returns(M.record()),
    requestOne: M.call(SegmentShape, ReasonShape, NameShape, CodeShape, RequestIdShape).returns(
      M.record(),
    ),
    viewing: M.call(M.nat(), NameShape).returns(M.or(M.remotable('viewing'), M.record())),
    requests: M.call().optional(M.nat()).returns(M.array()),
    segments: M.call().optional(M.nat()).returns(M.array()),
    log: M.call().returns(M.remotable('log')),
  }),
  {
    label: { en: 'Video vault', es: 'Bóveda de video' },
    help: {
      en: 'What the cameras seal here nobody opens alone. Whoever asks says why, and all who were there are told.',
      es: 'Lo que las cámaras sellan aquí nadie lo abre por su cuenta. Quien pide dice por qué, y se avisa a quienes estaban.',
    },
    title: 'place',
    view: 'view',
    changes: 'changes',
    fields: {
      place: { label: { en: 'Vault', es: 'Bóveda' } },
      phase: {
        label: { en: 'The vault', es: 'La bóveda' },
        values: {
          closed: {
            en: 'does not record yet: three people or more have to keep a share, and then make the key',
            es: 'todavía no graba: primero tres personas o más guardan una parte, y se hace la clave',
          },
          making: { en: 'its key is being made', es: 'se está haciendo su clave' },
          open: { en: 'records', es: 'graba' },
        },
      },
      left: {
        label: { en: 'Segments you may ask for', es: 'Segmentos que puedes pedir' },
        bar: { of: 'quota' },
      },
      threshold: { label: { en: 'So many open together', es: 'Tantas personas abren juntas' } },
      holders: {
        label: { en: 'Of so many who keep a share', es: 'De tantas que guardan una parte' },
      },
      keeps: {
        label: { en: 'You', es: 'Tú' },
        values: {
          joined: { en: 'keep no share', es: 'no guardas una parte' },
          keeping: { en: 'keep a share', es: 'guardas una parte' },
          left: { en: 'keep no share any more', es: 'ya no guardas una parte' },
        },
      },
      print: {
        label: {
          en: 'The key; compare it with the others',
          es: 'La clave; compárala con las demás',
        },
        values: { '': { en: 'not made yet', es: 'todavía no se hace' } },
      },
      requests: {
        label: { en: 'Requests', es: 'Solicitudes' },
        item: requestItem,
      },
      segments: {
        label: { en: 'What is sealed', es: 'Lo que está sellado' },
        item: {
          heading: 'segment',
          fields: {
            camera: { label: { en: 'Camera', es: 'Cámara' } },
            isHeld: {
              label: { en: 'Kept for a case', es: 'Se guarda por un caso' },
              values: { true: { en: 'yes', es: 'sí' }, false: { en: 'no', es: 'no' } },
            },
          },
          empty: { en: 'Nothing yet.', es: 'Todavía nada.' },
        },
      },
      log: { label: { en: 'Log', es: 'Bitácora' } },
    },
    methods: {
      view,
      changes,
      requestOne: {
        label: { en: 'Ask to see a segment', es: 'Pedir ver un segmento' },
        help: {
          en: 'All who were there and all who keep a share are told now. It can be opened after the waiting time, if enough of them agree.',
          es: 'Se avisa ya a quienes estaban y a quienes guardan una parte. Se puede abrir después del tiempo de espera, si suficientes están de acuerdo.',
        },
        confirm: {
          en: 'Everybody who was there is told that you ask, and why.',
          es: 'Se avisa a quienes estaban de que tú pides, y por qué.',
        },
        done: { en: 'Asked. They are told.', es: 'Pedido. Ya se les avisó.' },
        refusals: asked,
        args: [
          segmentArgument,
          reasonArgument,
          {
            ...{ name: 'viewer', kind: 'text' },
            label: { en: 'Who would see it', es: 'Quién lo vería' },
          },
          {
            ...{ name: 'viewerKey', kind: 'text' },
            label: { en: 'Their code', es: 'Su código' },
            help: {
              en: '“pocas vault key” makes one.',
              es: 'Lo hace «pocas vault key».',
            },
          },
          requestId,
        ],
      },
      leave: {
        label: { en: 'Keep no share any more', es: 'Ya no guardar una parte' },
        done: {
          en: 'From the next sharing on you keep none.',
          es: 'Desde el próximo reparto ya no guardas una.',
        },
        args: [requestId],
      },
      link: {
        label: { en: 'A text for a backup', es: 'Un texto para un respaldo' },
        args: [],
        hidden: true,
      },
      renew: {
        label: { en: 'Renew this share', es: 'Renovar esta participación' },
        args: [requestId],
        hidden: true,
      },
      keep: {
        label: { en: 'Keep a share', es: 'Guardar una parte' },
        args: [
          { name: 'custodian', kind: 'facet' },
          { name: 'key', kind: 'text' },
          { name: 'signature', kind: 'text' },
          requestId,
        ],
        hidden: true,
      },
      handOn: {
        label: { en: 'Hand some on', es: 'Pasar algunos' },
        args: [{ name: 'segments', kind: 'nat' }, requestId],
        hidden: true,
      },
      hasten: {
        label: { en: 'It cannot wait', es: 'No puede esperar' },
        args: [{ name: 'request', kind: 'nat' }, { name: 'hastening', kind: 'text' }, requestId],
        hidden: true,
      },
      request: {
        label: { en: 'Ask to see segments', es: 'Pedir ver segmentos' },
        args: [{ name: 'wish', kind: 'text' }, requestId],
        hidden: true,
      },
      viewing: {
        label: { en: 'To see it', es: 'Para verla' },
        args: [
          { name: 'request', kind: 'nat' },
          { name: 'viewer', kind: 'text' },
        ],
        hidden: true,
      },
      requests: {
        label: { en: 'Earlier requests', es: 'Solicitudes anteriores' },
        args: [{ name: 'before', kind: 'nat' }],
        hidden: true,
      },
      segments: {
        label: { en: 'Earlier segments', es: 'Segmentos anteriores' },
        args: [{ name: 'before', kind: 'nat' }],
        hidden: true,
      },
      log: { label: { en: 'Log', es: 'Bitácora' }, args: [], hidden: true },
    },
  },
);

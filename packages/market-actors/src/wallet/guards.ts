/** What the facets of a wallet accept, and the words for them. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';

const LaterShape = M.or(M.promise(), M.record());
const KindShape = M.string({ stringLengthLimit: 40 });

const placeName: ArgumentDescription = {
  name: 'name',
  kind: 'text',
  label: { en: 'What is it called?', es: '¿Cómo se llama?' },
};
const kindWords = {
  market: { en: 'A market', es: 'Un mercado' },
  foco: { en: 'A common fund', es: 'Un fondo común' },
  shelf: { en: 'A shared shelf', es: 'Un estante compartido' },
  decision: { en: 'A way to decide together', es: 'Una manera de decidir en común' },
  vault: { en: 'A video vault', es: 'Una bóveda de video' },
  custody: {
    en: 'A place for a share of a vault’s key',
    es: 'Un lugar para una parte de la clave de una bóveda',
  },
  repository: { en: 'A collection of protocolitos', es: 'Una colección de protocolitos' },
};
const refusals = {
  unsupported: {
    en: 'This wallet cannot found that: ask where you got it.',
    es: 'Esta cartera no puede fundar eso: pregunta donde te la dieron.',
  },
  quota: {
    en: 'You have founded as many as you can.',
    es: 'Ya fundaste todos los que puedes.',
  },
};

export const WalletOwnerI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'places'
    | 'join'
    | 'joinWith'
    | 'found'
    | 'foundMarket'
    | 'foundOf'
    | 'pages'
    | 'renewPlaces'
    | 'showPayee'
    | 'keyLink'
    | 'payee'
  >
> = describe(
  M.interface('WalletOwner', {
    view: ViewGuard,
    changes: ChangesGuard,
    join: M.call(M.string({ stringLengthLimit: 4_000 }), RequestIdShape).returns(LaterShape),
    joinWith: M.call(M.remotable('invitation'), RequestIdShape).returns(LaterShape),
    places: M.call().returns(M.array()),
    found: M.call(KindShape, M.any(), RequestIdShape).returns(LaterShape),
    foundMarket: M.call(NameShape, NameShape, RequestIdShape).returns(LaterShape),
    foundOf: M.call(M.remotable('maker'), NameShape, RequestIdShape).returns(LaterShape),
    pages: M.call().returns(M.record()),
    renewPlaces: M.call(RequestIdShape).returns(M.promise()),
    showPayee: M.call(M.nat()).returns(LaterShape),
    keyLink: M.call().returns(LaterShape),
    payee: M.call().returns(M.remotable('payee')),
  }),
  {
    label: { en: 'Your wallet', es: 'Tu cartera' },
    help: {
      en: 'What others have entrusted to you, all in one place.',
      es: 'Todo lo que te han confiado, en un solo lugar.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Your name', es: 'Tu nombre' } },
      notices: { label: { en: 'Notices', es: 'Avisos' } },
      questions: { label: { en: 'Waiting for your word', es: 'Esperan tu palabra' } },
      places: { label: { en: 'Your places', es: 'Tus lugares' }, embed: true },
      lost: {
        label: { en: 'Renewed by somebody else', es: 'Renovados por alguien más' },
      },
      pages: { label: { en: 'More', es: 'Más' } },
      cares: {
        label: { en: 'What you care for', es: 'Lo que tú cuidas' },
        item: {
          heading: 'place',
          fields: {
            place: { label: { en: 'Where', es: 'Dónde' } },
            care: { label: { en: 'Care', es: 'Cuidado' } },
          },
        },
      },
      kinds: {
        label: { en: 'What you can found', es: 'Lo que puedes fundar' },
        item: {
          heading: 'kind',
          fields: { kind: { label: { en: 'What', es: 'Qué' }, values: kindWords } },
          controls: 'maker',
        },
      },
    },
    methods: {
      view,
      changes,
      join: {
        label: { en: 'Join a place', es: 'Entrar a un lugar' },
        help: {
          en: 'Paste the invitation that somebody gave you.',
          es: 'Pega la invitación que alguien te dio.',
        },
        done: { en: 'You have joined.', es: 'Ya entraste.' },
        refusals: {
          invalid: {
            en: 'This is no invitation to a place. It begins with ocapn:// and is for people who have a wallet; a link for a browser is opened in the browser.',
            es: 'Esta no es una invitación a un lugar. Empieza con ocapn:// y es para quien ya tiene cartera; un enlace se abre en el navegador.',
          },
          claimed: {
            en: 'Somebody else has used this invitation.',
            es: 'Alguien más ya usó esta invitación.',
          },
        },
        args: [
          { name: 'invitation', kind: 'secret', label: { en: 'Invitation', es: 'Invitación' } },
          requestId,
        ],
      },
      joinWith: {
        label: {
          en: 'Join with an invitation you hold',
          es: 'Entrar con una invitación que tienes',
        },
        args: [
          { name: 'invitation', kind: 'facet', label: { en: 'Invitation', es: 'Invitación' } },
          requestId,
        ],
        hidden: true,
      },
      foundMarket: {
        label: { en: 'Found a market', es: 'Fundar un mercado' },
        help: {
          en: 'A place of its own to exchange in, for any group or any kind of thing. You let people in, and decide its rules with them.',
          es: 'Un lugar propio para intercambiar, de cualquier grupo o de cualquier cosa. Tú abres la puerta, y decides las reglas con quienes entren.',
        },
        done: { en: 'Founded.', es: 'Ya está fundado.' },
        refusals,
        args: [
          placeName,
          {
            name: 'unit',
            kind: 'text',
            label: { en: 'What do you count in?', es: '¿En qué cuentan?' },
            initial: 'créditos',
            help: {
              en: 'Write “minutos” for a market of time: an hour of anybody is worth an hour of anybody.',
              es: 'Escribe “minutos” para un mercado de tiempo: una hora de quien sea vale una hora de quien sea.',
            },
          },
          requestId,
        ],
      },
      found: {
        label: { en: 'Found a place with its rules', es: 'Fundar un lugar con sus reglas' },
        args: [
          { name: 'kind', kind: 'text', label: { en: 'What', es: 'Qué' } },
          { name: 'wish', kind: 'text', label: { en: 'With which rules', es: 'Con qué reglas' } },
          requestId,
        ],
        hidden: true,
      },
      foundOf: {
        label: { en: 'Found one', es: 'Fundar' },
        done: { en: 'Founded.', es: 'Ya está fundado.' },
        refusals,
        args: [
          { name: 'maker', kind: 'facet', label: { en: 'What', es: 'Qué' }, from: 'kinds' },
          placeName,
          requestId,
        ],
      },
      renewPlaces: {
        label: { en: 'Renew all your places', es: 'Renovar todos tus lugares' },
        help: {
          en: 'If somebody may have got hold of what you have there: they are shut out, and you go on.',
          es: 'Si alguien pudo hacerse de lo que tienes ahí: se queda fuera, y tú sigues.',
        },
        args: [requestId],
        confirm: {
          en: 'What you gave to programs of yours there has to be given anew.',
          es: 'Lo que les diste a tus programas habrá que dárselo otra vez.',
        },
      },
      showPayee: {
        label: { en: 'Take payments at a place', es: 'Recibir pagos en un lugar' },
        help: {
          en: 'Whoever has your card can pay you there, and take nothing.',
          es: 'Quien tenga tu tarjeta te puede pagar ahí, y no puede sacar nada.',
        },
        args: [
          {
            name: 'place',
            kind: 'nat',
            label: { en: 'Number of the place', es: 'Número del lugar' },
            help: {
              en: 'Count your places on the page of your wallet from the top: the first is 0, the next is 1.',
              es: 'Cuenta tus lugares en la página de tu cartera desde arriba: el primero es 0, el siguiente es 1.',
            },
            initial: '0',
          },
        ],
      },
      pages: { label: { en: 'All pages', es: 'Todas las páginas' }, args: [], hidden: true },
      places: {
        label: { en: 'Where you take part', es: 'Dónde participas' },
        args: [],
        hidden: true,
      },
      keyLink: {
        label: { en: 'Get my key', es: 'Sacar mi llave' },
        help: {
          en: 'With it you come back to this wallet from any telephone. Keep it where only you find it.',
          es: 'Con ella regresas a esta cartera desde cualquier teléfono. Guárdala donde solo tú la encuentres.',
        },
        args: [],
        confirm: {
          en: 'Whoever has your key is you here. Is nobody looking over your shoulder?',
          es: 'Quien tenga tu llave es tú aquí. ¿Nadie está viendo tu pantalla?',
        },
      },
      payee: {
        label: {
          en: 'What others may have of you',
          es: 'Lo que otras personas pueden tener de ti',
        },
        args: [],
        hidden: true,
      },
    },
  },
);

export const WalletPayeeI: Described<Methods<'view'>> = describe(
  M.interface('WalletPayee', { view: ViewGuard }),
  {
    label: { en: 'A member', es: 'Una persona de la comunidad' },
    view: 'view',
    title: 'name',
    fields: {
      name: { label: { en: 'Name', es: 'Nombre' } },
      accepts: {
        label: { en: 'Takes payments at', es: 'Recibe pagos en' },
        item: {
          heading: 'place',
          fields: { place: { label: { en: 'Where', es: 'Dónde' } } },
          empty: { en: 'Nowhere yet.', es: 'Todavía en ningún lugar.' },
        },
      },
    },
    methods: { view },
  },
);

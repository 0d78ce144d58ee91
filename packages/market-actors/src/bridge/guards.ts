/** What the facets of this room accept, and the words of their pages. */
import type { InterfaceGuard, MethodGuard, Pattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import { TermsShape } from '@pocas/clearing/bridge';
import type { ArgumentDescription, Described, FieldDescription, Text } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  QuantityShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';

export const passable = (name: string): InterfaceGuard<Record<never, MethodGuard>> =>
  M.interface(name, {}, { defaultGuards: 'passable' });

export const LinkShape: Pattern = M.string({ stringLengthLimit: 4_000 });
export const LaterShape: Pattern = M.or(M.promise(), M.record());
const BidShape = M.splitRecord(
  { gives: QuantityShape, wants: QuantityShape, until: M.nat({ decimalDigitsLimit: 30 }) },
  { to: M.opt(M.remotable('payee')) },
  {},
);

export const DoorI: Described<Methods<'meet' | 'post' | 'unpost'>> = describe(
  M.interface('BridgeDoor', {
    meet: M.call(M.remotable('door'), M.remotable('desk')).returns(M.record()),
    post: M.call(M.nat(), BidShape, M.remotable('taker')).returns(M.record()),
    unpost: M.call(M.nat()).returns(),
  }),
  {
    label: { en: 'An introduction to another market', es: 'Una presentación con otro mercado' },
    help: {
      en: 'Paste its text on the steward’s page of the other market, where it says “Answer an introduction”.',
      es: 'Pega su texto en la página de quien cuida el otro mercado, donde dice «Contestar una presentación».',
    },
    methods: {
      meet: {
        label: { en: 'Meet', es: 'Conocerse' },
        args: [
          { name: 'door', kind: 'facet' },
          { name: 'desk', kind: 'facet' },
        ],
        hidden: true,
      },
      post: {
        label: { en: 'Offer here', es: 'Ofrecer aquí' },
        args: [
          { name: 'number', kind: 'nat' },
          { name: 'bid', kind: 'text' },
          { name: 'taker', kind: 'facet' },
        ],
        hidden: true,
      },
      unpost: {
        label: { en: 'Take back', es: 'Retirar' },
        args: [{ name: 'number', kind: 'nat' }],
        hidden: true,
      },
    },
  },
);

export const TakerI: Methods<'take'> = M.interface('BridgeTaker', {
  take: M.call(TermsShape).returns(M.record()),
});

const number = {
  label: { en: 'Number', es: 'Número' },
  args: [],
  hidden: true,
} as const;
export const from: FieldDescription = { label: { en: 'Market', es: 'Mercado' } };
const gets: FieldDescription = { label: { en: 'You get', es: 'Recibes' } };
const costs: FieldDescription = { label: { en: 'For', es: 'A cambio de' } };
const gives: FieldDescription = { label: { en: 'You give', es: 'Das' } };
const phase: FieldDescription = {
  label: { en: 'Now', es: 'Cómo va' },
  values: {
    offered: { en: 'offered, nobody has taken it', es: 'ofrecido, nadie lo ha tomado' },
    agreed: { en: 'agreed, on its way', es: 'acordado, en camino' },
    settled: { en: 'done on both sides', es: 'hecho en los dos lados' },
    released: {
      en: 'it came to nothing; you have what you gave',
      es: 'no se pudo; tienes lo que diste',
    },
    refused: { en: 'not accepted there', es: 'allá no se aceptó' },
    withdrawn: { en: 'over', es: 'terminado' },
  },
};
const account: ArgumentDescription = {
  name: 'account',
  kind: 'secret',
  label: {
    en: 'A text for your account there, or leave it empty',
    es: 'Un texto de tu cuenta de allá, o déjalo vacío',
  },
};

export const PartnerCardI: Described<Methods<'view' | 'number'>> = describe(
  M.interface('BridgePartner', { view: ViewGuard, number: M.call().returns(M.nat()) }),
  {
    label: { en: 'Another market', es: 'Otro mercado' },
    title: 'label',
    view: 'view',
    fields: { label: from },
    methods: { view, number },
  },
);

export const OfferCardI: Described<Methods<'view' | 'number'>> = describe(
  M.interface('BridgeOffer', { view: ViewGuard, number: M.call().returns(M.nat()) }),
  {
    label: { en: 'Credits of another market', es: 'Créditos de otro mercado' },
    view: 'view',
    fields: { from, gets, costs },
    methods: { view, number },
  },
);

export const TradePageI: Described<Methods<'view' | 'changes' | 'withdraw' | 'passOn'>> = describe(
  M.interface('BridgeTrade', {
    view: ViewGuard,
    changes: ChangesGuard,
    withdraw: M.call(RequestIdShape).returns(M.record()),
    passOn: M.call(LinkShape, RequestIdShape).returns(LaterShape),
  }),
  {
    label: { en: 'An exchange of credits', es: 'Un cambio de créditos' },
    view: 'view',
    changes: 'changes',
    fields: {
      with: from,
      gives,
      gets,
      phase,
      payment: { label: { en: 'A payment for you', es: 'Un pago para ti' } },
    },
    methods: {
      view,
      changes,
      withdraw: {
        label: { en: 'Take the offer back', es: 'Retirar la oferta' },
        args: [requestId],
        refusals: {
          closed: { en: 'Somebody has taken it already.', es: 'Alguien ya la tomó.' },
        },
      },
      passOn: {
        label: { en: 'Put the payment into an account', es: 'Poner el pago en una cuenta' },
        help: {
          en: 'Paste the text of an account in the other market, yours or somebody’s.',
          es: 'Pega el texto de una cuenta del otro mercado, tuya o de alguien.',
        },
        args: [{ ...account, label: { en: 'Account', es: 'Cuenta' } }, requestId],
        refusals: {
          notYet: { en: 'There is no payment here now.', es: 'Ahora no hay un pago aquí.' },
          invalid: { en: 'This is no account.', es: 'Esto no es una cuenta.' },
        },
      },
    },
  },
);

const hint: Text = {
  en: 'With an account there, the credits go into it. Without one you get a payment, which you can pass on later.',
  es: 'Si tienes cuenta allá, los créditos llegan a ella. Si no, recibes un pago que puedes pasar después.',
};
const stale = {
  stale: { en: 'It is not there any more.', es: 'Ya no está.' },
  invalid: { en: 'This is no account there.', es: 'Esto no es una cuenta de allá.' },
};

export const BridgeDeskI: Described<
  Methods<'view' | 'changes' | 'propose' | 'take' | 'accountLink'>
> = describe(
  M.interface('BridgeDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    propose: M.call(
      M.remotable('partner'),
      QuantityShape,
      QuantityShape,
      M.and(M.nat(), M.gte(1n), M.lte(720n)),
      LinkShape,
      RequestIdShape,
    ).returns(LaterShape),
    take: M.call(M.remotable('offer'), LinkShape, RequestIdShape).returns(LaterShape),
    accountLink: M.call().returns(LaterShape),
  }),
  {
    label: { en: 'Credits of other markets', es: 'Créditos de otros mercados' },
    help: {
      en: 'Each offer says its own rate. An exchange happens on both sides or on none.',
      es: 'Cada oferta dice su propia tasa. Un cambio se hace en los dos lados o en ninguno.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      unit: { label: { en: 'You count in', es: 'Cuentas en' } },
      offers: {
        label: { en: 'What others offer', es: 'Lo que otros ofrecen' },
        item: {
          heading: 'from',
          fields: { from, gets, costs, offer: { label: { en: 'The offer', es: 'La oferta' } } },
          empty: { en: 'Nothing now.', es: 'Nada por ahora.' },
        },
      },
      partners: {
        label: { en: 'Where you can offer yours', es: 'Dónde puedes ofrecer los tuyos' },
        item: {
          heading: 'label',
          fields: { label: from, partner: { label: { en: 'The market', es: 'El mercado' } } },
          empty: {
            en: 'In no other market yet: the stewards have to introduce them.',
            es: 'En ningún otro mercado todavía: los tienen que presentar quienes los cuidan.',
          },
        },
      },
      trades: {
        label: { en: 'Yours', es: 'Los tuyos' },
        item: {
          heading: 'with',
          fields: {
            with: from,
            gives,
            gets,
            phase,
            page: { label: { en: 'Its page', es: 'Su página' } },
          },
          empty: { en: 'None yet.', es: 'Ninguno todavía.' },
        },
      },
    },
    methods: {
      view,
      changes,
      take: {
        label: { en: 'Take it', es: 'Tomarla' },
        help: hint,
        args: [
          {
            name: 'offer',
            kind: 'facet',
            from: 'offers',
            label: { en: 'Which', es: 'Cuál' },
          },
          account,
          requestId,
        ],
        confirm: { en: 'Exchange now?', es: '¿Hacemos el cambio?' },
        done: {
          en: 'Your part is set aside. Below you see when both sides have theirs.',
          es: 'Tu parte está apartada. Abajo ves cuándo los dos lados tienen la suya.',
        },
        refusals: stale,
      },
      propose: {
        label: { en: 'Offer credits there', es: 'Ofrecer créditos allá' },
        help: hint,
        args: [
          {
            name: 'partner',
            kind: 'facet',
            from: 'partners',
            label: { en: 'In which market', es: 'En qué mercado' },
          },
          {
            name: 'gives',
            kind: 'nat',
            label: { en: 'You give, of here', es: 'Das, de aquí' },
            min: 1n,
          },
          {
            name: 'wants',
            kind: 'nat',
            label: { en: 'You want, of there', es: 'Quieres, de allá' },
            min: 1n,
          },
          {
            name: 'hours',
            kind: 'nat',
            label: { en: 'For how long', es: 'Por cuánto tiempo' },
            unit: { en: 'hours', es: 'horas' },
            initial: '168',
            min: 1n,
            max: 720n,
          },
          account,
          requestId,
        ],
        confirm: {
          en: 'Whoever takes it there makes it happen, without asking you again. Offer it?',
          es: 'Quien la tome allá hace que suceda, sin preguntarte otra vez. ¿La ofrecemos?',
        },
        refusals: stale,
      },
      accountLink: {
        label: { en: 'A text for your account here', es: 'Un texto de tu cuenta de aquí' },
        help: {
          en: 'Whoever has it can put credits in and nothing else.',
          es: 'Quien lo tenga puede poner créditos y nada más.',
        },
        args: [],
      },
    },
  },
);

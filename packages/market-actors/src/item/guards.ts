/** What the facets of a home accept, and the page of whoever has the thing. */
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/credit';
import type {
  ArgumentDescription,
  Described,
  FieldDescription,
  MethodDescription,
  Text,
} from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  NameShape,
  QuantityShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';

const LaterShape = M.or(M.promise(), M.record());
const act = M.call(NameShape, RequestIdShape);

const pieces: Text = { en: 'pieces', es: 'piezas' };
const units: ArgumentDescription = {
  name: 'units',
  kind: 'nat',
  label: { en: 'How many', es: 'Cuántas' },
  unit: pieces,
  initial: '1',
  min: 1n,
};
const market: ArgumentDescription = {
  name: 'label',
  kind: 'text',
  label: { en: 'Which market', es: 'Qué mercado' },
};

/** Words that the list of things has as well. */
export const stockFields: { readonly [key: string]: FieldDescription } = {
  free: { label: { en: 'To be had', es: 'Disponibles' }, unit: pieces, prominent: true },
  claimed: {
    label: { en: 'Asked for, not sold yet', es: 'Pedidas, sin venderse todavía' },
    unit: pieces,
  },
  leased: { label: { en: 'On the road', es: 'Andan de venta' }, unit: pieces },
  fulfilled: { label: { en: 'Sold in markets', es: 'Vendidas en mercados' }, unit: pieces },
  taken: { label: { en: 'Sold or used by hand', es: 'Vendidas o usadas a mano' }, unit: pieces },
};

const few: { readonly [code: string]: Text } = {
  insufficient: {
    en: 'There are not that many to be had now.',
    es: 'Ahora no hay tantas disponibles.',
  },
  invalid: { en: 'There is no market of this name.', es: 'No hay un mercado con ese nombre.' },
  conflict: {
    en: 'There is one of this name, or it has some on the road already.',
    es: 'Ya hay uno con ese nombre, o ya tiene piezas que andan de venta.',
  },
  notYet: {
    en: 'Some of them are on the road. Wait until they are back.',
    es: 'Algunas andan de venta. Espera a que regresen.',
  },
  quota: {
    en: 'It is listed in as many markets as it can be.',
    es: 'Ya está en todos los mercados en que puede estar.',
  },
};

const list: MethodDescription = {
  label: { en: 'List it in a market', es: 'Ofrecerla en un mercado' },
  help: {
    en: 'Makes a text that you paste into your offer in that market. You can list the same thing in several markets: whoever is first gets it.',
    es: 'Hace un texto que pegas en tu oferta de ese mercado. Puedes ofrecer lo mismo en varios mercados: se lo lleva quien llegue primero.',
  },
  args: [market, requestId],
  refusals: few,
};

export const ItemOwnerI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'claimFor'
    | 'claimLink'
    | 'take'
    | 'addStock'
    | 'leaseOffline'
    | 'sellOffline'
    | 'revoke'
    | 'journal'
  >
> = describe(
  M.interface('ItemOwner', {
    view: ViewGuard,
    changes: ChangesGuard,
    claimFor: act.returns(M.record()),
    claimLink: act.returns(LaterShape),
    take: M.call(QuantityShape, RequestIdShape).returns(M.record()),
    addStock: M.call(QuantityShape, RequestIdShape).returns(M.record()),
    leaseOffline: M.call(NameShape, QuantityShape, ValueShape, RequestIdShape).returns(M.record()),
    sellOffline: M.call(
      NameShape,
      QuantityShape,
      M.and(M.nat(), M.gte(1n), M.lte(720n)),
      RequestIdShape,
    ).returns(M.record()),
    revoke: act.returns(M.record()),
    journal: M.call().returns(M.opt(M.remotable('journal'))),
  }),
  {
    label: { en: 'A thing of yours', es: 'Algo tuyo' },
    help: {
      en: 'It stands in one place, and can be offered in several markets. Nobody can sell it twice.',
      es: 'Está en un solo lugar y se puede ofrecer en varios mercados. Nadie lo puede vender dos veces.',
    },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      what: { label: { en: 'What', es: 'Qué' } },
      ...stockFields,
      markets: {
        label: { en: 'Where it is offered', es: 'Dónde se ofrece' },
        item: {
          heading: 'label',
          fields: {
            label: { label: { en: 'Market', es: 'Mercado' } },
            claimed: stockFields['claimed']!,
            fulfilled: { label: { en: 'Sold here', es: 'Vendidas aquí' }, unit: pieces },
            leased: stockFields['leased']!,
            unused: {
              label: {
                en: 'Times that it was held back and not sold',
                es: 'Veces que se apartó y no se vendió',
              },
            },
            isRevoked: {
              label: { en: 'Taken out of this market', es: 'Retirada de este mercado' },
            },
          },
          empty: { en: 'Nowhere yet.', es: 'En ningún lado todavía.' },
        },
      },
    },
    methods: {
      view,
      changes,
      claimLink: list,
      claimFor: { ...list, hidden: true },
      take: {
        label: { en: 'Sold or used by hand', es: 'Se vendió o se usó' },
        help: {
          en: 'Say so before you hand it over: it is refused where a market sold it meanwhile.',
          es: 'Dilo antes de entregarla: no se acepta si un mercado ya la vendió.',
        },
        args: [units, requestId],
        refusals: few,
      },
      addStock: {
        label: { en: 'There are more', es: 'Hay más' },
        args: [units, requestId],
      },
      sellOffline: {
        label: { en: 'Take along and sell', es: 'Llevar a vender' },
        help: {
          en: 'Sets some aside for one market, which sells them without asking, for instance where there is no connection. Nobody else can have them until then.',
          es: 'Aparta algunas para un mercado, que las vende sin preguntar, por ejemplo donde no hay conexión. Hasta entonces nadie más puede tenerlas.',
        },
        args: [
          market,
          units,
          {
            name: 'hours',
            kind: 'nat',
            label: { en: 'For how long', es: 'Por cuánto tiempo' },
            unit: { en: 'hours', es: 'horas' },
            initial: '8',
            min: 1n,
            max: 720n,
          },
          requestId,
        ],
        refusals: few,
      },
      leaseOffline: {
        label: { en: 'Set aside until a time', es: 'Apartar hasta una fecha' },
        args: [
          { name: 'label', kind: 'text' },
          { name: 'units', kind: 'nat' },
          { name: 'until', kind: 'nat' },
          requestId,
        ],
        hidden: true,
      },
      revoke: {
        label: { en: 'Take it out of a market', es: 'Retirarla de un mercado' },
        help: {
          en: 'What is sold there stays sold. That market cannot sell it any more.',
          es: 'Lo que ya se vendió ahí, vendido está. Ese mercado ya no la puede vender.',
        },
        args: [market, requestId],
        confirm: {
          en: 'It cannot be put back by the same name. Take it out?',
          es: 'No se puede regresar con el mismo nombre. ¿La retiramos?',
        },
        refusals: few,
      },
      journal: { label: { en: 'Journal', es: 'Bitácora' }, args: [], hidden: true },
    },
  },
);

export const ClaimI: Described<
  Methods<'view' | 'changes' | 'tryClaim' | 'confirm' | 'restore' | 'follow'>
> = describe(
  M.interface('ItemClaim', {
    view: ViewGuard,
    changes: ChangesGuard,
    tryClaim: M.call(RequestIdShape, QuantityShape, ValueShape).returns(M.record()),
    confirm: M.call(RequestIdShape).returns(M.record()),
    restore: M.call(RequestIdShape).returns(M.record()),
    follow: M.call(M.remotable('listing')).returns(M.record()),
  }),
  {
    label: { en: 'A thing that a market may sell', es: 'Algo que un mercado puede vender' },
    help: {
      en: 'Paste its text into an offer. The thing itself stays where it is.',
      es: 'Pega su texto en una oferta. La cosa se queda donde está.',
    },
    title: 'what',
    view: 'view',
    changes: 'changes',
    fields: {
      what: { label: { en: 'What', es: 'Qué' } },
      free: stockFields['free']!,
    },
    methods: {
      view,
      changes,
      tryClaim: {
        label: { en: 'Set aside for an order', es: 'Apartar para un pedido' },
        args: [
          { name: 'orderId', kind: 'text' },
          { name: 'units', kind: 'nat' },
          { name: 'ttl', kind: 'nat' },
        ],
        hidden: true,
      },
      confirm: {
        label: { en: 'Sell to an order', es: 'Vender a un pedido' },
        args: [{ name: 'orderId', kind: 'text' }],
        hidden: true,
      },
      restore: {
        label: { en: 'Give back', es: 'Devolver' },
        args: [{ name: 'orderId', kind: 'text' }],
        hidden: true,
      },
      follow: {
        label: { en: 'Follow', es: 'Seguir' },
        args: [{ name: 'listing', kind: 'facet' }],
        hidden: true,
      },
    },
  },
);

const any = { defaultGuards: 'passable' } as const;
/** Facets that nobody outside gets: what comes from outside was looked at by the facet it came to. */
export const HomeInsideI: Methods<never> = M.interface('ItemHomeInside', {}, any);
export const SeatInsideI: Methods<never> = M.interface('ItemSeatInside', {}, any);
export const ItemTaskI: Methods<'due'> = M.interface('ItemTask', {
  due: M.call().optional(M.any()).returns(),
});

/** What the facets of offers accept. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/credit';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import {
  ChangesGuard,
  LongTextShape,
  type Methods,
  NameShape,
  QuantityShape,
  ViewGuard,
  changes,
  view,
} from '../inside/shapes.ts';
import {
  asideWords,
  brandWords,
  deskWords,
  listFields,
  makerFields,
  makerWords,
  offerFields,
  older,
  ownFields,
} from './words.ts';

/** For facets that never leave the vat. */
export const loose = (name: string): InterfaceGuard<Record<string, MethodGuard>> =>
  M.interface(name, {}, { defaultGuards: 'passable' });

const LinkShape = M.string({ stringLengthLimit: 2_000 });
const ShortShape = M.string({ stringLengthLimit: 100 });
const record: MethodGuard = M.call(RequestIdShape).returns(M.record());
const hiddenNumber = { label: { en: 'Number', es: 'Número' }, args: [], hidden: true } as const;

export const OfferI: Described<Methods<'view' | 'changes' | 'number'>> = describe(
  M.interface('Offer', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: { en: 'Offer', es: 'Oferta' },
    help: {
      en: 'To order it, open your place in the market.',
      es: 'Para pedirla, entra a tu lugar en el mercado.',
    },
    view: 'view',
    changes: 'changes',
    fields: offerFields,
    methods: { view, changes, number: hiddenNumber },
  },
);

type MakerMethod =
  | 'changeText'
  | 'changePrice'
  | 'addPrice'
  | 'addBrand'
  | 'addBrandLink'
  | 'addVoucher'
  | 'removePrice'
  | 'changeDelivery'
  | 'addStock'
  | 'setDays'
  | 'pause'
  | 'resume'
  | 'withdraw';
const maker: { readonly [name in MakerMethod]: MethodGuard } = {
  changeText: M.call(NameShape, LongTextShape, RequestIdShape).returns(M.record()),
  changePrice: M.call(ValueShape, RequestIdShape).returns(M.record()),
  addPrice: M.call(ValueShape, ShortShape, RequestIdShape).returns(M.record()),
  addBrand: M.call(
    M.nat(),
    M.remotable('issuer'),
    M.remotable('payee'),
    QuantityShape,
    RequestIdShape,
  ).returns(M.record()),
  addBrandLink: M.call(
    M.nat(),
    M.remotable('issuer'),
    QuantityShape,
    LinkShape,
    RequestIdShape,
  ).returns(M.promise()),
  addVoucher: M.call(M.nat(), M.remotable('voucher'), QuantityShape, RequestIdShape).returns(
    M.record(),
  ),
  removePrice: M.call(M.nat(), RequestIdShape).returns(M.record()),
  changeDelivery: M.call(LongTextShape, ShortShape, RequestIdShape).returns(M.record()),
  addStock: M.call(QuantityShape, RequestIdShape).returns(M.record()),
  setDays: M.call(M.and(M.nat(), M.lte(3_660n)), RequestIdShape).returns(M.record()),
  pause: M.call().returns(M.record()),
  resume: M.call().returns(M.record()),
  withdraw: M.call().returns(M.record()),
};
const { addStock, changePrice, changeText, pause, resume, withdraw } = maker;

export const OfferMakerI: Described<Methods<MakerMethod | 'view' | 'changes'>> = describe(
  M.interface('OfferMaker', { view: ViewGuard, changes: ChangesGuard, ...maker }),
  {
    label: { en: 'Your offer', es: 'Tu oferta' },
    view: 'view',
    changes: 'changes',
    fields: makerFields,
    methods: { view, changes, ...makerWords },
  },
);
const pick = (...names: string[]): typeof makerWords =>
  Object.fromEntries(names.map((name) => [name, makerWords[name]!]));
export const OfferLiveI: Described<
  Methods<'addStock' | 'changePrice' | 'changeText' | 'pause' | 'withdraw'>
> = describe(M.interface('OfferLive', { addStock, changePrice, changeText, pause, withdraw }), {
  label: { en: 'Your offer, on show', es: 'Tu oferta, a la vista' },
  methods: pick('addStock', 'changePrice', 'changeText', 'pause', 'withdraw'),
});
export const OfferPausedI: Described<Methods<'resume' | 'withdraw'>> = describe(
  M.interface('OfferPaused', { resume, withdraw }),
  {
    label: { en: 'Your offer, resting', es: 'Tu oferta, en pausa' },
    methods: pick('resume', 'withdraw'),
  },
);

const OfferItems = {
  label: { en: 'What there is', es: 'Lo que hay' },
  item: {
    heading: 'what',
    fields: listFields,
    empty: {
      en: 'Nobody offers anything at the moment. Be the first!',
      es: 'Por ahora nadie ofrece nada. ¡Anímate y empieza tú!',
    },
  },
} as const;

export const OfferPublicI: Described<Methods<'view' | 'changes' | 'find'>> = describe(
  M.interface('OfferPublic', {
    view: ViewGuard,
    changes: ChangesGuard,
    find: M.call(ShortShape).optional(M.nat()).returns(M.record()),
  }),
  {
    label: { en: 'What this market has', es: 'Lo que tiene este mercado' },
    view: 'view',
    changes: 'changes',
    fields: { market: { label: { en: 'Market', es: 'Mercado' } }, offers: OfferItems },
    methods: {
      view,
      changes,
      find: {
        label: { en: 'Look for something', es: 'Buscar algo' },
        args: [
          { name: 'words', kind: 'text', label: { en: 'What?', es: '¿Qué?' }, initial: '' },
          { name: 'before', kind: 'nat', label: { en: 'Older than', es: 'Antes de' } },
        ],
        hidden: true,
      },
    },
  },
);

const BundleShape = M.splitRecord({
  own: ValueShape,
  brands: M.arrayOf(
    M.splitRecord({
      issuer: M.remotable('issuer'),
      payee: M.remotable('payee'),
      value: QuantityShape,
      unit: NameShape,
      step: QuantityShape,
    }),
    { arrayLengthLimit: 10 },
  ),
  outside: ShortShape,
});
const TermsShape = M.splitRecord({
  what: NameShape,
  description: LongTextShape,
  category: ShortShape,
  delivery: LongTextShape,
  duration: ValueShape,
  alternatives: M.arrayOf(BundleShape, { arrayLengthLimit: 10 }),
});
const StockShape = M.or(
  { kind: 'units', units: ValueShape },
  { kind: 'demand' },
  { kind: 'claim', claim: M.remotable('claim') },
);
const OptionsShape = M.splitRecord(
  {},
  { days: M.and(M.nat(), M.lte(3_660n)), label: M.remotable('label') },
);
const HandedShape = M.arrayOf(
  { hold: M.remotable('hold'), decider: M.remotable('decider') },
  { arrayLengthLimit: 10 },
);
const OfferArg = M.remotable('offer');

export const OfferMoreI: Described<Methods<'older'>> = describe(
  M.interface('OfferMore', { older: record }),
  { label: { en: 'More', es: 'Más' }, methods: { older } },
);

export const OfferDeskI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'offer'
    | 'offerWith'
    | 'offerThere'
    | 'order'
    | 'orderAt'
    | 'orderWith'
    | 'orderWithLink'
    | 'setAside'
    | 'payeeLink'
    | 'look'
    | 'older'
  >
> = describe(
  M.interface('OfferDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    offer: M.call(NameShape, LongTextShape, ValueShape, ValueShape, RequestIdShape).returns(
      M.record(),
    ),
    offerThere: M.call(NameShape, LongTextShape, ValueShape, LinkShape, RequestIdShape).returns(
      M.promise(),
    ),
    offerWith: M.call(TermsShape, StockShape, OptionsShape, RequestIdShape).returns(M.record()),
    order: M.call(OfferArg, QuantityShape, RequestIdShape).returns(M.record()),
    orderAt: M.call(OfferArg, M.nat(), QuantityShape, RequestIdShape).returns(M.record()),
    orderWith: M.call(OfferArg, M.nat(), QuantityShape, HandedShape, RequestIdShape).returns(
      M.record(),
    ),
    orderWithLink: M.call(
      OfferArg,
      M.nat(),
      QuantityShape,
      M.string({ stringLengthLimit: 2_000 }),
      RequestIdShape,
    ).returns(M.promise()),
    payeeLink: M.call().returns(M.or(M.promise(), M.record())),
    setAside: M.call(QuantityShape, RequestIdShape).returns(M.record()),
    look: M.call(ShortShape, RequestIdShape).returns(M.record()),
    older: record,
  }),
  {
    label: { en: 'What there is, and what you offer', es: 'Lo que hay, y lo que ofreces' },
    view: 'view',
    changes: 'changes',
    fields: {
      looking: { label: { en: 'You look for', es: 'Buscas' } },
      offers: OfferItems,
      more: { label: { en: 'There are more', es: 'Hay más' }, embed: true },
      otherWays: {
        label: { en: 'Can be paid in other ways', es: 'Se pueden pagar de otras formas' },
        item: { heading: 'what', fields: listFields },
      },
      ownOffers: {
        label: { en: 'What you offer', es: 'Lo que ofreces' },
        item: {
          heading: 'what',
          fields: ownFields,
          controls: 'act',
          empty: {
            en: 'You offer nothing yet. Everyone has something to share.',
            es: 'Aún no ofreces nada. Todas y todos tenemos algo que compartir.',
          },
        },
      },
    },
    methods: { view, changes, ...deskWords },
  },
);

export const AsideI: Described<Methods<'view' | 'changes' | 'hand' | 'link' | 'takeBack'>> =
  describe(
    M.interface('Aside', {
      view: ViewGuard,
      changes: ChangesGuard,
      hand: M.call().returns(M.record()),
      link: M.call().returns(M.or(M.promise(), M.record())),
      takeBack: M.call().returns(M.record()),
    }),
    {
      label: { en: 'Set aside for another market', es: 'Apartado para otro mercado' },
      view: 'view',
      changes: 'changes',
      fields: {
        value: { label: { en: 'How much', es: 'Cuánto' }, prominent: true },
        phase: {
          label: { en: 'Now', es: 'Cómo está' },
          values: {
            open: { en: 'set aside', es: 'apartado' },
            settled: { en: 'paid', es: 'pagado' },
            released: { en: 'given back', es: 'devuelto' },
          },
        },
      },
      methods: { view, changes, ...asideWords },
    },
  );

export const BrandKeeperI: Described<
  Methods<'view' | 'changes' | 'accept' | 'acceptIssuer' | 'ownLink' | 'stop'>
> = describe(
  M.interface('BrandKeeper', {
    view: ViewGuard,
    changes: ChangesGuard,
    accept: M.call(LinkShape, RequestIdShape).returns(M.promise()),
    acceptIssuer: M.call(M.remotable('issuer'), RequestIdShape).returns(M.promise()),
    ownLink: M.call().returns(M.or(M.promise(), M.record())),
    stop: M.call(M.nat(), RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'What else this market takes', es: 'Qué más acepta este mercado' },
    view: 'view',
    changes: 'changes',
    fields: {
      brands: {
        label: { en: 'Beside its own credits', es: 'Además de sus propios créditos' },
        item: {
          heading: 'name',
          fields: {
            unit: { label: { en: 'Unit', es: 'Unidad' } },
            number: { label: { en: 'Its number', es: 'Su número' } },
          },
          empty: { en: 'Nothing else yet.', es: 'Nada más todavía.' },
        },
      },
    },
    methods: { view, changes, ...brandWords },
  },
);

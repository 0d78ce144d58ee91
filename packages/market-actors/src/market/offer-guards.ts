/** What the facets of an offer accept, and the words for them. */
import type { MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { RequestIdShape, ValueShape } from '@pocas/clearing/credit';
import type { Described, FieldDescription, MethodDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  LongTextShape,
  NameShape,
  QuantityShape,
  ViewGuard,
  changes,
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';

/** The fields of an offer in a list; `status` is left out where everything listed can be had. */
export const offerFields: { readonly [key: string]: FieldDescription } = {
  description: { label: { en: 'About it', es: 'De qué se trata' } },
  price: { label: { en: 'Price each', es: 'Precio de cada una' }, unit: credits },
  available: { label: { en: 'Left', es: 'Quedan' } },
};
const what: FieldDescription = { label: { en: 'What', es: 'Qué es' } };
export const status: FieldDescription = {
  label: { en: 'Now', es: 'Cómo está' },
  values: {
    live: { en: 'on offer', es: 'a la vista' },
    paused: { en: 'resting', es: 'en pausa' },
    withdrawn: { en: 'withdrawn', es: 'retirada' },
    changed: { en: 'changed: look at the new one', es: 'cambió: busca la nueva' },
  },
};

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
    fields: { what, ...offerFields, status },
    methods: {
      view,
      changes,
      number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true },
    },
  },
);

const changePrice: MethodDescription = {
  label: { en: 'Change the price', es: 'Cambiar el precio' },
  done: {
    en: 'New price. Orders made before keep the old one.',
    es: 'Precio nuevo. Los pedidos de antes conservan el anterior.',
  },
  help: {
    en: 'Orders already made keep the old price.',
    es: 'Los pedidos ya hechos se quedan con el precio de antes.',
  },
  args: [
    {
      name: 'price',
      kind: 'nat',
      label: { en: 'New price each', es: 'Nuevo precio de cada una' },
      unit: credits,
      min: 0n,
    },
    requestId,
  ],
};
const changeText: MethodDescription = {
  label: { en: 'Change the words', es: 'Cambiar el texto' },
  done: { en: 'The new words are out.', es: 'El texto nuevo ya está a la vista.' },
  help: {
    en: 'Orders already made keep the old words.',
    es: 'Los pedidos ya hechos se quedan con el texto de antes.',
  },
  args: [
    { name: 'what', kind: 'text', label: { en: 'What is it?', es: '¿Qué es?' } },
    {
      name: 'description',
      kind: 'longText',
      label: { en: 'Tell more about it', es: 'Cuenta más' },
      initial: '',
    },
    requestId,
  ],
};
const addStock: MethodDescription = {
  label: { en: 'There are more', es: 'Hay más' },
  done: { en: 'Counted in.', es: 'Sumadas.' },
  args: [
    {
      name: 'quantity',
      kind: 'nat',
      label: { en: 'How many more', es: 'Cuántas más' },
      initial: '1',
      min: 1n,
    },
    requestId,
  ],
};
const pause: MethodDescription = {
  label: { en: 'Let it rest', es: 'Poner en pausa' },
  done: { en: 'It rests. Nobody sees it now.', es: 'En pausa. Nadie la ve por ahora.' },
  help: {
    en: 'Nobody sees it until you show it again.',
    es: 'Nadie la ve hasta que la muestres otra vez.',
  },
  args: [],
};
const resume: MethodDescription = {
  label: { en: 'Show again', es: 'Volver a mostrar' },
  done: { en: 'It is on show again.', es: 'Ya está otra vez a la vista.' },
  args: [],
};
const withdraw: MethodDescription = {
  label: { en: 'Withdraw', es: 'Retirar' },
  done: { en: 'Withdrawn.', es: 'Retirada.' },
  args: [],
  confirm: {
    en: 'Withdraw it for good? Orders already made go on.',
    es: '¿La retiras ya para siempre? Los pedidos hechos siguen en pie.',
  },
};

const live: {
  [name in 'changePrice' | 'changeText' | 'addStock' | 'pause' | 'withdraw']: MethodGuard;
} = {
  changePrice: M.call(ValueShape, RequestIdShape).returns(M.record()),
  changeText: M.call(NameShape, LongTextShape, RequestIdShape).returns(M.record()),
  addStock: M.call(QuantityShape, RequestIdShape).returns(M.record()),
  pause: M.call().returns(M.record()),
  withdraw: M.call().returns(M.record()),
};
const paused: { [name in 'resume' | 'withdraw']: MethodGuard } = {
  resume: M.call().returns(M.record()),
  withdraw: M.call().returns(M.record()),
};

export const OfferMakerI: Described<Methods<keyof typeof live | 'resume' | 'view' | 'changes'>> =
  describe(
    M.interface('OfferMaker', { view: ViewGuard, changes: ChangesGuard, ...live, ...paused }),
    {
      label: { en: 'Your offer', es: 'Tu oferta' },
      view: 'view',
      changes: 'changes',
      fields: { what, ...offerFields, status },
      methods: { view, changes, addStock, changePrice, changeText, pause, resume, withdraw },
    },
  );

export const OfferLiveI: Described<Methods<keyof typeof live>> = describe(
  M.interface('OfferLive', live),
  {
    label: { en: 'Your offer, on show', es: 'Tu oferta, a la vista' },
    methods: { addStock, changePrice, changeText, pause, withdraw },
  },
);

export const OfferPausedI: Described<Methods<keyof typeof paused>> = describe(
  M.interface('OfferPaused', paused),
  {
    label: { en: 'Your offer, resting', es: 'Tu oferta, en pausa' },
    methods: { resume, withdraw },
  },
);

export const OfferInsideI: Methods<
  'available' | 'status' | 'current' | 'maker' | 'reserve' | 'giveBack' | 'ownItem'
> = M.interface('OfferInside', {
  available: M.call().returns(M.nat()),
  status: M.call().returns(M.string()),
  current: M.call().returns(M.nat()),
  maker: M.call().returns(M.remotable('participant')),
  reserve: M.call(QuantityShape).returns(),
  giveBack: M.call(QuantityShape).returns(),
  ownItem: M.call().returns(M.record()),
});

export const VersionInsideI: Methods<'offer' | 'terms'> = M.interface('OfferVersionInside', {
  offer: M.call().returns(M.remotable('offer')),
  terms: M.call().returns(M.record()),
});

/** The words for offers: what is shown of them, and what can be done. */
import type {
  ArgumentDescription,
  FieldDescription,
  MethodDescription,
  Text,
} from '@pocas/vat-runtime';
import { credits, requestId } from '../inside/shapes.ts';

type Fields = { readonly [key: string]: FieldDescription };

const what: FieldDescription = { label: { en: 'What', es: 'Qué es' } };
const price: FieldDescription = { label: { en: 'Price each', es: 'Precio de cada una' } };
const available: FieldDescription = { label: { en: 'Left', es: 'Quedan' } };
const description: FieldDescription = { label: { en: 'About it', es: 'De qué se trata' } };
const more: Fields = {
  category: { label: { en: 'Kind', es: 'Tipo' } },
  delivery: { label: { en: 'How you get it', es: 'Cómo se entrega' } },
};
const status: FieldDescription = {
  label: { en: 'Now', es: 'Cómo está' },
  values: {
    live: { en: 'on offer', es: 'a la vista' },
    soldOut: { en: 'none left', es: 'se acabó' },
    paused: { en: 'resting', es: 'en pausa' },
    over: { en: 'its time is over', es: 'ya pasó su fecha' },
    withdrawn: { en: 'withdrawn', es: 'retirada' },
    changed: { en: 'changed: look at the new one', es: 'cambió: busca la nueva' },
  },
};
/** Of an offer in a list of what can be had. */
export const listFields: Fields = {
  description,
  price,
  available,
  ...more,
  maker: { label: { en: 'Offered by', es: 'Lo ofrece' } },
};
export const offerFields: Fields = {
  what,
  description,
  price,
  prices: { label: { en: 'Ways to pay, from 0 on', es: 'Formas de pago, desde la 0' } },
  available,
  ...more,
  duration: {
    label: { en: 'How long it takes', es: 'Cuánto dura' },
    unit: { en: 'minutes', es: 'minutos' },
  },
  status,
  label: { label: { en: 'Its label', es: 'Su etiqueta' } },
  reviews: {
    label: { en: 'What buyers say', es: 'Lo que dicen quienes compraron' },
    item: {
      heading: 'text',
      fields: { epoch: { label: { en: 'In week number', es: 'En la semana número' } } },
    },
  },
};
export const makerFields: Fields = {
  ...offerFields,
  until: { label: { en: 'On offer until', es: 'A la vista hasta' } },
  thing: { label: { en: 'The thing itself', es: 'La cosa misma' } },
  brands: {
    label: { en: 'What else this market takes', es: 'Qué más acepta este mercado' },
    item: { heading: 'name', fields: { unit: { label: { en: 'Unit', es: 'Unidad' } } } },
  },
  vouchers: {
    label: { en: 'Vouchers that you can ask for', es: 'Vales que puedes pedir' },
    item: {
      heading: 'what',
      fields: { issuedBy: { label: { en: 'Promised by', es: 'Lo promete' } } },
    },
  },
};
export const ownFields: Fields = { description, price, available, status };

/** What a charter may have against an offer. */
const charterRefusals: { readonly [code: string]: Text } = {
  limit: {
    en: 'This market has a price of its own for everything, or prices in steps.',
    es: 'Este mercado tiene un precio fijo para todo, o precios por pasos.',
  },
  unsupported: {
    en: 'This market does not take that kind of payment.',
    es: 'Este mercado no acepta ese tipo de pago.',
  },
  invalid: {
    en: 'This market does not have that kind, or does not know that value.',
    es: 'Este mercado no tiene ese tipo, o no conoce ese valor.',
  },
  conflict: {
    en: 'This market decided not to have such things. Its charter says which.',
    es: 'Este mercado decidió no tener cosas así. Su carta dice cuáles.',
  },
  insufficient: { en: 'One way to pay must stay.', es: 'Tiene que quedar una forma de pago.' },
  quota: {
    en: 'There are as many as there can be at a time.',
    es: 'Ya están todas las que caben a la vez.',
  },
  closed: {
    en: 'It is over: withdrawn, or the market is closing.',
    es: 'Ya terminó: se retiró, o el mercado está cerrando.',
  },
};

const text = (name: string, label: Text, initial?: string): ArgumentDescription => ({
  name,
  kind: 'text',
  label,
  ...(initial === undefined ? {} : { initial }),
});
const longText = (name: string, label: Text): ArgumentDescription => ({
  name,
  kind: 'longText',
  label,
  initial: '',
});
const nat = (
  name: string,
  label: Text,
  rest: Partial<ArgumentDescription> = {},
): ArgumentDescription => ({ name, kind: 'nat', label, ...rest });

const whatArg = text('what', { en: 'What is it?', es: '¿Qué es?' });
const aboutArg: ArgumentDescription = {
  ...longText('description', { en: 'Tell more about it', es: 'Cuenta más' }),
  help: {
    en: 'What it is like, where and when it can be fetched.',
    es: 'Cómo es, dónde y cuándo se puede recoger.',
  },
};
const priceArg = nat(
  'price',
  { en: 'Price each', es: 'Precio de cada una' },
  { unit: credits, min: 0n },
);
const outsideArg = text(
  'outside',
  { en: 'And money outside, such as 20 pesos', es: 'Y dinero de fuera, como 20 pesos' },
  '',
);
const alternativeArg = nat(
  'alternative',
  { en: 'Which way to pay, from 0 on', es: 'Cuál forma de pago, desde la 0' },
  { initial: '0', min: 0n },
);
const quantityArg = nat('quantity', { en: 'How many', es: 'Cuántas' }, { initial: '1', min: 1n });
const keepOld: Text = {
  en: 'Orders already made keep the old one.',
  es: 'Los pedidos ya hechos se quedan con lo de antes.',
};
const saved: Text = { en: 'Saved.', es: 'Guardado.' };

type Words = { readonly [method: string]: MethodDescription };

export const makerWords: Words = {
  addStock: {
    label: { en: 'There are more', es: 'Hay más' },
    done: { en: 'Counted in.', es: 'Sumadas.' },
    args: [
      nat('quantity', { en: 'How many more', es: 'Cuántas más' }, { initial: '1', min: 1n }),
      requestId,
    ],
    refusals: {
      ...charterRefusals,
      unsupported: {
        en: 'It is made on demand, or its stock is kept elsewhere.',
        es: 'Se hace por pedido, o sus existencias están en otro lado.',
      },
    },
  },
  changePrice: {
    label: { en: 'Change the price', es: 'Cambiar el precio' },
    help: keepOld,
    done: saved,
    args: [
      nat(
        'price',
        { en: 'New price each', es: 'Nuevo precio de cada una' },
        { unit: credits, min: 0n },
      ),
      requestId,
    ],
    refusals: charterRefusals,
  },
  changeText: {
    label: { en: 'Change the words', es: 'Cambiar el texto' },
    help: keepOld,
    done: saved,
    args: [
      whatArg,
      longText('description', { en: 'Tell more about it', es: 'Cuenta más' }),
      requestId,
    ],
    refusals: charterRefusals,
  },
  changeDelivery: {
    label: { en: 'How to get it', es: 'Cómo se entrega' },
    help: keepOld,
    done: saved,
    args: [
      longText('delivery', { en: 'Where, when, how', es: 'Dónde, cuándo, cómo' }),
      text('category', { en: 'What kind of thing', es: 'Qué tipo de cosa' }, ''),
      requestId,
    ],
    refusals: charterRefusals,
  },
  addPrice: {
    label: { en: 'Another way to pay', es: 'Otra forma de pago' },
    help: {
      en: 'People choose one of them. What is in one of them is paid together.',
      es: 'La gente elige una. Lo que lleva cada una se paga junto.',
    },
    done: saved,
    args: [
      nat('own', { en: 'Credits', es: 'Créditos' }, { unit: credits, initial: '0', min: 0n }),
      outsideArg,
      requestId,
    ],
    refusals: charterRefusals,
  },
  addBrandLink: {
    label: { en: 'Ask for this as well', es: 'Pedir también de esto' },
    help: {
      en: 'In your place there, make the text by which you are paid, and paste it here.',
      es: 'En tu lugar de allá, haz el texto para que te paguen y pégalo aquí.',
    },
    done: saved,
    args: [
      alternativeArg,
      {
        name: 'issuer',
        kind: 'facet',
        label: { en: 'Of what', es: 'De qué' },
        from: 'brands',
      },
      nat('value', { en: 'How much for each', es: 'Cuánto por cada una' }, { min: 1n }),
      {
        name: 'link',
        kind: 'secret',
        label: { en: 'Text to pay you there', es: 'Texto para pagarte allá' },
      },
      requestId,
    ],
    refusals: charterRefusals,
  },
  addBrand: {
    label: { en: 'Ask for this as well', es: 'Pedir también de esto' },
    args: [
      alternativeArg,
      { name: 'issuer', kind: 'facet', label: { en: 'Of what', es: 'De qué' } },
      { name: 'payee', kind: 'facet', label: { en: 'Your account there', es: 'Tu cuenta allá' } },
      nat('value', { en: 'How much', es: 'Cuánto' }, { min: 1n }),
      requestId,
    ],
    hidden: true,
    refusals: charterRefusals,
  },
  addVoucher: {
    label: { en: 'Ask for vouchers as well', es: 'Pedir también vales' },
    help: {
      en: 'Beside the other things in this way to pay. Those who order pay with vouchers that they have.',
      es: 'Además de lo que ya lleva esa forma de pago. Quien pide paga con vales que ya tiene.',
    },
    done: saved,
    args: [
      alternativeArg,
      {
        name: 'voucher',
        kind: 'facet',
        label: { en: 'Of what', es: 'De qué' },
        from: 'vouchers',
      },
      nat(
        'count',
        { en: 'How many for each', es: 'Cuántos por cada una' },
        { initial: '1', min: 1n },
      ),
      requestId,
    ],
    refusals: {
      ...charterRefusals,
      stale: { en: 'These cannot be asked for any more.', es: 'Esos ya no se pueden pedir.' },
      quota: {
        en: 'No price can ask for so many different things, or you have too many kinds of vouchers.',
        es: 'Un precio no puede llevar tantas cosas distintas, o ya tienes demasiadas clases de vales.',
      },
    },
  },
  removePrice: {
    label: { en: 'Take a way to pay away', es: 'Quitar una forma de pago' },
    done: saved,
    args: [alternativeArg, requestId],
    refusals: charterRefusals,
  },
  setDays: {
    label: { en: 'Offer it for some days', es: 'Ofrecerla algunos días' },
    done: saved,
    args: [
      nat(
        'days',
        {
          en: 'How many days from now; 0 for no end',
          es: 'Cuántos días desde hoy; 0 si no tiene fin',
        },
        { initial: '0', min: 0n, max: 3_660n },
      ),
      requestId,
    ],
    refusals: charterRefusals,
  },
  pause: {
    label: { en: 'Let it rest', es: 'Poner en pausa' },
    done: { en: 'It rests. Nobody sees it now.', es: 'En pausa. Nadie la ve por ahora.' },
    help: {
      en: 'Nobody sees it until you show it again.',
      es: 'Nadie la ve hasta que la muestres otra vez.',
    },
    args: [],
  },
  resume: {
    label: { en: 'Show again', es: 'Volver a mostrar' },
    done: { en: 'It is on show again.', es: 'Ya está otra vez a la vista.' },
    args: [],
  },
  withdraw: {
    label: { en: 'Withdraw', es: 'Retirar' },
    done: { en: 'Withdrawn.', es: 'Retirada.' },
    args: [],
    confirm: {
      en: 'Withdraw it for good? Orders already made go on.',
      es: '¿La retiras ya para siempre? Los pedidos hechos siguen en pie.',
    },
  },
};

const orderRefusals: { readonly [code: string]: Text } = {
  stale: {
    en: 'The offer has changed since you saw it. Look at it again, and order if you still want to.',
    es: 'La oferta cambió desde que la viste. Mírala otra vez, y pide si todavía quieres.',
  },
  closed: {
    en: 'There is nothing to order now: it rests, it is gone, or the market is closing.',
    es: 'Ahora no hay nada que pedir: está en pausa, se acabó, o el mercado está cerrando.',
  },
  insufficient: { en: 'There are not that many left.', es: 'Ya no quedan tantas.' },
  claimed: { en: 'Somebody else was first.', es: 'Alguien más llegó primero.' },
  limit: {
    en: 'You would owe more than you may for now.',
    es: 'Deberías más de lo que por ahora se puede.',
  },
  quota: {
    en: 'You have too many open orders. Finish some first.',
    es: 'Tienes demasiados pedidos abiertos. Primero termina algunos.',
  },
  unsupported: {
    en: 'This is your own offer, or this price needs something of another market.',
    es: 'Esta oferta es tuya, o este precio lleva algo de otro mercado.',
  },
};
const offerArg: ArgumentDescription = {
  name: 'offer',
  kind: 'facet',
  label: { en: 'Offer', es: 'Oferta' },
  from: 'offers',
};
const setAsideHelp: Text = {
  en: 'The price is set aside now and paid when you have it in your hands.',
  es: 'El precio se aparta ahora y se paga cuando ya lo tienes en tus manos.',
};
const ordered: Text = { en: 'Ordered.', es: 'Pedido hecho.' };

export const older: MethodDescription = {
  label: { en: 'Show older ones', es: 'Ver más antiguas' },
  args: [requestId],
};

export const deskWords: Words = {
  order: {
    label: { en: 'Order', es: 'Pedir' },
    help: setAsideHelp,
    done: ordered,
    refusals: orderRefusals,
    args: [offerArg, quantityArg, requestId],
  },
  orderWithLink: {
    label: { en: 'Pay in another way', es: 'Pagar de otra forma' },
    help: {
      en: 'Where the price has value of another market: set it aside there, copy the text that you get, and paste it here.',
      es: 'Si el precio lleva valor de otro mercado: apártalo allá, copia el texto que te dan y pégalo aquí.',
    },
    done: ordered,
    refusals: orderRefusals,
    args: [
      { ...offerArg, from: 'otherWays' },
      alternativeArg,
      quantityArg,
      {
        name: 'link',
        kind: 'secret',
        label: { en: 'What you set aside there', es: 'Lo que apartaste allá' },
      },
      requestId,
    ],
  },
  orderAt: {
    label: { en: 'Order, and choose how to pay', es: 'Pedir, y elegir cómo pagar' },
    help: {
      en: 'With vouchers of this market that you have, with credits, or with money by hand. The page of the offer lists the ways.',
      es: 'Con vales de este mercado que ya tengas, con créditos, o con dinero en mano. La página de la oferta dice las formas.',
    },
    done: ordered,
    refusals: {
      ...orderRefusals,
      insufficient: {
        en: 'There are not that many, or you have not enough of those vouchers.',
        es: 'No hay tantas, o no te alcanzan esos vales.',
      },
    },
    args: [{ ...offerArg, from: 'otherWays' }, alternativeArg, quantityArg, requestId],
  },
  orderWith: {
    label: { en: 'Order', es: 'Pedir' },
    args: [
      offerArg,
      alternativeArg,
      quantityArg,
      { name: 'handed', kind: 'facet', label: { en: 'Set aside elsewhere', es: 'Apartado allá' } },
      requestId,
    ],
    hidden: true,
    refusals: orderRefusals,
  },
  look: {
    label: { en: 'Look for something', es: 'Buscar algo' },
    args: [
      text('words', { en: 'What? Nothing shows everything', es: '¿Qué? Sin nada se ve todo' }, ''),
      requestId,
    ],
  },
  older: { ...older, hidden: true },
  offer: {
    label: { en: 'Offer something', es: 'Ofrecer algo' },
    help: {
      en: 'Something you make, grow, mend, teach or no longer need.',
      es: 'Algo que haces, siembras, arreglas, enseñas o que ya no ocupas.',
    },
    done: { en: 'Your offer is out.', es: 'Tu oferta ya está a la vista.' },
    refusals: charterRefusals,
    args: [
      whatArg,
      aboutArg,
      priceArg,
      nat(
        'quantity',
        { en: 'How many are there?', es: '¿Cuántas hay?' },
        {
          initial: '1',
          min: 0n,
          help: {
            en: '0 where you make it when somebody orders it.',
            es: '0 si lo haces cuando alguien lo pide.',
          },
        },
      ),
      requestId,
    ],
  },
  offerThere: {
    label: { en: 'Offer something kept elsewhere', es: 'Ofrecer algo que está en otro lado' },
    help: {
      en: 'On the page of the thing itself make a text for this market, and paste it here. It is sold once, wherever else you offer it.',
      es: 'En la página de la cosa misma haz un texto para este mercado, y pégalo aquí. Se vende una sola vez, aunque la ofrezcas en otros lados.',
    },
    done: { en: 'Your offer is out.', es: 'Tu oferta ya está a la vista.' },
    refusals: {
      ...charterRefusals,
      invalid: {
        en: 'That is no text for a thing, or not the market’s kind of offer.',
        es: 'Ese no es un texto de una cosa, o este mercado no acepta ofertas así.',
      },
    },
    args: [
      whatArg,
      aboutArg,
      priceArg,
      {
        name: 'link',
        kind: 'secret',
        label: { en: 'Its text for this market', es: 'Su texto para este mercado' },
      },
      requestId,
    ],
  },
  offerWith: {
    label: { en: 'Offer something', es: 'Ofrecer algo' },
    args: [
      {
        name: 'terms',
        kind: 'facet',
        label: { en: 'All there is to say', es: 'Todo lo que hay que decir' },
      },
      { name: 'stock', kind: 'facet', label: { en: 'How many', es: 'Cuántas' } },
      { name: 'options', kind: 'facet', label: { en: 'Other things', es: 'Otras cosas' } },
      requestId,
    ],
    hidden: true,
    refusals: charterRefusals,
  },
  payeeLink: {
    label: { en: 'Text to be paid by', es: 'Texto para que te paguen' },
    help: {
      en: 'For what you offer in another market for credits of this one: paste it there.',
      es: 'Para lo que ofreces en otro mercado por créditos de este: pégalo allá.',
    },
    args: [],
  },
  setAside: {
    label: { en: 'Set aside for another market', es: 'Apartar para otro mercado' },
    help: {
      en: 'To pay there with credits of this market. You get a text to paste there.',
      es: 'Para pagar allá con créditos de este mercado. Te damos un texto para pegar allá.',
    },
    done: { en: 'Set aside.', es: 'Apartado.' },
    refusals: orderRefusals,
    args: [nat('value', { en: 'How much', es: 'Cuánto' }, { unit: credits, min: 1n }), requestId],
  },
};

export const asideWords: Words = {
  link: {
    label: { en: 'Text to paste there', es: 'Texto para pegar allá' },
    args: [],
    refusals: {
      unsupported: {
        en: 'This market cannot make such texts.',
        es: 'Este mercado no puede hacer esos textos.',
      },
    },
  },
  takeBack: {
    label: { en: 'Take it back', es: 'Recuperarlo' },
    done: { en: 'It is yours again.', es: 'Ya es tuyo otra vez.' },
    args: [],
    refusals: {
      closed: {
        en: 'It pays for an order now, or it was used up.',
        es: 'Ya está pagando un pedido, o ya se usó.',
      },
    },
  },
  hand: { label: { en: 'Hand it over', es: 'Entregarlo' }, args: [], hidden: true },
};

export const brandWords: Words = {
  accept: {
    label: { en: 'Take something else as well', es: 'Aceptar algo más' },
    help: {
      en: 'Vouchers, or credits of another market. Paste the text that its steward gives you for it. From then on offers may ask for it.',
      es: 'Vales, o créditos de otro mercado. Pega el texto que te dé quien lo cuida. Desde entonces las ofertas pueden pedirlo.',
    },
    done: { en: 'Your market takes it now.', es: 'Tu mercado ya lo acepta.' },
    args: [
      {
        name: 'link',
        kind: 'secret',
        label: { en: 'Text of the issuer', es: 'Texto de quien lo emite' },
      },
      requestId,
    ],
    confirm: {
      en: 'Do you know who gave you this text? People will hand value over to it.',
      es: '¿Conoces a quien te dio este texto? La gente le va a entregar valor.',
    },
    refusals: {
      invalid: {
        en: 'This is nothing that can be taken.',
        es: 'Esto no es algo que se pueda aceptar.',
      },
      unsupported: {
        en: 'This market cannot open such texts.',
        es: 'Este mercado no puede abrir esos textos.',
      },
    },
  },
  ownLink: {
    label: { en: 'Text of our own credits', es: 'Texto de nuestros créditos' },
    help: {
      en: 'For the steward of another market, so that it takes yours.',
      es: 'Para quien cuida otro mercado, para que acepte los tuyos.',
    },
    args: [],
  },
  acceptIssuer: {
    label: { en: 'Take it', es: 'Aceptarlo' },
    args: [
      { name: 'issuer', kind: 'facet', label: { en: 'Issuer', es: 'Quien emite' } },
      requestId,
    ],
    hidden: true,
  },
  stop: {
    label: { en: 'Take one no more', es: 'Dejar de aceptar uno' },
    done: { en: 'No more. Running orders go on.', es: 'Ya no. Los pedidos en curso siguen.' },
    args: [nat('number', { en: 'Its number', es: 'Su número' }), requestId],
  },
};

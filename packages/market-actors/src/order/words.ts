/** The words for orders: what is shown of them, and what can be done. */
import type { ArgumentDescription, FieldDescription, MethodDescription } from '@pocas/vat-runtime';
import { requestId } from '../inside/shapes.ts';

type Fields = { readonly [key: string]: FieldDescription };

export const phase: FieldDescription = {
  label: { en: 'Now', es: 'Cómo va' },
  values: {
    placed: {
      en: 'waiting for what you set aside in another market',
      es: 'esperando lo que se apartó en otro mercado',
    },
    escrowed: {
      en: 'paid in advance, asking whether it is still there',
      es: 'con el pago apartado, preguntando si todavía hay',
    },
    claimed: { en: 'ordered, the price is set aside', es: 'pedido, con el precio apartado' },
    ready: { en: 'ready to fetch', es: 'listo para recoger' },
    handedOver: { en: 'handed over', es: 'entregado' },
    disputed: { en: 'something is wrong: being settled', es: 'hay un problema: en arreglo' },
    accepted: { en: 'received and paid', es: 'recibido y pagado' },
    refused: { en: 'not possible, price given back', es: 'no se pudo, precio devuelto' },
    expired: { en: 'time ran out, price given back', es: 'se acabó el tiempo, precio devuelto' },
    cancelled: { en: 'cancelled, price given back', es: 'cancelado, precio devuelto' },
    settled: { en: 'settled: paid in full', es: 'arreglado: pagado completo' },
    refunded: { en: 'settled: all given back', es: 'arreglado: todo devuelto' },
    split: { en: 'settled: shared between you', es: 'arreglado: repartido entre las dos partes' },
  },
};
const quantity: FieldDescription = { label: { en: 'How many', es: 'Cuántas' } };
const price: FieldDescription = { label: { en: 'In all', es: 'En total' } };
const what: FieldDescription = { label: { en: 'What', es: 'Qué es' } };
const from: FieldDescription = { label: { en: 'From', es: 'De parte de' } };
const to: FieldDescription = { label: { en: 'For', es: 'Para' } };

/** Of an order in a list. */
export const purchaseFields: Fields = { phase, with: from, quantity, price };
export const saleFields: Fields = { phase, with: to, quantity, price };
export const pastFields: Fields = {
  phase,
  with: { label: { en: 'With', es: 'Con' } },
  role: {
    label: { en: 'You', es: 'Tú' },
    values: {
      purchase: { en: 'ordered it', es: 'lo pediste' },
      sale: { en: 'provided it', es: 'lo diste' },
      help: { en: 'helped to agree', es: 'ayudaste a ponerse de acuerdo' },
    },
  },
  quantity,
  price,
  epoch: { label: { en: 'In week number', es: 'En la semana número' } },
};

const percent = { en: '% of the price', es: '% del precio' };
const dispute: Fields = {
  byBuyer: { label: { en: 'What the buyer says', es: 'Qué dice quien compra' } },
  bySeller: { label: { en: 'What the seller says', es: 'Qué dice quien vende' } },
  buyerProposes: {
    label: { en: 'The buyer would pay', es: 'Quien compra pagaría' },
    unit: percent,
  },
  sellerProposes: {
    label: { en: 'The seller would take', es: 'Quien vende aceptaría' },
    unit: percent,
  },
  facilitator: { label: { en: 'Who helps', es: 'Quién ayuda' } },
  suggested: { label: { en: 'Suggested payment', es: 'Pago sugerido' }, unit: percent },
  note: { label: { en: 'Why', es: 'Por qué' } },
};
const details: Fields = {
  description: { label: { en: 'About it', es: 'De qué se trata' } },
  delivery: { label: { en: 'How you get it', es: 'Cómo se entrega' } },
  until: { label: { en: 'If nobody does anything, until', es: 'Si nadie hace nada, hasta' } },
  saidPaid: { label: { en: 'The buyer says it is paid', es: 'Quien compra dice que pagó' } },
  saidReceived: {
    label: { en: 'The seller says the money came', es: 'Quien vende dice que llegó el dinero' },
  },
  pending: {
    label: {
      en: 'Parts in other markets not certain yet',
      es: 'Partes en otros mercados aún sin confirmar',
    },
  },
  failed: {
    label: {
      en: 'Parts that another market did not pay',
      es: 'Partes que otro mercado no pagó',
    },
  },
};
export const buyerFields: Fields = { what, ...purchaseFields, ...details, ...dispute };
export const sellerFields: Fields = { what, ...saleFields, ...details, ...dispute };
export const helperFields: Fields = {
  what,
  phase,
  with: { label: { en: 'Seller', es: 'Quien vende' } },
  quantity,
  price,
  ...details,
  ...dispute,
};

const closed = {
  closed: {
    en: 'It is too late for that: look how the order stands.',
    es: 'Ya es tarde para eso: mira cómo va el pedido.',
  },
} as const;
const refusals = {
  ...closed,
  notYet: { en: 'Not yet: something else comes first.', es: 'Todavía no: antes falta otro paso.' },
} as const;

export const cancel: MethodDescription = {
  label: { en: 'Cancel the order', es: 'Cancelar el pedido' },
  done: {
    en: 'Cancelled. What you set aside is yours again.',
    es: 'Cancelado. Recuperaste lo apartado.',
  },
  help: {
    en: 'Until it is ready, or when it is late. You get everything back.',
    es: 'Mientras no esté listo, o si ya se tardó. Recuperas todo.',
  },
  args: [],
  confirm: { en: 'Cancel this order?', es: '¿Cancelamos este pedido?' },
  refusals: {
    closed: {
      en: 'It is ready, so it can no longer be cancelled. If something is wrong, say so.',
      es: 'Ya está listo y no se puede cancelar. Si algo anda mal, dilo.',
    },
  },
};
export const accept: MethodDescription = {
  label: { en: 'I have it, all is well', es: 'Ya lo tengo, todo bien' },
  done: { en: 'Thank you.', es: 'Gracias.' },
  help: {
    en: 'With this what you set aside is paid, and you say that you paid the money outside, if there was any.',
    es: 'Con esto se paga lo que apartaste, y dices que ya pagaste el dinero de fuera, si lo hay.',
  },
  args: [],
  confirm: { en: 'Is all well, and shall we pay?', es: '¿Todo bien y pagamos?' },
  refusals,
};
export const ready: MethodDescription = {
  label: { en: 'It is ready', es: 'Ya está listo' },
  done: {
    en: 'The other person sees that it is ready.',
    es: 'La otra persona ya ve que está listo.',
  },
  help: {
    en: 'From now on the order cannot be cancelled, unless you are late.',
    es: 'De aquí en adelante ya no se puede cancelar, a menos que te tardes.',
  },
  args: [],
  refusals,
};
export const handOver: MethodDescription = {
  label: { en: 'I handed it over', es: 'Ya lo entregué' },
  done: {
    en: 'Noted. It is paid when the other person says so too, or after some days of silence.',
    es: 'Anotado. Se paga cuando la otra persona también lo diga, o tras unos días de silencio.',
  },
  args: [],
  confirm: {
    en: 'Does the other person have it in their hands?',
    es: '¿La otra persona ya lo tiene en sus manos?',
  },
  refusals,
};
export const refuseOrder: MethodDescription = {
  label: { en: 'I cannot do it', es: 'No voy a poder' },
  done: {
    en: 'Refused. The other person has everything back.',
    es: 'No se hará. La otra persona recuperó todo.',
  },
  help: {
    en: 'The whole price goes back to the other person.',
    es: 'El precio completo regresa a la otra persona.',
  },
  args: [],
  confirm: { en: 'Refuse this order?', es: '¿Le decimos que no se puede?' },
  refusals: closed,
};
export const received: MethodDescription = {
  label: { en: 'The money outside came', es: 'Ya me llegó el dinero de fuera' },
  done: { en: 'Noted.', es: 'Anotado.' },
  args: [],
  refusals: {
    ...refusals,
    unsupported: {
      en: 'There is no money outside in this price.',
      es: 'Este precio no lleva dinero de fuera.',
    },
  },
};

const statement: ArgumentDescription = {
  name: 'statement',
  kind: 'longText',
  label: { en: 'What happened?', es: '¿Qué pasó?' },
};
const share: ArgumentDescription = {
  name: 'share',
  kind: 'nat',
  label: { en: 'How much of the price is paid', es: 'Qué parte del precio se paga' },
  unit: percent,
  min: 0n,
  max: 100n,
  help: {
    en: '100 pays all of it, 0 gives all of it back.',
    es: 'Con 100 se paga todo, con 0 se devuelve todo.',
  },
};
export const disputeIt: MethodDescription = {
  label: { en: 'Something is wrong', es: 'Algo anda mal' },
  help: {
    en: 'Nothing is paid by itself any more. You both say what happened, and somebody may help you agree.',
    es: 'Ya nada se paga solo. Las dos partes dicen qué pasó, y alguien puede ayudar a ponerse de acuerdo.',
  },
  done: {
    en: 'Noted. Talk to each other, and propose what would be fair.',
    es: 'Anotado. Platiquen y propongan lo que sería justo.',
  },
  args: [statement],
  refusals,
};
export const stateIt: MethodDescription = {
  label: { en: 'Say what happened', es: 'Decir qué pasó' },
  done: { en: 'Noted.', es: 'Anotado.' },
  args: [statement, requestId],
  refusals,
};
export const propose: MethodDescription = {
  label: { en: 'Propose what is fair', es: 'Proponer lo justo' },
  help: {
    en: 'As soon as what one would pay is what the other would take, it is done.',
    es: 'En cuanto lo que una parte pagaría es lo que la otra aceptaría, queda hecho.',
  },
  done: { en: 'Proposed.', es: 'Propuesto.' },
  args: [share, requestId],
  refusals,
};
export const suggest: MethodDescription = {
  label: { en: 'Suggest something', es: 'Sugerir algo' },
  help: {
    en: 'You decide nothing: both of them must propose it.',
    es: 'Tú no decides: las dos partes tienen que proponerlo.',
  },
  done: { en: 'They both see it.', es: 'Las dos partes ya lo ven.' },
  args: [
    share,
    { name: 'note', kind: 'longText', label: { en: 'Why', es: 'Por qué' }, initial: '' },
    requestId,
  ],
  refusals,
};

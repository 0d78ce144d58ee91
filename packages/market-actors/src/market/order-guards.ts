/** What the facets of an order accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described, FieldDescription, MethodDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, credits, view } from '../inside/shapes.ts';

const fields = (other: FieldDescription): { readonly [key: string]: FieldDescription } => ({
  phase: {
    label: { en: 'Now', es: 'Cómo va' },
    values: {
      escrowed: { en: 'ordered, credits set aside', es: 'pedido, con los créditos apartados' },
      ready: { en: 'ready to fetch', es: 'listo para recoger' },
      handedOver: { en: 'handed over', es: 'entregado' },
      accepted: { en: 'received and paid', es: 'recibido y pagado' },
      refused: { en: 'refused, credits given back', es: 'no se pudo, créditos devueltos' },
      cancelled: { en: 'cancelled, credits given back', es: 'cancelado, créditos devueltos' },
    },
  },
  with: other,
  quantity: { label: { en: 'How many', es: 'Cuántas' } },
  total: { label: { en: 'In all', es: 'En total' }, unit: credits },
});
/** The fields of an order as its buyer sees them. */
export const purchaseFields: { readonly [key: string]: FieldDescription } = fields({
  label: { en: 'From', es: 'De parte de' },
});
/** The fields of an order as its seller sees them. */
export const saleFields: { readonly [key: string]: FieldDescription } = fields({
  label: { en: 'For', es: 'Para' },
});
const what: FieldDescription = { label: { en: 'What', es: 'Qué es' } };

const cancel: MethodDescription = {
  label: { en: 'Cancel the order', es: 'Cancelar el pedido' },
  done: {
    en: 'Cancelled. The value is yours again.',
    es: 'Cancelado. El valor vuelve a ser tuyo.',
  },
  help: {
    en: 'Until it is ready. Your credits come back whole.',
    es: 'Mientras no esté listo. Tus créditos regresan completos.',
  },
  args: [],
  confirm: { en: 'Cancel this order?', es: '¿Cancelamos este pedido?' },
};
const accept: MethodDescription = {
  label: { en: 'I have it, all is well', es: 'Ya lo tengo, todo bien' },
  done: { en: 'Thank you. It is paid.', es: 'Gracias. Ya está pagado.' },
  help: {
    en: 'With this the credits you set aside are paid.',
    es: 'Con esto se pagan los créditos que apartaste.',
  },
  args: [],
  confirm: { en: 'Is all well, and shall we pay?', es: '¿Todo bien y pagamos?' },
};
const ready: MethodDescription = {
  label: { en: 'It is ready', es: 'Ya está listo' },
  done: {
    en: 'The other person sees that it is ready.',
    es: 'La otra persona ya ve que está listo.',
  },
  help: {
    en: 'From now on the order cannot be cancelled.',
    es: 'De aquí en adelante ya no se puede cancelar.',
  },
  args: [],
};
const handOver: MethodDescription = {
  label: { en: 'I handed it over', es: 'Ya lo entregué' },
  done: {
    en: 'Noted. It is paid when the other person says so too.',
    es: 'Anotado. Se paga cuando la otra persona también lo diga.',
  },
  args: [],
};
const refuse: MethodDescription = {
  label: { en: 'I cannot do it', es: 'No voy a poder' },
  done: {
    en: 'Refused. The other person has the value back.',
    es: 'No se hará. La otra persona recuperó el valor.',
  },
  help: {
    en: 'The credits go back whole to the other person.',
    es: 'Los créditos regresan completos a la otra persona.',
  },
  args: [],
  confirm: { en: 'Refuse this order?', es: '¿Le decimos que no se puede?' },
};

const StepGuard = M.call().returns(M.record());

export const OrderBuyerI: Described<Methods<'view' | 'changes' | 'cancel' | 'accept'>> = describe(
  M.interface('OrderBuyer', {
    view: ViewGuard,
    changes: ChangesGuard,
    cancel: StepGuard,
    accept: StepGuard,
  }),
  {
    label: { en: 'Your order', es: 'Tu pedido' },
    view: 'view',
    changes: 'changes',
    fields: { what, ...purchaseFields },
    methods: { view, changes, accept, cancel },
  },
);
export const OrderCancelI: Described<Methods<'cancel'>> = describe(
  M.interface('OrderCancel', { cancel: StepGuard }),
  { label: { en: 'Your order', es: 'Tu pedido' }, methods: { cancel } },
);
export const OrderAcceptI: Described<Methods<'accept'>> = describe(
  M.interface('OrderAccept', { accept: StepGuard }),
  { label: { en: 'Your order', es: 'Tu pedido' }, methods: { accept } },
);

export const OrderSellerI: Described<
  Methods<'view' | 'changes' | 'ready' | 'handOver' | 'refuse'>
> = describe(
  M.interface('OrderSeller', {
    view: ViewGuard,
    changes: ChangesGuard,
    ready: StepGuard,
    handOver: StepGuard,
    refuse: StepGuard,
  }),
  {
    label: { en: 'An order for you', es: 'Un pedido para ti' },
    view: 'view',
    changes: 'changes',
    fields: { what, ...saleFields },
    methods: { view, changes, ready, handOver, refuse },
  },
);
export const OrderPrepareI: Described<Methods<'ready' | 'refuse'>> = describe(
  M.interface('OrderPrepare', { ready: StepGuard, refuse: StepGuard }),
  {
    label: { en: 'An order for you', es: 'Un pedido para ti' },
    methods: { ready, refuse },
  },
);
export const OrderHandOverI: Described<Methods<'handOver' | 'refuse'>> = describe(
  M.interface('OrderHandOver', { handOver: StepGuard, refuse: StepGuard }),
  {
    label: { en: 'An order for you', es: 'Un pedido para ti' },
    methods: { handOver, refuse },
  },
);

export const OrderInsideI: Methods<'purchaseItem' | 'saleItem'> = M.interface('OrderInside', {
  purchaseItem: M.call().returns(M.record()),
  saleItem: M.call().returns(M.record()),
});

/** Words that the pages of subscriptions share. */
import type { FieldDescription } from '@pocas/vat-runtime';
import { credits } from '../inside/shapes.ts';

type Fields = { readonly [key: string]: FieldDescription };

export const outcomeField: FieldDescription = {
  label: { en: 'What came of it', es: 'Qué pasó' },
  values: {
    ordered: { en: 'ordered', es: 'pedido' },
    skipped: { en: 'skipped', es: 'te lo saltaste' },
    paused: { en: 'paused', es: 'en pausa' },
    missed: {
      en: 'not ordered: the value could not be set aside. You owe nothing for it',
      es: 'no se pidió: no alcanzó para apartarlo. No debes nada por eso',
    },
    tooFew: { en: 'not produced: too few ordered', es: 'no se hizo: muy pocos lo pidieron' },
    away: {
      en: 'not ordered: the market was away. It does not count',
      es: 'no se pidió: el mercado no estaba. No cuenta',
    },
    closed: {
      en: 'not ordered: the market is closing',
      es: 'no se pidió: el mercado está cerrando',
    },
    paid: { en: 'received and paid', es: 'recibido y pagado' },
    returned: { en: 'nothing came, all given back', es: 'no llegó, todo devuelto' },
  },
};
export const quantityField: FieldDescription = {
  label: { en: 'Each time', es: 'Cada vez' },
};
export const leftField: FieldDescription = {
  label: { en: 'Deliveries still to come', es: 'Entregas que faltan' },
};
export const nextField: FieldDescription = {
  label: { en: 'Next delivery', es: 'Próxima entrega' },
};
export const codeField: FieldDescription = {
  label: { en: 'Your code for fetching it', es: 'Tu código para recoger' },
};
export const subscriptionPhase: FieldDescription = {
  label: { en: 'Now', es: 'Cómo va' },
  values: {
    running: { en: 'running', es: 'activa' },
    paused: { en: 'paused', es: 'en pausa' },
    leaving: { en: 'ending', es: 'por terminar' },
    ended: { en: 'ended', es: 'terminada' },
  },
};
export const priceField: FieldDescription = {
  label: { en: 'Price of one', es: 'Precio de cada una' },
  unit: credits,
};
export const subscribersField: FieldDescription = {
  label: { en: 'Subscribers', es: 'Personas suscritas' },
};
export const planPhase: FieldDescription = {
  label: { en: 'Now', es: 'Cómo va' },
  values: {
    open: { en: 'open', es: 'abierta' },
    ending: { en: 'ending', es: 'por terminar' },
  },
};
export const planFields: Fields = {
  what: { label: { en: 'What', es: 'Qué' } },
  phase: planPhase,
  description: { label: { en: 'About it', es: 'Sobre esto' } },
  producer: { label: { en: 'Made by', es: 'Lo hace' } },
  price: priceField,
  least: { label: { en: 'At least, each time', es: 'Mínimo cada vez' } },
  most: { label: { en: 'At most, each time', es: 'Máximo cada vez' } },
  periodDays: { label: { en: 'Every', es: 'Cada' }, unit: { en: 'days', es: 'días' } },
  nextDelivery: nextField,
  orderUntil: { label: { en: 'Changes until', es: 'Cambios hasta' } },
  minimumSubscribers: { label: { en: 'Made only for at least', es: 'Se hace con al menos' } },
  subscribers: subscribersField,
  skips: { label: { en: 'May be skipped', es: 'Se pueden saltar' } },
  pauses: { label: { en: 'Longest pause, in deliveries', es: 'Pausa más larga, en entregas' } },
  notice: { label: { en: 'Notice, in deliveries', es: 'Aviso, en entregas' } },
};

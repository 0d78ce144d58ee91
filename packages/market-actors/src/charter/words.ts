/** What each value of a charter is called on a page. */
import type { Text } from '@pocas/vat-runtime';
import type { CharterName } from '../inside/types.ts';
import type { CharterList } from './values.ts';

const text = (en: string, es: string): Text => ({ en, es });

export const nameWords: { readonly [name in CharterName | CharterList]: Text } = {
  baseLimit: text(
    'The market trusts whoever it invited with',
    'Lo que el mercado confía a quien invita',
  ),
  limitCap: text('Nobody may owe more than', 'Nadie puede deber más de'),
  minimumCeiling: text(
    'Everybody may gather at least',
    'Todas las personas pueden juntar al menos',
  ),
  kappa: text('Of one sale counts at most', 'De una venta cuenta cuando mucho'),
  kappaPair: text(
    'Of sales to one person in a period count at most',
    'De las ventas a una misma persona en un periodo cuentan cuando mucho',
  ),
  perEpochCap: text('In one period counts at most', 'En un periodo cuenta cuando mucho'),
  halfActivity: text(
    'Half of the full trust is reached with',
    'La mitad de la confianza se alcanza con',
  ),
  beta: text(
    'Trust for each credit of trade, in thousandths',
    'Confianza por cada crédito que se mueve, en milésimas',
  ),
  chi: text(
    'All limits together, in thousandths of the trade',
    'Todos los límites juntos, en milésimas de lo que se mueve',
  ),
  gamma: text(
    'Gathering for each credit of trust, in thousandths',
    'Lo que se puede juntar por cada crédito de confianza, en milésimas',
  ),
  window: text('Periods that are looked back on', 'Periodos hacia atrás que se miran'),
  appreciations: text(
    'Thanks that each person can give in a period',
    'Agradecimientos que cada quien puede dar en un periodo',
  ),
  orderExpiry: text('An order waits for the seller', 'Un pedido espera a quien vende'),
  silence: text(
    'Silence after the handing over means yes after',
    'El silencio después de la entrega quiere decir que sí, tras',
  ),
  disputeRefundBelow: text(
    'Without agreement, paid back below',
    'Sin acuerdo, se devuelve si es menos de',
  ),
  commonsFloor: text('The commons may owe up to', 'El fondo común puede deber hasta'),
  absence: text('Somebody counts as away after', 'Alguien cuenta como ausente tras'),
  maxOffers: text('Offers that each person may have', 'Ofertas que cada quien puede tener'),
  maxOrders: text(
    'Orders that each person may have open',
    'Pedidos abiertos que cada quien puede tener',
  ),
  maxNeeds: text(
    'Needs that each person may have open',
    'Necesidades abiertas que cada quien puede tener',
  ),
  voucherCap: text(
    'Promises that a newcomer may give out',
    'Promesas que puede dar quien apenas llega',
  ),
  price: text(
    'One price for all (0: everybody says their own)',
    'Un solo precio para todo (0: cada quien pone el suyo)',
  ),
  step: text('Prices are multiples of', 'Los precios van de tanto en tanto'),
  strangers: text(
    'People who may come in without an introduction, in a period',
    'Personas que pueden entrar sin que nadie las presente, en un periodo',
  ),
  notice: text(
    'A change of these rules is announced for so many periods',
    'Un cambio de estas reglas se anuncia tantos periodos antes',
  ),
  categories: text('What this market is for', 'De qué es este mercado'),
  units: text('Other units that prices may have', 'Otras unidades que pueden llevar los precios'),
  refused: text('What is not offered here', 'Lo que aquí no se ofrece'),
};

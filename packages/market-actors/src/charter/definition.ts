/**
 * What a market's charter decides: numbers with bounds, and short lists of words (SPEC 0.1, 11; M1).
 *
 * Defaults of the limits are those of SPEC 7.1; where it names none, the most careful one stands here.
 */
import type { Text } from '@pocas/vat-runtime';
import type { CharterDefinition, CharterNumber } from '@pocas/vat-runtime/actors';
import type { CharterName } from '../inside/types.ts';
import type { CharterListName } from './types.ts';

/** One day, in milliseconds. */
const day = 24n * 60n * 60n * 1000n;
const most = 1_000_000_000n;
const text = (en: string, es: string): Text => ({ en, es });

export const charterValues: { readonly [name in CharterName]: CharterNumber } = {
  baseLimit: {
    initial: 20n,
    least: 0n,
    most,
    label: text(
      'The market trusts whoever it invited with',
      'Lo que el mercado confía a quien invita',
    ),
  },
  limitCap: {
    initial: 400n,
    least: 0n,
    most,
    label: text('Nobody may owe more than', 'Nadie puede deber más de'),
  },
  minimumCeiling: {
    initial: 50n,
    least: 0n,
    most,
    label: text('Everybody may gather at least', 'Todas las personas pueden juntar al menos'),
  },
  kappa: {
    initial: 30n,
    least: 0n,
    most,
    label: text('Of one sale counts at most', 'De una venta cuenta cuando mucho'),
  },
  kappaPair: {
    initial: 30n,
    least: 0n,
    most,
    label: text(
      'Of sales to one person in a period count at most',
      'De las ventas a una misma persona en un periodo cuentan cuando mucho',
    ),
  },
  perEpochCap: {
    initial: 60n,
    least: 0n,
    most,
    label: text('In one period counts at most', 'En un periodo cuenta cuando mucho'),
  },
  halfActivity: {
    initial: 120n,
    least: 1n,
    most,
    label: text(
      'Half of the full trust is reached with',
      'La mitad de la confianza se alcanza con',
    ),
  },
  beta: {
    initial: 900n,
    least: 0n,
    most: 10_000n,
    label: text(
      'Trust for each credit of trade, in thousandths',
      'Confianza por cada crédito que se mueve, en milésimas',
    ),
  },
  // More than 1,000 ‰ of a window's turnover in limits would let everybody leave with all of it.
  chi: {
    initial: 500n,
    least: 0n,
    most: 1_000n,
    label: text(
      'All limits together, in thousandths of the trade',
      'Todos los límites juntos, en milésimas de lo que se mueve',
    ),
  },
  gamma: {
    initial: 1_500n,
    least: 1_000n,
    most: 100_000n,
    label: text(
      'Gathering for each credit of trust, in thousandths',
      'Lo que se puede juntar por cada crédito de confianza, en milésimas',
    ),
  },
  window: {
    initial: 12n,
    least: 1n,
    most: 104n,
    label: text('Periods that are looked back on', 'Periodos hacia atrás que se miran'),
  },
  appreciations: {
    initial: 8n,
    least: 0n,
    most: 64n,
    label: text(
      'Thanks that each person can give in a period',
      'Agradecimientos que cada quien puede dar en un periodo',
    ),
  },
  orderExpiry: {
    initial: 14n * day,
    least: day,
    most: 366n * day,
    in: 'days',
    label: text('An order waits for the seller', 'Un pedido espera a quien vende'),
  },
  silence: {
    initial: 7n * day,
    least: day,
    most: 366n * day,
    in: 'days',
    label: text(
      'Silence after the handing over means yes after',
      'El silencio después de la entrega quiere decir que sí, tras',
    ),
  },
  disputeRefundBelow: {
    initial: 10n,
    least: 0n,
    most,
    label: text('Without agreement, paid back below', 'Sin acuerdo, se devuelve si es menos de'),
  },
  commonsFloor: {
    initial: 200n,
    least: 0n,
    most,
    label: text('The commons may owe up to', 'El fondo común puede deber hasta'),
  },
  absence: {
    initial: 182n * day,
    least: 28n * day,
    most: 3_660n * day,
    in: 'days',
    label: text('Somebody counts as away after', 'Alguien cuenta como ausente tras'),
  },
  maxOffers: {
    initial: 20n,
    least: 1n,
    most: 1_000n,
    label: text('Offers that each person may have', 'Ofertas que cada quien puede tener'),
  },
  maxOrders: {
    initial: 20n,
    least: 1n,
    most: 1_000n,
    label: text(
      'Orders that each person may have open',
      'Pedidos abiertos que cada quien puede tener',
    ),
  },
  maxNeeds: {
    initial: 10n,
    least: 1n,
    most: 1_000n,
    label: text(
      'Needs that each person may have open',
      'Necesidades abiertas que cada quien puede tener',
    ),
  },
  voucherCap: {
    initial: 100n,
    least: 0n,
    most,
    label: text(
      'Promises that a newcomer may give out',
      'Promesas que puede dar quien apenas llega',
    ),
  },
  price: {
    initial: 0n,
    least: 0n,
    most,
    label: text(
      'One price for all (0: everybody says their own)',
      'Un solo precio para todo (0: cada quien pone el suyo)',
    ),
  },
  step: {
    initial: 1n,
    least: 1n,
    most: 10_000n,
    label: text('Prices are multiples of', 'Los precios van de tanto en tanto'),
  },
  strangers: {
    initial: 20n,
    least: 0n,
    most: 10_000n,
    label: text(
      'People who may come in without an introduction, in a period',
      'Personas que pueden entrar sin que nadie las presente, en un periodo',
    ),
  },
  // Never without any notice: whoever minds a change must have the time to leave.
  notice: {
    initial: 1n,
    least: 1n,
    most: 52n,
    label: text(
      'A change of these rules is announced for so many periods',
      'Un cambio de estas reglas se anuncia tantos periodos antes',
    ),
  },
};

/** Lists of the charter: an empty one bounds nothing. */
const charterLists: { readonly [name in CharterListName]: { readonly label: Text } } = {
  categories: { label: text('What this market is for', 'De qué es este mercado') },
  units: {
    label: text('Other units that prices may have', 'Otras unidades que pueden llevar los precios'),
  },
  refused: { label: text('What is not offered here', 'Lo que aquí no se ofrece') },
};

export const marketCharter: CharterDefinition<CharterName, CharterListName> = {
  label: text('The rules of this market', 'Las reglas de este mercado'),
  values: charterValues,
  lists: charterLists,
};

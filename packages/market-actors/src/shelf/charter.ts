/** What a shelf's charter decides: the numbers of the rule (SPEC 7.4), and how long things may take. */
import type { Text } from '@pocas/vat-runtime';
import type { CharterDefinition } from '@pocas/vat-runtime/actors';
import type { ShelfPolicyName } from './types.ts';

const day = 24n * 60n * 60n * 1000n;
const text = (en: string, es: string): Text => ({ en, es });

export const shelfCharter: CharterDefinition<Exclude<ShelfPolicyName, 'notice'>> = {
  label: text('Rules of the shelves', 'Reglas de los estantes'),
  values: {
    base: {
      initial: 1n,
      least: 0n,
      most: 100n,
      label: text('Foothold of everybody, in slots', 'Base de cada persona, en lugares'),
    },
    reserve: {
      initial: 200n,
      least: 0n,
      most: 1000n,
      label: text(
        'Kept for newcomers, in thousandths of a zone',
        'Apartado para quienes llegan, en milésimas de la zona',
      ),
    },
    newcomerCap: {
      initial: 4n,
      least: 0n,
      most: 100n,
      label: text(
        'A newcomer has at most so many slots of that',
        'De eso, a quien llega le tocan cuando mucho',
      ),
    },
    newcomerEpochs: {
      initial: 4n,
      least: 0n,
      most: 52n,
      label: text(
        'Somebody is new for so many periods with slots',
        'Alguien es reciente por tantos periodos con lugares',
      ),
    },
    vouches: {
      initial: 2n,
      least: 0n,
      most: 20n,
      label: text(
        'One person vouches for so many newcomers at a time',
        'Cada persona responde por tantas recién llegadas a la vez',
      ),
    },
    grace: {
      in: 'days',
      initial: 3n * day,
      least: 0n,
      most: 60n * day,
      label: text('Time to clear slots', 'Tiempo para desocupar lugares'),
    },
    emergencyGrace: {
      in: 'days',
      initial: day,
      least: 0n,
      most: 60n * day,
      label: text('The same where something broke', 'Lo mismo cuando algo se descompuso'),
    },
    window: {
      initial: 12n,
      least: 1n,
      most: 52n,
      label: text('Sales count for so many periods', 'Las ventas cuentan por tantos periodos'),
    },
    reportCap: {
      initial: 30n,
      least: 0n,
      most: 1_000_000n,
      label: text('Of one sale count at most', 'De una venta cuentan cuando mucho'),
    },
    epochCap: {
      initial: 60n,
      least: 0n,
      most: 1_000_000n,
      label: text(
        'Of one person’s sales in a period and a zone count at most',
        'De lo que alguien vende en un periodo y una zona cuentan cuando mucho',
      ),
    },
    root: {
      initial: 0n,
      least: 0n,
      most: 1n,
      label: text(
        'Sales count by their root, which helps the small: 1 for yes',
        'Las ventas cuentan por su raíz, lo que ayuda a quien vende poco: 1 para sí',
      ),
    },
  },
};

/** The rules of a body of decision. They change by its own decisions, like anything else. */
import type { Text } from '@pocas/vat-runtime';
import type { CharterDefinition } from '@pocas/vat-runtime/actors';

const text = (en: string, es: string): Text => ({ en, es });
/** One day, in milliseconds. */
const day = 24n * 60n * 60n * 1000n;

export type BodyRule =
  'quorum' | 'majority' | 'scribes' | 'dots' | 'proposals' | 'open' | 'wait' | 'good';

export const bodyCharter: CharterDefinition<BodyRule> = {
  label: text('How we decide', 'Cómo decidimos'),
  values: {
    quorum: {
      initial: 30n,
      least: 0n,
      most: 100n,
      label: text(
        'Of a hundred people so many have to take part',
        'De cada cien personas tienen que participar',
      ),
    },
    majority: {
      initial: 500n,
      least: 500n,
      most: 999n,
      label: text(
        'Where it is by yes and no: of a thousand, more than so many have to agree',
        'Donde es por sí y no: de cada mil tienen que estar de acuerdo más de',
      ),
    },
    // One alone could make up what an assembly decided.
    scribes: {
      initial: 2n,
      least: 2n,
      most: 20n,
      label: text(
        'People who have to attest what an assembly decided',
        'Personas que tienen que dar fe de lo que decidió una asamblea',
      ),
    },
    dots: {
      initial: 10n,
      least: 1n,
      most: 100n,
      label: text('Dots that each person lays down', 'Puntos que reparte cada persona'),
    },
    proposals: {
      initial: 3n,
      least: 1n,
      most: 20n,
      label: text(
        'Proposals that each person may have open',
        'Propuestas que cada quien puede tener abiertas',
      ),
    },
    open: {
      initial: 7n * day,
      least: day,
      most: 60n * day,
      in: 'days',
      label: text('A decision is open for', 'Una decisión está abierta durante'),
    },
    // Never without a wait: whoever was away must have the time to learn of it.
    wait: {
      initial: 2n * day,
      least: day,
      most: 90n * day,
      in: 'days',
      label: text(
        'What was decided is carried out not before',
        'Lo que se decidió se lleva a cabo no antes de',
      ),
    },
    good: {
      initial: 60n * day,
      least: 7n * day,
      most: 180n * day,
      in: 'days',
      label: text(
        'What was decided has to be carried out within',
        'Lo que se decidió hay que llevarlo a cabo dentro de',
      ),
    },
  },
};

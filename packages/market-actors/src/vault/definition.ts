/** What is policy in a vault (SPEC 7.5), with bounds. All of it is decided together. */
import type { CharterDefinition } from '@pocas/vat-runtime/actors';

export type VaultCharterName =
  'threshold' | 'waiting' | 'hastened' | 'answering' | 'quota' | 'retention' | 'reshare';

const hour = 3_600_000n;
const day = 24n * hour;

export const vaultDefinition: CharterDefinition<VaultCharterName> = {
  label: { en: 'Rules of the vault', es: 'Reglas de la bóveda' },
  values: {
    threshold: {
      ...{ initial: 0n, least: 0n, most: 60n },
      label: {
        en: 'How many open together (0: a third, at least 3); from the next making of the key on',
        es: 'Cuántas abren juntas (0: un tercio, mínimo 3); desde la próxima vez que se haga la clave',
      },
    },
    waiting: {
      ...{ initial: 24n, least: 1n, most: 168n },
      label: {
        en: 'Hours before a request may be answered; from the next making of the key on',
        es: 'Horas antes de responder una solicitud; desde la próxima vez que se haga la clave',
      },
    },
    hastened: {
      ...{ initial: 1n, least: 0n, most: 24n },
      label: {
        en: 'The same in an emergency',
        es: 'Lo mismo en una emergencia',
      },
    },
    answering: {
      ...{ initial: 7n * day, least: day, most: 30n * day, in: 'days' },
      label: { en: 'How long holders may answer', es: 'Cuánto tiempo se puede responder' },
    },
    quota: {
      ...{ initial: 3n, least: 1n, most: 30n },
      label: {
        en: 'Segments that each may ask for in a period',
        es: 'Segmentos que cada quien puede pedir en un periodo',
      },
    },
    retention: {
      ...{ initial: 14n * day, least: day, most: 60n * day, in: 'days' },
      label: { en: 'How long segments are kept', es: 'Cuánto tiempo se guardan los segmentos' },
    },
    reshare: {
      ...{ initial: 8n, least: 1n, most: 52n },
      label: {
        en: 'Periods after which the key is shared anew',
        es: 'Periodos después de los que la clave se reparte de nuevo',
      },
    },
  },
};

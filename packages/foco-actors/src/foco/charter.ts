/** What a FoCo's charter decides (SPEC F1; 0.1, 11). No change reaches back: envelopes and what is announced stay as they are. */
import type { CharterDefinition } from '@pocas/vat-runtime/actors';
import { day, words } from '../inside/shapes.ts';
import type { CharterName } from '../inside/types.ts';

const most = 1_000_000_000n;
const proportion = { least: 0n, most: 1_000n };

export const charter: CharterDefinition<CharterName, 'purpose'> = {
  label: words('the agreement of this FoCo', 'el acuerdo de este FoCo'),
  values: {
    noticeWindow: {
      ...{ initial: 2n * day, least: 0n, most: 60n * day, in: 'days' },
      label: words(
        'A spend is seen before it is paid for',
        'Un gasto se ve antes de pagarse durante',
      ),
    },
    smallSums: {
      ...{ initial: 0n, least: 0n, most },
      label: words(
        'In a period each spends so much without notice',
        'En un periodo cada quien gasta sin aviso hasta',
      ),
    },
    objectionPause: {
      // Never for ever: a pause is no veto.
      ...{ initial: 0n, least: 0n, most: 30n * day, in: 'days' },
      label: words('A pause that others may ask for', 'Una pausa que otras personas pueden pedir'),
    },
    equal: {
      ...{ initial: 1n, ...proportion },
      label: words(
        'Of what is for all: in equal parts',
        'De lo que es de todas las personas: por igual',
      ),
    },
    contribution: {
      ...{ initial: 0n, ...proportion },
      label: words(
        'Of what is for all: by what each gave',
        'De lo común: según lo que cada quien dio',
      ),
    },
    hours: {
      ...{ initial: 0n, ...proportion },
      label: words('Of what is for all: by hours', 'De lo común: según las horas'),
    },
    patronage: {
      ...{ initial: 0n, ...proportion },
      label: words('Of what is for all: by use', 'De lo común: según el uso'),
    },
    window: {
      ...{ initial: 12n, least: 1n, most: 52n },
      label: words('Periods that count for it', 'Periodos que cuentan para eso'),
    },
    leaveRest: {
      ...{ initial: 0n, least: 0n, most: 1n },
      label: words(
        'What stays of whoever leaves: 0 for all, 1 kept for their return',
        'Lo que queda de quien se va: 0 para todas las personas, 1 guardado por si regresa',
      ),
    },
    savingNotice: {
      ...{ initial: 0n, least: 0n, most: 90n * day, in: 'days' },
      label: words('Savings are taken back with a notice of', 'Lo guardado se retira con aviso de'),
    },
    invitations: {
      ...{ initial: 3n, least: 0n, most: 1_000n },
      label: words(
        'People whom each may invite in a period',
        'Personas que cada quien puede invitar en un periodo',
      ),
    },
  },
  lists: { purpose: { label: words('What this FoCo is for', 'Para qué es este FoCo') } },
};

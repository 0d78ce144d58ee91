/** The words for what can be done with a book. What the methods accept stands in book-guards.ts. */
import type { ArgumentDescription, MethodDescription, Text } from '@pocas/vat-runtime';
import { requestId } from '../obligation/words.ts';
import { roundsLabel } from './book-words.ts';

const done: Text = {
  en: 'Noted. It holds for rounds that you join from now on.',
  es: 'Anotado. Vale para las rondas a las que entres de ahora en adelante.',
};

const limit: ArgumentDescription = {
  name: 'limit',
  kind: 'nat',
  label: { en: 'Up to', es: 'Hasta' },
};
const label: ArgumentDescription = {
  name: 'label',
  kind: 'text',
  label: { en: 'What do you call them?', es: '¿Cómo le llaman a la otra poca?' },
};
const hidden = (words: Text, args: readonly ArgumentDescription[]): MethodDescription => ({
  label: words,
  args,
  hidden: true,
});
const facet = (name: string): ArgumentDescription => ({ name, kind: 'facet' });
const number = (name: string): ArgumentDescription => ({ name, kind: 'nat' });

const introduceLink: MethodDescription = {
  label: { en: 'Introduce another poca', es: 'Presentar a otra poca' },
  help: {
    en: 'Makes a text for them, which they paste into “Answer an introduction” in their own book. Whoever uses it first is the one: hand it to nobody else.',
    es: 'Hace un texto para la otra poca, que lo pega en «Contestar una presentación» de su libro. Quien lo use primero es ella: no se lo des a nadie más.',
  },
  args: [label, requestId],
};
const meetBy: MethodDescription = {
  label: { en: 'Answer an introduction', es: 'Contestar una presentación' },
  help: {
    en: 'Paste the text that another poca gave you.',
    es: 'Pega el texto que te dio otra poca.',
  },
  args: [
    { name: 'introduction', kind: 'secret', label: { en: 'Introduction', es: 'Presentación' } },
    label,
    requestId,
  ],
  refusals: {
    invalid: {
      en: 'This is no introduction. It begins with ocapn://.',
      es: 'Esta no es una presentación. Empieza con ocapn://.',
    },
  },
};
const attendRefusals: { readonly [code: string]: Text } = {
  invalid: {
    en: 'This is no place in a round, or its terms are none that a round may have.',
    es: 'Este no es un lugar en una ronda, o sus condiciones no son de una ronda.',
  },
  claimed: { en: 'You take part in this round already.', es: 'Ya participas en esta ronda.' },
  closed: {
    en: 'You have nothing to bring to this round: nothing of its kind is open.',
    es: 'No tienes nada que llevar a esta ronda: nada de su tipo está pendiente.',
  },
  quota: {
    en: 'You take part in as many rounds as you can at a time.',
    es: 'Ya participas en todas las rondas que se puede a la vez.',
  },
};
const attendBy: MethodDescription = {
  label: { en: 'Join a clearing round', es: 'Entrar a una ronda de compensación' },
  help: {
    en: 'Paste the text for your place in it. What is open goes in as you say below.',
    es: 'Pega el texto de tu lugar en ella. Entra lo pendiente, como lo digas abajo.',
  },
  args: [{ name: 'seat', kind: 'secret', label: { en: 'Your place', es: 'Tu lugar' } }, requestId],
  refusals: attendRefusals,
};
const convene: MethodDescription = {
  label: { en: 'Call a clearing round', es: 'Convocar una ronda de compensación' },
  help: {
    en: 'You hand out the places, one to your own book too. You have no say over what comes of it. A day has 1440 minutes; it begins by itself then, or sooner when you say so.',
    es: 'Tú repartes los lugares, también el de tu propio libro. No decides lo que sale de ella. Un día tiene 1440 minutos; empieza sola al pasar ese tiempo, o antes si tú lo dices.',
  },
  args: [
    { name: 'title', kind: 'text', label: { en: 'What is it called?', es: '¿Cómo se llama?' } },
    {
      name: 'lodging',
      kind: 'nat',
      label: { en: 'Places are open for', es: 'Los lugares están abiertos por' },
      unit: { en: 'minutes', es: 'minutos' },
      initial: '1440',
      min: 1n,
      max: 40_000n,
    },
    {
      name: 'patience',
      kind: 'nat',
      label: { en: 'Answers are waited for', es: 'Se espera cada respuesta' },
      unit: { en: 'minutes', es: 'minutos' },
      initial: '60',
      min: 1n,
      max: 5_000n,
    },
    requestId,
  ],
};

export const bookMethods: { readonly [name: string]: MethodDescription } = {
  introduceLink,
  meetBy,
  attendBy,
  convene,
  leaveIt: {
    label: { en: 'Leave the balance', es: 'Dejar el saldo' },
    help: {
      en: 'What we are owed on balance stays for the next round.',
      es: 'Lo que nos deben de más se queda para la próxima ronda.',
    },
    args: [],
    done,
  },
  recallUpTo: {
    label: { en: 'Ask to be paid', es: 'Pedir que nos paguen' },
    help: {
      en: 'After a round, up to so much of what we are owed on balance.',
      es: 'Después de una ronda, hasta esta cantidad de lo que nos deben de más.',
    },
    args: [limit],
    done,
  },
  moveTo: {
    label: { en: 'Move the balance here', es: 'Pasar el saldo aquí' },
    help: {
      en: 'In a round this poca comes to owe us what others owe us on balance, as far as the credit line reaches that we granted it.',
      es: 'En una ronda, esta poca nos queda debiendo lo que otras nos deben de más, hasta donde alcance la línea de crédito que le dimos.',
    },
    args: [
      {
        name: 'counterparty',
        kind: 'facet',
        label: { en: 'Poca', es: 'Poca' },
        from: 'counterparties',
      },
      limit,
    ],
    done,
  },
  payUpTo: {
    label: { en: 'Say what we can pay', es: 'Decir cuánto podemos pagar' },
    help: {
      en: 'After a round, to others who ask to be paid. Nobody can make you pay.',
      es: 'Después de una ronda, a quienes pidan que se les pague. Nadie puede obligarte.',
    },
    args: [limit],
    done,
  },
  startLending: {
    label: { en: 'Lend in rounds', es: 'Prestar en rondas' },
    help: {
      en: 'Rounds may use all the credit lines that we granted, as a FoCo does to balance the others.',
      es: 'Las rondas pueden usar todas las líneas de crédito que dimos, como hace un FoCo para equilibrar a las demás.',
    },
    args: [],
    confirm: {
      en: 'Others may come to owe us up to the limits of our lines. Lend in rounds?',
      es: 'Otras nos pueden quedar debiendo hasta el límite de nuestras líneas. ¿Prestamos en rondas?',
    },
    done,
  },
  stopLending: {
    label: { en: 'Do not lend in rounds', es: 'No prestar en rondas' },
    args: [],
    done,
  },
  prefer: {
    label: { en: 'In rounds', es: 'En rondas' },
    help: {
      en: 'How much of it may be cleared at most; 0 keeps it out.',
      es: 'Cuánto se puede compensar a lo más; con 0 queda fuera.',
    },
    args: [
      { name: 'debt', kind: 'facet', label: { en: 'Which', es: 'Cuál' }, from: 'debts' },
      {
        name: 'atMost',
        kind: 'nat',
        label: { en: 'At most', es: 'A lo más' },
      },
      {
        name: 'priority',
        kind: 'nat',
        label: { en: 'How urgent, 0 to 3', es: 'Qué tan urgente, de 0 a 3' },
        initial: '0',
        max: 3n,
      },
    ],
    done,
  },
  lookLink: {
    label: { en: 'Let somebody look', es: 'Dejar que alguien vea' },
    help: {
      en: 'A text for somebody who may see the book and do nothing with it.',
      es: 'Un texto para alguien que puede ver el libro y no hacer nada con él.',
    },
    args: [],
  },
  introduce: hidden(introduceLink.label, [label, requestId]),
  meet: hidden(meetBy.label, [facet('introduction'), label, requestId]),
  attend: hidden(attendBy.label, [facet('seat'), requestId]),
  recallInto: hidden(
    { en: 'Ask to be paid, and tell a fund', es: 'Pedir que nos paguen, y avisar a un fondo' },
    [limit, facet('fund')],
  ),
  lendAlongLines: hidden({ en: 'Lend in rounds, or not', es: 'Prestar en rondas, o no' }, [
    { name: 'lends', kind: 'text' },
  ]),
  olderFirst: hidden({ en: 'Clear first what is overdue', es: 'Compensar primero lo vencido' }, [
    { name: 'isOlderFirst', kind: 'text' },
  ]),
  counterparties: hidden({ en: 'Other pocas', es: 'Otras pocas' }, [number('after')]),
  rounds: hidden(roundsLabel, [number('before')]),
  statement: hidden({ en: 'Statement', es: 'Estado de cuenta' }, [number('after')]),
  looker: hidden({ en: 'For those who look', es: 'Para quienes ven' }, []),
  journal: hidden({ en: 'Journal', es: 'Bitácora' }, []),
};

/** What the page of leaving accepts, and the words for it. */
import { M } from '@endo/patterns';
import type { Described, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  LongTextShape,
  ViewGuard,
  changes,
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';

/** What became of a plan that was agreed on. */
export const planPhaseField: FieldDescription = {
  label: { en: 'What was agreed', es: 'Lo acordado' },
  values: {
    none: { en: 'nothing yet', es: 'todavía nada' },
    running: { en: 'agreed, and under way', es: 'acordado, en camino' },
    kept: { en: 'kept', es: 'cumplido' },
    unkept: { en: 'not kept', es: 'no se cumplió' },
  },
};

const notYet = {
  en: 'Something is still open, such as an order, or a voucher of yours that somebody has. Finish that first.',
  es: 'Todavía hay algo abierto, como un pedido, o un vale tuyo que alguien tiene. Primero termina eso.',
};
const inDebt = {
  en: 'You owe the others something. Say how you make up for it, or ask them to take it over.',
  es: 'Le debes algo a las demás personas. Di cómo lo repones, o pide que se hagan cargo.',
};

export const LeavingDeskI: Described<
  Methods<'view' | 'changes' | 'leave' | 'leaveGiving' | 'plan' | 'stay'>
> = describe(
  M.interface('LeavingDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    leave: M.call(RequestIdShape).returns(M.record()),
    leaveGiving: M.call(RequestIdShape).returns(M.record()),
    plan: M.call(LongTextShape, RequestIdShape).returns(M.record()),
    stay: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Leaving', es: 'Irte' },
    help: {
      en: 'You can leave whenever you are at zero. What you have, you can spend before, or leave to the common fund.',
      es: 'Puedes irte cuando estés en cero. Lo que tengas lo puedes gastar antes, o dejarlo en el fondo común.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      status: {
        label: { en: 'Now', es: 'Cómo está' },
        values: {
          here: { en: 'you take part', es: 'participas' },
          leaving: { en: 'you have asked to leave', es: 'pediste irte' },
          left: { en: 'you have left', es: 'ya te fuiste' },
        },
      },
      balance: { label: { en: 'Your balance', es: 'Tu saldo' }, unit: credits },
      plan: { label: { en: 'How you make up for it', es: 'Cómo lo repones' } },
      promised: {
        label: {
          en: 'What you promised and is still out',
          es: 'Lo que prometiste y sigue pendiente',
        },
      },
      worth: { label: { en: 'What was paid for it', es: 'Lo que pagaron por eso' }, unit: credits },
      planUntil: { label: { en: 'To be kept until', es: 'Para cumplirlo tienes hasta' } },
      planPhase: planPhaseField,
      isThoughtAway: {
        label: { en: 'Are you still there?', es: '¿Sigues aquí?' },
        values: {
          true: {
            en: 'we have not seen you for long: say that you stay',
            es: 'hace mucho que no te vemos: di que te quedas',
          },
        },
      },
    },
    methods: {
      view,
      changes,
      stay: {
        label: { en: 'I stay', es: 'Me quedo' },
        done: { en: 'Good.', es: 'Qué bueno.' },
        args: [requestId],
      },
      plan: {
        label: { en: 'Leave in debt', es: 'Irme debiendo' },
        help: {
          en: 'Those who decide on the common fund see your name, what you owe, what you promised, and this. If they agree, you have a time to keep it.',
          es: 'Quienes deciden sobre el fondo común ven tu nombre, lo que debes, lo que prometiste, y esto. Si están de acuerdo, tienes un plazo para cumplirlo.',
        },
        refusals: {
          unsupported: {
            en: 'You owe nothing, and nothing that you promised is out: you can just leave.',
            es: 'No debes nada ni prometiste nada que falte: puedes irte así nomás.',
          },
        },
        args: [
          {
            name: 'plan',
            kind: 'longText',
            label: {
              en: 'How will you make up for it, or why not?',
              es: '¿Cómo lo vas a reponer, o por qué no?',
            },
          },
          requestId,
        ],
      },
      leave: {
        label: { en: 'Leave', es: 'Irme' },
        help: {
          en: 'Your subscriptions and pledges end with it, and what was not handed over is given back.',
          es: 'Con eso terminan tus suscripciones y lo que apartaste en compras en común, y se devuelve lo que no se entregó.',
        },
        confirm: { en: 'Your place here ends. Leave?', es: 'Tu lugar aquí se acaba. ¿Te vas?' },
        refusals: {
          notYet: {
            en: 'Spend what you have first, or leave it to the common fund; and finish what others wait for, such as vouchers of yours.',
            es: 'Primero gasta lo que tienes, o déjalo en el fondo común; y termina lo que otras personas esperan, como vales tuyos.',
          },
          limit: inDebt,
        },
        args: [requestId],
      },
      leaveGiving: {
        label: { en: 'Leave, and give what is left', es: 'Irme y dejar lo que queda' },
        confirm: {
          en: 'What you have, and what is still on its way to you, goes to the common fund, and your place here ends. Leave?',
          es: 'Lo que tienes, y lo que todavía te viene en camino, pasa al fondo común, y tu lugar aquí se acaba. ¿Te vas?',
        },
        refusals: { notYet, limit: inDebt },
        args: [requestId],
      },
    },
  },
);

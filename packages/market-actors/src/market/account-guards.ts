/** What the page of an account accepts, and the words for it. */
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/credit';
import type { Described, MethodDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  QuantityShape,
  ViewGuard,
  changes,
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';

const answer = (en: string, es: string): MethodDescription => ({
  label: { en, es },
  args: [requestId],
});

export const QuestionSlipI: Described<Methods<'accept' | 'decline' | 'toCommons'>> = describe(
  M.interface('QuestionSlip', {
    accept: M.call(RequestIdShape).returns(M.record()),
    decline: M.call(RequestIdShape).returns(M.record()),
    toCommons: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'More than you gather', es: 'Más de lo que juntas' },
    methods: {
      accept: answer('Take it', 'Recibirlo'),
      decline: answer('Give it back', 'Devolverlo'),
      toCommons: answer('To the common fund', 'Al fondo común'),
    },
  },
);

export const AccountDeskI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'setOverflow'
    | 'give'
    | 'takeOut'
    | 'recover'
    | 'payeeLink'
    | 'history'
    | 'explain'
  >
> = describe(
  M.interface('AccountDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    setOverflow: M.call(M.or('ask', 'accept', 'decline', 'commons'), RequestIdShape).returns(
      M.record(),
    ),
    give: M.call(QuantityShape, RequestIdShape).returns(M.record()),
    takeOut: M.call(QuantityShape, RequestIdShape).returns(M.or(M.promise(), M.record())),
    recover: M.call(RequestIdShape).returns(M.record()),
    payeeLink: M.call().returns(M.or(M.promise(), M.record())),
    history: M.call().optional(ValueShape).returns(M.array()),
    explain: M.call().returns(M.record()),
  }),
  {
    label: { en: 'Your account', es: 'Tu cuenta' },
    help: {
      en: 'Below zero you owe to everyone together; above zero everyone together owes to you. Only you see this.',
      es: 'Abajo de cero le debes a la comunidad; arriba de cero, la comunidad te debe a ti. Esto solo lo ves tú.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      balance: { label: { en: 'Your balance', es: 'Tu saldo' }, unit: credits, prominent: true },
      available: {
        label: { en: 'You can still spend', es: 'Todavía puedes gastar' },
        unit: credits,
      },
      held: { label: { en: 'Set aside', es: 'Apartado' }, unit: credits },
      incoming: { label: { en: 'On its way to you', es: 'Viene en camino' }, unit: credits },
      debitLimit: { label: { en: 'You may owe up to', es: 'Puedes deber hasta' }, unit: credits },
      ceiling: {
        label: { en: 'You are asked past', es: 'Se te pregunta a partir de' },
        unit: credits,
      },
      status: {
        label: { en: 'Now', es: 'Cómo está' },
        values: {
          open: { en: 'open', es: 'abierta' },
          frozen: {
            en: 'receives and does not pay, while something is cared for',
            es: 'recibe y no paga, mientras se cuida un asunto',
          },
          closed: { en: 'closed', es: 'cerrada' },
        },
      },
      questions: {
        label: {
          en: 'Somebody pays you more than you gather',
          es: 'Te pagan más de lo que juntas',
        },
        item: {
          heading: 'value',
          fields: { value: { label: { en: 'How much', es: 'Cuánto' }, unit: credits } },
          controls: 'question',
          empty: { en: 'Nothing waits for your word.', es: 'Nada espera tu palabra.' },
        },
      },
      latest: {
        label: { en: 'What moved', es: 'Lo que se movió' },
        item: {
          heading: 'kind',
          fields: {
            kind: {
              label: { en: 'What', es: 'Qué' },
              values: {
                paid: { en: 'paid', es: 'pagado' },
                received: { en: 'received', es: 'recibido' },
                held: { en: 'set aside', es: 'apartado' },
                released: { en: 'came back', es: 'regresó' },
                withdrawn: { en: 'taken out', es: 'sacado' },
                deposited: { en: 'put in', es: 'metido' },
                recovered: { en: 'taken back', es: 'recuperado' },
                redirected: { en: 'sent on', es: 'desviado' },
              },
            },
            value: { label: { en: 'How much', es: 'Cuánto' }, unit: credits },
            balance: { label: { en: 'Balance after it', es: 'Saldo después' }, unit: credits },
          },
          empty: { en: 'Nothing has moved yet.', es: 'Todavía no se ha movido nada.' },
        },
      },
      earned: {
        label: { en: 'What you have earned of trust', es: 'La confianza que te has ganado' },
        unit: credits,
      },
      lentToYou: {
        label: { en: 'Trust lent to you', es: 'Confianza que te prestan' },
        unit: credits,
      },
      lentByYou: {
        label: { en: 'Trust that you lend', es: 'Confianza que prestas' },
        unit: credits,
      },
      reliability: {
        label: { en: 'How reliably you come back to zero', es: 'Qué tan bien regresas a cero' },
        unit: { en: 'of 1,000', es: 'de 1000' },
      },
      counted: {
        label: { en: 'What your limit follows from', es: 'De dónde sale tu límite' },
        item: {
          heading: 'epoch',
          fields: {
            epoch: { label: { en: 'Period', es: 'Periodo' } },
            sold: {
              label: { en: 'Counted of your sales', es: 'Se contó de tus ventas' },
              unit: credits,
            },
            spent: {
              label: { en: 'Counted of your buying', es: 'Se contó de tus compras' },
              unit: credits,
            },
          },
          empty: {
            en: 'Nothing has been counted yet. It grows with what you sell and buy, from one period to the next.',
            es: 'Todavía no se ha contado nada. Crece con lo que vendes y compras, de un periodo a otro.',
          },
        },
      },
    },
    methods: {
      view,
      changes,
      give: {
        label: { en: 'Give to the common fund', es: 'Dar al fondo común' },
        done: { en: 'Given. Thank you.', es: 'Dado. Gracias.' },
        confirm: { en: 'It does not come back. Give it?', es: 'Ya no regresa. ¿Lo das?' },
        args: [
          {
            name: 'value',
            kind: 'nat',
            label: { en: 'How much', es: 'Cuánto' },
            unit: credits,
            min: 1n,
          },
          requestId,
        ],
      },
      takeOut: {
        label: { en: 'Take out as a text', es: 'Sacar como texto' },
        help: {
          en: 'Like cash: whoever has the text can put it in, once. For a common fund, paste it there.',
          es: 'Como efectivo: quien tenga el texto lo puede meter, una vez. Para un fondo común, pégalo ahí.',
        },
        args: [
          {
            name: 'value',
            kind: 'nat',
            label: { en: 'How much', es: 'Cuánto' },
            unit: credits,
            min: 1n,
          },
          requestId,
        ],
      },
      recover: {
        label: {
          en: 'Take back what nobody put in',
          es: 'Recuperar lo que nadie metió',
        },
        args: [requestId],
      },
      payeeLink: {
        label: { en: 'Where I am paid, as a text', es: 'A dónde se me paga, como texto' },
        help: {
          en: 'Whoever has it can pay you, and nothing else.',
          es: 'Quien lo tenga puede pagarte, y nada más.',
        },
        args: [],
      },
      setOverflow: {
        label: { en: 'What to do with more', es: 'Qué hacer con lo que sobre' },
        args: [{ name: 'overflow', kind: 'text', label: { en: 'What', es: 'Qué' } }, requestId],
        hidden: true,
      },
      history: {
        label: { en: 'All that moved', es: 'Todo lo que se movió' },
        args: [{ name: 'before', kind: 'nat', label: { en: 'Before', es: 'Antes de' } }],
        hidden: true,
      },
      explain: { label: { en: 'All terms', es: 'Todos los términos' }, args: [], hidden: true },
    },
  },
);

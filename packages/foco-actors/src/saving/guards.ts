/** What the facets of savings accept, and the words for them. */
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/value';
import type { Described, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  AmountShape,
  ChangesGuard,
  DaysShape,
  NameShape,
  ViewGuard,
  amount,
  changes,
  days,
  line,
  requestId,
  view,
  words,
} from '../inside/shapes.ts';

const yesNo = { true: words('yes', 'sí'), false: words('no', 'no') };
const fields: { readonly [key: string]: FieldDescription } = {
  saved: { label: words('Saved', 'Guardado'), bar: { of: 'goal' } },
  goal: { label: words('Goal', 'Meta') },
  unit: { label: words('In', 'En') },
  until: { label: words('Until', 'Hasta') },
  by: { label: words('Of', 'De') },
  isJoint: { label: words('Together', 'En común'), values: yesNo },
  isReached: { label: words('Reached', 'Alcanzado'), values: yesNo },
};

export const SavingI: Described<Methods<'view' | 'changes' | 'number'>> = describe(
  M.interface('Saving', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: words('Saving', 'Ahorro'),
    title: 'words',
    view: 'view',
    changes: 'changes',
    fields: {
      words: { label: words('Saving', 'Ahorro') },
      ...fields,
      people: { label: words('People in it', 'Personas que guardan') },
    },
    methods: {
      view,
      changes,
      number: { label: words('Number', 'Número'), args: [], hidden: true },
    },
  },
);

const saving = {
  name: 'saving',
  kind: 'facet',
  from: 'savings',
  label: words('Which', 'Cuál'),
} as const;
const insufficient = words('There is not as much.', 'No hay tanto.');
const SaveArgs = (isJoint: typeof ValueShape | ReturnType<typeof M.boolean>) =>
  M.call(
    M.remotable('purse'),
    NameShape,
    AmountShape,
    ValueShape,
    DaysShape,
    isJoint,
    RequestIdShape,
  ).returns(M.record());

export const SavingDeskI: Described<
  Methods<'view' | 'changes' | 'save' | 'saveSimple' | 'put' | 'withdraw'>
> = describe(
  M.interface('SavingDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    save: SaveArgs(M.boolean()),
    saveSimple: SaveArgs(ValueShape),
    put: M.call(M.remotable('saving'), AmountShape, RequestIdShape).returns(M.record()),
    withdraw: M.call(M.remotable('saving'), AmountShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: words('Saving', 'Guardar'),
    help: words(
      'What you save stays yours. You get it back when you say so, after the notice that is agreed here.',
      'Lo que guardas sigue siendo tuyo. Te regresa cuando tú dices, con el aviso que aquí se acordó.',
    ),
    view: 'view',
    changes: 'changes',
    fields: {
      purses: {
        label: words('What you can save', 'Lo que puedes guardar'),
        item: { heading: 'name', fields: {} },
      },
      savings: {
        label: words('Saved', 'Guardado'),
        item: {
          heading: 'words',
          fields: {
            yours: { label: words('Yours in it', 'Lo tuyo') },
            leaving: { label: words('On its way back', 'De regreso') },
            ...fields,
            saving: { label: words('Open it', 'Abrirlo') },
          },
          empty: words('Nothing yet.', 'Todavía nada.'),
        },
      },
    },
    methods: {
      view,
      changes,
      saveSimple: {
        label: words('Save', 'Guardar'),
        args: [
          { ...{ name: 'purse', kind: 'facet', from: 'purses' }, label: words('What', 'Qué') },
          line('words', words('What for', 'Para qué')),
          amount('value', words('How much', 'Cuánto')),
          {
            ...{ name: 'goal', kind: 'nat', initial: '0' },
            label: words('Until there is so much (0: no goal)', 'Hasta juntar (0: sin meta)'),
          },
          days('days', '0', words('For so long (0: no date)', 'Durante (0: sin fecha)')),
          {
            ...{ name: 'together', kind: 'nat', initial: '0', max: 1n },
            label: words('May others join?', '¿Otras personas pueden unirse?'),
            values: { '0': words('no', 'no'), '1': words('yes', 'sí') },
          },
          requestId,
        ],
        refusals: {
          insufficient,
          invalid: words('Say a goal or a time.', 'Pon una meta o un tiempo.'),
        },
      },
      put: {
        label: words('Put in', 'Poner'),
        args: [saving, amount('value', words('How much', 'Cuánto')), requestId],
        refusals: { insufficient },
      },
      withdraw: {
        label: words('Take mine back', 'Retirar lo mío'),
        args: [saving, amount('value', words('How much', 'Cuánto')), requestId],
        refusals: { insufficient },
      },
      save: {
        label: words('Save', 'Guardar'),
        args: [
          { name: 'purse', kind: 'facet', label: words('What', 'Qué') },
          line('words', words('What for', 'Para qué')),
          amount('value', words('How much', 'Cuánto')),
          amount('goal', words('Goal', 'Meta')),
          days('days', '0', words('For so long', 'Durante')),
          { name: 'isJoint', kind: 'text', label: words('Together', 'En común') },
          requestId,
        ],
        hidden: true,
      },
    },
  },
);

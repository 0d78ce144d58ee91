/** What the facets of pools accept, and the words for them. */
import type { CastedPattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/value';
import type { Described, FieldDescription, Text } from '@pocas/vat-runtime';
import { describe, typed } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  AmountShape,
  ChangesGuard,
  DaysShape,
  LongTextShape,
  NameShape,
  ReasonShape,
  ViewGuard,
  amount,
  changes,
  days,
  destinationsField,
  line,
  lines,
  requestId,
  view,
  words,
} from '../inside/shapes.ts';
import type { PoolTerms } from './types.ts';

const TimeShape = M.nat({ decimalDigitsLimit: 17 });
const PoolTermsShape: CastedPattern<PoolTerms> = typed<PoolTerms>(
  M.splitRecord(
    {
      title: NameShape,
      words: LongTextShape,
      targets: M.arrayOf(AmountShape, { arrayLengthLimit: 10 }),
      deadline: TimeShape,
      least: M.and(M.nat(), M.lte(500n)),
      parts: M.and(M.nat(), M.gte(1n), M.lte(60n)),
      every: TimeShape,
      attested: M.boolean(),
      within: TimeShape,
    },
    { milestone: ReasonShape, after: M.remotable('pool'), witness: M.remotable('card') },
    {},
  ),
);

const phase: FieldDescription = {
  label: words('Now', 'Cómo va'),
  values: {
    open: words('open', 'abierta'),
    paying: words('reached, being paid', 'se logró, se está pagando'),
    paid: words('reached and paid', 'se logró y se pagó'),
    failed: words('not reached: all have theirs back', 'no se logró: todo regresó'),
    returned: words('what was not paid came back', 'lo que no se pagó regresó'),
  },
};
const target: FieldDescription = { label: words('Target', 'Meta') };
const pledged: FieldDescription = {
  label: words('Together so far', 'Juntado hasta ahora'),
  bar: { of: 'target' },
};
const until: FieldDescription = { label: words('Decided', 'Se decide') };
const unit: FieldDescription = { label: words('In', 'En') };

export const PoolI: Described<Methods<'view' | 'changes' | 'number'>> = describe(
  M.interface('Pool', {
    view: ViewGuard,
    changes: ChangesGuard,
    number: M.call().returns(M.nat()),
  }),
  {
    label: words('Pool', 'Cooperacha'),
    title: 'title',
    view: 'view',
    changes: 'changes',
    fields: {
      title: { label: words('Pool', 'Cooperacha') },
      words: { label: words('What for', 'Para qué') },
      pledged: { ...pledged, prominent: true },
      target,
      unit,
      phase,
      until,
      by: { label: words('Opened by', 'La abrió') },
      whom: { label: words('Who is paid', 'A quién se paga') },
      pledgers: { label: words('People in it', 'Personas que ponen') },
      least: { label: words('People needed at least', 'Personas que se necesitan') },
      targets: {
        label: words('Targets, in their order', 'Metas, en su orden'),
        item: {
          heading: 'name',
          fields: {
            value: { label: words('How much', 'Cuánto') },
            isReached: {
              label: words('Reached', 'Alcanzada'),
              values: { true: words('yes', 'sí'), false: words('no', 'no') },
            },
          },
        },
      },
      milestone: { label: words('Only if this happens', 'Solo si esto pasa') },
      witness: { label: words('Who says so', 'Quién lo dice') },
      after: { label: words('Only after', 'Solo después de') },
      taken: { label: words('Taken together', 'Tomado en total') },
      paid: { label: words('Paid so far', 'Pagado hasta ahora') },
      parts: { label: words('Is paid in parts', 'Se paga en partes') },
      attested: { label: words('Milestones reached', 'Pasos cumplidos') },
    },
    methods: {
      view,
      changes,
      number: { label: words('Number', 'Número'), args: [], hidden: true },
    },
  },
);

const item = (empty: Text): FieldDescription => ({
  label: words('Pools', 'Cooperachas'),
  item: {
    heading: 'title',
    fields: {
      pledged,
      target,
      unit,
      yours: { label: words('Yours in it', 'Lo tuyo') },
      phase,
      until,
      pool: { label: words('Open it', 'Abrirla') },
    },
    empty,
  },
});
const pool = { name: 'pool', kind: 'facet', from: 'open', label: words('Which', 'Cuál') } as const;
const refusals: { readonly [code: string]: Text } = {
  closed: words(
    'It is decided already, or your word was firm.',
    'Ya se decidió, o lo diste en firme.',
  ),
  insufficient: words('There is not as much in your envelope.', 'En tu sobre no hay tanto.'),
  conflict: words(
    'You are in it already: take that back first.',
    'Ya estás en ella: primero retira lo que pusiste.',
  ),
};
const CapShape = M.and(M.nat(), M.lte(1_000n));

export const PoolDeskI: Described<
  Methods<
    'view' | 'changes' | 'open' | 'openSimple' | 'pledge' | 'pledgeSimple' | 'withdraw' | 'attest'
  >
> = describe(
  M.interface('PoolDesk', {
    view: ViewGuard,
    changes: ChangesGuard,
    open: M.call(M.remotable('destination'), PoolTermsShape, RequestIdShape).returns(M.record()),
    openSimple: M.call(
      M.remotable('destination'),
      NameShape,
      LongTextShape,
      AmountShape,
      ValueShape,
      DaysShape,
      M.and(M.nat(), M.lte(500n)),
      RequestIdShape,
    ).returns(M.record()),
    pledge: M.call(M.remotable('pool'), AmountShape, CapShape, M.boolean(), RequestIdShape).returns(
      M.record(),
    ),
    pledgeSimple: M.call(M.remotable('pool'), AmountShape, RequestIdShape).returns(M.record()),
    withdraw: M.call(M.remotable('pool'), RequestIdShape).returns(M.record()),
    attest: M.call(M.remotable('pool'), ReasonShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: words('Pools', 'Cooperachas'),
    help: words(
      'Several put together what one alone cannot. If the target is not reached, all have theirs back.',
      'Entre varias personas se junta lo que una sola no puede. Si no se llega a la meta, todo regresa.',
    ),
    view: 'view',
    changes: 'changes',
    fields: {
      open: item(words('There is none at the moment.', 'Por ahora no hay ninguna.')),
      decided: {
        ...item(words('None yet.', 'Todavía ninguna.')),
        label: words('Decided', 'Decididas'),
      },
      destinations: destinationsField,
    },
    methods: {
      view,
      changes,
      pledgeSimple: {
        label: words('Put in', 'Poner'),
        help: words(
          'It is set aside out of your envelope until the day on which it is decided.',
          'Se aparta de tu sobre hasta el día en que se decide.',
        ),
        args: [pool, amount('value', words('How much', 'Cuánto')), requestId],
        refusals,
      },
      withdraw: {
        label: words('Take mine back', 'Retirar lo mío'),
        args: [pool, requestId],
        refusals,
      },
      attest: {
        label: words('It has happened', 'Ya pasó'),
        help: words('For the witness alone.', 'Solo para quien da fe.'),
        args: [pool, lines('evidence', words('What was reached', 'Qué se logró')), requestId],
        refusals: {
          unsupported: words('Somebody else is to say so.', 'A otra persona le toca decirlo.'),
        },
      },
      openSimple: {
        label: words('Open a pool', 'Abrir una cooperacha'),
        args: [
          {
            ...{ name: 'to', kind: 'facet', from: 'destinations' },
            label: words('Who is paid', 'A quién se paga'),
          },
          line('title', words('What for', 'Para qué')),
          lines('words', words('More about it', 'Más sobre esto')),
          amount('target', words('Target', 'Meta')),
          {
            ...{ name: 'stretch', kind: 'nat', initial: '0' },
            label: words('A higher target (0: none)', 'Una meta más alta (0: ninguna)'),
          },
          days('days', '14', words('Decided in', 'Se decide en'), 1n),
          {
            ...{ name: 'least', kind: 'nat', initial: '2' },
            label: words('People needed at least', 'Personas que se necesitan'),
          },
          requestId,
        ],
        done: words('Opened.', 'Abierta.'),
      },
      open: {
        label: words('Open a pool with all its terms', 'Abrir una con todos sus términos'),
        args: [
          { name: 'to', kind: 'facet', label: words('Who is paid', 'A quién se paga') },
          { name: 'terms', kind: 'text', label: words('Terms', 'Términos') },
          requestId,
        ],
        hidden: true,
      },
      pledge: {
        label: words('Put in with a condition', 'Poner con una condición'),
        args: [
          { name: 'pool', kind: 'facet', label: words('Which', 'Cuál') },
          amount('value', words('How much', 'Cuánto')),
          {
            name: 'k',
            kind: 'nat',
            label: words('At most one of so many parts', 'Cuando mucho una de tantas partes'),
          },
          { name: 'isFirm', kind: 'text', label: words('Firm', 'En firme') },
          requestId,
        ],
        hidden: true,
      },
    },
  },
);

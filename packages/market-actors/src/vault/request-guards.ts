/** What the facets of a request accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { CodeShape, SealedShape, SegmentShape, requestFields } from './shapes.ts';

const fields: { readonly [key: string]: FieldDescription } = {
  reason: { label: { en: 'Why', es: 'Por qué' } },
  ...requestFields,
  collected: {
    label: { en: 'Holders who agreed', es: 'Ya dieron su parte' },
    prominent: true,
    bar: { of: 'needed' },
  },
  needed: { label: { en: 'Needed', es: 'Se necesitan' } },
};

export const VaultRequestI: Described<Methods<'view' | 'changes' | 'viewings' | 'withdraw'>> =
  describe(
    M.interface('VaultRequest', {
      view: ViewGuard,
      changes: ChangesGuard,
      viewings: M.call().returns(M.array()),
      withdraw: M.call(RequestIdShape).returns(M.record()),
    }),
    {
      label: { en: 'A request to see a recording', es: 'Una solicitud de ver una grabación' },
      title: 'reason',
      view: 'view',
      changes: 'changes',
      fields,
      methods: {
        view,
        changes,
        withdraw: {
          label: { en: 'Withdraw it', es: 'Retirarla' },
          done: { en: 'Withdrawn. It stays in the log.', es: 'Retirada. Queda en la bitácora.' },
          refusals: { closed: { en: 'It is over.', es: 'Ya terminó.' } },
          args: [requestId],
        },
        viewings: {
          label: { en: 'For the viewers', es: 'Para quienes lo verían' },
          args: [],
          hidden: true,
        },
      },
    },
  );

export const ViewingI: Described<
  Methods<'view' | 'changes' | 'terms' | 'parts' | 'report' | 'saw' | 'log'>
> = describe(
  M.interface('VaultViewing', {
    view: ViewGuard,
    changes: ChangesGuard,
    terms: ViewGuard,
    parts: M.call(SegmentShape).returns(M.record()),
    report: M.call(SegmentShape, M.nat(), SealedShape, RequestIdShape).returns(M.record()),
    saw: M.call(SegmentShape, CodeShape, RequestIdShape).returns(M.record()),
    log: M.call().returns(M.remotable('log')),
  }),
  {
    label: { en: 'To see a recording', es: 'Para ver una grabación' },
    help: {
      en: 'When enough holders agreed, “pocas vault open” shows it to the named viewer, and the log says so.',
      es: 'Cuando suficientes personas dieron su parte, «pocas vault open» la muestra a quien se nombró, y queda en la bitácora.',
    },
    title: 'reason',
    view: 'view',
    changes: 'changes',
    fields: { ...fields, viewer: { label: { en: 'For', es: 'Para' } } },
    methods: {
      view,
      changes,
      terms: { ...view, label: { en: 'Terms', es: 'Condiciones' } },
      parts: {
        label: { en: 'Parts', es: 'Partes' },
        args: [{ name: 'segment', kind: 'text' }],
        hidden: true,
      },
      report: {
        label: { en: 'A part is wrong', es: 'Una parte está mal' },
        args: [
          { name: 'segment', kind: 'text' },
          { name: 'index', kind: 'nat' },
          { name: 'disclosure', kind: 'text' },
          requestId,
        ],
        hidden: true,
      },
      log: { label: { en: 'Log', es: 'Bitácora' }, args: [], hidden: true },
      saw: {
        label: { en: 'I see it now', es: 'Ahora la veo' },
        args: [{ name: 'segment', kind: 'text' }, { name: 'signature', kind: 'text' }, requestId],
        hidden: true,
      },
    },
  },
);

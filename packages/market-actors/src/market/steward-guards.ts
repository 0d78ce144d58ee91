/** What the steward's facet accepts, and the words for it. */
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/credit';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import { planPhaseField } from './leaving-guards.ts';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  NameShape,
  QuantityShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';

const uses: ArgumentDescription = {
  name: 'uses',
  kind: 'nat',
  label: { en: 'For how many people?', es: '¿Para cuántas personas?' },
  initial: '1',
  min: 1n,
};
const who = (from: string): ArgumentDescription => ({
  name: 'member',
  kind: 'facet',
  label: { en: 'Who', es: 'Quién' },
  from,
});
const nothing = (en: string, es: string) => ({ label: { en, es }, args: [], hidden: true });

export const StewardI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'invite'
    | 'inviteLink'
    | 'freeze'
    | 'thaw'
    | 'windDown'
    | 'close'
    | 'marketPublic'
    | 'publicLink'
    | 'auditor'
    | 'journal'
  >
> = describe(
  M.interface('Steward', {
    view: ViewGuard,
    changes: ChangesGuard,
    invite: M.call().optional(QuantityShape, RequestIdShape).returns(M.remotable('invitation')),
    inviteLink: M.call(QuantityShape, RequestIdShape).returns(M.or(M.promise(), M.record())),
    freeze: M.call(M.remotable('card'), ValueShape, NameShape, RequestIdShape).returns(M.record()),
    thaw: M.call(M.remotable('card'), RequestIdShape).returns(M.record()),
    windDown: M.call(RequestIdShape).returns(M.record()),
    close: M.call(RequestIdShape).returns(M.record()),
    marketPublic: M.call().returns(M.remotable('public')),
    publicLink: M.call().returns(M.or(M.promise(), M.record())),
    auditor: M.call().returns(M.remotable('auditor')),
    journal: M.call().returns(M.remotable('journal')),
  }),
  {
    label: { en: 'Care of the market', es: 'Cuidado del mercado' },
    help: {
      en: 'You let people in. You do not see what anyone has or orders, and you move nothing.',
      es: 'Tú abres la puerta. No ves lo que cada quien tiene ni lo que pide, y no mueves nada.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Market', es: 'Mercado' } },
      phase: {
        label: { en: 'Now', es: 'Cómo está' },
        values: {
          open: { en: 'open', es: 'abierto' },
          windingDown: { en: 'comes to its end', es: 'va terminando' },
          closed: { en: 'closed', es: 'cerrado' },
        },
      },
      participants: { label: { en: 'People taking part', es: 'Personas que participan' } },
      everyone: { label: { en: 'The public page', es: 'La página pública' } },
      pages: { label: { en: 'To care for', es: 'Por cuidar' } },
      paused: {
        label: { en: 'Who pays nothing for now', es: 'Quienes por ahora no pagan' },
        item: { heading: 'name', fields: { name: { label: { en: 'Name', es: 'Nombre' } } } },
      },
      plans: {
        label: { en: 'Agreed with who leaves', es: 'Lo acordado con quien se va' },
        item: {
          heading: 'name',
          fields: {
            phase: planPhaseField,
            until: { label: { en: 'To be kept until', es: 'Para cumplirlo hasta' } },
          },
        },
      },
      members: {
        label: { en: 'The newest', es: 'Quienes llegaron al último' },
        item: {
          heading: 'name',
          fields: { name: { label: { en: 'Name', es: 'Nombre' } } },
          empty: { en: 'Nobody yet.', es: 'Todavía nadie.' },
        },
      },
    },
    methods: {
      view,
      changes,
      inviteLink: {
        label: { en: 'Invite', es: 'Invitar' },
        help: {
          en: 'A text for people who have a wallet: they paste it at “Join a place”. Whoever has it can come in.',
          es: 'Un texto para quien ya tiene cartera: lo pega en «Entrar a un lugar». Quien lo tenga puede entrar.',
        },
        args: [uses, requestId],
      },
      freeze: {
        label: { en: 'Pause payments', es: 'Pausar sus pagos' },
        help: {
          en: 'Only while a conflict is cared for. It ends by itself, and nothing is taken away.',
          es: 'Solo mientras se cuida un conflicto. Se acaba solo, y no se quita nada.',
        },
        args: [
          who('members'),
          {
            name: 'days',
            kind: 'nat',
            label: { en: 'For how many days?', es: '¿Por cuántos días?' },
            initial: '7',
            min: 1n,
            max: 60n,
          },
          { name: 'reason', kind: 'text', label: { en: 'Why?', es: '¿Por qué?' } },
          requestId,
        ],
      },
      thaw: {
        label: { en: 'End the pause', es: 'Quitar la pausa' },
        refusals: {
          closed: { en: 'There is no pause.', es: 'No hay ninguna pausa.' },
        },
        args: [who('paused'), requestId],
      },
      windDown: {
        label: { en: 'Let the market come to its end', es: 'Ir terminando el mercado' },
        confirm: {
          en: 'Nothing new can be offered after this, and it cannot be undone. Was it decided together?',
          es: 'Después ya no se ofrece nada nuevo, y no hay marcha atrás. ¿Se decidió en común?',
        },
        args: [requestId],
      },
      close: {
        label: { en: 'Close the market', es: 'Cerrar el mercado' },
        confirm: { en: 'Close it for good?', es: '¿Cerrarlo para siempre?' },
        refusals: {
          notYet: {
            en: 'Not everybody is at zero yet, or something is still open.',
            es: 'Todavía no están en cero todas las cuentas, o hay algo abierto.',
          },
        },
        args: [requestId],
      },
      invite: {
        label: { en: 'Make an invitation', es: 'Hacer una invitación' },
        args: [uses, requestId],
        hidden: true,
      },
      publicLink: {
        label: { en: 'Link to the public page', es: 'Enlace a la página pública' },
        help: {
          en: 'For a poster: whoever has it sees the rules, what there is, and the door.',
          es: 'Para un cartel: quien lo tenga ve las reglas, lo que hay, y la puerta.',
        },
        args: [],
      },
      marketPublic: nothing('What everyone can see', 'Lo que todo el mundo puede ver'),
      auditor: nothing('The books', 'Las cuentas claras'),
      journal: nothing('Journal', 'Bitácora'),
    },
  },
);

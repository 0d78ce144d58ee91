/** What the facets of a round accept, and the words for them. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, Description } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Convenor, RoundPublic, SolverDesk } from './facets.ts';
import { maxLinesPerSeat } from './limits.ts';
import type { Seat } from './types.ts';

type Methods<Facet> = InterfaceGuard<{ [name in keyof Facet]: MethodGuard }>;

const LabelShape = M.and(M.string({ stringLengthLimit: 100 }), M.neq(''));
/** Whole numbers of what one could lodge: 40 digits are more than any sum of money. */
const NatShape = M.nat({ decimalDigitsLimit: 40 });
const LodgedShape = M.splitRecord(
  {
    origin: M.and(M.string({ stringLengthLimit: 200 }), M.neq('')),
    kind: M.or('obligation', 'line'),
    end: M.or('from', 'to'),
    version: NatShape,
    max: NatShape,
    priority: M.or(0n, 1n, 2n, 3n),
  },
  {},
  {},
);
const WishesShape = M.splitRecord({ recall: NatShape, pays: NatShape }, {}, {});
const LaterShape = M.or(M.promise(), M.record());
const ViewGuard = M.call().returns(M.record());
const ChangesGuard = M.call().optional(M.string()).returns(M.promise());
const PageGuard = M.call(M.nat()).returns(M.array());

const look: Description['methods'][string] = {
  label: { en: 'Look', es: 'Ver' },
  args: [],
  hidden: true,
};
const changes: Description['methods'][string] = {
  label: { en: 'Wait for a change', es: 'Esperar un cambio' },
  args: [{ name: 'since', kind: 'text' }],
  hidden: true,
};
const closed = {
  en: 'The round has gone on: it is too late for that.',
  es: 'La ronda ya siguió: es tarde para eso.',
};
const fromPage = [
  { name: 'from', kind: 'nat', label: { en: 'From number', es: 'Desde el número' } },
] as const;
const componentArgument = {
  name: 'component',
  kind: 'nat',
  label: { en: 'Group', es: 'Grupo' },
} as const;

const phase = {
  label: { en: 'Now', es: 'Cómo va' },
  prominent: true,
  values: {
    lodging: { en: 'people are joining', es: 'se está apuntando la gente' },
    freezing: { en: 'what was lodged is being locked', es: 'se está apartando lo apuntado' },
    clearing: { en: 'it is being worked out and voted on', es: 'se está calculando y votando' },
    reporting: {
      en: 'it is decided; everyone is being told',
      es: 'ya se decidió; se está avisando',
    },
    settled: { en: 'done', es: 'hecha' },
    nothing: { en: 'over: nothing could be cleared', es: 'terminó: no hubo nada que compensar' },
    cancelled: { en: 'cancelled: nothing was changed', es: 'cancelada: no cambió nada' },
  },
} as const;

const stage = {
  label: { en: 'Where they are', es: 'En qué está' },
  values: {
    invited: { en: 'invited', es: 'con invitación' },
    lodged: { en: 'takes part', es: 'participa' },
    freezing: { en: 'is being asked', es: 'se le está preguntando' },
    in: { en: 'takes part', es: 'participa' },
    settled: { en: 'cleared', es: 'compensado' },
    silent: { en: 'did not answer', es: 'no contestó' },
    out: { en: 'sits this one out', es: 'queda fuera esta vez' },
  },
} as const;

const fields = {
  title: { label: { en: 'Clearing round', es: 'Ronda de compensación' } },
  phase,
  unit: { label: { en: 'Counted in', es: 'Se cuenta en' } },
  invited: { label: { en: 'Invited', es: 'Invitados' } },
  lodged: { label: { en: 'Take part', es: 'Participan' } },
  open: { label: { en: 'Groups not decided', es: 'Grupos sin decidir' } },
  cleared: { label: { en: 'Cleared in all', es: 'Compensado en total' } },
  contradictions: {
    label: {
      en: 'Participants who say that it was decided otherwise',
      es: 'Participantes que dicen que se decidió otra cosa',
    },
  },
} as const;

export const ConvenorI: Described<Methods<Convenor>> = describe(
  M.interface('RoundConvenor', {
    view: ViewGuard,
    changes: ChangesGuard,
    invite: M.call(LabelShape, RequestIdShape).returns(M.or(M.remotable('seat'), M.record())),
    inviteLink: M.call(LabelShape, RequestIdShape).returns(LaterShape),
    closeLodging: M.call().returns(M.record()),
    cancel: M.call().returns(M.record()),
    public: M.call().returns(M.remotable('public')),
    desk: M.call().returns(M.remotable('desk')),
    reader: M.call().returns(M.remotable('reader')),
    seats: PageGuard,
    components: PageGuard,
  }),
  {
    label: {
      en: 'A clearing round that you convene',
      es: 'Una ronda de compensación que convocas',
    },
    help: {
      en: 'You invite and open the door. What is cleared follows from what people lodge; you do not see their amounts and have no say in it.',
      es: 'Tú invitas y abres la puerta. Lo que se compensa sale de lo que cada quien apunta; no ves sus montos ni puedes influir.',
    },
    title: 'title',
    view: 'view',
    changes: 'changes',
    fields: {
      ...fields,
      seats: {
        label: { en: 'Seats', es: 'Lugares' },
        item: {
          heading: 'label',
          fields: { label: { label: { en: 'For', es: 'Para' } }, stage },
          empty: { en: 'Nobody is invited yet.', es: 'Todavía no hay invitados.' },
        },
      },
      public: { label: { en: 'What everybody may see', es: 'Lo que cualquiera puede ver' } },
    },
    methods: {
      view: look,
      changes,
      inviteLink: {
        label: { en: 'Invite a poca', es: 'Invitar a una poca' },
        help: {
          en: 'The text is a seat for one poca. Hand it over yourself, if you can.',
          es: 'El texto es el lugar de una poca. Si se puede, entrégalo en persona.',
        },
        args: [
          { name: 'label', kind: 'text', label: { en: 'Who is it for?', es: '¿Para quién es?' } },
          { name: 'requestId', kind: 'requestId' },
        ],
        refusals: {
          closed,
          quota: { en: 'The round has no more seats.', es: 'La ronda ya no tiene lugares.' },
        },
      },
      invite: {
        label: { en: 'Make a seat', es: 'Hacer un lugar' },
        args: [
          { name: 'label', kind: 'text', label: { en: 'Who is it for?', es: '¿Para quién es?' } },
          { name: 'requestId', kind: 'requestId' },
        ],
        hidden: true,
      },
      closeLodging: {
        label: { en: 'Begin now', es: 'Empezar ya' },
        args: [],
        confirm: {
          en: 'After this, nobody can join any more.',
          es: 'Después de esto ya nadie puede apuntarse.',
        },
        done: { en: 'The round has begun.', es: 'La ronda ya empezó.' },
        refusals: { closed },
      },
      cancel: {
        label: { en: 'Cancel the round', es: 'Cancelar la ronda' },
        args: [],
        confirm: {
          en: 'Nothing will be cleared, and all are told.',
          es: 'No se compensará nada, y se avisa a todas.',
        },
        done: { en: 'Cancelled.', es: 'Cancelada.' },
        refusals: { closed },
      },
      public: { label: { en: 'For everybody', es: 'Para cualquiera' }, args: [], hidden: true },
      desk: { label: { en: 'For solvers', es: 'Para quien calcula' }, args: [], hidden: true },
      reader: { label: { en: 'The journal', es: 'La bitácora' }, args: [], hidden: true },
      seats: { label: { en: 'Seats', es: 'Lugares' }, args: fromPage, hidden: true },
      components: { label: { en: 'Groups', es: 'Grupos' }, args: fromPage, hidden: true },
    },
  },
);

export const RoundPublicI: Described<Methods<RoundPublic>> = describe(
  M.interface('RoundPublic', {
    view: ViewGuard,
    changes: ChangesGuard,
    terms: M.call().returns(M.record()),
  }),
  {
    label: { en: 'A clearing round', es: 'Una ronda de compensación' },
    help: {
      en: 'What pocas owe each other in loops is set off, without money, and only if all of those concerned agree.',
      es: 'Lo que las pocas se deben en círculo se compensa sin dinero, y solo si todas las que toca están de acuerdo.',
    },
    title: 'title',
    view: 'view',
    changes: 'changes',
    fields,
    methods: {
      view: look,
      changes,
      terms: { label: { en: 'Terms', es: 'Condiciones' }, args: [], hidden: true },
    },
  },
);

export const SolverDeskI: InterfaceGuard<{ [name in keyof SolverDesk]: MethodGuard }> = M.interface(
  'SolverDesk',
  {
    open: PageGuard,
    problem: M.call(M.number()).returns(M.record()),
    // Checked by its certificate; what is no text of a message's length does not arrive.
    propose: M.call(M.number(), M.string({ stringLengthLimit: 1_000_000 })).returns(M.record()),
  },
);

export const SeatI: Described<Methods<Seat & { changes(since?: string): Promise<string> }>> =
  describe(
    M.interface('RoundSeat', {
      view: ViewGuard,
      changes: ChangesGuard,
      terms: M.call().returns(M.record()),
      lodge: M.call(
        M.remotable('agent'),
        M.arrayOf(LodgedShape, { arrayLengthLimit: 2 * maxLinesPerSeat }),
        WishesShape,
      ).returns(M.record()),
      leave: M.call().returns(M.record()),
      // What they hold is looked at there: it comes from elsewhere, and may be anything.
      vote: M.call(
        M.number(),
        M.number(),
        M.array({ arrayLengthLimit: 2 * maxLinesPerSeat }),
      ).returns(M.record()),
      succeeded: M.call(M.number(), M.number(), M.or('settle', 'release')).returns(M.record()),
    }),
    {
      label: { en: 'Your seat in a clearing round', es: 'Tu lugar en una ronda de compensación' },
      help: {
        en: 'Your poca takes part through its book. Nothing is cleared that the book has not checked.',
        es: 'Tu poca participa por medio de su libro. No se compensa nada que el libro no haya revisado.',
      },
      title: 'title',
      view: 'view',
      changes: 'changes',
      fields: {
        title: fields.title,
        label: { label: { en: 'For', es: 'Para' } },
        phase,
        stage: { ...stage, label: { en: 'You', es: 'Tú' } },
        unit: fields.unit,
        lines: { label: { en: 'What you brought', es: 'Lo que trajiste' } },
      },
      methods: {
        view: look,
        changes,
        terms: { label: { en: 'Terms', es: 'Condiciones' }, args: [], hidden: true },
        leave: {
          label: { en: 'Leave', es: 'Salirse' },
          args: [],
          confirm: {
            en: 'Your poca takes no part in this round.',
            es: 'Tu poca no participa en esta ronda.',
          },
          done: { en: 'You are out of it.', es: 'Ya quedaste fuera.' },
          refusals: { closed },
        },
        // A book does these.
        lodge: {
          label: { en: 'Take part', es: 'Participar' },
          args: [
            { name: 'agent', kind: 'facet', label: { en: 'Agent', es: 'Representante' } },
            { name: 'lodged', kind: 'longText', label: { en: 'Lines', es: 'Renglones' } },
            { name: 'wishes', kind: 'longText', label: { en: 'Wishes', es: 'Deseos' } },
          ],
          hidden: true,
        },
        vote: {
          label: { en: 'Vote', es: 'Votar' },
          args: [
            componentArgument,
            { name: 'pass', kind: 'nat', label: { en: 'Pass', es: 'Vuelta' } },
            { name: 'refused', kind: 'longText', label: { en: 'Refused', es: 'Rechazados' } },
          ],
          hidden: true,
        },
        succeeded: {
          label: { en: 'Decided without the coordinator', es: 'Decidido sin quien coordina' },
          args: [
            componentArgument,
            { name: 'pass', kind: 'nat', label: { en: 'Pass', es: 'Vuelta' } },
            { name: 'outcome', kind: 'text', label: { en: 'Outcome', es: 'Resultado' } },
          ],
          hidden: true,
        },
      },
    },
  );

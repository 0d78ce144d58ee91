/** What people hold of a shelf accepts, and the words for it. */
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/credit';
import type { Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  ChangesGuard,
  LongTextShape,
  NameShape,
  ViewGuard,
  changes,
  requestId,
  view,
} from '../inside/shapes.ts';
import { revoked, slots, zoneArgument, zoneName } from './words.ts';

const Answer = M.record();

export const ParticipantI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'request'
    | 'release'
    | 'explain'
    | 'introduce'
    | 'introduceLink'
    | 'makeGroup'
    | 'joinGroup'
    | 'auditor'
    | 'link'
    | 'renew'
    | 'leave'
  >
> = describe(
  M.interface('ShelfParticipant', {
    view: ViewGuard,
    changes: ChangesGuard,
    request: M.call(M.remotable('zone'), ValueShape, LongTextShape, RequestIdShape).returns(Answer),
    release: M.call(M.remotable('lease'), RequestIdShape).returns(Answer),
    explain: M.call(M.remotable('zone')).returns(Answer),
    introduce: M.call(RequestIdShape).returns(Answer),
    introduceLink: M.call(RequestIdShape).returns(M.or(M.promise(), M.record())),
    makeGroup: M.call(NameShape, RequestIdShape).returns(Answer),
    joinGroup: M.call(M.remotable('group'), RequestIdShape).returns(Answer),
    auditor: M.call().returns(M.remotable('auditor')),
    link: M.call().returns(M.or(M.promise(), M.record())),
    renew: M.call(RequestIdShape).returns(Answer),
    leave: M.call(RequestIdShape).returns(Answer),
  }),
  {
    label: { en: 'Your place on the shelves', es: 'Tu lugar en los estantes' },
    help: {
      en: 'Space is divided anew each period: a foothold for everybody, more for who is new, and the rest by what is taken from the shelf.',
      es: 'El espacio se reparte cada periodo: una base para todas las personas, algo más para quien llega, y el resto según lo que la gente se lleva.',
    },
    title: 'shelf',
    view: 'view',
    changes: 'changes',
    fields: {
      shelf: { label: { en: 'Shelves', es: 'Estantes' } },
      name: { label: { en: 'Your name here', es: 'Tu nombre aquí' } },
      isNewcomer: { label: { en: 'New here', es: 'Recién llegada' } },
      ballot: { label: { en: 'Decide together', es: 'Decidir en común' } },
      leases: {
        label: { en: 'What is yours', es: 'Lo que es tuyo' },
        item: {
          heading: 'zone',
          fields: {
            zone: zoneName,
            slots: { label: { en: 'Yours', es: 'Tuyos' }, unit: slots },
            due: { label: { en: 'To be cleared', es: 'Por desocupar' }, unit: slots },
            lease: { label: { en: 'What stands there', es: 'Lo que hay ahí' } },
          },
          empty: { en: 'Nothing yet.', es: 'Todavía nada.' },
        },
      },
      zones: {
        label: { en: 'Zones', es: 'Zonas' },
        item: {
          heading: 'name',
          fields: {
            name: zoneName,
            demand: { label: { en: 'You asked for', es: 'Pediste' }, unit: slots },
            slots: {
              label: { en: 'You have', es: 'Tienes' },
              unit: slots,
              bar: { of: 'demand' },
            },
            zone: { label: { en: 'See the shelf', es: 'Ver el estante' } },
          },
          empty: { en: 'There are no zones yet.', es: 'Todavía no hay zonas.' },
        },
      },
    },
    methods: {
      view,
      changes,
      request: {
        label: { en: 'Ask for space', es: 'Pedir espacio' },
        help: {
          en: 'It counts from the next period on. Asking for more than you need gets you no more.',
          es: 'Cuenta desde el siguiente periodo. Pedir de más no te da más.',
        },
        done: { en: 'Asked.', es: 'Pedido.' },
        refusals: {
          unsupported: {
            en: 'This zone does not offer that. Look for one that does.',
            es: 'Esta zona no ofrece eso. Busca otra que sí.',
          },
          limit: {
            en: 'The whole zone is smaller than that.',
            es: 'La zona entera es más chica que eso.',
          },
          revoked,
        },
        args: [
          zoneArgument,
          {
            name: 'demand',
            kind: 'nat',
            label: { en: 'How many slots', es: 'Cuántos lugares' },
            unit: slots,
            initial: '1',
          },
          {
            name: 'needs',
            kind: 'longText',
            label: { en: 'What your goods need', es: 'Qué necesita lo que traes' },
            help: {
              en: 'One thing a line, as the zone calls it. Leave it empty if nothing special.',
              es: 'Una cosa por línea, como la llama la zona. Vacío si nada en especial.',
            },
            initial: '',
          },
          requestId,
        ],
      },
      explain: {
        label: { en: 'Why this much?', es: '¿Por qué tanto?' },
        refusals: {
          closed: {
            en: 'You had no part when this zone was divided last.',
            es: 'No tuviste parte la última vez que se repartió esta zona.',
          },
          notYet: {
            en: 'This zone was not divided yet.',
            es: 'Esta zona todavía no se reparte.',
          },
          revoked,
        },
        args: [zoneArgument],
      },
      release: {
        label: { en: 'Give it back', es: 'Devolverlo' },
        args: [
          { name: 'lease', kind: 'facet', from: 'leases', label: { en: 'Place', es: 'Lugar' } },
          requestId,
        ],
        confirm: {
          en: 'You give back all of your slots there, and ask for none.',
          es: 'Devuelves todos tus lugares ahí, y ya no pides ninguno.',
        },
      },
      introduceLink: {
        label: { en: 'Bring somebody new', es: 'Traer a alguien' },
        help: {
          en: 'You vouch for them, so that they get a foothold. They paste the text at “Join a place” in their wallet.',
          es: 'Respondes por esa persona, para que tenga un primer lugar. Pega el texto en «Entrar a un lugar» de su cartera.',
        },
        refusals: {
          quota: {
            en: 'Those whom you brought are still new. Wait until they have settled in.',
            es: 'Quienes trajiste todavía son nuevas. Espera a que se asienten.',
          },
          revoked,
        },
        args: [requestId],
      },
      introduce: {
        label: { en: 'Make an invitation', es: 'Hacer una invitación' },
        args: [requestId],
        hidden: true,
      },
      makeGroup: {
        label: { en: 'Make a group', es: 'Hacer un grupo' },
        help: {
          en: 'In a group you can lend each other space.',
          es: 'En un grupo se pueden prestar espacio.',
        },
        args: [
          { name: 'name', kind: 'text', label: { en: 'Its name', es: 'Cómo se llama' } },
          requestId,
        ],
      },
      joinGroup: {
        label: { en: 'Join a group', es: 'Entrar a un grupo' },
        args: [{ name: 'group', kind: 'facet', label: { en: 'Group', es: 'Grupo' } }, requestId],
        hidden: true,
      },
      auditor: {
        label: { en: 'Rules, and reckon it again', es: 'Reglas, y volver a hacer la cuenta' },
        args: [],
      },
      link: {
        label: { en: 'A text for a backup', es: 'Un texto para un respaldo' },
        args: [],
        hidden: true,
      },
      renew: {
        label: { en: 'Get a new key', es: 'Sacar una llave nueva' },
        args: [requestId],
        hidden: true,
      },
      leave: {
        label: { en: 'Leave', es: 'Irme' },
        confirm: {
          en: 'You give all your slots back, and clear them in time.',
          es: 'Devuelves todos tus lugares, y los desocupas a tiempo.',
        },
        args: [requestId],
      },
    },
  },
);

export const LeaseI: Described<Methods<'view' | 'changes' | 'place' | 'clear' | 'transferWithin'>> =
  describe(
    M.interface('ShelfLease', {
      view: ViewGuard,
      changes: ChangesGuard,
      place: M.call(M.remotable('thing'), RequestIdShape).returns(Answer),
      clear: M.call(M.nat(), RequestIdShape).returns(Answer),
      transferWithin: M.call(M.remotable('group'), NameShape, ValueShape, RequestIdShape).returns(
        Answer,
      ),
    }),
    {
      label: { en: 'Your slots', es: 'Tus lugares' },
      title: 'zone',
      view: 'view',
      changes: 'changes',
      fields: {
        zone: zoneName,
        slots: {
          label: { en: 'Slots', es: 'Lugares' },
          item: {
            heading: 'slot',
            fields: {
              slot: { label: { en: 'Number', es: 'Número' } },
              isEmpty: {
                label: { en: 'What is there', es: 'Qué hay' },
                values: {
                  true: { en: 'empty', es: 'vacío' },
                  false: { en: 'in use', es: 'ocupado' },
                },
              },
              toClear: {
                label: { en: 'To be cleared', es: 'Por desocupar' },
                values: {
                  true: { en: 'to be cleared soon', es: 'hay que desocuparlo pronto' },
                  false: { en: 'yours', es: 'tuyo' },
                },
              },
            },
          },
        },
        waiting: {
          label: {
            en: 'Yours as soon as somebody has cleared them',
            es: 'Tuyos en cuanto alguien los desocupe',
          },
          unit: slots,
        },
      },
      methods: {
        view,
        changes,
        place: {
          label: { en: 'Put something there', es: 'Poner algo ahí' },
          args: [{ name: 'thing', kind: 'facet', label: { en: 'What', es: 'Qué' } }, requestId],
          hidden: true,
        },
        clear: {
          label: { en: 'Clear a slot', es: 'Desocupar un lugar' },
          refusals: {
            closed: { en: 'Nothing stands there.', es: 'Ahí no hay nada.' },
            invalid: { en: 'That slot is not yours.', es: 'Ese lugar no es tuyo.' },
            revoked,
          },
          args: [{ name: 'slot', kind: 'nat', label: { en: 'Number', es: 'Número' } }, requestId],
        },
        transferWithin: {
          label: { en: 'Lend slots in a group', es: 'Prestar lugares en un grupo' },
          args: [
            { name: 'group', kind: 'facet', label: { en: 'Group', es: 'Grupo' } },
            { name: 'to', kind: 'text', label: { en: 'To whom', es: 'A quién' } },
            { name: 'slots', kind: 'nat', label: { en: 'How many', es: 'Cuántos' }, unit: slots },
            requestId,
          ],
          hidden: true,
        },
      },
    },
  );

export const GroupI: Described<Methods<'view'>> = describe(
  M.interface('ShelfGroup', { view: ViewGuard }),
  {
    label: { en: 'Group', es: 'Grupo' },
    title: 'name',
    view: 'view',
    fields: {
      name: { label: { en: 'Name', es: 'Nombre' } },
      members: { label: { en: 'Who', es: 'Quiénes' } },
    },
    methods: { view },
  },
);

export const InvitationI: Described<Methods<'view' | 'changes' | 'join'>> = describe(
  M.interface('ShelfInvitation', {
    view: ViewGuard,
    changes: ChangesGuard,
    join: M.call(NameShape, RequestIdShape).returns(Answer),
  }),
  {
    label: { en: 'Invitation to the shelves', es: 'Invitación a los estantes' },
    view: 'view',
    changes: 'changes',
    fields: {
      place: { label: { en: 'Where', es: 'Dónde' } },
      used: { label: { en: 'Used', es: 'Ya se usó' } },
    },
    methods: {
      view,
      changes,
      join: {
        label: { en: 'Take part', es: 'Participar' },
        args: [
          {
            name: 'name',
            kind: 'text',
            label: { en: 'Your name, or your group’s', es: 'Tu nombre, o el de tu grupo' },
          },
          requestId,
        ],
      },
    },
  },
);

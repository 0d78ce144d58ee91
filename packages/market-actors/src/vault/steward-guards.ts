/** What those who look after a vault can do, and the words for it. None of it opens anything. */
import { M } from '@endo/patterns';
import type { ArgumentDescription, Described } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { CodeShape, ReasonShape, SegmentShape } from './shapes.ts';

const holder: ArgumentDescription = {
  ...{ name: 'holder', kind: 'nat' },
  label: { en: 'Number of the person', es: 'Número de la persona' },
};
const invalid = { en: 'There is no such person.', es: 'No hay tal persona.' };
const yesNo = { true: { en: 'yes', es: 'sí' }, false: { en: 'no', es: 'no' } };

export const VaultStewardI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'invite'
    | 'inviteLink'
    | 'addCamera'
    | 'recorderLink'
    | 'beacon'
    | 'setCare'
    | 'addCare'
    | 'removeCare'
    | 'leaveOut'
    | 'makeKey'
  >
> = describe(
  M.interface('VaultSteward', {
    view: ViewGuard,
    changes: ChangesGuard,
    invite: M.call(RequestIdShape).returns(M.record()),
    inviteLink: M.call(RequestIdShape).returns(M.or(M.promise(), M.record())),
    addCamera: M.call(NameShape, CodeShape, RequestIdShape).returns(M.record()),
    // A promise for the text, or a refusal at once.
    recorderLink: M.call(NameShape, CodeShape, RequestIdShape).returns(M.any()),
    beacon: M.call().returns(M.remotable('beacon')),
    setCare: M.call(M.nat(), M.boolean(), RequestIdShape).returns(M.record()),
    addCare: M.call(M.nat(), RequestIdShape).returns(M.record()),
    removeCare: M.call(M.nat(), RequestIdShape).returns(M.record()),
    leaveOut: M.call(M.nat(), RequestIdShape).returns(M.record()),
    makeKey: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Care of the vault', es: 'Cuidado de la bóveda' },
    help: {
      en: 'Who looks after the vault invites people and adds cameras. Nothing here opens a recording.',
      es: 'Quien cuida la bóveda invita personas y agrega cámaras. Nada de esto abre una grabación.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Name', es: 'Nombre' } },
      phase: {
        label: { en: 'The vault', es: 'La bóveda' },
        values: {
          closed: {
            en: 'does not record yet: three people or more have to keep a share, and then make the key',
            es: 'todavía no graba: primero tres personas o más guardan una parte, y se hace la clave',
          },
          making: { en: 'its key is being made', es: 'se está haciendo su clave' },
          open: { en: 'records', es: 'graba' },
        },
      },
      threshold: { label: { en: 'So many open together', es: 'Tantas personas abren juntas' } },
      print: {
        label: {
          en: 'The key; compare it with the others',
          es: 'La clave; compárala con las demás',
        },
        values: { '': { en: 'not made yet', es: 'todavía no se hace' } },
      },
      answered: {
        label: { en: 'Answers for the new key', es: 'Respuestas para la clave nueva' },
        bar: { of: 'of' },
      },
      of: { label: { en: 'Of', es: 'De' } },
      holders: {
        label: { en: 'People', es: 'Personas' },
        item: {
          heading: 'name',
          fields: {
            number: { label: { en: 'Number', es: 'Número' } },
            keeps: {
              label: { en: 'A share', es: 'Una parte' },
              values: {
                joined: { en: 'not yet', es: 'todavía no' },
                keeping: { en: 'keeps one', es: 'la guarda' },
                left: { en: 'no more', es: 'ya no' },
              },
            },
            isIn: { label: { en: 'In the key', es: 'En la clave' }, values: yesNo },
            isCare: { label: { en: 'Care-taker', es: 'Cuida' }, values: yesNo },
            isAwaited: {
              label: { en: 'Does not answer yet', es: 'Todavía no responde' },
              values: yesNo,
            },
          },
          empty: { en: 'Nobody yet.', es: 'Todavía nadie.' },
        },
      },
      cameras: {
        label: { en: 'Cameras', es: 'Cámaras' },
        item: {
          heading: 'camera',
          fields: {},
          empty: { en: 'None yet.', es: 'Todavía ninguna.' },
        },
      },
    },
    methods: {
      view,
      changes,
      inviteLink: {
        label: { en: 'Invite a person', es: 'Invitar a una persona' },
        help: {
          en: 'A text for one person. Who keeps a share pastes it in their place for a share of a key; who only asks, at “Join a place” in their wallet.',
          es: 'Un texto para una sola persona. Quien guarda una parte lo pega en su lugar para una parte de la clave; quien solo pide, en «Entrar a un lugar» de su cartera.',
        },
        refusals: {
          unsupported: { en: 'This vault makes no codes.', es: 'Esta bóveda no hace códigos.' },
        },
        args: [requestId],
      },
      invite: {
        label: { en: 'Make an invitation', es: 'Hacer una invitación' },
        args: [requestId],
        hidden: true,
      },
      makeKey: {
        label: {
          en: 'Make the key, or share it anew',
          es: 'Hacer la clave, o repartirla de nuevo',
        },
        help: {
          en: 'Among all who keep a share. Said again, it goes on without those who do not answer.',
          es: 'Entre quienes guardan una parte. Si lo repites, sigue sin quienes no responden.',
        },
        done: { en: 'They are asked.', es: 'Ya se les pidió.' },
        refusals: {
          insufficient: {
            en: 'At least three people have to keep a share.',
            es: 'Al menos tres personas tienen que guardar una parte.',
          },
          invalid: {
            en: 'By the rules more would have to open together than there are.',
            es: 'Según las reglas tendrían que abrir juntas más de las que hay.',
          },
        },
        args: [requestId],
      },
      recorderLink: {
        label: { en: 'Add a camera', es: 'Agregar una cámara' },
        help: {
          en: '“pocas vault key” at the camera makes its code.',
          es: 'Su código lo hace «pocas vault key» en la cámara.',
        },
        refusals: {
          invalid: { en: 'The code is not right.', es: 'El código no es correcto.' },
          conflict: { en: 'There is one of this name.', es: 'Ya hay una con ese nombre.' },
          quota: { en: 'There are too many.', es: 'Ya hay demasiadas.' },
          unsupported: { en: 'This vault makes no codes.', es: 'Esta bóveda no hace códigos.' },
        },
        args: [
          { ...{ name: 'camera', kind: 'text' }, label: { en: 'Name', es: 'Nombre' } },
          { ...{ name: 'key', kind: 'text' }, label: { en: 'Its code', es: 'Su código' } },
          requestId,
        ],
      },
      addCare: {
        label: { en: 'Name a care-taker', es: 'Nombrar a quien cuida' },
        help: {
          en: 'Two of them together may hasten a request, from the next sharing on.',
          es: 'Dos juntas pueden apurar una solicitud, desde el próximo reparto.',
        },
        refusals: { invalid },
        args: [holder, requestId],
      },
      removeCare: {
        label: { en: 'Not a care-taker any more', es: 'Ya no cuida' },
        refusals: { invalid },
        args: [holder, requestId],
      },
      leaveOut: {
        label: { en: 'Leave somebody out', es: 'Dejar fuera a alguien' },
        help: {
          en: 'They keep no share from the next sharing on.',
          es: 'Ya no guarda una parte desde el próximo reparto.',
        },
        confirm: { en: 'Everybody sees it in the log.', es: 'Todas lo ven en la bitácora.' },
        refusals: { invalid },
        args: [holder, requestId],
      },
      setCare: {
        label: { en: 'Care-taker', es: 'Cuida' },
        args: [{ name: 'holder', kind: 'nat' }, { name: 'isCare', kind: 'text' }, requestId],
        hidden: true,
      },
      addCamera: {
        label: { en: 'Camera', es: 'Cámara' },
        args: [{ name: 'camera', kind: 'text' }, { name: 'key', kind: 'text' }, requestId],
        hidden: true,
      },
      beacon: {
        label: { en: 'Sign at the door', es: 'Aviso en la puerta' },
        args: [],
        hidden: true,
      },
    },
  },
);

export const VaultCasesI: Described<Methods<'view' | 'changes' | 'hold' | 'release'>> = describe(
  M.interface('VaultCases', {
    view: ViewGuard,
    changes: ChangesGuard,
    hold: M.call(
      SegmentShape,
      ReasonShape,
      M.and(M.nat(), M.gte(1n), M.lte(90n)),
      RequestIdShape,
    ).returns(M.record()),
    release: M.call(SegmentShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Kept for a case', es: 'Se guarda por un caso' },
    help: {
      en: 'What is named here is not deleted after its days. It does not open it.',
      es: 'Lo que se nombra aquí no se borra al cumplir sus días. No lo abre.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      held: {
        label: { en: 'Kept', es: 'Se guarda' },
        item: {
          heading: 'segment',
          fields: { reason: { label: { en: 'Why', es: 'Por qué' } } },
          empty: { en: 'Nothing.', es: 'Nada.' },
        },
      },
    },
    methods: {
      view,
      changes,
      hold: {
        label: { en: 'Keep a segment', es: 'Guardar un segmento' },
        done: { en: 'It is kept. The log says so.', es: 'Se guarda. La bitácora lo dice.' },
        refusals: {
          expired: { en: 'It is not there any more.', es: 'Ya no está.' },
          quota: { en: 'Too many are kept already.', es: 'Ya se guardan demasiados.' },
        },
        args: [
          { ...{ name: 'segment', kind: 'text' }, label: { en: 'Which', es: 'Cuál' } },
          { ...{ name: 'reason', kind: 'longText' }, label: { en: 'Why?', es: '¿Por qué?' } },
          {
            ...{ name: 'days', kind: 'nat', initial: '30', min: 1n, max: 90n },
            label: { en: 'For how many days', es: 'Por cuántos días' },
          },
          requestId,
        ],
      },
      release: {
        label: { en: 'Keep it no longer', es: 'Ya no guardarlo' },
        refusals: { closed: { en: 'It was not kept.', es: 'No se guardaba.' } },
        args: [
          { ...{ name: 'segment', kind: 'text' }, label: { en: 'Which', es: 'Cuál' } },
          requestId,
        ],
      },
    },
  },
);

export const VaultInvitationI: Described<Methods<'view' | 'changes' | 'join'>> = describe(
  M.interface('VaultInvitation', {
    view: ViewGuard,
    changes: ChangesGuard,
    join: M.call(NameShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Invitation to a video vault', es: 'Invitación a una bóveda de video' },
    help: {
      en: 'Whoever is in it may keep a share of its key and ask to see what was recorded.',
      es: 'Quien está en ella puede guardar una parte de su clave y pedir ver lo grabado.',
    },
    title: 'place',
    view: 'view',
    changes: 'changes',
    fields: { place: { label: { en: 'Vault', es: 'Bóveda' } } },
    methods: {
      view,
      changes,
      join: {
        label: { en: 'Join', es: 'Entrar' },
        args: [
          {
            ...{ name: 'name', kind: 'text' },
            label: { en: 'Your name here', es: 'Tu nombre aquí' },
          },
          requestId,
        ],
      },
    },
  },
);

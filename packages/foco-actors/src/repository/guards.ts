/** What the facets of a repository accept, and the words for them. */
import { M } from '@endo/patterns';
import type { Described, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import {
  ChangesGuard,
  type Methods,
  NameShape,
  ViewGuard,
  changes,
  line,
  lines,
  requestId,
  view,
  words,
} from '../inside/shapes.ts';

const Answer = M.record();
const Later = M.or(M.record(), M.promise());
const text = (stringLengthLimit: number) => M.string({ stringLengthLimit });
const HashShape = text(43);

const hashField: FieldDescription = {
  label: words('Number that proves it', 'Número que lo prueba'),
};
const powersField: FieldDescription = {
  label: words('What it will be able to do', 'Lo que podrá hacer'),
  item: {
    heading: 'power',
    fields: { lets: { label: words('That is', 'Es decir') } },
    empty: words(
      'Nothing of this machine: it only answers whoever uses it.',
      'Nada de esta máquina: sólo responde a quien lo usa.',
    ),
  },
};
const charterField: FieldDescription = {
  label: words('Its rules at first', 'Sus reglas al principio'),
  item: { heading: 'name', fields: { value: { label: words('Value', 'Valor') } } },
};
const hashesField = (en: string, es: string): FieldDescription => ({
  label: words(en, es),
  item: { heading: 'hash', fields: {} },
});
const title = words('What it is called', 'Cómo se llama');
const works = words('How it works', 'Cómo funciona');
const use = words('What you use', 'Lo que usas');
const versionArgument = (from: string) => ({
  ...{ name: 'version', kind: 'facet' as const, from },
  label: words('Protocolito', 'Protocolito'),
});

export const ParticipantI: Described<
  Methods<
    | ('view' | 'changes' | 'earlier' | 'find' | 'draft' | 'plan' | 'planLink' | 'share')
    | ('accept' | 'acceptLink' | 'invite' | 'inviteLink' | 'renew' | 'link')
  >
> = describe(
  M.interface('RepositoryParticipant', {
    view: ViewGuard,
    changes: ChangesGuard,
    earlier: M.call(M.nat()).returns(M.array()),
    find: M.call(HashShape).returns(Answer),
    draft: M.call(
      NameShape,
      text(60),
      text(8_000),
      text(2_000),
      text(2_000),
      RequestIdShape,
    ).returns(Answer),
    plan: M.call(M.remotable('version'), RequestIdShape).returns(Later),
    planLink: M.call(text(2_000), RequestIdShape).returns(Later),
    share: M.call(M.remotable('version'), RequestIdShape).returns(Later),
    accept: M.call(M.remotable('invitation'), RequestIdShape).returns(Answer),
    acceptLink: M.call(text(2_000), RequestIdShape).returns(Later),
    invite: M.call(RequestIdShape).returns(Answer),
    inviteLink: M.call(RequestIdShape).returns(Later),
    renew: M.call(RequestIdShape).returns(Answer),
    link: M.call().returns(Later),
  }),
  {
    label: words('Protocolitos', 'Protocolitos'),
    help: words(
      'Small agreements that others wrote down: to read, to use, to change and to write anew.',
      'Acuerdos pequeños que otras personas anotaron: para leer, usar, cambiar y escribir de nuevo.',
    ),
    title: 'repository',
    view: 'view',
    changes: 'changes',
    fields: {
      repository: { label: words('Repository', 'Repositorio') },
      name: { label: words('Your name here', 'Tu nombre aquí') },
      uses: {
        label: use,
        item: { heading: 'name', fields: { use: { label: words('Open', 'Abrir') } } },
      },
      versions: {
        label: words('What there is', 'Lo que hay'),
        item: {
          heading: 'title',
          fields: { version: { label: words('Read', 'Leer') } },
          empty: words('Nobody has written one yet.', 'Todavía nadie ha escrito uno.'),
        },
      },
      drafts: {
        label: words('What you are writing', 'Lo que estás escribiendo'),
        item: { heading: 'title', fields: { draft: { label: words('Go on', 'Seguir') } } },
      },
    },
    methods: {
      view,
      changes,
      plan: {
        label: words('See what it would do here', 'Ver qué haría aquí'),
        help: words('Nothing is installed by this.', 'Con esto no se instala nada.'),
        args: [versionArgument('versions'), requestId],
      },
      planLink: {
        label: words('Look at one from elsewhere', 'Ver uno de otra parte'),
        args: [
          { name: 'link', kind: 'secret', label: words('The link to it', 'El enlace') },
          requestId,
        ],
      },
      draft: {
        label: words('Write one', 'Escribir uno'),
        help: words(
          'A recipe, a way to share a kitchen, a market: in your own words.',
          'Una receta, una manera de compartir la cocina, un mercado: con tus palabras.',
        ),
        args: [
          line('title', title),
          line('language', words('In which language', 'En qué idioma')),
          lines('works', works),
          lines('contribute', words('How one contributes', 'Cómo se contribuye')),
          lines('changers', words('Who may change it', 'Quién lo puede cambiar')),
          requestId,
        ],
      },
      share: {
        label: words('Make a link to it', 'Hacer un enlace'),
        args: [versionArgument('versions'), requestId],
      },
      acceptLink: {
        label: words('Use something with others', 'Usar algo con otras personas'),
        args: [
          { name: 'link', kind: 'secret', label: words('Their invitation', 'Su invitación') },
          requestId,
        ],
      },
      accept: {
        label: words('Use it too', 'Usarlo también'),
        args: [
          { name: 'invitation', kind: 'text', label: words('Invitation', 'Invitación') },
          requestId,
        ],
        hidden: true,
      },
      invite: { label: words('Invite', 'Invitar'), args: [requestId], hidden: true },
      inviteLink: { label: words('Invite somebody', 'Invitar a alguien'), args: [requestId] },
      earlier: {
        label: words('Earlier ones', 'Anteriores'),
        args: [{ name: 'before', kind: 'nat', label: words('Before', 'Antes de') }],
        hidden: true,
      },
      find: {
        label: words('Find', 'Buscar'),
        args: [line('hash', words('Number', 'Número'))],
        hidden: true,
      },
      renew: { label: words('Renew', 'Renovar'), args: [requestId], hidden: true },
      link: { label: words('For a backup', 'Para un respaldo'), args: [], hidden: true },
    },
  },
);

export const InvitationI: Described<Methods<'view' | 'changes' | 'join'>> = describe(
  M.interface('RepositoryInvitation', {
    view: ViewGuard,
    changes: ChangesGuard,
    join: M.call(NameShape, RequestIdShape).returns(Answer),
  }),
  {
    label: words('Invitation to a repository', 'Invitación a un repositorio'),
    title: 'place',
    view: 'view',
    changes: 'changes',
    fields: { place: { label: words('Repository', 'Repositorio') } },
    methods: {
      view,
      changes,
      join: {
        label: words('Join', 'Entrar'),
        args: [line('name', words('Your name here', 'Tu nombre aquí')), requestId],
      },
    },
  },
);

export const VersionI: Described<Methods<'view' | 'changes' | 'content' | 'piece'>> = describe(
  M.interface('ProtocolitoVersion', {
    view: ViewGuard,
    changes: ChangesGuard,
    content: M.call().returns(Answer),
    piece: M.call(M.nat()).returns(Answer),
  }),
  {
    label: words('Protocolito', 'Protocolito'),
    title: 'title',
    view: 'view',
    changes: 'changes',
    fields: {
      title: { label: title },
      works: { label: works },
      contribute: { label: words('How one contributes', 'Cómo se contribuye') },
      changers: { label: words('Who may change it', 'Quién lo puede cambiar') },
      language: { label: words('Language', 'Idioma') },
      powers: powersField,
      charter: charterField,
      requires: hashesField('It needs', 'Necesita'),
      parents: hashesField('It comes from', 'Viene de'),
      later: {
        label: words('What came of it', 'Lo que salió de él'),
        item: { heading: 'title', fields: { version: { label: words('Read', 'Leer') } } },
      },
      hash: hashField,
    },
    methods: {
      view,
      changes,
      content: { label: words('All of it', 'Todo'), args: [], hidden: true },
      piece: {
        label: words('A piece', 'Un trozo'),
        args: [{ name: 'number', kind: 'nat', label: words('Number', 'Número') }],
        hidden: true,
      },
    },
  },
);

const value = { name: 'value', kind: 'nat' as const, label: words('Value', 'Valor') };
const hashArgument = line('hash', words('Its number', 'Su número'));
export const DraftI: Described<
  Methods<'view' | 'changes' | 'write' | 'declare' | 'setValue' | 'comesFrom' | 'needs' | 'publish'>
> = describe(
  M.interface('ProtocolitoDraft', {
    view: ViewGuard,
    changes: ChangesGuard,
    write: M.call(text(100_000), RequestIdShape).returns(Answer),
    declare: M.call(text(40), RequestIdShape).returns(Answer),
    setValue: M.call(text(60), M.nat({ decimalDigitsLimit: 30 }), RequestIdShape).returns(Answer),
    comesFrom: M.call(HashShape, RequestIdShape).returns(Answer),
    needs: M.call(HashShape, RequestIdShape).returns(Answer),
    publish: M.call(RequestIdShape).returns(Answer),
  }),
  {
    label: words('A protocolito that you are writing', 'Un protocolito que estás escribiendo'),
    help: words('Nobody else sees it yet.', 'Nadie más lo ve todavía.'),
    title: 'title',
    view: 'view',
    changes: 'changes',
    fields: {
      title: { label: title },
      works: { label: works },
      size: { label: words('Length of its program', 'Largo de su programa') },
      powers: powersField,
      options: {
        label: words('What it may ask for', 'Lo que puede pedir'),
        item: { heading: 'power', fields: {} },
      },
    },
    methods: {
      view,
      changes,
      write: {
        label: words('Add to its program', 'Agregar a su programa'),
        help: words('Only if it has one.', 'Sólo si tiene.'),
        args: [lines('text', words('Text of the program', 'Texto del programa')), requestId],
      },
      declare: {
        label: words('Say what its program needs', 'Decir qué necesita su programa'),
        args: [line('power', words('Which of the list', 'Cuál de la lista')), requestId],
      },
      setValue: {
        label: words('Set a rule', 'Poner una regla'),
        args: [line('name', words('Name of the rule', 'Nombre de la regla')), value, requestId],
      },
      comesFrom: {
        label: words('Say what it comes from', 'Decir de cuál viene'),
        args: [hashArgument, requestId],
      },
      needs: {
        label: words('Say what it needs', 'Decir cuál necesita'),
        args: [hashArgument, requestId],
      },
      publish: {
        label: words('Publish', 'Publicar'),
        confirm: words(
          'Everybody here will read it, and it cannot be changed any more; a new version can.',
          'Aquí lo leerá todo el mundo, y ya no se podrá cambiar; sí publicar otra versión.',
        ),
        args: [requestId],
      },
    },
  },
);

const states = {
  open: words('not installed', 'sin instalar'),
  begun: words('being installed', 'instalándose'),
  installed: words('installed', 'instalado'),
  offered: words('offered to those who use it', 'propuesto a quienes lo usan'),
  failed: words('it could not be installed', 'no se pudo instalar'),
};
export const PlanI: Described<Methods<'view' | 'changes' | 'confirm' | 'install'>> = describe(
  M.interface('ProtocolitoPlan', {
    view: ViewGuard,
    changes: ChangesGuard,
    confirm: M.call(NameShape, RequestIdShape).returns(Later),
    install: M.call(
      HashShape,
      M.arrayOf(text(40), { arrayLengthLimit: 16 }),
      NameShape,
      M.recordOf(text(60), M.nat({ decimalDigitsLimit: 30 }), { numPropertiesLimit: 30 }),
      RequestIdShape,
    ).returns(Later),
  }),
  {
    label: words('Before you install it', 'Antes de instalarlo'),
    title: 'title',
    view: 'view',
    changes: 'changes',
    fields: {
      title: { label: title },
      works: { label: works },
      powers: powersField,
      charter: charterField,
      requires: hashesField('It needs', 'Necesita'),
      state: { label: words('State', 'Estado'), values: states },
      use: { label: use },
      size: { label: words('Length of its program', 'Largo de su programa') },
      hash: hashField,
    },
    methods: {
      view,
      changes,
      confirm: {
        label: words('Install it', 'Instalarlo'),
        confirm: words(
          'It gets what this page says that it will be able to do, and nothing else.',
          'Recibe lo que esta página dice que podrá hacer, y nada más.',
        ),
        done: words('Installed.', 'Instalado.'),
        refusals: {
          invalid: words(
            'What came is not what was announced, or its program does not run. Nothing was installed.',
            'Lo que llegó no es lo anunciado, o su programa no corre. No se instaló nada.',
          ),
        },
        args: [line('name', words('What you call it', 'Cómo lo llamas')), requestId],
      },
      install: {
        label: words('Install', 'Instalar'),
        args: [
          hashArgument,
          line('granted', words('What it is given', 'Qué se le da')),
          line('name', title),
          line('values', words('Rules', 'Reglas')),
          requestId,
        ],
        hidden: true,
      },
    },
  },
);

export const SeatI: Described<
  Methods<'view' | 'changes' | 'invite' | 'inviteLink' | 'offer' | 'adopt' | 'run' | 'leave'>
> = describe(
  M.interface('ProtocolitoSeat', {
    view: ViewGuard,
    changes: ChangesGuard,
    invite: M.call(RequestIdShape).returns(Answer),
    inviteLink: M.call(RequestIdShape).returns(Later),
    offer: M.call(M.remotable('plan'), RequestIdShape).returns(Answer),
    adopt: M.call(HashShape, RequestIdShape).returns(Answer),
    run: M.call(RequestIdShape).returns(Later),
    leave: M.call(RequestIdShape).returns(Answer),
  }),
  {
    label: words('A protocolito in use', 'Un protocolito en uso'),
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: title },
      root: { label: words('Open it', 'Abrirlo') },
      users: { label: words('Who uses it', 'Quién lo usa'), item: { heading: 'who', fields: {} } },
      ballot: { label: words('Decide together', 'Decidir en común') },
      offered: {
        label: words('Versions that were offered', 'Versiones propuestas'),
        item: {
          heading: 'title',
          fields: { plan: { label: words('Read', 'Leer') }, hash: hashField },
        },
      },
      plans: {
        label: words('Versions that you looked at', 'Versiones que miraste'),
        item: { heading: 'title', fields: { plan: { label: words('Read', 'Leer') } } },
      },
      next: { label: words('Adopted, and not running yet', 'Adoptada, y aún sin correr') },
      earlier: {
        label: words('What ran before', 'Lo que corría antes'),
        item: { heading: 'hash', fields: { root: { label: words('Open', 'Abrir') } } },
      },
      hash: hashField,
    },
    methods: {
      view,
      changes,
      invite: { label: words('Invite', 'Invitar'), args: [requestId], hidden: true },
      inviteLink: {
        label: words('Let somebody use it too', 'Que alguien más lo use'),
        args: [requestId],
      },
      offer: {
        label: words('Offer a version', 'Proponer una versión'),
        args: [
          { name: 'plan', kind: 'facet', from: 'plans', label: words('Version', 'Versión') },
          requestId,
        ],
      },
      adopt: {
        label: words('Change to a version', 'Cambiar a una versión'),
        help: words(
          'If you use it alone. If not, you decide together.',
          'Si lo usas a solas. Si no, se decide en común.',
        ),
        args: [hashArgument, requestId],
      },
      run: {
        label: words('Run what was adopted', 'Correr lo adoptado'),
        args: [requestId],
      },
      leave: { label: words('Stop using it', 'Dejar de usarlo'), args: [requestId] },
    },
  },
);

export const UseInvitationI: Described<Methods<'view'>> = describe(
  M.interface('ProtocolitoInvitation', { view: ViewGuard }),
  {
    label: words('Invitation to use a protocolito', 'Invitación a usar un protocolito'),
    title: 'name',
    view: 'view',
    fields: { name: { label: title } },
    methods: { view },
  },
);

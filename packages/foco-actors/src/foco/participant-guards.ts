/** What a participant's facet accepts, and the words for it. */
import { M } from '@endo/patterns';
import type { Described, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import {
  AmountShape,
  ChangesGuard,
  NameShape,
  ReasonShape,
  ViewGuard,
  amount,
  changes,
  destinationsField,
  line,
  lines,
  requestId,
  view,
  words,
} from '../inside/shapes.ts';

export const CardI: Described<Methods<'view' | 'number'>> = describe(
  M.interface('FocoPerson', { view: ViewGuard, number: M.call().returns(M.nat()) }),
  {
    label: words('Participant', 'Participante'),
    title: 'name',
    view: 'view',
    fields: { name: { label: words('Name', 'Nombre') } },
    methods: { view, number: { label: words('Number', 'Número'), args: [], hidden: true } },
  },
);

const unit: FieldDescription = { label: words('In', 'En') };
const heard: FieldDescription = {
  label: words('What came of it', 'En qué quedó'),
  item: {
    heading: 'name',
    fields: {
      what: {
        label: words('Of', 'De'),
        values: {
          contribution: words('your contribution', 'tu aportación'),
          spend: words('a spend', 'un gasto'),
          leaving: words('your leaving', 'tu salida'),
          pool: words('a pool', 'una cooperacha'),
          saving: words('a saving', 'un ahorro'),
          loan: words('a loan', 'un préstamo'),
          fork: words('going apart', 'la separación'),
          gift: words('a gift', 'un regalo'),
          hours: words('your hours', 'tus horas'),
          use: words('your use', 'tu uso'),
        },
      },
      value: { label: words('How much', 'Cuánto') },
      how: {
        label: words('Now', 'Cómo va'),
        values: {
          arrived: words('arrived', 'llegó'),
          refused: words('did not arrive', 'no llegó'),
          paid: words('paid', 'pagado'),
          back: words('is in your envelope again', 'regresó a tu sobre'),
          late: words('is late: talk about it', 'va atrasado: platíquenlo'),
        },
      },
    },
    empty: words('Nothing yet.', 'Todavía nada.'),
  },
};

const designation = (name: string) => ({ name, kind: 'facet' }) as const;
const purseLabel = words('Of what', 'De qué');
const notHere = { closed: words('You have left.', 'Ya te fuiste.') };
const fork = {
  name: 'fork',
  kind: 'facet',
  from: 'forks',
  label: words('Which', 'Cuál'),
} as const;
const desk = { args: [], hidden: true } as const;
const TextShape = M.string({ stringLengthLimit: 1_000 });
const YesShape = M.and(M.nat(), M.lte(1n));
const LaterShape = M.or(M.promise(), M.record());
const whichPurse = {
  name: 'purse',
  kind: 'facet',
  from: 'envelopes',
  label: purseLabel,
} as const;
const ForkGuard = M.call(M.remotable('fork'), RequestIdShape).returns(M.record());
const ProposeGuard = M.call(NameShape, ReasonShape, RequestIdShape).returns(M.record());
const DeskGuard = M.call().returns(M.remotable('desk'));
const forkArgs = [
  line('name', words('Name of the new one', 'Nombre del nuevo')),
  lines('purpose', words('What it is for', 'Para qué es')),
  requestId,
];

export const ParticipantI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'card'
    | 'foco'
    | 'spending'
    | 'pools'
    | 'savings'
    | 'loans'
    | 'contribute'
    | 'putIn'
    | 'giveEnvelope'
    | 'giveTo'
    | 'addDestination'
    | 'addPlace'
    | 'divide'
    | 'invite'
    | 'inviteLink'
    | 'leave'
    | 'comeBack'
    | 'fork'
    | 'proposeFork'
    | 'joinFork'
    | 'leaveFork'
    | 'goFork'
    | 'forked'
    | 'link'
    | 'renew'
  >
> = describe(
  M.interface('FocoParticipant', {
    view: ViewGuard,
    changes: ChangesGuard,
    card: DeskGuard,
    foco: DeskGuard,
    spending: DeskGuard,
    pools: DeskGuard,
    savings: DeskGuard,
    loans: DeskGuard,
    contribute: M.call(
      M.remotable('purse'),
      M.remotable('payment'),
      M.boolean(),
      RequestIdShape,
    ).returns(M.record()),
    putIn: M.call(M.remotable('purse'), TextShape, YesShape, RequestIdShape).returns(LaterShape),
    giveEnvelope: M.call(
      M.remotable('card'),
      M.remotable('purse'),
      AmountShape,
      RequestIdShape,
    ).returns(M.record()),
    giveTo: M.call(M.remotable('card'), AmountShape, RequestIdShape).returns(M.record()),
    addDestination: M.call(
      M.remotable('purse'),
      M.remotable('payee'),
      NameShape,
      M.boolean(),
      RequestIdShape,
    ).returns(M.record()),
    addPlace: M.call(M.remotable('purse'), TextShape, NameShape, YesShape, RequestIdShape).returns(
      LaterShape,
    ),
    divide: M.call(M.remotable('purse'), RequestIdShape).returns(M.record()),
    invite: M.call(RequestIdShape).returns(M.record()),
    inviteLink: M.call(RequestIdShape).returns(M.or(M.promise(), M.record())),
    leave: M.call(RequestIdShape).returns(M.record()),
    comeBack: M.call(RequestIdShape).returns(M.record()),
    fork: ProposeGuard,
    proposeFork: ProposeGuard,
    joinFork: ForkGuard,
    leaveFork: ForkGuard,
    goFork: ForkGuard,
    forked: M.call(M.remotable('fork')).returns(M.record()),
    link: M.call().returns(LaterShape),
    renew: M.call(RequestIdShape).returns(M.record()),
  }),
  {
    label: words('Your part in a FoCo', 'Tu parte en un FoCo'),
    help: words(
      'What is in your envelope is yours to decide. Nobody has to agree.',
      'Lo que está en tu sobre lo decides tú. Nadie tiene que dar permiso.',
    ),
    title: 'foco',
    view: 'view',
    changes: 'changes',
    fields: {
      foco: { label: words('FoCo', 'FoCo') },
      name: { label: words('You', 'Tú') },
      purpose: { label: words('What it is for', 'Para qué es') },
      status: {
        label: words('You are', 'Estás'),
        values: {
          here: words('here', 'aquí'),
          leaving: words('leaving', 'saliendo'),
          left: words('gone', 'fuera'),
        },
      },
      envelopes: {
        label: words('Your envelopes', 'Tus sobres'),
        item: {
          heading: 'name',
          fields: {
            value: { label: words('Yours', 'Lo tuyo'), bar: { of: 'all' } },
            all: { label: words('In all envelopes', 'En todos los sobres') },
            unit,
            surplus: { label: words('From what is shared', 'De lo común') },
            own: { label: words('From what you put in', 'De lo que pusiste') },
            returnable: { label: words('Goes back to you if you leave', 'Te regresa si te vas') },
          },
          empty: words(
            'Nothing yet. Whoever cares for the FoCo first joins a market; then you put value in here.',
            'Todavía nada. Primero quien cuida el FoCo entra a un mercado; después aquí pones valor.',
          ),
        },
      },
      pages: { label: words('What you can do', 'Lo que puedes hacer') },
      ballot: { label: words('What is decided together', 'Lo que se decide en común') },
      heard,
      destinations: destinationsField,
      others: {
        label: words('The others', 'Las demás personas'),
        item: {
          heading: 'name',
          fields: {},
          empty: words('You are alone here.', 'No hay nadie más aquí.'),
        },
      },
      forks: {
        label: words('Going apart', 'Separarse'),
        item: {
          heading: 'name',
          fields: {
            by: { label: words('Proposed by', 'Lo propone') },
            phase: {
              label: words('Now', 'Cómo va'),
              values: {
                proposed: words('others may join', 'se pueden unir'),
                making: words('it is being founded', 'se está fundando'),
                moving: words('envelopes are moving', 'los sobres van en camino'),
                done: words('done', 'listo'),
                failed: words('it could not be done', 'no se pudo'),
              },
            },
            fork: { label: words('Open it', 'Abrirlo') },
          },
          empty: words('Nobody is going apart.', 'Nadie se está separando.'),
        },
      },
      all: { label: words('What everybody may see', 'Lo que cualquiera puede ver') },
    },
    methods: {
      view,
      changes,
      putIn: {
        label: words('Put in', 'Poner'),
        help: words(
          'In the market, take it out as a text from your account, and paste that here.',
          'En el mercado, sácalo como texto de tu cuenta, y pégalo aquí.',
        ),
        args: [
          whichPurse,
          { name: 'text', kind: 'secret', label: words('The text', 'El texto') },
          {
            ...{ name: 'isReturnable', kind: 'nat', initial: '1', max: 1n },
            label: words('Does it go back to you if you leave?', '¿Te regresa si te vas?'),
            values: { '1': words('yes', 'sí'), '0': words('no', 'no') },
          },
          requestId,
        ],
        done: words('It is on its way.', 'Va en camino.'),
        refusals: {
          ...notHere,
          notYet: words('The market has not answered yet.', 'El mercado todavía no contesta.'),
        },
      },
      addPlace: {
        label: words('Say where can be paid', 'Anotar a dónde se paga'),
        help: words(
          'The text comes from the account page of the market: where that person is paid.',
          'El texto sale de la página de la cuenta en el mercado: a dónde se le paga a esa persona.',
        ),
        args: [
          whichPurse,
          { name: 'text', kind: 'secret', label: words('The text', 'El texto') },
          line('name', words('Name', 'Nombre')),
          {
            ...{ name: 'isMine', kind: 'nat', initial: '0', max: 1n },
            label: words('Is it where you are paid?', '¿Es a donde se te paga a ti?'),
            values: { '0': words('no', 'no'), '1': words('yes', 'sí') },
          },
          requestId,
        ],
      },
      giveTo: {
        label: words('Give from your envelope', 'Dar de tu sobre'),
        args: [
          {
            ...{ name: 'other', kind: 'facet', from: 'others' },
            label: words('To', 'A quién'),
          },
          amount('value', words('How much', 'Cuánto')),
          requestId,
        ],
        confirm: words('It cannot be taken back. Give it?', 'No se puede retirar. ¿Darlo?'),
        refusals: {
          ...notHere,
          insufficient: words(
            'There is not as much in your envelope.',
            'En tu sobre no hay tanto.',
          ),
        },
      },
      divide: {
        label: words(
          'Divide what came in for all',
          'Repartir lo que llegó para todas las personas',
        ),
        args: [
          { ...{ name: 'purse', kind: 'facet', from: 'envelopes' }, label: purseLabel },
          requestId,
        ],
        done: words('It is being divided.', 'Se está repartiendo.'),
      },
      inviteLink: {
        label: words('Invite somebody', 'Invitar a alguien'),
        args: [requestId],
        refusals: {
          ...notHere,
          quota: words(
            'You have invited enough for this period.',
            'Ya invitaste suficiente en este periodo.',
          ),
        },
      },
      joinFork: { label: words('Go too', 'Irme también'), args: [fork, requestId] },
      leaveFork: { label: words('Stay here', 'Quedarme'), args: [fork, requestId] },
      goFork: {
        label: words('Go now', 'Irnos ya'),
        args: [fork, requestId],
        confirm: words(
          'The envelopes of all who join move to the new one. Go?',
          'Los sobres de quienes se unieron se mudan al nuevo. ¿Irse?',
        ),
        refusals: {
          unsupported: words('Whoever proposed it does this.', 'Lo hace quien lo propuso.'),
        },
      },
      proposeFork: {
        label: words('Go apart with others', 'Separarse con otras personas'),
        args: forkArgs,
      },
      fork: {
        label: words('Go apart alone', 'Separarse a solas'),
        args: forkArgs,
        confirm: words(
          'Your envelope moves to a new FoCo. Go?',
          'Tu sobre se muda a un FoCo nuevo. ¿Irte?',
        ),
      },
      leave: {
        label: words('Leave', 'Irme'),
        args: [requestId],
        confirm: words('Do you want to leave?', '¿Quieres irte?'),
        refusals: {
          ...notHere,
          notYet: words(
            'First take back what you announced, pledged or saved, and say where you are paid.',
            'Primero retira lo que anunciaste, pusiste o guardaste, y di a dónde se te paga.',
          ),
        },
      },
      comeBack: {
        label: words('Come back', 'Regresar'),
        args: [requestId],
        refusals: { closed: words('You need an invitation.', 'Necesitas una invitación.') },
      },
      link: { label: words('For a backup', 'Para un respaldo'), ...desk },
      renew: {
        label: words('Lock out lost devices', 'Dejar fuera aparatos perdidos'),
        args: [requestId],
        hidden: true,
      },
      contribute: {
        label: words('Put in', 'Poner'),
        args: [
          { ...designation('purse'), label: purseLabel },
          { ...designation('payment'), label: words('What', 'Qué') },
          {
            name: 'returnable',
            kind: 'text',
            label: words('Goes back on leaving', 'Regresa al salir'),
          },
          requestId,
        ],
        hidden: true,
      },
      giveEnvelope: {
        label: words('Give', 'Dar'),
        args: [
          { ...designation('other'), label: words('To', 'A quién') },
          { ...designation('purse'), label: purseLabel },
          amount('value', words('How much', 'Cuánto')),
          requestId,
        ],
        hidden: true,
      },
      addDestination: {
        label: words('Say where can be paid', 'Anotar a dónde se paga'),
        args: [
          { ...designation('purse'), label: purseLabel },
          { ...designation('payee'), label: words('Account', 'Cuenta') },
          line('name', words('Name', 'Nombre')),
          { name: 'isMine', kind: 'text', label: words('Is mine', 'Es mía') },
          requestId,
        ],
        hidden: true,
      },
      invite: { label: words('Invite', 'Invitar'), args: [requestId], hidden: true },
      forked: {
        label: words('Your part in the new one', 'Tu parte en el nuevo'),
        args: [{ ...designation('fork'), label: words('Which', 'Cuál') }],
        hidden: true,
      },
      card: { label: words('Card', 'Tarjeta'), ...desk },
      foco: { label: words('All of it', 'Todo'), ...desk },
      spending: { label: words('Spending', 'Gastar'), ...desk },
      pools: { label: words('Pools', 'Cooperachas'), ...desk },
      savings: { label: words('Saving', 'Guardar'), ...desk },
      loans: { label: words('Loans', 'Préstamos'), ...desk },
    },
  },
);

/** What each facet of a draw accepts, and the words for it. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, Description } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { ChangesGuard, changes, look } from './words.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const TextGuard = M.string({ stringLengthLimit: 300 });

const fields: NonNullable<Description['fields']> = {
  purpose: { label: { en: 'What is drawn', es: 'Qué se sortea' } },
  phase: {
    label: { en: 'Now', es: 'Cómo va' },
    prominent: true,
    values: {
      commit: { en: 'everyone promises a secret', es: 'cada quien promete un secreto' },
      reveal: { en: 'everyone shows their secret', es: 'cada quien muestra su secreto' },
      done: { en: 'drawn', es: 'sorteado' },
      closed: {
        en: 'over without a result: fewer than two were left, and one alone could choose it',
        es: 'terminó sin resultado: quedó menos de dos, y una sola persona podría escogerlo',
      },
    },
  },
  round: { label: { en: 'Round', es: 'Ronda' } },
  participants: { label: { en: 'Take part', es: 'Participan' } },
  committed: { label: { en: 'Have promised', es: 'Ya prometieron' } },
  revealed: { label: { en: 'Have shown', es: 'Ya mostraron' } },
  result: { label: { en: 'Result', es: 'Resultado' } },
};

const round = {
  name: 'round',
  kind: 'nat',
  label: { en: 'Round', es: 'Ronda' },
} as const;

const refusals = {
  notYet: { en: 'It is not time for that yet.', es: 'Todavía no es momento.' },
  expired: {
    en: 'You are out of it: the time was over.',
    es: 'Quedaste fuera: se acabó el tiempo.',
  },
  closed: { en: 'The draw is over.', es: 'El sorteo ya terminó.' },
  stale: { en: 'A new round has begun.', es: 'Ya empezó otra ronda.' },
  conflict: { en: 'You promised another secret before.', es: 'Antes prometiste otro secreto.' },
  invalid: { en: 'That is not the secret you promised.', es: 'No es el secreto que prometiste.' },
} as const;

export const DrawPublicI: Described<Methods<'view' | 'changes' | 'result' | 'explain'>> = describe(
  M.interface('Draw', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    result: M.call().returns(M.record()),
    explain: M.call().optional(M.nat()).returns(M.record()),
  }),
  {
    label: { en: 'A draw', es: 'Un sorteo' },
    help: {
      en: 'Everyone first promises a secret, then all show them. So nobody can choose the result.',
      es: 'Primero cada quien promete un secreto, luego todos lo muestran. Así nadie escoge el resultado.',
    },
    title: 'purpose',
    view: 'view',
    changes: 'changes',
    fields,
    methods: {
      view: look,
      changes,
      result: { label: { en: 'Result', es: 'Resultado' }, args: [], hidden: true },
      explain: {
        label: { en: 'How it came about', es: 'Cómo salió' },
        args: [round],
        hidden: true,
      },
    },
  },
);

export const DrawParticipantI: Described<
  Methods<'view' | 'changes' | 'seat' | 'commit' | 'reveal'>
> = describe(
  M.interface('DrawParticipant', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    seat: M.call().returns(M.record()),
    commit: M.call(M.nat(), TextGuard).returns(M.record()),
    reveal: M.call(M.nat(), TextGuard).returns(M.record()),
  }),
  {
    label: { en: 'Your part in a draw', es: 'Tu parte en un sorteo' },
    title: 'purpose',
    view: 'view',
    changes: 'changes',
    fields,
    methods: {
      view: look,
      changes,
      seat: { label: { en: 'Your number', es: 'Tu número' }, args: [], hidden: true },
      // A wallet makes the secret and its hash.
      commit: {
        label: { en: 'Promise a secret', es: 'Prometer un secreto' },
        args: [round, { name: 'hash', kind: 'text', label: { en: 'Its hash', es: 'Su huella' } }],
        hidden: true,
        refusals,
      },
      reveal: {
        label: { en: 'Show the secret', es: 'Mostrar el secreto' },
        args: [round, { name: 'secret', kind: 'secret', label: { en: 'Secret', es: 'Secreto' } }],
        hidden: true,
        refusals,
      },
    },
  },
);

export const DrawInsideI: Methods<'name' | 'id' | 'commit' | 'reveal' | 'begin'> = M.interface(
  'DrawInside',
  {
    name: M.call(M.nat()).returns(M.string()),
    id: M.call().returns(M.record()),
    commit: M.call(M.nat(), M.nat(), M.string()).returns(M.record()),
    reveal: M.call(M.nat(), M.nat(), M.string()).returns(M.record()),
    begin: M.call(M.arrayOf(M.nat())).returns(),
  },
);

export const DrawSleeperI: Methods<'wake'> = M.interface('DrawSleeper', {
  wake: M.call(M.record(), M.bigint()).returns(),
});

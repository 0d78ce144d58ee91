/** What the facets of a custodian accept, and the words for them. All that comes from the vault is checked by its form here. */
import { M } from '@endo/patterns';
import type { Described, FieldDescription } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { CodeShape, SealShape, requestFields } from '../vault/shapes.ts';

const many = { arrayLengthLimit: 64 };
const MemberShape = M.splitRecord(
  {
    ...{ index: M.nat(), name: M.string({ stringLengthLimit: 100 }), key: CodeShape },
    isCare: M.boolean(),
  },
  {},
  {},
);
const MembersShape = M.arrayOf(MemberShape, many);
const TermsShape = M.splitRecord({ waiting: M.nat(), hastened: M.nat() }, {}, {});
const KeyShape = M.splitRecord(
  {
    ...{ threshold: M.nat(), groupKey: CodeShape },
    verificationKeys: M.arrayOf(M.splitRecord({ index: M.nat(), key: CodeShape }, {}, {}), many),
  },
  {},
  {},
);
const MakingShape = M.splitRecord(
  {
    ...{ vault: CodeShape, version: M.nat(), threshold: M.nat() },
    ...{ terms: TermsShape, members: MembersShape },
  },
  { from: M.splitRecord({ version: M.nat(), key: KeyShape, members: MembersShape }, {}, {}) },
  {},
);
const DealingShape = M.splitRecord(
  {
    ...{ dealer: M.nat(), proof: CodeShape, signature: CodeShape },
    commitments: M.arrayOf(CodeShape, many),
    sealed: M.arrayOf(M.string({ stringLengthLimit: 1_000 }), many),
  },
  {},
  {},
);
const HeadShape = M.splitRecord(
  {
    head: M.splitRecord({
      ...{ actorTag: M.string(), epoch: M.bigint(), number: M.nat(), hash: M.string() },
      final: M.boolean(),
    }),
    signature: CodeShape,
  },
  {},
  {},
);

export const CustodianI: Methods<'deal' | 'check' | 'confirm' | 'activate' | 'notice' | 'open'> =
  M.interface('Custodian', {
    deal: M.call(MakingShape).returns(M.record()),
    check: M.call(MakingShape, M.arrayOf(DealingShape, many)).returns(M.record()),
    confirm: M.call(M.nat(), M.arrayOf(M.nat(), many)).returns(M.record()),
    activate: M.call(
      M.nat(),
      M.arrayOf(M.splitRecord({ index: M.nat(), confirmation: CodeShape }, {}, {}), many),
      M.arrayOf(DealingShape, many),
    ).returns(M.record()),
    notice: M.call(M.arrayOf(M.record(), { arrayLengthLimit: 200 }), HeadShape).returns(M.record()),
    open: M.call(
      M.splitRecord({ request: M.nat(), version: M.nat(), seal: SealShape }, {}, {}),
    ).returns(M.record()),
  });

const heardFields: { readonly [key: string]: FieldDescription } = {
  ...requestFields,
  phase: {
    label: { en: 'Your part', es: 'Tu parte' },
    values: {
      waiting: { en: 'is given after the waiting time', es: 'se da después de la espera' },
      agreed: { en: 'was given', es: 'ya se dio' },
      declined: { en: 'you do not give it', es: 'no la das' },
      over: { en: 'is not needed any more', es: 'ya no hace falta' },
    },
  },
};

export const HeardRequestI: Described<Methods<'view' | 'changes' | 'decline' | 'hasten'>> =
  describe(
    M.interface('HeardRequest', {
      view: ViewGuard,
      changes: ChangesGuard,
      decline: M.call(RequestIdShape).returns(M.record()),
      hasten: M.call(RequestIdShape).returns(M.record()),
    }),
    {
      label: { en: 'Somebody asks to see a recording', es: 'Alguien pide ver una grabación' },
      title: 'reason',
      view: 'view',
      changes: 'changes',
      fields: { reason: { label: { en: 'Why', es: 'Por qué' } }, ...heardFields },
      methods: {
        view,
        changes,
        decline: {
          label: { en: 'I do not agree', es: 'No estoy de acuerdo' },
          done: { en: 'Your part is not given.', es: 'Tu parte no se da.' },
          refusals: { closed: { en: 'It was given already.', es: 'Ya se dio.' } },
          args: [requestId],
        },
        hasten: {
          label: { en: 'It cannot wait', es: 'No puede esperar' },
          help: {
            en: 'With a second care-taker it waits as in an emergency.',
            es: 'Con otra persona que cuida, espera como en una emergencia.',
          },
          confirm: { en: 'Everybody sees it in the log.', es: 'Todas lo ven en la bitácora.' },
          done: { en: 'Said.', es: 'Dicho.' },
          refusals: {
            unsupported: { en: 'You are no care-taker here.', es: 'Aquí no cuidas tú.' },
            closed: { en: 'It waits no more.', es: 'Ya no espera.' },
          },
          args: [requestId],
        },
      },
    },
  );

export const KeeperI: Described<
  Methods<
    | 'view'
    | 'changes'
    | 'keepFor'
    | 'joinVault'
    | 'renew'
    | 'declineSharing'
    | 'requests'
    | 'compare'
    | 'proof'
    | 'custodian'
  >
> = describe(
  M.interface('CustodyKeeper', {
    view: ViewGuard,
    changes: ChangesGuard,
    keepFor: M.call(M.remotable('share'), RequestIdShape).returns(M.record()),
    joinVault: M.call(M.string({ stringLengthLimit: 2_000 }), RequestIdShape).returns(
      M.or(M.promise(), M.record()),
    ),
    renew: M.call(RequestIdShape).returns(M.record()),
    declineSharing: M.call(RequestIdShape).returns(M.record()),
    requests: M.call().optional(M.nat()).returns(M.array()),
    compare: M.call(HeadShape).returns(M.record()),
    proof: M.call().returns(M.opt(M.record())),
    custodian: M.call().returns(M.remotable('custodian')),
  }),
  {
    label: { en: 'Your share of a vault’s key', es: 'Tu parte de la clave de una bóveda' },
    help: {
      en: 'Without the others it opens nothing. It is given by itself after the waiting time, unless you say no.',
      es: 'Sin las demás no abre nada. Se da sola después del tiempo de espera, a menos que digas que no.',
    },
    title: 'name',
    view: 'view',
    changes: 'changes',
    fields: {
      name: { label: { en: 'Name', es: 'Nombre' } },
      phase: {
        label: { en: 'How it stands', es: 'Cómo va' },
        values: {
          empty: { en: 'keeps nothing', es: 'no guarda nada' },
          asked: { en: 'waits for a key', es: 'espera una clave' },
          waiting: { en: 'waits before it takes part', es: 'espera antes de participar' },
          keeping: { en: 'keeps a share', es: 'guarda una parte' },
          disputed: {
            en: 'the vault contradicts itself: it gives nothing any more',
            es: 'la bóveda se contradice: ya no da nada',
          },
        },
      },
      share: { label: { en: 'The vault', es: 'La bóveda' } },
      print: {
        label: {
          en: 'The key; compare it with the others',
          es: 'La clave; compárala con las demás',
        },
        values: { '': { en: 'not made yet', es: 'todavía no se hace' } },
      },
      threshold: { label: { en: 'So many open together', es: 'Tantas personas abren juntas' } },
      holders: { label: { en: 'Of', es: 'De' } },
      waiting: {
        label: { en: 'It waits before it answers', es: 'Espera antes de responder' },
        unit: { en: 'hours', es: 'horas' },
      },
      newcomers: {
        label: { en: 'Who comes in next', es: 'Quién entra después' },
        values: { '': { en: 'nobody', es: 'nadie' } },
      },
      requests: {
        label: { en: 'Requests', es: 'Solicitudes' },
        item: {
          heading: 'reason',
          fields: heardFields,
          controls: 'act',
          empty: { en: 'None.', es: 'Ninguna.' },
        },
      },
    },
    methods: {
      view,
      changes,
      declineSharing: {
        label: { en: 'Do not share the key with them', es: 'No repartir la clave con ellas' },
        refusals: { closed: { en: 'Nothing waits.', es: 'Nada espera.' } },
        args: [requestId],
      },
      joinVault: {
        label: { en: 'Keep a share for a vault', es: 'Guardar una parte de una bóveda' },
        help: {
          en: 'Paste the invitation that whoever looks after the vault gave you.',
          es: 'Pega la invitación que te dio quien cuida la bóveda.',
        },
        done: {
          en: 'You keep a share as soon as the key is made.',
          es: 'Guardas una parte en cuanto se haga la clave.',
        },
        refusals: {
          claimed: { en: 'It was used already.', es: 'Ya se usó.' },
          conflict: { en: 'It keeps a share already.', es: 'Ya guarda una parte.' },
          invalid: { en: 'It is no invitation to a vault.', es: 'No es invitación a una bóveda.' },
        },
        args: [
          {
            ...{ name: 'invitation', kind: 'secret' },
            label: { en: 'Invitation', es: 'Invitación' },
          },
          requestId,
        ],
      },
      renew: {
        label: { en: 'Renew', es: 'Renovar' },
        args: [requestId],
        hidden: true,
      },
      keepFor: {
        label: { en: 'Keep a share', es: 'Guardar una parte' },
        args: [{ name: 'share', kind: 'facet' }, requestId],
        hidden: true,
      },
      requests: {
        label: { en: 'Earlier requests', es: 'Solicitudes anteriores' },
        args: [{ name: 'before', kind: 'nat' }],
        hidden: true,
      },
      compare: {
        label: { en: 'Compare', es: 'Comparar' },
        args: [{ name: 'head', kind: 'text' }],
        hidden: true,
      },
      proof: { ...view, label: { en: 'Proof', es: 'Prueba' } },
      custodian: { ...view, label: { en: 'For the vault', es: 'Para la bóveda' } },
    },
  },
);

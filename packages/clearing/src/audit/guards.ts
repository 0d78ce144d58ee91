/** What the facets of an audit accept, and the words for those that people hold. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, Description } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import { ChangesGuard, RequestIdShape, changes, look } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import { maxAccounts } from './rules.ts';
import type { AuditShare, Audits, PublicAudit } from './types.ts';

type Methods<Type> = InterfaceGuard<{ [name in keyof Type & string]: MethodGuard }>;
type FieldWords = NonNullable<Description['fields']>[string];

export const AuditsI: Methods<Audits> = M.interface('Audits', {
  // Whatever it is called: a list must not keep a sale from ending.
  noteSale: M.call(M.string(), ValueShape).returns(),
  begin: M.call(
    M.nat(),
    M.splitRecord({
      accounts: M.arrayOf(M.record(), { arrayLengthLimit: maxAccounts }),
      totals: M.record(),
      tokens: M.array(),
    }),
  ).returns(),
  step: M.call().returns(M.boolean()),
  share: M.call(M.nat()).returns(M.remotable('share')),
  public: M.call().returns(M.remotable('audit')),
});

const epoch: FieldWords = { label: { en: 'Epoch', es: 'Época' } };
const value = (en: string, es: string): FieldWords => ({ label: { en, es } });

export const PublicAuditI: Described<Methods<PublicAudit>> = describe(
  M.interface('PublicAudit', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    header: M.call().optional(M.nat()).returns(M.record()),
    entries: M.call(M.nat(), M.nat()).returns(M.record()),
  }),
  {
    label: { en: 'Public audit', es: 'Auditoría pública' },
    help: {
      en: 'Once for each epoch the market shows that all balances together are zero, without showing any of them. A wallet checks it, and that your own is among them.',
      es: 'Una vez por época el mercado muestra que todos los saldos juntos son cero, sin mostrar ninguno. Una cartera lo comprueba, y que el tuyo está entre ellos.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      status: {
        label: { en: 'Now', es: 'Cómo está' },
        values: {
          none: { en: 'no epoch has ended yet', es: 'aún no termina ninguna época' },
          done: { en: 'done', es: 'hecha' },
          'under way': { en: 'is being made', es: 'se está haciendo' },
        },
      },
      epoch,
      accounts: value('Accounts', 'Cuentas'),
      float: value('Behind blind credits', 'Respalda créditos ciegos'),
      held: value('Set aside', 'Apartado'),
      payments: value('Given out as payments', 'Entregado en pagos'),
      pools: value('Other pools', 'Otros fondos'),
      commons: value('Of all together', 'De todos juntos'),
      digest: value('Its mark in the journal', 'Su marca en la bitácora'),
      tokens: {
        label: { en: 'Blind credits', es: 'Créditos ciegos' },
        item: {
          heading: 'what',
          fields: {
            epoch,
            issued: value('Given out', 'Entregados'),
            redeemed: value('Used up', 'Usados'),
            members: value('By so many people', 'A tantas personas'),
          },
          empty: { en: 'None.', es: 'Ninguno.' },
        },
      },
      sales: {
        label: { en: 'What was sold', es: 'Lo que se vendió' },
        item: {
          heading: 'what',
          fields: { price: value('For', 'Por'), times: value('Times', 'Veces') },
          empty: { en: 'Nothing.', es: 'Nada.' },
        },
      },
    },
    methods: {
      view: look,
      changes,
      header: {
        label: { en: 'All but the entries', es: 'Todo menos las entradas' },
        args: [{ name: 'epoch', kind: 'nat' }],
        hidden: true,
      },
      entries: {
        label: { en: 'Entries', es: 'Entradas' },
        args: [
          { name: 'epoch', kind: 'nat' },
          { name: 'from', kind: 'nat' },
        ],
        hidden: true,
      },
    },
  },
);

export const AuditShareI: Described<Methods<AuditShare>> = describe(
  M.interface('AuditShare', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    chooseLabel: M.call(M.string({ stringLengthLimit: 200 }), RequestIdShape).returns(M.record()),
    opening: M.call().returns(M.record()),
    audit: M.call().returns(M.remotable('audit')),
  }),
  {
    label: { en: 'My share of the audit', es: 'Mi parte de la auditoría' },
    help: {
      en: 'Your balance is published so that only you can read it, under a word that only you know to be yours.',
      es: 'Tu saldo se publica de modo que solo tú puedes leerlo, con una palabra que solo tú sabes que es tuya.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      label: value('Your word', 'Tu palabra'),
      isChosen: {
        label: { en: 'Chosen by you', es: 'La elegiste tú' },
        values: { yes: { en: 'yes', es: 'sí' }, no: { en: 'not yet', es: 'aún no' } },
      },
      epoch: value('Last audit, of epoch', 'Última auditoría, de la época'),
      balance: value('Your balance in it', 'Tu saldo en ella'),
      audit: value('The audit', 'La auditoría'),
    },
    methods: {
      view: look,
      changes,
      chooseLabel: {
        label: { en: 'Choose a word', es: 'Elegir una palabra' },
        help: {
          en: 'From the next audit on: 8 to 64 letters, digits, hyphens. Make it long and odd; somebody who has the same word could not tell your entry from theirs.',
          es: 'A partir de la próxima auditoría: de 8 a 64 letras sin acentos, cifras o guiones. Que sea larga y rara; quien tenga la misma no distinguiría tu entrada de la suya.',
        },
        args: [
          { name: 'label', kind: 'text', label: { en: 'Your word', es: 'Tu palabra' } },
          { name: 'requestId', kind: 'requestId' },
        ],
        done: { en: 'Noted for the next audit.', es: 'Anotado para la próxima auditoría.' },
        refusals: {
          claimed: {
            en: 'Somebody has this word already. Take another one.',
            es: 'Alguien ya tiene esta palabra. Elige otra.',
          },
          invalid: {
            en: 'Take 8 to 64 letters, digits, hyphens or underscores.',
            es: 'Usa de 8 a 64 letras sin acentos, cifras, guiones o guiones bajos.',
          },
        },
      },
      opening: {
        label: { en: 'What opens my entry', es: 'Lo que abre mi entrada' },
        args: [],
        hidden: true,
      },
      audit: { label: { en: 'The audit', es: 'La auditoría' }, args: [], hidden: true },
    },
  },
);

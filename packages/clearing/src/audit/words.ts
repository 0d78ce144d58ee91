/** What is wrong with an audit, for people. */
import type { TokenCount } from '../blind/types.ts';
import type { Fault, FaultCode } from './types.ts';

const fault = (code: FaultCode, en: string, es: string): Fault => ({ code, text: { en, es } });

type What = Pick<TokenCount, 'kind' | 'denom' | 'epoch'>;
const named = ({ kind, denom, epoch }: What) => ({
  en:
    kind === 'credit'
      ? `tokens of ${denom} from epoch ${epoch}`
      : `tokens for ${{ appreciation: 'appreciation', review: 'reviews', ballot: 'votes' }[kind]} from epoch ${epoch}`,
  es:
    kind === 'credit'
      ? `fichas de ${denom} de la época ${epoch}`
      : `fichas de ${{ appreciation: 'aprecio', review: 'reseña', ballot: 'voto' }[kind]} de la época ${epoch}`,
});

export const faults = {
  form: (en: string, es: string): Fault =>
    fault('form', `The audit is not whole: ${en}.`, `La auditoría no está completa: ${es}.`),
  digest: (): Fault =>
    fault(
      'digest',
      'This is not the audit of which the mark stands in the market’s journal: somebody was shown another one.',
      'Esta no es la auditoría cuya marca está en el diario del mercado: a alguien se le mostró otra.',
    ),
  epoch: (): Fault =>
    fault('epoch', 'This is the audit of another epoch.', 'Esta es la auditoría de otra época.'),
  proof: (): Fault =>
    fault(
      'proof',
      'The proof does not hold: accounts and totals together are not zero, or something was changed.',
      'La prueba no se sostiene: las cuentas y los totales juntos no suman cero, o algo se cambió.',
    ),
  redeemed: (what: What, issued: bigint, redeemed: bigint): Fault =>
    fault(
      'redeemed',
      `Of ${named(what).en} ${redeemed} were used up, and only ${issued} were given out: somebody made some.`,
      `De las ${named(what).es} se usaron ${redeemed}, y solo se entregaron ${issued}: alguien hizo otras.`,
    ),
  float: (float: bigint, out: bigint): Fault =>
    fault(
      'float',
      `Tokens worth ${out} are out, and only ${float} stand behind them.`,
      `Hay fichas por ${out} en circulación, y solo ${float} las respaldan.`,
    ),
  accounts: (found: bigint, known: bigint): Fault =>
    fault(
      'accounts',
      `The audit has ${found} accounts, and the members know of ${known}: some may be nobody’s.`,
      `La auditoría tiene ${found} cuentas, y los miembros conocen ${known}: algunas pueden no ser de nadie.`,
    ),
  missing: (): Fault =>
    fault(
      'missing',
      'Your account is not in the audit: no entry has the label that you chose.',
      'Tu cuenta no está en la auditoría: ninguna entrada tiene la etiqueta que elegiste.',
    ),
  opening: (): Fault =>
    fault(
      'opening',
      'What the market told you about your entry does not open it: another balance was published.',
      'Lo que el mercado te dijo de tu entrada no la abre: se publicó otro saldo.',
    ),
  balance: (told: bigint, known: bigint): Fault =>
    fault(
      'balance',
      `The audit counts ${told} for you, and your own account says ${known}.`,
      `La auditoría cuenta ${told} para ti, y tu propia cuenta dice ${known}.`,
    ),
  issued: (what: What, issued: bigint, own: bigint): Fault =>
    fault(
      'issued',
      `You withdrew ${own} ${named(what).en}, and the market says that it gave out ${issued} in all.`,
      `Retiraste ${own} ${named(what).es}, y el mercado dice que entregó ${issued} en total.`,
    ),
  used: (what: What, redeemed: bigint, own: bigint): Fault =>
    fault(
      'issued',
      `You used up ${own} ${named(what).en}, and the market says ${redeemed} in all.`,
      `Usaste ${own} ${named(what).es}, y el mercado dice ${redeemed} en total.`,
    ),
  sales: (what: string): Fault =>
    fault(
      'sales',
      `A sale of yours is not in the list of sales: ${what}.`,
      `Una venta tuya no está en la lista de ventas: ${what}.`,
    ),
  history: (what: What): Fault =>
    fault(
      'history',
      `Of ${named(what).en} the market says less, or other, than in an audit before.`,
      `De las ${named(what).es} el mercado dice menos, u otra cosa, que en una auditoría anterior.`,
    ),
} as const;

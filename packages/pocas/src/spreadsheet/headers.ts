/** What columns are called, in English and Spanish. */

export type Field = keyof typeof names;

/** Without accents, in small letters. The first two of each are what we write ourselves, in English and Spanish. */
const names = {
  debtor: ['debtor', 'deudor', 'deudora', 'quien debe', 'from'],
  creditor: ['creditor', 'acreedor', 'acreedora', 'a quien', 'to'],
  amount: ['amount', 'monto', 'importe', 'cantidad', 'valor', 'value'],
  currency: ['currency', 'moneda', 'divisa', 'unidad', 'unit'],
  due: ['due', 'vence', 'due date', 'vencimiento', 'fecha de vencimiento'],
  priority: ['priority', 'prioridad'],
  weight: ['weight', 'peso'],
  // prettier-ignore
  id: ['id', 'folio', 'origin', 'origen', 'invoice', 'factura', 'referencia', 'reference', 'ref', 'numero', 'no', 'nº', 'n°', 'nº factura', 'numero de factura', 'n° factura', 'no. factura'],
  lender: ['lender', 'prestamista', 'acreditante'],
  borrower: ['borrower', 'prestatario', 'prestataria', 'acreditado', 'acreditada'],
  limit: ['limit', 'limite', 'tope'],
  participant: ['participant', 'participante', 'name', 'nombre'],
  recall: ['recall', 'retira', 'recalls', 'retiro', 'recupera'],
  pays: ['pays', 'paga', 'aporta'],
  cleared: ['cleared', 'compensado'],
  remaining: ['remaining', 'queda'],
  line: ['line', 'renglon'],
  drawn: ['drawn', 'usado'],
  price: ['price', 'precio'],
  owed: ['owed', 'le deben'],
  owes: ['owes', 'debe'],
  owedAfter: ['owed after', 'le deben despues'],
  owesAfter: ['owes after', 'debe despues'],
  net: ['net', 'saldo'],
  payer: ['payer', 'paga'],
  payee: ['payee', 'recibe'],
  value: ['value', 'valor'],
} as const;

/** Small letters without accents, with single spaces: what people mean to be the same word. */
const plain = (text: string): string =>
  text
    .slice(0, 100)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .replace(/[.:]+$/, '')
    .trim();

/** Which of the wanted columns a header names. */
export const fieldOf = (header: string, wanted: readonly Field[]): Field | undefined => {
  const word = plain(header);
  return wanted.find((field) => (names[field] as readonly string[]).includes(word));
};

/** Spanish as it is written, for headers of ours. */
const accents: { readonly [word: string]: string } = {
  limite: 'límite',
  renglon: 'renglón',
  'le deben despues': 'le deben después',
  'debe despues': 'debe después',
};

export const headerOf = (field: Field, language: 'en' | 'es'): string => {
  const [en, es = en] = names[field] as readonly string[];
  return language === 'en' ? en! : (accents[es!] ?? es!);
};

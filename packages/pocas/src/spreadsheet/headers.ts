/** What columns are called, in English and Spanish. */

export type Field = keyof typeof names;

/** Without accents, in small letters. The first of each is what we write ourselves. */
const names = {
  debtor: ['debtor', 'deudor', 'deudora', 'quien debe', 'from'],
  creditor: ['creditor', 'acreedor', 'acreedora', 'a quien', 'to'],
  amount: ['amount', 'monto', 'importe', 'cantidad', 'valor', 'value'],
  currency: ['currency', 'moneda', 'divisa', 'unidad', 'unit'],
  due: ['due', 'due date', 'vence', 'vencimiento', 'fecha de vencimiento'],
  priority: ['priority', 'prioridad'],
  weight: ['weight', 'peso'],
  // prettier-ignore
  id: ['id', 'origin', 'origen', 'folio', 'invoice', 'factura', 'referencia', 'reference', 'ref', 'numero', 'no', 'nº', 'n°'],
  lender: ['lender', 'prestamista', 'acreditante'],
  borrower: ['borrower', 'prestatario', 'prestataria', 'acreditado', 'acreditada'],
  limit: ['limit', 'limite', 'tope'],
  participant: ['participant', 'participante', 'name', 'nombre'],
  recall: ['recall', 'recalls', 'retira', 'retiro', 'recupera'],
  pays: ['pays', 'paga', 'aporta'],
  cleared: ['cleared'],
  remaining: ['remaining'],
  line: ['line'],
  drawn: ['drawn'],
  price: ['price'],
  owes: ['owes'],
  owed: ['owed'],
  net: ['net'],
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

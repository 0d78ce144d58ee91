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
  // Of a market.
  what: [
    'what',
    'que',
    'que es',
    'product',
    'producto',
    'offer',
    'oferta',
    'need',
    'name',
    'nombre',
  ],
  description: ['description', 'descripcion', 'about it', 'details', 'detalles', 'notes', 'notas'],
  quantity: [
    'quantity',
    'cantidad',
    'left',
    'quedan',
    'stock',
    'existencias',
    'how many',
    'cuantos',
  ],
  howMuch: ['how much', 'cuanto', 'quantity', 'cantidad'],
  category: ['category', 'categoria', 'kind', 'tipo'],
  kind: ['kind', 'tipo', 'category', 'categoria'],
  unit: ['unit', 'unidad', 'currency', 'moneda'],
  until: ['until', 'hasta', 'expires', 'vence', 'last day', 'ultimo dia'],
  delivery: ['delivery', 'entrega', 'how you get it', 'como se entrega'],
  minutes: ['minutes', 'minutos', 'duration', 'duracion'],
  outside: ['money besides', 'dinero aparte', 'and money', 'mas dinero'],
  inReturn: ['in return', 'a cambio', 'i offer', 'ofrezco'],
  unnamed: ['without name', 'sin nombre', 'unnamed', 'anonimo'],
  epoch: ['epoch', 'epoca'],
  weekOf: ['from', 'desde'],
  movement: ['movement', 'movimiento'],
  balance: ['balance', 'saldo'],
  role: ['you', 'tu'],
  phase: ['state', 'estado'],
  with: ['with', 'con'],
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

/** Whether two texts are the same word but for accents, capitals and spaces. */
export const isSameWord = (a: string, b: string): boolean => plain(a) === plain(b);

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
  que: 'qué',
  descripcion: 'descripción',
  cuanto: 'cuánto',
  categoria: 'categoría',
  epoca: 'época',
  tu: 'tú',
};

export const headerOf = (field: Field, language: 'en' | 'es'): string => {
  const [en, es = en] = names[field] as readonly string[];
  return language === 'en' ? en! : (accents[es!] ?? es!);
};

/** What `pocas clearing` says of results, in Spanish and English. Errors and help stay in English. */
import { percentOf } from '@pocas/clearing/picture';
import { type Sign, formatDecimal } from '../spreadsheet/decimals.ts';
import type { Summary } from '../spreadsheet/positions.ts';
import { shown } from '../spreadsheet/shown.ts';
import type { Language } from './clearing-input.ts';

const en = {
  head: (participants: number, obligations: number) =>
    `${participants} participants, ${obligations} obligations`,
  owed: 'owed before',
  cleared: 'cleared',
  drawn: 'newly owed by credit lines',
  remaining: 'remaining',
  netDebt: 'of it net debt, which nothing clears',
  outsideMoney: 'outside money needed',
  unserved: 'wanted, and nobody can pay it',
  transfers: (count: number) => `in ${count} transfers`,
  written: (folder: string) => `Written to ${folder}`,
  right: (participants: number, obligations: number) =>
    `The result is right: each of ${obligations} obligations is cleared by no more than its amount, no balance of ${participants} participants changed, and no other set-off clears more.`,
  wrong: (count: number) => `The result is not right. Faults: ${count}`,
  picture: (currency: string) => `Set-off${currency === '' ? '' : ` in ${currency}`}`,
  line: (line: number) => `line ${line}`,
  creditLine: (line: number) => `credit line ${line}`,
};

const es: typeof en = {
  head: (participants, obligations) => `${participants} participantes, ${obligations} obligaciones`,
  owed: 'se debía antes',
  cleared: 'compensado',
  drawn: 'deuda nueva por líneas de crédito',
  remaining: 'queda',
  netDebt: 'de ello saldos, que nada compensa',
  outsideMoney: 'dinero de fuera necesario',
  unserved: 'se quería, y nadie lo puede pagar',
  transfers: (count) => `en ${count} transferencias`,
  written: (folder) => `Escrito en ${folder}`,
  right: (participants, obligations) =>
    `El resultado es correcto: de cada una de ${obligations} obligaciones se compensa a lo más su monto, no cambió el saldo de ninguno de ${participants} participantes, y ninguna otra compensación logra más.`,
  wrong: (count) => `El resultado no es correcto. Fallas: ${count}`,
  picture: (currency) => `Compensación${currency === '' ? '' : ` en ${currency}`}`,
  line: (line) => `renglón ${line}`,
  creditLine: (line) => `línea de crédito ${line}`,
};

export type ClearingWords = typeof en;

export const clearingWords: { readonly [language in Language]: ClearingWords } = { en, es };

/** A currency in a few lines, with amounts one under the other. */
export const describeSummary = (summary: Summary, sign: Sign, language: Language): string => {
  const words = clearingWords[language];
  const { places, owed, cleared, drawn, remaining, netDebt, outsideMoney, unserved } = summary;
  const rows: readonly (readonly [label: string, value: bigint, more?: string])[] = [
    [words.owed, owed],
    [words.cleared, cleared, `${percentOf(cleared, owed, sign)} %`],
    ...(drawn === 0n ? [] : [[words.drawn, drawn] as const]),
    [words.remaining, remaining],
    [words.netDebt, netDebt],
    [words.outsideMoney, outsideMoney, words.transfers(summary.transfers)],
    ...(unserved === 0n ? [] : [[words.unserved, unserved] as const]),
  ];
  const texts = rows.map(([, value]) => formatDecimal(value, places, sign));
  const labelWidth = Math.max(...rows.map(([label]) => label.length));
  const valueWidth = Math.max(...texts.map(({ length }) => length));
  const lines = rows.map(([label, , more], i) =>
    `  ${label.padEnd(labelWidth)}  ${texts[i]!.padStart(valueWidth)}  ${more ?? ''}`.trimEnd(),
  );
  const head = words.head(summary.participants, summary.obligations);
  const currency = summary.currency === '' ? '' : `${shown(summary.currency)}: `;
  return `${currency}${head}\n${lines.join('\n')}\n`;
};

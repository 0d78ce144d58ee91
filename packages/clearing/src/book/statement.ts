/** What is open, as rows for a spreadsheet. */
import type { LineView, ObligationView } from '../obligation/types.ts';

/** The names of the columns are for programs and do not change with the language. */
export const columns = [
  'origin',
  'kind',
  'with',
  'end',
  'what',
  'unit',
  'agreed',
  'amount',
  'due',
  'locked',
] as const;

/** One row. Of a line: its limit, and what may still be drawn. A spreadsheet takes no text of it for a formula. */
export const rowOf = (view: ObligationView | LineView): readonly string[] => {
  const isLine = 'limit' in view;
  return [
    view.origin,
    isLine ? 'line' : 'obligation',
    plain(view.with),
    view.end,
    plain(view.what),
    plain(view.unit),
    String(isLine ? view.limit : view.agreed),
    String(isLine ? view.headroom : view.amount),
    view.day,
    view.locked ? 'yes' : 'no',
  ];
};

/** Text that others chose: one that begins like a formula gets an apostrophe in front (OWASP, CSV injection). */
const plain = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

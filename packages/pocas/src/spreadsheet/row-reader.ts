/** The cells of one row, read one by one. */
import type { Fault } from './faults.ts';
import type { Field } from './headers.ts';
import type { NameReader } from './names.ts';
import { quoted, shown } from './shown.ts';
import type { Row, Table } from './table.ts';

export type RowReader = {
  fail(field: Field, words: string): undefined;
  /** What was read elsewhere, or notes why it cannot be. */
  take<T>(field: Field, read: { readonly words: string } | T): T | undefined;
  isGood(): boolean;
  name(field: Field): string;
  /** A text that may be missing. */
  text(field: Field): string;
  /** A whole number that may be missing. */
  whole(field: Field, least: bigint, most: bigint): bigint | undefined;
  currency(): string;
};

/** The cells of one row, each read once: what is wrong is noted, and the row is then not used. */
export const makeRowReader = (
  table: Table,
  row: Row,
  faults: Fault[],
  readName: NameReader,
): RowReader => {
  let isGood = true;
  const fail = (field: Field, words: string): undefined => {
    const column = table.columns[field];
    const shownColumn = column === undefined ? {} : { column: shown(column) };
    faults.push({ file: table.file, line: row.line, ...shownColumn, words });
    isGood = false;
    return undefined;
  };
  const take = <T>(field: Field, read: { readonly words: string } | T): T | undefined =>
    typeof read === 'object' && read !== null && 'words' in read
      ? fail(field, (read as { words: string }).words)
      : (read as T);
  return {
    fail,
    take,
    isGood: () => isGood,
    name: (field: Field): string =>
      take<{ name: string }>(field, readName(row.cells[field] ?? ''))?.name ?? '',
    text(field: Field): string {
      const cell = row.cells[field] ?? '';
      return cell === '' ? '' : this.name(field);
    },
    whole(field: Field, least: bigint, most: bigint): bigint | undefined {
      const cell = row.cells[field] ?? '';
      if (cell === '') return undefined;
      const value = /^\d{1,9}$/.test(cell) ? BigInt(cell) : -1n;
      if (value >= least && value <= most) return value;
      return fail(field, `${quoted(cell)} is no whole number from ${least} to ${most}`);
    },
    currency(): string {
      if (table.columns.currency === undefined) return '';
      const name = this.name('currency');
      // "mxn" is no other currency than "MXN".
      return /^[a-z]{3}$/i.test(name) ? name.toUpperCase() : name;
    },
  };
};

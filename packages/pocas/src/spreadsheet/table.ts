/** A file of a spreadsheet as rows of cells: encodings, delimiters, quotes. Knows nothing of what stands in them. */
import { CsvError, parse } from 'csv-parse/sync';
import { type Fault, SpreadsheetError } from './faults.ts';
import { type Field, fieldOf, headerOf } from './headers.ts';
import { quoted } from './shown.ts';

export type Delimiter = ',' | ';' | '\t';
const delimiters: readonly Delimiter[] = [',', ';', '\t'];

export type Row = {
  /** Where it begins. */
  readonly line: number;
  /** Trimmed; a cell that the row does not have is ''. */
  readonly cells: { readonly [field in Field]?: string };
};

export type Table = {
  readonly file: string;
  readonly delimiter: Delimiter;
  /** How the header calls each column that is used. */
  readonly columns: { readonly [field in Field]?: string };
  /** Headers of columns that are not. */
  readonly unused: readonly string[];
  readonly rows: readonly Row[];
  readonly faults: readonly Fault[];
};

/** Beyond this a file is not read into memory. */
export const mostBytes: number = 256 * 1024 * 1024;

/** Longer than any cell should be: it is refused before anything is done with it. */
const mostRecordBytes = 200_000;

const refuse = (file: string, words: string, line = 0): never => {
  throw new SpreadsheetError([{ file, line, words }]);
};

const savedAsUtf8 =
  'save it from the spreadsheet as "CSV UTF-8", or choose the character set Unicode (UTF-8)';

/** The line in which the bytes first are no UTF-8. */
const lineOfBadByte = (bytes: Uint8Array): number => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let from = 0;
  while (from < bytes.length) {
    const newline = bytes.indexOf(10, from);
    const end = newline < 0 ? bytes.length : newline + 1;
    try {
      decoder.decode(bytes.subarray(from, end));
    } catch {
      return line;
    }
    line += 1;
    from = end;
  }
  return line;
};

const decode = (file: string, bytes: Uint8Array): string => {
  if (bytes.length > mostBytes) refuse(file, `it has more than ${mostBytes} bytes`);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    refuse(file, `it is written in UTF-16; ${savedAsUtf8}`);
  }
  if (first === 0x50 && second === 0x4b) {
    refuse(file, 'it is a workbook and no CSV; save the sheet from the spreadsheet as "CSV UTF-8"');
  }
  let text: string;
  try {
    // Without a byte order mark, where there is one.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse(file, `it is not written in UTF-8; ${savedAsUtf8}`, lineOfBadByte(bytes));
  }
  if (text.includes('\0')) refuse(file, `it has bytes of zero, as no CSV has; ${savedAsUtf8}`);
  // One form of line for all: files that went through several programs have several.
  return text.replace(/\r\n?/g, '\n');
};

type ParsedRow = { readonly line: number; readonly cells: readonly string[] };

const unquote = 'put the whole cell in quotes, and write each quote inside it twice';

/** What csv-parse says, in words of ours: its own repeat the cell. */
const wordsOf = (code: string): string => {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a cell begins with a quote that is not closed';
  if (code === 'INVALID_OPENING_QUOTE') return `a quote stands inside of a cell; ${unquote}`;
  if (code === 'CSV_INVALID_CLOSING_QUOTE') return `a cell goes on after its quote; ${unquote}`;
  if (code === 'CSV_MAX_RECORD_SIZE') return 'it is too long; is a quote not closed?';
  return 'it cannot be read as a row of cells';
};

/** @throws SpreadsheetError at a cell that is quoted wrongly: nobody can tell where its row ends, so none behind it is read */
const parseAll = (
  file: string,
  text: string,
  delimiter: Delimiter,
  firstLine: number,
): ParsedRow[] => {
  const rows: ParsedRow[] = [];
  // Of the last row. The next one begins in the line after it.
  let end = firstLine - 1;
  try {
    parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      max_record_size: mostRecordBytes,
      on_record: (cells, { lines }) => {
        rows.push({ line: end + 1, cells });
        end = firstLine - 1 + lines;
        // Nothing is gathered twice.
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return refuse(file, `${wordsOf(error.code)}; no row from here on was read`, end + 1);
  }
  return rows;
};

/** Headers of the columns under a delimiter, and what they mean. */
const readHeader = (cells: readonly string[], wanted: readonly Field[]) => {
  const columns: { [field in Field]?: string } = {};
  const places: (Field | undefined)[] = [];
  const unused: string[] = [];
  const twice: string[] = [];
  for (const cell of cells) {
    const header = cell.trim();
    const field = fieldOf(header, wanted);
    places.push(field);
    if (field === undefined) {
      if (header !== '') unused.push(header);
    } else if (columns[field] === undefined) columns[field] = header;
    else twice.push(header);
  }
  return { columns, places, unused, twice };
};

/** As both languages call it: whoever wrote the file may know one only. */
const bothNames = (field: Field): string =>
  [...new Set([headerOf(field, 'en'), headerOf(field, 'es')])].map(quoted).join(' or ');

/** The first line alone, under a delimiter that may be the wrong one. */
const cellsOf = (header: string, delimiter: Delimiter): readonly string[] => {
  try {
    return parseAll('', header, delimiter, 1)[0]?.cells ?? [];
  } catch {
    return [];
  }
};

const firstLineOf = (text: string): string => {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
};

/**
 * Reads a file whose first line names its columns.
 * The delimiter is the one under which the header names all that is required: so it is known, not guessed.
 *
 * @param file - what to call it
 * @param required - columns without which nothing can be done
 * @throws SpreadsheetError if the file as a whole cannot be read; faults of single rows are in the table
 */
export const readTable = (
  file: string,
  bytes: Uint8Array,
  required: readonly Field[],
  optional: readonly Field[],
): Table => {
  const whole = decode(file, bytes);
  // A line by which some spreadsheets say the delimiter to themselves.
  const isMarked = /^sep=[,;\t]\n/i.test(whole);
  const text = isMarked ? whole.slice(6) : whole;
  const headerLine = isMarked ? 2 : 1;
  if (text.trim() === '') refuse(file, 'it is empty');
  const wanted = [...required, ...optional];
  const header = firstLineOf(text);
  const found = delimiters.map((delimiter) => {
    return { delimiter, ...readHeader(cellsOf(header, delimiter), wanted) };
  });
  const complete = found.find(({ columns }) => required.every((field) => columns[field]));
  if (complete === undefined) {
    const best = found.toSorted(
      (a, b) => Object.keys(b.columns).length - Object.keys(a.columns).length,
    )[0]!;
    const missing = required.filter((field) => best.columns[field] === undefined);
    return refuse(
      file,
      `the first line has to name the columns ${required.map(bothNames).join(', ')}, and ${missing.map(bothNames).join(', ')} ${missing.length === 1 ? 'is' : 'are'} not there; it begins with ${quoted(header)}`,
      headerLine,
    );
  }
  const { delimiter, columns, places, unused, twice } = complete;
  if (twice.length > 0) {
    refuse(
      file,
      `the column ${quoted(twice[0]!)} says the same as another one; keep one`,
      headerLine,
    );
  }
  const faults: Fault[] = [];
  const rows: Row[] = [];
  for (const { line, cells } of parseAll(file, text, delimiter, headerLine).slice(1)) {
    const isEmpty = cells.every((cell) => cell.trim() === '');
    const tooMany = cells.slice(places.length).some((cell) => cell.trim() !== '');
    if (tooMany) {
      const words = `it has ${cells.length} cells, and the header ${places.length}; put a cell in quotes if a ${delimiter === '\t' ? 'tab' : quoted(delimiter)} belongs to it, as in a decimal comma`;
      faults.push({ file, line, words });
    } else if (!isEmpty) {
      const named: { [field in Field]?: string } = {};
      for (const [i, field] of places.entries()) {
        if (field !== undefined) named[field] = (cells[i] ?? '').trim();
      }
      rows.push({ line, cells: named });
    }
  }
  return { file, delimiter, columns, unused, rows, faults };
};

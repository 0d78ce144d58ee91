/** Names of participants: which texts name the same one, and how they are written where a spreadsheet reads them. */
import { maxNameLength } from '@pocas/clearing/setoff';
import { shown } from './shown.ts';

// A spreadsheet takes what begins so for a formula (OWASP, "CSV Injection"), also in the wide forms of East Asia.
const formula = /^'*[=+\-@\t\r＝＋－＠]/;
const marked = /^'+[=+\-@\t\r＝＋－＠]/;

/**
 * A text as a cell that no spreadsheet takes for a formula: with the apostrophe by which spreadsheets mark texts.
 * `fromCell` of it is the text again.
 */
export const toCell = (text: string): string => (formula.test(text) ? `'${text}` : text);

export const fromCell = (cell: string): string => (marked.test(cell) ? cell.slice(1) : cell);

// Characters that do not show. Joiners of emoji and of letters, and the sign that makes an emoji, are no such.
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Cn}\p{Co}]/u;

export type ReadName = { readonly name: string } | { readonly words: string };

/**
 * The name that stands in a cell.
 * White space around it and double spaces inside, which nobody sees, do not make it another one; nor do the
 * two ways in which Unicode writes an accent.
 */
export const readName = (cell: string): ReadName => {
  if (cell.length > 4 * maxNameLength) {
    return { words: `it has more than ${maxNameLength} characters; shorten it` };
  }
  const name = fromCell(cell.replace(/\s+/g, ' ').trim()).normalize('NFC');
  if (name === '') return { words: 'it is empty; write a name' };
  if (name.length > maxNameLength) {
    return { words: `it has more than ${maxNameLength} characters; shorten it` };
  }
  const char = invisible.exec(name)?.[0];
  if (char !== undefined) {
    const number = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return {
      words: `"${shown(name)}" has a character that does not show, U+${number}; write the name anew`,
    };
  }
  return { name };
};

export type NameReader = (cell: string) => ReadName;

/** As `readName`, and each name that comes often is read once. */
export const makeNameReader = (): NameReader => {
  const known = new Map<string, ReadName>();
  return (cell) => {
    const before = known.get(cell);
    if (before !== undefined) return before;
    const read = readName(cell);
    // What is refused may be long.
    if ('name' in read) known.set(cell, read);
    return read;
  };
};

/** What two ways of writing one name have in common, as far as can be told. */
const bones = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

/** Names that may be meant to be one: groups of two or more, in the order in which they come. */
export const findAlike = (names: Iterable<string>): readonly (readonly string[])[] => {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const key = bones(name);
    if (key === '') continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [name]);
    else group.push(name);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
};

/** Who is meant by a text: the one who is called so, or those who are called about so. */
export const findNames = (
  text: string,
  names: ReadonlySet<string>,
): { readonly name?: string; readonly alike: readonly string[] } => {
  const read = readName(text);
  if (!('name' in read)) return { alike: [] };
  if (names.has(read.name)) return { name: read.name, alike: [] };
  const key = bones(read.name);
  const alike = [...names].filter((name) => key !== '' && bones(name).includes(key));
  return { alike: alike.slice(0, 5) };
};

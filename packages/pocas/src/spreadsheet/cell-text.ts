/** Texts of several words or lines, as a market takes them. */
import { fromCell } from './names.ts';

// Lines may be several; whatever else does not show is a mistake, or meant to deceive.
const invisible = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Cn}\p{Co}]/u;

/** @param most - characters, counted as the market does */
export const readText = (
  cell: string,
  most: number,
): { readonly text: string } | { readonly words: string } => {
  const tooLong = { words: `it has more than ${most} characters; shorten it` };
  if (cell.length > 4 * most) return tooLong;
  const text = fromCell(
    cell
      .replace(/[^\S\n]+/g, ' ')
      .replace(/ ?\n ?/g, '\n')
      .trim(),
  ).normalize('NFC');
  if (text.length > most) return tooLong;
  const char = invisible.exec(text)?.[0];
  if (char === undefined) return { text };
  const number = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return { words: `it has a character that does not show, U+${number}; write it anew` };
};

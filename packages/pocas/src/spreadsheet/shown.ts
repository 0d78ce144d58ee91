/** Texts of others on a terminal: in one line, of a length that can be read, and with nothing that moves the cursor. */

// Everything of the categories "control", "format", "surrogate", "private use", "not assigned", and separators of lines.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;
// A format character that joins emoji and letters, and turns nothing around.
const joiners = /[\u200c\u200d]/u;

const mostShown = 60;

/** The text with what a terminal would act upon as `\u{…}`, and its middle left out where it is long. */
export const shown = (text: string): string => {
  // Only so much of it is looked at.
  const begin = text.slice(0, 4 * mostShown);
  const safe = begin.replace(unprintable, (char) =>
    joiners.test(char) ? char : `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
  const all = Array.from(safe);
  return all.length <= mostShown && begin.length === text.length
    ? safe
    : `${all.slice(0, mostShown - 1).join('')}…`;
};

/** The same in quotes. */
export const quoted = (text: string): string => `"${shown(text)}"`;

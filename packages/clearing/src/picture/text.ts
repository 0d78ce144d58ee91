/** Texts of others inside a picture: nothing in them is markup, and none is longer than its place. */

// What XML 1.0 (section 2.2, "Char") does not allow at all, not even escaped; and halves of characters.
const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
// Characters that turn the direction of what follows, or that do not show.
const unseen = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]+/gu;

const escapes: { readonly [char: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** As text or the value of an attribute. */
export const escapeXml = (text: string): string =>
  text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (char) => escapes[char]!);

/** In one line, without what would turn it around. */
export const plainLine = (text: string): string =>
  text.replace(unseen, ' ').replace(/\s+/g, ' ').trim();

// Those of East Asia and emoji are as wide as high, others less; in wide fonts, so that it fits in all.
const isWide = (char: string): boolean =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]|[\u{1f000}-\u{1ffff}\u{20000}-\u{3ffff}]/u.test(
    char,
  );
/** What belongs to the character before it. */
const isTied = (char: string): boolean => /^[\p{M}\u200d\ufe0f\u{1f3fb}-\u{1f3ff}]$/u.test(char);

/** About how wide, in parts of the height of the letters. */
const widthOf = (char: string): number => {
  if (isTied(char)) return 0;
  if (isWide(char)) return 1.25;
  if (/^[ilj.,:;'|!\s]$/.test(char)) return 0.42;
  return /^[A-ZMWmw@%]$/.test(char) ? 0.9 : 0.68;
};

/** The text as far as it fits in a width, and then an ellipsis. Both in parts of the height of the letters. */
export const fit = (text: string, width: number): string => {
  // Nobody reads more than this, and a long one costs no time.
  const line = plainLine(text.slice(0, 400));
  let used = 0;
  let kept = '';
  let whole = '';
  let join = false;
  for (const char of line) {
    const isPartOfLast = join || isTied(char);
    join = char === '\u200d';
    // Where it may be cut: before a character that stands for itself.
    if (!isPartOfLast && used + widthOf('…') <= width) kept = whole;
    used += isPartOfLast ? 0 : widthOf(char);
    if (used > width) return `${kept.trimEnd()}…`;
    whole += char;
    // What is tied to one character without end is no name.
    if (whole.length > 4 * width + 40) return `${kept.trimEnd()}…`;
  }
  return text.length > 400 ? `${kept.trimEnd()}…` : whole;
};

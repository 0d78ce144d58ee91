/** The row `peer/<designator>`: where a node was last seen. */
import {
  type Check,
  arrayOf,
  isCount,
  isRecord,
  isText,
  parseRow,
  recordOf,
} from '../store/stored-json.ts';
import type { Whereabouts } from '../session/whereabouts.ts';

const isTexts = arrayOf(isText);
const isWhereabouts = recordOf(
  { locations: isTexts },
  { designator: isText, signedAt: isCount, signature: isText },
);
/** The first version had the addresses alone. */
const isRow: Check = (value) => isTexts(value) || isWhereabouts(value);

/** @throws RowDamagedError */
export const readWhereabouts = (key: string, text: string): Whereabouts => {
  const row = parseRow<Whereabouts | readonly string[]>(key, text, isRow);
  return isRecord(row) ? (row as Whereabouts) : { locations: row as readonly string[] };
};

/** The row `peer/<designator>`: where a node was last seen. */
import { arrayOf, isCount, isText, parseRow, recordOf } from '../store/stored-json.ts';
import type { Whereabouts } from '../session/whereabouts.ts';

const isWhereabouts = recordOf(
  { locations: arrayOf(isText) },
  { designator: isText, signedAt: isCount, signature: isText },
);

/** @throws RowDamagedError */
export const readWhereabouts = (key: string, text: string): Whereabouts =>
  parseRow<Whereabouts>(key, text, isWhereabouts);

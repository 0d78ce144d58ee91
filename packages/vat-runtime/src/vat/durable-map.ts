/** Durable maps: ordered keys, and one row `m/<number>/<key>` for each value. */
import { type Collection, makeCollectionForm, open, openToChange, walk } from './collection.ts';
import type { Form } from './objects.ts';
import {
  type Key,
  type KeyRange,
  assertKey,
  assertRange,
  encodeKey,
  missingRow,
} from './key-pages.ts';

const rowOf = ({ number }: Collection, key: Key) => `m/${number}/${encodeKey(key)}`;
/** The key must be there. */
const valueAt = (map: Collection, key: Key): unknown => {
  const row = rowOf(map, key);
  return map.rows.get(row, (text) => {
    if (text === undefined) throw missingRow(row);
    return map.heap.decode(row, text);
  });
};

export const mapForm: Form = makeCollectionForm('map', {
  get(this: object, key: unknown) {
    const map = open(this);
    return map.keys.has(assertKey(key)) ? valueAt(map, key as Key) : undefined;
  },
  has(this: object, key: unknown) {
    return open(this).keys.has(assertKey(key));
  },
  set(this: object, allegedKey: unknown, value: unknown) {
    const map = openToChange(this);
    const key = assertKey(allegedKey);
    const text = map.heap.encode(value, 'a value of a map');
    if (!map.keys.has(key)) map.keys.insert(key);
    map.rows.set(rowOf(map, key), value, () => text);
  },
  delete(this: object, allegedKey: unknown) {
    const map = openToChange(this);
    const key = assertKey(allegedKey);
    if (!map.keys.has(key)) return false;
    map.keys.remove(key);
    map.rows.set(rowOf(map, key), undefined, () => undefined);
    return true;
  },
  size(this: object) {
    return open(this).keys.size();
  },
  keys(this: object, range?: KeyRange) {
    return walk(this, assertRange(range), (_map, key) => key);
  },
  values(this: object, range?: KeyRange) {
    return walk(this, assertRange(range), valueAt);
  },
  entries(this: object, range?: KeyRange) {
    return walk(this, assertRange(range), (map, key) => [key, valueAt(map, key)]);
  },
});

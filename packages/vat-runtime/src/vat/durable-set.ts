/** Durable sets: ordered keys, and nothing else. */
import { makeCollectionForm, open, openToChange, walk } from './collection.ts';
import type { Form } from './objects.ts';
import { type KeyRange, assertKey, assertRange } from './key-pages.ts';

export const setForm: Form = makeCollectionForm('set', {
  has(this: object, key: unknown) {
    return open(this).keys.has(assertKey(key));
  },
  add(this: object, allegedKey: unknown) {
    const { keys } = openToChange(this);
    const key = assertKey(allegedKey);
    if (keys.has(key)) return false;
    keys.insert(key);
    return true;
  },
  delete(this: object, allegedKey: unknown) {
    const { keys } = openToChange(this);
    const key = assertKey(allegedKey);
    if (!keys.has(key)) return false;
    keys.remove(key);
    return true;
  },
  size(this: object) {
    return open(this).keys.size();
  },
  values(this: object, range?: KeyRange) {
    return walk(this, assertRange(range), (_set, key) => key);
  },
});

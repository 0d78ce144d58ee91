/** A storage that forgets everything when the process ends. For tests. */
import { type ListOptions, type Row, type Storage, compareKeys, isListed } from './storage.ts';

export const makeMemoryStorage = (): Storage => {
  const rows = new Map<string, string>();
  return Object.freeze({
    get: (key: string) => rows.get(key),
    list: async (prefix: string, { after, limit }: ListOptions = {}) =>
      [...rows]
        .filter(([key]) => isListed(key, prefix, after))
        .sort(([a], [b]) => compareKeys(a, b))
        .slice(0, limit),
    write: async (changed: readonly Row[]) => {
      for (const [key, value] of changed) {
        if (value === undefined) rows.delete(key);
        else rows.set(key, value);
      }
    },
    close: async () => {},
  });
};

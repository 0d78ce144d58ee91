/** A storage that forgets everything when the process ends. For tests. */
import type { Storage } from './storage.ts';

export const makeMemoryStorage = (): Storage => {
  const rows = new Map<string, string>();
  return Object.freeze({
    get: (key: string) => rows.get(key),
    list: async (prefix: string) =>
      [...rows].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)),
    write: async (changed: readonly (readonly [string, string | undefined])[]) => {
      for (const [key, value] of changed) {
        if (value === undefined) rows.delete(key);
        else rows.set(key, value);
      }
    },
    close: async () => {},
  });
};

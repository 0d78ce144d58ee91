/** What debts come from, as the solver breaks ties by: a hash over the whole row, so that nobody is served first for what an id is called. */
import { createHash } from 'node:crypto';

/**
 * Gives each row an origin that depends on nothing but what the row says, wherever it stands.
 * Rows that say the same are the first, the second and so on of their kind.
 */
export const makeOrigins = (): ((parts: readonly string[]) => string) => {
  const counts = new Map<string, number>();
  return (parts) => {
    const text = JSON.stringify(parts);
    const count = counts.get(text) ?? 0;
    counts.set(text, count + 1);
    return createHash('sha256').update(`pocas set-off row\n${count}\n${text}`).digest('hex');
  };
};

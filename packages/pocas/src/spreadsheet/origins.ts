/** What debts come from, as the solver breaks ties by: a hash over the whole row, so that nobody is served first for what an id is called. */
import { createHash } from 'node:crypto';

/**
 * Gives each row an origin that depends on nothing but what the row says, wherever it stands.
 * Rows that say the same are the first, the second and so on of their kind; `twin` is the line of the first.
 */
export const makeOrigins = (): ((
  parts: readonly string[],
  line: number,
) => { readonly origin: string; readonly twin?: number }) => {
  const known = new Map<string, { readonly line: number; count: number }>();
  return (parts, line) => {
    const text = JSON.stringify(parts);
    const first = known.get(text);
    if (first === undefined) known.set(text, { line, count: 1 });
    const count = first?.count ?? 0;
    if (first !== undefined) first.count += 1;
    const origin = createHash('sha256')
      .update(`pocas set-off row\n${count}\n${text}`)
      .digest('hex');
    return first === undefined ? { origin } : { origin, twin: first.line };
  };
};

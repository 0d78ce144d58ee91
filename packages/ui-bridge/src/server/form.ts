/** Reads the fields of a posted form. */
import type { Context } from 'hono';

/** The text of a field, or undefined where the form has none. Files are not taken. */
export type FormFields = (name: string) => string | undefined;

/** No form of ours has nearly as many, and each costs more to read than to write. */
const maxFields = 100;

const urlEncoded = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** A form that no page of ours makes has no fields. */
export const readForm = async (c: Context): Promise<FormFields> => {
  if (!urlEncoded.test(c.req.header('Content-Type') ?? '')) return () => undefined;
  const text = await c.req.text();
  let fields = 1;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) fields += 1;
  if (fields > maxFields) return () => undefined;
  const form = new URLSearchParams(text);
  return (name) => form.getAll(name).at(-1);
};

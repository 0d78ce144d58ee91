/** Reads the fields of a posted form. */
import type { Context } from 'hono';

/** The text of a field, or undefined where the form has none. Files are not taken. */
export type FormFields = (name: string) => string | undefined;

/** No form of ours has nearly as many, and each costs more to read than to write. */
const maxFields = 100;

const urlEncoded = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** Whether a page of ours can have made what was posted. */
export const isForm = async (c: Context): Promise<boolean> => {
  const text = await c.req.text();
  if (text === '') return true;
  if (!urlEncoded.test(c.req.header('Content-Type') ?? '')) return false;
  let fields = 1;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) fields += 1;
  return fields <= maxFields;
};

/** To be asked for what `isForm` has accepted. */
export const readForm = async (c: Context): Promise<FormFields> => {
  const form = new URLSearchParams(await c.req.text());
  return (name) => form.getAll(name).at(-1);
};

/** Reads the fields of a posted form. */
import type { Context } from 'hono';

/** The text of a field, or undefined where the form has none. Files are not taken. */
export type FormFields = (name: string) => string | undefined;

export const readForm = async (c: Context): Promise<FormFields> => {
  const body: object = await c.req.parseBody();
  return (name) => {
    const value: unknown = Object.hasOwn(body, name)
      ? (body as Record<string, unknown>)[name]
      : undefined;
    return typeof value === 'string' ? value : undefined;
  };
};

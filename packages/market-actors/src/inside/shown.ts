/** What a view says. An absent key is not on the page, so that nobody reads empty lines. */

/** The texts that say something. */
export const filled = <Texts extends { readonly [key: string]: string }>(
  texts: Texts,
): { readonly [key in keyof Texts]?: string } =>
  // The cast holds: entries are left out, none is added or changed.
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')) as {
    readonly [key in keyof Texts]?: string;
  };

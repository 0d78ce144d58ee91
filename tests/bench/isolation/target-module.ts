import { fileURLToPath } from 'node:url';

/** The module of the vat that is called: that of the bench `captp`. */
export const targetModule: string = fileURLToPath(
  new URL('../captp/pocas-vat.js', import.meta.url),
);

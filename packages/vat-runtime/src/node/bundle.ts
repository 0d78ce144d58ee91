/** From a vat module in TypeScript to the one text that a compartment evaluates, known by its hash. */
import { createHash } from 'node:crypto';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, build } from 'esbuild';
import { vatImports } from '../vat/module.ts';

export type Bundle = { readonly hash: string; readonly text: string };

export const hashBundle = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The actors that come with the runtime are source like any other: of `@pocas/vat-runtime`, which is
 * the vat's own library, they alone become part of the text, and of them those that are used.
 */
const actors: Plugin = {
  name: 'actors',
  setup({ onResolve }) {
    const folder = fileURLToPath(new URL('../actors/', import.meta.url));
    const part = (path: string) => ({ path, sideEffects: false });
    onResolve({ filter: /^@pocas\/vat-runtime\/actors$/ }, () => part(join(folder, 'index.js')));
    onResolve({ filter: /^@pocas\/vat-runtime\/verify$/ }, () => part(join(folder, 'verify.js')));
    onResolve({ filter: /^\.\// }, ({ path, resolveDir }) =>
      resolveDir + sep === folder ? part(join(folder, path)) : undefined,
    );
  },
};

/**
 * @param entry - the path of the module that exports `make`
 * @throws where it does not compile, with the compiler's message
 */
export const bundleVat = async (entry: string): Promise<Bundle> => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    external: [...vatImports],
    plugins: [actors],
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
  });
  const text = outputFiles[0]!.text;
  return Object.freeze({ hash: hashBundle(text), text });
};

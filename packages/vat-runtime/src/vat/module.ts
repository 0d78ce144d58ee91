/**
 * Loads a vat's module: CommonJS text, made from TypeScript (`node/bundle.ts`), evaluated in a
 * compartment that has no powers. What it may import is listed here and shared, hardened, by all vats,
 * except `E` and the vat's own library, which record in this vat's turns.
 */
import * as errors from '@endo/errors';
import * as passStyle from '@endo/pass-style';
import * as patterns from '@endo/patterns';
import harden from '@endo/harden';
import { describe } from '../actor/description.ts';
import { typed } from '../actor/actor.ts';

export type VatModule = {
  readonly make: (powers: unknown, params: unknown) => object;
};

/** The part of SES's `Compartment` that is used here. */
type CompartmentConstructor = new (globals: object) => { evaluate(source: string): unknown };

/** What a vat module may import by a package name; everything else is part of its text. */
export const vatImports: readonly string[] = Object.freeze([
  '@endo/errors',
  '@endo/far',
  '@endo/harden',
  '@endo/pass-style',
  '@endo/patterns',
  '@pocas/vat-runtime',
]);

/**
 * @param text - the CommonJS text
 * @param label - for stack traces and the console
 * @throws where the text imports something else, or exports no `make`
 */
export const loadModule = (
  text: string,
  label: string,
  /** What `@pocas/vat-runtime` offers inside this vat. */
  library: object,
  E: unknown,
  console: object,
): VatModule => {
  // Hardened, because a property that one vat could set on a shared function another could read.
  const namespaces = new Map<string, object>([
    ['@endo/errors', errors],
    ['@endo/far', { ...passStyle, E }],
    ['@endo/harden', harden],
    ['@endo/pass-style', passStyle],
    ['@endo/patterns', patterns],
    ['@pocas/vat-runtime', { ...library, describe, typed }],
  ]);
  const require = (specifier: string) => {
    const namespace = namespaces.get(specifier);
    if (namespace === undefined)
      throw Error(`Cannot import "${specifier}": a vat has no such module`);
    // A default import from a module of this kind of package is all that `require` answers (esbuild's
    // reading of Node's rule), so a module with nothing but a default is that function itself.
    if (typeof namespace === 'function') return namespace;
    return { __esModule: true, ...harden({ ...namespace }) };
  };
  const { Compartment } = globalThis as unknown as { Compartment: CompartmentConstructor };
  const compartment = new Compartment({
    console: harden(console),
    // Only `E` sends, so that every message is a turn's. An inner compartment would have both again.
    HandledPromise: undefined,
    Compartment: undefined,
  });
  const evaluate = compartment.evaluate(
    `(function (require, module, exports) { ${text}\n})\n//# sourceURL=vat:${label}`,
  ) as (require: unknown, module: { exports: object }, exports: object) => void;
  const module = { exports: {} as Record<string, unknown> };
  evaluate(harden(require), module, module.exports);
  const { make } = module.exports;
  if (typeof make !== 'function') {
    throw TypeError(`Cannot load vat module "${label}": it exports no function "make"`);
  }
  return harden({ make: make as VatModule['make'] });
};

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
type CompartmentConstructor = new (globals: object) => {
  readonly globalThis: object;
  evaluate(source: string): unknown;
};

/** What a vat module may import by a package name; everything else is part of its text. */
export const vatImports: readonly string[] = Object.freeze([
  '@endo/errors',
  '@endo/far',
  '@endo/harden',
  '@endo/pass-style',
  '@endo/patterns',
  '@pocas/vat-runtime',
]);

/** Makes the module anew for one vat: its variables, kinds and functions are that vat's alone. */
export type ModuleFactory = (library: object, E: unknown, console: object) => VatModule;

type Evaluated = (
  require: unknown,
  module: { exports: object },
  exports: object,
  console: object,
) => void;

/**
 * Compiles a module's text, once for all vats that run it. They share the compartment, whose globals
 * are frozen before any of them runs, and the code; nothing in it can be changed or remembered
 * outside the call that makes a vat's own module.
 *
 * @param text - the CommonJS text
 * @param name - for stack traces
 * @throws where the text is not a program
 */
export const compileModule = (text: string, name: string): ModuleFactory => {
  const { Compartment } = globalThis as unknown as { Compartment: CompartmentConstructor };
  const compartment = new Compartment({
    // Only `E` sends, so that every message is a turn's. An inner compartment would have both again.
    HandledPromise: undefined,
    Compartment: undefined,
  });
  harden(compartment.globalThis);
  const evaluate = compartment.evaluate(
    `(function (require, module, exports, console) { ${text}\n})\n//# sourceURL=vat:${name}`,
  ) as Evaluated;

  return harden((library: object, E: unknown, console: object) => {
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
    const module = { exports: {} as Record<string, unknown> };
    evaluate(harden(require), module, module.exports, harden(console));
    const { make } = module.exports;
    if (typeof make !== 'function') {
      throw TypeError(`Cannot load vat module "${name}": it exports no function "make"`);
    }
    return harden({ make: make as VatModule['make'] });
  });
};

/**
 * Loads a vat's module: CommonJS text, made from TypeScript (`node/bundle.ts`), evaluated in a
 * compartment that has no powers. What it may import is listed here and shared, hardened, by all vats
 * that run the module, except `E` and the vat's own library, which record in this vat's turns.
 */
import * as errors from '@endo/errors';
import * as passStyle from '@endo/pass-style';
import harden from '@endo/harden';
import { describe } from '../actor/description.ts';
import { typed } from '../actor/actor.ts';
import { dkg, hmac, pedersen, poprf, schnorr, sealedTo, threshold } from '../ristretto/index.ts';
import { deliveryOf } from '../switchboard/delivery.ts';
import { asWriter, errorNames } from '../switchboard/errors.ts';
import { makePatterns } from './patterns.ts';
import { type Recall, makeRecall } from './recall.ts';

export type VatModule = {
  readonly make: (powers: unknown, params: unknown) => object;
};

/** The part of SES's `Compartment` that is used here. */
type CompartmentConstructor = new (globals: object) => {
  readonly globalThis: Record<string, unknown>;
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

/**
 * The globals of a vat, all of them: what a new version of SES adds is not there before it is here.
 * Memory by the gigabyte in one call (`ArrayBuffer`, and `TextEncoder`, which makes them), what sees
 * garbage collection (`WeakRef`), what depends on the machine (`Intl`), and what sends outside of a turn
 * (`HandledPromise`; an inner `Compartment` would have all of it again) are not.
 */
export const vatGlobals: readonly string[] = Object.freeze([
  ...['Infinity', 'NaN', 'undefined', 'globalThis', 'eval', 'Function', 'harden'],
  ...['Object', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Promise', 'Proxy', 'Reflect'],
  ...['BigInt', 'Boolean', 'Number', 'String', 'Symbol', 'Date', 'JSON', 'Math', 'RegExp'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError'],
  ...['TypeError', 'URIError', 'isFinite', 'isNaN', 'parseFloat', 'parseInt'],
  ...['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent'],
]);

export type CompiledModule = {
  /** Makes the module anew for one vat: its variables, kinds and functions are that vat's alone. */
  load(library: object, E: unknown, console: object): VatModule;
  /** What its loads ask for. */
  readonly recall: Recall;
};

type Evaluated = (
  require: unknown,
  module: { exports: object },
  exports: object,
  console: object,
) => void;

/** What `require` answers. Hardened, since a property that one vat could set another could read. */
const namespaceOf = (members: object): object => harden({ __esModule: true, ...members });

const passStyleMembers = { ...passStyle };

const stock: readonly (readonly [string, object])[] = [
  ['@endo/errors', namespaceOf(errors)],
  // A default import from a module of this kind of package is all that `require` answers (esbuild's
  // reading of Node's rule), so a module with nothing but a default is that function itself.
  ['@endo/harden', harden],
  ['@endo/pass-style', namespaceOf(passStyleMembers)],
];

let errorConstructors: Readonly<Record<string, unknown>> | undefined;

/**
 * The constructors of errors as vats find them. All compartments share them, as they do the intrinsic
 * ones that these stand for.
 */
const provideErrors = (Compartment: CompartmentConstructor): Readonly<Record<string, unknown>> => {
  if (errorConstructors !== undefined) return errorConstructors;
  const stockGlobals = new Compartment({}).globalThis as Readonly<Record<string, ErrorConstructor>>;
  errorConstructors = harden(
    Object.fromEntries(errorNames.map((name) => [name, asWriter(stockGlobals[name]!)])),
  );
  return errorConstructors;
};

/**
 * Compiles a module's text, once for all vats that run it. They share the compartment, whose globals
 * are frozen before any of them runs, and the code; nothing in it can be changed or remembered
 * outside the call that makes a vat's own module.
 *
 * @param text - the CommonJS text
 * @param name - for stack traces
 * @throws where the text is not a program
 */
export const compileModule = (text: string, name: string): CompiledModule => {
  const { Compartment } = globalThis as unknown as { Compartment: CompartmentConstructor };
  const compartment = new Compartment(provideErrors(Compartment));
  for (const name of Object.getOwnPropertyNames(compartment.globalThis)) {
    // Throws where it cannot be done.
    if (!vatGlobals.includes(name)) delete compartment.globalThis[name];
  }
  harden(compartment.globalThis);
  const evaluate = compartment.evaluate(
    `(function (require, module, exports, console) { ${text}\n})\n//# sourceURL=vat:${name}`,
  ) as Evaluated;

  const recall = makeRecall();
  const shared = new Map([...stock, ['@endo/patterns', namespaceOf(makePatterns(recall))]]);
  const describeOnce: typeof describe = (guard, description) =>
    recall.ask('describe', { guard, description }, (given) =>
      harden(describe(given.guard, given.description)),
    );

  const load = (library: object, E: unknown, console: object): VatModule => {
    const own = new Map([
      ['@endo/far', namespaceOf({ ...passStyleMembers, E })],
      [
        '@pocas/vat-runtime',
        namespaceOf({
          ...library,
          describe: describeOnce,
          typed,
          deliveryOf,
          dkg,
          hmac,
          pedersen,
          poprf,
          schnorr,
          sealedTo,
          threshold,
        }),
      ],
    ]);
    const require = (specifier: string) => {
      const namespace = own.get(specifier) ?? shared.get(specifier);
      if (namespace !== undefined) return namespace;
      throw Error(`Cannot import "${specifier}": a vat has no such module`);
    };
    const module = { exports: {} as Record<string, unknown> };
    recall.during(() => evaluate(harden(require), module, module.exports, harden(console)));
    const { make } = module.exports;
    if (typeof make !== 'function') {
      throw TypeError(`Cannot load vat module "${name}": it exports no function "make"`);
    }
    return Object.freeze({ make: make as VatModule['make'] });
  };
  return Object.freeze({ load, recall });
};

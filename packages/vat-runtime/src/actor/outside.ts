/**
 * What stands in for the vat's own library where a module is imported outside a vat,
 * for its types or by mistake. The loader (`vat/module.ts`) gives a vat module the real functions.
 */
import type { Changed, DefineActor, IdentityOf, MakeDurableMap, MakeDurableSet } from './actor.ts';
import type { Send } from './send.ts';

const outside = (name: string) => (): never => {
  throw new Error(
    `Cannot call ${name}: this module does not run in a vat; load it with makeVat or, in a test, makeTestNode`,
  );
};

export const defineActor: DefineActor = outside('defineActor');
export const makeDurableMap: MakeDurableMap = outside('makeDurableMap');
export const makeDurableSet: MakeDurableSet = outside('makeDurableSet');
export const identityOf: IdentityOf = outside('identityOf');
export const changed: Changed = outside('changed');
export const send: Send = outside('send');

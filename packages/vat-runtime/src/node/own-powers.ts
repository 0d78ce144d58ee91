/** Powers of the program of which each vat has its own, so that what they do is known to be that vat's. */
import type { ControlParty } from './powers.ts';
import { PROGRAM, vatAsker } from './sturdy-powers.ts';

export type OwnPowers = {
  /**
   * A power of the program's own, of which each vat that is given it has one of its own. It has no state:
   * it is made when it is needed, and again.
   *
   * @param name - letters; it must mean the same at every start
   * @param make - of whom it is: a short text, the same at every start, that names a vat to nobody else
   * @returns the program's own, to be handed to vats when they are made
   */
  readonly definePowerOfEach: <T extends object>(name: string, make: (whose: string) => T) => T;
  /** What a vat is given in place of a power, or of a list of them. */
  readonly ownOf: (vat: string, power: unknown) => unknown;
};

/** @param ownOf - the same of the node's own powers */
export const makeOwnPowers = (
  control: ControlParty,
  ownOf: (vat: string, power: unknown) => unknown,
): OwnPowers => {
  const makers = new Map<unknown, (whose: string) => object>();
  const ownOfOne = (vat: string, power: unknown): unknown =>
    makers.get(power)?.(vatAsker(vat)) ?? ownOf(vat, power);
  return Object.freeze({
    definePowerOfEach<T extends object>(name: string, make: (whose: string) => T): T {
      if (!/^[A-Za-z]{1,40}$/.test(name)) {
        throw TypeError(`Cannot define power "${name}": a name has letters`);
      }
      const of = control.defineEach(`each${name}`, make);
      const own = of(PROGRAM);
      makers.set(own, of);
      return own;
    },
    ownOf: (vat: string, power: unknown) =>
      Array.isArray(power) ? power.map((each) => ownOfOne(vat, each)) : ownOfOne(vat, power),
  });
};

/** Making vats, and the powers that become objects of the vat itself when it is made. */
import { E } from '@endo/eventual-send';
import harden from '@endo/harden';
import { M } from '@endo/patterns';
import type { Clock, Timer } from '../actor/clock.ts';
import type { VatMaker } from '../actor/powers.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { ClockI, type Device, type Epochs, TimerI, epochAt } from '../vat/clock.ts';
import { makePower } from '../vat/guard.ts';
import { VAT_CONTROL } from '../vat/vat.ts';
import { type Bundle, bundleVat } from './bundle.ts';
import type { NodeClock } from './node-clock.ts';
import type { ControlParty } from './powers.ts';
import type { Vats } from './vats.ts';

export type MakeVatOptions = {
  /** Path of the TypeScript module, or a bundle made from it. */
  readonly module: string | Bundle;
  /** For people: shown in the console and in stack traces. */
  readonly label: string;
  /**
   * References to powers of this node. In place of the program's clock, timer, grantor and enlivener the
   * vat gets its own.
   */
  readonly powers?: Readonly<Record<string, unknown>>;
  readonly params?: unknown;
  /**
   * Who answers for the module where it is not one of our own packages. All vats of an owner share a
   * process, apart from everybody else's. A vat keeps its owner for good.
   */
  readonly owner?: string;
};

export type VatMaking = {
  /** Among the powers of a vat that is made, these two become objects of that vat itself. */
  readonly clock: Clock;
  readonly timer: Timer;
  /** Makes a vat and answers what its `make` answered. */
  makeVat(options: MakeVatOptions): Promise<unknown>;
  /**
   * Makes the one vat of an owner and answers what its `make` answered; where it is there, only answers that.
   * So whoever does not know what became of a vat asks again with the same options, and there is one all the same.
   */
  makeOnlyVat(options: MakeVatOptions & { readonly owner: string }): Promise<unknown>;
  /**
   * A power to make vats of one module, for vats.
   * @param name - must mean the same at every start of the node
   */
  defineVatMaker(name: string, options: Omit<MakeVatOptions, 'params'>): VatMaker;
};

export type VatMakingPowers = {
  readonly control: ControlParty;
  readonly switchboard: Switchboard;
  readonly vats: Vats;
  readonly clock: NodeClock;
  readonly epochs: Epochs;
  /** What a vat is given in place of a power of which each has its own. */
  readonly ownOf: (vat: string, power: unknown) => unknown;
};

const VatMakerI = M.interface('VatMaker', { make: M.call(M.any()).returns(M.promise()) });

const OWNER = /^[a-z0-9-]{1,32}$/;

/** The clock and the timer of the node, by name for the program, and what a vat is given for them. */
const makeDevices = ({ control, clock, epochs }: VatMakingPowers) => {
  const { zero, length } = epochs;
  const clockPower: Clock = control.define(
    'clock',
    makePower('Clock', ClockI, {
      now: () => clock.now(),
      epoch: () => epochAt(clock.now(), epochs),
      startOf: (epoch: bigint) => zero + epoch * length,
    }),
  ) as Clock;
  const noTimer = () => {
    throw Error('Cannot set timer: a timer is given to a vat when it is made');
  };
  const timerPower: Timer = makePower('Timer', TimerI, { wakeAt: noTimer, cancel: noTimer });
  const devices = new Map<unknown, Device>([
    [clockPower, { kind: 'clock', zero, length }],
    [timerPower, { kind: 'timer' }],
  ]);
  return { clock: clockPower, timer: timerPower, devices };
};

export const makeVatMaking = (input: VatMakingPowers): VatMaking => {
  const { control, switchboard, vats, ownOf } = input;
  const { clock, timer, devices } = makeDevices(input);

  const controlOf = (id: string) =>
    control.presenceOf(switchboard.refAt(vats.provide(id)!, VAT_CONTROL)) as {
      make(powers: unknown, params: unknown, devices: unknown): unknown;
      root(): unknown;
    };

  const makeVat = async (options: MakeVatOptions) => {
    const { module, label, owner } = options;
    if (owner !== undefined && !OWNER.test(owner)) {
      throw TypeError(
        'Cannot make vat: an owner has 1 to 32 lower-case letters, digits and hyphens',
      );
    }
    const bundle = typeof module === 'string' ? await bundleVat(module) : module;
    return makeIn(vats.add(bundle, label, owner), options);
  };

  const makeIn = async (id: string, { label, powers = {}, params }: MakeVatOptions) => {
    const vatControl = controlOf(id);
    const own = Object.entries(powers).filter(([, power]) => devices.has(power));
    // A list of powers has one of its own for each.
    const ownOfEach = (power: unknown) =>
      Array.isArray(power) ? power.map((one) => ownOf(id, one)) : ownOf(id, power);
    const references = Object.entries(powers)
      .filter(([, power]) => !devices.has(power))
      .map(([name, power]) => [name, ownOfEach(power)]);
    try {
      return await E(vatControl).make(
        harden(Object.fromEntries(references)),
        harden(params),
        harden(Object.fromEntries(own.map(([name, power]) => [name, devices.get(power)]))),
      );
    } catch (error) {
      const reason = vats.whySuspended(id);
      if (reason === undefined) throw error;
      throw Error(`Cannot make vat "${label}": ${reason}`, { cause: error });
    }
  };

  const findOwned = async (owner: string): Promise<string | undefined> => {
    let after: string | undefined;
    do {
      const page = await vats.list(after);
      const found = page.vats.find((vat) => vat.owner === owner);
      if (found !== undefined) return found.id;
      after = page.next;
    } while (after !== undefined);
    return undefined;
  };
  type OnlyOptions = MakeVatOptions & { readonly owner: string };
  /** By owner: those who ask at once wait for the first. */
  const making = new Map<string, Promise<unknown>>();
  const makeOrFind = async (options: OnlyOptions): Promise<unknown> => {
    const id = await findOwned(options.owner);
    if (id === undefined) return makeVat(options);
    // The node died after the vat was there, and maybe before it was made.
    const reason = vats.whySuspended(id);
    if (reason !== undefined) throw Error(`Cannot make vat "${options.label}": ${reason}`);
    return (await E(controlOf(id)).root()) ?? makeIn(id, options);
  };
  const makeOnlyVat = (options: OnlyOptions): Promise<unknown> => {
    const { owner } = options;
    const before = making.get(owner);
    if (before !== undefined) return before;
    const made = makeOrFind(options).finally(() => making.delete(owner));
    making.set(owner, made);
    return made;
  };

  const defineVatMaker = (name: string, made: Omit<MakeVatOptions, 'params'>): VatMaker =>
    control.define(
      `maker.${name}`,
      makePower('VatMaker', VatMakerI, { make: (params: unknown) => makeVat({ ...made, params }) }),
    ) as VatMaker;

  return harden({ clock, timer, makeVat, makeOnlyVat, defineVatMaker });
};

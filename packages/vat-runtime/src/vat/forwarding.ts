/**
 * Forwarders: facets that take any message, and pass it on or do not. Caretakers and membranes stand on
 * them (`actors/caretaker.ts`).
 *
 * A forwarder is a presence to everybody, its own vat included: it has no methods to call directly, only
 * `E` and `send` reach it. What it does with a message is a turn. Passed on to an object of the same vat,
 * the message is carried out in that same turn; to another vat, it goes on in the way it came.
 */
import { HandledPromise } from '@endo/eventual-send';
import harden from '@endo/harden';
import { Remotable } from '@endo/marshal';
import type { Message, PassOptions } from '../actor/forwarder.ts';
import { acceptAnyMethod, hasMethod } from '../switchboard/methods.ts';
import type { StoredData } from './delivery.ts';
import { throwable } from './guard.ts';
import type { Heap } from './objects.ts';
import type { Turns } from './turn.ts';

/** A facet that an answer goes through before it goes back. */
export type Step = { readonly through: string; readonly ctx: StoredData };

/** How a message arrived. */
export type Arrival =
  | { readonly by: 'E' }
  | {
      readonly by: 'send';
      /** Undefined where nobody waits for the answer. */
      readonly ticket: string | undefined;
      readonly notAfter: string | undefined;
      /** What its answer goes through, in this order. */
      readonly steps: readonly Step[];
    };

/** The answer will come later, by `send`. */
export const RELAYED: unique symbol = Symbol('relayed');

type Forward = (
  this: unknown,
  method: string,
  args: readonly unknown[],
  message: Message,
) => unknown;

export type Forwarding = {
  /** Makes a facet that does this with each message. */
  makeForwarder(tag: string, forward: Forward, selfOf: (facet: object) => object): object;
  /**
   * Carries out a message to a facet of this vat, as a turn or a part of the current one.
   *
   * @returns the answer, a promise, or `RELAYED`
   * @throws where there is no such method
   */
  deliver(facet: object, method: string, args: readonly unknown[], arrival: Arrival): unknown;
};

export type ForwardingPowers = {
  readonly heap: Heap;
  readonly turns: Turns;
  /** Sends a message on for the one who sent it here. */
  readonly relay: (
    arrival: Arrival & { by: 'send' },
    target: unknown,
    method: string,
    args: readonly unknown[],
  ) => void;
};

type Through = { fulfilled(answer: unknown, ctx: unknown): unknown };

export const makeForwarding = ({ heap, turns, relay }: ForwardingPowers): Forwarding => {
  const forwards = new WeakMap<
    object,
    (method: string, args: readonly unknown[], arrival: Arrival) => unknown
  >();

  const isOwn = (target: unknown): target is object =>
    typeof target === 'object' && target !== null && heap.slotOf(target) !== undefined;

  const deliver = (
    facet: object,
    method: string,
    args: readonly unknown[],
    arrival: Arrival,
  ): unknown => {
    const forward = forwards.get(facet);
    if (forward !== undefined) return forward(method, args, arrival);
    if (!hasMethod(facet, method)) throw Error('the object has no such method');
    // `hasMethod` has looked at what is called here.
    const methods = facet as Record<string, (...values: unknown[]) => unknown>;
    return methods[method]!(...args);
  };

  /** What an answer becomes on its way back. */
  const lead = (answer: unknown, through: Through | undefined, ctx: unknown): unknown => {
    if (through === undefined || answer === RELAYED) return answer;
    if (!(answer instanceof Promise)) return through.fulfilled(answer, ctx);
    const led = HandledPromise.resolve(answer).then((value) => through.fulfilled(value, ctx));
    led.catch(() => {});
    return led;
  };

  /** A promise leads its answer by itself. What comes by `send` has to be told where it goes through. */
  const withStep = (arrival: Arrival, through: object, ctx: unknown): Arrival => {
    if (arrival.by === 'E') return arrival;
    const step: Step = {
      through: heap.nameOf(through, 'what an answer goes through'),
      ctx: heap.toData(ctx, 'ctx of a message that is passed on'),
    };
    return { ...arrival, steps: [step, ...arrival.steps] };
  };

  const makeMessage = (arrival: Arrival): { message: Message; close: () => void } => {
    let closed = false;
    const message: Message = {
      pass(target: unknown, method: string, args: readonly unknown[], options: PassOptions = {}) {
        if (closed) throw Error('Cannot pass message: its turn is over');
        const { through, ctx, unchanged = false } = options;
        if (through !== undefined && !isOwn(through)) {
          throw TypeError('Cannot pass message: "through" is not a facet of this vat');
        }
        const onward = through === undefined ? arrival : withStep(arrival, through, ctx);
        if (isOwn(target)) {
          const body = () => deliver(target, method, args, onward);
          return lead(unchanged ? turns.unchanged(body) : turns.run(body), through, ctx);
        }
        if (onward.by === 'E') return lead(turns.send(target, method, [...args]), through, ctx);
        relay(onward, target, method, args);
        return RELAYED;
      },
    };
    return { message: harden(message), close: () => void (closed = true) };
  };

  return harden({
    makeForwarder(tag: string, forward: Forward, selfOf: (facet: object) => object) {
      const take = (method: string, args: readonly unknown[], arrival: Arrival) =>
        turns.run(() => {
          const { message, close } = makeMessage(arrival);
          try {
            return harden(
              Reflect.apply(forward, selfOf(facet), [method, harden([...args]), message]),
            );
          } catch (error) {
            throw throwable(error);
          } finally {
            close();
          }
        });
      const refuse = () => {
        throw TypeError('Cannot use object: it takes messages only');
      };
      const handler = harden({
        applyMethod: (_facet: unknown, method: string, args: unknown[]) =>
          take(method, args, { by: 'E' }),
        get: refuse,
        applyFunction: refuse,
      });
      let presence: object | undefined;
      void new HandledPromise((_resolve, _reject, resolveWithPresence) => {
        presence = resolveWithPresence(handler as never);
      });
      const facet: object = Remotable(`Alleged: ${tag}`, undefined, presence as never);
      forwards.set(facet, take);
      acceptAnyMethod(facet);
      return facet;
    },
    deliver,
  }) as Forwarding;
};

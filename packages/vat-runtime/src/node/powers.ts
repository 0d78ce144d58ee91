/**
 * The node's own powers, as objects that can be handed to vats, peers and sessions.
 *
 * They stand behind one party of the switchboard, `control`, whose lasting slots are their names:
 * a vat that keeps a power finds it again after a restart. The names are known to the node only;
 * nobody can ask for a power by name.
 */
import type { Connection, Ref } from '../switchboard/connection.ts';
import { makeCaptpEndpoint } from '../switchboard/captp-endpoint.ts';
import type { Endpoint, EndpointPowers } from '../switchboard/endpoint.ts';
import { assertGuarded, isGuarded } from '../switchboard/methods.ts';
import type { Message } from '../switchboard/wire.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';

export type ControlParty = {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
  /** Makes `object` lasting under `name`, which must mean the same at every start. */
  define(name: string, object: object): object;
  /**
   * Objects for each of many parties, lasting under `<name>.<key>`. They are made when they are needed,
   * again after they were forgotten, so they have no state of their own.
   * @param make - of any key that was ever given
   * @returns the object for a key, which has digits and lower-case letters
   */
  defineEach<T extends object>(name: string, make: (key: string) => T): (key: string) => T;
  /** A presence for any object on the switchboard. */
  presenceOf(ref: Ref): object;
  /** What a presence of this party stands for. @throws for anything else */
  refOf(presence: object): Ref;
};

/** An endpoint in this thread; its messages are delivered after the current job. */
export const connectLocalEndpoint = (
  switchboard: Switchboard,
  connection: Connection,
  makeEndpoint: (powers: EndpointPowers) => Endpoint,
  own: Pick<EndpointPowers, 'lasting' | 'report'> = {},
): Endpoint => {
  const endpoint = makeEndpoint({
    id: connection.id,
    send(message) {
      if (isPaused || waiting.length > 0) waiting.push(message);
      else switchboard.receive(connection, message);
    },
    later: (task) => void setImmediate(task),
    ...own,
  });
  /** What it says while nothing is taken from it. The rate of pages bounds how much that is. */
  const waiting: Message[] = [];
  let isPaused = false;
  const takeWaiting = () => {
    while (!isPaused && waiting.length > 0) switchboard.receive(connection, waiting.shift()!);
  };
  switchboard.up(connection, {
    send: (message) => queueMicrotask(() => endpoint.dispatch(message)),
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      queueMicrotask(takeWaiting);
    },
    end: (reason) => endpoint.end(reason),
  });
  return endpoint;
};

/** @param report - shows to the operator what failed, where others are told a fixed text */
export const makeControlParty = (
  switchboard: Switchboard,
  report: (failure: unknown) => void = () => {},
): ControlParty => {
  const bySlot = new Map<string, object>();
  const slots = new WeakMap<object, string>();
  const makers = new Map<string, (key: string) => object>();
  const made = new Map<string, WeakRef<object>>();
  const forgotten = new FinalizationRegistry((slot: string) => {
    if (made.get(slot)?.deref() === undefined) made.delete(slot);
  });
  /** The object in a slot, made again where it was forgotten. */
  const at = (slot: string): object | undefined => {
    const known = bySlot.get(slot) ?? made.get(slot)?.deref();
    if (known !== undefined) return known;
    const [, name, key] = /^o\+d([A-Za-z]+)\.([a-z0-9]{1,60})$/.exec(slot) ?? [];
    const object = makers.get(name!)?.(key!);
    if (object === undefined) return undefined;
    made.set(slot, new WeakRef(object));
    forgotten.register(object, slot);
    slots.set(object, slot);
    return object;
  };
  const connection = switchboard.add('control', {
    inside: false,
    remote: false,
    lasting: true,
    unlimited: true,
  });
  const endpoint = connectLocalEndpoint(switchboard, connection, makeCaptpEndpoint, {
    lasting: {
      slotOf(value) {
        const slot = slots.get(value);
        if (slot === undefined) assertGuarded(value);
        return slot;
      },
      valueAt: at,
    },
    report,
  });
  return Object.freeze({
    connection,
    endpoint,
    define(name: string, object: object) {
      if (!/^[A-Za-z][A-Za-z0-9.]{0,63}$/.test(name)) {
        throw TypeError(`Cannot define power "${name}": a name has letters, digits and dots`);
      }
      if (!isGuarded(object)) {
        throw TypeError(`Cannot define power "${name}": it has no guard; make it with makePower`);
      }
      bySlot.set(`o+d${name}`, object);
      slots.set(object, `o+d${name}`);
      return object;
    },
    defineEach<T extends object>(name: string, make: (key: string) => T) {
      makers.set(name, make);
      return (key: string): T => {
        const object = at(`o+d${name}.${key}`);
        if (object === undefined)
          throw TypeError(`Cannot find power "${name}": not for such a party`);
        // The cast holds: nothing else makes what stands under this name.
        return object as T;
      };
    },
    presenceOf(ref: Ref) {
      if (ref.owner === connection) return at(ref.slot)!;
      return endpoint.introduced(switchboard.introduce(connection, ref));
    },
    refOf(presence: object) {
      const slot = slots.get(presence) ?? endpoint.slotOf(presence);
      if (slot === undefined)
        throw TypeError('Cannot find object: it is no reference of this node');
      return switchboard.held(connection, slot);
    },
  });
};

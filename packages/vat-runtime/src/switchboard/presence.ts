/** Presences: local stand-ins for objects of another party, on which `E` works. */
import { HandledPromise } from '@endo/eventual-send';
import harden from '@endo/harden';
import { Remotable } from '@endo/pass-style';

export type Handler = {
  get(target: object, name: PropertyKey): Promise<unknown>;
  applyFunction(target: object, args: unknown[]): Promise<unknown>;
  applyMethod(target: object, name: PropertyKey, args: unknown[]): Promise<unknown>;
};

/**
 * What presences of one alleged name inherit from. `Remotable` makes one for each object, which is
 * most of what a presence takes in memory.
 */
const prototypes = new Map<string, object>();
/** Another party chooses the names, so they are forgotten when there are many. */
const maxPrototypes = 256;

const prototypeFor = (iface: string): object => {
  let prototype = prototypes.get(iface);
  if (prototype === undefined) {
    prototype = Object.getPrototypeOf(Remotable(iface)) as object;
    if (prototypes.size >= maxPrototypes) prototypes.clear();
    prototypes.set(iface, prototype);
  }
  return prototype;
};

/** @throws where the alleged name is none */
export const makePresence = (iface: string, handler: Handler): object => {
  const prototype = prototypeFor(iface);
  let presence: object | undefined;
  void new HandledPromise((_resolve, _reject, resolveWithPresence) => {
    presence = resolveWithPresence(handler as never);
  }, handler as never);
  return harden(Object.setPrototypeOf(presence!, prototype) as object);
};

export type RemotePromise = {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
};

const ignore = () => {};

/** A promise that takes calls before it is settled: they go to the handler. */
export const makeRemotePromise = (handler: Handler): RemotePromise => {
  let resolve: RemotePromise['resolve'] = ignore;
  let reject: RemotePromise['reject'] = ignore;
  const promise = new HandledPromise<unknown>((resolveIt, rejectIt) => {
    resolve = resolveIt;
    reject = rejectIt;
  }, handler as never);
  // Whoever looks at it sees its failure; nobody has to.
  promise.catch(ignore);
  return { promise, resolve, reject };
};

/** What a harness and a node in another process say to each other: data with bigints, and names of references. */
import { passStyleOf } from '@endo/pass-style';

/** A reference that the node's process keeps under this name. */
export type Named = { readonly '@': string };

const isNamed = (value: object): value is Named => typeof (value as Named)['@'] === 'string';

/** @param nameOf - of a reference */
export const toSaid = (value: unknown, nameOf: (ref: object) => string): unknown => {
  if (typeof value === 'bigint') return { '#': String(value) };
  if (typeof value !== 'object' || value === null) return value;
  const style: string = passStyleOf(value as never);
  if (style === 'remotable') return { '@': nameOf(value) };
  if (Array.isArray(value)) return value.map((one) => toSaid(one, nameOf));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toSaid(one, nameOf)]));
};

export const fromSaid = (said: unknown, refOf: (name: string) => unknown): unknown => {
  if (typeof said !== 'object' || said === null) return said;
  if (Array.isArray(said)) return said.map((one) => fromSaid(one, refOf));
  const number = (said as { '#'?: string })['#'];
  if (number !== undefined) return BigInt(number);
  if (isNamed(said)) return refOf(said['@']);
  return Object.fromEntries(Object.entries(said).map(([key, one]) => [key, fromSaid(one, refOf)]));
};

/** For the harness: references stay names. */
export const sayable = (value: unknown): unknown => {
  if (typeof value === 'bigint') return { '#': String(value) };
  if (typeof value !== 'object' || value === null || isNamed(value)) return value;
  if (Array.isArray(value)) return value.map(sayable);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sayable(one)]));
};

export const heard = <T>(said: unknown): T => fromSaid(said, (name) => ({ '@': name })) as T;

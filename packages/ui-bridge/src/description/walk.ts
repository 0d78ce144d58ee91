/** Finds the references in what a view shows. The page and the look at facets agree through it. */
import { passStyleOf } from '@endo/far';
import harden from '@endo/harden';
import type { FieldDescription, MethodDescription, Text } from '@pocas/vat-runtime';

/** A record that came from a facet: nothing but its own properties is data. */
export type ViewRecord = { readonly [key: string]: unknown };
type Item = NonNullable<FieldDescription['item']>;

/** How many elements of one array a page shows. */
export const maxItems = 200;

// `any`: the value may be anything; passStyleOf throws where it is not passable.
const styleOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? passStyleOf(value as any) : typeof value;

export const isReference = (value: unknown): value is object => styleOf(value) === 'remotable';
harden(isReference);

export const isRecord = (value: unknown): value is ViewRecord => styleOf(value) === 'copyRecord';
harden(isRecord);

export const isList = (value: unknown): value is readonly unknown[] =>
  styleOf(value) === 'copyArray';
harden(isList);

/** A text in every language, as data of a view: shown in the reader's. */
export const isText = (value: unknown): value is Text =>
  isRecord(value) &&
  Object.keys(value).length === 2 &&
  typeof own(value, 'en') === 'string' &&
  typeof own(value, 'es') === 'string';
harden(isText);

/** An own property, so that a key such as `constructor` finds nothing. */
export const own = (record: object, key: string): unknown =>
  Object.hasOwn(record, key) ? (record as ViewRecord)[key] : undefined;
harden(own);

/**
 * The reference that an item offers to an argument: under the argument's own name,
 * else the one its controls belong to, else the only one it has.
 */
export const offeredReference = (
  item: unknown,
  argument: string,
  description: Item | undefined,
): object | undefined => {
  if (isReference(item)) return item;
  if (!isRecord(item)) return undefined;
  const named = own(item, argument);
  if (isReference(named)) return named;
  const controlled =
    description?.controls === undefined ? undefined : own(item, description.controls);
  if (isReference(controlled)) return controlled;
  const all = Object.values(item).filter(isReference);
  return all.length === 1 ? all[0] : undefined;
};
harden(offeredReference);

/** The argument by which a method's control belongs to the items of a field. */
export const itemArgument = (
  method: MethodDescription,
): { name: string; from: string } | undefined => {
  for (const { kind, name, from } of method.args) {
    if (kind === 'facet' && from !== undefined) return { name, from };
  }
  return undefined;
};
harden(itemArgument);

export type References = {
  /** To be shown in place. */
  readonly embeds: Set<object>;
  /** Of which the description is needed: for a link's label, or for an item's controls. */
  readonly described: Set<object>;
};

/** Adds the references under `value` that a field shows to `found`. */
export const collectReferences = (
  field: FieldDescription,
  value: unknown,
  found: References,
): void => {
  if (isReference(value)) {
    (field.embed === true ? found.embeds : found.described).add(value);
  } else if (isList(value)) {
    for (const element of value.slice(0, maxItems)) collectReferences(field, element, found);
  } else if (isRecord(value) && field.item !== undefined) {
    const { controls, fields } = field.item;
    const controlled = controls === undefined ? undefined : own(value, controls);
    if (isReference(controlled)) found.described.add(controlled);
    for (const [key, inner] of Object.entries(fields)) {
      collectReferences(inner, own(value, key), found);
    }
  }
};
harden(collectReferences);

/**
 * Accepts or refuses an alleged description.
 *
 * It comes from whoever hosts the facet, so its shape, its size and the names in it are checked
 * before a page is made from it. What it says is only shown, and escaped where it is shown.
 */
import harden from '@endo/harden';
import { M, matches } from '@endo/patterns';
import type { Description, FieldDescription } from '@pocas/vat-runtime';

const sized = (characters: number) => M.string({ stringLengthLimit: characters });
const TextShape = M.splitRecord({ en: sized(2_000), es: sized(2_000) });
/** Descriptions nest: a field holds items, which have fields. */
const maxDepth = 3;
const maxEntries = 64;
const OrderShape = M.arrayOf(sized(64), { arrayLengthLimit: maxEntries });

const ArgumentShape = M.splitRecord(
  {
    name: sized(64),
    kind: M.or('text', 'longText', 'nat', 'secret', 'requestId', 'facet'),
  },
  {
    label: TextShape,
    help: TextShape,
    unit: TextShape,
    initial: sized(2_000),
    min: M.bigint(),
    max: M.bigint(),
    from: sized(64),
    values: M.recordOf(M.string(), TextShape),
  },
);
const MethodShape = M.splitRecord(
  { label: TextShape, args: M.arrayOf(ArgumentShape, { arrayLengthLimit: 16 }) },
  {
    help: TextShape,
    confirm: TextShape,
    done: TextShape,
    refusals: M.recordOf(M.string(), TextShape),
    hidden: M.boolean(),
  },
);
const FieldShape = M.splitRecord(
  { label: TextShape },
  {
    unit: TextShape,
    values: M.recordOf(M.string(), TextShape),
    item: M.record(),
    embed: M.boolean(),
    prominent: M.boolean(),
    bar: M.splitRecord({ of: sized(64) }),
  },
);
const ItemShape = M.splitRecord(
  { heading: sized(64), fields: M.record() },
  {
    controls: sized(64),
    empty: TextShape,
    order: OrderShape,
    picture: M.splitRecord({ width: sized(64) }, { empty: sized(64) }),
  },
);
const DescriptionShape = M.splitRecord(
  { label: TextShape, methods: M.record() },
  {
    help: TextShape,
    title: sized(64),
    view: sized(64),
    changes: sized(64),
    fields: M.record(),
    order: M.splitRecord({ fields: OrderShape, methods: OrderShape }),
  },
);

/** Names that stand in addresses, form fields and ids. */
const name = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

const areFields = (fields: object, depth: number): boolean => {
  const entries = Object.entries(fields);
  if (depth > maxDepth || entries.length > maxEntries) return false;
  return entries.every(([key, field]) => {
    if (key.length > 64 || !matches(field, FieldShape)) return false;
    const item: unknown = (field as FieldDescription).item;
    if (item === undefined) return true;
    if (!matches(item, ItemShape)) return false;
    return areFields((item as { fields: object }).fields, depth + 1);
  });
};

const areMethods = (methods: object): boolean => {
  const entries = Object.entries(methods);
  if (entries.length > maxEntries) return false;
  return entries.every(
    ([key, method]) =>
      name.test(key) &&
      matches(method, MethodShape) &&
      (method as { args: { name: string }[] }).args.every((argument) => name.test(argument.name)),
  );
};

type Fields = NonNullable<Description['fields']>;

/** The record with its keys in this order, then those that the order forgot. */
const inOrder = <T>(record: { readonly [key: string]: T }, order: readonly string[] = []) => {
  const named = order.filter((key) => Object.hasOwn(record, key));
  return Object.fromEntries(
    [...new Set([...named, ...Object.keys(record)])].map((key) => [key, record[key]!]),
  );
};

const orderedFields = (fields: Fields, order: readonly string[] | undefined): Fields =>
  Object.fromEntries(
    Object.entries(inOrder(fields, order)).map(([key, field]) => {
      const { item } = field;
      if (item === undefined) return [key, field];
      return [key, { ...field, item: { ...item, fields: orderedFields(item.fields, item.order) } }];
    }),
  );

const ordered = (description: Description): Description => {
  const { fields, methods, order } = description;
  return {
    ...description,
    methods: inOrder(methods, order?.methods),
    ...(fields === undefined ? {} : { fields: orderedFields(fields, order?.fields) }),
  };
};

/** The alleged description, when it is one, with its keys in the order meant; otherwise undefined. */
export const acceptDescription = (alleged: unknown): Description | undefined => {
  try {
    const description = harden(alleged) as Description;
    if (!matches(description, DescriptionShape)) return undefined;
    const { fields = {}, methods, view, changes } = description;
    if (!areFields(fields, 0) || !areMethods(methods)) return undefined;
    if ((view !== undefined && !name.test(view)) || (changes !== undefined && !name.test(changes)))
      return undefined;
    return harden(ordered(description));
  } catch {
    // Not passable at all.
    return undefined;
  }
};
harden(acceptDescription);

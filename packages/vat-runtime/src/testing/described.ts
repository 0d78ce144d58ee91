/** Checks that a facet tells people, in both languages, everything that can be done with it. */
import { E } from '@endo/eventual-send';
import {
  type InterfaceGuard,
  type MethodGuard,
  getInterfaceGuardPayload,
  getMethodGuardPayload,
} from '@endo/patterns';
import type {
  ArgumentDescription,
  Description,
  FieldDescription,
  Text,
} from '../actor/description.ts';

/** What every facet made with a described guard has besides its own methods. */
type Described = {
  __describe__(): Description;
  __getInterfaceGuard__(): InterfaceGuard<Record<string, MethodGuard>>;
} & { [method: string]: () => unknown };

const textFaults = (text: Text | undefined, where: string): string[] => {
  if (text === undefined) return [`${where} has no words`];
  return text.en.trim() === '' || text.es.trim() === '' ? [`${where} lacks a language`] : [];
};

/** Faults of words that need not be there. */
const optionalFaults = (text: Text | undefined, where: string): string[] =>
  text === undefined ? [] : textFaults(text, where);

const fieldFaults = (field: FieldDescription, where: string): string[] => [
  ...textFaults(field.label, where),
  ...optionalFaults(field.unit, `${where}, unit`),
  ...Object.entries(field.values ?? {}).flatMap(([value, text]) =>
    textFaults(text, `${where}, value ${value}`),
  ),
  ...optionalFaults(field.item?.empty, `${where}, empty`),
  ...Object.entries(field.item?.fields ?? {}).flatMap(([key, inner]) =>
    fieldFaults(inner, `${where}.${key}`),
  ),
];

const argumentFaults = (
  { name, kind, label, help, unit, from }: ArgumentDescription,
  { fields = {} }: Description,
  isShown: boolean,
  method: string,
): string[] => {
  const where = `${method}(${name})`;
  const needsLabel = kind !== 'requestId' && isShown;
  return [
    ...(needsLabel ? textFaults(label, where) : optionalFaults(label, where)),
    ...optionalFaults(help, `${where}, help`),
    ...optionalFaults(unit, `${where}, unit`),
    ...(from === undefined || fields[from]?.item !== undefined
      ? []
      : [`${where} comes from "${from}", which lists nothing`]),
  ];
};

/** Keys that the description says are shown and the view's items do not have. */
const viewFaults = (view: Record<string, unknown>, { fields = {} }: Description): string[] =>
  Object.entries(fields).flatMap(([key, { item }]) => {
    const items = view[key];
    if (item === undefined || !Array.isArray(items)) return [];
    return [item.heading, ...Object.keys(item.fields)]
      .filter((inner) => (items as object[]).some((one) => !Object.hasOwn(one, inner)))
      .map((inner) => `${key}.${inner} is shown and not there`);
  });

/**
 * What is missing or wrong in a facet's description: each method of its guard is described with as
 * many arguments as it takes, nothing else is, all words are there in both languages, and what the
 * view lists has what is said of it.
 *
 * @param facet - made with a described guard, near or far
 * @returns a sentence for each fault; empty where all is well
 */
export const descriptionFaults = async (facet: object): Promise<string[]> => {
  // The cast says what a described facet has; another one rejects.
  const remote = E(facet as Described);
  const description = await remote.__describe__();
  const { methodGuards } = getInterfaceGuardPayload(await remote.__getInterfaceGuard__());
  const guards = methodGuards as Record<string, MethodGuard>;
  const { label, help, fields = {}, methods, title, view } = description;
  const faults = [...textFaults(label, 'the facet'), ...optionalFaults(help, 'the facet, help')];
  for (const name of Object.keys(guards)) {
    if (!Object.hasOwn(methods, name)) faults.push(`${name} is not described`);
  }
  for (const [name, method] of Object.entries(methods)) {
    const guard = guards[name];
    if (guard === undefined) {
      faults.push(`${name} is described and not there`);
      continue;
    }
    faults.push(
      ...textFaults(method.label, name),
      ...optionalFaults(method.help, `${name}, help`),
      ...optionalFaults(method.confirm, `${name}, confirm`),
      ...optionalFaults(method.done, `${name}, done`),
      ...Object.entries(method.refusals ?? {}).flatMap(([code, text]) =>
        textFaults(text, `${name}, refusal ${code}`),
      ),
      ...method.args.flatMap((argument) =>
        argumentFaults(argument, description, method.hidden !== true, name),
      ),
    );
    const { argGuards, optionalArgGuards = [] } = getMethodGuardPayload(guard);
    const taken = argGuards.length + (optionalArgGuards?.length ?? 0);
    if (method.args.length !== taken) {
      faults.push(`${name} takes ${taken} arguments, and ${method.args.length} are described`);
    }
  }
  for (const [key, field] of Object.entries(fields)) faults.push(...fieldFaults(field, key));
  if (title !== undefined && !Object.hasOwn(fields, title)) {
    faults.push(`the title "${title}" is no field`);
  }
  if (view !== undefined) {
    faults.push(...viewFaults((await remote[view]!()) as Record<string, unknown>, description));
  }
  return faults;
};

/** Checks that a facet tells people, in both languages, everything that can be done with it. */
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { getInterfaceGuardPayload, getMethodGuardPayload } from '@endo/patterns';
import type { Description, FieldDescription, Text } from '@pocas/vat-runtime';

const assertText = (text: Text | undefined, where: string): void => {
  assert.ok(text !== undefined, `${where} has no words`);
  assert.ok(text.en.trim() !== '' && text.es.trim() !== '', `${where} lacks a language`);
};

const assertField = (field: FieldDescription, where: string): void => {
  assertText(field.label, where);
  if (field.unit !== undefined) assertText(field.unit, `${where}, unit`);
  for (const [value, text] of Object.entries(field.values ?? {}))
    assertText(text, `${where}, value ${value}`);
  if (field.item === undefined) return;
  if (field.item.empty !== undefined) assertText(field.item.empty, `${where}, empty`);
  for (const [key, inner] of Object.entries(field.item.fields))
    assertField(inner, `${where}.${key}`);
};

export const assertDescribed = async (facet: object): Promise<Description> => {
  // Every facet made with a described guard has these two methods besides its own.
  const remote = facet as {
    __describe__(): Description;
    __getInterfaceGuard__(): Parameters<typeof getInterfaceGuardPayload>[0];
  } & { [method: string]: () => unknown };
  const description = await E(remote).__describe__();
  const { interfaceName, methodGuards } = getInterfaceGuardPayload(
    await E(remote).__getInterfaceGuard__(),
  );
  assertText(description.label, interfaceName);
  if (description.help !== undefined) assertText(description.help, `${interfaceName}, help`);
  assert.deepEqual(
    Object.keys(description.methods).sort(),
    Object.keys(methodGuards).sort(),
    `${interfaceName} describes exactly the methods it has`,
  );
  for (const [name, method] of Object.entries(description.methods)) {
    const where = `${interfaceName}.${name}`;
    assertText(method.label, where);
    if (method.help !== undefined) assertText(method.help, `${where}, help`);
    if (method.confirm !== undefined) assertText(method.confirm, `${where}, confirm`);
    const { argGuards, optionalArgGuards = [] } = getMethodGuardPayload(methodGuards[name]!);
    assert.equal(
      method.args.length,
      argGuards.length + (optionalArgGuards?.length ?? 0),
      `${where} describes as many arguments as its guard takes`,
    );
    for (const { name: argument, kind, label, help, unit, from } of method.args) {
      const at = `${where}(${argument})`;
      if (kind !== 'requestId' && method.hidden !== true) assertText(label, at);
      for (const text of [label, help, unit]) if (text !== undefined) assertText(text, at);
      if (from !== undefined) assert.ok(description.fields?.[from]?.item !== undefined, at);
    }
  }
  for (const [key, field] of Object.entries(description.fields ?? {}))
    assertField(field, `${interfaceName}.${key}`);
  if (description.view !== undefined) {
    // What is described is what the view answers, at least in name.
    const view = (await E(remote)[description.view]!()) as Record<string, unknown>;
    for (const [key, field] of Object.entries(description.fields ?? {})) {
      const value = view[key];
      if (!Array.isArray(value) || field.item === undefined) continue;
      for (const item of value as Record<string, unknown>[]) {
        for (const inner of [field.item.heading, ...Object.keys(field.item.fields)])
          assert.ok(inner in item, `${interfaceName}.${key}.${inner} is shown and not there`);
      }
    }
  }
  return description;
};

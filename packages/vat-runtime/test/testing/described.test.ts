import { descriptionFaults } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { Far } from '@endo/marshal';
import { M } from '@endo/patterns';
import type { Description } from '@pocas/vat-runtime';

const text = (en: string, es = en) => ({ en, es });
const good: Description = {
  label: text('Shelf'),
  title: 'name',
  view: 'look',
  fields: {
    name: { label: text('Name') },
    things: {
      label: text('Things'),
      item: { heading: 'what', fields: { age: { label: text('Age') } } },
    },
  },
  methods: {
    look: { label: text('Look'), args: [], hidden: true },
    put: { label: text('Put'), args: [{ name: 'what', kind: 'text', label: text('What') }] },
  },
};
const ShelfI = M.interface('Shelf', {
  look: M.call().returns(M.record()),
  put: M.call(M.string()).returns(),
});

const shelf = (description: Description) =>
  Far('Shelf', {
    __describe__: () => harden(description),
    __getInterfaceGuard__: () => ShelfI,
    look: () => harden({ name: 'mine', things: [{ what: 'jam', age: 'new' }] }),
    put: () => {},
  });

test('a facet whose every method and word is described has no faults', async () => {
  assert.deepEqual(await descriptionFaults(shelf(good)), []);
});

test('each kind of fault in a description is found', async () => {
  const { look, put } = good.methods as Record<'look' | 'put', Description['methods'][string]>;
  const { name, things } = good.fields as Record<'name' | 'things', any>;
  const cases: [Description, RegExp][] = [
    [{ ...good, label: text('Shelf', ' ') }, /^the facet lacks a language$/],
    [{ ...good, methods: { look } }, /^put is not described$/],
    [{ ...good, methods: { look, put, take: put } }, /^take is described and not there$/],
    [{ ...good, methods: { look, put: { ...put, args: [] } } }, /^put takes 1 arguments, and 0/],
    [
      { ...good, methods: { look, put: { ...put, args: [{ name: 'what', kind: 'text' }] } } },
      /^put\(what\) has no words$/,
    ],
    [
      { ...good, methods: { look, put: { ...put, done: text('', 'Ya') } } },
      /^put, done lacks a language$/,
    ],
    [
      {
        ...good,
        methods: { look, put: { ...put, args: [{ ...put.args[0]!, from: 'name' }] } },
      },
      /^put\(what\) comes from "name", which lists nothing$/,
    ],
    [{ ...good, title: 'nothing' }, /^the title "nothing" is no field$/],
    [
      {
        ...good,
        fields: { name, things: { ...things, item: { ...things.item, heading: 'who' } } },
      },
      /^things\.who is shown and not there$/,
    ],
  ];
  for (const [description, fault] of cases) {
    const faults = await descriptionFaults(shelf(description));
    assert.equal(faults.length, 1, `${fault}: ${faults.join('; ')}`);
    assert.match(faults[0]!, fault);
  }
});

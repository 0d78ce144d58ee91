const { M } = require('@endo/patterns');
const { defineActor, describe } = require('@pocas/vat-runtime');

const PotI = describe(
  M.interface('Pot', {
    view: M.call().returns(M.record()),
    eat: M.call().returns(M.nat()),
    given: M.call().returns(M.arrayOf(M.string())),
  }),
  {
    label: { en: 'The pot', es: 'La olla' },
    view: 'view',
    fields: { plates: { label: { en: 'Plates', es: 'Platos' } } },
    methods: {
      view: { label: { en: 'Look', es: 'Ver' }, args: [], hidden: true },
      eat: { label: { en: 'I ate', es: 'Comí' }, args: [] },
      given: { label: { en: 'What it has', es: 'Lo que tiene' }, args: [], hidden: true },
    },
  },
);

const makePot = defineActor({
  name: 'Pot',
  state: { powers: M.record(), most: M.nat(), plates: M.nat() },
  init: (powers, most) => ({ powers, most, plates: 0n }),
  guards: { pot: PotI },
  facets: {
    pot: {
      view() {
        return { plates: this.state.plates };
      },
      eat() {
        if (this.state.plates < this.state.most) this.state.plates += 1n;
        return this.state.plates;
      },
      given() {
        return Object.keys(this.state.powers);
      },
    },
  },
});

exports.make = (powers, { charter }) => makePot(powers, charter.most).pot;

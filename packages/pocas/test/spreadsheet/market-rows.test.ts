import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { MarketRules } from '@pocas/market-actors';
import { fuzz } from '@pocas/vat-runtime/testing';
import { SpreadsheetError } from '#src/spreadsheet/faults.js';
import {
  type MarketReadOptions,
  type OfferRow,
  readNeeds,
  readOffers,
} from '#src/spreadsheet/market-rows.js';
import { ordersTable, statementTable } from '#src/spreadsheet/market-tables.js';

const rules: MarketRules = {
  ...{ unit: 'créditos', isOpen: true, price: 0n, step: 1n, maxOffers: 20n, maxNeeds: 10n },
  ...{ categories: [], units: [], refused: [], epochZero: 0n, epochLength: 604_800_000n },
};
const today = 20_000n; // 2024-10-04
const usual: MarketReadOptions = { today, unit: 'créditos', rules };
const fileOf = (text: string) => ({ name: 'f.csv', bytes: new TextEncoder().encode(text) });

const offers = (text: string, options: Partial<MarketReadOptions> = {}): readonly OfferRow[] =>
  readOffers(fileOf(text), { ...usual, ...options }).rows;
const faultsOf = (
  text: string,
  options: Partial<MarketReadOptions> = {},
  read: typeof readOffers | typeof readNeeds = readOffers,
): string => {
  try {
    read(fileOf(text), { ...usual, ...options });
  } catch (error) {
    assert.ok(error instanceof SpreadsheetError);
    return error.message;
  }
  return '';
};
const idsOf = (rows: readonly OfferRow[]): string[] => rows.map(({ requestId }) => requestId);

const bad: readonly (readonly [string, string, RegExp, Partial<MarketReadOptions>?])[] = [
  ['a price below zero', 'what,price\nA,-1', /line 2, column "price": "-1" is below zero/],
  ['a part of a credit', 'what,price\nA,1.5', /"1\.5" is no whole number/],
  ['no price', 'what,price\nA,', /column "price": it is empty/],
  ['none left', 'what,price,quantity\nA,1,0', /column "quantity": it is zero; delete the row/],
  ['no name', 'what,price\n,1', /column "what": it is empty/],
  ['a name that is too long', `what,price\n${'x'.repeat(101)},1`, /more than 100 characters/],
  ['a text turned around', 'what,price\nA\u202eB,1', /does not show, U\+202E/],
  ['a list of pesos', 'what,price,unit\nA,1,MXN', /"MXN" is not what this market counts in/],
  ['a day that is past', 'what,price,until\nA,1,2024-10-04', /2024-10-04 is not after today/],
  ['a thousand, or one', 'what,price\nA,"1,234"', /may be 1234 or 1\.234/],
  [
    'another category',
    'what,price,tipo\nA,1,ropa',
    /column "tipo": this market has these: "comida"; write one of them/,
    { rules: { ...rules, categories: ['comida'] } },
  ],
  [
    'what is not wanted',
    'what,price\nTabaco,1',
    /column "what": this market does not want "tabaco"/,
    { rules: { ...rules, refused: ['arma', 'tabaco'] } },
  ],
  [
    'another price than all',
    'what,price\nA,2',
    /column "price": in this market everything costs 1 créditos/,
    { rules: { ...rules, price: 1n } },
  ],
  [
    'no multiple of the step',
    'what,price\nA,15',
    /multiples of 10 créditos/,
    { rules: { ...rules, step: 10n } },
  ],
  [
    'money that is not known',
    'what,price,money besides\nA,1,20 euros',
    /column "money besides": it has to be in one of "pesos"/,
    { rules: { ...rules, units: ['pesos'] } },
  ],
];
for (const [name, text, words, options] of bad) {
  test(`offers: ${name} is said before anything is posted`, () => {
    assert.match(faultsOf(text, options), words);
  });
}

test('a row is known by what it says, wherever it stands, and tomorrow too', () => {
  const text = 'what,price,until\nPan,3,2024-12-01\nMiel,5,\n';
  const ids = idsOf(offers(text));
  assert.equal(new Set(ids).size, 2);
  assert.ok(ids.every((id) => id.length === 64));
  assert.deepEqual(idsOf(offers(text, { today: today + 1n })), ids);
  const moved = 'Precio;Notas;Hasta;Qué\n5;;;" Miel "\n3,00;;01/12/2024;Pan\n';
  assert.deepEqual(idsOf(offers(moved, { dates: 'dmy' })), ids.toReversed());
  // A bad row before it changes nothing.
  const skipped = offers(`what,price,until\n,1,\nPan,3,2024-12-01\n`, { skipBad: true });
  assert.deepEqual(idsOf(skipped), [ids[0]]);
  for (const other of ['Pan,4,2024-12-01', 'Pan,3,2024-12-02', 'Pan,3,', 'pan,3,2024-12-01']) {
    assert.ok(!ids.includes(idsOf(offers(`what,price,until\n${other}\n`))[0]!), other);
  }
  assert.ok(!ids.includes(idsOf(offers(text, { batch: 'spring' }))[0]!));
});

test('rows that say the same are several, and it is said', () => {
  const { rows, notices } = readOffers(fileOf('what,price,colour\nPan,3,\nPan,3,\n'), usual);
  assert.equal(new Set(idsOf(rows)).size, 2);
  assert.deepEqual(notices, [
    'Columns of f.csv that are not used: "colour".',
    'f.csv, line 3 says the same as line 2: both are used.',
  ]);
});

test('needs end on the day that stands there, and their kinds are the market’s', () => {
  const text = 'tipo,qué,hasta,sin nombre\npan,Dos,2024-10-05,Sí\nmiel,Una,,\n';
  const { rows } = readNeeds(fileOf(text), usual);
  assert.deepEqual(
    rows.map(({ kind, days, isUnnamed }) => [kind, days, isUnnamed]),
    [
      ['pan', 1n, true],
      ['miel', 30n, false],
    ],
  );
  const known = { rules: { ...rules, categories: ['Pan'] } };
  assert.match(faultsOf(text, known, readNeeds), /^f\.csv, line 3, column "tipo": .*"Pan"/);
  const unwanted = { rules: { ...rules, refused: ['DOS'] } };
  assert.match(faultsOf(text, unwanted, readNeeds), /column "qué": .* does not want "DOS"/);
});

test('tables: signs of formulas are marked in texts of others, and numbers stay numbers', () => {
  const known = { unit: '=1+1', rules };
  const row = { epoch: 2_900n, kind: 'paid', value: -5n, balance: -5n, number: 1n } as const;
  assert.equal(
    statementTable([row], known, 'es'),
    "época,desde,movimiento,valor,saldo,unidad\r\n2900,2025-07-31,pagado,-5,-5,'=1+1\r\n",
  );
  const order = { what: '@x', quantity: 2n, price: '+1', phase: 'ready', with: '-2+3' } as const;
  assert.equal(
    ordersTable([{ ...order, role: 'sale' }], known, 'en').split('\r\n')[1],
    "provided,'@x,2,'+1,ready,'-2+3,,",
  );
});

test('whatever a file is, it is read or refused in words of ours', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('1', '1,5', '2999-01-01', '"', '\n', ';', "'=1", 'si', ''),
  );
  fc.assert(
    fc.property(fc.array(fc.array(cell)), fc.boolean(), (lines, isNeed) => {
      const header = isNeed
        ? 'kind,what,until,without name'
        : 'what,price,quantity,until,unit,minutes';
      const text = [header, ...lines.map((line) => line.join(','))].join('\n');
      const words = faultsOf(text, {}, isNeed ? readNeeds : readOffers);
      assert.ok(words.length < 20_000);
    }),
    fuzz(500),
  );
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { type EventName, events } from '#src/monitor/events.js';
import { fields } from '#src/monitor/fields.js';
import {
  type LogRecord,
  makeGatedLog,
  makeLog,
  recordsOfSource,
  toLine,
} from '#src/monitor/log.js';
import { makeTokenBucket } from '#src/switchboard/token-bucket.js';

const swiss = 'q'.repeat(20) + '_-' + 'Z'.repeat(21);
const key = '0123456789abcdef'.repeat(4);
const designator = 'a'.repeat(52);

const makeTestLog = (level: 'trace' | 'info' = 'trace') => {
  const records: LogRecord[] = [];
  let time = 0;
  const log = makeLog({
    level,
    makeBucket: () => makeTokenBucket(recordsOfSource, () => time),
    write: (record) => void records.push(record),
  });
  return {
    log,
    records,
    /** As a program would that the compiler did not see. */
    tellAny: log.tell as (name: string, values: object) => void,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
};

test('what is not declared cannot be logged', () => {
  const { log, records, tellAny } = makeTestLog();
  tellAny('vat.secret', { vat: '1' });
  tellAny('constructor', { vat: '1' });
  tellAny('vat.slept', { vat: '1', swiss, toString: swiss });
  log.tell('vat.slept', { vat: '2' });
  // @ts-expect-error an event that is not declared
  log.tell('vat.secret', { vat: '1' });
  // @ts-expect-error a field that is not declared
  log.tell('vat.slept', { vat: '3', swiss });
  assert.deepEqual(
    records.map(({ event, values }) => [event, values]),
    [
      ['vat.slept', { vat: '1' }],
      ['vat.slept', { vat: '2' }],
      ['vat.slept', { vat: '3' }],
    ],
  );
});

/** For each type of field, values that are not of it. */
const strangers: { readonly [type in keyof Omit<typeof fields, 'oneOf'>]: unknown[] } = {
  count: [-1, 1.5, NaN, Infinity, '1', 1n, swiss, { valueOf: () => 1 }],
  milliseconds: [-1, NaN, Infinity, '1', swiss],
  flag: [0, 'true', swiss],
  designator: [swiss, key, designator.toUpperCase(), `${designator}\n`, ''],
  vat: [swiss, 1, 'v1', '1\n', ''],
  moduleHash: [swiss, key.toUpperCase(), `${key}\n`],
  party: [swiss, 'VAT', 'toString', 0],
  method: [swiss, 'a b', 'ñ', 'a'.repeat(43), ''],
  label: [1, [swiss], { toString: () => swiss }, undefined],
  fault: [Error(swiss), undefined, 1],
  line: [Error(swiss), undefined, 1],
};

test('a value that is not of the type of its field is withheld', () => {
  for (const [type, values] of Object.entries(strangers)) {
    const { read } = fields[type as keyof typeof strangers];
    for (const value of values) assert.equal(read(value), undefined, `${type} ${String(value)}`);
  }
  const { records, tellAny } = makeTestLog();
  tellAny('link.closed', { party: swiss, designator: swiss, fault: Error(swiss) });
  tellAny('pages.event', { what: swiss });
  assert.ok(!JSON.stringify(records).includes(swiss));
  assert.equal(toLine(records[1]!), 'On the pages: (withheld)');
});

test('every event is made of fields of the closed set, and can be said whatever was withheld', () => {
  const closed: unknown[] = Object.values(fields);
  const { records, tellAny } = makeTestLog();
  for (const [name, { fields: declared }] of Object.entries(events)) {
    for (const [field, type] of Object.entries(declared)) {
      // Those of `oneOf` are made for the event.
      const isWords = type.type.split(', ').every((word: string) => type.read(word) === word);
      assert.ok(closed.includes(type) || isWords, `${name} ${field}`);
    }
    tellAny(name, {});
  }
  assert.deepEqual(
    records.map(({ event }) => event),
    Object.keys(events),
  );
  for (const record of records) assert.match(toLine(record), /\S/);
});

test('secrets in texts are masked, designators are not', () => {
  const { log, records } = makeTestLog();
  const sturdyRef = `ocapn://${designator}.websocket/s/${swiss}?url=ws%3A%2F%2F127.0.0.1`;
  for (const line of [swiss, `"${swiss}"`, sturdyRef, `http://a/#${swiss}`, key, `x=${key};`]) {
    log.tell('vat.line', { vat: '1', label: `about ${swiss}`, line });
    log.tell('vat.suspended', { vat: '1', fault: line });
  }
  // Masked before it is cut, so that no part of one is left at the end.
  log.tell('vat.line', { vat: '1', label: '', line: `${'. '.repeat(4090)}${swiss}` });
  const said = JSON.stringify(records);
  for (const secret of [swiss, key, swiss.slice(0, 12), key.slice(0, 12)]) {
    assert.ok(!said.includes(secret));
  }
  assert.ok(said.includes(`ocapn://${designator}.websocket/s/(secret)?url=ws%3A%2F%2F127.0.0.1`));
});

test('a text cannot drive a terminal, look like another line, or be endless', () => {
  const { log, records } = makeTestLog();
  log.tell('vat.line', {
    vat: '1',
    label: 'a\u001b[2J',
    line: `one\n[vat market] two\r\u001b]0;three\u0007\u202efour\u009b\u2028`,
  });
  log.tell('vat.line', { vat: '1', label: 'b', line: 'x '.repeat(1e6) });
  const [first, second] = records.map(toLine);
  assert.equal(first, '[vat a�[2J] one\n  [vat market] two��]0;three��four��');
  assert.ok(second!.length < 10_000);
});

test('a level leaves out what is below it', () => {
  const { log, records } = makeTestLog('info');
  log.tell('vat.slept', { vat: '1' });
  log.tell('node.stopping', {});
  log.tell('vat.line', { vat: '1', label: 'a', line: 'b' });
  assert.deepEqual(
    records.map(({ event }) => event),
    ['vat.line'],
  );
  const told = Object.keys(events).filter((name) => log.tells(name as EventName));
  assert.ok(told.includes('vat.suspended') && !told.includes('link.opened'));
});

test('one vat that prints without end is thinned, and the others are heard', () => {
  const { log, records, pass } = makeTestLog();
  const print = (vat: string) => log.tell('vat.line', { vat, label: vat, line: 'x' });
  for (let i = 0; i < 100_000; i += 1) print('1');
  const burst = records.length;
  assert.ok(burst > 100 && burst < 10_000);
  print('2');
  assert.equal(records.at(-1)?.values['vat'], '2');
  // Later there is room again, and it is said how much is missing.
  pass(10_000);
  for (let i = 0; i < 100_000; i += 1) print('1');
  assert.deepEqual(records[burst + 1]?.values, { lines: 100_000 - burst });
  assert.ok(records.length < burst + 3000);
});

test('records wait at the gate, with their size, and only those that will be written', () => {
  const { log, records } = makeTestLog('info');
  const waiting: { release: () => void; size: number }[] = [];
  const gated = makeGatedLog(log, (release, size) => void waiting.push({ release, size }));
  gated.tell('vat.slept', { vat: '1' });
  assert.equal(waiting.length, 0);
  gated.tell('vat.line', { vat: '1', label: 'a', line: 'x'.repeat(5000) });
  assert.equal(records.length, 0);
  assert.ok(waiting[0]!.size > 5000);
  waiting[0]!.release();
  assert.equal(records.length, 1);
});

/** Bodies of messages, more or less as they should be. */
import * as fc from 'fast-check';
import { jsonTextArb } from './hostile-json.ts';

/** What the marshaller gives a meaning to, more or less as it should be. */
export const passableTextArb: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    jsonTextArb,
    fc
      .tuple(fc.constantFrom('0', '1', '2', '-1', '0.5', '"0"', '1e9'), fc.boolean())
      .map(
        ([index, isNamed]) =>
          `{"@qclass":"slot","index":${index}${isNamed ? ',"iface":"It"' : ''}}`,
      ),
    fc.constantFrom(
      ...['{"@qclass":"undefined"}', '{"@qclass":"NaN"}', '{"@qclass":"bigint","digits":"12"}'],
      ...['{"@qclass":"bigint","digits":"x"}', '{"@qclass":"bigint","digits":{}}'],
      ...['{"@qclass":"@@asyncIterator"}', '{"@qclass":"symbol","name":"then"}', '{"@qclass":7}'],
      ...['{"@qclass":"ibid","index":0}', '{"@qclass":"slot"}', '{"@qclass":"no such class"}'],
      ...[
        '{"@qclass":"error","name":"Error","message":"m"}',
        '{"@qclass":"error","name":"__proto__"}',
      ],
      ...['{"@qclass":"error","name":"RangeError","message":{"toString":1}}', '{"__proto__":null}'],
    ),
    tie('value').map((inner) => `[${inner},${inner}]`),
    tie('value').map((inner) => `{"a":${inner},"then":${inner}}`),
    tie('value').map((inner) => `{"@qclass":"hilbert","original":${inner},"rest":{"@qclass":1}}`),
    tie('value').map((inner) => `{"@qclass":"tagged","tag":"copySet","payload":${inner}}`),
    tie('value').map((inner) => `{"@qclass":"tagged","tag":${inner},"payload":[]}`),
  ),
})).value;

const nameTextArb = fc.oneof(
  fc.constantFrom(...['label', 'echo', 'fail', 'child'].map((name) => JSON.stringify(name))),
  fc.constantFrom(
    ...['toString', 'constructor', '__proto__', 'then', 'hasOwnProperty', 'call', 'apply', ''].map(
      (name) => JSON.stringify(name),
    ),
    ...['null', '"\\u006cabel"', '["label"]', '{"@qclass":"@@asyncIterator"}', '0'],
  ),
);
export const callTextArb: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(nameTextArb, passableTextArb).map(([name, inner]) => `[${name},[${inner}]]`),
  fc.tuple(nameTextArb, passableTextArb).map(([name, inner]) => `[${name},${inner}]`),
  nameTextArb.map((name) => `[${name}]`),
  passableTextArb,
  fc.constantFrom(
    '',
    '#["label",[]]',
    '#["+1",[]]',
    '["label",[]',
    '["label",[]]]',
    '["echo",["$0"]]',
  ),
);

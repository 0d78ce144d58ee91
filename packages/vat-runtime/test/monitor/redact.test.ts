import test from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { redact } from '#src/monitor/redact.js';

const swiss = () => randomBytes(32).toString('base64url');
const designator = 'a'.repeat(26) + '2'.repeat(26);

test('a secret is masked wherever it stands in a line', () => {
  for (let n = 0; n < 200; n += 1) {
    const secret = n % 2 === 0 ? swiss() : randomBytes(32).toString('hex');
    const lines = [
      secret,
      `Cannot enliven "${secret}"`,
      `http://127.0.0.1:8400/#${secret}`,
      `ocapn://${designator}.websocket/s/${secret}?url=ws%3A%2F%2Fx`,
      `["enliven",["${secret}"]]`,
      `${secret}\n${secret}`,
      `word${secret}word`,
      `${designator}${secret}`,
      `${secret}-${swiss()}`,
    ];
    for (const line of lines) assert.equal(redact(line).includes(secret), false, line);
  }
});

test('what is no secret stays readable', () => {
  for (const line of [
    'The vat host ended',
    `The node ${designator} was seen at ws://127.0.0.1:8400/link`,
    `ocapn://${designator}.websocket?url=ws%3A%2F%2Fx`,
  ]) {
    assert.equal(redact(line), line);
  }
  assert.equal(
    redact(`to ocapn://${designator}.websocket/s/${swiss()}?url=x or not`),
    `to ocapn://${designator}.websocket/s/(secret)?url=x or not`,
  );
});

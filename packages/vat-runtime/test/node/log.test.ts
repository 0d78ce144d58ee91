import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import test from 'node:test';
import { makeProcessLog, maxWaitingBytes } from '#src/node/log.js';

const textOf = (stream: PassThrough): string => String(stream.read() ?? '');

test('JSON lines have level, time, event and the fields that are declared', () => {
  const stream = new PassThrough();
  const log = makeProcessLog('json', 'debug', stream);
  log.tell('vat.slept', { vat: '1' });
  log.tell('vat.line', { vat: '2', label: 'a "label"', line: 'one\ntwo' });
  const [line, ...rest] = textOf(stream).split('\n');
  assert.deepEqual(rest, ['']);
  const { time, ...others } = JSON.parse(line!);
  assert.ok(Math.abs(time - Date.now()) < 60_000);
  assert.deepEqual(others, {
    level: 'info',
    event: 'vat.line',
    vat: '2',
    label: 'a "label"',
    line: 'one\ntwo',
  });
});

for (const form of ['text', 'json'] as const) {
  test(`a reader of ${form} who does not read costs bounded memory, and learns how much is missing`, () => {
    let proceed = () => {};
    const read: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, callback) {
        read.push(String(chunk));
        proceed = callback;
      },
    });
    const log = makeProcessLog(form, 'info', stream);
    for (let vat = 0; vat < 5000; vat += 1) {
      log.tell('vat.line', { vat: String(vat), label: 'x', line: '. '.repeat(4000) });
    }
    assert.ok(stream.writableLength > maxWaitingBytes);
    assert.ok(stream.writableLength < maxWaitingBytes + 20_000);
    while (stream.writableLength > 0) proceed();
    log.tell('vat.line', { vat: '1', label: 'x', line: 'there' });
    while (stream.writableLength > 0) proceed();
    const missing = 5000 - (read.length - 2);
    assert.ok(missing > 1000);
    assert.match(
      read.at(-2)!,
      form === 'text' ? RegExp(`^${missing} lines `) : RegExp(`"lines":${missing}}`),
    );
    assert.match(read.at(-1)!, /there/);
  });
}

test('a reader that is gone does not end the node', async () => {
  const stream = new PassThrough();
  const log = makeProcessLog('text', 'info', stream);
  stream.destroy(Error('EPIPE'));
  await new Promise((resolve) => setImmediate(resolve));
  log.tell('vat.line', { vat: '1', label: 'x', line: 'y' });
  await new Promise((resolve) => setImmediate(resolve));
});

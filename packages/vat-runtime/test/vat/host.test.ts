import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { bundleVat } from '@pocas/vat-runtime/node';
import { digests } from '#src/machine/integrity.js';
import { type HostCommand, type HostReport, makeVatHost } from '#src/vat/host.js';

const module = fileURLToPath(new URL('../../../test/fixtures/counter.ts', import.meta.url));

test('a vat that is loaded anew goes on from what it wrote, and its reports tell the loads apart', async () => {
  const { text } = await bundleVat(module);
  const reports: (HostReport & { type: 'crank' })[] = [];
  const host = makeVatHost({
    read: () => undefined,
    drained: () => new Promise((resolve) => setImmediate(resolve)),
    report: (report) => reports.push(report as HostReport & { type: 'crank' }),
    idle: () => {},
    makeConsole: () => ({}),
    digests,
  });
  const load = (number: number): HostCommand => ({
    type: 'load',
    vat: '1',
    load: number,
    module: 'counter',
    incarnation: `i${number}`,
  });
  const call = (questionID: string, target: string, method: string, args: string): HostCommand => ({
    type: 'deliver',
    vat: '1',
    delivery: {
      kind: 'message',
      message: {
        type: 'CTP_CALL',
        epoch: 0,
        questionID,
        target,
        method: { body: `["${method}",[${args}]]`, slots: [] },
      },
    },
    time: 0n,
  });
  const big = (digits: string) => `{"@qclass":"bigint","digits":"${digits}"}`;

  // Given all at once: the second load comes while the cranks of the first are on their way.
  host.command({ type: 'module', module: 'counter', text });
  host.command(load(1));
  host.command(call('q+1', 'o-dvat', 'make', `{},{"start":${big('5')}},{}`));
  host.command(call('q+2', 'o-d1.counter', 'add', big('2')));
  host.command(load(2));
  host.command(call('q+1', 'o-d1.counter', 'get', ''));
  await host.stop();

  assert.deepEqual(
    reports.map(({ load: number }) => number),
    [1, 1, 2],
  );
  const answers = reports.map(({ crank }) =>
    crank.messages.find(({ type }) => type === 'CTP_RETURN'),
  );
  assert.match(JSON.stringify(answers[1]), /digits\\":\\"7/);
  assert.match(JSON.stringify(answers[2]), /digits\\":\\"7/);
  assert.deepEqual(reports[2]!.crank.rows, []);
});

test('a row that cannot be read ends its vat and nothing else, whatever it was read for', async () => {
  const { text } = await bundleVat(module);
  for (const item of [
    { kind: 'timer', timer: 5, item: 'in/1/1' },
    {
      kind: 'answer',
      send: 5,
      outcome: { ok: true, data: { body: '#1', slots: [] } },
      item: 'in/1/1',
    },
    {
      kind: 'send',
      target: 'd5.counter',
      method: 'get',
      args: { body: '#[]', slots: [] },
      item: 'in/1/1',
    },
  ] as const) {
    const reports: HostReport[] = [];
    const host = makeVatHost({
      read(vat, key) {
        if (vat === '1' && /^[ato]\/5$/.test(key)) throw Error(`row ${key} is damaged`);
        return undefined;
      },
      drained: () => new Promise((resolve) => setImmediate(resolve)),
      report: (report) => reports.push(report),
      idle: () => {},
      makeConsole: () => ({}),
      digests,
    });
    const load = (vat: string) =>
      host.command({ type: 'load', vat, load: Number(vat), module: 'counter', incarnation: vat });
    host.command({ type: 'module', module: 'counter', text });
    load('1');
    load('2');
    host.command({ type: 'deliver', vat: '1', delivery: item, time: 0n });
    // Those that were on their way to it are left to its next load.
    host.command({ type: 'deliver', vat: '1', delivery: { ...item, item: 'in/1/2' }, time: 0n });
    host.command({ type: 'deliver', vat: '2', delivery: { ...item, item: 'in/2/1' }, time: 0n });
    await host.stop();
    assert.deepEqual(
      reports.map((report) =>
        report.type === 'failed' ? report.reason : 'done' in report ? report.done : report.type,
      ),
      [`row ${{ timer: 't', answer: 'a', send: 'o' }[item.kind]}/5 is damaged`, 'in/2/1'],
    );
  }
});

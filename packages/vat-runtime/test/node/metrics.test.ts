import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { E } from '@endo/eventual-send';
import { makeFaultyStorage, makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import { type Meters, type Metric, maxLabelValues, metrics } from '#src/monitor/metrics.js';
import { makeMetrics } from '#src/node/metrics.js';
import { parseMetrics, valuesOf } from '../monitor/exposition.ts';
import { fixture } from './nodes.ts';

type Counter = { add(by: bigint): Promise<bigint>; addThenFail(by: bigint): Promise<void> };

const zero = Object.fromEntries(Object.keys(metrics).map((name) => [name, () => 0]));

test('every metric that is declared is there, of its type and with its labels only', async () => {
  const node = await makeTestNode();
  await node.makeVat({ module: fixture('counter'), label: 'counter', params: { start: 5n } });
  const families = parseMetrics(await node.metrics());
  assert.deepEqual([...families.keys()].toSorted(), Object.keys(metrics).toSorted());
  for (const [name, { type, help, label }] of Object.entries<Metric>(metrics)) {
    const family = families.get(name)!;
    assert.deepEqual([family.type, family.help], [type.toUpperCase(), help], name);
    if (type === 'histogram') assert.ok(Object.keys(family.metrics[0]!.buckets!).length > 5, name);
    else if (label === undefined) assert.equal(family.metrics.length, 1, name);
    else if (label.values !== undefined) {
      assert.deepEqual(
        family.metrics.map(({ labels }) => labels),
        // Numbers among the keys of a record come in an order of their own.
        family.metrics.map(({ labels }) => ({ [label.name]: Object.values(labels!)[0] })),
      );
      assert.deepEqual(
        family.metrics.map(({ labels }) => labels![label.name]).toSorted(),
        label.values.toSorted(),
        name,
      );
    }
  }
  await node.stop();
});

test('metrics count what was done, and name nobody', async () => {
  const node = await makeTestNode();
  const label = 'a-label-that-nobody-else-has';
  const counter = (await node.makeVat({
    module: fixture('counter'),
    label,
    params: { start: 5n },
  })) as Counter;
  const before = await node.metrics();
  await E(counter).add(1n);
  await assert.rejects(E(counter).addThenFail(1n));
  await node.sessions.provide('a-session-of-somebody');
  const after = await node.metrics();
  const grew = (name: string, by = '') =>
    (valuesOf(after, name)[by] ?? 0) - (valuesOf(before, name)[by] ?? 0);
  assert.equal(grew('pocas_calls_total'), 2);
  assert.equal(grew('pocas_failed_calls_total'), 1);
  assert.ok(grew('pocas_deliveries_total', 'message') >= 2);
  assert.ok(grew('pocas_cranks_total') >= 2);
  assert.equal(grew('pocas_web_sessions'), 1);
  assert.equal(grew('pocas_connections', 'session'), 1);
  assert.equal(valuesOf(after, 'pocas_vats')['awake'], 1);
  const written = parseMetrics(after).get('pocas_store_write_seconds')!.metrics[0]!;
  assert.ok(Number(written.count) >= valuesOf(before, 'pocas_store_batches_total')['']!);
  for (const name of [label, 'a-session-of-somebody', node.designator]) {
    assert.ok(!after.includes(name), name);
  }
  await node.stop();
});

test('while the disk stands still, metrics tell of the machine and not of what vats did', async () => {
  const faults = makeFaultyStorage(makeMemoryStorage());
  const node = await makeTestNode({ storage: faults.storage });
  const counter = (await node.makeVat({
    module: fixture('counter'),
    label: 'counter',
    params: { start: 5n },
  })) as Counter;
  await node.settled();
  faults.hold();
  const adding = E(counter).add(1n);
  // The turn is done when its batch waits.
  while (faults.held().length === 0) await new Promise((resolve) => setImmediate(resolve));
  // The node's own timers do not keep a process running.
  const running = setInterval(() => {}, 1000);
  const shown = parseMetrics(await node.metrics());
  clearInterval(running);
  const live = Object.entries<Metric>(metrics).filter(([, { isLive }]) => isLive);
  assert.deepEqual([...shown.keys()].toSorted(), live.map(([name]) => name).toSorted());
  assert.ok(Number(shown.get('pocas_store_waiting_characters')!.metrics[0]!.value) > 0);
  faults.release();
  assert.equal(await adding, 6n);
  assert.ok(parseMetrics(await node.metrics()).has('pocas_vats'));
  await node.stop();
});

test('a label has a bounded number of values, whatever is read', async () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`reason ${i}`, 1]));
  const { text } = makeMetrics({
    meters: {
      ...(zero as unknown as Meters),
      pocas_violations_total: () => many,
      pocas_vats: () => ({ awake: 1, asleep: 2, suspended: 3, ['vat "a"\n']: 4 }),
    },
    gate: (release) => release(),
    after: () => () => {},
  });
  const read = await text();
  const violations = valuesOf(read, 'pocas_violations_total');
  assert.equal(Object.keys(violations).length, maxLabelValues + 1);
  assert.equal(violations['other'], 1000 - maxLabelValues);
  assert.deepEqual(valuesOf(read, 'pocas_vats'), { awake: 1, asleep: 2, suspended: 3, other: 4 });
});

test('one reading serves all who ask meanwhile, and one that fails leaves all as it was', async () => {
  let readings = 0;
  const { text } = makeMetrics({
    meters: {
      ...(zero as unknown as Meters),
      pocas_links: () => (readings += 1),
      pocas_timers: () => {
        if (readings > 1) throw Error('a damaged row');
        return 7;
      },
    },
    gate: (release) => release(),
    after: () => () => {},
  });
  const [first] = await Promise.all(Array.from({ length: 100 }, () => text()));
  assert.equal(readings, 1);
  assert.deepEqual(valuesOf(first!, 'pocas_timers'), { '': 7 });
  const second = await text();
  assert.deepEqual(valuesOf(second, 'pocas_timers'), { '': 7 });
  assert.deepEqual(valuesOf(second, 'pocas_links'), { '': 2 });
});

/** The tables of docs/operating.md are those of the sources. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { events } from '#src/monitor/events.js';
import { type Metric, metrics } from '#src/monitor/metrics.js';

const text = readFileSync(new URL('../../../../../docs/operating.md', import.meta.url), 'utf8');

/** The cells of the table below a heading. */
const tableUnder = (heading: string): string[][] =>
  (text.split(`\n### ${heading}\n`)[1]?.split(/\n##/)[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('docs/operating.md lists every metric, and none that is not there', () => {
  const rows = Object.entries<Metric>(metrics).map(([name, { type, help, label, isLive }]) => [
    `\`${name}\``,
    type,
    label === undefined ? '' : `\`${label.name}\``,
    isLive ? 'yes' : '',
    help,
  ]);
  assert.deepEqual(tableUnder('Metrics'), rows);
});

test('docs/operating.md lists every event of the log, and none that is not there', () => {
  const rows = Object.entries(events).map(([name, { level, means, fields }]) => [
    `\`${name}\``,
    level,
    Object.keys(fields)
      .map((field) => `\`${field}\``)
      .join(' '),
    means,
  ]);
  assert.deepEqual(tableUnder('Events of the log'), rows);
});

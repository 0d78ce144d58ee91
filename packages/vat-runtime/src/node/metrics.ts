/** Metrics as text, in the form that Prometheus reads. */
import harden from '@endo/harden';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  type HistogramName,
  type Meters,
  type MetricName,
  maxLabelValues,
  metrics,
} from '../monitor/metrics.ts';

export type Metrics = {
  observe(name: HistogramName, seconds: number): void;
  /**
   * All metrics, read now. What tells of the doings of vats waits for the disk as all output does;
   * where that takes long, the text is without it.
   */
  text(): Promise<string>;
};

export type MetricsPowers = {
  readonly meters: Meters;
  readonly gate: (release: () => void, size: number) => void;
  readonly after: (milliseconds: number, task: () => void) => () => void;
};

/** How long the disk may take before the metrics are shown without what waits for it. */
const patienceMilliseconds = 1000;

type Reading = { readonly [label: string]: number };

/** The same, with no more values of the label than there may be. */
const bounded = (name: MetricName, reading: Reading) => {
  const allowed = metrics[name].label?.values ?? Object.keys(reading).slice(0, maxLabelValues);
  const values = new Map<string, number>();
  for (const [value, number] of Object.entries(reading)) {
    const label = allowed.includes(value) ? value : 'other';
    values.set(label, (values.get(label) ?? 0) + number);
  }
  return values;
};

const addMetric = (registry: Registry, name: MetricName, read: () => number | Reading): void => {
  const { type, help, label } = metrics[name];
  const labelNames = label === undefined ? [] : [label.name];
  const options = { name, help, labelNames, registers: [registry] };
  const collect = (metric: Gauge | Counter) => {
    let reading;
    try {
      reading = read();
    } catch {
      // It stays as it was, and the others are read all the same.
      return;
    }
    metric.reset();
    if (typeof reading === 'number') return metric.inc(reading);
    for (const [value, number] of bounded(name, reading)) {
      metric.inc({ [label!.name]: value }, number);
    }
  };
  const Kind = type === 'gauge' ? Gauge : Counter;
  const metric: Gauge | Counter = new Kind({ ...options, collect: () => collect(metric) });
};

export const makeMetrics = ({ meters, gate, after }: MetricsPowers): Metrics => {
  const live = new Registry();
  const told = new Registry();
  const histograms = new Map<string, Histogram>();
  for (const [name, { type, help, isLive, buckets = [] }] of Object.entries(metrics)) {
    const registry = isLive ? live : told;
    if (type === 'histogram') {
      const options = { name, help, buckets: [...buckets], registers: [registry] };
      histograms.set(name, new Histogram(options));
    } else {
      // The casts hold: the meters are those of the table, but for histograms.
      addMetric(registry, name as MetricName, meters[name as keyof Meters]);
    }
  }

  const whenTold = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const cancel = after(patienceMilliseconds, () => resolve(''));
      gate(() => {
        cancel();
        resolve(text);
      }, text.length);
    });

  const read = async () => {
    const now = await told.metrics();
    // Those that are live are read last: they are as they are when the text leaves.
    const after = await whenTold(now);
    return `${await live.metrics()}${after}`;
  };
  /** One reading serves all who ask meanwhile, so that nobody makes work by asking often. */
  let reading: Promise<string> | undefined;
  return harden({
    observe: (name: HistogramName, seconds: number) => histograms.get(name)!.observe(seconds),
    text() {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  });
};

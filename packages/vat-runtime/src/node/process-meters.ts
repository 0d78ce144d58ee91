/** What a process says about itself. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Meters } from '../monitor/metrics.ts';

export type ProcessMeters = {
  readonly meters: Pick<
    Meters,
    | 'pocas_process_start_time_seconds'
    | 'pocas_process_cpu_seconds_total'
    | 'pocas_process_resident_bytes'
    | 'pocas_process_heap_bytes'
    | 'pocas_event_loop_delay_seconds'
  >;
  stop(): void;
};

/** How often the delay is looked at. Longer than needed to see what people feel, so that it costs nothing. */
const resolution = 50;

export const startProcessMeters = (): ProcessMeters => {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  /** The time between two looks is the resolution and what came too late. */
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolution / 1000);
  const started = Date.now() / 1000 - process.uptime();
  return Object.freeze({
    meters: Object.freeze({
      pocas_process_start_time_seconds: () => Math.round(started * 1000) / 1000,
      pocas_process_cpu_seconds_total: () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
      pocas_process_resident_bytes: () => process.memoryUsage.rss(),
      pocas_process_heap_bytes: () => process.memoryUsage().heapUsed,
      pocas_event_loop_delay_seconds: () => {
        const seen = {
          '0.5': late(delay.percentile(50)),
          '0.99': late(delay.percentile(99)),
          '1': late(delay.max),
        };
        delay.reset();
        return seen;
      },
    }),
    stop: () => void delay.disable(),
  });
};

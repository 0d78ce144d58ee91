/** The machine's time, which a test lets jump ahead: for deadlines of days in processes that run for seconds. */
import type { startNode } from '@pocas/vat-runtime/node';

type TimeSource = NonNullable<Parameters<typeof startNode>[0]['time']>;

export type LeapTime = TimeSource & {
  /** Both clocks go ahead at once, and what became due runs, in order. */
  leap(milliseconds: number): void;
};

type Task = { readonly due: number; readonly run: () => void; timer: NodeJS.Timeout };

/** @param ahead - how far it had leapt before, where the process was started again */
export const makeLeapTime = (ahead: number): LeapTime => {
  let offset = ahead;
  const tasks = new Set<Task>();
  const monotonic = () => performance.now() + offset;
  const arm = (task: Omit<Task, 'timer'>): NodeJS.Timeout => {
    const timer = setTimeout(task.run, Math.max(task.due - monotonic(), 0));
    timer.unref();
    return timer;
  };
  return Object.freeze({
    wall: () => Date.now() + offset,
    monotonic,
    after(milliseconds: number, work: () => void) {
      const due = monotonic() + milliseconds;
      const run = () => {
        tasks.delete(task);
        work();
      };
      const task: Task = { due, run, timer: arm({ due, run }) };
      tasks.add(task);
      return () => {
        clearTimeout(task.timer);
        tasks.delete(task);
      };
    },
    leap(milliseconds: number) {
      offset += milliseconds;
      for (const task of [...tasks].sort((a, b) => a.due - b.due)) {
        clearTimeout(task.timer);
        if (task.due <= monotonic() && tasks.has(task)) task.run();
        else task.timer = arm(task);
      }
    },
  });
};

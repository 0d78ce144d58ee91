/** The thread of `solving.ts`: a pure function with a telephone. */
import { parentPort, workerData } from 'node:worker_threads';
import { remainingOf, setOff, settle } from '@pocas/clearing/setoff';
import type { Solved, SolvingMessage, Task } from './solving.ts';

const nothing = { recall: 0n, pays: 0n };

const say = (message: SolvingMessage): void => parentPort!.postMessage(message);

const solveAll = (tasks: readonly Task[]): readonly Solved[] => {
  const sizes = tasks.map(({ network }) => network.obligations.length + 1);
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  return tasks.map(({ network, wishes, known, hub }, i) => {
    // The payments of what remains are another problem of about the same size.
    const tell = (half: 0 | 1) => (done: number) =>
      say({ progress: (before + (sizes[i]! * (half + done)) / 2) / whole });
    const result = known ?? setOff(network, { progress: tell(0) });
    const byName = wishes && new Map(wishes.map(([name, ...wish]) => [name, wish]));
    const wishesOf =
      byName &&
      ((name: string) => {
        const wish = byName.get(name);
        return wish === undefined ? nothing : { recall: wish[0], pays: wish[1] };
      });
    const settlement = settle(remainingOf(network, result), wishesOf, {
      ...(hub === undefined ? {} : { hub }),
      control: { progress: tell(1) },
    });
    before += sizes[i]!;
    return { result, settlement };
  });
};

try {
  // The cast holds: `solveTasks` starts this thread.
  say({ done: solveAll(workerData as readonly Task[]) });
} catch (error) {
  say({ error: (error as Error).message });
}

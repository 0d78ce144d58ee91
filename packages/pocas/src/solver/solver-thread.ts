/**
 * The thread that solves: a pure function with no authority, over numbers that name nobody.
 * It is not locked down. On Node 20 `lockdown()` makes each store into a typed array a hundred times
 * slower, and nothing here meets a capability or text of others that runs.
 */
import { parentPort } from 'node:worker_threads';
import {
  columnsOf,
  packSolution,
  solutionOf,
  solveColumns,
  unpackProblem,
} from '@pocas/clearing/setoff';
import type { Done, Said, Task } from './thread-wire.ts';

const port = parentPort!;
const say = (said: Said, moved: ArrayBuffer[] = []) => port.postMessage(said, moved);

const carryOut = (task: Task): { done: Done; moved: ArrayBuffer[] } => {
  const { id } = task;
  const progress = (part: number) => say({ id, progress: part });
  if ('packed' in task) {
    const solved = solveColumns(columnsOf(unpackProblem(task.packed)), { progress });
    return { done: { packed: packSolution(solutionOf(solved)) }, moved: [] };
  }
  const { flow, price } = solveColumns(task.columns, { progress });
  // Both are of buffers of their own, which the thread does not share.
  return { done: { flow, price }, moved: [flow.buffer, price.buffer] as ArrayBuffer[] };
};

port.on('message', (task: Task) => {
  const { id } = task;
  try {
    const { done, moved } = carryOut(task);
    say({ id, done }, moved);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : Error('it failed');
    say({ id, failed: { name, message } });
  }
});

/** Solves in a thread of its own: the main one is locked down, where typed arrays are slow, and would not hear Ctrl-C. */
import { Worker } from 'node:worker_threads';
import type { Network, Result, Settlement } from '@pocas/clearing/setoff';
import type { Part } from './circle.ts';

/** What one currency comes to. */
export type Solved = { readonly result: Result; readonly settlement: Settlement };

/** What is asked of the thread, for each currency. */
export type Task = {
  readonly network: Network;
  /** Of each participant that has any. Undefined: everybody recalls all and can pay all. */
  readonly wishes?: readonly (readonly [participant: string, recall: bigint, pays: bigint])[];
  /** Where the set-off is known, only what remains of it is planned. */
  readonly known?: Result;
  readonly hub?: string;
};

/** What the thread says. Of an error only the words, since they are for people. */
export type SolvingMessage =
  { readonly progress: number } | { readonly done: readonly Solved[] } | { readonly error: string };

export type SolvingOptions = {
  /** From 0 to 1. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
};

/** Somebody pressed Ctrl-C, or said so otherwise. */
export class CancelledSolvingError extends Error {
  constructor() {
    super('Cannot solve: it was cancelled');
    this.name = 'CancelledSolvingError';
  }
}

export const networkOf = ({ debts, lines }: Part): Network => ({
  obligations: debts.map(({ origin, debtor, creditor, amount, due, priority, weight }) => ({
    ...{ origin, debtor, creditor, amount },
    ...(due === undefined ? {} : { due }),
    ...(priority === undefined ? {} : { priority }),
    ...(weight === undefined ? {} : { weight }),
  })),
  lines: lines.map(({ origin, lender, borrower, limit }) => ({ origin, lender, borrower, limit })),
});

/** @throws Error with the solver's words; CancelledSolvingError */
export const solveTasks = (
  tasks: readonly Task[],
  { onProgress, signal }: SolvingOptions = {},
): Promise<readonly Solved[]> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new CancelledSolvingError());
    const worker = new Worker(new URL('./solving-worker.js', import.meta.url), {
      workerData: tasks,
    });
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', cancel);
      // What it still says is of no interest.
      void worker.terminate();
      settle();
    };
    const cancel = () => end(() => reject(new CancelledSolvingError()));
    signal?.addEventListener('abort', cancel);
    worker.on('message', (message: SolvingMessage) => {
      if ('progress' in message) onProgress?.(message.progress);
      else if ('error' in message) end(() => reject(Error(message.error)));
      else end(() => resolve(message.done));
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      const words =
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'Cannot solve: there is not enough memory for so many obligations'
          : `Cannot solve: ${error.message}`;
      end(() => reject(Error(words)));
    });
  });

/** All currencies of a circle. @param areWishesKnown - whether there is a file of them */
export const tasksOf = (
  parts: readonly Part[],
  areWishesKnown: boolean,
  hub?: string,
): readonly Task[] =>
  parts.map((part) => ({
    network: networkOf(part),
    ...(areWishesKnown
      ? { wishes: part.wishes.map((wish) => [wish.participant, wish.recall, wish.pays] as const) }
      : {}),
    ...(hub === undefined ? {} : { hub }),
  }));

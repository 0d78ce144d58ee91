/**
 * Solves set-offs on a thread beside: one thread at most, started when there is work, and ended
 * when there was none for a while. Whoever asks goes on meanwhile.
 */
import { Worker } from 'node:worker_threads';
import {
  CancelledError,
  type Problem,
  type Solution,
  columnsOf,
  solutionOf,
} from '@pocas/clearing/setoff';
import { makeFairQueue } from './fair-queue.ts';
import type { Done, Said, Work } from './thread-wire.ts';

export type SolveOptions = {
  /** Ends it, waiting or under way; the promise rejects with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Told how much is done, from 0 to 1. */
  readonly progress?: (done: number) => void;
  /** Who asks: callers have turns, and each a bound of its own. Default: all are one. */
  readonly caller?: string;
};

export type SolverLimits = {
  /** Milliseconds that one problem may take. Past it the thread is ended. */
  readonly maxMilliseconds: number;
  /**
   * What may wait of one caller, and of all, in bytes; a problem counts 1,000 at least. One of a caller of
   * whom nothing waits may be larger.
   */
  readonly maxWaitingOfCaller: number;
  readonly maxWaiting: number;
  /** Milliseconds without work after which the thread ends. */
  readonly idleMilliseconds: number;
};

/**
 * Ten minutes are a hundred times what 100,000 participants take. A round of thousands has many small
 * components, and asks for all of them at once.
 */
const defaultSolverLimits: SolverLimits = Object.freeze({
  maxMilliseconds: 600_000,
  maxWaitingOfCaller: 16_000_000,
  maxWaiting: 128_000_000,
  idleMilliseconds: 10_000,
});

/** Of the four columns of an edge: what a large problem costs to wait, roughly. */
const bytesOfEdge = 24;
const minBytes = 1000;

export type SolverPool = {
  /**
   * As `solveProblem`.
   * @throws CancelledError; RangeError, TypeError as `solveProblem`, and where it takes too long; Error where
   * too many wait, or the pool was stopped
   */
  solve(problem: Problem, options?: SolveOptions): Promise<Solution>;
  /** The same, of one text, and to one: see `packProblem`. All work on it is done on the thread. */
  solvePacked(packed: string, options?: SolveOptions): Promise<string>;
  /** Ends the thread and refuses all that waits. */
  stop(): void;
};

type Job = {
  /** Made when its turn comes, so what waits is held once. */
  readonly begin: () => { readonly work: Work; readonly moved: ArrayBuffer[] };
  readonly progress: ((done: number) => void) | undefined;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: unknown) => void;
};

const errors: ReadonlyMap<string, (message: string) => Error> = new Map([
  ['RangeError', RangeError],
  ['TypeError', TypeError],
  ['SyntaxError', SyntaxError],
]);

const errorOf = ({ name, message }: { name: string; message: string }): Error =>
  (errors.get(name) ?? Error)(message);

/** A thread without this process's flags: a preload could lock it down, and `env` is not its business. */
const startThread = (): Worker =>
  new Worker(new URL('./solver-thread.js', import.meta.url), {
    name: 'solver',
    execArgv: [],
    env: {},
  });

export const makeSolverPool = (limits: Partial<SolverLimits> = {}): SolverPool => {
  const { maxMilliseconds, maxWaitingOfCaller, maxWaiting, idleMilliseconds } = {
    ...defaultSolverLimits,
    ...limits,
  };
  const queue = makeFairQueue<Job>(maxWaitingOfCaller, maxWaiting);
  let thread: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let running:
    { readonly id: number; readonly job: Job; readonly late: NodeJS.Timeout } | undefined;
  let lastId = 0;
  let isStopped = false;

  const endThread = () => {
    clearTimeout(idle);
    const ended = thread;
    thread = undefined;
    void ended?.terminate();
  };

  /** The work under way is over, one way or another. */
  const finish = (): Job | undefined => {
    const job = running?.job;
    clearTimeout(running?.late);
    running = undefined;
    return job;
  };

  /** Ends what runs, and the thread with it: nothing else stops it for sure. */
  const abandon = (error: unknown) => {
    endThread();
    finish()?.reject(error);
    runNext();
  };

  const hear = (said: Said) => {
    if (said.id !== running?.id) return;
    if ('progress' in said) {
      try {
        running.job.progress?.(said.progress);
      } catch (error) {
        abandon(error);
      }
      return;
    }
    const job = finish()!;
    if ('done' in said) job.resolve(said.done);
    else job.reject(errorOf(said.failed));
    runNext();
  };

  const provideThread = (): Worker => {
    clearTimeout(idle);
    if (thread !== undefined) return thread;
    const started = startThread();
    thread = started;
    const end = (reason: string) => {
      if (thread === started) abandon(Error(`Cannot solve: the solver's thread ${reason}`));
    };
    started.on('message', (said: Said) => {
      if (thread === started) hear(said);
    });
    started.on('error', (error: NodeJS.ErrnoException) =>
      end(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'used too much memory'
          : `failed (${error.code ?? error.name})`,
      ),
    );
    started.on('exit', () => end('ended'));
    // While something is under way the wait for it keeps the process from its end, and nothing does
    // afterwards. Listeners would undo this if they came later.
    started.unref();
    return started;
  };

  /** Gives it to the thread; where it is malformed, rejects it. */
  const begin = (job: Job): void => {
    try {
      const { work, moved } = job.begin();
      const to = provideThread();
      lastId += 1;
      const seconds = maxMilliseconds / 1000;
      const late = setTimeout(
        () => abandon(RangeError(`Cannot solve: it takes longer than ${seconds} seconds`)),
        maxMilliseconds,
      );
      running = { id: lastId, job, late };
      to.postMessage({ id: lastId, ...work }, moved);
    } catch (error) {
      finish();
      job.reject(error);
    }
  };

  const runNext = (): void => {
    // One that cannot begin is rejected, and the next takes its place.
    while (running === undefined) {
      const job = queue.take();
      if (job === undefined) {
        clearTimeout(idle);
        if (thread !== undefined) idle = setTimeout(endThread, idleMilliseconds).unref();
        return;
      }
      begin(job);
    }
  };

  const run = (
    begin: Job['begin'],
    bytes: number,
    { signal, progress, caller = '' }: SolveOptions,
  ): Promise<Done> =>
    new Promise((resolve, reject) => {
      if (isStopped) return reject(Error('Cannot solve: the solver was stopped'));
      if (signal?.aborted === true) return reject(new CancelledError());
      const cancel = () => {
        if (running?.job === job) abandon(new CancelledError());
        else if (queue.remove(job)) job.reject(new CancelledError());
      };
      const job: Job = {
        begin,
        progress,
        resolve(done) {
          signal?.removeEventListener('abort', cancel);
          resolve(done);
        },
        reject(error) {
          signal?.removeEventListener('abort', cancel);
          reject(error);
        },
      };
      if (!queue.add(caller, job, Math.max(bytes, minBytes))) {
        return reject(Error(`Cannot solve: ${queue.count} problems wait already; try again later`));
      }
      signal?.addEventListener('abort', cancel, { once: true });
      runNext();
    });

  return Object.freeze({
    async solve(problem: Problem, options: SolveOptions = {}) {
      const begin = () => {
        const columns = columnsOf(problem);
        const { from, to, cap, weight } = columns;
        const moved = [from, to, cap, weight].map(({ buffer }) => buffer as ArrayBuffer);
        return { work: { columns }, moved };
      };
      const done = await run(begin, bytesOfEdge * problem.debtors.length, options);
      // As the work came, so comes what is done.
      return solutionOf(done as Extract<Done, { flow: unknown }>);
    },
    async solvePacked(packed: string, options: SolveOptions = {}) {
      const done = await run(() => ({ work: { packed }, moved: [] }), packed.length, options);
      return (done as Extract<Done, { packed: unknown }>).packed;
    },
    stop() {
      isStopped = true;
      endThread();
      const stopped = () => Error('Cannot solve: the solver was stopped');
      finish()?.reject(stopped());
      for (let job = queue.take(); job !== undefined; job = queue.take()) job.reject(stopped());
    },
  });
};

/** Solves one problem on a thread that ends with it: for commands. */
export const solveInThread = async (
  problem: Problem,
  options: Omit<SolveOptions, 'caller'> & Pick<Partial<SolverLimits>, 'maxMilliseconds'> = {},
): Promise<Solution> => {
  const { maxMilliseconds = defaultSolverLimits.maxMilliseconds, ...rest } = options;
  const pool = makeSolverPool({ maxMilliseconds });
  try {
    return await pool.solve(problem, rest);
  } finally {
    pool.stop();
  }
};

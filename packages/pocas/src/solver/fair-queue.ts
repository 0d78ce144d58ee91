/** What waits for something that does one thing at a time, fairly between those who ask. */

export type FairQueue<Job> = {
  /** @returns whether there was room: for this caller, and in all */
  add(caller: string, job: Job): boolean;
  /** The first of the caller whose turn it is; the next turn is another's. */
  take(): Job | undefined;
  /** @returns whether it was there */
  remove(job: Job): boolean;
  readonly size: number;
};

/** Callers in turn, one job each: who asks for much waits for itself, and for one job of each other. */
export const makeFairQueue = <Job>(maxOfCaller: number, maxInAll: number): FairQueue<Job> => {
  // A map keeps the order in which its keys came, so its first is whose turn it is.
  const waiting = new Map<string, Job[]>();
  let size = 0;
  return {
    add(caller, job) {
      const jobs = waiting.get(caller) ?? [];
      if (jobs.length >= maxOfCaller || size >= maxInAll) return false;
      jobs.push(job);
      waiting.set(caller, jobs);
      size += 1;
      return true;
    },
    take() {
      const [first] = waiting;
      if (first === undefined) return undefined;
      const [caller, jobs] = first;
      const job = jobs.shift();
      size -= 1;
      waiting.delete(caller);
      if (jobs.length > 0) waiting.set(caller, jobs);
      return job;
    },
    remove(job) {
      for (const [caller, jobs] of waiting) {
        const at = jobs.indexOf(job);
        if (at === -1) continue;
        jobs.splice(at, 1);
        if (jobs.length === 0) waiting.delete(caller);
        size -= 1;
        return true;
      }
      return false;
    },
    get size() {
      return size;
    },
  };
};

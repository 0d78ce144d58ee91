/** What waits for something that does one thing at a time, fairly between those who ask. */

export type FairQueue<Job> = {
  /**
   * @param size - what it costs to wait, above zero
   * @returns whether there was room: for this caller, and in all. There is for a caller of whom nothing waits,
   * unless what others have waiting fills it all
   */
  add(caller: string, job: Job, size: number): boolean;
  /** The first of the caller whose turn it is; the next turn is another's. */
  take(): Job | undefined;
  /** @returns whether it was there */
  remove(job: Job): boolean;
  /** How many wait. */
  readonly count: number;
};

/** Of one caller. */
type Line<Job> = { readonly jobs: { readonly job: Job; readonly size: number }[]; size: number };

/** Callers in turn, one job each: who asks for much waits for itself, and for one job of each other. */
export const makeFairQueue = <Job>(maxOfCaller: number, maxInAll: number): FairQueue<Job> => {
  // A map keeps the order in which its keys came, so its first is whose turn it is.
  const lines = new Map<string, Line<Job>>();
  let size = 0;
  let count = 0;
  /** @returns the job at a place of a line, which is not there any more */
  const takeOut = (caller: string, line: Line<Job>, at: number): Job => {
    const [out] = line.jobs.splice(at, 1);
    line.size -= out!.size;
    size -= out!.size;
    count -= 1;
    if (line.jobs.length === 0) lines.delete(caller);
    return out!.job;
  };
  return {
    add(caller, job, each) {
      const line = lines.get(caller) ?? { jobs: [], size: 0 };
      if (line.size > 0 && line.size + each > maxOfCaller) return false;
      if (size > 0 && size + each > maxInAll) return false;
      line.jobs.push({ job, size: each });
      line.size += each;
      size += each;
      count += 1;
      lines.set(caller, line);
      return true;
    },
    take() {
      const [first] = lines;
      if (first === undefined) return undefined;
      const [caller, line] = first;
      const job = takeOut(caller, line, 0);
      if (lines.delete(caller)) lines.set(caller, line);
      return job;
    },
    remove(job) {
      for (const [caller, line] of lines) {
        const at = line.jobs.findIndex((each) => each.job === job);
        if (at === -1) continue;
        takeOut(caller, line, at);
        return true;
      }
      return false;
    },
    get count() {
      return count;
    },
  };
};

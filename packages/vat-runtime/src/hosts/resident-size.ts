/** How much memory another process takes. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where there is no /proc, `ps` is asked this often at most, in milliseconds. */
const asksEvery = 1000;

/** @returns what answers the resident size in bytes, or undefined where it is not known (yet, or any more) */
export const makeResidentSize = (
  pid: number,
  monotonic: () => number = () => performance.now(),
): (() => number | undefined) => {
  if (process.platform === 'linux') {
    return () => {
      try {
        const [, kibibytes] =
          /^VmRSS:\s*([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
        return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
      } catch {
        return undefined;
      }
    };
  }
  let known: number | undefined;
  let askedAt = -Infinity;
  return () => {
    if (monotonic() - askedAt >= asksEvery) {
      askedAt = monotonic();
      execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, output) => {
        known = error === null ? Number(output) * 1024 : undefined;
      });
    }
    return known;
  };
};

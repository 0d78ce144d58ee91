/** What `watch` needs of the machine. */
import { randomBytes } from 'node:crypto';
import type { WatchPowers } from '../session/watch.ts';

export const watchPowers: WatchPowers = Object.freeze({
  random: (byteLength: number) => new Uint8Array(randomBytes(byteLength)),
  after(milliseconds: number, task: () => void) {
    // A program that follows something has not come to its end.
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
});

import { startChild } from './child.ts';
import type { Subject } from './harness.ts';

/** A subject that is one process. Its CPU time is that of all its threads. */
export const oneProcess = (name: string, script: URL, args: readonly string[] = []): Subject => ({
  name,
  start: async () => {
    const child = await startChild(script, args);
    return {
      call: async (calls, mode) => {
        const before = await child.cpuMicros();
        const wallMicros = await child.call(calls, mode);
        return { cpuMicros: (await child.cpuMicros()) - before, wallMicros };
      },
      stop: child.stop,
    };
  },
});

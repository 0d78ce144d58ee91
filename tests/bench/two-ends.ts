import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from './child.ts';
import type { Subject } from './harness.ts';

/** What a call leaves for later (drops, acknowledgements, collection) belongs to its cost. */
const settleMillis = 10;

/**
 * A subject of two processes: a server, and a client that calls it.
 * Their CPU time is added up; the wall time is the client's.
 *
 * @param server - compiled module; what it says when ready is the client's first argument
 * @param client - compiled module that has the modes
 * @param args - more arguments for both
 */
export const twoEnds = (
  name: string,
  server: URL,
  client: URL,
  args: readonly string[] = [],
): Subject => ({
  name,
  start: async () => {
    const serverEnd = await startChild(server, args);
    const clientEnd = await startChild(client, [serverEnd.ready, ...args]).catch(
      async (error: unknown) => {
        await serverEnd.stop();
        throw error;
      },
    );
    const cpuMicros = async (): Promise<number> =>
      (await serverEnd.cpuMicros()) + (await clientEnd.cpuMicros());
    return {
      call: async (calls, mode) => {
        const before = await cpuMicros();
        const wallMicros = await clientEnd.call(calls, mode);
        await sleep(settleMillis);
        return { cpuMicros: (await cpuMicros()) - before, wallMicros };
      },
      stop: async () => {
        await clientEnd.stop();
        await serverEnd.stop();
      },
    };
  },
});

/**
 * Preloaded into each thread of a node that is watched: collects garbage when it is asked to, and
 * says what is in use then. Nothing of the node knows of it.
 */
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

export type Heap = { readonly used: number; readonly external: number };

const { gc } = globalThis as { gc?: () => void };
const { setTimeout } = globalThis;
const rounds = 4;

/** What is in use in this thread once nothing more can be collected. */
export const collectHere = async (): Promise<Heap> => {
  for (let round = 0; round < rounds; round += 1) {
    gc!();
    // What finalizers send is delivered, and collected in the next round.
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  gc!();
  const { heapUsed, external } = process.memoryUsage();
  return { used: heapUsed, external };
};

export const channelName = 'heaps';

if (!isMainThread) {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = (event) => {
    const { ask } = (event as { data: { ask?: number } }).data;
    if (ask !== undefined)
      void collectHere().then((heap) => channel.postMessage({ to: ask, heap }));
  };
  channel.unref();
}

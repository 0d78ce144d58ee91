/** A whole node, as the program starts it, over a store that lives as long as the process. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  LINK_PATH,
  openDataDirectory,
  startNode,
  makeHostStarter,
  type NodeOptions,
  type PocasNode,
} from '@pocas/vat-runtime/node';

/**
 * A link may bring some 1,400 calls a second, and then it waits. That is no cost of a call, and what
 * stopping and going on cost would be taken for one: here all may come as fast as they can.
 */
const noRates = {
  messagesPerSecond: 1e9,
  messageBurst: 1e9,
  bytesPerSecond: 1e12,
  byteBurst: 1e12,
};

/** @returns a node that accepts links on the loopback device */
export const startLoopbackNode = async (limits: NodeOptions['limits'] = {}): Promise<PocasNode> => {
  const directory = mkdtempSync(join(tmpdir(), 'pocas-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true }));
  const { storage, anchor, storeDirectory, secrets } = await openDataDirectory(directory);
  const node = await startNode({
    secrets,
    storage,
    anchor,
    startHost: makeHostStarter(storeDirectory),
    limits: { ...noRates, ...limits },
    onFatal: (reason) => {
      process.stderr.write(`${reason}\n`);
      process.exit(1);
    },
  });
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  node.listen(server, `ws://127.0.0.1:${port}${LINK_PATH}`);
  return node;
};

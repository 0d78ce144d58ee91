/** A node that others on this machine can reach: a store on disk, a thread of vats, a WebSocket. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  LINK_PATH,
  type PocasNode,
  openDataDirectory,
  startNode,
  makeHostStarter,
} from '@pocas/vat-runtime/node';

export const startLoopbackNode = async (directory: string): Promise<PocasNode> => {
  const data = await openDataDirectory(directory);
  const node = await startNode({
    secrets: data.secrets,
    storage: data.storage,
    anchor: data.anchor,
    startHost: makeHostStarter(data.storeDirectory),
    onFatal(reason) {
      console.error(reason);
      process.exit(1);
    },
  });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  node.listen(server, `ws://127.0.0.1:${port}${LINK_PATH}`);
  const stop = async () => {
    await node.stop();
    server.close();
  };
  return { ...node, stop };
};

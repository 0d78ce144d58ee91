/** The node that the member is a guest of: the counter of the first example, for whoever has its sturdy ref. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { LINK_PATH, makeHostStarter, openDataDirectory, startNode } from '@pocas/vat-runtime/node';

export type CounterNode = {
  /** Opens the counter. A secret: whoever has it may count. */
  readonly sturdyRef: string;
  readonly port: number;
  stop(): Promise<void>;
};

/** @param port - 0 for any that is free */
export const startCounterNode = async (directory: string, port = 0): Promise<CounterNode> => {
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
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: actual } = server.address() as AddressInfo;
  node.listen(server, `ws://127.0.0.1:${actual}${LINK_PATH}`);

  const module = fileURLToPath(new URL('../00-counter/counter.js', import.meta.url));
  const counter = (node.getProgram() ??
    (await node.makeVat({ module, label: 'counter' }))) as object;
  node.setProgram(counter);
  return {
    sturdyRef: node.grantor.sturdy(counter),
    port: actual,
    async stop() {
      await node.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

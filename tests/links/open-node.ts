/** The node in a process of these tests: on a data directory, listening, dialling as it is told. */
import { createServer } from 'node:http';
import {
  LINK_PATH,
  type PocasNode,
  dialChannel,
  makeHostStarter,
  openDataDirectory,
  startNode,
} from '@pocas/vat-runtime/node';
import { makeLeapTime } from '../support/leap-time.ts';
import type { NodeOrder } from './node.ts';

export const openOrderedNode = async (
  order: NodeOrder,
): Promise<PocasNode & { leap(milliseconds: number): void; end(): Promise<void> }> => {
  const { directory, port, location, routes, pingMilliseconds, host = '127.0.0.1' } = order;
  const time = order.ahead === undefined ? undefined : makeLeapTime(order.ahead);
  const data = await openDataDirectory(directory);
  const node = await startNode({
    secrets: data.secrets,
    storage: data.storage,
    anchor: data.anchor,
    startHost: makeHostStarter(data.storeDirectory),
    pingMilliseconds,
    ...(time === undefined ? {} : { time }),
    dial: (told) => dialChannel(routes?.[told] ?? told, undefined, { pingMilliseconds }),
    onFatal(reason) {
      process.stderr.write(`fatal: ${reason}\n`);
      process.exit(3);
    },
  });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  node.listen(server, location ?? `ws://${host}:${port}${LINK_PATH}`);
  return {
    ...node,
    leap(milliseconds) {
      if (time === undefined) throw Error('this node goes by the time of the machine');
      time.leap(milliseconds);
    },
    async end() {
      await node.stop();
      server.closeAllConnections();
    },
  };
};

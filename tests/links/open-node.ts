/** The node in a process of these tests: on a data directory, listening, dialling as it is told. */
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import {
  LINK_PATH,
  type PocasNode,
  dialChannel,
  makeHostStarter,
  openDataDirectory,
  startNode,
} from '@pocas/vat-runtime/node';
import { recordFrom, recorded } from '../anywhere/record.ts';
import { type Watch, makeWatch } from '../soundness/watch.ts';
import { makeLeapTime } from '../support/leap-time.ts';
import type { NodeOrder } from './node.ts';

/** Characters before each value on the disk (`store/checked-storage.ts`). */
const checksumLength = 8;

export const openOrderedNode = async (
  order: NodeOrder,
): Promise<
  PocasNode & {
    leap(milliseconds: number): void;
    end(): Promise<void>;
    watched(): ReturnType<Watch['counts']> | undefined;
  }
> => {
  const { directory, port, location, routes, pingMilliseconds, host = '127.0.0.1' } = order;
  const time = order.ahead === undefined ? undefined : makeLeapTime(order.ahead);
  const data = await openDataDirectory(directory);
  const { faults } = order;
  await recordFrom(data, directory);
  const watch =
    faults === undefined ? undefined : makeWatch((fault) => appendFileSync(faults, `${fault}\n`));
  const rows = watch === undefined ? [] : await data.storage.list('v/');
  watch?.load(rows.map(([key, stored]) => [key, stored.slice(checksumLength)]));
  const startHost = makeHostStarter(data.storeDirectory);
  const node = await startNode({
    secrets: data.secrets,
    storage: recorded(data.storage, directory),
    anchor: data.anchor,
    startHost: watch?.over(startHost) ?? startHost,
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
    watched: () => watch?.counts(),
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

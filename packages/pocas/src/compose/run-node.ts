/** Puts a whole node together on a data directory: store, vats, links, pages, demo poca. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  LINK_PATH,
  type PocasNode,
  openDataDirectory,
  startNode,
  makeHostStarter,
} from '@pocas/vat-runtime/node';
import { type Program, definePowers, makeDemoPoca } from './demo-poca.ts';
import { readKeys, readLastPort, removeRunning, writeKeys, writeRunning } from './files.ts';
import { browserUrl, makeOperator } from './operator.ts';
import { makePages } from './pages.ts';

export type RunOptions = {
  readonly directory: string;
  /** Without it: the port of the last start, 8400, or a free one. */
  readonly port?: number;
  /** What the person is called in the poca that a first start makes. Default: Ana. */
  readonly name?: string;
  readonly onFatal: (reason: string) => void;
};

export type RunningNode = {
  readonly node: PocasNode;
  readonly program: Program;
  readonly designator: string;
  /** Opens the operator's wallet in a browser. Holds a secret in its fragment. */
  readonly url: string;
  stop(): Promise<void>;
};

const defaultPort = 8400;

const listenOn = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

const listen = async (server: Server, { directory, port }: RunOptions): Promise<number> => {
  if (port !== undefined) {
    return listenOn(server, port).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw Error(`Cannot start: port ${port} is in use; give another with --port`);
    });
  }
  return listenOn(server, readLastPort(directory) ?? defaultPort).catch(() => listenOn(server, 0));
};

const provideKeys = async (
  directory: string,
  node: PocasNode,
  operator: object,
  { wallet }: Program,
) => {
  const known = readKeys(directory);
  if (known !== undefined) return known;
  const keys = { operator: node.grantor.sturdy(operator), wallet: node.grantor.sturdy(wallet) };
  await node.settled();
  writeKeys(directory, keys);
  return keys;
};

/** @throws DataInUseError where another process runs on the directory, StoreRefusedError, DiskFullError */
export const runNode = async (options: RunOptions): Promise<RunningNode> => {
  const { directory, onFatal } = options;
  const data = await openDataDirectory(directory);
  const node = await startNode({
    secrets: data.secrets,
    storage: data.storage,
    anchor: data.anchor,
    startHost: makeHostStarter(data.storeDirectory),
    onFatal,
  });
  const powers = definePowers(node);
  const pages = makePages(node, data.secrets.web);
  const server = createServer(pages);
  // Those of links are not among the server's own connections once they are WebSockets.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  let origin = '';
  let program = node.getProgram() as Program | undefined;
  const operator = node.definePower(
    'operator',
    makeOperator({
      node,
      grantor: node.grantor,
      program: () => program!,
      origin: () => origin,
      now: () => performance.now(),
    }),
  );

  try {
    const port = await listen(server, options);
    origin = `http://127.0.0.1:${port}`;
    const location = `ws://127.0.0.1:${port}${LINK_PATH}`;
    node.listen(server, location);
    if (program === undefined) {
      program = await makeDemoPoca(node, powers, options.name ?? 'Ana');
      node.setProgram(program);
      await node.settled();
    }
    const keys = await provideKeys(directory, node, operator, program);
    writeRunning(directory, { port, location });
    return {
      node,
      program,
      designator: node.designator,
      url: browserUrl(origin, keys.wallet),
      async stop() {
        removeRunning(directory);
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await node.stop();
        // Nobody is waited for, such as a peer that does not answer the end of its link.
        for (const socket of sockets) socket.destroy();
        await closed;
      },
    };
  } catch (error) {
    await node.stop();
    server.close();
    throw error;
  }
};

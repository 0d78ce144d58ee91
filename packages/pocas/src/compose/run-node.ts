/** Puts a whole node together on a data directory: store, vats, links, pages, demo poca. */
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  LINK_PATH,
  type Log,
  type PocasNode,
  makeProcessLog,
  openDataDirectory,
  startNode,
  makeHostStarter,
} from '@pocas/vat-runtime/node';
import {
  type EarlierProgram,
  type Program,
  definePowers,
  makeDemoPoca,
  provideBook,
} from './demo-poca.ts';
import { readKeys, readLastPort, removeRunning, writeKeys, writeRunning } from './files.ts';
import { browserUrl, makeOperator } from './operator.ts';
import { type LinkAddress, type LinkPort, openLinkPort } from './link-port.ts';
import { type MetricsPort, openMetricsPort } from './metrics-port.ts';
import { makePages } from './pages.ts';
import { makeSolverPool } from '../solver/solver.ts';
import { makeWebServer } from './web-server.ts';

export type RunOptions = {
  readonly directory: string;
  /** Without it: the port of the last start, 8400, or a free one. */
  readonly port?: number;
  /** Where links are answered beside that port, which is of this machine only. */
  readonly links?: LinkAddress;
  /** The `ws:` or `wss:` address under which others reach it. Default: where links are answered. */
  readonly announce?: string;
  /** What the person is called in the poca that a first start makes. Default: Ana. */
  readonly name?: string;
  /** What the book counts its rounds in, where this start makes one; see `defaultUnit`. */
  readonly unit?: string;
  /** Where metrics are served, on this machine only. Without it, nowhere. 0 for a free one. */
  readonly metricsPort?: number;
  /** Default: lines on standard error. */
  readonly log?: Log;
  readonly onFatal: (reason: string) => void;
};

export type RunningNode = {
  readonly node: PocasNode;
  readonly program: Program;
  readonly designator: string;
  /** Opens the operator's wallet in a browser. Holds a secret in its fragment. */
  readonly url: string;
  /** Where metrics are served, if they are. */
  readonly metricsPort?: number;
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
  const keys = {
    operator: node.grantor.sturdy(operator, { label: 'the way in of the operator (keys.json)' }),
    wallet: node.grantor.sturdy(wallet, { label: 'the wallet (keys.json)' }),
  };
  await node.settled();
  writeKeys(directory, keys);
  return keys;
};

/** @throws DataInUseError where another process runs on the directory, StoreRefusedError, DiskFullError */
export const runNode = async (options: RunOptions): Promise<RunningNode> => {
  const { directory, onFatal, log = makeProcessLog('text', 'info') } = options;
  const data = await openDataDirectory(directory);
  const node = await startNode({
    secrets: data.secrets,
    storage: data.storage,
    anchor: data.anchor,
    startHost: makeHostStarter(data.storeDirectory),
    onFatal,
    log,
  });
  const pool = makeSolverPool();
  const powers = definePowers(node, pool);
  const pages = makePages(node, data.secrets.web, log);
  const server = makeWebServer(pages);
  // Those of links are not among the server's own connections once they are WebSockets.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  let metrics: MetricsPort | undefined;
  let links: LinkPort | undefined;
  let origin = '';
  const kept = node.getProgram() as EarlierProgram | undefined;
  let program: Program | undefined;
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
    if (options.metricsPort !== undefined) {
      metrics = await openMetricsPort(node, log, options.metricsPort);
    }
    if (options.links !== undefined) links = await openLinkPort(options.links);
    const announced = options.announce ?? links?.location ?? location;
    node.listen(server, announced);
    if (links !== undefined) node.listen(links.server, announced);
    log.tell('node.listening', { port });
    if (kept === undefined) {
      program = await makeDemoPoca(node, powers, options.name ?? 'Ana', options.unit);
      node.setProgram(program);
      await node.settled();
    } else {
      program = await provideBook(node, powers, kept, options.unit);
    }
    const keys = await provideKeys(directory, node, operator, program);
    writeRunning(directory, { port, location });
    return {
      node,
      program,
      designator: node.designator,
      url: browserUrl(origin, keys.wallet),
      ...(metrics === undefined ? {} : { metricsPort: metrics.port }),
      async stop() {
        removeRunning(directory);
        await metrics?.stop();
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        const ended = node.stop();
        pool.stop();
        await Promise.all([ended, links?.stop(ended)]);
        // Nobody is waited for, such as a peer that does not answer the end of its link.
        for (const socket of sockets) socket.destroy();
        await closed;
      },
    };
  } catch (error) {
    await metrics?.stop();
    pool.stop();
    const ended = node.stop();
    await Promise.all([ended, links?.stop(ended)]);
    server.close();
    throw error;
  }
};

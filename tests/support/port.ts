/** Ports that stay free for a node between its end and its next start. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A free port below those that systems give to outgoing connections (32768 and up on Linux, 49152
 * elsewhere). One of those could be taken, while the node is down, by the very peer that dials it.
 */
export const freePort = async (): Promise<string> => {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return String(port);
  }
};

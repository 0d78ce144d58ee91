/** A door of a node for programs elsewhere, and how such a program comes in. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Facet } from '@pocas/vat-runtime';
import { LINK_PATH, type PocasNode } from '@pocas/vat-runtime/node';
import { clientPowers, connect } from '@pocas/vat-runtime/node-client';

/** Lets programs of this machine reach a node. @returns what closes the door */
export const openDoor = async (node: PocasNode): Promise<() => void> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  node.listen(server, `ws://127.0.0.1:${port}${LINK_PATH}`);
  return () => {
    server.closeAllConnections();
    server.close();
  };
};

/**
 * One session for one thing: the key that it shows is made for it and never used again, so nobody can tell
 * by it that two sessions are of one person.
 *
 * @param text - a sturdy ref of whatever `act` is given
 */
export const inSession = async <Kind extends object, Answer>(
  text: string,
  act: (facet: Facet<Kind>) => Promise<Answer>,
): Promise<Answer> => {
  const session = await connect(text, clientPowers());
  try {
    return await act((await session.object) as Facet<Kind>);
  } finally {
    session.close();
    await session.closed;
  }
};

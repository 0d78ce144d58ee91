import { newWebSocketRpcSession, type RpcCompatible, type RpcStub } from 'capnweb';
import { WebSocket } from 'ws';

/** One end of capnweb over a WebSocket, with its default options. */
export const session = <Remote extends RpcCompatible<Remote>>(
  socket: WebSocket,
  bootstrap?: unknown,
): RpcStub<Remote> => {
  // capnweb reads constants of the global class, which Node 20 does not have.
  Object.assign(globalThis, { WebSocket });
  // It wants the browser's WebSocket; that of `ws` has the members it uses.
  const asInBrowser = socket as unknown as Parameters<typeof newWebSocketRpcSession>[0];
  return newWebSocketRpcSession<Remote>(asInBrowser, bootstrap);
};

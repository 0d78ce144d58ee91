import { makeCapTP } from '@endo/captp';
import type { RawData, WebSocket } from 'ws';

/** One end of `@endo/captp` over a WebSocket, with no options: each message is one text frame. */
export const link = (ourId: string, socket: WebSocket, bootstrap?: unknown) => {
  const { dispatch, getBootstrap } = makeCapTP(
    ourId,
    (message) => socket.send(JSON.stringify(message)),
    bootstrap,
  );
  socket.on('message', (data: RawData) => {
    dispatch(JSON.parse(data.toString()));
  });
  return { getBootstrap };
};

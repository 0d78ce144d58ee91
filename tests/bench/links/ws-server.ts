/** WebSockets alone: answers each message, in JSON as the others. */
import type { RawData } from 'ws';
import { listen } from '../captp/loopback.ts';
import { serve } from '../serve.ts';

serve(async () => ({
  ready: await listen((socket) =>
    socket.on('message', (data: RawData) => {
      const { id, text } = JSON.parse(data.toString()) as { id: number; text: string };
      socket.send(JSON.stringify({ id, text }));
    }),
  ),
}));

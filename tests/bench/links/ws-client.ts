import type { RawData } from 'ws';
import { dial, givenAddress } from '../captp/loopback.ts';
import { serve } from '../serve.ts';
import { makeModes } from './modes.ts';

const open = async () => {
  const socket = await dial(givenAddress());
  const waiting = new Map<number, (text: string) => void>();
  let last = 0;
  socket.on('message', (data: RawData) => {
    const { id, text } = JSON.parse(data.toString()) as { id: number; text: string };
    waiting.get(id)?.(text);
    waiting.delete(id);
  });
  return {
    echo: (text: string) =>
      new Promise<string>((resolve) => {
        last += 1;
        waiting.set(last, resolve);
        socket.send(JSON.stringify({ id: last, text }));
      }),
    close: () => socket.close(),
  };
};

serve(async () => ({ modes: await makeModes(open) }));

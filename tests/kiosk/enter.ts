/** A session with a node, by a key that is made for it and used for nothing else. */
import { randomBytes } from 'node:crypto';
import { type Session, connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';

export const enter = (text: string): Promise<Session> =>
  connect(text, {
    dial: (location) => dialChannel(location),
    ciphers: nodeCiphers,
    random: (length) => new Uint8Array(randomBytes(length)),
    later: (task) => void setImmediate(task),
  });

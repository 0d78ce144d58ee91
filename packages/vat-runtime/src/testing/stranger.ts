/** A dialer that is honest up to the end of its handshake; what it seals after that is its owner's. */
import { makeIdentity } from '../locator/identity.ts';
import { nodeCiphers } from '../machine/node-ciphers.ts';
import { makeHandshake, makeIncarnation } from '../session/handshake.ts';
import type { Channel } from '../session/link.ts';

export type Stranger = {
  /** A frame as it crosses the channel, to be sent in the order of these calls. */
  seal(frame: Uint8Array): Uint8Array;
  sendFrame(frame: Uint8Array): void;
};

/**
 * @param expect - the designator of the node at the other end
 * @param random - gives that many unpredictable bytes
 * @param onFrame - gets each frame that comes later, opened
 */
export const meetAsStranger = (
  channel: Pick<Channel, 'send' | 'listen'>,
  expect: string,
  random: (byteLength: number) => Uint8Array,
  onFrame: (frame: Uint8Array) => void,
  /** Whether it says that it is a node, with a key of its own that it keeps. */
  lasting: boolean = false,
): Promise<Stranger> =>
  new Promise((resolve, reject) => {
    const handshake = makeHandshake({
      role: 'dialer',
      identity: makeIdentity(random(32), nodeCiphers.ed25519),
      incarnation: makeIncarnation(random),
      lasting,
      locations: undefined,
      ciphers: nodeCiphers,
      sessionKey: nodeCiphers.makeAgreementKey(random(32)),
      random,
      expect,
    });
    let open: ((message: Uint8Array) => Uint8Array | undefined) | undefined;
    for (const message of handshake.start()) channel.send(message);
    channel.listen({
      onBytes(message) {
        if (open !== undefined) {
          const frame = open(message);
          if (frame !== undefined) onFrame(frame);
          return;
        }
        try {
          const { send, done } = handshake.receive(message);
          for (const answer of send) channel.send(answer);
          if (done === undefined) return;
          const { records } = done;
          open = records.open;
          const { seal } = records;
          resolve({ seal, sendFrame: (frame) => channel.send(seal(frame)) });
        } catch (error) {
          reject(error as Error);
        }
      },
      onClose: (reason) => reject(Error(`Cannot meet: ${reason}`)),
    });
  });

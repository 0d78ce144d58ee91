/**
 * A link: one channel to another node or client, after both have proved who they are.
 *
 * CapTP messages cross it as JSON arrays; all messages of one tick share a frame.
 */
import harden from '@endo/harden';
import type { Message } from '../switchboard/wire.ts';
import { type HandshakeOptions, type Peer, makeHandshake } from './handshake.ts';

/** An ordered channel of texts, such as a WebSocket. */
export type Channel = {
  send(text: string): void;
  close(): void;
  /** Called once, before anything can arrive. After `onClose` nothing arrives any more. */
  listen(handlers: { onText(text: string): void; onClose(): void }): void;
};

export type Link = {
  readonly peer: Peer;
  send(message: Message): void;
  close(): void;
  /** How many frames were sent and received, the handshake's not counted. */
  frames(): { sent: number; received: number };
};

export type LinkHandlers = {
  /** The handshake is done. Messages may be sent now. */
  onOpen(link: Link): void;
  /** A message as it was parsed, not checked. */
  onMessage(link: Link, allegedMessage: unknown): void;
  /** The link is over; undefined where it never opened. */
  onClose(link: Link | undefined, reason: string): void;
};

/** Characters of one frame. Larger ones end the link before they are parsed. */
export const maxFrameLength: number = 8 << 20;

const maxWaiting = 256;

export const openLink = (
  channel: Channel,
  options: HandshakeOptions,
  /** Runs a task after the current one and its reactions: calls made in a chain share a frame. */
  later: (task: () => void) => void,
  { onOpen, onMessage, onClose }: LinkHandlers,
): { close(reason: string): void } => {
  const handshake = makeHandshake(options);
  let link: Link | undefined;
  let closed = false;
  let outgoing: Message[] = [];
  let scheduled = false;
  const frames = { sent: 0, received: 0 };

  const close = (reason: string) => {
    if (closed) return;
    flush();
    closed = true;
    channel.close();
    onClose(link, reason);
  };
  const flush = () => {
    scheduled = false;
    if (closed || outgoing.length === 0) return;
    const text = JSON.stringify(outgoing);
    outgoing = [];
    frames.sent += 1;
    channel.send(text);
  };

  const onHandshakeText = (text: string) => {
    const { send, done } = handshake.receive(text);
    for (const reply of send) channel.send(reply);
    if (done === undefined) return;
    link = harden({
      peer: done.peer,
      send(message: Message) {
        outgoing.push(message);
        // That an answer is no longer needed can wait for the next message.
        const canWait = message.type === 'CTP_DROP' && message.slotID[0] === 'q';
        if (scheduled || (canWait && outgoing.length < maxWaiting)) return;
        scheduled = true;
        later(flush);
      },
      close: () => close('it was closed on this side'),
      frames: () => ({ ...frames }),
    });
    onOpen(link);
  };

  const onFrame = (open: Link, text: string) => {
    if (text.length > maxFrameLength) return close('a frame was too long');
    frames.received += 1;
    let messages: unknown;
    try {
      messages = JSON.parse(text);
    } catch {
      return close('a frame could not be read');
    }
    if (!Array.isArray(messages)) return close('a frame could not be read');
    for (const message of messages) {
      if (closed) return;
      onMessage(open, message);
    }
  };

  for (const text of handshake.start()) channel.send(text);
  channel.listen({
    onText(text) {
      if (closed) return;
      if (link !== undefined) return onFrame(link, text);
      try {
        onHandshakeText(text);
      } catch (error) {
        close((error as Error).message);
      }
    },
    onClose: () => close('the connection was lost'),
  });
  return harden({ close });
};

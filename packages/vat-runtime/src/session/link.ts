/**
 * A link: one channel to another node or client, after both have proved who they are.
 *
 * CapTP messages cross it as JSON arrays; the messages of one tick share a frame, unless they are
 * too many. Those that come are taken a few at a time, in turn with other links.
 */
import harden from '@endo/harden';
import { lengthOfGift, partsOfGift } from '../switchboard/gifts.ts';
import { type Limits, defaultLimits } from '../switchboard/limits.ts';
import { type Message, endOfText } from '../switchboard/wire.ts';
import { type HandshakeOptions, type Peer, makeHandshake } from './handshake.ts';
import type { NodeMessage } from './node-wire.ts';
import { makeTokenBucket, shortestRest } from '../switchboard/token-bucket.ts';
import { type Records, sealedLength } from './records.ts';
import { type Turnstile, makeTurnstile } from './turnstile.ts';
import { fromUtf8, toUtf8 } from './utf8.ts';

/** An ordered channel of messages, such as a WebSocket. It need not be a safe one. */
export type Channel = {
  /** @param message - the channel's from now on */
  send(message: Uint8Array): void;
  /** @param reason - for the other side, from a fixed set */
  close(reason?: string): void;
  /** Called once, before anything can arrive. After `onClose` nothing arrives any more. */
  listen(handlers: { onBytes(message: Uint8Array): void; onClose(reason?: string): void }): void;
  /** Nothing more is read. What was read before may still arrive. */
  pause?(): void;
  resume?(): void;
  /** The other side has proved who it is: long messages may come now. */
  admit?(): void;
};

export type Link = {
  readonly peer: Peer;
  send(message: Message | NodeMessage): void;
  close(reason?: string): void;
  /** No message is taken until `resume`, which goes on after the current task. */
  pause(): void;
  resume(): void;
  /** What was taken cost as much as so many messages more. */
  charge(messages: number): void;
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

/** How the messages of a link are taken. */
export type Reading = {
  readonly limits: Limits;
  /** One for all links that share a thread. */
  readonly turnstile: Turnstile;
  /** Milliseconds, from any beginning. Without it there is no limit of messages per second. */
  readonly now?: () => number;
  readonly after?: (milliseconds: number, task: () => void) => () => void;
};

/** Drops that can wait are sent when so many have gathered. */
const maxWaiting = 256;
/** Frames are not made longer than this, except for one long message. */
const frameLength = 256 << 10;
const frameMessages = 1024;
/** A message has three levels. One that has more is refused where messages are checked. */
const maxFrameDepth = 16;

/** About as long as the message is in JSON. */
const lengthOf = (message: Message | NodeMessage): number => {
  if (message.type === 'NODE_SEND' || message.type === 'NODE_ANSWER') {
    const { body, slots } = message.type === 'NODE_SEND' ? message.args : message.data;
    return 300 + body.length + 20 * slots.length + lengthOfGift * (message.gifts?.length ?? 0);
  }
  if (message.type === 'CTP_HELD') return 200 + message.slots.length;
  if (message.type !== 'CTP_CALL' && message.type !== 'CTP_RETURN') return 200;
  const { body, slots } =
    'method' in message ? message.method : 'result' in message ? message.result : message.exception;
  return 200 + body.length + 20 * slots.length + lengthOfGift * (message.gifts?.length ?? 0);
};

/** A message costs as much as so many commas and brackets, beside those that it has. */
const partsAround = 8;
/** Of a message with a slot or two, in all. */
const partsOfMessage = 16;
/** More of them in one message cost four times as much: most are references, each an object at both ends. */
const fewParts = 24;
const costOf = (parts: number): number => parts + 3 * Math.max(0, parts - fewParts);
/** Characters that cost as much as a message. */
const lengthOfMessage = 2048;

/**
 * What a frame costs to parse, and its messages to carry out, is known from its commas and brackets:
 * a million of them take a second.
 * @returns what it costs, or why the text may not be parsed
 */
const measure = (
  text: string,
  { maxFrameMessages, maxSlotsPerMessage, maxGiftsPerMessage }: Limits,
): number | string => {
  /** Slots and gifts, and what stands around them. */
  const maxParts = maxSlotsPerMessage + maxGiftsPerMessage * partsOfGift + 16;
  let depth = 0;
  let messages = 1;
  let parts = 0;
  let all = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x22) i = endOfText(text, i + 1);
    else if (code === 0x2c) {
      if (depth === 1) {
        messages += 1;
        all += costOf(parts);
        parts = 0;
      } else parts += 1;
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      parts += 1;
      if (depth > maxFrameDepth) return 'a frame nested too deeply';
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
    if (parts > maxParts) return 'a message had too many slots or properties';
    if (messages > maxFrameMessages) return 'a frame had too many messages';
  }
  return all + costOf(parts) + messages * partsAround;
};

/** @returns messages in groups, each for one frame */
function* inFrames(
  messages: readonly (Message | NodeMessage)[],
): Generator<readonly (Message | NodeMessage)[]> {
  let from = 0;
  let length = 0;
  for (const [i, message] of messages.entries()) {
    const next = lengthOf(message);
    if (i > from && (length + next > frameLength || i - from >= frameMessages)) {
      yield messages.slice(from, i);
      from = i;
      length = 0;
    }
    length += next;
  }
  yield from === 0 ? messages : messages.slice(from);
}

export const openLink = (
  channel: Channel,
  options: HandshakeOptions,
  /** Runs a task after the current one and its reactions: calls made in a chain share a frame. */
  later: (task: () => void) => void,
  { onOpen, onMessage, onClose }: LinkHandlers,
  { limits, turnstile, now, after }: Reading = {
    limits: defaultLimits,
    turnstile: makeTurnstile(later),
  },
): { close(reason: string): void } => {
  const handshake = makeHandshake(options);
  let records: Records | undefined;
  let link: Link | undefined;
  let closed = false;
  let outgoing: (Message | NodeMessage)[] = [];
  let scheduled = false;
  const frames = { sent: 0, received: 0 };
  const longest = sealedLength(limits.maxFrameBytes);
  /** Frames that wait for their turn, sealed. Once the channel is paused there come few. */
  let waiting: Uint8Array[] = [];
  /** Those of the frame that is being taken. */
  let messages: unknown[] = [];
  let taken = 0;
  let isHeld = false;
  let isTooFast = false;
  let isPaused = false;
  /** Something that cost more than was known before is not paid for yet. */
  let owes = false;
  const bucket =
    now === undefined
      ? undefined
      : makeTokenBucket({ perSecond: limits.messagesPerSecond, burst: limits.messageBurst }, now);

  const close = (reason: string) => {
    if (closed) return;
    flush();
    closed = true;
    waiting = [];
    messages = [];
    channel.close(reason);
    onClose(link, reason);
  };
  const flush = () => {
    scheduled = false;
    if (closed || outgoing.length === 0) return;
    const gathered = outgoing;
    outgoing = [];
    for (const group of inFrames(gathered)) {
      frames.sent += 1;
      channel.send(records!.seal(toUtf8(JSON.stringify(group))));
    }
  };

  const onHandshakeMessage = (bytes: Uint8Array) => {
    const { send, done, refused } = handshake.receive(bytes);
    for (const reply of send) channel.send(reply);
    if (refused !== undefined) return close(refused);
    if (done === undefined) return;
    records = done.records;
    link = harden({
      peer: done.peer,
      send(message: Message | NodeMessage) {
        outgoing.push(message);
        // That an answer is no longer needed can wait for the next message.
        const canWait = message.type === 'CTP_DROP' && message.slotID[0] === 'q';
        if (scheduled || (canWait && outgoing.length < maxWaiting)) return;
        scheduled = true;
        later(flush);
      },
      close: (reason = 'it was closed on this side') => close(reason),
      pause() {
        isHeld = true;
        pauseChannel();
      },
      resume() {
        isHeld = false;
        if (!isTooFast) goOn();
      },
      charge(messages) {
        owes = (bucket?.take(messages) ?? 0) > 0;
      },
      frames: () => ({ ...frames }),
    });
    channel.admit?.();
    onOpen(link);
  };

  /** The other side learns why. */
  const refuse = (reason: string): false => {
    outgoing.push({ type: 'CTP_DISCONNECT', epoch: 0, reason: `Cannot accept frame: ${reason}` });
    close(reason);
    return false;
  };

  /** @returns whether the frame is one */
  const readFrame = (message: Uint8Array): boolean => {
    frames.received += 1;
    const frame = records!.open(message);
    if (frame === undefined) return refuse('a frame was altered on its way');
    const text = fromUtf8(frame);
    if (text === undefined) return refuse('a frame could not be read');
    const size = measure(text, limits);
    if (typeof size === 'string') return refuse(size);
    bucket?.take(1 + size / partsOfMessage + text.length / lengthOfMessage);
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    if (!Array.isArray(parsed)) {
      return refuse('a frame could not be read');
    }
    messages = parsed;
    taken = 0;
    return true;
  };
  const pauseChannel = () => {
    if (isPaused) return;
    isPaused = true;
    channel.pause?.();
  };
  const hasMore = () => taken < messages.length || waiting.length > 0;

  const step = (): boolean => {
    if (closed || isHeld || isTooFast || !hasMore()) return false;
    if (taken === messages.length && !readFrame(waiting.shift()!)) return false;
    if (taken < messages.length) {
      const message = messages[taken];
      messages[taken] = undefined;
      taken += 1;
      onMessage(link!, message);
    }
    // A frame is taken whole, and paid for afterwards.
    const wait = taken < messages.length && !owes ? 0 : (bucket?.wait() ?? 0);
    owes = false;
    if (wait > 0) {
      isTooFast = true;
      pauseChannel();
      after!(Math.max(wait, shortestRest), () => {
        isTooFast = false;
        if (!isHeld) goOn();
      });
    }
    if (isHeld || isTooFast) return false;
    if (hasMore()) return true;
    goOn();
    return false;
  };

  const goOn = () => {
    if (closed) return;
    if (hasMore()) return turnstile.enterLater(step);
    if (!isPaused) return;
    isPaused = false;
    channel.resume?.();
  };

  const onFrame = (message: Uint8Array) => {
    if (message.length > longest) return void refuse('a frame was too long');
    waiting.push(message);
    turnstile.enter(step);
    // The rest is read when these are taken.
    if (hasMore()) pauseChannel();
  };

  for (const message of handshake.start()) channel.send(message);
  channel.listen({
    onBytes(message) {
      if (closed) return;
      if (link !== undefined) return onFrame(message);
      try {
        onHandshakeMessage(message);
      } catch (error) {
        close((error as Error).message);
      }
    },
    onClose: (reason = 'the connection was lost') => close(reason),
  });
  return harden({ close });
};

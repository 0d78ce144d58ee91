/** WebSockets as channels, for both ends. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Channel } from '../session/link.ts';
import { assertLockedDown } from '../session/locked-down.ts';
import { sealedLength } from '../session/records.ts';
import { makeTokenBucket, shortestRest } from '../switchboard/token-bucket.ts';
import { type Limits, defaultLimits } from '../switchboard/limits.ts';

export type ChannelOptions = {
  readonly limits?: Limits;
  /** A side that is silent for two of these is taken for lost: a cut cable tells nobody. */
  readonly pingMilliseconds?: number;
};

const defaultPingMilliseconds = 20_000;

/** Bytes of a handshake with everything around it. */
const maxStrangerBytes = 16 << 10;

/** A frame of nothing takes as long as so many bytes: 5 µs. */
const frameCost = 256;
/** What is read from a socket at once. */
const maxChunkBytes = 64 << 10;

const TOO_SLOW = 'it did not read what it was sent';

const socketOptions = ({ maxFrameBytes }: Limits) => ({
  maxPayload: sealedLength(maxFrameBytes),
  perMessageDeflate: false,
  // Nobody here sends fragments; each costs as much as a message.
  maxFragments: 64,
  // Each costs as much again as it holds, if it is short.
  maxBufferedChunks: 8192,
  maxPendingAutoPongs: 8,
});

/** What is not complete yet of the frames of each channel, and who has the most. */
type Unfinished = Map<Intake, number>;
type Intake = { cut(reason: string): void };

/** One for the process, which has one memory. */
const unfinished: Unfinished = new Map();

const addUnfinished = (intake: Intake, bytes: number, maximum: number): void => {
  unfinished.set(intake, bytes);
  let sum = 0;
  for (const each of unfinished.values()) sum += each;
  if (sum <= maximum) return;
  const [largest] = [...unfinished].reduce((a, b) => (b[1] > a[1] ? b : a));
  largest.cut('too many frames are not complete');
};

/** After a goodbye, for that of the other side. */
const closingMilliseconds = 2000;

/**
 * What arrives before anyone listens is kept: the first message can come with the opening itself.
 * Whatever comes over the socket counts: messages, fragments, pings.
 */
const asChannel = (
  webSocket: WebSocket,
  socket: Duplex,
  { limits, pingMilliseconds }: Required<ChannelOptions>,
): Channel => {
  let listen: Parameters<Channel['listen']>[0] | undefined;
  const early: Uint8Array[] = [];
  let closed = false;
  let whyClosed: string | undefined;
  let isAdmitted = false;

  const cut = (reason: string) => {
    whyClosed ??= reason;
    webSocket.terminate();
  };

  // ---- pauses ----

  const pauses = new Set<'asked' | 'unread' | 'rate'>();
  const pause = (why: 'asked' | 'unread' | 'rate') => {
    if (pauses.size === 0) webSocket.pause();
    pauses.add(why);
  };
  const resume = (why: 'asked' | 'unread' | 'rate') => {
    if (pauses.delete(why) && pauses.size === 0) webSocket.resume();
  };

  // ---- what comes ----

  const bucket = makeTokenBucket(
    { perSecond: limits.bytesPerSecond, burst: limits.byteBurst },
    () => performance.now(),
  );
  const intake: Intake = { cut };
  /** Bytes since the last complete message, and what came with that. */
  let incomplete = 0;
  let resumption: NodeJS.Timeout | undefined;
  socket.on('data', ({ length }: Buffer) => {
    incomplete += length;
    if (!isAdmitted && incomplete > maxStrangerBytes)
      return cut('it sent too much for a handshake');
    if (incomplete > maxChunkBytes) addUnfinished(intake, incomplete, limits.maxUnfinishedInAll);
    charge(length);
  });
  /** Reading goes on when what was read is paid for. */
  const charge = (bytes: number) => {
    const wait = bucket.take(bytes);
    if (wait === 0 || resumption !== undefined) return;
    pause('rate');
    const goOn = () => {
      resumption = undefined;
      resume('rate');
    };
    resumption = setTimeout(goOn, Math.max(wait, shortestRest));
    resumption.unref();
  };

  let heard = true;
  const pinging = setInterval(() => {
    // Nothing is heard of a side that is not listened to.
    if (!heard && pauses.size === 0) return cut('it fell silent');
    heard = false;
    if (webSocket.readyState === WebSocket.OPEN) webSocket.ping();
  }, pingMilliseconds);
  pinging.unref();
  webSocket.on('pong', () => {
    heard = true;
  });
  webSocket.on('ping', () => charge(frameCost));
  webSocket.on('message', (data: Buffer, isBinary) => {
    heard = true;
    charge(frameCost);
    incomplete = 0;
    unfinished.delete(intake);
    if (!isBinary) webSocket.close();
    else if (listen !== undefined) listen.onBytes(data);
    else early.push(data);
  });
  // An error is always followed by a close.
  webSocket.on('error', () => {});
  webSocket.on('close', () => {
    closed = true;
    clearInterval(pinging);
    clearTimeout(resumption);
    clearInterval(watching);
    unfinished.delete(intake);
    listen?.onClose(whyClosed);
  });

  // ---- what leaves ----

  let watching: NodeJS.Timeout | undefined;
  let progressed = 0;
  const onWritten = () => {
    progressed = performance.now();
    if (watching === undefined || webSocket.bufferedAmount > limits.maxUnread / 2) return;
    clearInterval(watching);
    watching = undefined;
    resume('unread');
  };
  /** Nothing more is taken from a side that does not read, so it gets no more answers. */
  const watch = () => {
    if (watching !== undefined) return;
    pause('unread');
    progressed = performance.now();
    watching = setInterval(() => {
      if (performance.now() - progressed > limits.maxUnreadMilliseconds) cut(TOO_SLOW);
    }, limits.maxUnreadMilliseconds / 4);
    watching.unref();
  };

  return {
    send(message) {
      if (webSocket.readyState !== WebSocket.OPEN) return;
      webSocket.send(message, onWritten);
      const { bufferedAmount } = webSocket;
      if (bufferedAmount > limits.maxUnreadAtAll) cut(TOO_SLOW);
      else if (bufferedAmount > limits.maxUnread) watch();
    },
    close(reason) {
      whyClosed ??= reason;
      webSocket.close();
      const terminating = setTimeout(() => webSocket.terminate(), closingMilliseconds);
      terminating.unref();
      // It would keep all that a session had in memory.
      webSocket.once('close', () => clearTimeout(terminating));
    },
    listen(handlers) {
      listen = handlers;
      for (const message of early.splice(0)) handlers.onBytes(message);
      if (closed) handlers.onClose(whyClosed);
    },
    pause: () => pause('asked'),
    resume: () => resume('asked'),
    admit() {
      isAdmitted = true;
    },
  };
};

/** Serves channels on one path of an HTTP server. */
export const serveChannels = (
  server: Server,
  path: string,
  accept: (channel: Channel) => void,
  { limits = defaultLimits, pingMilliseconds = defaultPingMilliseconds }: ChannelOptions = {},
): void => {
  assertLockedDown('accept links');
  const sockets = new WebSocketServer({ noServer: true, ...socketOptions(limits) });
  const begins = makeTokenBucket(
    { perSecond: limits.linksPerSecond, burst: limits.linkBurst },
    () => performance.now(),
  );
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url !== path || !begins.takeOne()) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      accept(asChannel(webSocket, socket, { limits, pingMilliseconds })),
    );
  });
};

/** @param location - a `ws:` or `wss:` address */
export const dialChannel = (
  location: string,
  timeoutMilliseconds = 5000,
  { limits = defaultLimits, pingMilliseconds = defaultPingMilliseconds }: ChannelOptions = {},
): Promise<Channel> =>
  new Promise((resolve, reject) => {
    assertLockedDown('dial');
    const webSocket = new WebSocket(location, {
      ...socketOptions(limits),
      handshakeTimeout: timeoutMilliseconds,
      followRedirects: false,
    });
    webSocket.once('upgrade', ({ socket }) =>
      webSocket.once('open', () =>
        resolve(asChannel(webSocket, socket, { limits, pingMilliseconds })),
      ),
    );
    webSocket.once('error', reject);
  });

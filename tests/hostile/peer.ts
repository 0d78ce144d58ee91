/**
 * A hostile peer: makes a legitimate handshake, and then sends whatever it likes.
 * Slots are written from its side: `o-dgreeter` is what it was given at first.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { meetAsStranger } from '@pocas/vat-runtime/testing';
import { WebSocket } from 'ws';

/** As much of a CapTP message as an attacker looks at. */
export type Received = {
  readonly type: string;
  readonly questionID?: string;
  readonly answerID?: string;
  readonly reason?: string;
  readonly result?: { readonly body: string; readonly slots: readonly string[] };
  readonly exception?: { readonly body: string };
};

export type Peer = {
  /** The object of the sturdy ref that was dialled. */
  readonly root: string;
  /** Sends messages in one frame. */
  send(...messages: readonly unknown[]): void;
  /** Seals and sends a frame of any content. */
  frame(content: string | Uint8Array): void;
  /** A frame of these messages as it crosses the WebSocket, to be sent as the next one. */
  sealed(...messages: readonly unknown[]): Uint8Array;
  /** Makes a call, and answers its number. @param args - as `@endo/marshal` writes them */
  call(target: string, method: string, args?: string, slots?: readonly string[]): string;
  /** The same, and waits for the answer. */
  ask(target: string, method: string, args?: string, slots?: readonly string[]): Promise<Received>;
  /** The answer to a question, which may be asked later. */
  answerTo(question: string): Promise<Received>;
  /** The next question number. */
  nextQuestion(): string;
  /** Resolves with the reason that was given, or an empty text, when the session is over. */
  readonly ended: Promise<string>;
  isOver(): boolean;
  /** How many messages came. */
  received(): number;
  /** Called with each message, in place of reading none of them. */
  onMessage(listener: (message: Received) => void): void;
  readonly webSocket: WebSocket;
  /** The connection below the WebSocket. */
  readonly socket: Socket;
  close(): void;
};

/** An honest side would answer in a fraction of it, also where attackers keep the machine busy. */
const patienceMillis = 20_000;

/** @throws where it takes too long, saying what did not come */
export const soon = async <T>(what: string, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Error(`${what} did not come`)), patienceMillis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** The same slot as the other side writes it. */
export const reverse = (slot: string): string =>
  `${slot[0]}${slot[1] === '+' ? '-' : '+'}${slot.slice(2)}`;

export const slotBody = (index = 0): string => `{"@qclass":"slot","index":${index}}`;

export const callMessage = (
  questionID: string,
  target: string,
  method: string,
  args = '',
  slots: readonly string[] = [],
) => ({
  type: 'CTP_CALL',
  epoch: 0,
  questionID,
  target,
  method: { body: `[${JSON.stringify(method)},[${args}]]`, slots },
});

export const locationOf = (sturdyRef: string): string => parseSturdyRef(sturdyRef).hints['url']!;

export const openSocket = async (location: string): Promise<WebSocket> => {
  const webSocket = new WebSocket(location, { perMessageDeflate: false });
  webSocket.on('error', () => {});
  await soon('the WebSocket', once(webSocket, 'open'));
  return webSocket;
};

export const socketOf = (webSocket: WebSocket): Socket =>
  // Not in the types of `ws`; there since its first version.
  (webSocket as unknown as { _socket: Socket })._socket;

export const dialHostile = async (sturdyRef: string): Promise<Peer> => {
  const webSocket = new WebSocket(locationOf(sturdyRef), {
    perMessageDeflate: false,
    maxPayload: 1 << 30,
  });
  webSocket.on('error', () => {});
  const waiting = new Map<string, (answer: Received) => void>();
  let listener: ((message: Received) => void) | undefined;
  let over = false;
  let reason = '';
  let received = 0;
  let lastQuestion = 0;

  const take = (message: Received) => {
    received += 1;
    listener?.(message);
    if (message.type === 'CTP_DISCONNECT') reason = message.reason ?? '';
    if (message.type !== 'CTP_RETURN') return;
    waiting.get(message.answerID!)?.(message);
    waiting.delete(message.answerID!);
  };

  const onFrame = (frame: Uint8Array) => {
    const text = Buffer.from(frame).toString();
    // Of no interest, and much work for an attacker that floods.
    if (listener === undefined && waiting.size === 0 && !text.includes('CTP_DISCONNECT')) {
      received += 1;
      return;
    }
    for (const message of JSON.parse(text) as Received[]) take(message);
  };
  const ended = new Promise<string>((resolve) => {
    webSocket.once('close', (_code, said) => {
      over = true;
      if (reason === '') reason = String(said);
      for (const settle of waiting.values()) settle({ type: 'over', reason });
      resolve(reason);
    });
  });
  await soon('the WebSocket', Promise.race([once(webSocket, 'open'), ended]));
  const stranger = await soon(
    'the link',
    meetAsStranger(
      {
        send: (message) => webSocket.send(message),
        listen({ onBytes, onClose }) {
          webSocket.on('message', (data: Buffer) => onBytes(data));
          webSocket.on('close', () => onClose());
        },
      },
      parseSturdyRef(sturdyRef).designator,
      (length) => new Uint8Array(randomBytes(length)),
      onFrame,
    ),
  );

  // Whatever is in it, it is sealed as it should be: what is not ends the link at once.
  const frame = (content: string | Uint8Array) => stranger.sendFrame(Buffer.from(content));
  const sealed = (...messages: readonly unknown[]) =>
    stranger.seal(Buffer.from(JSON.stringify(messages)));
  const send = (...messages: readonly unknown[]) => frame(JSON.stringify(messages));
  const nextQuestion = () => {
    lastQuestion += 1;
    return `q-${lastQuestion}`;
  };
  const answerTo = (question: string): Promise<Received> =>
    soon(
      `the answer to ${question}`,
      new Promise((resolve) => {
        if (over) return resolve({ type: 'over', reason });
        waiting.set(question, resolve);
      }),
    );
  const call: Peer['call'] = (target, method, args, slots) => {
    const question = nextQuestion();
    send(callMessage(question, target, method, args, slots));
    return question;
  };
  const ask: Peer['ask'] = (...args) => {
    const answer = answerTo(`q-${lastQuestion + 1}`);
    call(...args);
    return answer;
  };
  const { result } = await ask(
    'o-dgreeter',
    'enliven',
    JSON.stringify(parseSturdyRef(sturdyRef).swiss),
  );
  if (result === undefined) throw Error('Cannot attack: the reference was refused');
  return {
    root: reverse(result.slots[0]!),
    send,
    frame,
    sealed,
    call,
    ask,
    answerTo,
    nextQuestion,
    ended,
    isOver: () => over,
    received: () => received,
    onMessage: (wanted) => void (listener = wanted),
    webSocket,
    socket: socketOf(webSocket),
    close: () => webSocket.terminate(),
  };
};

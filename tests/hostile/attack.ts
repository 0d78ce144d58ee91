/** What an attack is, and what an attacker has at hand. It runs in a process of its own. */
import assert from 'node:assert/strict';
import type { Refs } from './node.ts';
import { type Peer, type Received, dialHostile, soon } from './peer.ts';

export type Attacker = {
  readonly refs: Refs;
  /** A link to the victim, after a legitimate handshake. */
  dial(): Promise<Peer>;
  /** Whether the attack is to go on. */
  goesOn(): boolean;
  /** Tells what happened, for whoever reads the report. */
  note(figure: string): void;
};

export type Attack = {
  /** What is done, and what comes of it. */
  readonly name: string;
  /** @throws where something else came of it */
  run(attacker: Attacker): Promise<void>;
  /** One round shows all there is to see; more of them only measure. */
  readonly once?: boolean;
  /** Leaves work behind that goes on for so long: the memory is looked at after it. */
  readonly aftermathMillis?: number;
};

/** Repeats an attack with a link of its own each time, at least once. */
export const repeated =
  (body: (peer: Peer, attacker: Attacker) => Promise<void>) =>
  async (attacker: Attacker): Promise<void> => {
    let rounds = 0;
    do {
      const peer = await attacker.dial();
      try {
        await body(peer, attacker);
      } finally {
        peer.close();
      }
      rounds += 1;
    } while (attacker.goesOn());
    attacker.note(`${rounds} rounds`);
  };

/** One link, on which a step is repeated until it is time, or the session is over. */
export const flooded =
  (step: (peer: Peer, round: number) => void | Promise<void>) =>
  async (attacker: Attacker): Promise<void> => {
    let rounds = 0;
    let links = 0;
    do {
      const peer = await attacker.dial();
      links += 1;
      while (attacker.goesOn() && !peer.isOver()) {
        await step(peer, rounds);
        rounds += 1;
        await drained(peer);
      }
      peer.close();
    } while (attacker.goesOn());
    attacker.note(`${rounds} rounds, ${links} links`);
  };

/** Characters that an attacker keeps ready to be sent. */
const maxReady = 4 << 20;

/** Waits until the kernel takes more, so that the attacker itself does not run out of memory. */
export const drained = async ({ webSocket, isOver }: Peer): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  while (webSocket.bufferedAmount > maxReady && !isOver()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (attackIsOver()) return;
  }
};

let attackIsOver = () => false;

export const makeAttacker = (
  refs: Refs,
  goesOn: () => boolean,
  note: (figure: string) => void,
): Attacker => {
  attackIsOver = () => !goesOn();
  return { refs, dial: () => dialHostile(refs.victim), goesOn, note };
};

/** The session ends, for a reason from a fixed set. */
export const assertEnds = async (peer: Peer, reason: RegExp): Promise<void> => {
  assert.match(await soon('the end of the session', peer.ended), reason);
};

/** The text of an error that was answered. */
export const errorIn = (answer: Received): string => {
  assert.equal(answer.type, 'CTP_RETURN', `the session goes on: ${answer.reason}`);
  assert.ok(answer.exception !== undefined, `an error, not ${JSON.stringify(answer.result)}`);
  return (JSON.parse(answer.exception.body) as { message: string }).message;
};

/**
 * What nobody honest sends is answered with an error or ends its session, with a text from a fixed set.
 * @returns the text
 */
export const refusalOf = (answer: Received): string => {
  if (answer.type !== 'over') return errorIn(answer);
  assert.match(answer.reason ?? '', /^Cannot accept message: [a-z ,-]+$/);
  return answer.reason!;
};

/** The session goes on, and its owner is served. */
export const assertServed = async (peer: Peer): Promise<void> => {
  assert.deepEqual((await peer.ask(peer.root, 'text')).result, { body: '"pong"', slots: [] });
};

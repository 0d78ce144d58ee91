/**
 * Several switchboards in one process, joined by links that take their time: each direction keeps its
 * order, and nothing else is in any. Time passes only when a test says so.
 */
import type { Connection, Ref } from '#src/switchboard/connection.js';
import { type Whereabouts } from '#src/switchboard/gifts.js';
import { type Limits, defaultLimits } from '#src/switchboard/limits.js';
import { Switchboard } from '#src/switchboard/switchboard.js';
import type { HandoffOutcome } from '#src/switchboard/receiver.js';
import { type CapData, type Message, reverse } from '#src/switchboard/wire.js';
import { makeSlots } from './board.ts';

const remote = { inside: false, remote: true, lasting: true } as const;

/** What becomes due, in order of time, and of their beginning where that is the same. */
export const makeSchedule = () => {
  type Due = { at: number; order: number; task: () => void };
  let now = 0;
  let order = 0;
  const due: Due[] = [];
  return {
    now: () => now,
    after(milliseconds: number, task: () => void) {
      const entry = { at: now + milliseconds, order: (order += 1), task };
      let i = due.length;
      while (i > 0 && due[i - 1]!.at > entry.at) i -= 1;
      due.splice(i, 0, entry);
      return () => {
        const at = due.indexOf(entry);
        if (at !== -1) due.splice(at, 1);
      };
    },
    /** Runs what becomes due until then. */
    run(until = Infinity): void {
      for (let steps = 0; due.length > 0 && due[0]!.at <= until; steps += 1) {
        if (steps > 100_000) throw Error('it does not end');
        const { at, task } = due.shift()!;
        now = at;
        task();
      }
      if (until !== Infinity) now = until;
    },
  };
};
export type Schedule = ReturnType<typeof makeSchedule>;

/** The designator of a node in these tests: its name, and filled up. */
export const designatorOf = (name: string): string => name.toLowerCase().padEnd(52, '2');
const signed = (name: string): Whereabouts => ({
  designator: designatorOf(name),
  locations: [`ws://${name}`],
  signedAt: 1,
  signature: 'its own',
});

export type FederationOptions = {
  /** Milliseconds that the next message takes. */
  readonly delay?: () => number;
  readonly limits?: Partial<Limits>;
};

export type TestNode = {
  readonly name: string;
  readonly designator: string;
  readonly board: Switchboard;
  /** What became of what was introduced here: `A direct`. */
  readonly outcomes: string[];
  /** Sessions that were ended, and why. */
  readonly violations: string[];
  peer(other: TestNode): Connection;
  /** Where it is known to be without being told. */
  readonly knows: Set<TestNode>;
  isReachable: boolean;
};

/** What crossed a link. */
export type Crossing = {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly message: Message;
};

export const makeFederation = ({ delay = () => 1, limits = {} }: FederationOptions = {}) => {
  const schedule = makeSchedule();
  const nodes = new Map<string, TestNode>();
  const crossings: Crossing[] = [];
  /** Both ends of each open link, so that one can be cut. */
  const links = new Map<string, { open: boolean }>();
  let lastGift = 0;
  const pairOf = (a: TestNode, b: TestNode) => [a.name, b.name].toSorted().join('-');

  /** One direction of a link. */
  const makeLane = (link: { open: boolean }) => {
    let free = 0;
    return (task: () => void) => {
      free = Math.max(free, schedule.now() + delay());
      schedule.after(free - schedule.now(), () => {
        if (link.open) task();
      });
    };
  };

  const isLinked = (a: TestNode, b: TestNode) => links.get(pairOf(a, b))?.open === true;

  const cut = (a: TestNode, b: TestNode, why = 'the connection was lost') => {
    const link = links.get(pairOf(a, b));
    if (link?.open !== true) return;
    link.open = false;
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const connection = one.peer(other);
      if (connection.link !== undefined) one.board.down(connection, why);
    }
  };

  const connect = (a: TestNode, b: TestNode) => {
    if (isLinked(a, b)) return;
    const link = { open: true };
    links.set(pairOf(a, b), link);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const lane = makeLane(link);
      one.board.up(one.peer(other), {
        send(message) {
          const text = JSON.stringify(message);
          lane(() => {
            const copy = JSON.parse(text) as Message;
            crossings.push({ at: schedule.now(), from: one.name, to: other.name, message: copy });
            other.board.receive(other.peer(one), copy);
          });
        },
        end: (why) => cut(one, other, why),
      });
    }
  };

  const addNode = (name: string): TestNode => {
    const designator = designatorOf(name);
    const outcomes: string[] = [];
    const violations: string[] = [];
    const find = (party: string) =>
      [...nodes.values()].find((node) => `n:${node.designator}` === party);
    const provide = (party: string): Connection | undefined => {
      const other = find(party);
      if (other === undefined) return undefined;
      return board.get(party) ?? board.add(party, remote, () => dial(other));
    };
    const dial = (other: TestNode): boolean => {
      if (!node.knows.has(other)) return false;
      schedule.after(delay(), () => {
        if (other.isReachable && node.isReachable) connect(node, other);
        else board.unreachable(node.peer(other), 'the node cannot be reached');
      });
      return true;
    };
    const board: Switchboard = new Switchboard({
      slots: makeSlots(),
      limits: { ...defaultLimits, ...limits },
      now: schedule.now,
      gate: (release) => release(),
      provide: (party) => provide(party),
      onViolation: (party, reason) => void violations.push(`${party.id}: ${reason}`),
      onHandoff: (giver, outcome: HandoffOutcome) =>
        void outcomes.push(`${find(giver.id)!.name} ${outcome}`),
      nodes: {
        self: designator,
        partyOf: (other) => `n:${other}`,
        designatorOf: (party) => (party.startsWith('n:') ? party.slice(2) : undefined),
        provide(other, where) {
          const found = find(`n:${other}`);
          if (found === undefined) return undefined;
          const isProved = where?.designator === other && where.signature === 'its own';
          if (isProved) node.knows.add(found);
          return node.knows.has(found) ? provide(`n:${other}`) : undefined;
        },
        locationsOf: (other) => signed(find(`n:${other}`)!.name),
        makeGiftId: () => String((lastGift += 1)).padStart(22, 'g'),
        after: schedule.after,
      },
    });
    const node: TestNode = {
      ...{ name, designator, board, outcomes, violations },
      knows: new Set(),
      isReachable: true,
      peer: (other) => provide(`n:${other.designator}`)!,
    };
    nodes.set(name, node);
    return node;
  };

  return {
    schedule,
    crossings,
    connect,
    cut,
    isLinked,
    node: addNode,
    nodes: () => [...nodes.values()],
    /** Gives a party of one node an object of another one's, over their link, as if it had been sent. */
    share(owner: TestNode, party: string, slot: string, to: TestNode, holder: string): string {
      const far = owner.board.introduce(
        owner.peer(to),
        owner.board.refAt(owner.board.get(party)!, slot),
      );
      const ref = to.board.refAt(to.peer(owner), reverse(far));
      ref.received += 1;
      return to.board.introduce(to.board.get(holder)!, ref);
    },
  };
};
export type Federation = ReturnType<typeof makeFederation>;

const vatKind = { inside: true, remote: false, lasting: true } as const;

/** A reference as a body names it, so that whoever gets it knows which object it should be. */
export type Token = string;
export type Note = { readonly label: string; readonly tokens: readonly Token[] };

const bodyOf = (note: Note) => JSON.stringify(['m', [note]]);
const capabilityOf = (token: Token) =>
  JSON.stringify({ '@qclass': 'slot', iface: `Alleged: ${token}`, index: 0 });

export type Arrival = Note & {
  readonly id: string;
  /** The own object that was called. */
  readonly target: string;
  readonly slots: readonly string[];
};

/** A vat that a test speaks for. It answers each call at once, by `reply`, or with data. */
export const makeVat = (
  node: TestNode,
  {
    id = 'v1',
    reply = () => undefined,
    onCall = () => {},
    onAnswer = () => {},
  }: {
    readonly id?: string;
    /** A token that the vat has, to be the answer; undefined for data. */
    readonly reply?: (arrival: Arrival) => Token | undefined;
    readonly onCall?: (arrival: Arrival) => void;
    /** @param token - undefined for data and errors */
    readonly onAnswer?: (question: string, token: Token | undefined) => void;
  } = {},
) => {
  const connection = node.board.add(id, vatKind);
  const imports = new Map<string, { readonly token: Token; received: number }>();
  const arrivals: Arrival[] = [];
  const answers = new Map<string, string>();
  /** What an object came as while it was held as something else. */
  const strangers: string[] = [];
  let lastQuestion = 0;

  const say = (message: unknown) => node.board.receive(connection, message);
  const ownToken = (slot: string): Token => `${node.name}.${id}.${slot}`;
  const slotOf = (token: Token): string | undefined => {
    if (token.startsWith(`${node.name}.${id}.`)) return token.split('.')[2]!;
    for (const [slot, entry] of imports) if (entry.token === token) return slot;
    return undefined;
  };
  const take = ({ slots }: CapData, tokens: readonly Token[]) => {
    const seen = new Set<string>();
    slots.forEach((written, i) => {
      const slot = reverse(written);
      const token = tokens[i]!;
      if (slot[1] === '+') {
        if (ownToken(slot) !== token) strangers.push(`${token} came home as ${slot}`);
        return;
      }
      const known = slotOf(token);
      if (known !== undefined && known !== slot) strangers.push(`${token} came as ${slot}`);
      const entry = imports.get(slot) ?? { token, received: 0 };
      if (entry.token !== token) strangers.push(`${slot} was ${entry.token}, and is ${token}`);
      imports.set(slot, entry);
      if (!seen.has(slot)) entry.received += 1;
      seen.add(slot);
    });
  };
  const settle = (question: string, data: CapData) => {
    const { '@qclass': kind, iface, message } = JSON.parse(data.body) as Record<string, string>;
    const token = kind === 'slot' ? iface!.slice('Alleged: '.length) : undefined;
    take(data, token === undefined ? [] : [token]);
    answers.set(question, token ?? message ?? 'data');
    onAnswer(question, token);
    if (token !== undefined) say({ type: 'CTP_DROP', epoch: 0, slotID: question, decRefs: 0 });
  };
  node.board.up(connection, {
    send(message, asker) {
      if (message.type === 'CTP_CALL') {
        const [, [note]] = JSON.parse(message.method.body) as [string, [Note]];
        take(message.method, note.tokens);
        const arrival: Arrival = {
          ...note,
          id: message.questionID,
          target: reverse(message.target),
          slots: message.method.slots.map(reverse),
        };
        arrivals.push(arrival);
        const token = reply(arrival);
        const result =
          token === undefined
            ? { body: '{"data":1}', slots: [] }
            : { body: capabilityOf(token), slots: [slotOf(token)!] };
        say({ type: 'CTP_RETURN', epoch: 0, answerID: message.questionID, result });
        onCall(arrival);
      } else if (message.type === 'CTP_RETURN') {
        settle(message.answerID, 'result' in message ? message.result : message.exception);
      } else if (message.type === 'CTP_RESOLVE') {
        settle(reverse(message.promiseID), 'res' in message ? message.res : message.rej);
      }
      if (asker !== undefined) node.board.carriedOut(asker);
    },
    end: () => {},
  });

  return {
    ...{ node, id, connection, imports, arrivals, answers, strangers, say, ownToken, slotOf },
    /** What was called, on which object, and with what. */
    log: () => arrivals.map(({ label }) => label),
    nextQuestion: () => `q-${lastQuestion + 1}`,
    /** @param target - a slot, or the number of an own question. @returns the number of the question */
    call(target: string, label: string, tokens: readonly Token[] = []): string {
      lastQuestion += 1;
      const questionID = `q-${lastQuestion}`;
      const slots = tokens.map((token) => slotOf(token)!);
      const method = { body: bodyOf({ label, tokens }), slots };
      say({ type: 'CTP_CALL', epoch: 0, questionID, target, method });
      return questionID;
    },
    resolve(promise: string, token: Token) {
      const res = { body: capabilityOf(token), slots: [slotOf(token)!] };
      say({ type: 'CTP_RESOLVE', epoch: 0, promiseID: reverse(promise), res });
    },
    /** Has a reference that was given to it by hand. */
    has(slot: string, token: Token) {
      imports.set(slot, { token, received: 1 });
    },
    drop(slot: string) {
      const { received } = imports.get(slot)!;
      imports.delete(slot);
      say({ type: 'CTP_DROP', epoch: 0, slotID: slot, decRefs: received });
    },
    refOf: (token: Token): Ref => node.board.held(connection, slotOf(token)!),
  };
};
export type TestVat = ReturnType<typeof makeVat>;

/** A vat has an object of another node's from now on. */
export const give = (federation: Federation, owner: TestVat, slot: string, holder: TestVat) => {
  const at = federation.share(owner.node, owner.id, slot, holder.node, holder.id);
  const token = owner.ownToken(slot);
  holder.has(at, token);
  return token;
};

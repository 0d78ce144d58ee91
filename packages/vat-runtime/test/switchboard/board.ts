/** A switchboard with parties whose messages a test gives by hand and reads as short lines. */
import type { Connection, ConnectionKind, Ref } from '#src/switchboard/connection.js';
import { type Limits, defaultLimits } from '#src/switchboard/limits.js';
import type { LastingSlots } from '#src/switchboard/c-lists.js';
import { type HeldSlots, makeHeldCheck, numberOf } from '#src/switchboard/held-slots.js';
import { Switchboard } from '#src/switchboard/switchboard.js';
import { type Message, errorData, isCapability } from '#src/switchboard/wire.js';

const kinds = {
  vat: { inside: true, remote: false, lasting: true },
  guest: { inside: true, remote: false, lasting: true, unlimited: false },
  node: { inside: false, remote: true, lasting: true },
  client: { inside: false, remote: false, lasting: false },
  control: { inside: false, remote: false, lasting: true, unlimited: true },
  web: { inside: false, remote: false, lasting: true },
} satisfies Record<string, ConnectionKind>;

export type Party = {
  readonly connection: Connection;
  /** Gives one message to the switchboard. */
  say(message: unknown): void;
  /** What was sent to the party since the last call, in order. */
  take(): string[];
  /** What was sent to the party since the last call, whole. */
  takeMessages(): Message[];
  /** Why the switchboard ended the session. */
  readonly ended: string[];
  /** The session ends, as when a link is lost. */
  down(why?: string): void;
  /** A session begins. */
  up(): void;
  sizes(): { entries: number; asked: number; answering: number };
  /** How often it was paused and resumed, as `p` and `r`, and had to pay, as `$`. */
  flow(): string;
  /** For a vat that works by hand: it carries out its oldest calls. */
  carryOut(count?: number): void;
};

/** The numbers that were given last go on, so that none is given twice; and what calls cost is an average. */
const counters = new Set(['lastAsked', 'lastQuestion', 'lastImport', 'lastSession', 'callCost']);

/** What a connection has in any of its tables and counts, by the table's name. */
export const leftIn = (connection: Connection): Record<string, number> => {
  const { work, waits, ...tables } = connection;
  const all = [tables, work, waits].flatMap((counts) => Object.entries(counts));
  const sizes = all.map(([name, value]: [string, unknown]) => {
    if (value instanceof Map || value instanceof Set) return [name, value.size] as const;
    if (Array.isArray(value)) return [name, value.length] as const;
    return [name, typeof value === 'number' && !counters.has(name) ? value : 0] as const;
  });
  return Object.fromEntries(sizes.filter(([, size]) => size !== 0));
};

/** Lasting slots in memory: what is kept here outlives a switchboard. */
export type MemorySlots = LastingSlots & {
  readonly kept: ReadonlyMap<string, string>;
  /** Told when the last entry that named an object is gone. */
  onUnnamed: (owner: string, slot: string) => void;
};
export const makeSlots = (): MemorySlots => {
  const kept = new Map<string, string>();
  const back = new Map<string, string>();
  const last = new Map<string, number>();
  const slots: MemorySlots = {
    kept,
    onUnnamed: () => {},
    at(party, slot) {
      const [owner, ownerSlot] = kept.get(`${party} ${slot}`)?.split(' ') ?? [];
      return owner === undefined ? undefined : { owner, slot: ownerSlot! };
    },
    slotOf: (party, owner, slot) => back.get(`${party} ${owner} ${slot}`),
    next(party) {
      last.set(party, (last.get(party) ?? 0) + 1);
      return `o-d${last.get(party)}`;
    },
    keep(party, slot, owner, ownerSlot) {
      kept.set(`${party} ${slot}`, `${owner} ${ownerSlot}`);
      back.set(`${party} ${owner} ${ownerSlot}`, slot);
    },
    erase(party, slot) {
      const key = `${party} ${slot}`;
      const name = kept.get(key);
      if (name === undefined) return;
      back.delete(`${party} ${name}`);
      kept.delete(key);
      const [owner, ownerSlot] = name.split(' ') as [string, string];
      if (!slots.isNamed(owner, ownerSlot)) slots.onUnnamed(owner, ownerSlot);
    },
    wasGiven: (party, slot) => (numberOf(slot) ?? Infinity) <= (last.get(party) ?? 0),
    isNamed: (owner, slot) => [...kept.values()].includes(`${owner} ${slot}`),
  };
  return slots;
};

export const capability = '{"@qclass":"slot","index":0}';

/** `o-1.m(o+2, p+3)`: the body's text does not matter to the switchboard. */
export const call = (questionID: string, target: string, ...slots: string[]): Message => ({
  type: 'CTP_CALL',
  epoch: 0,
  questionID,
  target,
  method: { body: '["m",[]]', slots },
});
/** The answer is the object in one slot, and nothing else. */
export const answer = (answerID: string, slot: string): Message => ({
  type: 'CTP_RETURN',
  epoch: 0,
  answerID,
  result: { body: capability, slots: [slot] },
});
export const answerData = (answerID: string, body = '"data"', ...slots: string[]): Message => ({
  type: 'CTP_RETURN',
  epoch: 0,
  answerID,
  result: { body, slots },
});
export const answerError = (answerID: string, text = 'refused'): Message => ({
  type: 'CTP_RETURN',
  epoch: 0,
  answerID,
  exception: errorData(text),
});
export const resolve = (promiseID: string, slot: string): Message => ({
  type: 'CTP_RESOLVE',
  epoch: 0,
  promiseID,
  res: { body: capability, slots: [slot] },
});
export const resolveData = (promiseID: string, body = '"data"'): Message => ({
  type: 'CTP_RESOLVE',
  epoch: 0,
  promiseID,
  res: { body, slots: [] },
});
export const drop = (slotID: string, decRefs = 1): Message => ({
  type: 'CTP_DROP',
  epoch: 0,
  slotID,
  decRefs,
});
export const bootstrap = (questionID: string): Message => ({
  type: 'CTP_BOOTSTRAP',
  epoch: 0,
  questionID,
});

const showData = ({ body, slots }: { body: string; slots: readonly string[] }): string => {
  if (isCapability(body)) return slots.join();
  const error = /"message":"([^"]*)"/.exec(body)?.[1];
  if (error !== undefined) return `! ${error}`;
  return slots.length === 0 ? body : `${body} ${slots.join()}`;
};

export const show = (message: Message): string => {
  switch (message.type) {
    case 'CTP_BOOTSTRAP':
      return `${message.questionID}: bootstrap`;
    case 'CTP_CALL':
      return `${message.questionID}: ${message.target}.m(${message.method.slots.join()})`;
    case 'CTP_RETURN':
      return `${message.answerID} = ${showData('result' in message ? message.result : message.exception)}`;
    case 'CTP_RESOLVE':
      return `${message.promiseID} = ${showData('res' in message ? message.res : message.rej)}`;
    case 'CTP_DROP':
      return `drop ${message.slotID} x${message.decRefs}`;
    case 'CTP_DISCONNECT':
      return `end: ${message.reason}`;
    case 'CTP_HELD':
      return `holds ${message.slots}`;
    default:
      return JSON.stringify(message);
  }
};

export type BoardOptions = {
  readonly slots?: MemorySlots;
  readonly limits?: Partial<Limits>;
  /** Output to outside parties waits until `release`. */
  readonly gated?: boolean;
  /** Vats carry a call out when the test says so. */
  readonly byHand?: boolean;
  /** Nodes are told what is held of them, and what they say of it is believed at once. */
  readonly leases?: boolean;
  readonly now?: () => number;
};

export const makeBoard = ({
  slots = makeSlots(),
  limits = {},
  gated = false,
  byHand = false,
  leases = false,
  now = () => 0,
}: BoardOptions = {}) => {
  const waiting: (() => void)[] = [];
  const switchboard: Switchboard = new Switchboard({
    slots,
    limits: { ...defaultLimits, ...limits },
    now,
    gate: (release) => {
      if (gated) waiting.push(release);
      else release();
    },
    ...(leases
      ? {
          *namedOf(owner: string) {
            for (const name of slots.kept.values()) {
              if (name.startsWith(`${owner} `)) yield name.slice(owner.length + 1);
            }
          },
          onHeld({ id }: Connection, held: HeldSlots) {
            const isHeld = makeHeldCheck(held);
            for (const key of [...slots.kept.keys()]) {
              const [party, slot] = key.split(' ') as [string, string];
              if (party === id && !isHeld(numberOf(slot)!)) switchboard.erase(id, slot);
            }
          },
        }
      : {}),
    provide: (id) => party(id.startsWith('n') ? 'node' : 'vat', id).connection,
  });
  slots.onUnnamed = (owner, slot) => switchboard.unnamed(owner, slot);
  const parties = new Map<string, Party>();

  const party = (
    kind: keyof typeof kinds,
    id: string,
    summon?: () => boolean,
    isUp = summon === undefined,
  ): Party => {
    const known = parties.get(id);
    if (known !== undefined) return known;
    const connection = switchboard.add(id, kinds[kind], summon);
    let got: Message[] = [];
    const ended: string[] = [];
    const given: Connection[] = [];
    let flow = '';
    const takeMessages = () => {
      const taken = got;
      got = [];
      return taken;
    };
    const made: Party = {
      connection,
      ended,
      takeMessages,
      say: (message) => switchboard.receive(connection, message),
      take: () => takeMessages().map(show),
      down: (why = 'the connection was lost') => switchboard.down(connection, why),
      up: () =>
        switchboard.up(connection, {
          send(message, asker) {
            got.push(message);
            if (asker === undefined) return;
            if (byHand) given.push(asker);
            else switchboard.carriedOut(asker);
          },
          pause: () => void (flow += 'p'),
          resume: () => void (flow += 'r'),
          charge: () => void (flow += '$'),
          end(reason) {
            ended.push(reason);
            // As the node does when it has heard of all that a vat did.
            if (connection.kind.inside) switchboard.rest(connection, reason);
          },
        }),
      sizes: () => switchboard.sizes(connection),
      flow: () => flow,
      carryOut(count = given.length) {
        for (const asker of given.splice(0, count)) switchboard.carriedOut(asker);
      },
    };
    parties.set(id, made);
    if (isUp) made.up();
    return made;
  };

  return {
    switchboard,
    party,
    /** The object of `owner` in `slot`. */
    refOf: (owner: Party, slot: string): Ref => switchboard.refAt(owner.connection, slot),
    /** Gives `holder` an object of `owner` by hand, and answers the holder's slot. */
    introduce: (holder: Party, owner: Party, slot: string): string =>
      switchboard.introduce(holder.connection, switchboard.refAt(owner.connection, slot)),
    /** Lets out the oldest `count` messages that wait at the gate; all without a count. */
    release(count = waiting.length): void {
      for (const release of waiting.splice(0, count)) release();
    },
    waiting: () => waiting.length,
    /** The lasting slots that are kept for a party. */
    keptBy: ({ connection: { id } }: Party): string[] =>
      [...slots.kept.keys()]
        .filter((key) => key.startsWith(`${id} `))
        .map((key) => key.slice(id.length + 1)),
  };
};

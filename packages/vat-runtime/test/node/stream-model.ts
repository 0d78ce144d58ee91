/**
 * Nodes with nothing but relations and streams, over disks and links on which a test says what happens
 * next: which batch is written, which message arrives, what is lost, and who is started from what.
 */
import '@pocas/vat-runtime/lockdown';
import { sha256 } from '#src/machine/integrity.js';
import { makeHoldings } from '#src/node/holdings.js';
import { openRelationRows } from '#src/node/relation-rows.js';
import { makePieces } from '#src/node/pieces.js';
import { type Relations, makeRelations } from '#src/node/relations.js';
import { openStreamRows } from '#src/node/stream-rows.js';
import { type Streams, makeStreams, openNodeTicket } from '#src/node/streams.js';
import type { Post } from '#src/courier/post.js';
import type { Link } from '#src/session/link.js';
import { defaultLimits } from '#src/switchboard/limits.js';
import type { Committer } from '#src/store/committer.js';
import type { Row } from '#src/store/storage.js';

export type Disk = Map<string, string>;

/** A store whose batches are written when the test says so. */
const makeStore = (disk: Disk) => {
  const staged = new Map<string, string | undefined>();
  let waiting: (() => void)[] = [];
  const get = (key: string) => (staged.has(key) ? staged.get(key) : disk.get(key));
  const store = {
    get,
    list: async (prefix: string, { after }: { after?: string } = {}) =>
      [...new Set([...disk.keys(), ...staged.keys()])]
        .filter((key) => key.startsWith(prefix) && (after === undefined || key > after))
        .sort()
        .flatMap((key) => {
          const value = get(key);
          return value === undefined ? [] : [[key, value] as const];
        }),
    stage(rows: readonly Row[]) {
      for (const [key, value] of rows) staged.set(key, value);
    },
    whenDurable(release: () => void) {
      if (staged.size === 0 && waiting.length === 0) release();
      else waiting.push(release);
    },
    whenRoom: (task: () => void) => task(),
  };
  return {
    store: store as unknown as Committer,
    isDirty: () => staged.size > 0 || waiting.length > 0,
    flush() {
      for (const [key, value] of staged) {
        if (value === undefined) disk.delete(key);
        else disk.set(key, value);
      }
      staged.clear();
      const released = waiting;
      waiting = [];
      for (const release of released) release();
    },
  };
};

/** One direction of a link: what has arrived at its end is taken in order. */
type Line = { readonly tasks: (() => void)[] };

export type World = {
  readonly lines: Set<Line>;
  readonly timers: Set<() => void>;
};

export const makeWorld = (): World => ({ lines: new Set(), timers: new Set() });

export type ModelNode = {
  readonly name: string;
  readonly incarnation: string;
  readonly disk: Disk;
  readonly relations: Relations;
  /** What of another node's is named here. */
  readonly named: () => string[];
  /** Bundles. */
  readonly post: Post;
  /** Fewer messages of the other node wait. */
  drained(): void;
  isAlive: boolean;
  isDirty(): boolean;
  flush(): void;
  send(id: string): void;
  /** What it sent to a node, what it carried out of one, and how its sends ended, in order, as of now. */
  sent(): string[];
  done(): string[];
  ended(): string[];
  /** The end of the link that it uses. */
  current: End | undefined;
  opened(end: End): void;
};

type End = {
  readonly link: Link;
  readonly owner: ModelNode;
  closed: boolean;
  lose(): void;
};

/** Numbers of rows that sort as texts. */
const pad = (count: number) => String(count).padStart(6, '0');

/** @param onDone - called with each message of the other node that is carried out */
export const startModel = async (
  world: World,
  name: string,
  other: string,
  disk: Disk,
  incarnation: string,
  onDone: (node: ModelNode, id: string) => void,
  backlog: () => number = () => 0,
): Promise<ModelNode> => {
  const life = Number(disk.get('life') ?? 0) + 1;
  disk.set('life', String(life));
  const { store, flush, isDirty } = makeStore(disk);
  const holdings = makeHoldings(() => {});
  const streamRows = await openStreamRows(store, holdings, sha256, life);
  const rows = await openRelationRows(store);
  const counts: Record<string, number> = {};
  for (const list of ['sent', 'done', 'ended']) {
    counts[list] = [...disk.keys()].filter((key) => key.startsWith(`${list}/`)).length;
  }
  const note = (list: string, text: string) => {
    const count = counts[list]!;
    counts[list] = count + 1;
    store.stage([[`${list}/${pad(count)}`, text]]);
  };
  const read = (list: string) =>
    Array.from({ length: counts[list]! }, (_, i) => store.get(`${list}/${pad(i)}`)!);
  const after = (_milliseconds: number, task: () => void) => {
    world.timers.add(task);
    return () => void world.timers.delete(task);
  };
  const answer = (ticket: string | undefined, ok: boolean, { body }: { body: string }) => {
    if (ticket === undefined) return;
    const asker = openNodeTicket(ticket);
    if (asker === undefined) return note('ended', `${ticket} ${ok ? body : 'failed'}`);
    const data = { body, refs: [] };
    streams.give(other, { kind: 'answer', to: asker[1], ok, data });
  };
  const onDamaged = (error: Error) => {
    throw error;
  };
  const streams: Streams = makeStreams({
    ...{ onDamaged, rows: streamRows, store, holdings, answer, after },
    names: {
      outgoing: (_node, { body }) => ({ body, slots: [] }),
      incoming: (_node, { body }) => ({ body, refs: [] }),
      handedOut: (_node, { body }) => ({ data: { body, slots: [] } }),
      handedIn: (_node, { body, slots }, _gifts, done) =>
        done({ body, refs: slots.map((slot) => ['n:third', slot]) }),
      target: () => ['v1', 'o+d1'],
    },
    deliver(_from, _to, { method }, ticket) {
      onDone(node, method);
      note('done', method);
      answer(ticket, true, { body: method });
    },
    backlog,
    onFork: (peer) => relations.quarantine(peer, 'fork'),
    summon: () => {},
    later: (task) => task(),
  });
  const relations = makeRelations({
    ...{ onDamaged, store, life, limits: defaultLimits, rows, streamRows, streams, answer, after },
    slotsGiven: () => 0,
    slotsHeld: () => 0,
    raiseSlots: () => {},
    now: () => 1,
    told: { tell: () => {}, tells: () => false },
  });
  const post = makePieces({
    ...{ streamRows, relations, streams, store, limits: defaultLimits, incarnation },
    later: (task) => task(),
  });
  relations.remember(other);
  flush();
  const node: ModelNode = {
    ...{ name, incarnation, disk, relations, post, isDirty },
    named: () => [...holdings.namedOf('n:third')],
    isAlive: true,
    drained: () => streams.drained(other),
    flush: () => {
      if (node.isAlive) flush();
    },
    send(id) {
      note('sent', id);
      const item = { method: id, args: { body: '', refs: [] }, ask: true } as const;
      streams.give(other, { kind: 'send', target: 'o+d1', ...item }, id);
    },
    sent: () => read('sent'),
    done: () => read('done'),
    ended: () => read('ended'),
    current: undefined,
    opened(end) {
      if (!node.isAlive || end.closed) return;
      const old = node.current;
      node.current = end;
      old?.link.close();
      relations.opened(end.link, () => {});
    },
  };
  return node;
};

/** A link between two nodes. Each end opens, and each message arrives, when the test says so. */
export const connect = (world: World, a: ModelNode, b: ModelNode): void => {
  const make = (owner: ModelNode, peer: ModelNode, out: Line, arrives: () => End): End => {
    const close = () => {
      if (end.closed) return;
      end.closed = true;
      owner.relations.closed(link);
      if (owner.current === end) owner.current = undefined;
      out.tasks.push(() => arrives().link.close());
    };
    const link = {
      peer: { designator: peer.name, incarnation: peer.incarnation, lasting: true, locations: [] },
      send(message: unknown) {
        const text = JSON.stringify(message);
        if (end.closed || !owner.isAlive) return;
        out.tasks.push(() => {
          const { owner: taker, link: theirs, closed } = arrives();
          if (closed || !taker.isAlive || taker.current !== arrives()) return;
          taker.relations.receive(theirs, JSON.parse(text));
        });
      },
      close,
    } as unknown as Link;
    const end: End = {
      ...{ link, owner, closed: false },
      // What is on the way is lost, and so is the link, as when a cable is cut.
      lose() {
        out.tasks.splice(0, out.tasks.length, () => arrives().link.close());
      },
    };
    return end;
  };
  const toA: Line = { tasks: [] };
  const toB: Line = { tasks: [] };
  world.lines.add(toA);
  world.lines.add(toB);
  const endA: End = make(a, b, toB, () => endB);
  const endB: End = make(b, a, toA, () => endA);
  toA.tasks.push(() => a.opened(endA));
  toB.tasks.push(() => b.opened(endB));
};

/** What it has not written is lost, and so is what it has not read. Others may still read what it sent. */
export const crash = (node: ModelNode): void => {
  node.isAlive = false;
  const { current } = node;
  current?.link.close();
};

/** Lets one message arrive. @returns false where none is on the way */
export const step = (world: World, pick: number): boolean => {
  const lines = [...world.lines].filter(({ tasks }) => tasks.length > 0);
  if (lines.length === 0) return false;
  lines[pick % lines.length]!.tasks.shift()!();
  return true;
};

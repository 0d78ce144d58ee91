/**
 * What nodes send each other exactly once, in order: the two directions of a link, over the rows of
 * `stream-rows.ts`.
 *
 * An item leaves when the batch that holds it is on disk, and is sent again on the next link until it
 * is acknowledged. The other side writes what it does and how far it has taken in one batch, and
 * acknowledges when that is on disk. So a crash on either side finds an item on one of them, and its
 * number says whether it was taken.
 */
import harden from '@endo/harden';
import type { SendFailure } from '../actor/send.ts';
import type { Designator } from '../locator/identity.ts';
import type { Link } from '../session/link.ts';
import type { NodeAck, NodeAnswer, NodeItem, NodeSend, TakenItem } from '../session/node-wire.ts';
import { peerId } from '../session/peers.ts';
import { RowDamagedError } from '../store/checked-storage.ts';
import type { Committer } from '../store/committer.ts';
import type { Gift } from '../switchboard/gifts.ts';
import { type CapData, WireViolation } from '../switchboard/wire.ts';
import type { Holdings } from './holdings.ts';
import type { NamedData } from './inbox.ts';
import type { OutItem, StreamRows } from './stream-rows.ts';

/** Where an object is: its owner's id, and the owner's slot. */
export type Name = readonly [owner: string, slot: string];

/** A message for an object, on its way. */
export type Letter = {
  readonly method: string;
  readonly args: NamedData;
  readonly notAfter?: string;
};

/** References as a node writes them, and as rows do. */
export type WireNames = {
  /** @throws where the owner of a reference exists no more */
  outgoing(node: Designator, data: NamedData): CapData;
  /** @throws WireViolation where a slot is none of those that the node was given */
  incoming(node: Designator, data: CapData): NamedData;
  /** As `outgoing`, for what is sent now over a link, with gifts for what others own. */
  handedOut(
    node: Designator,
    data: NamedData,
  ): { readonly data: CapData; readonly gifts?: readonly Gift[] };
  /**
   * As `incoming`, for what came over a link. `done` is called once all is there: at once where nothing
   * is handed over.
   */
  handedIn(
    node: Designator,
    data: CapData,
    gifts: readonly Gift[] | undefined,
    done: (data: NamedData | undefined) => void,
  ): void;
  /** @throws WireViolation likewise */
  target(node: Designator, slot: string): Name;
};

export type StreamsPowers = {
  readonly rows: StreamRows;
  readonly store: Committer;
  readonly names: WireNames;
  /** What items name that wait for those before them is counted there. */
  readonly holdings: Pick<Holdings, 'add' | 'remove'>;
  /** Stages a message that came from a node. @param ticket - who waits for the answer */
  readonly deliver: (
    from: Designator,
    to: Name,
    letter: Letter,
    ticket: string | undefined,
  ) => void;
  /** Stages the answer to a message. */
  readonly answer: (ticket: string | undefined, ok: boolean, data: NamedData) => void;
  /** Messages of a node that wait in inboxes, where that will change by itself. */
  readonly backlog: (node: Designator) => number;
  /** The history that a node tells is not the one that it told before. */
  readonly onFork: (node: Designator) => void;
  /** Something waits for a node without a link. */
  readonly summon: (node: Designator) => void;
  /** A row of a stream cannot be read. */
  readonly onDamaged: (error: Error) => void;
  /** Runs a task after the current one and its reactions. */
  readonly later: (task: () => void) => void;
  readonly after: (milliseconds: number, task: () => void) => () => void;
};

export type Streams = {
  /** Adds an item in the current batch. @param ticket - who waits for its answer */
  give(node: Designator, item: OutItem, ticket?: string): void;
  /**
   * Both sides agree on the relation: what waits is sent.
   * @param arrived - the last of our items that it took
   * @param said - the last of its items that it was told to have arrived
   */
  begin(link: Link, arrived: number, said: number): void;
  end(node: Designator): void;
  /** @throws WireViolation where the message is out of turn */
  receive(link: Link, message: NodeAck | TakenItem): void;
  /** The backlog of a node has become less. */
  drained(node: Designator): void;
  /** Whether what comes of an item has room here. */
  hasRoom(node: Designator, item: TakenItem): boolean;
  /** An item as it crosses a link. */
  wireItem(node: Designator, number: number): NodeItem;
  /** Takes the next item, in the current batch. */
  carryOut(node: Designator, item: TakenItem): void;
  /** Items went or came by another way than a link. */
  refresh(node: Designator): void;
};

/** Items under way that are not acknowledged. As many are taken before the disk is asked again. */
export const windowItems = 64;
/** Characters of their bodies; one item alone may have more. */
const windowLength = 1 << 20;
/** Past this many messages of a node in inboxes nothing more is taken from it, so it sends no more. */
export const maxBacklog = 1024;
/**
 * Answers that a node has not taken, past which nothing is taken from it that wants one. It may have
 * stopped at the same limit, with a question of ours that is to be taken before our answers: then more
 * of them, and past those one in a second, so that two nodes never wait for each other.
 */
export const maxAnswers = 1024;
const maxAnswersBehindAsks = 65_536;
/** So often it is looked at whether there is room again by other ways than being carried out. */
const roomMilliseconds = 1000;

/** Who waits for the answer to an item of another node, as vats and rows know it. */
export const nodeTicket = (node: Designator, number: number): string => `${peerId(node)}/${number}`;

/** The node and the number in a ticket; undefined where it is a vat's. */
export const openNodeTicket = (ticket: string): readonly [Designator, number] | undefined => {
  const [, node, number] = /^n:([a-z2-7]+)\/([1-9][0-9]{0,15})$/.exec(ticket) ?? [];
  return node === undefined ? undefined : [node, Number(number)];
};

export const failureData = (code: SendFailure['code'], message: string): NamedData => ({
  body: `#${JSON.stringify({ code, message })}`,
  refs: [],
});

/** Why a link ends whose stream cannot be read. */
export const DAMAGED = 'what this node keeps of the stream cannot be read';
const GONE = 'the object or an argument exists no more';
const UNREADABLE = 'the message is malformed, or longer than that node takes';
const UNREADABLE_ANSWER = 'the answer is malformed, or longer than this node takes';

type Arriving = {
  readonly item: TakenItem;
  isReady: boolean;
  /** What it says; undefined where that is nothing, or cannot be had. */
  data?: NamedData;
};

type Session = {
  readonly node: Designator;
  readonly link: Link;
  /** The last item that was put on its way, those that are not acknowledged, and their length in all. */
  sent: number;
  underWay: { readonly number: number; readonly length: number }[];
  inFlight: number;
  /** The last item of the other side that is on our disk, and the last that was acknowledged. */
  durable: number;
  said: number;
  /** Items that came and were not taken yet: each waits for what it names, and for those before it. */
  readonly arriving: Arriving[];
  /** Characters in their bodies. */
  arrivingLength: number;
  isSaying: boolean;
  isPumping: boolean;
  /** There is no room for the first of them. */
  cancel?: () => void;
  /** It was waited for room long enough that one may be answered all the same. */
  isDue: boolean;
};

const dataOf = (item: TakenItem): CapData | undefined =>
  item.type === 'NODE_SEND' ? item.args : item.type === 'NODE_ANSWER' ? item.data : undefined;
const wantsAnswer = (item: TakenItem): boolean =>
  item.type === 'NODE_SEND'
    ? item.ask
    : item.type === 'NODE_UNREADABLE' && item.was === 'NODE_SEND';
const lengthOf = (item: TakenItem): number => dataOf(item)?.body.length ?? 0;

export const makeStreams = (powers: StreamsPowers): Streams => {
  const { rows, store, names, holdings, deliver, answer, later, after } = powers;
  const sessions = new Map<Designator, Session>();
  const isCurrent = (session: Session) => sessions.get(session.node) === session;

  // ---- what goes out ----

  const itemBy = (
    names: Pick<WireNames, 'handedOut'>,
    node: Designator,
    number: number,
  ): NodeItem => {
    const item = rows.itemAt(node, number)!;
    const place = { n: number, link: rows.linkAt(node, number)! };
    if (item.kind === 'void') return { type: 'NODE_VOID', ...place };
    try {
      if (item.kind === 'answer') {
        const { to, ok } = item;
        return { type: 'NODE_ANSWER', ...place, to, ok, ...names.handedOut(node, item.data) };
      }
      const { target, method, ask, notAfter } = item;
      const { data, gifts } = names.handedOut(node, item.args);
      return {
        ...{ type: 'NODE_SEND', ...place, target: `o-${target.slice(2)}`, method, ask, args: data },
        ...(notAfter === undefined ? {} : { notAfter }),
        ...(gifts === undefined ? {} : { gifts }),
      };
    } catch (error) {
      if (error instanceof RowDamagedError) throw error;
      // What it names has no owner any more. The number is taken all the same.
      const failure = failureData('gone', GONE);
      if (item.kind === 'answer') {
        const data = { body: failure.body, slots: [] };
        return { type: 'NODE_ANSWER', ...place, to: item.to, ok: false, data };
      }
      answer(rows.takeTicket(node, number), false, failure);
      return { type: 'NODE_VOID', ...place };
    }
  };
  const plainly = {
    handedOut: (node: Designator, data: NamedData) => ({ data: names.outgoing(node, data) }),
  };

  /** A row that is damaged, or was not written by a disk that failed, ends the link and nothing else. */
  const guarded = (session: Session, task: () => void) => {
    try {
      task();
    } catch (error) {
      if (!(error instanceof RowDamagedError)) throw error;
      powers.onDamaged(error);
      session.link.close(DAMAGED);
    }
  };

  /** Sends what may be under way. What one task gives goes together. */
  const pumpLater = (session: Session) => {
    if (session.isPumping) return;
    session.isPumping = true;
    later(() => {
      session.isPumping = false;
      if (isCurrent(session)) guarded(session, () => pump(session));
    });
  };

  const pump = (session: Session) => {
    const { node, link } = session;
    const { given, acked } = rows.marks(node);
    while (session.underWay[0] !== undefined && session.underWay[0].number <= acked[0]) {
      session.inFlight -= session.underWay.shift()!.length;
    }
    // What arrived by another way was not put on its way here.
    session.sent = Math.max(session.sent, acked[0]);
    while (
      session.sent < given[0] &&
      session.underWay.length < windowItems &&
      (session.inFlight < windowLength || session.underWay.length === 0)
    ) {
      const number = session.sent + 1;
      const message = itemBy(names, node, number);
      const length = lengthOf(message);
      session.sent = number;
      session.underWay.push({ number, length });
      session.inFlight += length;
      store.whenDurable(() => {
        if (isCurrent(session)) link.send(message);
      }, length);
    }
  };

  const onAck = (session: Session, number: number) => {
    // What was given may have arrived by another way than this link.
    if (number > rows.marks(session.node).given[0]) {
      throw new WireViolation('acknowledgement of what was not given');
    }
    rows.acknowledge(session.node, number);
    pumpLater(session);
    if (session.cancel !== undefined) guarded(session, () => takeReady(session));
  };

  // ---- what comes in ----

  /** @param data - what it says, undefined where that cannot be had */
  const carryOut = (node: Designator, item: TakenItem, data: NamedData | undefined) => {
    rows.take(node, [item.n, item.link]);
    switch (item.type) {
      case 'NODE_SEND': {
        const { target, method, ask, notAfter } = item;
        const ticket = ask ? nodeTicket(node, item.n) : undefined;
        const to = targetOf(node, target);
        if (to === undefined || data === undefined) {
          return answer(ticket, false, failureData('gone', GONE));
        }
        const when = notAfter === undefined ? {} : { notAfter };
        return deliver(node, to, { method, args: data, ...when }, ticket);
      }
      case 'NODE_ANSWER': {
        // Only to what it was asked, and once.
        const ticket = rows.takeTicket(node, item.to);
        return data === undefined
          ? answer(ticket, false, failureData('gone', GONE))
          : answer(ticket, item.ok, data);
      }
      case 'NODE_VOID':
        return;
      case 'NODE_UNREADABLE':
        if (item.was === 'NODE_SEND') {
          const failure = failureData('unsupported', UNREADABLE);
          return answer(nodeTicket(node, item.n), false, failure);
        }
        if (item.to === undefined) return;
        return answer(
          rows.takeTicket(node, item.to),
          false,
          failureData('unsupported', UNREADABLE_ANSWER),
        );
    }
  };
  const targetOf = (node: Designator, slot: string): Name | undefined => {
    try {
      return names.target(node, slot);
    } catch (error) {
      if (!(error instanceof WireViolation)) throw error;
      return undefined;
    }
  };

  const acknowledge = (session: Session) => {
    session.isSaying = false;
    if (!isCurrent(session) || session.durable <= session.said) return;
    session.said = session.durable;
    session.link.send({ type: 'NODE_ACK', n: session.said });
  };

  const noteTaken = (session: Session) => {
    const [number] = rows.marks(session.node).taken;
    store.whenDurable(() => {
      session.durable = number;
      if (session.isSaying) return;
      session.isSaying = true;
      later(() => acknowledge(session));
    });
  };

  const hasRoom = (node: Designator, item: TakenItem): boolean => {
    if (powers.backlog(node) > maxBacklog) return false;
    const answers = rows.answers(node);
    if (!wantsAnswer(item) || answers < maxAnswers) return true;
    const first = rows.itemAt(node, rows.marks(node).acked[0] + 1);
    const isAsked = first?.kind === 'send' && first.ask;
    return isAsked && answers < maxAnswersBehindAsks;
  };

  const waitForRoom = (session: Session) => {
    session.cancel ??= after(roomMilliseconds, () => {
      delete session.cancel;
      session.isDue = true;
      if (isCurrent(session)) guarded(session, () => takeReady(session));
    });
  };

  /** Takes all that is ready and has room, in order. */
  const takeReady = (session: Session) => {
    const { node, arriving } = session;
    while (arriving[0]?.isReady === true && isCurrent(session)) {
      const isDue = session.isDue && powers.backlog(node) <= maxBacklog;
      if (!isDue && !hasRoom(node, arriving[0].item)) return waitForRoom(session);
      session.isDue = false;
      const { item, data } = arriving.shift()!;
      session.arrivingLength -= lengthOf(item);
      try {
        // It may have come by another way meanwhile.
        if (item.n === rows.marks(node).taken[0] + 1) carryOut(node, item, data);
      } finally {
        for (const name of data?.refs ?? []) holdings.remove(...name);
      }
      noteTaken(session);
    }
  };

  const take = (session: Session, item: TakenItem) => {
    const { node, arriving } = session;
    const [number, link] = rows.marks(node).taken;
    if (item.n === number && item.link !== link) return powers.onFork(node);
    // What came by another way is acknowledged again.
    if (item.n <= number) return noteTaken(session);
    if (item.n !== Math.max(number, arriving.at(-1)?.item.n ?? 0) + 1) {
      return session.link.close('an item of the stream is missing');
    }
    if (session.arrivingLength > 2 * windowLength) {
      return session.link.close('more characters of the stream than may be under way');
    }
    const entry: Arriving = { item, isReady: false };
    arriving.push(entry);
    session.arrivingLength += lengthOf(item);
    const isThere = (data?: NamedData) => {
      if (!isCurrent(session)) return;
      entry.isReady = true;
      if (data !== undefined) {
        entry.data = data;
        // No row names it yet, and it may have to wait.
        for (const name of data.refs) holdings.add(...name);
      }
      guarded(session, () => takeReady(session));
    };
    const data = dataOf(item);
    if (data === undefined) return isThere();
    const { gifts } = item as NodeSend | NodeAnswer;
    try {
      names.handedIn(node, data, gifts, isThere);
    } catch (error) {
      if (!(error instanceof WireViolation)) throw error;
      isThere();
    }
  };

  const end = (node: Designator) => {
    const session = sessions.get(node);
    if (session === undefined) return;
    session.cancel?.();
    sessions.delete(node);
    // It comes again.
    for (const { data } of session.arriving) {
      for (const name of data?.refs ?? []) holdings.remove(...name);
    }
  };

  return harden({
    give(node: Designator, item: OutItem, ticket?: string) {
      rows.give(node, item, ticket);
      const session = sessions.get(node);
      if (session === undefined) powers.summon(node);
      else pumpLater(session);
    },
    begin(link: Link, arrived: number, said: number) {
      const node = link.peer.designator;
      end(node);
      rows.acknowledge(node, arrived);
      const counts = { sent: arrived, inFlight: 0, durable: said, said };
      const session = {
        node,
        link,
        underWay: [],
        arriving: [],
        arrivingLength: 0,
        isDue: false,
        isSaying: false,
        isPumping: false,
        ...counts,
      };
      sessions.set(node, session);
      pumpLater(session);
    },
    end,
    receive(link: Link, message: NodeAck | TakenItem) {
      const session = sessions.get(link.peer.designator);
      if (session?.link !== link) return;
      if (message.type === 'NODE_ACK') return onAck(session, message.n);
      if (message.n > session.said + windowItems) {
        throw new WireViolation('more items of the stream than may be under way');
      }
      // A slow disk is felt by whoever sends.
      store.whenRoom(() => {
        if (isCurrent(session)) guarded(session, () => take(session, message));
      });
    },
    drained(node: Designator) {
      const session = sessions.get(node);
      if (session?.cancel === undefined || powers.backlog(node) > maxBacklog / 2) return;
      guarded(session, () => takeReady(session));
    },
    hasRoom,
    wireItem: (node: Designator, number: number) => itemBy(plainly, node, number),
    carryOut(node: Designator, item: TakenItem) {
      const data = dataOf(item);
      let named: NamedData | undefined;
      try {
        if (data !== undefined) named = names.incoming(node, data);
      } catch (error) {
        if (!(error instanceof WireViolation)) throw error;
      }
      carryOut(node, item, named);
    },
    refresh(node: Designator) {
      const session = sessions.get(node);
      if (session === undefined) return;
      pumpLater(session);
      noteTaken(session);
    },
  }) as Streams;
};

/**
 * Whether this node and each other remember one history. Both say what they know before anything
 * else crosses a link; where the two contradict each other, the relation is quarantined at both ends,
 * until a person on each side has it reconciled (docs/decisions/0013-between-nodes.md).
 *
 * A contradiction is looked at twice: what was said by a process that has ended since may be read
 * after what its successor said, and only one that is alive answers a doubt.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import type { Log } from '../monitor/log.ts';
import type { Link } from '../session/link.ts';
import {
  type FaultName,
  type NodeHello,
  type Statement,
  checkNodeMessage,
} from '../session/node-wire.ts';
import type { Relation } from '../session/relation.ts';
import { RowDamagedError } from '../store/checked-storage.ts';
import type { Committer } from '../store/committer.ts';
import type { Limits } from '../switchboard/limits.ts';
import { WireViolation } from '../switchboard/wire.ts';
import type { Quarantine, RelationRow, RelationRows } from './relation-rows.ts';
import { type Known, faultWords, judge, losses, settle } from './relation-rules.ts';
import type { StreamRows } from './stream-rows.ts';
import { DAMAGED, type Streams, failureData } from './streams.ts';
import type { NamedData } from './inbox.ts';

export type RelationsPowers = {
  readonly store: Committer;
  readonly life: number;
  readonly limits: Limits;
  readonly rows: RelationRows;
  readonly streamRows: StreamRows;
  readonly streams: Pick<Streams, 'begin' | 'end' | 'receive'>;
  /** The greatest number of a lasting slot that was given to a node. */
  readonly slotsGiven: (node: Designator) => number;
  /** The greatest number of its lasting slots that anything in memory names, beside what rows do. */
  readonly slotsHeld: (node: Designator) => number;
  /** Lasting slots of a node go on after a number. */
  readonly raiseSlots: (node: Designator, number: number) => void;
  readonly answer: (ticket: string | undefined, ok: boolean, data: NamedData) => void;
  /** A row cannot be read. */
  readonly onDamaged: (error: Error) => void;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** @returns a function that cancels it */
  readonly after: (milliseconds: number, task: () => void) => () => void;
  /** Its records wait for the disk. */
  readonly told: Log;
};

/** What an operator may know of the relation with a node. */
export type RelationStatus = {
  readonly row: RelationRow | undefined;
  readonly isUp: boolean;
  /** Items for it that wait, and questions to it that wait for an answer. */
  readonly waiting: number;
  readonly asks: number;
  readonly quarantine?: {
    readonly reason: string;
    readonly since: number;
    readonly agreed: boolean;
    /** Messages that are known to be lost, once something was heard of the other side. */
    readonly lost?: { readonly fromHere: number; readonly fromThere: number };
  };
};

export type Relations = Relation & {
  /** Something lasting was given to a node, or is kept of it: so is what was heard of it. */
  remember(node: Designator, label?: string): void;
  isRemembered(node: Designator): boolean;
  /** Whether the operator removed it, and nothing was reconciled since. */
  isRemoved(node: Designator): boolean;
  statusOf(node: Designator): RelationStatus;
  /** What this node says of a relation now, in memory: durable once all that is staged is. */
  statement(node: Designator): Statement;
  /** The two remember different histories. */
  quarantine(node: Designator, why: FaultName, theirs?: Statement): void;
  /** What was heard of a node by another way than a link. @returns what is wrong */
  hear(node: Designator, says: Statement, incarnation: string): FaultName | undefined;
  /** Whether a node that is not remembered here was refused since it remembers this one. */
  isRefused(node: Designator): boolean;
  /** The operator wants a new epoch with a node. @throws where there is nothing to be reconciled */
  agree(node: Designator): void;
  /** The operator wants a node back that was removed. */
  readmit(node: Designator): void;
  /** What waits for a node is answered as failed. The relation goes on where it comes back. */
  giveUp(node: Designator): void;
  /** Erases a relation. What waits for the node is answered as failed. */
  forget(node: Designator): void;
  /** All that it held is erased: from now on a new epoch may begin, once the other side wants it. */
  forgotten(node: Designator): void;
  /** Nodes that were removed, and of which not all is erased: a crash came between. */
  halfForgotten(): Designator[];
  nodes(): Designator[];
  counts(): { quarantined: number; waiting: number };
};

/** Why calls are refused and links closed. Fixed, so that it may be shown to anyone. */
export const QUARANTINED =
  'the relation with the node is quarantined: see "pocas peer list" and "pocas reconcile" on both nodes';
const REMOVED = 'the node was removed with "pocas peer remove"';
const NOT_KNOWN = 'the other side remembers what this node does not';
const WAITS = 'the relation is reconciled once both operators want it';
const SILENT = 'the other side did not say what it remembers';
const DOUBTED = 'what the other side said was doubted';
const TOO_EARLY = 'a message came before the two nodes had agreed on what they remember';
const UNKNOWN_FATE =
  'whether it was carried out is not known: the relation was reconciled, removed or given up';

const helloMilliseconds = 10_000;
const hour = 3_600_000;
/** Strangers whose contradictions an operator may look at, the last ones that came. */
const maxStrangers = 16;

type Session = {
  readonly node: Designator;
  readonly link: Link;
  readonly up: () => void;
  readonly cancel: () => void;
  /** What was said last, while the other has not said what follows from it. */
  said?: Statement;
  hellos: number;
  hasDoubted: boolean;
  isUp: boolean;
  life: number;
};

const asKnown = (row: RelationRow | undefined): Known | undefined =>
  row === undefined || row.life === 0 ? undefined : row;

export const makeRelations = (powers: RelationsPowers): Relations => {
  const { store, rows, streamRows, streams, told, now } = powers;
  const sessions = new Map<Designator, Session>();
  const strangers = new Map<Designator, Statement>();

  const isCurrent = (session: Session) => sessions.get(session.node) === session;
  const isRemembered = (node: Designator) =>
    rows.get(node) !== undefined ||
    rows.quarantineOf(node) !== undefined ||
    streamRows.has(node) ||
    powers.slotsGiven(node) > 0;

  const statement = (node: Designator): Statement => {
    const { epoch, given, acked, taken, before } = streamRows.marks(node);
    const quarantine = rows.quarantineOf(node);
    const isOpen = quarantine === undefined;
    return {
      life: powers.life,
      heard: rows.get(node)?.life ?? 0,
      ...{ epoch, given, acked, taken },
      slotsGiven: powers.slotsGiven(node),
      slotsSeen: Math.max(streamRows.seen(node), powers.slotsHeld(node)),
      state: isOpen ? 'open' : quarantine.agreed ? 'agreed' : 'quarantined',
      ...(isOpen ? {} : { why: quarantine.why }),
      ...(before === undefined ? {} : { before }),
    };
  };

  const say = (session: Session, then: () => void = () => {}) => {
    const says = statement(session.node);
    session.said = says;
    session.hellos += 1;
    const hello: NodeHello = { type: 'NODE_HELLO', v: 1, says };
    store.whenDurable(() => {
      if (!isCurrent(session)) return;
      session.link.send(hello);
      then();
    });
  };

  /** What a node said of itself is kept, where something is kept of it at all. */
  const learn = (node: Designator, life: number, incarnation: string) => {
    const row = rows.get(node);
    const heard = Math.floor(now() / hour) * hour;
    if (row?.life === life && row.incarnation === incarnation && row.heard === heard) return;
    rows.set(node, { ...row, life, incarnation, heard });
  };

  const remember = (node: Designator, label?: string) => {
    const row = rows.get(node);
    if (row !== undefined && (label === undefined || row.label === label)) return;
    const session = sessions.get(node);
    const known =
      session?.isUp === true
        ? {
            ...{ life: session.life, incarnation: session.link.peer.incarnation },
            heard: Math.floor(now() / hour) * hour,
          }
        : { life: 0, incarnation: '' };
    rows.set(node, { ...known, ...row, ...(label === undefined ? {} : { label }) });
  };

  const quarantine = (node: Designator, why: FaultName, theirs?: Statement) => {
    const old = rows.quarantineOf(node);
    if (old !== undefined) {
      if (theirs !== undefined) rows.setQuarantine(node, { ...old, theirs });
    } else {
      rows.setQuarantine(node, {
        ...{ why, since: now(), given: streamRows.marks(node).given[0], agreed: false },
        ...(theirs === undefined ? {} : { theirs }),
      });
      told.tell('relation.quarantined', { designator: node, fault: faultWords[why] });
    }
    const session = sessions.get(node);
    if (session === undefined) return;
    // From here on nothing of it is taken, CapTP neither.
    session.isUp = false;
    streams.end(node);
    // The other side is told, and shall find it in its own store.
    say(session, () => session.link.close(QUARANTINED));
  };

  const refuseStranger = (session: Session, says: Statement) => {
    strangers.delete(session.node);
    strangers.set(session.node, says);
    for (const oldest of strangers.keys()) {
      if (strangers.size <= maxStrangers) break;
      strangers.delete(oldest);
    }
    session.link.close(NOT_KNOWN);
  };

  const accept = (session: Session, says: Statement) => {
    const { node, link } = session;
    session.isUp = true;
    session.life = says.life;
    session.cancel();
    if (isRemembered(node)) learn(node, says.life, link.peer.incarnation);
    streamRows.confirm(node);
    streams.begin(link, says.taken[0], session.said!.taken[0]);
    session.up();
  };

  const failUnknown = (tickets: readonly string[]) => {
    for (const ticket of tickets) {
      powers.answer(ticket, false, failureData('unknown', UNKNOWN_FATE));
    }
  };

  /** Both operators want it: a new epoch begins here, and the other side is told. */
  const reconcile = (session: Session, theirs: Statement, old: Quarantine) => {
    const { node, link } = session;
    const said = session.said!;
    const linkAt = (number: number) => streamRows.linkAt(node, number);
    const settlement = settle(said, linkAt, old.given, theirs);
    const { epoch, taken, acked } = said;
    const isFirst = theirs.state !== 'open';
    const unknown = streamRows.settle(
      node,
      settlement,
      isFirst ? { epoch, taken, acked } : undefined,
    );
    powers.raiseSlots(node, settlement.slotsFrom);
    rows.setQuarantine(node, undefined);
    learn(node, theirs.life, link.peer.incarnation);
    told.tell('relation.reconciled', { designator: node, unknown: unknown.length });
    failUnknown(unknown);
    say(session);
  };

  const faultIn = ({ node, link }: Session, says: Statement): FaultName | undefined =>
    judge(
      asKnown(rows.get(node)),
      statement(node),
      (number) => streamRows.linkAt(node, number),
      says,
      link.peer.incarnation,
    );

  /**
   * The other side has quarantined this one. It may have found first what this node would have found
   * as well, and of two who contradict each other each operator is told what his own node sees.
   */
  const onQuarantined = (session: Session, says: Statement) =>
    quarantine(
      session.node,
      (says.why === 'removed' ? undefined : faultIn(session, says)) ?? 'told',
      says,
    );

  const onHello = (session: Session, says: Statement) => {
    const { node, link } = session;
    if (session.isUp) {
      if (says.state !== 'open') onQuarantined(session, says);
      return;
    }
    const own = rows.quarantineOf(node);
    if (own === undefined && says.state !== 'open') {
      // It has agreed to what was done here already, and follows when it reads our hello.
      const follows = says.state === 'agreed' && says.epoch < session.said!.epoch;
      if (follows && session.said!.before !== undefined) return;
      if (isRemembered(node)) return onQuarantined(session, says);
      return refuseStranger(session, says);
    }
    if (own !== undefined) {
      const follows =
        says.state === 'open' && says.before !== undefined && says.epoch > session.said!.epoch;
      // What was said first is what both reckon with.
      if (!own.agreed || !(says.state === 'agreed' || follows) || session.hellos > 1) {
        rows.setQuarantine(node, { ...own, theirs: says });
        return link.close(own.agreed ? WAITS : QUARANTINED);
      }
      reconcile(session, says, own);
      if (!follows) return;
    }
    const fault = faultIn(session, says);
    if (fault === undefined) {
      // What came meanwhile was not taken.
      if (session.hasDoubted) return link.close(DOUBTED);
      return accept(session, says);
    }
    if (!session.hasDoubted) {
      session.hasDoubted = true;
      link.send({ type: 'NODE_DOUBT' });
    } else if (isRemembered(node)) quarantine(node, fault, says);
    else refuseStranger(session, says);
  };

  const isEarly = (session: Session, alleged: unknown): boolean => {
    const { type } = (alleged ?? {}) as { type?: unknown };
    return !session.isUp && type !== 'NODE_HELLO' && type !== 'NODE_DOUBT';
  };

  const onMessage = (session: Session, alleged: unknown) => {
    if (isEarly(session, alleged)) {
      // It believed us, and we do not believe it: what it says now is not taken.
      if (session.hasDoubted || rows.quarantineOf(session.node) !== undefined) return;
      throw new WireViolation(TOO_EARLY);
    }
    const message = checkNodeMessage(alleged, powers.limits);
    switch (message.type) {
      case 'NODE_HELLO':
        return onHello(session, message.says);
      case 'NODE_DOUBT':
        if (session.hellos > 2) throw new WireViolation('too many doubts');
        return say(session);
      default:
        // Without a reference there is nothing to send to. So it costs no row.
        if (!isRemembered(session.node)) throw new WireViolation('a message of a stranger');
        if (rows.get(session.node) === undefined) remember(session.node);
        return streams.receive(session.link, message);
    }
  };

  const forget = (node: Designator) => {
    const wasUsed = streamRows.has(node) || powers.slotsGiven(node) > 0;
    const { given } = streamRows.marks(node);
    if (streamRows.has(node)) failUnknown(streamRows.clear(node));
    rows.erase(node);
    // The numbers stay: none is given twice, and the other side has to learn of it.
    if (wasUsed) {
      rows.setQuarantine(node, { why: 'removed', since: now(), given: given[0], agreed: false });
    }
    const session = sessions.get(node);
    streams.end(node);
    if (session === undefined) return;
    session.isUp = false;
    say(session, () => session.link.close(REMOVED));
  };

  return harden({
    opened(link: Link, up: () => void) {
      const node = link.peer.designator;
      sessions.get(node)?.cancel();
      streams.end(node);
      const cancel = powers.after(helloMilliseconds, () => link.close(SILENT));
      const counts = { hellos: 0, hasDoubted: false, isUp: false, life: 0 };
      const session: Session = { node, link, up, cancel, ...counts };
      sessions.set(node, session);
      say(session);
    },
    receive(link: Link, alleged: unknown) {
      const session = sessions.get(link.peer.designator);
      if (session?.link !== link) return;
      try {
        onMessage(session, alleged);
      } catch (error) {
        if (error instanceof WireViolation) return link.close(error.message);
        if (!(error instanceof RowDamagedError)) throw error;
        powers.onDamaged(error);
        link.close(DAMAGED);
      }
    },
    isUp(link: Link) {
      const session = sessions.get(link.peer.designator);
      return session?.link === link && session.isUp;
    },
    closed(link: Link) {
      const node = link.peer.designator;
      const session = sessions.get(node);
      if (session?.link !== link) return;
      session.cancel();
      sessions.delete(node);
      streams.end(node);
    },
    wants(node: Designator) {
      const old = rows.quarantineOf(node);
      if (old !== undefined) return old.agreed && old.why !== 'removed';
      // The other side may not know where this one is, and has the answers.
      const isOpen = streamRows.waiting(node) > 0 || streamRows.asks(node) > 0;
      return isOpen || streamRows.marks(node).before !== undefined;
    },
    refusal(node: Designator) {
      const old = rows.quarantineOf(node);
      return old === undefined ? undefined : old.why === 'removed' ? REMOVED : QUARANTINED;
    },
    remember,
    isRemembered,
    isRemoved: (node: Designator) => rows.quarantineOf(node)?.why === 'removed',
    statusOf(node: Designator) {
      const old = rows.quarantineOf(node);
      const theirs = old?.theirs;
      return {
        row: rows.get(node),
        isUp: sessions.get(node)?.isUp === true,
        waiting: streamRows.waiting(node),
        asks: streamRows.asks(node),
        ...(old === undefined
          ? {}
          : {
              quarantine: {
                reason: faultWords[old.why],
                since: old.since,
                agreed: old.agreed,
                ...(theirs === undefined ? {} : { lost: losses(streamRows.marks(node), theirs) }),
              },
            }),
      };
    },
    statement,
    quarantine,
    hear(node: Designator, says: Statement, incarnation: string) {
      const known = asKnown(rows.get(node));
      if (known !== undefined && says.life === known.life && known.incarnation !== incarnation) {
        return 'copies';
      }
      if (says.life > (known?.life ?? 0)) learn(node, says.life, incarnation);
      return undefined;
    },
    isRefused: (node: Designator) => strangers.has(node),
    agree(node: Designator) {
      const old = rows.quarantineOf(node);
      const stranger = strangers.get(node);
      if (old === undefined && stranger === undefined) {
        throw Error('Cannot reconcile: the relation with this node is not quarantined');
      }
      const given = streamRows.marks(node).given[0];
      const begun = { why: 'ours', since: now(), given } as const;
      strangers.delete(node);
      rows.setQuarantine(node, { ...(old ?? begun), agreed: true });
      sessions.get(node)?.link.close(WAITS);
    },
    readmit(node: Designator) {
      const old = rows.quarantineOf(node);
      if (old?.why === 'removed') rows.setQuarantine(node, { ...old, why: 'ours' });
    },
    giveUp(node: Designator) {
      if (!streamRows.has(node)) return;
      failUnknown(streamRows.giveUp(node, failureData('unknown', UNKNOWN_FATE)));
    },
    forget,
    forgotten(node: Designator) {
      const old = rows.quarantineOf(node);
      if (old?.why === 'removed') rows.setQuarantine(node, { ...old, agreed: true });
    },
    halfForgotten: () =>
      rows.nodes().filter((node) => {
        const old = rows.quarantineOf(node);
        return old?.why === 'removed' && !old.agreed;
      }),
    nodes() {
      const nodes = new Set([...rows.nodes(), ...streamRows.nodes()]);
      return [...nodes].filter((node) => rows.quarantineOf(node)?.why !== 'removed');
    },
    counts: () => ({
      quarantined: rows.quarantined(),
      waiting: streamRows.nodes().reduce((sum, node) => sum + streamRows.waiting(node), 0),
    }),
  }) as Relations;
};

/**
 * One party's connection to the switchboard: its c-list, its questions and ours to it.
 *
 * Slots in these tables are written from the party's side: `o+7` is the party's own object,
 * `o-7` an object that it holds. Only the switchboard changes the tables: `c-lists.ts` what stands
 * in slots, `credit.ts` what is under way, `waiting.ts` what waits, `routing.ts` the questions.
 */
import { type Work, makeWork } from './credit.ts';
import type { Message } from './wire.ts';

/** One object or promise, whoever holds it. There is one Ref for each, so identity is preserved. */
export type Ref = {
  readonly owner: Connection;
  /** As the owner writes it. */
  readonly slot: string;
  /** True where the slot keeps its meaning when the owner restarts. */
  readonly lasting: boolean;
  /** How often the owner sent it: what a drop gives back. */
  received: number;
  /** The connections, besides the owner's, that have it in their c-list and need it from here. */
  readonly holders: Set<Connection>;
  /** Nodes that have it in their c-list and have it from its owner: their entries go with it. */
  servedElsewhere?: Set<Connection>;
  /** How many waiting calls, settled promises and remembered answers need it here. */
  pins: number;
  /** Why it can no longer be reached, once its owner's session has ended. */
  broken?: string;
  /** For a promise: how it settled. */
  outcome?: Outcome;
  /** For a promise of a party of this node: calls that wait for it. */
  readonly queue: Set<PendingCall>;
  /** For a promise of another node: calls on it were passed there. */
  isPipelined?: true;
  /** For a promise of another node: it is settled, and what it became is being withdrawn. */
  isSettling?: true;
  /** Of another node: calls that were passed there and have no answer yet. */
  openCalls?: Set<Question>;
  /** Calls of other nodes for it that wait for gifts, or behind such calls, each in order. */
  lines?: Map<Connection, Set<PendingCall>>;
  /** What another node sent comes from here instead: its owner's own reference. */
  direct?: Ref;
  /** Its sender was asked whether it may be forgotten here that it stands for another. */
  isLeaving?: true;
  /** For that reference: which others stand for it. */
  aliases?: Set<Ref>;
  /** Under way: the withdrawal of what will come instead of it. */
  withdrawal?: Withdrawal;
  /** It could have come from its owner, and is forwarded by who sent it; and why. */
  forwarded?: string;
};

/** The withdrawal of one gift, or the wait for one to be deposited again. Only `Receiver` changes it. */
export type Withdrawal = {
  /** What the introducer sent, which forwards. */
  readonly ref: Ref;
  /** What waits for it. */
  readonly waiting: Set<Data>;
};

/** A body with the objects that it refers to, between two connections. */
export type Data = {
  readonly body: string;
  /** Replaced only while it waits for gifts: those that forward by those that they stand for. */
  refs: readonly Ref[];
  /** Which it waits for, and what happens when it waits for none. */
  gifts?: { readonly pending: Set<Withdrawal>; whenReady?: () => void };
};

export type Outcome = { readonly rejected: boolean; readonly data: Data };

export type Question = {
  readonly asker: Connection;
  /** As the asker wrote it. */
  readonly id: string;
  /** Characters in the body of the call. */
  readonly length: number;
  /** Where the call was delivered, and the number it has there. */
  sentTo?: { readonly connection: Connection; readonly id: string };
  /** Calls on the answer, held until it is there. */
  readonly queue: Set<PendingCall>;
  isSettled?: true;
  /** The object of another node that was called, until there is an answer. */
  calls?: Ref;
  /** Calls on the answer that were passed on to where the call went. */
  pipelined?: Question[];
};

export type PendingCall = {
  readonly question: Question;
  readonly method: Data;
  /** It is among the calls of its asker that are under way. */
  isUnderWay?: boolean;
  /** Where it waits for an answer or a promise, or in a line. */
  waitsIn?: Set<PendingCall>;
  /** In whose line it waits. */
  inLineFor?: Ref;
  /** What happens when it has left the line. */
  after?: (() => void)[];
};

/** A call that waits for the link of its receiver. */
export type HeldCall = {
  readonly call: PendingCall;
  /** As we write it to the receiver. */
  readonly target: string;
};

/** The calls of a party that wait. Only `Waiting` changes it. */
export type Waits = {
  /** Those for answers and promises. */
  readonly calls: Set<PendingCall>;
  /** How many there are of those and on links that are not up, and the characters in their bodies. */
  count: number;
  length: number;
};

export type Entry = {
  readonly slot: string;
  readonly ref: Ref;
  /** How often the party was sent it and has not given back. */
  sent: number;
  /** True where the entry is on disk, and so outlives the session. */
  kept: boolean;
  /** The party, a node, was told in this session how to have it from its owner. */
  given?: boolean;
};

/** Where messages for a party go while its session lasts. */
export type Link = {
  /**
   * @param asker - for a call to a party inside: whose question it is. `Switchboard.carriedOut` is
   *   told when a host has carried it out, or lost it
   */
  send(message: Message, asker?: Connection): void;
  /** Nothing more is taken from the party until `resume`. What is under way may still come. */
  pause?(): void;
  /** It goes on, but not within this call: the switchboard is in the middle of something. */
  resume?(): void;
  /** A message of the party cost as much as so many more, of those that it may send in a second. */
  charge?(messages: number): void;
  /**
   * The switchboard ends the session; `reason` is one of a fixed set. A party inside is only paused:
   * whoever runs it answers by `rest`, when all that it did was heard of.
   */
  end(reason: string): void;
};

export type ConnectionKind = {
  /** Stands in the commit order of this node: a vat. Messages to anyone else pass the output gate. */
  readonly inside: boolean;
  /** Is another node's switchboard: calls on unsettled answers are forwarded and wait there. */
  readonly remote: boolean;
  /** Comes back after a restart as the same party, and finds its lasting slots again. */
  readonly lasting: boolean;
  /**
   * Is the node itself: a limit would only cut the node off from its own powers. Vats are unlimited
   * too, except for those whose process may lie; they are never paused either way.
   */
  readonly unlimited?: boolean;
};

export class Connection {
  readonly id: string;
  readonly kind: ConnectionKind;
  link: Link | undefined;
  /** Starts whatever brings the link up: loads the vat, dials the node. False: it is not to be had. */
  readonly summon: (() => boolean) | undefined;
  /** What the party gets for `CTP_BOOTSTRAP`. */
  bootstrap: Ref | undefined;

  readonly bySlot: Map<string, Entry> = new Map();
  readonly byRef: Map<Ref, Entry> = new Map();
  /** The party's open questions, by the number it gave them. */
  readonly asked: Map<string, Question> = new Map();
  /** Answers that were capabilities and that the party has not dropped yet. */
  readonly answered: Map<string, Ref> = new Map();
  lastAsked = 0;
  /** Its calls that wait. */
  readonly waits: Waits = { calls: new Set(), count: 0, length: 0 };
  /** What of it is under way. */
  readonly work: Work = makeWork();
  /** Questions delivered to the party, by the number that we gave them. */
  readonly answering: Map<string, Question> = new Map();
  /** Characters in their bodies. */
  answeringLength = 0;
  lastQuestion = 0;
  lastImport = 0;
  /** How many entries are the party's own objects. */
  exports = 0;
  /** How many of those outlive the session. */
  lastingExports = 0;
  /** How many are promises. */
  promises = 0;
  /** Calls to it that wait for its link to come up. */
  held: HeldCall[] = [];
  /**
   * Of another node: how often it sent, in this session, objects that nothing in memory holds while
   * rows name them.
   */
  readonly receivedBefore: Map<string, number> = new Map();
  /** Another node has said in this session what it holds. */
  saidHeld = false;
  /** How often its session has begun. */
  lastSession = 0;

  constructor(id: string, kind: ConnectionKind, summon?: () => boolean) {
    this.id = id;
    this.kind = kind;
    this.summon = summon;
  }
}

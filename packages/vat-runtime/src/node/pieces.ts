/**
 * A piece of the stream of two nodes that goes by hand: what each would say on a link, at one moment.
 *
 * It may arrive weeks later, twice, after others that were made after it, or beside a link. So of what
 * would be a contradiction on a link, most only means here that the piece is old:
 *
 *   a lower life, or lower numbers        old. What is known is skipped, what is new counts
 *   an epoch before ours                  old, from before a reconciliation. Nothing of it counts
 *   an epoch after ours                   this side is still to be reconciled. Nothing of it counts
 *
 * What contradicts whatever its age is a fork, and quarantines, as on a link: it was signed.
 *
 *   one life of two starts                two copies run, or ran
 *   it was told that we took, or it took, what we do not know
 *   another link at a number that both know
 *
 * A piece begins after what was acknowledged when it was made, so there is never a gap before it.
 */
import harden from '@endo/harden';
import type { Post } from '../courier/post.ts';
import type { Designator } from '../locator/identity.ts';
import {
  type FaultName,
  type Mark,
  type Statement,
  type TakenItem,
  checkItem,
  checkStatement,
} from '../session/node-wire.ts';
import type { Committer } from '../store/committer.ts';
import type { Limits } from '../switchboard/limits.ts';
import { WireViolation } from '../switchboard/wire.ts';
import { faultWords } from './relation-rules.ts';
import type { Relations } from './relations.ts';
import type { StreamMarks, StreamRows } from './stream-rows.ts';
import type { Streams } from './streams.ts';

export type PiecesPowers = {
  readonly streamRows: StreamRows;
  readonly relations: Relations;
  readonly streams: Streams;
  readonly store: Committer;
  readonly limits: Limits;
  /** Of this start of the node. */
  readonly incarnation: string;
  /** Runs a task after the current one and its reactions. */
  readonly later: (task: () => void) => void;
};

/** Items of one piece. More wait for the next. */
const maxItems = 1024;
/** As many are taken before others have their turn. */
const itemsAtOnce = 64;
/** Characters of the statement and of what is around the items, at most. */
const statementLength = 4096;

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

type Piece = {
  readonly says: Statement;
  readonly incarnation: string;
  readonly items: readonly TakenItem[];
};

const malformed = () => Error('Cannot take bundle: what is in it is no piece of a stream');

const checkPiece = (alleged: unknown, limits: Limits): Piece => {
  const { v, says, incarnation, items } = Object(alleged) as { readonly [field: string]: unknown };
  const isWhole = v === 1 && typeof incarnation === 'string' && /^[\w-]{1,64}$/.test(incarnation);
  if (!isWhole || !Array.isArray(items) || items.length > maxItems) throw malformed();
  try {
    const statement = checkStatement(says);
    const taken = items.map((item) => checkItem(item, limits));
    // One after the other, and all of them given.
    const isInOrder = taken.every(({ n }, i) => n === statement.acked[0] + 1 + i);
    if (!isInOrder || statement.acked[0] + taken.length > statement.given[0]) throw malformed();
    return { says: statement, incarnation: incarnation as string, items: taken };
  } catch (error) {
    throw error instanceof WireViolation ? malformed() : error;
  }
};

const isOther = ([n, link]: Mark, [number, ourLink]: Mark) => n === number && link !== ourLink;

/** What contradicts our history, however old the piece is. */
export const judgePiece = (
  ours: StreamMarks,
  linkAt: (number: number) => string | undefined,
  slotsGiven: number,
  { says, items }: Pick<Piece, 'says' | 'items'>,
): FaultName | undefined => {
  if (says.taken[0] > ours.given[0] || says.acked[0] > ours.taken[0]) return 'ours';
  if (says.slotsSeen > slotsGiven) return 'ours';
  const known = linkAt(says.taken[0]);
  if (known !== undefined && known !== says.taken[1]) return 'fork';
  const marks: Mark[] = [says.acked, says.given, ...items.map(({ n, link }): Mark => [n, link])];
  return marks.some((mark) => isOther(mark, ours.taken)) ? 'fork' : undefined;
};

export const makePieces = (powers: PiecesPowers): Post => {
  const { streamRows, relations, streams, store, limits, incarnation } = powers;

  const assertOpen = (node: Designator, says: Statement) => {
    const refusal = relations.refusal(node);
    if (refusal !== undefined) throw Error(`Cannot take bundle: ${refusal}`);
    const { epoch } = streamRows.marks(node);
    if (says.epoch < epoch) {
      throw Error(
        'Cannot take bundle: it was made before the two nodes were reconciled; have a new one made',
      );
    }
    if (says.epoch > epoch || says.state !== 'open') {
      throw Error(
        'Cannot take bundle: the other node has reconciled the relation, or wants to; see pocas reconcile',
      );
    }
  };

  const assertOneHistory = (node: Designator, piece: Piece) => {
    const { slotsGiven } = relations.statement(node);
    const linkAt = (number: number) => streamRows.linkAt(node, number);
    const fault =
      judgePiece(streamRows.marks(node), linkAt, slotsGiven, piece) ??
      relations.hear(node, piece.says, piece.incarnation);
    if (fault === undefined) return;
    relations.quarantine(node, fault, piece.says);
    throw Error(`Cannot take bundle: ${faultWords[fault]}; the relation is quarantined now`);
  };

  return harden({
    isKnown: (node: Designator) => relations.isRemembered(node) && !relations.isRemoved(node),
    waitingFor: () =>
      relations
        .nodes()
        .filter((node) => streamRows.waiting(node) > 0 && relations.refusal(node) === undefined),
    exportPiece(node: Designator, maxBytes: number) {
      if (!relations.isRemembered(node) || relations.refusal(node) !== undefined) return undefined;
      const { given, acked } = streamRows.marks(node);
      const items: unknown[] = [];
      let room = maxBytes - statementLength;
      for (let number = acked[0] + 1; number <= given[0] && items.length < maxItems; number += 1) {
        const item = streams.wireItem(node, number);
        room -= bytesOf(item) + 1;
        if (room < 0) break;
        items.push(item);
      }
      // Last, since what an item names may just have got its slot.
      return { v: 1, says: relations.statement(node), incarnation, items };
    },
    async takePiece(node: Designator, alleged: unknown) {
      const piece = checkPiece(alleged, limits);
      const { says, items } = piece;
      assertOpen(node, says);
      assertOneHistory(node, piece);
      relations.remember(node);
      streamRows.confirm(node);
      streamRows.acknowledge(node, says.taken[0]);
      streams.refresh(node);
      let taken = 0;
      let known = 0;
      for (const [i, item] of items.entries()) {
        if (i % itemsAtOnce === 0) {
          await new Promise<void>((go) => powers.later(() => store.whenRoom(go)));
          // Much may have happened meanwhile, by a link too.
          assertOpen(node, says);
        }
        const mark = streamRows.marks(node).taken;
        if (isOther([item.n, item.link], mark)) {
          relations.quarantine(node, 'fork', says);
          break;
        }
        if (item.n <= mark[0]) {
          known += 1;
          continue;
        }
        // What is too much at once comes again with the next: it is not acknowledged.
        if (!streams.hasRoom(node, item)) break;
        streams.carryOut(node, item);
        taken += 1;
      }
      streams.refresh(node);
      return { taken, known };
    },
  }) as Post;
};

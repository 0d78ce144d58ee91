/**
 * Where a message that happens exactly once goes, and its answer: into the inbox of a vat, into the
 * stream of another node, or nowhere, which its sender is told.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import type { Log } from '../monitor/log.ts';
import { designatorIn } from '../session/peers.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Inboxes, NamedData, Sender } from './inbox.ts';
import type { OutItem } from './stream-rows.ts';
import { type Letter, type Name, failureData, openNodeTicket } from './streams.ts';

/** Whose message it is: a vat of this node, or another node, which may be passing it on. */
export type From = { readonly vat: string } | { readonly node: Designator };

export type Post = {
  /** Stages a message. @param ticket - who waits for the answer; undefined where nobody does */
  send(from: From, to: Name, letter: Letter, ticket: string | undefined): void;
  /** Stages the answer for whoever waits with a ticket. */
  answer(ticket: string | undefined, ok: boolean, data: NamedData): void;
  /** Messages of a node that wait in inboxes of vats that will take them. */
  backlog(node: Designator): number;
};

export type PostPowers = {
  readonly inboxes: Inboxes;
  readonly provideParty: (id: string) => Connection | undefined;
  readonly isSuspended: (vat: string) => boolean;
  readonly outbox: Outbox;
  /** Its records wait for the disk. */
  readonly told: Log;
};

/** The streams to other nodes. */
export type Outbox = {
  give(node: Designator, item: OutItem, ticket?: string): void;
  /** Why a message cannot be sent to a node, or an answer; undefined where it can. */
  refusal(node: Designator, data: NamedData, kind: OutItem['kind']): string | undefined;
  /** Nothing of the node is kept any more: nobody waits there for an answer. */
  isRemoved(node: Designator): boolean;
  passedOnFor(node: Designator): number;
  /** Messages of a vat that wait for other nodes, and of which it will hear nothing. */
  unheardOf(vat: string): number;
};

/**
 * What one node may have waiting where it may wait for ever: for a vat that is suspended, or for
 * another node. More is answered as failed, so that it fills no disk.
 */
export const maxStranded = 1024;

const NO_VAT = 'the target is not in a vat of this node';
const NO_NODE = 'the target is not in a vat';
const GONE = 'the vat exists no more';
const STRANDED = 'too many messages of that node wait here for what cannot take them now';

export const makePost = (powers: PostPowers): Post => {
  const { inboxes, provideParty, isSuspended, outbox, told } = powers;

  const answer: Post['answer'] = (ticket, ok, data) => {
    if (ticket === undefined) return;
    const asker = openNodeTicket(ticket);
    if (asker === undefined) {
      const [vat, send] = ticket.split('/') as [string, string];
      return inboxes.add(vat, { kind: 'answer', send: Number(send), outcome: { ok, data } });
    }
    const [node, to] = asker;
    if (outbox.isRemoved(node)) return;
    const refusal = outbox.refusal(node, data, 'answer');
    if (refusal === undefined) return outbox.give(node, { kind: 'answer', to, ok, data });
    const failure = failureData('unsupported', refusal);
    outbox.give(node, { kind: 'answer', to, ok: false, data: failure });
  };

  const fail = (
    from: From,
    method: string,
    ticket: string | undefined,
    code: 'gone' | 'unsupported',
    fault: string,
  ) => {
    if (ticket !== undefined) return answer(ticket, false, failureData(code, fault));
    if ('vat' in from) told.tell('send.failed', { vat: from.vat, method, fault });
    else told.tell('relation.dropped', { designator: from.node, method, fault });
  };

  const toNode = (
    from: From,
    node: Designator,
    slot: string,
    letter: Letter,
    ticket: string | undefined,
  ) => {
    const { method, args, notAfter } = letter;
    const refusal = outbox.refusal(node, args, 'send');
    if (refusal !== undefined) return fail(from, method, ticket, 'unsupported', refusal);
    const isStranded = 'node' in from && outbox.passedOnFor(from.node) >= maxStranded;
    if (isStranded) return fail(from, method, ticket, 'unsupported', STRANDED);
    const unheard = 'vat' in from && ticket === undefined ? { unheardOf: from.vat } : {};
    outbox.give(
      node,
      {
        ...{ kind: 'send', target: slot, method, args, ask: ticket !== undefined },
        ...(notAfter === undefined ? {} : { notAfter }),
        ...('vat' in from ? unheard : { from: from.node }),
      },
      ticket,
    );
  };

  /** Messages of a node in the inboxes of those vats for which `counts` holds. */
  const waitingOf = (node: Designator, counts: (vat: string) => boolean): number => {
    let sum = 0;
    for (const [vat, count] of inboxes.from(node)) if (counts(vat)) sum += count;
    return sum;
  };

  return harden({
    send(from: From, [owner, slot]: Name, letter: Letter, ticket: string | undefined) {
      const { method, args, notAfter } = letter;
      const node = designatorIn(owner);
      if (node !== undefined) return toNode(from, node, slot, letter, ticket);
      const party = provideParty(owner);
      if (party === undefined) return fail(from, method, ticket, 'gone', GONE);
      if (!party.kind.inside) {
        return fail(from, method, ticket, 'unsupported', 'vat' in from ? NO_NODE : NO_VAT);
      }
      const vat = owner.slice(1);
      if ('node' in from && isSuspended(vat) && waitingOf(from.node, isSuspended) >= maxStranded) {
        return fail(from, method, ticket, 'unsupported', STRANDED);
      }
      const sender: Sender | undefined =
        'node' in from
          ? { from: from.node }
          : ticket === undefined
            ? { unheardOf: from.vat }
            : undefined;
      inboxes.add(
        vat,
        {
          ...{ kind: 'send', target: slot.slice(2), method, args },
          ...(ticket === undefined ? {} : { ticket }),
          ...(notAfter === undefined ? {} : { notAfter }),
        },
        sender,
      );
    },
    answer,
    backlog: (node: Designator) => waitingOf(node, (vat) => !isSuspended(vat)),
  }) as Post;
};

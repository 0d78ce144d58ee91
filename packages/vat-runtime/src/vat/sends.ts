/**
 * Messages that happen exactly once: a vat's side of `send`.
 *
 *   a/<number>   who waits for the answer: { then, ctx }, or where the message was passed on for
 *                another vat { ticket, steps }: the answer goes through the steps and back to that vat;
 *                `unlinked` where the turn that sent it is tied to nobody, and so its answer's
 *
 * An item of the inbox is consumed whatever its turn does. The node deletes it in the batch of the
 * crank that carried it out; so a message is carried out once, or again from the beginning.
 */
import { Fail } from '@endo/errors';
import harden from '@endo/harden';
import type { Send, SendFailure } from '../actor/send.ts';
import { type Check, arrayOf, isText, parseRow, recordOf } from '../store/stored-json.ts';
import { OBJECT_FAILED, asCrossing, isError, originalOf, wordsOf } from '../switchboard/errors.ts';
import { hasMethod } from '../switchboard/methods.ts';
import { type InboxItem, type SendOutcome, type StoredData, isStoredData } from './delivery.ts';
import { type Arrival, type Forwarding, RELAYED, type Step } from './forwarding.ts';
import type { Heap } from './objects.ts';

type SendItem = InboxItem & { kind: 'send' };
type AnswerItem = InboxItem & { kind: 'answer' };

export type Sends = {
  readonly send: Send;
  carryOut(item: SendItem): void;
  continueWith(item: AnswerItem): void;
  /** Sends a message on for the one who sent it here. */
  relay(
    arrival: Arrival & { by: 'send' },
    target: unknown,
    method: string,
    args: readonly unknown[],
  ): void;
  /** Answers what is still open. To be called when the reactions to a delivery are done. */
  finish(): void;
};

export type SendsPowers = {
  readonly heap: Heap;
  readonly deliver: Forwarding['deliver'];
  /** The time of the current delivery. */
  readonly now: () => bigint;
  /** Whether the current delivery is tied to nobody: then what it began, the answers too, is not. */
  readonly isUnlinked: () => boolean;
  /** A number that this vat did not give before. */
  readonly nextNumber: () => number;
  /** Reads and deletes a row, whatever becomes of the turn. */
  readonly consume: (key: string) => string | undefined;
  /** Says how a delivery ended, outside its turn. */
  readonly answer: (ticket: string, outcome: SendOutcome) => void;
  /** Imports what stands in the slots of data from outside, and reads it. */
  readonly receive: (data: StoredData) => unknown;
  readonly print: (line: string) => void;
};

type Linked = { readonly unlinked?: true };
type Waiting = Linked & { readonly then: string; readonly ctx: StoredData };
type Relayed = Linked & { readonly ticket: string; readonly steps: readonly Step[] };

/** Characters of the words for a failure: they are a row of somebody else's inbox. */
const maxFailureLength = 4096;

const isTrue: Check = (value) => value === true;
const isWaitingHere = recordOf({ then: isText, ctx: isStoredData }, { unlinked: isTrue });
const isRelayed = recordOf(
  {
    ticket: isText,
    steps: arrayOf(recordOf({ through: isText, ctx: isStoredData })),
  },
  { unlinked: isTrue },
);
const isWaiting: Check = (value) => isRelayed(value) || isWaitingHere(value);

/** Also what no type forbids must stay in the vat: the node could not take it. */
const assertMethodName = (method: unknown): void => {
  if (typeof method !== 'string') throw TypeError('Cannot send: the method is not a text');
};

export const makeSends = (powers: SendsPowers): Sends => {
  const { heap } = powers;
  const { turns } = heap;

  /** What others are told of a failure. What they are not told stands in the vat's console. */
  const messageOf = (reason: unknown): string => {
    if (!isError(reason)) return 'the method threw what is not an error';
    const crossing = asCrossing(reason) as Error;
    const original = originalOf(crossing);
    if (original !== undefined) powers.print(`A call failed: ${wordsOf(original)}`);
    try {
      return `${crossing.message}`.slice(0, maxFailureLength);
    } catch {
      return OBJECT_FAILED;
    }
  };
  /** What the vat's own console is told of a failure. */
  const inConsole = (reason: unknown): string => wordsOf(originalOf(reason) ?? reason);

  /** The ticket of the current delivery, while its method's promise is not settled. */
  let open: string | undefined;

  /** Notes in the current turn who waits for an answer. @returns its number */
  const noteWaiting = (waiting: Waiting | Relayed): number => {
    const text = JSON.stringify(powers.isUnlinked() ? { ...waiting, unlinked: true } : waiting);
    let undone = false;
    const number = powers.nextNumber();
    turns.note({
      undo: () => void (undone = true),
      key: `a/${number}`,
      row: () => (undone ? undefined : text),
    });
    return number;
  };

  const send: Send = (target, method, args, options = {}) => {
    turns.assertActive(`send "${String(method)}"`);
    assertMethodName(method);
    const { then, ctx, notAfter } = options;
    const slot = heap.nameOf(target, `the target of "${method}"`);
    if (!Array.isArray(args)) throw TypeError(`Cannot send "${method}": args is not an array`);
    if (notAfter !== undefined && typeof notAfter !== 'bigint') {
      throw TypeError(`Cannot send "${method}": notAfter is not a bigint of milliseconds`);
    }
    let number: number | undefined;
    if (then !== undefined) {
      const own = heap.slotOf(then);
      if (own === undefined) {
        throw TypeError(`Cannot send "${method}": "then" is not a facet of this vat`);
      }
      number = noteWaiting({ then: own.slice(2), ctx: heap.toData(ctx, `ctx of "${method}"`) });
    }
    turns.effect({
      kind: 'send',
      target: slot,
      method,
      args: heap.toData(args, `an argument of "${method}"`),
      ...(number === undefined ? {} : { send: number }),
      ...(notAfter === undefined ? {} : { notAfter: String(notAfter) }),
    });
  };

  const fail = (ticket: string | undefined, code: SendFailure['code'], message: string) => {
    if (ticket === undefined) return;
    const failure: SendFailure = { code, message };
    powers.answer(ticket, { ok: false, data: heap.toData(harden(failure), 'a failure') });
  };

  const succeed = (answer: unknown): SendOutcome => ({
    ok: true,
    data: heap.toData(answer, 'the answer'),
  });

  /** Answers when the promise settles, if that is before the end of the crank. */
  const follow = (ticket: string, answer: Promise<unknown>) => {
    open = ticket;
    const close = (body: () => void) => {
      if (open !== ticket) return;
      open = undefined;
      try {
        body();
      } catch (error) {
        fail(ticket, 'unsupported', messageOf(error));
      }
    };
    answer.then(
      (value: unknown) => close(() => powers.answer(ticket, succeed(value))),
      (reason: unknown) => close(() => fail(ticket, 'thrown', messageOf(reason))),
    );
  };

  /** The answer to a message that was passed on, on its way to the vat that sent it. */
  const passBack = (row: string, { ticket, steps }: Relayed, { ok, data }: SendOutcome) => {
    try {
      turns.run(() => {
        let outcome = { ok, value: powers.receive(data) };
        for (const { through, ctx } of steps) {
          const facet = heap.facetAt(`o+${through}`) ?? Fail`the forwarder exists no more`;
          const lead = (method: string) =>
            powers.deliver(facet, method, [outcome.value, heap.fromData(row, ctx)], { by: 'E' });
          if (outcome.ok) outcome = { ok: true, value: lead('fulfilled') };
          else if (hasMethod(facet, 'rejected')) {
            const instead = lead('rejected');
            if (instead !== undefined) outcome = { ok: true, value: instead };
          }
        }
        const led = { ok: outcome.ok, data: heap.toData(outcome.value, 'the answer') };
        turns.effect({ kind: 'answer', ticket, outcome: led });
      });
    } catch (error) {
      fail(ticket, 'thrown', messageOf(error));
    }
  };

  return Object.freeze({
    send,
    relay({ ticket, notAfter, steps }, target, method, args) {
      assertMethodName(method);
      const slot = heap.nameOf(target, `the target of "${method}"`);
      const data = heap.toData(args, `an argument of "${method}"`);
      turns.effect({
        kind: 'send',
        target: slot,
        method,
        args: data,
        ...(ticket === undefined ? {} : { send: noteWaiting({ ticket, steps }) }),
        ...(notAfter === undefined ? {} : { notAfter }),
      });
    },
    carryOut({ target, method, args, ticket, notAfter }: SendItem) {
      if (notAfter !== undefined && powers.now() > BigInt(notAfter)) {
        return fail(ticket, 'expired', `it came after ${notAfter}`);
      }
      try {
        const facet = heap.facetAt(`o+${target}`);
        if (facet === undefined) return fail(ticket, 'gone', 'the object exists no more');
        if (heap.isUnlinked(facet)) {
          heap.unlink();
          return fail(ticket, 'unsupported', 'what it does is tied to nobody, so call it by E');
        }
        const received = powers.receive(args) as unknown[];
        turns.run(() => {
          const arrival: Arrival = { by: 'send', ticket, notAfter, steps: [] };
          const answer = powers.deliver(facet, method, received, arrival);
          if (ticket === undefined || answer === RELAYED) return;
          if (answer instanceof Promise) follow(ticket, answer);
          // In the turn, so that an answer which does not last undoes it.
          else turns.effect({ kind: 'answer', ticket, outcome: succeed(answer) });
        });
      } catch (error) {
        open = undefined;
        if (ticket === undefined) powers.print(`A send of "${method}" failed: ${inConsole(error)}`);
        else fail(ticket, 'thrown', messageOf(error));
      }
    },
    continueWith({ send: number, outcome }: AnswerItem) {
      const key = `a/${number}`;
      const row = powers.consume(key);
      if (row === undefined) return;
      const method = outcome.ok ? 'fulfilled' : 'rejected';
      try {
        const waiting = parseRow<Waiting | Relayed>(key, row, isWaiting);
        if (waiting.unlinked === true) heap.unlink();
        if ('ticket' in waiting) return passBack(key, waiting, outcome);
        const { then, ctx } = waiting;
        const facet = heap.facetAt(`o+${then}`);
        if (facet === undefined) throw Error('the facet exists no more');
        const value = powers.receive(outcome.data);
        turns.run(
          () => void powers.deliver(facet, method, [value, heap.fromData(key, ctx)], { by: 'E' }),
        );
      } catch (error) {
        powers.print(`The answer to a send was not taken: ${inConsole(error)}`);
      }
    },
    finish() {
      const ticket = open;
      open = undefined;
      fail(ticket, 'unsupported', 'the method answered with a promise that did not settle at once');
    },
  }) as Sends;
};

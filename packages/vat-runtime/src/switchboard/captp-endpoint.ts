/**
 * A party's end of its connection: `@endo/captp`, unmodified, with tables of ours and a guard in front.
 * The node's own powers stand on it (docs/decisions/0012-endpoint.md says why the others do not).
 *
 * What stock `@endo/captp` gets wrong (FACTS, section 2) and is mended here:
 * - calls reach only own methods of remotables: no inherited member, no property, no function (fault 2);
 * - an object that was dropped and is sent again works (fault 4), and so does a promise;
 * - a call that cannot be read is answered, and an answer that cannot be read settles (fault 5);
 * - of errors only those cross with their words that were written for others (`errors.ts`);
 * - drops give back what was received, not what stock counts (it also counts call targets).
 */
import { makeCapTP } from '@endo/captp';
import { E } from '@endo/eventual-send';
import harden from '@endo/harden';
import { Remotable } from '@endo/marshal';
import type { Passable } from '@endo/pass-style';
import {
  type Endpoint,
  type EndpointPowers,
  LOST,
  METHOD_NAME,
  NO_METHOD,
  TOO_LARGE,
  UNREADABLE,
  UNREADABLE_ANSWER,
} from './endpoint.ts';
import { fatedError, noteFate } from './delivery.ts';
import { takeOriginal } from './errors.ts';
import { defaultLimits } from './limits.ts';
import { hasMethod } from './methods.ts';
import {
  type CapData,
  type Message,
  type Resolve,
  type Return,
  errorData,
  isCapability,
  isLasting,
  isWithin,
  isOwn,
  reverse,
} from './wire.ts';

/** Where stock captp finds a value that was read before. No party can name it. */
const READ = 'o+read';

const dataOf = (message: Message): CapData | undefined => {
  switch (message.type) {
    case 'CTP_CALL':
      return message.method;
    case 'CTP_RETURN':
      return 'result' in message ? message.result : message.exception;
    case 'CTP_RESOLVE':
      return 'res' in message ? message.res : message.rej;
    default:
      return undefined;
  }
};

const isFailure = (message: Message): boolean =>
  (message.type === 'CTP_RETURN' && 'exception' in message) ||
  (message.type === 'CTP_RESOLVE' && 'rej' in message);

/** The same message with an error in place of what it said. */
const failing = (message: Return | Resolve, reason: string): Message => {
  const { epoch } = message;
  if (message.type === 'CTP_RETURN') {
    return { type: 'CTP_RETURN', epoch, answerID: message.answerID, exception: errorData(reason) };
  }
  return { type: 'CTP_RESOLVE', epoch, promiseID: message.promiseID, rej: errorData(reason) };
};

/** The same message with a reference to a value that was read before. */
const alreadyRead = (message: Return | Resolve): Message => {
  const { epoch } = message;
  const data = { body: '{"@qclass":"slot","index":0}', slots: [reverse(READ)] };
  if (message.type === 'CTP_RETURN') {
    const { type, answerID } = message;
    return 'result' in message
      ? { type, epoch, answerID, result: data }
      : { type, epoch, answerID, exception: data };
  }
  const { type, promiseID } = message;
  return 'res' in message
    ? { type, epoch, promiseID, res: data }
    : { type, epoch, promiseID, rej: data };
};

/**
 * What a party may not send would end its session; so it learns of it here, by one failure.
 * @throws for a call, so that its promise rejects
 */
const withinLimits = (message: Message): Message => {
  const data = dataOf(message);
  const { maxValuesInCall, maxValuesInAnswer } = defaultLimits;
  const maxValues = message.type === 'CTP_CALL' ? maxValuesInCall : maxValuesInAnswer;
  if (data === undefined || isWithin(data, defaultLimits, maxValues)) return message;
  if (message.type === 'CTP_RETURN' || message.type === 'CTP_RESOLVE') {
    return failing(message, TOO_LARGE);
  }
  throw RangeError(TOO_LARGE);
};

export const makeCaptpEndpoint = ({
  id,
  send,
  later,
  lasting,
  bootstrap,
  report,
}: EndpointPowers): Endpoint => {
  const exported = new Map<string, object>();
  /** Dropped by the other side, but alive here: captp sends these again under the same slot. */
  const dropped = new Map<string, WeakRef<object>>();
  const forgotten = new FinalizationRegistry((slot: string) => {
    if (dropped.get(slot)?.deref() === undefined) dropped.delete(slot);
  });
  const imported = new Map<string, WeakRef<object>>();
  const importSlots = new WeakMap<object, string>();
  const received = new Map<string, number>();
  /** Our questions whose answers were capabilities: the other side keeps those until we drop the number. */
  const capabilities = new Set<string>();
  let forgetQuestion = (_slot: string) => {};
  let lastExport = 0;
  let ended = false;

  let read: unknown;
  /** Promises of ours whose settlement the other side has been told. */
  const told = new Set<string>();

  const exportAt = (slot: string): object | undefined => {
    const known = exported.get(slot) ?? dropped.get(slot)?.deref();
    if (known !== undefined) return known;
    return isLasting(slot) ? lasting?.valueAt(slot) : undefined;
  };

  /** Sends the settlement of a promise whose slot the other side had dropped before. */
  const resolveAgain = (slot: string, promise: object) => {
    const header = { type: 'CTP_RESOLVE', epoch: 0, promiseID: reverse(slot) } as const;
    const reject = (reason: unknown) =>
      rawSend({ ...header, rej: captp.serialize(harden(reason) as Passable) });
    // As stock does: what cannot be marshalled is a rejection with what marshalling says.
    void E.when(
      promise,
      (value) => rawSend({ ...header, res: captp.serialize(harden(value) as Passable) }),
      reject,
    ).catch(reject);
  };

  const rawSend = (wanted: Message) => {
    const failure = takeOriginal();
    if (ended) return;
    if (failure !== undefined && isFailure(wanted)) report?.(failure);
    const message = withinLimits(wanted);
    if (message.type === 'CTP_DROP') {
      if (message.slotID[0] === 'q' && !capabilities.delete(message.slotID)) return;
      const decRefs = received.get(message.slotID) ?? 0;
      if (decRefs === 0 && message.slotID[0] !== 'q') return;
      received.delete(message.slotID);
      return send({ ...message, decRefs });
    }
    if (message.type === 'CTP_RESOLVE') {
      const mine = reverse(message.promiseID);
      // One that was dropped is told when it is sent again.
      if (!exported.has(mine) || told.has(mine)) return;
      told.add(mine);
    }
    send(message);
    for (const slot of dataOf(message)?.slots ?? []) {
      const value = dropped.get(slot)?.deref();
      if (value === undefined) continue;
      dropped.delete(slot);
      exported.set(slot, value);
      if (slot[0] === 'p') resolveAgain(slot, value);
    }
  };

  const captp = makeCapTP(id, rawSend as (message: Record<string, unknown>) => void, bootstrap, {
    onReject: () => {},
    gcImports: true,
    makeCapTPImportExportTables: ({
      releaseSlot,
      makeRemoteKit,
    }: {
      releaseSlot(slot: string): void;
      makeRemoteKit(slot: string): {
        promise: Promise<unknown>;
        settler: { resolveWithPresence(): object };
      };
    }) => {
      forgetQuestion = releaseSlot;
      const collected = new FinalizationRegistry((slot: string) => {
        // The slot may have been imported again since.
        if (imported.get(slot)?.deref() !== undefined || !imported.delete(slot)) return;
        releaseSlot(slot);
      });
      return {
        makeSlotForValue: (value: object) => {
          if (value instanceof Promise) return `p+${(lastExport += 1)}`;
          return lasting?.slotOf(value) ?? `o+${(lastExport += 1)}`;
        },
        makeValueForSlot: (slot: string, iface: string | undefined) => {
          const { promise, settler } = makeRemoteKit(slot);
          const val =
            slot[0] === 'p' ? promise : Remotable(iface, undefined, settler.resolveWithPresence());
          return { val, settler };
        },
        hasImport: (slot: string) => imported.get(slot)?.deref() !== undefined,
        getImport: (slot: string) => imported.get(slot)?.deref(),
        markAsImported: (slot: string, value: object) => {
          if (slot[0] === 'q') return;
          imported.set(slot, new WeakRef(value));
          importSlots.set(value, slot);
          collected.register(value, slot);
        },
        hasExport: (slot: string) => slot === READ || exportAt(slot) !== undefined,
        getExport: (slot: string) => (slot === READ ? read : exportAt(slot)),
        markAsExported: (slot: string, value: object) => void exported.set(slot, value),
        deleteExport: (slot: string) => {
          // Stock captp counts calls on `o+7` under `o-7`, and would never forget the count.
          if (slot[0] !== 'q' && !received.has(reverse(slot))) releaseSlot(reverse(slot));
          const value = exported.get(slot);
          exported.delete(slot);
          told.delete(slot);
          if (value === undefined) return;
          dropped.set(slot, new WeakRef(value));
          forgotten.register(value, slot);
        },
        didDisconnect: () => imported.clear(),
      };
    },
  });

  const answer = (questionID: string, reason: string) =>
    send({ type: 'CTP_RETURN', epoch: 0, answerID: questionID, exception: errorData(reason) });

  const end = (reason: string) => {
    if (ended) return;
    ended = true;
    captp.abort(fatedError(reason));
  };

  const count = (message: Message) => {
    for (const slot of new Set(dataOf(message)?.slots)) {
      if (!isOwn(slot)) continue;
      const mine = reverse(slot);
      received.set(mine, (received.get(mine) ?? 0) + 1);
    }
  };

  /**
   * Stock captp forgets a question, or a promise, before it reads how it settled, and swallows the
   * failure: it would never settle. So that is read first.
   */
  const settle = (message: Return | Resolve): void => {
    const { body, slots } = dataOf(message)!;
    try {
      read = captp.unserialize({ body, slots: [...slots] });
    } catch {
      captp.dispatch(failing(message, UNREADABLE_ANSWER));
      return;
    }
    if (isFailure(message)) noteFate(read, { body, slots });
    captp.dispatch(alreadyRead(message));
    read = undefined;
  };

  const importAt = (slot: string): object => {
    if (isOwn(slot)) throw Error('Cannot import: the slot is this side’s own');
    const known = imported.get(slot)?.deref();
    if (known !== undefined) return known;
    const body = '{"@qclass":"slot","index":0}';
    return captp.unserialize({ body, slots: [reverse(slot)] }) as object;
  };

  return Object.freeze({
    dispatch(message: Message) {
      if (ended) return;
      if (message.type === 'CTP_DISCONNECT') {
        return end(`Cannot await answer: ${message.reason} (delivered: unknown)`);
      }
      if (message.type === 'CTP_CALL') {
        const [, name] = METHOD_NAME.exec(message.method.body) ?? [];
        let target: object | undefined;
        try {
          if (message.target[0] === 'o') target = exportAt(reverse(message.target));
        } catch {
          return answer(message.questionID, LOST);
        }
        if (name === undefined || target === undefined || !hasMethod(target, name)) {
          return answer(message.questionID, NO_METHOD);
        }
      }
      count(message);
      const settles = message.type === 'CTP_RETURN' || message.type === 'CTP_RESOLVE';
      const accepted = settles ? settle(message) : captp.dispatch(message);
      if (message.type === 'CTP_DROP') {
        // It was sent again on the way, and the other side has forgotten what it became.
        const mine = reverse(message.slotID);
        if (exported.has(mine) && told.delete(mine)) resolveAgain(mine, exported.get(mine)!);
      }
      // What the body does not mention was not imported, so nothing else would ever give it back.
      for (const slot of dataOf(message)?.slots ?? []) {
        const mine = reverse(slot);
        if (isOwn(slot) && received.has(mine) && !imported.has(mine)) {
          rawSend({ type: 'CTP_DROP', epoch: 0, slotID: mine, decRefs: 0 });
        }
      }
      if (!accepted && message.type === 'CTP_CALL') return answer(message.questionID, UNREADABLE);
      if (message.type !== 'CTP_RETURN') return;
      // Stock captp counts every question that is answered, and forgets the count with its slot.
      const forget = () => forgetQuestion(message.answerID);
      if (!('result' in message && isCapability(message.result.body))) return forget();
      capabilities.add(message.answerID);
      // Until the reactions are done, calls may still be made on the answer's number.
      later(forget);
    },
    getBootstrap: () => captp.getBootstrap() as Promise<unknown>,
    presenceAt: importAt,
    introduced(slot: string) {
      received.set(slot, (received.get(slot) ?? 0) + 1);
      return importAt(slot);
    },
    slotOf: (value: object) => importSlots.get(value),
    end,
  });
};

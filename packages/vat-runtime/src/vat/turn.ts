/**
 * Turns: what one delivery changes and sends happens whole or not at all.
 *
 * A turn keeps a log of how to undo each change, the store rows it touched, the messages that it
 * wants to send, and its other effects on the node (durable sends, timers). A throw that leaves the turn undoes everything. A call inside it is a savepoint:
 * a throw that its caller catches undoes what the callee did, and nothing else.
 *
 * Sends are recorded here and reach CapTP only when the turn has succeeded, so an undone turn
 * serialises nothing and touches no CapTP table.
 */
import { HandledPromise } from '@endo/eventual-send';
import harden from '@endo/harden';
import type { Effect } from './delivery.ts';
import { type TurnQuotas, assertMayCall } from './quotas.ts';

type Send = {
  readonly target: unknown;
  readonly method: string;
  readonly args: unknown[];
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** True when its turn has succeeded. */
  isIssued: boolean;
};

type Turn = {
  readonly undo: (() => void)[];
  readonly sends: Send[];
  readonly effects: Effect[];
  /** Rows that changed, each with the function that says what it now holds (undefined: nothing). */
  readonly rows: Map<string, () => string | undefined>;
  /** What `changed` promises may wait for. */
  readonly touched: Set<object>;
};

export type TurnResult = {
  readonly effects: readonly Effect[];
  readonly rows: readonly (readonly [key: string, value: string | undefined])[];
  readonly touched: ReadonlySet<object>;
  /** How many calls it makes by `E`. */
  readonly calls: number;
};

export type Turns = {
  /** Runs `body` as a turn, or inside the current turn as a savepoint. @throws over a quota, and undoes it */
  run<T>(body: () => T): T;
  /** Runs `body`, which may send and call but changes nothing itself, even inside a turn. */
  read<T>(body: () => T): T;
  /** Runs `body` inside the current turn. @throws where it changed or sent anything, and undoes that */
  unchanged<T>(body: () => T): T;
  /** @throws inside `unchanged`, which could not undo what a turn of its own does later */
  assertMayFollow(): void;
  /** @throws where no turn is running: `action` says what was refused */
  assertActive(action: string): void;
  /** Notes one change of the current turn. */
  note(change: {
    undo: () => void;
    touched?: object;
    key: string;
    row: () => string | undefined;
  }): void;
  /** Notes what the current turn wants of the node. Undone with it. */
  effect(effect: Effect): void;
  /** `E(target)[method](...args)`: recorded inside a turn, at once outside. */
  send(target: unknown, method: string, args: unknown[]): Promise<unknown>;
};

const noTurnQuotas: TurnQuotas = Object.freeze({
  assertMayBegin: () => {},
  maxOpenCalls: Infinity,
});

const wouldChange = () =>
  Error('Cannot call: the method would change something, and may only be read from');

/**
 * @param assertSendable - throws for an answer or arguments that cannot leave; then the turn is undone
 * @param commit - takes a finished turn's rows. If it throws, the turn is undone.
 */
export const makeTurns = (
  assertSendable: (value: unknown) => void,
  commit: (result: TurnResult) => void,
  quotas: TurnQuotas = noTurnQuotas,
): Turns => {
  let current: Turn | undefined;
  /** Calls by `E` without an answer. */
  let openCalls = 0;
  let reading = false;
  let unchanging = false;

  const undoTo = (turn: Turn, undoMark: number, sendMark: number) => {
    for (const undo of turn.undo.splice(undoMark).reverse()) undo();
    for (const { reject } of turn.sends.splice(sendMark)) {
      reject(Error('Cannot send: the turn that wanted to was undone'));
    }
  };

  const issue = (send: Send) => {
    const { target, method, args, resolve } = send;
    send.isIssued = true;
    openCalls += 1;
    resolve(HandledPromise.applyMethod(target, method, args));
  };

  const runOutermost = <T>(body: () => T): T => {
    quotas.assertMayBegin();
    const turn: Turn = {
      undo: [],
      sends: [],
      effects: [],
      rows: new Map(),
      touched: new Set(),
    };
    current = turn;
    let result: T;
    try {
      result = body();
      const { effects, touched, sends } = turn;
      assertSendable(result);
      if (sends.length > 0) assertMayCall(openCalls + sends.length, quotas);
      for (const { args } of sends) assertSendable(args);
      const rows = [...turn.rows].map(([key, row]) => [key, row()] as const);
      commit({ rows, effects, touched, calls: sends.length });
    } catch (error) {
      undoTo(turn, 0, 0);
      throw error;
    } finally {
      current = undefined;
    }
    for (const send of turn.sends) issue(send);
    return result;
  };

  const runSavepoint = <T>(turn: Turn, body: () => T): T => {
    const undoMark = turn.undo.length;
    const sendMark = turn.sends.length;
    try {
      return body();
    } catch (error) {
      undoTo(turn, undoMark, sendMark);
      throw error;
    }
  };

  const whileReading = <T>(now: boolean, body: () => T): T => {
    const before = reading;
    reading = now;
    try {
      return body();
    } finally {
      reading = before;
    }
  };

  return Object.freeze({
    run: (body) =>
      whileReading(false, () =>
        current === undefined ? runOutermost(body) : runSavepoint(current, body),
      ),
    read(body) {
      const turn = current;
      return turn === undefined ? body() : runSavepoint(turn, () => whileReading(true, body));
    },
    unchanged(body) {
      const turn = current!;
      return runSavepoint(turn, () => {
        const [changes, sends] = [turn.undo.length, turn.sends.length];
        const before = unchanging;
        unchanging = true;
        try {
          const result = body();
          if (turn.undo.length === changes && turn.sends.length === sends) return result;
        } finally {
          unchanging = before;
        }
        throw wouldChange();
      });
    },
    assertMayFollow() {
      if (unchanging) throw wouldChange();
    },
    assertActive(action) {
      if (current !== undefined && reading) {
        throw Error(`Cannot ${action}: the method is listed in readOnly`);
      }
      if (current !== undefined) return;
      throw Error(
        `Cannot ${action}: no turn is running; after an await, call a method of a facet, which is a turn of its own`,
      );
    },
    note({ undo, touched, key, row }) {
      const turn = current!;
      turn.undo.push(undo);
      if (touched !== undefined) turn.touched.add(touched);
      turn.rows.set(key, row);
    },
    effect(effect) {
      const { undo, effects } = current!;
      effects.push(effect);
      // Undone in reverse order, so the newest is this one.
      undo.push(() => effects.pop());
    },
    send(target, method, args) {
      harden(args);
      if (current === undefined) {
        try {
          assertMayCall(openCalls + 1, quotas);
        } catch (error) {
          return HandledPromise.reject(error) as Promise<unknown>;
        }
        openCalls += 1;
        const answer = HandledPromise.applyMethod(target, method, args) as Promise<unknown>;
        const close = () => void (openCalls -= 1);
        answer.then(close, close);
        return answer;
      }
      let send: Send | undefined;
      const answer = new HandledPromise<unknown>((resolve, reject) => {
        send = { target, method, args, resolve, reject, isIssued: false };
      });
      current.sends.push(send!);
      const close = () => {
        if (send!.isIssued) openCalls -= 1;
      };
      // The sender may not care for the answer; an undone turn is reported by its throw.
      answer.then(close, close);
      return answer;
    },
  }) as Turns;
};

/** An `E` that records its sends in the current turn. @see Turns.send */
export const makeE = (turns: Turns): unknown => {
  const proxy = (send: (method: string, args: unknown[]) => unknown) =>
    new Proxy(Object.create(null) as object, {
      get: (_target, method) => {
        if (typeof method !== 'string') return undefined;
        return harden((...args: unknown[]) => send(method, args));
      },
      has: () => true,
      set: () => false,
    });
  const E = (target: unknown) => proxy((method, args) => turns.send(target, method, args));
  const sendOnly = (target: unknown) =>
    proxy((method, args) => {
      turns.send(target, method, args).catch(() => {});
    });
  const when = (
    value: unknown,
    onFulfilled?: (value: unknown) => unknown,
    onRejected?: (reason: unknown) => unknown,
  ) => HandledPromise.resolve(value).then(onFulfilled, onRejected);
  return harden(
    Object.assign(E, {
      sendOnly,
      when,
      resolve: (value: unknown) => HandledPromise.resolve(value),
    }),
  );
};

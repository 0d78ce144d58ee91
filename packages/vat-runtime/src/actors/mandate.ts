/**
 * One-use authority over one act that was decided elsewhere (SPEC F15, C16).
 *
 * The act is done in the turn of `carryOut` where it is near, and by one message that happens exactly once
 * where it is far. A refusal of the act uses nothing up; neither does a message of which nobody knows what
 * became of it: it is sent again under the identifier that it had, so the act is done once all the same.
 */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, SendFailure, Text } from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  identityOf,
  makeDurableMap,
  send,
  sha256,
  typed,
} from '@pocas/vat-runtime';
import type { Mandate, MandateTerms, MandateView } from './acts.ts';
import { minuteOf } from './day.ts';
import { MandateAnswersI, MandateI } from './mandate-guards.ts';
import { once } from './once.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import { refuse } from './refusal.ts';
import { TextShape } from './words.ts';

export type Carried = { readonly ok: true } | Refusal;
/** What a mandate does. It is never handed out. Far ones have to know a repeated `requestId`. */
export type MandateAct = { carryOut(requestId: string): Carried };

/** For how long a mandate is good at most, from when it is made: 366 days, in milliseconds. */
export const longestMandate: bigint = 366n * 24n * 60n * 60n * 1000n;

/** Whether terms can be kept by a mandate that is made now. */
export const areTerms = ({ notBefore, expires }: MandateTerms, now: bigint): boolean =>
  expires > now && expires > notBefore && expires <= now + longestMandate;

type State = 'waiting' | 'underWay' | 'used';
type Waiting = { readonly done: Promise<Carried>; settle(outcome: Carried): void };

/** Who waits for a far act, by identity and request. Not kept: after a restart whoever waited asks again. */
const waiting = new Map<string, Waiting>();

const makeMandateKit = defineActor({
  name: 'Mandate',
  state: {
    words: TextShape,
    notBefore: M.nat(),
    expires: M.nat(),
    clock: typed<Clock>(M.remotable('clock')),
    /** Taken out when it was used, so that nothing is kept alive by it. */
    act: typed<Facet<MandateAct> | undefined>(M.opt(M.remotable('act'))),
    state: typed<State>(M.or('waiting', 'underWay', 'used')),
    /** The request that is under way to a far act. */
    request: M.string(),
    /** Which try it is: one more after each refusal, since a far act remembers what it refused. */
    attempt: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    words: Text,
    { notBefore, expires }: MandateTerms,
    clock: Clock,
    act: Facet<MandateAct>,
  ) => ({
    words,
    notBefore,
    expires,
    clock,
    act: act as Facet<MandateAct> | undefined,
    state: 'waiting' as State,
    request: '',
    attempt: 1n,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    mandate: MandateI,
    inner: M.interface('MandateInner', {
      isNear: M.call().returns(M.boolean()),
      now: M.call(M.string()).returns(M.record()),
      later: M.call(M.string()).returns(M.or(M.record(), M.promise())),
      done: M.call(M.record()).returns(M.record()),
      settle: M.call(M.string(), M.record()).returns(),
    }),
    answers: MandateAnswersI,
  },
  facets: {
    mandate: {
      view(): MandateView {
        const { words, notBefore, expires, state } = this.state;
        const [from, until] = [minuteOf(notBefore), minuteOf(expires)];
        return { words, notBefore, expires, from, until, used: state === 'used' };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.mandate);
      },
      carryOut(requestId: string): Promise<Carried> | Carried {
        const { outcomes } = this.state;
        const { inner } = this.facets;
        if (inner.isNear())
          return once<Carried>(outcomes, 'carryOut', requestId, () => inner.now(requestId));
        return inner.later(requestId);
      },
    },
    inner: {
      isNear(): boolean {
        const { act } = this.state;
        return act === undefined || typeof act.carryOut === 'function';
      },
      now(requestId: string): Carried {
        const { act } = this.state;
        const refusal = refusalOf(this.state);
        if (refusal !== undefined) return refusal;
        return this.facets.inner.done(act!.carryOut(requestId));
      },
      later(requestId: string): Promise<Carried> | Carried {
        const { state } = this;
        const key = `carryOut ${requestId}`;
        // The cast holds because only this method and `settle` write there.
        if (state.outcomes.has(key)) return state.outcomes.get(key) as Carried;
        const place = `${identityOf(this.facets.mandate)} ${requestId}`;
        if (state.state === 'underWay' && state.request === requestId) return waitFor(place);
        const refusal = state.state === 'underWay' ? refuse('conflict') : refusalOf(state);
        if (refusal !== undefined) {
          state.outcomes.set(key, refusal);
          return refusal;
        }
        state.state = 'underWay';
        state.request = requestId;
        // One identifier for each try, whoever asks: what is sent again after `unknown` is the same request.
        const id = sha256(`pocas mandate\n${identityOf(this.facets.mandate)}\n${state.attempt}`);
        send(state.act!, 'carryOut', [id], {
          then: this.facets.answers,
          ctx: { requestId },
          notAfter: state.expires,
        });
        return waitFor(place);
      },
      done(answer: Carried): Carried {
        if (!answer.ok) return answer;
        this.state.state = 'used';
        this.state.act = undefined;
        return { ok: true };
      },
      settle(requestId: string, outcome: Carried): void {
        const { state } = this;
        state.outcomes.set(`carryOut ${requestId}`, outcome);
        if (!outcome.ok) state.state = 'waiting';
        state.request = '';
        const place = `${identityOf(this.facets.mandate)} ${requestId}`;
        waiting.get(place)?.settle(outcome);
        waiting.delete(place);
      },
    },
    answers: {
      fulfilled(answer: unknown, { requestId }: { requestId: string }): void {
        const { inner } = this.facets;
        const outcome = readCarried(answer);
        if (!outcome.ok) this.state.attempt += 1n;
        inner.settle(requestId, inner.done(outcome));
      },
      rejected({ code }: SendFailure, { requestId }: { requestId: string }): void {
        // Of `unknown` nobody knows whether it was done: the next try is the same request.
        if (code !== 'unknown') this.state.attempt += 1n;
        this.facets.inner.settle(requestId, refuse(codes[code] ?? 'notYet'));
      },
    },
  },
  readOnly: ['mandate.changes'],
});

type Terms = {
  readonly state: State;
  readonly notBefore: bigint;
  readonly expires: bigint;
  readonly clock: Clock;
};
/** Why it cannot be carried out now, whatever the act says. */
const refusalOf = ({ state, notBefore, expires, clock }: Terms): Refusal | undefined => {
  if (state === 'used') return refuse('closed');
  const now = clock.now();
  if (now < notBefore) return refuse('notYet');
  return now >= expires ? refuse('expired') : undefined;
};

/** What a failure of the way there means to whoever asked. */
const codes: { readonly [code in SendFailure['code']]?: RefusalCode } = {
  expired: 'expired',
  gone: 'revoked',
  unsupported: 'unsupported',
  thrown: 'invalid',
  stopped: 'invalid',
};
const known: readonly string[] = [
  ...['revoked', 'expired', 'limit', 'insufficient', 'claimed', 'closed', 'conflict', 'notYet'],
  ...['quota', 'stale', 'invalid', 'unsupported'],
];
/** What another vat says of it. Whatever is no outcome is taken for a refusal, so that nothing is used up. */
const readCarried = (answer: unknown): Carried => {
  const { ok, code } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    readonly ok?: unknown;
    readonly code?: unknown;
  };
  if (ok === true) return { ok: true };
  return refuse(
    typeof code === 'string' && known.includes(code) ? (code as RefusalCode) : 'invalid',
  );
};

const waitFor = (place: string): Promise<Carried> => {
  const before = waiting.get(place);
  if (before !== undefined) return before.done;
  let settle!: (outcome: Carried) => void;
  const done = new Promise<Carried>((resolve) => {
    settle = resolve;
  });
  waiting.set(place, { done, settle });
  return done;
};

/**
 * Makes a mandate.
 *
 * @param words - what it does
 * @param terms - by `clock`, in milliseconds since 1970; see `areTerms`
 * @param act - near or far
 */
export const makeMandate = (
  words: Text,
  terms: MandateTerms,
  clock: Clock,
  act: Facet<MandateAct>,
): Facet<Mandate> => makeMandateKit(words, terms, clock, act).mandate;

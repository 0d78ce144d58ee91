/**
 * Credit: how much work a party outside may have under way at the hosts, and how much output may
 * wait for it. Past it nothing more is taken from the party (`pause`), below half of it, it goes on.
 *
 * - Work is a call that a host is to carry out, or the settling of a promise that a vat holds. It
 *   counts from the moment it is passed on, or waits for its vat to be loaded, until the host has
 *   carried it out or lost it, whether or not it was answered.
 * - It counts by number, by length, and by the time that the party's work took until now, of which
 *   all who have some under way share so much.
 * - What sessions that have ended left under way (`orphans`) holds back those that begin.
 * - Vats are counted and not paused: two that wait for each other would wait for good. Their quotas
 *   bound what they send.
 *
 * See docs/decisions/0011-isolation.md, part 2.
 */
import type { Limits } from './limits.ts';

/** What a reference costs whoever reads it, in characters of a body. */
const lengthOfReference = 32;

/** How many calls of a party tell what the next will take. */
const callsInAverage = 16;

/** What a party has under way. Only `Credit` changes it. */
export type Work = {
  /** Calls it made that a party inside was given, or waits for, and that are not carried out yet. */
  inFlight: number;
  /** Each of those, as if the oldest were carried out first. */
  readonly underWay: { readonly length: number; readonly since: number }[];
  /** Characters in their bodies, and as many for their references. */
  length: number;
  /** Milliseconds that a call of the party took a host, on average. */
  callCost: number;
  /** Characters that wait at the gate. */
  waitingOutput: number;
  /** Nothing is taken from it: too much of its work is under way. */
  isPaused: boolean;
};

export const makeWork = (): Work => ({
  inFlight: 0,
  underWay: [],
  length: 0,
  // The first guess lets a few through.
  callCost: 12,
  waitingOutput: 0,
  isPaused: false,
});

/** What credit asks of a party. */
export type Debtor = {
  readonly kind: { readonly inside: boolean; readonly unlimited?: boolean };
  /** There while its session lasts. */
  readonly link: { pause?(): void; resume?(): void } | undefined;
  readonly work: Work;
};

/**
 * Runs `release` when all state written so far is on disk, in the order of the calls.
 * `size` is what waits for it, in characters.
 */
export type Gate = (release: () => void, size: number) => void;

type Data = { readonly body: string; readonly refs: readonly unknown[] };

/** A call that may be counted, once. */
type Call = {
  readonly question: { readonly asker: Debtor };
  readonly method: Data;
  isUnderWay?: boolean;
};

export class Credit {
  readonly #limits: Limits;
  readonly #gate: Gate;
  readonly #now: () => number;
  #lastCarriedOut = 0;
  /** Parties outside with work under way: they share what may be under way in time. */
  #busy = 0;
  /** Work under way of sessions outside that have ended. */
  #orphans = 0;
  /** Sessions that began while there was too much of that. */
  readonly #waitingForOrphans = new Set<Debtor>();

  /** @param now - milliseconds, from any beginning */
  constructor(limits: Limits, gate: Gate, now: () => number) {
    this.#limits = limits;
    this.#gate = gate;
    this.#now = now;
  }

  /** The session of a party has begun: its link is there. What it left under way is its own again. */
  sessionBegan(party: Debtor): void {
    if (party.kind.inside) return;
    this.#orphans -= party.work.inFlight;
    if (this.#orphans > this.#limits.maxOrphans) this.#waitingForOrphans.add(party);
    if (party.work.isPaused) party.link?.pause?.();
    this.#throttle(party);
  }

  /** The session of a party ends: its link is there for the last time. */
  sessionEnds(party: Debtor): void {
    if (party.kind.inside || party.link === undefined) return;
    this.#orphans += party.work.inFlight;
    this.#waitingForOrphans.delete(party);
  }

  /** A host is to carry out a call, now or when its vat is loaded. */
  countCall(call: Call): void {
    if (call.isUnderWay) return;
    call.isUnderWay = true;
    this.count(call.question.asker, call.method);
  }

  /** A call will not be given to a host after all. */
  uncountCall({ isUnderWay, question }: Call): void {
    if (isUnderWay) this.carriedOut(question.asker);
  }

  /** A host is to do work for a party. */
  count(asker: Debtor, { body, refs }: Data): void {
    const { work, kind, link } = asker;
    if (work.inFlight === 0 && !kind.inside) this.#busy += 1;
    work.inFlight += 1;
    const length = body.length + refs.length * lengthOfReference;
    work.underWay.push({ length, since: this.#now() });
    work.length += length;
    if (link === undefined && !kind.inside) this.#orphans += 1;
    this.#throttle(asker);
  }

  /** A host has carried out, or lost, work that was counted for `asker`. */
  carriedOut(asker: Debtor): void {
    const { work, kind, link } = asker;
    work.inFlight -= 1;
    if (work.inFlight === 0 && !kind.inside) this.#busy -= 1;
    const now = this.#now();
    const { length, since } = work.underWay.shift() ?? { length: 0, since: now };
    work.length -= length;
    const took = now - Math.max(since, this.#lastCarriedOut);
    this.#lastCarriedOut = now;
    work.callCost += (took - work.callCost) / callsInAverage;
    this.#throttle(asker);
    if (link !== undefined || kind.inside) return;
    this.#orphans -= 1;
    if (this.#orphans > this.#limits.maxOrphans / 2) return;
    const waiting = [...this.#waitingForOrphans];
    this.#waitingForOrphans.clear();
    for (const party of waiting) this.#throttle(party);
  }

  /** Runs `release` behind the gate. Meanwhile `size` characters wait for the party. */
  atGate(party: Debtor, size: number, release: () => void): void {
    const { work } = party;
    work.waitingOutput += size;
    this.#gate(() => {
      work.waitingOutput -= size;
      if (work.isPaused) this.#throttle(party);
      release();
    }, size);
    if (work.waitingOutput > this.#limits.maxWaitingOutput) this.#throttle(party);
  }

  #throttle(party: Debtor): void {
    const { work, kind, link } = party;
    const { inside, unlimited = false } = kind;
    if (inside || unlimited) return;
    const { maxInFlight, maxInFlightLength, maxInFlightMilliseconds, maxWaitingOutput } =
      this.#limits;
    const inTime = maxInFlightMilliseconds / (work.callCost * Math.max(this.#busy, 1));
    const share = Math.max(
      work.inFlight / Math.min(Math.max(inTime, 1), maxInFlight),
      work.waitingOutput / maxWaitingOutput,
      work.length / maxInFlightLength,
      this.#waitingForOrphans.has(party) ? 2 : 0,
    );
    if (!work.isPaused && share > 1) {
      work.isPaused = true;
      link?.pause?.();
    } else if (work.isPaused && share <= 0.5) {
      work.isPaused = false;
      link?.resume?.();
    }
  }
}

/** Somebody who only wants to be served, in a process of its own: calls at a steady pace, and the time each took. */
import '@pocas/vat-runtime/lockdown';
import { randomBytes } from 'node:crypto';
import { E } from '@endo/far';
import { type Session, connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import type { Latencies } from './control.ts';
import { servePart } from './serve-part.ts';

type Counter = { add(n: bigint): bigint; get(): bigint };

/** Of so many calls one changes the state. */
const durableEvery = 5;

let session: Session | undefined;
let counter: Counter;
let latencies: number[] = [];
let failures: string[] = [];
let under = 0;
let goesOn = false;

/** @param due - when it was to begin: a call that could not even begin in time was late too */
const call = async (count: number, due: number) => {
  under += 1;
  try {
    await (count % durableEvery === 0 ? E(counter).add(1n) : E(counter).get());
    latencies.push(performance.now() - due);
  } catch (error) {
    failures.push(String(error));
  }
  under -= 1;
};

const drive = async (callsPerSecond: number) => {
  const start = performance.now();
  for (let count = 0; goesOn; count += 1) {
    const due = start + (count * 1000) / callsPerSecond;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    void call(count, due);
  }
};

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

servePart({
  async connect(sturdyRef: string) {
    session = await connect(sturdyRef, {
      dial: dialChannel,
      ciphers: nodeCiphers,
      random: (length) => new Uint8Array(randomBytes(length)),
      later: (task) => void setImmediate(task),
    });
    // The cast holds: the harness gives the reference of `vats/benign.ts`.
    counter = (await session.object) as Counter;
  },
  begin(callsPerSecond: number) {
    latencies = [];
    failures = [];
    goesOn = true;
    void drive(callsPerSecond);
  },
  async end(patienceMillis: number): Promise<Latencies> {
    goesOn = false;
    const giveUp = performance.now() + patienceMillis;
    while (under > 0 && performance.now() < giveUp) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const sorted = latencies.toSorted((a, b) => a - b);
    return {
      calls: sorted.length,
      unanswered: under,
      failures,
      p50: at(sorted, 0.5),
      p99: at(sorted, 0.99),
      max: sorted.at(-1) ?? 0,
    };
  },
});

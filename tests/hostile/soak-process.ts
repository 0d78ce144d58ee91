/** A client for long sessions, in a process of its own. It runs with `--expose-gc`. */
import '@pocas/vat-runtime/lockdown';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { E } from '@endo/far';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import { collectHere } from './heaps.ts';
import { servePart } from './serve-part.ts';

// `any`: references over a link, whose methods the modules in `vats/` define.
type Remote = any;

let counter: Remote;
let victim: Remote;

servePart({
  async connect(benignRef: string, victimRef: string) {
    const session = await connect(benignRef, {
      dial: dialChannel,
      ciphers: nodeCiphers,
      random: (length) => new Uint8Array(randomBytes(length)),
      later: (task) => void setImmediate(task),
    });
    counter = await session.object;
    victim = await session.enliven(victimRef);
  },
  /** Makes calls that change the state, so many at a time. @returns the count that the vat has then */
  async call(calls: number, atOnce: number): Promise<number> {
    let count = 0n;
    for (let done = 0; done < calls; done += atOnce) {
      const some = Array.from({ length: Math.min(atOnce, calls - done) }, () => E(counter).add(1n));
      count = (await Promise.all(some)).at(-1) as bigint;
    }
    return Number(count);
  },
  collect: collectHere,
  /** Obtains an object, calls it and lets go of it, until that was noticed; and all of it again. */
  async obtain(times: number): Promise<number> {
    const { gc } = globalThis as { gc?: () => void };
    const obtainOnce = async (): Promise<WeakRef<object>> => {
      const part: Remote = await E(victim).part();
      if ((await E(part).read()) !== 'part') throw Error('It is another object');
      return new WeakRef(part as object);
    };
    let collected = 0;
    for (let i = 0; i < times; i += 1) {
      const obtained = await obtainOnce();
      for (let round = 0; round < 100 && obtained.deref() !== undefined; round += 1) {
        // A weak reference holds until the end of the job that looked at it.
        await sleep(1);
        gc!();
      }
      if (obtained.deref() === undefined) collected += 1;
      // What finalizers send goes with the next call.
      await sleep(1);
    }
    return collected;
  },
});

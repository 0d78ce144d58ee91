/** One vat over rows in memory: the test is its node, and what it is given are deliveries. */
import '@pocas/vat-runtime/lockdown';
import { setImmediate } from 'node:timers/promises';
import { E } from '@endo/far';
import { digests } from '#src/machine/integrity.js';
import { makeVatConsole } from '#src/hosts/vat-console.js';
import type { Endpoint } from '#src/switchboard/endpoint.js';
import { makeOwnEndpoint } from '#src/switchboard/own-endpoint.js';
import type { Device } from '#src/vat/clock.js';
import type { Crank, Delivery, Effect } from '#src/vat/delivery.js';
import { firstRows } from '#src/vat/journal.js';
import type { CompiledModule } from '#src/vat/module.js';
import type { Quotas } from '#src/vat/quotas.js';
import { VAT_CONTROL, makeVat } from '#src/vat/vat.js';

export type Alone = {
  /** What the vat's `make` answered. */
  root(): Promise<any>;
  make(devices: Record<string, Device>): Promise<any>;
  /** Delivers, and resolves when the rows are in the store. */
  deliver(delivery: Delivery): Promise<Crank | undefined>;
  /** What the vat wanted of its node, until the test takes it away. */
  readonly effects: Effect[];
  readonly lines: string[];
  /** Resolves when all that was delivered is done. */
  settled(): Promise<void>;
};

/**
 * Loads a vat of which the store has `rows`: a restart, where they are not empty.
 *
 * @param clock - what time it is, in milliseconds
 */
export const loadAlone = (
  module: CompiledModule,
  rows: Map<string, string>,
  quotas: Quotas,
  clock: { now: bigint } = { now: 0n },
  makeConsole: (print: (line: string) => void) => object = makeVatConsole,
): Alone => {
  if (rows.size === 0) for (const [key, value] of firstRows) rows.set(key, value!);
  const vat = makeVat({
    id: '1',
    module,
    read: (key) => rows.get(key),
    incarnation: 'i',
    makeConsole,
    digests,
    quotas,
    onOutput: () => {},
  });
  const effects: Effect[] = [];
  const lines: string[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const deliver = (delivery: Delivery): Promise<Crank | undefined> => {
    const done = last.then(async () => {
      vat.deliver(delivery, clock.now);
      await setImmediate();
      const crank = vat.takeCrank();
      for (const [key, value] of crank?.rows ?? []) {
        if (value === undefined) rows.delete(key);
        else rows.set(key, value);
      }
      effects.push(...(crank?.effects ?? []));
      lines.push(...(crank?.lines ?? []));
      for (const message of crank?.messages ?? []) endpoint.dispatch(message);
      return crank;
    });
    last = done;
    return done;
  };
  const endpoint: Endpoint = makeOwnEndpoint({
    id: 'test',
    send: (message) => void deliver({ kind: 'message', message }),
    later: (task) => void setImmediate().then(task),
  });
  const control: any = endpoint.presenceAt(VAT_CONTROL.replace('+', '-'));
  return {
    root: () => E(control).root(),
    make: (devices) => E(control).make({}, undefined, devices),
    deliver,
    effects,
    lines,
    async settled() {
      for (let before; before !== last;) {
        before = last;
        await last;
        await setImmediate();
      }
    },
  };
};

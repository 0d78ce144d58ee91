/**
 * A vat host: many vats on one thread, one delivery at a time.
 *
 * A delivery runs until all its reactions are done; then its crank is reported, and the next begins.
 * Rows of reported cranks stay readable here until the node says that they are on disk.
 */
import harden from '@endo/harden';
import type { Message } from '../switchboard/wire.ts';
import { type Crank, type Vat, makeVat } from './vat.ts';

/** What the node tells a host. */
export type HostCommand =
  /** `load` is a number that rises: the node tells the cranks of this load from those of earlier ones by it. */
  | {
      type: 'load';
      vat: string;
      load: number;
      label: string;
      moduleText: string;
      incarnation: string;
    }
  | { type: 'deliver'; vat: string; message: Message }
  /** All cranks up to this number are on disk. */
  | { type: 'durable'; crank: number };

/** What a host tells the node. */
export type HostReport =
  | { type: 'crank'; vat: string; load: number; number: number; crank: Crank }
  /** The vat could not be loaded. */
  | { type: 'failed'; vat: string; reason: string };

export type VatHostPowers = {
  /** A row of a vat, as it is on disk. */
  readonly read: (vat: string, key: string) => string | undefined;
  /** Resolves when all microtasks that are queued now, and those that they queue, have run. */
  readonly drained: () => Promise<void>;
  readonly report: (report: HostReport) => void;
  /** Called when there is nothing left to do for now. */
  readonly idle: () => void;
  /** A console for one vat. */
  readonly makeConsole: (label: string) => object;
};

export type VatHost = {
  command(command: HostCommand): void;
  /** Takes no more commands, and resolves when those it has are carried out. */
  stop(): Promise<void>;
};

export const makeVatHost = (powers: VatHostPowers): VatHost => {
  const vats = new Map<string, { vat: Vat; load: number }>();
  const queue: HostCommand[] = [];
  /** Vats with output that no delivery caused: drops of what was collected. */
  const stirred = new Set<string>();
  /** Rows on their way to disk, each with the number of its crank. */
  const pending = new Map<string, { value: string | undefined; crank: number }>();
  let lastCrank = 0;
  let running: Promise<void> | undefined;
  let stopped = false;

  const reportCrank = (id: string) => {
    stirred.delete(id);
    const loaded = vats.get(id);
    const crank = loaded?.vat.takeCrank();
    if (loaded === undefined || crank === undefined) return;
    lastCrank += 1;
    for (const [key, value] of crank.rows) {
      // Deleted first, so that the map stays in the order of cranks.
      pending.delete(`${id}/${key}`);
      pending.set(`${id}/${key}`, { value, crank: lastCrank });
    }
    powers.report({ type: 'crank', vat: id, load: loaded.load, number: lastCrank, crank });
  };

  const load = (command: HostCommand & { type: 'load' }) => {
    const { vat: id, label, moduleText, incarnation } = command;
    // What an earlier load of the vat did last is reported before it is forgotten.
    reportCrank(id);
    try {
      const vat = makeVat({
        id,
        label,
        moduleText,
        incarnation,
        read: (key) => {
          const recent = pending.get(`${id}/${key}`);
          return recent === undefined ? powers.read(id, key) : recent.value;
        },
        console: powers.makeConsole(label),
        onOutput: () => {
          stirred.add(id);
          start();
        },
      });
      vats.set(id, { vat, load: command.load });
    } catch (error) {
      powers.report({ type: 'failed', vat: id, reason: (error as Error).message });
    }
  };

  const carryOut = async (command: HostCommand) => {
    switch (command.type) {
      case 'load':
        return load(command);
      case 'deliver':
        vats.get(command.vat)?.vat.deliver(command.message);
        // A drop changes tables only: no code of the vat runs.
        if (command.message.type === 'CTP_DROP') return;
        await powers.drained();
        return reportCrank(command.vat);
      case 'durable':
        for (const [key, { crank }] of pending) {
          if (crank > command.crank) break;
          pending.delete(key);
        }
    }
  };

  const run = async () => {
    // So that `running` is set before anything is carried out.
    await undefined;
    while (queue.length > 0 || stirred.size > 0) {
      const command = queue.shift();
      if (command !== undefined) await carryOut(command);
      else for (const id of [...stirred]) reportCrank(id);
    }
    powers.idle();
    running = undefined;
  };
  const start = () => {
    if (!stopped) running ??= run();
  };

  return harden({
    command(command: HostCommand) {
      queue.push(command);
      start();
    },
    async stop() {
      stopped = true;
      await running;
    },
  });
};

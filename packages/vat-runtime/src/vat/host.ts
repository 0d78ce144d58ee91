/**
 * A vat host: many vats in one thread or process, one delivery at a time.
 *
 * A delivery runs until all its reactions are done; then its crank is reported, and the next begins.
 * Rows of reported cranks stay readable here until the node says that they are on disk.
 */
import harden from '@endo/harden';
import type { Crank, Delivery } from './delivery.ts';
import type { Digests } from './journal.ts';
import { type CompiledModule, compileModule } from './module.ts';
import { makeOverlay } from './overlay.ts';
import type { Quotas } from './quotas.ts';
import { type Vat, makeVat } from './vat.ts';

/** What the node tells a host. */
export type HostCommand =
  /** A module's text, before the first vat that runs it. */
  | { type: 'module'; module: string; text: string }
  /** `load` is a number that rises: the node tells the cranks of this load from those of earlier ones by it. */
  | {
      type: 'load';
      vat: string;
      load: number;
      module: string;
      incarnation: string;
      /** Without them the vat has those of our own packages. */
      quotas?: Quotas;
    }
  | {
      type: 'deliver';
      vat: string;
      delivery: Delivery;
      time: bigint;
      /** How many messages of the vat wait for others, of which it will hear nothing. Default: 0. */
      unheard?: number;
    }
  /** Forgets a vat, unless it has done something since the crank `seen`; without that, in any case. */
  | { type: 'unload'; vat: string; load: number; seen?: number }
  /** All cranks up to this number are on disk. */
  | { type: 'durable'; crank: number };

/** What a host tells the node. */
export type HostReport =
  | {
      type: 'crank';
      vat: string;
      load: number;
      number: number;
      /** The item of the inbox that this crank carried out. */
      done: string | undefined;
      crank: Crank;
    }
  /** The answer to `unload`. */
  | { type: 'unloaded'; vat: string; load: number; forgotten: boolean }
  /** The vat could not be loaded, or a row of it could not be read. It is in memory no more. */
  | { type: 'failed'; vat: string; reason: string };

export type VatHostPowers = {
  /** A row of a vat: as it is on disk, or as of its last crank where the host `readsStaged`. */
  readonly read: (vat: string, key: string) => string | undefined;
  /** Then nothing has to be remembered here until it is on disk. */
  readonly readsStaged?: true;
  /** Resolves when all microtasks that are queued now, and those that they queue, have run. */
  readonly drained: () => Promise<void>;
  readonly report: (report: HostReport) => void;
  /** Called before each command, and when it was carried out and all that it did is reported. */
  readonly onBegin?: () => void;
  readonly onEnd?: () => void;
  /** Called when there is nothing left to do for now. */
  readonly idle: () => void;
  /** A console that prints by lines. */
  readonly makeConsole: (print: (line: string) => void) => object;
  readonly digests: Digests;
};

type Loaded = {
  readonly vat: Vat;
  readonly load: number;
  /** The number of its newest crank. */
  crank: number;
  /** Why a row could not be read. What the vat does after that is not kept. */
  damage?: string;
};

export type VatHost = {
  command(command: HostCommand): void;
  /** Takes a promise that nobody listens to. @returns false where no vat was running */
  noteRejection(reason: unknown): boolean;
  /** Takes no more commands, and resolves when those it has are carried out. */
  stop(): Promise<void>;
};

export const makeVatHost = (powers: VatHostPowers): VatHost => {
  const vats = new Map<string, Loaded>();
  /** Modules by name, before and after they were compiled. */
  const texts = new Map<string, string>();
  const compiled = new Map<string, CompiledModule>();
  let queue: HostCommand[] = [];
  /** Vats with output that no delivery caused: drops of what was collected. */
  const stirred = new Set<string>();
  const overlay = makeOverlay();
  let lastCrank = 0;
  /** The vat whose code runs, or whose reactions do. */
  let current: string | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  const reportCrank = (id: string, done?: string) => {
    stirred.delete(id);
    const loaded = vats.get(id);
    let crank: Crank | undefined;
    try {
      crank = loaded?.vat.takeCrank();
    } catch (error) {
      if (loaded!.damage === undefined) throw error;
    }
    if (loaded?.damage !== undefined) {
      vats.delete(id);
      return powers.report({ type: 'failed', vat: id, reason: loaded.damage });
    }
    if (loaded === undefined || crank === undefined) return;
    lastCrank += 1;
    loaded.crank = lastCrank;
    if (!powers.readsStaged) {
      for (const [key, value] of crank.rows) overlay.put(id, key, value, lastCrank);
    }
    powers.report({ type: 'crank', vat: id, load: loaded.load, number: lastCrank, done, crank });
  };

  const provideModule = (name: string): CompiledModule => {
    let module = compiled.get(name);
    if (module === undefined) {
      module = compileModule(texts.get(name)!, name.slice(0, 12));
      texts.delete(name);
      compiled.set(name, module);
    }
    return module;
  };

  const load = (command: HostCommand & { type: 'load' }) => {
    const { vat: id, module, incarnation, quotas } = command;
    // What an earlier load of the vat did last is reported before it is forgotten.
    reportCrank(id);
    let damage = (_reason: string) => {};
    try {
      const vat = makeVat({
        id,
        module: provideModule(module),
        incarnation,
        read: (key) => {
          const recent = overlay.get(id, key);
          if (recent !== undefined) return recent.value;
          try {
            return powers.read(id, key);
          } catch (error) {
            damage((error as Error).message);
            throw error;
          }
        },
        makeConsole: powers.makeConsole,
        digests: powers.digests,
        ...(quotas === undefined ? {} : { quotas }),
        onOutput: () => {
          stirred.add(id);
          start();
        },
      });
      const loaded: Loaded = { vat, load: command.load, crank: 0 };
      damage = (reason) => {
        loaded.damage ??= reason;
        stirred.add(id);
      };
      vats.set(id, loaded);
    } catch (error) {
      powers.report({ type: 'failed', vat: id, reason: (error as Error).message });
    }
  };

  const carryOut = async (command: HostCommand) => {
    switch (command.type) {
      case 'module':
        texts.set(command.module, command.text);
        return;
      case 'load':
        current = command.vat;
        load(command);
        // The module may have made promises. Whoever comes next must not be taken for what they do.
        return powers.drained();
      case 'deliver': {
        const { vat: id, delivery, time, unheard = 0 } = command;
        const loaded = vats.get(id);
        current = id;
        try {
          loaded?.vat.deliver(delivery, time, unheard);
        } catch (error) {
          // `reportCrank` says so, when what the vat still does was waited for.
          if (loaded?.damage === undefined) throw error;
        }
        if (delivery.kind !== 'message') {
          await powers.drained();
          return reportCrank(id, delivery.item);
        }
        // A drop changes tables only: no code of the vat runs.
        if (delivery.message.type === 'CTP_DROP') return;
        await powers.drained();
        return reportCrank(id);
      }
      case 'unload': {
        const { vat: id, load: number, seen } = command;
        reportCrank(id);
        const loaded = vats.get(id);
        if (loaded?.load !== number) return;
        const forgotten = seen === undefined || loaded.crank <= seen;
        if (forgotten) vats.delete(id);
        return powers.report({ type: 'unloaded', vat: id, load: number, forgotten });
      }
      case 'durable':
        overlay.settle(command.crank);
    }
  };

  const run = async () => {
    // So that `running` is set before anything is carried out.
    await undefined;
    while (queue.length > 0 || stirred.size > 0) {
      const commands = queue;
      queue = [];
      for (const command of commands) {
        powers.onBegin?.();
        await carryOut(command);
        current = undefined;
        powers.onEnd?.();
      }
      for (const id of [...stirred]) reportCrank(id);
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
    noteRejection(reason: unknown) {
      if (current === undefined) return false;
      vats.get(current)?.vat.noteRejection(reason);
      return true;
    },
    async stop() {
      stopped = true;
      await running;
    },
  });
};

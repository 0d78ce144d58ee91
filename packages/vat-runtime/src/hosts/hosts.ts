/** The vat hosts of a node: which vat lives in which, when one is started, and what becomes of it. */
import type { TimeSource } from '../machine/system-time.ts';
import type { HostCommand, HostReport } from '../vat/host.ts';
import type { HostEnd, Place, ReadRow, StartHost } from './host-handle.ts';
import { isAwaited, runsCode } from './host-handle.ts';
import { type Watched, makeWatchdog } from './watchdog.ts';

/** How hosts are kept. Times in milliseconds. */
export type HostPolicy = {
  /** Threads for the vats of our own packages, which are spread over them by number. */
  readonly threads: number;
  /** How long one command may take: a turn with its reactions, or loading a vat. */
  readonly turnMilliseconds: number;
  /** The same for vats of an owner. */
  readonly guestTurnMilliseconds: number;
  /** What the process of an owner may take of memory, all its vats and the runtime (60 MiB) together. */
  readonly maxResidentBytes: number;
  /** Processes of owners at a time. For another one that which was told nothing for longest is ended. */
  readonly maxProcesses: number;
  /** A process that has no vat in memory for so long is ended. */
  readonly idleMilliseconds: number;
  /** How long a host may take to start. */
  readonly startMilliseconds: number;
  /** How long hosts may take to finish what they were given when the node stops. */
  readonly stopMilliseconds: number;
};

export const defaultHostPolicy: HostPolicy = Object.freeze({
  threads: 1,
  turnMilliseconds: 5000,
  guestTurnMilliseconds: 2000,
  maxResidentBytes: 256 << 20,
  maxProcesses: 32,
  idleMilliseconds: 60_000,
  startMilliseconds: 30_000,
  stopMilliseconds: 10_000,
});

/** One life of a host. What it is told after its end is lost. */
export type Host = {
  readonly place: Place;
  readonly readsStaged: boolean;
  /** Modules that it has. */
  readonly modules: Set<string>;
  /** Resolves when all is on disk that was staged before it was started. */
  readonly settled: Promise<void>;
  /** @param onDone - called when the command was carried out, or was lost */
  command(command: HostCommand, onDone?: () => void): void;
};

/** A command in which code of a vat runs, or one to which the process of an owner did not come. */
export type Guilty = HostCommand & { type: 'load' | 'deliver' | 'unload' };

export type HostLoss = {
  readonly host: Host;
  /** For the operator. */
  readonly reason: string;
  /** The command that ended it, where there is one. */
  readonly guilty: Guilty | undefined;
  /** Commands of which certainly nothing was done. */
  readonly notBegun: readonly HostCommand[];
};

export type HostsPowers = {
  readonly startHost: StartHost;
  readonly policy: HostPolicy;
  readonly time: Pick<TimeSource, 'after' | 'monotonic'>;
  readonly whenDurable: (release: () => void) => void;
  readonly read: ReadRow;
  readonly onReport: (report: HostReport, host: Host) => void;
  /** A host ended without having been told to. All that it reported was taken. */
  readonly onLoss: (loss: HostLoss) => void;
  /** A host that could not be started may be tried again. */
  readonly onRetry: () => void;
};

export type Hosts = {
  /** The host of a vat, started if need be. Undefined while it does not start. */
  provide(vat: string, owner: string | undefined): Host | undefined;
  /** Ends all, when they have carried out what they were given. */
  stop(): Promise<void>;
  counts(): HostCounts;
};

/** Running now, and ended since the start of the node without having been told to. */
export type HostCounts = { threads: number; processes: number; lostHosts: number };

const firstPause = 100;
const longestPause = 30_000;

/** What a place remembers between the lives of its hosts. */
type Residence = {
  readonly place: Place;
  current: Host | undefined;
  /** Hosts in a row that ended soon, and by no command. */
  failures: number;
  /** Nobody is started there before, by the monotonic clock. */
  notBefore: number;
};

type Running = {
  stop(): void;
  kill(): void;
  /** When it was last told something, by the monotonic clock; undefined while it is at it. */
  idleSince(): number | undefined;
  /** Ends it although it did nothing wrong: others need what it takes. */
  giveWay(): void;
  readonly ended: Promise<void>;
};

type Sent = { readonly command: HostCommand; readonly onDone: (() => void) | undefined };

export const makeHosts = (powers: HostsPowers): Hosts => {
  const { policy, time } = powers;
  const { turnMilliseconds, guestTurnMilliseconds, maxResidentBytes } = policy;
  const shortest = Math.min(turnMilliseconds, guestTurnMilliseconds);
  const watchdog = makeWatchdog(time, Math.min(Math.max(shortest / 20, 5), 100));
  const residences = new Map<string, Residence>();
  /** Each that has not ended yet, with what ends it. */
  const running = new Map<Host, Running>();
  /** Of those, the ones that were ended for others. */
  const leaving = new Set<Host>();
  let isClosed = false;
  let lostHosts = 0;

  const start = (residence: Residence): Host => {
    const { place } = residence;
    const isGuest = place.kind === 'owner';
    const isWatched = isGuest ? isAwaited : runsCode;
    const started = time.monotonic();
    const sent = new Map<number, Sent>();
    let lastSent = 0;
    let carriedOut = 0;
    /** Commands sent whose end others wait for, and which were not carried out. */
    let open = 0;
    let state: 'starting' | 'running' | 'stopping' | 'ended' = 'starting';
    /** Why it was ended by us, and the number of the command that is to blame. */
    let ending: { reason: string; accused: number | undefined } | undefined;
    let toldAt = started;
    /** Vats that it has in memory. */
    const vats = new Set<string>();
    let cancelIdle = () => {};
    let settle = () => {};
    const ended = new Promise<void>((resolve) => {
      settle = resolve;
    });

    const current = (): number | undefined => {
      const { begun, isRunning } = handle.progress();
      const entry = isRunning ? sent.get(begun) : undefined;
      return entry !== undefined && isWatched(entry.command) ? begun : undefined;
    };
    const end = (reason: string, accused?: number) => {
      if (ending !== undefined) return;
      ending = { reason, accused };
      handle.kill?.();
    };
    const stop = () => {
      state = 'stopping';
      if (residence.current === host) residence.current = undefined;
      handle.stop();
    };
    const noteIdle = () => {
      cancelIdle();
      if (!isGuest || vats.size > 0 || state !== 'running') return;
      cancelIdle = time.after(policy.idleMilliseconds, stop);
    };

    /** One that did something may be followed at once, the first time. */
    const noteFailure = () => {
      if (time.monotonic() - started >= longestPause) residence.failures = 0;
      const { failures } = residence;
      residence.failures += 1;
      if (failures === 0 && carriedOut > 0) return;
      const pause = Math.min(firstPause * 2 ** failures, longestPause);
      residence.notBefore = time.monotonic() + pause;
      time.after(pause, powers.onRetry);
    };
    const onEnd = ({ reason, isFault }: HostEnd) => {
      const wasTold = state === 'stopping' && ending === undefined && !isFault;
      const { begun } = handle.progress();
      const alleged = ending === undefined ? (isFault ? current() : undefined) : ending.accused;
      // It may have come to the end of that one just before its own.
      const guilty = alleged !== undefined && alleged === current() ? sent.get(alleged) : undefined;
      const notBegun = [...sent].filter(([number]) => number > begun).map(([, one]) => one.command);
      const lost = [...sent.values()];
      sent.clear();
      state = 'ended';
      cancelIdle();
      unwatch();
      running.delete(host);
      if (residence.current === host) residence.current = undefined;
      const gaveWay = leaving.delete(host);
      if (guilty === undefined && !wasTold && !isClosed && !gaveWay) noteFailure();
      if (!wasTold) {
        lostHosts += 1;
        powers.onLoss({
          ...{ host, notBegun },
          // The cast holds: `current` knows no other.
          guilty: guilty?.command as Guilty | undefined,
          reason: ending?.reason ?? reason,
        });
      }
      for (const { onDone } of lost) onDone?.();
      settle();
    };

    const host: Host = Object.freeze({
      place,
      get readsStaged() {
        return handle.readsStaged;
      },
      modules: new Set<string>(),
      settled: new Promise<void>((resolve) => powers.whenDurable(resolve)),
      command(command: HostCommand, onDone?: () => void) {
        if (state === 'ended' || state === 'stopping') return onDone?.();
        lastSent += 1;
        sent.set(lastSent, { command, onDone });
        if (command.type === 'load') {
          vats.add(command.vat);
          cancelIdle();
        }
        handle.command(command);
        if (!isWatched(command)) return;
        open += 1;
        toldAt = time.monotonic();
        watchdog.wake();
      },
    });
    const handle = powers.startHost(
      place,
      {
        onReady() {
          if (state === 'starting') state = 'running';
          noteIdle();
        },
        onReport(report) {
          if (report.type === 'failed' || (report.type === 'unloaded' && report.forgotten)) {
            vats.delete(report.vat);
            noteIdle();
          }
          powers.onReport(report, host);
        },
        onCarriedOut(count) {
          for (let i = 0; i < count; i += 1) {
            carriedOut += 1;
            const done = sent.get(carriedOut)!;
            sent.delete(carriedOut);
            if (isWatched(done.command)) open -= 1;
            done.onDone?.();
          }
        },
        onEnd,
      },
      powers.read,
    );
    const watched: Watched = {
      // While it starts it is at 0.
      current: () => (state === 'starting' ? 0 : current()),
      isBusy: () => state === 'starting' || open > 0,
      limit() {
        if (state === 'starting') return policy.startMilliseconds;
        return isGuest ? guestTurnMilliseconds : turnMilliseconds;
      },
      onOverdue(number) {
        if (number === 0) end('it took too long to start');
        else end('what it was doing took too long', number);
      },
      look() {
        const resident = handle.residentBytes?.() ?? 0;
        if (resident > maxResidentBytes) end('it took too much memory', current());
      },
    };
    const unwatch = handle.kill === undefined ? () => {} : watchdog.watch(watched);
    watchdog.wake();
    running.set(host, {
      ...{ stop, ended },
      kill: () => end('the node stopped'),
      idleSince: () => (open > 0 || state !== 'running' ? undefined : toldAt),
      giveWay() {
        leaving.add(host);
        residence.current = undefined;
        end('another owner needs its place');
      },
    });
    return host;
  };

  /** @returns false where all processes are at something */
  const makeRoom = (): boolean => {
    const processes = [...running].filter(
      ([host]) => host.place.kind === 'owner' && !leaving.has(host),
    );
    if (processes.length < policy.maxProcesses) return true;
    let longest: Running | undefined;
    for (const [, one] of processes) {
      const since = one.idleSince();
      if (since !== undefined && since < (longest?.idleSince() ?? Infinity)) longest = one;
    }
    longest?.giveWay();
    return longest !== undefined;
  };

  return Object.freeze({
    provide(vat: string, owner: string | undefined) {
      const number = Number(vat) % policy.threads;
      const place: Place =
        owner === undefined ? { kind: 'shared', number } : { kind: 'owner', owner };
      const key = owner ?? `#${number}`;
      let residence = residences.get(key);
      if (residence === undefined) {
        residence = { place, current: undefined, failures: 0, notBefore: -Infinity };
        residences.set(key, residence);
      }
      if (isClosed) return undefined;
      const mayStart = residence.current === undefined && residence.notBefore <= time.monotonic();
      if (mayStart && (owner === undefined || makeRoom())) {
        residence.current = start(residence);
      }
      return residence.current;
    },
    async stop() {
      isClosed = true;
      const all = [...running.values()];
      for (const { stop } of all) stop();
      // Not by the node's time: a test may have stopped that.
      const patience = setTimeout(() => {
        for (const { kill } of all) kill();
      }, policy.stopMilliseconds);
      await Promise.all(all.map(({ ended }) => ended));
      clearTimeout(patience);
    },
    counts() {
      const kinds = [...running.keys()].map(({ place }) => place.kind);
      const threads = kinds.filter((kind) => kind === 'shared').length;
      return { threads, processes: kinds.length - threads, lostHosts };
    },
  });
};

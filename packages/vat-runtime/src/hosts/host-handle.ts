/** What the node knows of a vat host, whatever it runs on. */
import type { HostCommand, HostReport } from '../vat/host.ts';

export type HostEnd = {
  /** For the operator. Says nothing of what its vats hold. */
  readonly reason: string;
  /** Whether what it was carrying out may have ended it. Not so where somebody outside did. */
  readonly isFault: boolean;
};

export type HostEvents = {
  /** It has started. */
  onReady(): void;
  onReport(report: HostReport): void;
  /** So many more commands were carried out, in order. What they did was reported before. */
  onCarriedOut(count: number): void;
  /** It is gone. Called once, after all that it reported. */
  onEnd(end: HostEnd): void;
};

/** How far a host is with its commands, which are numbered from 1. */
export type Progress = {
  /** The newest command that it has begun. */
  readonly begun: number;
  /** Whether it is still at it. */
  readonly isRunning: boolean;
};

export type HostHandle = {
  /** True where it reads rows that are staged, and so need not be told what is on disk. */
  readonly readsStaged: boolean;
  command(command: HostCommand): void;
  /** Exact at any moment, also while it does not answer and after its end: nobody else is blamed. */
  progress(): Progress;
  /** Ends it now. What it reported before is still heard. Missing where nothing can end it; then it is not watched. */
  kill?(): void;
  /** Ends it when it has carried out what it was given. */
  stop(): void;
  /** Bytes of memory that it takes; undefined where nobody can tell, or no longer. */
  residentBytes?(): number | undefined;
};

/** Where vats live together: on a thread of our own packages, or in the process of an owner. */
export type Place =
  | { readonly kind: 'shared'; readonly number: number }
  | { readonly kind: 'owner'; readonly owner: string };

/** A row of a vat as of now, staged or on disk. @throws RowDamagedError */
export type ReadRow = (vat: string, key: string) => string | undefined;

export type StartHost = (place: Place, events: HostEvents, read: ReadRow) => HostHandle;

/** Whether code of a vat may run in a command. The others only change tables. */
export const runsCode = (command: HostCommand): boolean =>
  command.type === 'load' || (command.type === 'deliver' && !isDrop(command));

/** Whether others wait for the end of a command, which a host that lies may never come to. */
export const isAwaited = (command: HostCommand): boolean =>
  command.type === 'unload' || runsCode(command);

const isDrop = ({ delivery }: HostCommand & { type: 'deliver' }): boolean =>
  delivery.kind === 'message' && delivery.message.type === 'CTP_DROP';

/** Commands that only free memory go with the next one that does more, or when many have gathered. */
const canWait = (command: HostCommand): boolean =>
  command.type === 'durable' || (command.type === 'deliver' && isDrop(command));
const maxWaiting = 256;

export type Outbox = {
  add(command: HostCommand): void;
  /** Posts what has gathered now. */
  flush(): void;
};

/** Gathers the commands of a tick, since each message between threads or processes has its price. */
export const makeOutbox = (post: (commands: HostCommand[]) => void): Outbox => {
  let outgoing: HostCommand[] = [];
  let scheduled = false;
  const flush = (): void => {
    scheduled = false;
    const commands = outgoing;
    outgoing = [];
    if (commands.length > 0) post(commands);
  };
  return Object.freeze({
    add(command: HostCommand): void {
      outgoing.push(command);
      if (scheduled || (canWait(command) && outgoing.length < maxWaiting)) return;
      scheduled = true;
      setImmediate(flush);
    },
    flush,
  });
};

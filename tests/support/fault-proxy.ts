/**
 * A TCP proxy on the loopback device that does to connections what networks do: it delays, throttles,
 * cuts, swallows, holds back and alters bytes, as it is told for each connection, from a seed.
 *
 * `up` is from whoever dialled to the target, `down` is the way back.
 */
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { makeRandom, type Random } from '../campaign/random.ts';

export type Direction = 'up' | 'down';
export type Directions = Direction | 'both';
/** `reset`: both ends see an error at once. `end`: both see an orderly end of what comes. */
export type Cut = 'reset' | 'end';

export type Faults = {
  /** Each piece waits so long, and up to so much longer, by chance; its order stays. */
  readonly delayMillis?: number;
  readonly jitterMillis?: number;
  readonly bytesPerSecond?: number;
  /** The connection is cut when so many bytes, both ways together, have come. */
  readonly cutAfterBytes?: number;
  readonly cutAs?: Cut;
  /** From this byte on nothing passes, and nobody is told. */
  readonly swallowAfterBytes?: number;
  /** Bits of one byte are turned, by its place in its direction. */
  readonly flips?: readonly {
    readonly direction: Direction;
    readonly offset: number;
    readonly mask: number;
  }[];
  /** A bit is turned in one of so many bytes, by chance. */
  readonly flipOneIn?: number;
  /** It is reset as soon as it is there. */
  readonly refuse?: boolean;
  /** What comes is kept, to be looked at. */
  readonly record?: boolean;
};

export type ProxiedConnection = {
  /** From 0, in the order in which they were dialled. */
  readonly number: number;
  readonly faults: Faults;
  /** What came so far. */
  bytes(direction: Direction): number;
  /** What came, as it came, where the faults say `record`. */
  recorded(direction: Direction): Buffer;
  isOver(): boolean;
  cut(as?: Cut): void;
  /** From now on nothing passes, ends neither: each side believes that the other is there and silent. */
  swallow(directions?: Directions): void;
  /** What comes is kept, ends too, until `release`: then it arrives, after whatever came meanwhile by other ways. */
  hold(directions?: Directions): void;
  release(): void;
};

export type FaultProxy = {
  readonly port: number;
  /** `ws://127.0.0.1:<port>/link` */
  readonly location: string;
  /** Where connections go from now on; undefined: they are refused. */
  target(port: number | undefined): void;
  /** What happens to the connections that are dialled from now on. */
  plan(of: (number: number, random: Random) => Faults): void;
  /** All that are open. */
  connections(): readonly ProxiedConnection[];
  /** How many there were, and how many of them were cut here. */
  counts(): { readonly dialled: number; readonly cut: number };
  close(): Promise<void>;
};

/** Bytes that wait here; past it nothing more is read. */
const maxWaiting = 1 << 20;

/** One direction of a connection: pieces leave in the order in which they came, each in its time. */
const makePipe = (
  from: Socket,
  to: Socket,
  direction: Direction,
  faults: Faults,
  random: Random,
  onBytes: (count: number) => boolean,
) => {
  const { delayMillis = 0, jitterMillis = 0, bytesPerSecond = Infinity, flipOneIn } = faults;
  const queue: { readonly bytes: Buffer | undefined; readonly due: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let lastDue = 0;
  let came = 0;
  let waiting = 0;
  let swallows = false;
  let holds = false;
  const nextGap = () => 1 + random.below(2 * flipOneIn!);
  const recorded: Buffer[] = [];
  let nextFlip = flipOneIn === undefined ? Infinity : nextGap();

  const alter = (bytes: Buffer) => {
    for (const { direction: where, offset, mask } of faults.flips ?? []) {
      const at = offset - came;
      if (where === direction && at >= 0 && at < bytes.length) bytes[at]! ^= mask;
    }
    for (; nextFlip < came + bytes.length; nextFlip += nextGap()) {
      bytes[nextFlip - came]! ^= 1 << random.below(8);
    }
  };
  const pump = () => {
    clearTimeout(timer);
    timer = undefined;
    while (!holds && queue.length > 0) {
      const { bytes, due } = queue[0]!;
      const wait = due - performance.now();
      if (wait > 0) {
        timer = setTimeout(pump, wait);
        return;
      }
      queue.shift();
      if (bytes === undefined) to.end();
      else {
        waiting -= bytes.length;
        if (!to.destroyed) to.write(bytes);
      }
    }
    if (waiting <= maxWaiting) from.resume();
  };
  const push = (bytes: Buffer | undefined) => {
    const length = bytes?.length ?? 0;
    const delay = delayMillis + (jitterMillis === 0 ? 0 : random.below(jitterMillis + 1));
    // Also behind what is slower than it: order stays.
    const now = performance.now();
    lastDue = Math.max(Math.max(lastDue, now) + (length / bytesPerSecond) * 1000, now + delay);
    queue.push({ bytes, due: lastDue });
    waiting += length;
    if (waiting > maxWaiting) from.pause();
    pump();
  };
  from.on('data', (chunk: Buffer) => {
    const bytes = Buffer.from(chunk);
    if (faults.record === true) recorded.push(chunk);
    alter(bytes);
    came += bytes.length;
    if (onBytes(bytes.length) && !swallows) push(bytes);
  });
  from.on('end', () => {
    if (!swallows) push(undefined);
  });
  return {
    came: () => came,
    recorded: () => Buffer.concat(recorded),
    swallow() {
      swallows = true;
      queue.length = 0;
      waiting = 0;
      from.resume();
    },
    swallows: () => swallows,
    hold: () => void (holds = true),
    release() {
      holds = false;
      pump();
    },
    holds: () => holds,
    stop: () => clearTimeout(timer),
  };
};

/** @param seed - of all that happens by chance, in the order in which connections are dialled */
export const startFaultProxy = async (
  seed: number,
  target?: number,
  firstPlan: (number: number, random: Random) => Faults = () => ({}),
): Promise<FaultProxy> => {
  const chance = makeRandom(seed);
  const open = new Set<ProxiedConnection & { destroy(): void }>();
  let targetPort = target;
  let plan = firstPlan;
  let dialled = 0;
  let cuts = 0;

  const join = (near: Socket) => {
    const random = chance.fork();
    const number = dialled;
    dialled += 1;
    const faults = plan(number, random);
    near.on('error', () => {});
    if (faults.refuse === true || targetPort === undefined) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    far.on('error', () => {});
    for (const socket of [near, far]) socket.setNoDelay(true);
    let left = faults.cutAfterBytes ?? Infinity;
    let leftToSwallow = faults.swallowAfterBytes ?? Infinity;
    const onBytes = (count: number): boolean => {
      left -= count;
      leftToSwallow -= count;
      if (left <= 0) connection.cut(faults.cutAs);
      if (leftToSwallow <= 0) connection.swallow();
      return left > 0;
    };
    const up = makePipe(near, far, 'up', faults, random.fork(), onBytes);
    const down = makePipe(far, near, 'down', faults, random.fork(), onBytes);
    const pipes = { up: [up], down: [down], both: [up, down] };
    const destroy = () => {
      open.delete(connection);
      for (const pipe of pipes.both) pipe.stop();
      for (const socket of [near, far]) socket.destroy();
    };
    const connection = {
      number,
      faults,
      bytes: (direction: Direction) => pipes[direction][0]!.came(),
      recorded: (direction: Direction) => pipes[direction][0]!.recorded(),
      isOver: () => !open.has(connection),
      cut(as: Cut = 'reset') {
        if (!open.has(connection)) return;
        cuts += 1;
        for (const socket of [near, far]) {
          if (as === 'reset') socket.resetAndDestroy();
          else socket.end();
        }
        destroySoon(as);
      },
      swallow: (directions: Directions = 'both') =>
        pipes[directions].forEach((pipe) => pipe.swallow()),
      hold: (directions: Directions = 'both') => pipes[directions].forEach((pipe) => pipe.hold()),
      release: () => pipes.both.forEach((pipe) => pipe.release()),
      destroy,
    };
    const destroySoon = (as: Cut) => {
      if (as === 'reset') return destroy();
      open.delete(connection);
      // Each side has read the end by the time that it has closed its own.
      for (const socket of [near, far]) socket.resume();
    };
    open.add(connection);
    /** The error of one side, or its end both ways, is the other's too; unless nobody is to be told. */
    const onClose = (pipe: typeof up, other: Socket) => (failed: boolean) => {
      if (pipe.swallows() || pipe.holds()) return;
      if (failed) other.resetAndDestroy();
      if (near.destroyed && far.destroyed) destroy();
    };
    near.once('close', onClose(up, far));
    far.once('close', onClose(down, near));
  };

  const server: Server = createServer({ allowHalfOpen: true }, join);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    location: `ws://127.0.0.1:${port}/link`,
    target: (next) => void (targetPort = next),
    plan: (of) => void (plan = of),
    connections: () => [...open],
    counts: () => ({ dialled, cut: cuts }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of open) connection.destroy();
      await closed;
    },
  };
};

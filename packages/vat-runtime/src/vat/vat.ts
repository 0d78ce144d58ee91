/**
 * One vat: a module in a compartment, its durable objects, its turns, and its endpoint on the switchboard.
 *
 * A delivery is a message to the vat and all reactions to it inside the vat. What it changed and
 * what it sent leave together, as a `Crank`.
 */
import harden from '@endo/harden';
import { M } from '@endo/patterns';
import { redact } from '../monitor/redact.ts';
import { originalOf, wordsOf } from '../switchboard/errors.ts';
import { makeOwnEndpoint } from '../switchboard/own-endpoint.ts';
import { makeTokenBucket } from '../switchboard/token-bucket.ts';
import type { Message } from '../switchboard/wire.ts';
import { type Device, makeClocks } from './clock.ts';
import { assertNotCollection } from './collection.ts';
import { makeCrankRows } from './crank-rows.ts';
import type { Crank, Delivery, Effect, StoredData } from './delivery.ts';
import { makeForwarding } from './forwarding.ts';
import { makePower } from './guard.ts';
import { makeHeap } from './heap.ts';
import { type Digests, makeJournal } from './journal.ts';
import { makeLibrary } from './library.ts';
import { makeLinkage } from './linkage.ts';
import type { CompiledModule, VatModule } from './module.ts';
import { makeAssertSendable } from './sendable.ts';
import { type Quotas, defaultQuotas } from './quotas.ts';
import { makeSends } from './sends.ts';
import { type TurnResult, makeE, makeTurns } from './turn.ts';

export type VatPowers = {
  readonly id: string;
  readonly module: CompiledModule;
  /** A row as of the vat's last crank, on disk or on its way there. */
  readonly read: (key: string) => string | undefined;
  /** A number or text that no earlier load of the vat had. */
  readonly incarnation: string;
  /** A console that prints by lines. */
  readonly makeConsole: (print: (line: string) => void) => object;
  readonly digests: Digests;
  readonly quotas?: Quotas;
  /** Called when there is something for `takeCrank` that was not there before. */
  readonly onOutput: () => void;
};

export type Vat = {
  /**
   * Delivers at a time. The crank is complete when the reactions (microtasks) are done.
   * @param time - in milliseconds since 1970; never less than before
   * @param unheard - messages of the vat that wait for others, of which it will hear nothing
   */
  deliver(delivery: Delivery, time: bigint, unheard?: number): void;
  /** Takes what happened since the last call; undefined where nothing did. */
  takeCrank(): Crank | undefined;
  /** Says in the vat's console that nobody listens to a promise of its. */
  noteRejection(reason: unknown): void;
};

/** The slot under which the node reaches a vat before it has any other object. */
export const VAT_CONTROL = 'o+dvat';

/**
 * Import slots in a row. Inside an encoded body quotes are escaped, so only `slots` can match.
 * What the journal mentions need not last.
 */
const importsIn = (key: string, row = ''): string[] =>
  key.startsWith('j/') || !row.includes('"-d')
    ? []
    : [...row.matchAll(/"-(d[1-9][0-9]*)"/g)].map(([, name]) => `o-${name}`);

const VatControlI = M.interface('VatControl', {
  make: M.call(M.record(), M.any(), M.record()).returns(M.remotable()),
  root: M.call().returns(M.opt(M.remotable())),
});

/** Lines that one crank may print; a vat that prints more has the rest counted. */
const maxLines = 100;
const maxLineLength = 4096;

export const makeVat = ({
  id,
  module,
  read,
  incarnation,
  makeConsole,
  digests,
  quotas = defaultQuotas,
  onOutput,
}: VatPowers): Vat => {
  let messages: Message[] = [];
  let effects: Effect[] = [];
  let lines: string[] = [];
  let afterwards: (() => void)[] = [];
  let cause: Delivery | undefined;
  let time = 0n;
  let sawTime = false;
  const linkage = makeLinkage();
  const listeners: ((touched: ReadonlySet<object>) => void)[] = [];

  const print = (line: string) => {
    // Before it is cut: half of a secret has not the form of one.
    if (lines.length < maxLines)
      lines.push(redact(line.slice(0, 16 * maxLineLength)).slice(0, maxLineLength));
    else if (lines.length === maxLines) lines.push('… and more lines');
    onOutput();
  };
  const now = () => {
    sawTime = true;
    return time;
  };
  const commit = (result: TurnResult) => {
    rows.take(result);
    for (const effect of result.effects) effects.push(effect);
    for (const listener of listeners) listener(result.touched);
  };
  const rate = { perSecond: quotas.maxTurnsPerSecond, burst: quotas.maxTurnsPerSecond };
  const bucket = makeTokenBucket(rate, () => Number(time));
  /**
   * What has to happen exactly once must not be lost for want of time, so the turns of an item of the
   * inbox take what there is and are never refused. A turn that is refused changes nothing; what the
   * reactions after it do may depend on the time, and so the entry of the crank says which it was.
   */
  const assertMayBegin = () => {
    if (bucket.takeOne() || cause?.kind !== 'message') return;
    sawTime = true;
    throw Error(
      'Cannot begin turn: the vat has had its quota of turns per second; call again later',
    );
  };
  const slotOf = (value: object): string | undefined => {
    if (value === control) return VAT_CONTROL;
    assertNotCollection(value);
    const own = heap.slotOf(value);
    if (own !== undefined || value instanceof Promise) return own;
    if (endpoint.slotOf(value) === undefined) {
      throw TypeError(
        'Cannot send object: it was not made by defineActor, so it has no guard; only facets leave their vat',
      );
    }
    return undefined;
  };

  const journal = makeJournal(read, digests);
  const { byteLength } = digests;
  const rows = makeCrankRows({ read, byteLength, quotas, usage: journal.usage() });
  const { maxOpenCalls } = quotas;
  const turns = makeTurns(makeAssertSendable(slotOf), commit, { assertMayBegin, maxOpenCalls });
  const heap = makeHeap({
    turns,
    unlink: linkage.unlink,
    isUnlinked: linkage.isUnlinked,
    read: rows.read,
    importSlot: (value) => endpoint.slotOf(value),
    importAt: (slot) => endpoint.presenceAt(slot),
  });
  const forwarding = makeForwarding({
    heap,
    turns,
    relay: (...message) => sends.relay(...message),
  });
  const powers = {
    heap,
    deliver: forwarding.deliver,
    now,
    isUnlinked: linkage.isUnlinked,
    print,
    nextNumber: () => journal.nextNumber(linkage.isUnlinked()),
    consume: rows.consume,
  };
  const sends = makeSends({
    ...powers,
    answer: (ticket, outcome) => effects.push({ kind: 'answer', ticket, outcome }),
    receive(data: StoredData) {
      const presences = data.slots
        .filter((slot) => slot[0] === '-')
        .map((slot) => endpoint.introduced(`o${slot}`));
      const value = heap.fromData('in', data);
      // Only now may what the data does not mention be collected.
      presences.length = 0;
      return value;
    },
  });
  const clocks = makeClocks(powers);
  const library = {
    ...makeLibrary({
      heap,
      recall: module.recall,
      forwarding,
      incarnation,
      onTouched: (listener) => listeners.push(listener),
    }),
    send: sends.send,
    sha256: digests.hash,
  };

  let loaded: VatModule | undefined;
  /** Whoever made the vat calls this. Later nobody does, so it is there when asked for only. */
  const makeControl = (): object =>
    makePower('VatControl', VatControlI, {
      /**
       * Runs the module's `make`, once in the life of the vat.
       * @param devices - by name, those of its powers that are objects of the vat itself
       */
      make(powersGiven: object, params: unknown, devices: Record<string, Device>): unknown {
        if (heap.getRoot() !== undefined) throw Error('Cannot make vat: it was made before');
        return turns.run(() => {
          const own = Object.entries(devices).map(([name, device]) => [
            name,
            clocks.makeDevice(device),
          ]);
          const root = loaded!.make(
            harden({ ...powersGiven, ...(Object.fromEntries(own) as object) }),
            params,
          );
          heap.setRoot(root);
          control = undefined;
          return root;
        });
      },
      /** The vat's root, once it was made. */
      root: () => heap.getRoot(),
    });
  let control: object | undefined;

  const endpoint = makeOwnEndpoint({
    id,
    send: (message) => {
      messages.push(message);
      onOutput();
    },
    later: (task) => afterwards.push(task),
    report: (failure) => print(`A call failed: ${wordsOf(failure)}`),
    lasting: {
      slotOf,
      valueAt: (slot) => (slot === VAT_CONTROL ? (control ??= makeControl()) : heap.facetAt(slot)),
    },
  });

  loaded = module.load(library, makeE(turns), makeConsole(print));
  heap.close();

  return Object.freeze({
    deliver(delivery: Delivery, at: bigint, unheard = 0) {
      cause = delivery;
      rows.begin(unheard);
      time = at;
      switch (delivery.kind) {
        case 'message':
          linkage.begin(delivery.message);
          return endpoint.dispatch(delivery.message);
        case 'send':
          return sends.carryOut(delivery);
        case 'answer':
          return sends.continueWith(delivery);
        case 'timer':
          return clocks.goOff(delivery.timer);
      }
    },
    takeCrank() {
      for (const task of afterwards.splice(0)) task();
      sends.finish();
      const { changed, usage } = rows.finish();
      const unlinked = linkage.finish(cause, messages);
      const recorded = journal.record({
        cause,
        rows: changed,
        usage,
        effects,
        time: sawTime ? time : undefined,
        unlinked,
      });
      // An item of the inbox is done also where nothing came of it.
      const isDone = cause !== undefined && cause.kind !== 'message';
      const crank: Crank = {
        rows: recorded,
        stored: [...new Set(recorded.flatMap(([key, row]) => importsIn(key, row)))],
        messages,
        effects,
        // Whoever reads the log would see when it was.
        lines: unlinked ? [] : lines,
        sawTime: sawTime && !unlinked,
        unlinked,
      };
      cause = undefined;
      messages = [];
      effects = [];
      lines = [];
      sawTime = false;
      const isEmpty =
        crank.rows.length + crank.messages.length + crank.effects.length + crank.lines.length === 0;
      return isEmpty && !isDone ? undefined : crank;
    },
    noteRejection(reason: unknown) {
      const failure = originalOf(reason) ?? reason;
      print(`A promise was rejected, and nobody listened: ${wordsOf(failure)}`);
    },
  });
};

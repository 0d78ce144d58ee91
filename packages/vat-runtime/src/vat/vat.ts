/**
 * One vat: a module in a compartment, its durable objects, its turns, and its endpoint on the switchboard.
 *
 * A delivery is a message to the vat and all reactions to it inside the vat. What it changed and
 * what it sent leave together, as a `Crank`.
 */
import { Far } from '@endo/marshal';
import harden from '@endo/harden';
import { makeEndpoint } from '../switchboard/endpoint.ts';
import type { Message } from '../switchboard/wire.ts';
import { makeCollections } from './collection.ts';
import { makeHeap } from './heap.ts';
import { makeLibrary } from './library.ts';
import { type VatModule, loadModule } from './module.ts';
import { makeAssertSendable } from './sendable.ts';
import { type TurnResult, makeE, makeTurns } from './turn.ts';

/** What one delivery did. */
export type Crank = {
  /** Rows of the vat, `undefined` for a deleted one. */
  readonly rows: readonly (readonly [key: string, value: string | undefined])[];
  /** Import slots (`o-d…`) that the rows name: they must last as long. */
  readonly stored: readonly string[];
  /** Messages to the switchboard, in order. */
  readonly messages: readonly Message[];
};

export type VatPowers = {
  readonly id: string;
  /** Shown in stack traces and in the console. */
  readonly label: string;
  readonly moduleText: string;
  /** A row as of the vat's last crank, on disk or on its way there. */
  readonly read: (key: string) => string | undefined;
  /** A number or text that no earlier load of the vat had. */
  readonly incarnation: string;
  readonly console: object;
  /** Called when there is something for `takeCrank` that was not there before. */
  readonly onOutput: () => void;
};

export type Vat = {
  /** Delivers a message. Its crank is complete when the reactions (microtasks) are done. */
  deliver(message: Message): void;
  /** Takes what happened since the last call; undefined where nothing did. */
  takeCrank(): Crank | undefined;
};

/** The slot under which the node reaches a vat before it has any other object. */
export const VAT_CONTROL = 'o+dvat';

/** Import slots in a row. Inside an encoded body quotes are escaped, so only `slots` can match. */
const importsIn = (row: string): string[] =>
  [...row.matchAll(/"-(d[1-9][0-9]*)"/g)].map(([, name]) => `o-${name}`);

export const makeVat = ({
  id,
  label,
  moduleText,
  read,
  incarnation,
  console,
  onOutput,
}: VatPowers): Vat => {
  let rows = new Map<string, string | undefined>();
  let messages: Message[] = [];
  let afterwards: (() => void)[] = [];
  const listeners: ((touched: ReadonlySet<object>) => void)[] = [];

  const commit = ({ rows: changed, touched }: TurnResult) => {
    for (const [key, value] of changed) rows.set(key, value);
    for (const listener of listeners) listener(touched);
  };
  const slotOf = (value: object): string | undefined => {
    if (value === control) return VAT_CONTROL;
    collections.assertNotOne(value);
    return heap.slotOf(value);
  };
  const turns = makeTurns(makeAssertSendable(slotOf), commit);

  const heap = makeHeap({
    turns,
    read: (key) => (rows.has(key) ? rows.get(key) : read(key)),
    importSlot: (value) => endpoint.slotOf(value),
    importAt: (slot) => endpoint.presenceAt(slot),
  });
  const collections = makeCollections(heap, turns);
  const library = makeLibrary({
    heap,
    turns,
    collections,
    incarnation,
    onTouched: (listener) => listeners.push(listener),
  });

  let module: VatModule | undefined;
  const control = Far('VatControl', {
    /** Runs the module's `make`, once in the life of the vat. */
    make(powers: unknown, params: unknown) {
      if (heap.getRoot() !== undefined) throw Error('Cannot make vat: it was made before');
      return turns.run(() => {
        const root = module!.make(powers, params);
        heap.setRoot(root);
        return root;
      });
    },
    /** The vat's root, once it was made. */
    root: () => heap.getRoot(),
  });

  const endpoint = makeEndpoint({
    id,
    send: (message) => {
      messages.push(message);
      onOutput();
    },
    later: (task) => afterwards.push(task),
    lasting: {
      slotOf,
      valueAt: (slot) => (slot === VAT_CONTROL ? control : heap.facetAt(slot)),
    },
  });

  module = loadModule(moduleText, label, library, makeE(turns), console);
  heap.close();

  return harden({
    deliver: (message: Message) => endpoint.dispatch(message),
    takeCrank() {
      for (const task of afterwards.splice(0)) task();
      if (rows.size === 0 && messages.length === 0) return undefined;
      const crank: Crank = {
        rows: [...rows],
        stored: [...new Set([...rows.values()].flatMap((row) => importsIn(row ?? '')))],
        messages,
      };
      rows = new Map();
      messages = [];
      afterwards = [];
      return crank;
    },
  });
};

/** What the program keeps for itself: data and lasting references, in the row `program`. */
import harden from '@endo/harden';
import { makeMarshal } from '@endo/marshal';
import type { Passable } from '@endo/pass-style';
import type { Committer } from '../store/committer.ts';
import { parseRow } from '../store/stored-json.ts';
import type { LastingSlots } from '../switchboard/c-lists.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { isStoredData } from '../vat/delivery.ts';
import { keptSlots } from './lasting-slots.ts';
import type { ControlParty } from './powers.ts';

export type Program = {
  /** Undefined where nothing was kept yet. */
  get(): unknown;
  set(value: unknown): void;
  /** The slots of the references that are kept. */
  slots(): readonly string[];
};

/**
 * References that the program kept once and keeps no more are erased, at the next start: until then it
 * may have them in its hands.
 */
export const eraseUnnamed = async (
  store: Committer,
  program: Program,
  slots: Pick<LastingSlots, 'erase'>,
): Promise<void> => {
  const named = new Set(program.slots());
  for await (const slot of keptSlots(store, 'control')) {
    if (!named.has(slot)) slots.erase('control', slot);
  }
};

export const makeProgram = (
  store: Committer,
  switchboard: Switchboard,
  control: ControlParty,
): Program => {
  const marshal = makeMarshal<string>(
    (value) => {
      const slot = control.endpoint.slotOf(value as object);
      if (slot === undefined || !switchboard.keep(control.connection, slot)) {
        throw TypeError('Cannot keep: the program may keep data and lasting references');
      }
      return slot;
    },
    (slot) => control.endpoint.presenceAt(slot),
    { serializeBodyFormat: 'smallcaps', errorTagging: 'off' },
  );
  const stored = () => {
    const row = store.get('program');
    if (row === undefined) return undefined;
    return parseRow<{ body: string; slots: string[] }>('program', row, isStoredData);
  };
  return harden({
    get() {
      const data = stored();
      return data === undefined ? undefined : marshal.fromCapData(data);
    },
    slots: () => stored()?.slots ?? [],
    set(value: unknown) {
      store.stage([['program', JSON.stringify(marshal.toCapData(harden(value) as Passable))]]);
    },
  });
};

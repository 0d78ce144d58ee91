/** What the program keeps for itself: data and lasting references, in the row `program`. */
import harden from '@endo/harden';
import { makeMarshal } from '@endo/marshal';
import type { Passable } from '@endo/pass-style';
import type { Committer } from '../store/committer.ts';
import { parseRow } from '../store/stored-json.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { isStoredData } from '../vat/delivery.ts';
import type { ControlParty } from './powers.ts';

export type Program = {
  /** Undefined where nothing was kept yet. */
  get(): unknown;
  set(value: unknown): void;
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
  return harden({
    get() {
      const row = store.get('program');
      if (row === undefined) return undefined;
      return marshal.fromCapData(
        parseRow<{ body: string; slots: string[] }>('program', row, isStoredData),
      );
    },
    set(value: unknown) {
      store.stage([['program', JSON.stringify(marshal.toCapData(harden(value) as Passable))]]);
    },
  });
};

/**
 * Looks at what every single delivery to every vat of a node did, before anybody else hears of it, and at
 * what is on the disk when the node starts. It asks no vat anything: what it believes is what is written.
 */
import type { StartHost } from '@pocas/vat-runtime/node';
import { type Before, faultsIn, nothingBefore, stateOf } from './faults.ts';
import { type Mirror, makeMirror } from './mirror.ts';
import { kindOf } from './rows.ts';

export type Watch = {
  /** The rows of a store as it was found, without checksums. */
  load(rows: Iterable<readonly [key: string, text: string]>): void;
  /** Hosts whose reports are looked at. */
  over(startHost: StartHost): StartHost;
  /** Deliveries so far, and how many of them changed what is looked at. */
  counts(): { readonly cranks: number; readonly looked: number };
};

/** Rows whose change can spoil nothing that is looked at. */
const matters = ([key, text]: readonly [string, string | undefined]): boolean => {
  if (key.startsWith('m/'))
    return text === undefined || text.includes('CreditHold') || text.includes('leased');
  if (!key.startsWith('o/')) return false;
  return (
    text === undefined || /^(?:Credit|Order$|Item|Mint|Voucher|BulkPledge)/.test(kindOf(text) ?? '')
  );
};

/** @param report - told each fault, in words, once for each delivery that leaves it so */
export const makeWatch = (report: (fault: string) => void): Watch => {
  const vats = new Map<string, { readonly mirror: Mirror; before: Before }>();
  let [cranks, looked] = [0, 0];
  const vatOf = (id: string) => {
    if (!vats.has(id)) vats.set(id, { mirror: makeMirror(), before: nothingBefore });
    return vats.get(id)!;
  };
  const look = (id: string, when: string) => {
    const vat = vatOf(id);
    const now = stateOf(vat.mirror);
    for (const fault of faultsIn(vat.mirror, vat.before, now))
      report(`${when}, vat ${id}: ${fault}`);
    vat.before = now;
    looked += 1;
  };
  return {
    load(rows) {
      for (const [key, text] of rows) {
        const [, id, row] = /^v\/([^/]+)\/(.*)$/s.exec(key)!;
        vatOf(id!).mirror.take([[row!, text]]);
      }
      for (const id of vats.keys()) look(id, 'on the disk');
    },
    over: (startHost) => (place, events, read) =>
      startHost(
        place,
        {
          ...events,
          onReport(told) {
            if (told.type === 'crank') {
              cranks += 1;
              vatOf(told.vat).mirror.take(told.crank.rows);
              if (told.crank.rows.some(matters)) look(told.vat, `after delivery ${cranks}`);
            }
            events.onReport(told);
          },
        },
        read,
      ),
    counts: () => ({ cranks, looked }),
  };
};

/** Reads the rows of every vat, as is done when one first wakes: for `pocas check` and `pocas recover`. */
import { RowDamagedError, openRow } from '../store/checked-storage.ts';
import { openStore } from '../store/open-store.ts';
import type { RecoverPowers } from '../store/check-store.ts';
import type { Row, StoredRow } from '../store/storage.ts';
import { type SliceCheck, makeSliceCheck } from '../vat/journal.ts';
import { digests } from '../machine/integrity.ts';

export type VatFault = {
  readonly vat: string;
  /** In words for the operator. */
  readonly fault: string;
  /** The rows by which the vat is taken as it is. */
  readonly accept: readonly Row[];
};

const pageLength = 1000;

/** What could be read of every vat, checked. Rows that are damaged are left out, and so noticed. */
export const checkVats = async ({ storage, checksum }: RecoverPowers): Promise<VatFault[]> => {
  const faults: VatFault[] = [];
  let current: { vat: string; check: SliceCheck } | undefined;
  const seen = new Set<string>();
  const finish = () => {
    if (current === undefined) return;
    const { vat, check } = current;
    seen.add(vat);
    const fault = check.fault();
    if (fault === undefined) return;
    const accept = check.accept().map(([key, value]): Row => [`v/${vat}/${key}`, value]);
    faults.push({ vat, fault, accept });
  };
  const visit = async (prefix: string, take: (row: StoredRow) => void) => {
    for (let after: string | undefined; ;) {
      const page = await storage.list(prefix, {
        limit: pageLength,
        ...(after === undefined ? {} : { after }),
      });
      page.forEach(take);
      if (page.length < pageLength) return;
      after = page.at(-1)![0];
    }
  };
  await visit('v/', ([key, stored]) => {
    const [, vat] = key.split('/', 2) as [string, string];
    if (current?.vat !== vat) {
      finish();
      current = { vat, check: makeSliceCheck(digests) };
    }
    try {
      const value = openRow(checksum, key, stored);
      current.check.take([[key.slice(`v/${vat}/`.length), value]]);
    } catch (error) {
      if (!(error instanceof RowDamagedError)) throw error;
    }
  });
  finish();
  // Those that lost all their rows.
  await visit('vat/', ([key]) => {
    const vat = key.slice('vat/'.length);
    if (seen.has(vat)) return;
    current = { vat, check: makeSliceCheck(digests) };
    finish();
  });
  return faults;
};

/**
 * Takes vats as they are: what is missing from them stays missing. The store must be one that opens;
 * storage and anchor stay open.
 */
export const acceptVats = async (
  powers: RecoverPowers,
  faults: readonly VatFault[],
): Promise<void> => {
  let failure: unknown;
  const store = await openStore({
    ...powers,
    onFailure(error) {
      failure = error;
    },
  });
  for (const { accept } of faults) store.stage(accept);
  await store.settled().catch((error: unknown) => {
    throw failure ?? error;
  });
};

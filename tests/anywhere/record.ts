/**
 * What a node of a scenario writes, batch by batch, so that it can be started again as if it had been killed after
 * any one of them. Where `POCAS_RECORD_BATCHES` names a folder; otherwise nothing is recorded.
 */
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DataDirectory } from '@pocas/vat-runtime/node';

type Storage = DataDirectory['storage'];

const folder = process.env['POCAS_RECORD_BATCHES'];

type Rows = readonly (readonly [key: string, value?: string | undefined])[];
/** One line of a record. `from`: all that was there when the node was started; `batch`: what it wrote then. */
export type Line = {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly from?: Rows;
  readonly batch?: Rows;
};

/** Directories of several scenarios have nodes of the same name. */
const pathOf = (directory: string): string => {
  const print = createHash('sha256').update(directory).digest('hex').slice(0, 8);
  return join(folder!, `${basename(directory)}-${print}.jsonl`);
};
const write = (directory: string, line: Line): void =>
  appendFileSync(pathOf(directory), `${JSON.stringify(line)}\n`);

export const recordFrom = async (
  { secrets, storage }: { readonly secrets: object; readonly storage: Storage },
  directory: string,
): Promise<void> => {
  if (folder === undefined) return;
  const texts = Object.entries(secrets).map(([name, bytes]): [string, string] => [
    name,
    Buffer.from(bytes as Uint8Array).toString('base64'),
  ]);
  write(directory, { secrets: Object.fromEntries(texts), from: await storage.list('') });
};

/** A batch stands in the record once it is on the disk; one that a kill left unrecorded is in the next `from`. */
export const recorded = (storage: Storage, directory: string): Storage =>
  folder === undefined
    ? storage
    : {
        ...storage,
        get: (key) => storage.get(key),
        list: (prefix, options) => storage.list(prefix, options),
        close: () => storage.close(),
        async write(rows) {
          await storage.write(rows);
          write(directory, {
            batch: rows.map(([key, value]) => (value === undefined ? [key] : [key, value])),
          });
        },
      };

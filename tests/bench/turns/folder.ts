import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that lives as long as the process, on the disk that holds temporary files. */
export const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pocas-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  return folder;
};

/** Whether a trace and the model of a disk tell the truth. */
import { readFileSync } from 'node:fs';
import { filesIn } from './disk.ts';

/**
 * What the trace says was written is what is there. Without this, a way of writing that the model
 * does not know would pass for one that loses nothing.
 */
export const compareWithDisk = (
  directory: string,
  files: ReadonlyMap<string, Buffer>,
  unsure: ReadonlySet<string>,
): readonly string[] => {
  const paths = new Set([...files.keys(), ...filesIn(directory).files]);
  return [...paths]
    .filter((path) => !unsure.has(path))
    .filter((path) => {
      const modelled = files.get(path);
      return modelled === undefined || !readFileSync(path).equals(modelled);
    })
    .map((path) => `the trace does not explain what is in "${path}"`);
};

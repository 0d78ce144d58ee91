/** The ways in which the subjects are used: how many transfers are under way, and how slow the disk is. */
import type { Mode } from '../serve.ts';

export type Load = { readonly callers: number; readonly fsyncMillis: number };

const callerCounts = [1, 64, 256] as const;
const fsyncMillis = [0, 2, 10] as const;

/** `0 ms` is the disk as it is; the others wait that much longer for each sync. */
export const diskLoads: readonly Load[] = fsyncMillis.flatMap((millis) =>
  callerCounts.map((callers) => ({ callers, fsyncMillis: millis })),
);

export const diskCase = ({ callers, fsyncMillis: millis }: Load): string =>
  `transfers, ${callers} at a time, sync + ${millis} ms`;

export const vatLoads: readonly number[] = [1, 256];
export const vatCase = (callers: number): string => `vat to vat, ${callers} at a time`;

/**
 * @param begin - begins one transfer of a caller and says when it is on disk
 * @returns makes transfers: each caller begins the next when its last is on disk
 */
export const withCallers =
  (callers: number, begin: (caller: number, done: () => void) => void): Mode =>
  (calls) =>
    new Promise((resolve) => {
      let begun = 0;
      let ended = 0;
      const next = (caller: number): void => {
        if (begun === calls) return;
        begun += 1;
        begin(caller, () => {
          ended += 1;
          if (ended === calls) resolve();
          else next(caller);
        });
      };
      for (let caller = 0; caller < callers; caller += 1) next(caller);
    });

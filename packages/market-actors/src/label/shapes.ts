/** The shapes of what labels are made of. */
import { M } from '@endo/patterns';
import type { CastedPattern } from '@endo/patterns';
import { typed } from '@pocas/vat-runtime';
import type { LabelText } from './types.ts';

const text = (stringLengthLimit: number): CastedPattern<string> =>
  typed<string>(M.string({ stringLengthLimit }));

export const ShortText: CastedPattern<string> = text(100);
export const LineText: CastedPattern<string> = text(500);
export const StoryText: CastedPattern<string> = text(2_000);

const day = 24n * 60n * 60n * 1000n;
export const days = (count: bigint): bigint => count * day;
/** A label's past is needed so long after what it stood on was due: whoever fell ill asks then (SPEC M12). */
export const keptAfterExpiry: bigint = days(30n);
/** Ten years. */
export const maxGoodForDays = 3_660n;
/** Two sightings in different places within this time cannot be of one thing. */
export const sightingWindow: bigint = 10n * 60n * 1000n;

/** Only addresses that a browser opens as a page: nothing that runs in the page that shows it. */
const linkForm = /^https?:\/\/[^\s<>"'\\]{1,300}$/;
const photoForm = /^[0-9a-f]{64}$/;
const maxLinks = 5;

/** Whether links and photo are what they should be. */
export const isWellFormed = ({ links, photo }: LabelText): boolean => {
  const lines = links.split('\n').filter((line) => line.trim() !== '');
  const areLinks = lines.length <= maxLinks && lines.every((line) => linkForm.test(line.trim()));
  return areLinks && (photo === '' || photoForm.test(photo));
};

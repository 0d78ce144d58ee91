/** Keys that come from people and programs. */
import { schnorr } from '@pocas/vat-runtime';

/** Whether a text is a public key at all. What is none makes whatever is done with it throw, long after. */
export const isKey = (key: string): boolean => {
  try {
    schnorr.verify(key, 'pocas vault', 'A'.repeat(86));
    return true;
  } catch {
    return false;
  }
};

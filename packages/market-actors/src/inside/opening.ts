/**
 * Texts that are being opened for a participant. Whoever made a text chooses the node that has to answer, and
 * it may never do: all calls of a vat that wait are counted together, so no one person may have many.
 */
import { E } from '@endo/far';
import type { Enlivener, Facet } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { mayOpen } from './fair-share.ts';
import type { MemberInside } from './types.ts';

/** By the participant's number. Not kept: what waits ends with the vat's stay in memory. */
const waiting = new Map<bigint, number>();
/** The sum of all of them. */
let inAll = 0;

/**
 * Opens a text, and goes on with what it designates.
 *
 * @param use - answers what came of it, and may itself wait for what was opened
 * @returns what `use` answers; `quota` where too many of this participant wait already, `unsupported` where the
 *   market was given no enlivener
 */
export const openFor = <Opened, Outcome>(
  member: Facet<MemberInside>,
  enlivener: Facet<Enlivener> | undefined,
  text: string,
  use: (opened: Opened) => Outcome | Promise<Outcome>,
): Promise<Outcome | Refusal> => {
  if (enlivener === undefined) return Promise.resolve(refuse('unsupported'));
  const who = member.number();
  const open = waiting.get(who) ?? 0;
  if (!mayOpen(open, inAll)) return Promise.resolve(refuse('quota'));
  waiting.set(who, open + 1);
  inAll += 1;
  // The cast says what the text is meant to open; who uses it checks what it answers.
  const opened = E(enlivener).enliven(text) as Promise<Opened>;
  return E.when(opened, use).finally(() => {
    inAll -= 1;
    const left = (waiting.get(who) ?? 1) - 1;
    if (left > 0) waiting.set(who, left);
    else waiting.delete(who);
  });
};

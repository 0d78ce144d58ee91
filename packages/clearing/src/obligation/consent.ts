/**
 * How two halves come to consent, for obligations and lines alike. Pure functions.
 *
 * The side that was asked decides, by its first act or by the first message that it hears, and says
 * what it decided. So what was accepted and withdrawn at the same time ends the same on both sides.
 *
 *   from here                                     by the other side
 *   proposed ──withdraw──► withdrawing            asked
 *      │ └─ declined ─► declined ◄─┤ │              ├─ accept ───────► open       says accepted
 *      └─── accepted ─► open ◄─────┘ │              ├─ decline ──────► declined   says declined
 *                       withdrawn ◄──┘ withdrawn    └─ hears withdraw► withdrawn  says withdrawn
 *
 * A withdrawal that comes after the decision changes nothing: the decision is on its way.
 */
import type { RefusalCode } from '@pocas/vat-runtime/actors';

export type ConsentPhase = 'proposed' | 'withdrawing' | 'asked' | 'open' | 'declined' | 'withdrawn';

export type ConsentAct = 'accept' | 'decline' | 'withdraw';
export type ConsentMessage = 'accepted' | 'declined' | 'withdrawn' | 'withdraw';

export type ConsentStep =
  | { readonly ok: true; readonly phase: ConsentPhase; readonly say?: ConsentMessage }
  | { readonly ok: false; readonly code: RefusalCode };

const refused = (code: RefusalCode): ConsentStep => ({ ok: false, code });

/**
 * What somebody here does.
 *
 * @param ours - whether it was proposed from here
 * @param phase - a phase of its later life stands for `open`
 */
export const consent = (ours: boolean, phase: string, act: ConsentAct): ConsentStep => {
  if (ours !== (act === 'withdraw')) return refused('unsupported');
  if (act === 'withdraw') {
    if (phase === 'withdrawing') return { ok: true, phase };
    if (phase !== 'proposed') return refused('closed');
    return { ok: true, phase: 'withdrawing', say: 'withdraw' };
  }
  if (phase !== 'asked') return refused('closed');
  return act === 'accept'
    ? { ok: true, phase: 'open', say: 'accepted' }
    : { ok: true, phase: 'declined', say: 'declined' };
};

/**
 * What the other side says. Refusals: `invalid` it was not theirs to say; `closed` it was decided before.
 *
 * @returns no phase where nothing changes
 */
export const hearConsent = (
  ours: boolean,
  phase: string,
  message: ConsentMessage,
): ConsentStep | { readonly ok: true; readonly phase?: undefined } => {
  if (ours === (message === 'withdraw')) return refused('invalid');
  if (message === 'withdraw') {
    if (phase !== 'asked') return { ok: true };
    return { ok: true, phase: 'withdrawn', say: 'withdrawn' };
  }
  // Nobody asked for it to be forgotten, so nobody may say that it is.
  if (message === 'withdrawn' && phase === 'proposed') return refused('invalid');
  if (phase !== 'proposed' && phase !== 'withdrawing') return refused('closed');
  return { ok: true, phase: message === 'accepted' ? 'open' : message };
};

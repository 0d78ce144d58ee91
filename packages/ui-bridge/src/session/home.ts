/** The session's starting points: its home, and whatever else came in by an invitation. */
import harden from '@endo/harden';
import type { SessionSlot, WebSession } from '@pocas/vat-runtime';

const slotsOf = (text: string | undefined): SessionSlot[] =>
  text === undefined || text === '' ? [] : text.split(' ');

/** The home facet, or undefined where there is none or it is not held any more. */
export const homeOf = (web: WebSession): object | undefined => {
  const { home } = web.getData() as { readonly home?: SessionSlot };
  return home === undefined ? undefined : web.presenceAt(home);
};
harden(homeOf);

/** Everything that may be started from, the home first. */
export const heldOf = (web: WebSession): object[] => {
  const { home, entered } = web.getData() as { readonly home?: string; readonly entered?: string };
  const slots = new Set([...slotsOf(home), ...slotsOf(entered)]);
  return [...slots].flatMap((slot) => web.presenceAt(slot) ?? []);
};
harden(heldOf);

/** Makes `presence` a starting point; the home, where there is none yet or `home` asks for it. */
export const welcome = (web: WebSession, presence: object, home = false): void => {
  const slot = web.slotOf(presence);
  web.keep(slot);
  const data = web.getData();
  const entered = new Set([...slotsOf(data['entered']), slot]);
  const isHome = home || homeOf(web) === undefined;
  web.setData({
    ...data,
    entered: [...entered].join(' '),
    ...(isHome ? { home: slot } : {}),
  });
};
harden(welcome);

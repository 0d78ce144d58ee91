/**
 * Somebody at a kiosk (SPEC 7.2, U5): a process of its own, which knows the till, a wallet's key and its
 * purse, and no account. Each order of the harness is a fresh anonymous session. With `dies` the process is
 * killed when the answer comes, before it has taken it in.
 */
import '@pocas/vat-runtime/lockdown';
import { E } from '@endo/far';
import type { OpenAct, Purse } from '@pocas/clearing/purse';
import { askFor, finish, giveUp, learn, pay, paymentOf } from '@pocas/clearing/purse';
import type { BlindOrder, Till } from '@pocas/market-actors';
import { saleContext } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { servePart } from '../hostile/serve-part.ts';
import { enter } from './enter.ts';
import { readPurse, writePurse } from './purse-file.ts';

const [, , tillText, key, file] = process.argv as [string, string, string, string, string];

const atTill = async <T>(act: (till: Facet<Till>) => Promise<T>): Promise<T> => {
  const session = await enter(tillText);
  try {
    return await act((await session.object) as Facet<Till>);
  } finally {
    session.close();
    await session.closed;
  }
};
const dieIf = (dies: boolean): void => {
  if (dies) process.kill(process.pid, 'SIGKILL');
};
const accept = (purse: Purse, act: OpenAct, answer: Parameters<typeof finish>[3]): void => {
  const finished = finish(purse, key, act, answer);
  if (!finished.ok) throw Error(`what came is not believed: ${finished.code}`);
  writePurse(file, finished.purse);
};
const openAct = (): OpenAct | undefined =>
  readPurse(file).open.find(({ series }) => series === 'till');
const withOrder = <T>(requestId: string, act: (order: Facet<BlindOrder>) => Promise<T>) =>
  atTill(async (till) => {
    const found = await E(till).order(requestId);
    if (!found.ok) throw Error(`no such order: ${found.code}`);
    return act(found.order);
  });

servePart({
  /** What the till says of its keys is compared with what the purse learnt from the journal. */
  learn: () =>
    atTill(async (till) => {
      const learnt = learn(readPurse(file), await E(till).keys());
      if (!learnt.ok) throw Error(`other keys than the journal's: ${learnt.code}`);
      writePurse(file, learnt.purse);
    }),
  /** Buys one piece; goes on with a purchase that was begun. @returns its request */
  buy: (what: string, dies: boolean) =>
    atTill(async (till) => {
      const { offers } = await E(till).view();
      const { offer, number, own } = offers.find((one) => one.what === what)!;
      const purchase = { offer, number, alternative: 0n, quantity: 1n, price: own, note: '' };
      let purse = readPurse(file);
      let act = openAct();
      if (act === undefined) {
        const { denominations } = await E(till).keys();
        const begun = pay(purse, key, own, saleContext(purchase), denominations);
        if (!begun.ok) throw Error(`cannot pay: ${begun.code}`);
        ({ purse, act } = begun);
        writePurse(file, purse);
      }
      const { tokens, change } = paymentOf(purse, key, act);
      const answer = await E(till).pay(purchase, tokens, change, act.requestId);
      dieIf(dies);
      if (answer.ok) accept(purse, act, answer);
      else writePurse(file, giveUp(purse, act));
      return answer.ok ? act.requestId : answer.code;
    }),
  view: (requestId: string) =>
    withOrder(requestId, async (order) => {
      const { phase, refund, number } = await E(order).view();
      return { phase, refund: String(refund), number: String(number) };
    }),
  accept: (requestId: string) =>
    withOrder(requestId, async (order) => (await E(order).accept()).ok),
  cancel: (requestId: string) =>
    withOrder(requestId, async (order) => (await E(order).cancel()).ok),
  refund: (requestId: string, dies: boolean) =>
    withOrder(requestId, async (order) => {
      let purse = readPurse(file);
      let act = openAct();
      if (act === undefined) {
        const denoms = [1n, 4n, 8n];
        ({ purse, act } = askFor(purse, key, 'till', 'credit', denoms));
        writePurse(file, purse);
      }
      const { change } = paymentOf(purse, key, { ...act, purpose: 'hold' });
      const answer = await E(order).refund(change, act.requestId);
      dieIf(dies);
      if (answer.ok) accept(purse, act, answer);
      return answer.ok;
    }),
});

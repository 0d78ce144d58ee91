/**
 * A member's own program. In one session it is somebody, with an account; in others it is nobody, at the till.
 *
 * Each act has three steps: what will be asked is written into the purse's file; it is asked; what came is
 * believed, or not, and written. Whatever breaks in between, the second step is done again, word for word.
 */
import { randomBytes } from 'node:crypto';
import { E } from '@endo/far';
import type { Issued, MintKeys } from '@pocas/clearing/blind';
import * as purses from '@pocas/clearing/purse';
import type { OpenAct, Purse, Series } from '@pocas/clearing/purse';
import type { BlindDesk, BlindOrder, Participant, Till } from '@pocas/market-actors';
import { saleContext } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { done } from '../06-flour-together/village.ts';
import { readPurse, writePurse } from './purse-file.ts';
import { inSession } from './sessions.ts';

export type Member = ReturnType<typeof startMember>;

/**
 * @param account - opens this member's place in the market: a secret
 * @param till - the same for everybody
 * @param head - the market's keys, as everybody reads them in its journal
 */
export const startMember = (account: string, till: string, head: MintKeys, file: string) => {
  // A program that stays keeps the key apart from the file, such as in a keyring.
  const key = purses.purseKey(randomBytes(32).toString('base64url'), head.market);
  writePurse(file, done(purses.learn(purses.emptyPurse(head.market), head)).purse);

  const begin = <Begun extends { purse: Purse; act: OpenAct }>(begun: Begun): Begun => {
    writePurse(file, begun.purse);
    return begun;
  };
  /** @throws where the market used another key for us than it shows everybody, or what came is no token */
  const takeIn = (act: OpenAct, answer: Issued) =>
    writePurse(file, done(purses.finish(readPurse(file), key, act, answer)).purse);
  const askFor = (series: Series, kind: 'credit' | 'review', denoms: readonly bigint[]) =>
    begin(purses.askFor(readPurse(file), key, series, kind, denoms));

  const atTill = <Answer>(act: (facet: Facet<Till>) => Promise<Answer>) =>
    inSession<Till, Answer>(till, act);
  /** Whoever knows the request of a purchase is its buyer. */
  const withOrder = <Answer>(
    requestId: string,
    act: (order: Facet<BlindOrder>) => Promise<Answer>,
  ) => atTill(async (facet) => act(done(await E(facet).order(requestId)).order));

  return {
    worth: () => purses.worth(readPurse(file)),
    tokens: () => readPurse(file).tokens,
    /** Takes a pack out of the account. The market knows who asks, and does not see what it gives. */
    withdraw: (pack: readonly bigint[]) =>
      inSession<Participant, void>(account, async (place) => {
        const desk = (await E(place).desk('till')) as Facet<BlindDesk>;
        const { act, batches, requestId } = askFor('account', 'credit', pack);
        takeIn(act, done(await E(desk).withdraw(batches, requestId)));
      }),
    /** Among how many it hides, where they are fewer than five. */
    warnings: () =>
      atTill(async (facet) => purses.warnings(readPurse(file).tokens, await E(facet).counts())),
    /**
     * Buys one piece, or goes on with what was begun. @returns its request
     * @param isLost - the network breaks after the market has answered
     */
    buy: (what: string, isLost = false) =>
      atTill(async (till) => {
        const { offer, number, own } = (await E(till).view()).offers.find(
          (one) => one.what === what,
        )!;
        const sale = { number, alternative: 0n, quantity: 1n, price: own, note: '' };
        // Compared with the journal's: a till with a key for us alone would know us by it again.
        const keys = await E(till).keys();
        const { purse } = done(purses.learn(readPurse(file), keys));
        const [
          act = begin(done(purses.pay(purse, key, own, saleContext(sale), keys.denominations))).act,
        ] = purse.open;
        const { tokens, change } = purses.paymentOf(readPurse(file), key, act);
        const answer = await E(till).pay({ ...sale, offer }, tokens, change, act.requestId);
        if (!isLost) takeIn(act, done(answer));
        return act.requestId;
      }),
    phase: (request: string) => withOrder(request, async (order) => (await E(order).view()).phase),
    accept: (request: string) => withOrder(request, (order) => E(order).accept()),
    cancel: (request: string) => withOrder(request, (order) => E(order).cancel()),
    /** What came back, as credits that nobody has seen. */
    fetchRefund: (request: string) =>
      withOrder(request, async (order) => {
        const { refund } = await E(order).view();
        const { denominations } = head;
        const { act, batches, requestId } = askFor(
          'till',
          'credit',
          purses.splitValue(refund, denominations)!,
        );
        takeIn(act, done(await E(order).refund(batches, requestId)));
        return refund;
      }),
    /** Says that somebody bought this, and not who. */
    fetchReviewToken: (request: string) =>
      withOrder(request, async (order) => {
        // It is for what was bought, and for nothing else.
        const { subject } = await E(order).view();
        const { act, batches, requestId } = askFor('till', 'review', [subject]);
        takeIn(act, done(await E(order).review(batches[0]!.blinded[0]!, requestId)));
      }),
  };
};

/** A market on one node in memory, with people in it and a clock that goes on when the story says so. */
import { type TestNode, makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { MarketFounding, MarketPublic, Participant } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

export const hours = 60 * 60 * 1000;
export const days = 24 * hours;

export const say = (text: string): void => console.log(`\n${text}`);

/** A random text for one intended act. Asked twice with it, a facet acts once. */
export const requestId = (): string => randomUUID();

/** What was done; ends the story where it was refused. */
export const done = <Answer extends { readonly ok: boolean }>(
  answer: Answer,
): Extract<Answer, { ok: true }> => {
  if (!answer.ok) assert.fail(`refused: ${(answer as { code?: string }).code}`);
  // What was refused has gone.
  return answer as Extract<Answer, { ok: true }>;
};

export type Villager = {
  readonly name: string;
  readonly place: Facet<Participant>;
  /** One of this person's pages: each way to agree has one. The caller says what it is. */
  page<Page>(mechanism: string): Promise<Page>;
};
export type Village = {
  readonly node: TestNode;
  /** What anybody may see of the market. */
  readonly marketPublic: Facet<MarketPublic>;
  join(name: string): Promise<Villager>;
  /** Lets time pass, and waits until all that became due is done. */
  pass(milliseconds: number): Promise<void>;
  show(...people: readonly Villager[]): Promise<void>;
  stop(): Promise<void>;
};

/** @param baseLimit - how far below zero those who are invited may go */
export const openVillage = async (baseLimit: bigint): Promise<Village> => {
  const time = makeManualTime();
  const node = await makeTestNode({ time });
  const founding = (await node.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/market')),
    label: 'market',
    powers: { clock: node.clock, timer: node.timer, grantor: node.grantor },
    params: {
      name: 'Tianguis',
      secret: randomBytes(32).toString('base64url'),
      charter: { baseLimit },
    },
  })) as Facet<MarketFounding>;
  const { cares } = done(await E(founding).claim('Fundadora', requestId()));
  const { steward, marketPublic } = cares;
  return {
    ...{ node, marketPublic },
    async join(name) {
      const invitation = await E(steward).invite();
      const { participant: place } = done(await E(invitation).join(name, requestId()));
      const page = async <Page>(mechanism: string) => (await E(place).desk(mechanism)) as Page;
      return { name, place, page };
    },
    async pass(milliseconds) {
      time.pass(milliseconds);
      await node.rest();
    },
    async show(...people) {
      for (const { name, place } of people) {
        const { balance, held } = await E(place).view();
        console.log(`   ${name}: balance ${balance}, of it set aside ${held}`);
      }
    },
    stop: () => node.stop(),
  };
};

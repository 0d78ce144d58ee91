/** A FoCo on the village's node, with an account of its own in the village's market. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { FocoFounding, FocoMaker, FocoParams, FocoParticipant } from '@pocas/foco-actors';
import type { TrustDesk } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { makePower } from '@pocas/vat-runtime/node';
import { type Village, type Villager, done, requestId } from '../06-flour-together/village.ts';

type Card = Awaited<ReturnType<FocoParticipant['card']>>;
export type Member = Villager & {
  /** This person's share: an envelope, and what can be done with it. */
  readonly share: Facet<FocoParticipant>;
  readonly card: Card;
  /** Where this person is paid, entered for all to see. */
  readonly home: Card;
};
export type Hive = {
  readonly members: readonly Member[];
  /** Puts value of the market into somebody's envelope. */
  put(member: Member, value: bigint): Promise<void>;
  show(): Promise<void>;
};

/** The node's power to make FoCos: the founder uses it here, and later those who go apart. */
const defineMaker = ({ node }: Village): FocoMaker['make'] => {
  const { clock, timer, grantor, enlivener } = node;
  const make = async (wish: Omit<FocoParams, 'secret'>) =>
    (await node.makeVat({
      module: fileURLToPath(import.meta.resolve('@pocas/foco-actors/foco')),
      label: 'foco',
      powers: { clock, timer, grantor, enlivener, focoMaker },
      params: { ...wish, secret: randomBytes(32).toString('base64url') },
    })) as Facet<FocoFounding>;
  const FocoMakerI = M.interface('FocoMaker', { make: M.call(M.record()).returns(M.promise()) });
  // The cast says what it is to the vats that hold it.
  const focoMaker = node.definePowerOfEach('foco', () =>
    makePower<FocoMaker>('FocoMaker', FocoMakerI, { make }),
  ) as unknown as Facet<FocoMaker>;
  return make;
};

/** @param wish - what is agreed from the start; the founder is the first of the names */
export const foundFoco = async (
  village: Village,
  wish: Omit<FocoParams, 'secret'>,
  names: readonly string[],
): Promise<Hive> => {
  const { node } = village;
  const root = await defineMaker(village)(wish);
  const villagers = await Promise.all(names.map((name) => village.join(name)));
  const [founder, ...others] = villagers as [Villager, ...Villager[]];
  const founded = done(await E(root).claim(founder.name, requestId()));

  // The FoCo joins the market by itself, so its account is nobody else's.
  const trust = await founder.page<TrustDesk>('trust');
  const invitation = await E(trust).introduce(0n, requestId());
  if ('ok' in invitation) throw Error(`Cannot introduce the FoCo: ${invitation.code}`);
  const { steward } = founded.cares;
  const { purse } = done(await E(steward).joinMarket(invitation as never, requestId()));
  await node.rest();

  const enter = async (villager: Villager, share: Facet<FocoParticipant>): Promise<Member> => {
    const payee = await E(E(villager.place).account()).payee();
    const made = await E(share).addDestination(purse, payee, villager.name, true, requestId());
    return { ...villager, share, card: await E(share).card(), home: done(made).destination };
  };
  const members = [await enter(founder, founded.participant)];
  for (const villager of others) {
    const invited = done(await E(steward).invite(requestId()));
    const joined = done(await E(invited.invitation).join(villager.name, requestId()));
    members.push(await enter(villager, joined.participant));
  }
  return {
    members,
    async put({ place, share }, value) {
      const { payment } = done(await E(E(place).account()).withdraw(value, requestId()));
      done(await E(share).contribute(purse, payment, true, requestId()));
      await node.rest();
    },
    async show() {
      const lines = await Promise.all(
        members.map(async ({ name, share }) => {
          const { envelopes } = await E(share).view();
          return `${name} ${envelopes[0]!.value}`;
        }),
      );
      console.log(`   in the envelopes: ${lines.join(', ')}`);
    },
  };
};

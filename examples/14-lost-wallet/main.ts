/**
 * Ana loses her telephone, and gets her wallet back with the help of two of three friends.
 *
 * Read it for one thing: who could do what at which moment. No friend can read or spend; two of them together
 * bring the wallet back; and from the moment it is back, whoever found the telephone has nothing in their hands.
 */
import '@pocas/vat-runtime/lockdown';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { MarketFounding, Participant, WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { done, requestId, say } from '../06-flour-together/village.ts';

const time = makeManualTime();
const node = await makeTestNode({ time });
const { clock, timer, grantor, enlivener } = node;
const secret = () => randomBytes(32).toString('base64url');
const moduleOf = (name: string) =>
  fileURLToPath(import.meta.resolve(`@pocas/market-actors/${name}`));

const founding = (await node.makeVat({
  module: moduleOf('market'),
  label: 'market',
  powers: { clock, timer, grantor, enlivener },
  params: { name: 'Tianguis', secret: secret(), charter: { baseLimit: 100n } },
})) as Facet<MarketFounding>;
const { cares } = done(await E(founding).claim('Fundadora', requestId()));

/** A wallet is a vat of its own. Its secret was drawn by the node, and stays in it. */
const makeWallet = async (name: string) =>
  (await node.makeVat({
    module: moduleOf('wallet'),
    label: `wallet of ${name}`,
    powers: { clock, enlivener, grantor },
    params: { name, secret: secret() },
  })) as Facet<WalletOwner>;
const enter = async (name: string) => {
  const wallet = await makeWallet(name);
  done(await E(wallet).joinWith(await E(cares.steward).invite(1n), requestId()));
  return wallet;
};
/** What a wallet holds of the market. The cast says what kind of place it is. */
const placeOf = async (wallet: Facet<WalletOwner>) =>
  (await E(wallet).places())[0]!.participant as unknown as Facet<Participant>;

const ana = await enter('Ana');
const friends = {
  Beto: await enter('Beto'),
  Carla: await enter('Carla'),
  Dora: await enter('Dora'),
};
const pages = await E(ana).pages();
done(await E(pages.credits).openPurse(0n));
const [purse] = (await E(pages.credits).view()).purses;
const { worth } = done(await E(pages.credits).topUp(purse!.entry, requestId()));
say(`Ana has ${worth} credits like cash in her wallet, and a place in the market`);

for (const [name, friend] of Object.entries(friends)) {
  const offer = await E(pages.guardians).offer(requestId());
  if ('ok' in offer) throw Error(`Cannot ask ${name}: ${offer.code}`);
  done(await E((await E(friend).pages()).guarding).accept(offer, requestId()));
}
const { reached } = done(await E(pages.guardians).deal(2n, requestId()));
say(
  `${reached} friends guard it, of whom two are needed; each keeps a backup that nobody can read`,
);

const lost = await placeOf(ana);
say('The telephone is lost. Ana takes another one, with a wallet that has nothing yet');
const again = await makeWallet('Ana');
const { recovery, credits } = await E(again).pages();
/** A friend who sees and hears her helps. */
const help = async (name: keyof typeof friends) => {
  const asked = await E(recovery).ask(name, 2n, requestId());
  if ('ok' in asked) throw Error(`Cannot ask ${name}: ${asked.code}`);
  const { guarding } = await E(friends[name]).pages();
  const [one] = (await E(guarding).view()).guarding;
  done(await E(guarding).help(one!.entry, asked, requestId()));
  const answer = await E(recovery).proceed();
  say(`${name} helps: ${answer.ok ? answer.phase : answer.code}`);
};
await help('Beto');
await help('Dora');

const { name, balance } = await E(await placeOf(again)).view();
const [back] = (await E(credits).view()).purses;
console.log(`   ${name} is back, with a balance of ${balance} and ${back!.worth} credits`);
console.log(`   what the lost telephone gets: ${JSON.stringify(await E(lost).view())}`);
await node.stop();

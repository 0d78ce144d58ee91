/**
 * Five people put value together, and each goes on deciding over their own.
 *
 * Read it for one thing: nobody votes. One spends alone in sight of the others, three reach a target together, one
 * saves, and two who want something else go apart with what is theirs.
 */
import '@pocas/vat-runtime/lockdown';
import { setTimeout as sleep } from 'node:timers/promises';
import { E } from '@endo/far';
import type { FocoParticipant } from '@pocas/foco-actors';
import type { Facet } from '@pocas/vat-runtime';
import { days, done, openVillage, requestId, say } from '../06-flour-together/village.ts';
import { type Member, foundFoco } from './hive.ts';

const village = await openVillage(1_000n);
const purpose = ['una cocina para el barrio'];
const hive = await foundFoco(village, { name: 'Panal', charter: { lists: { purpose } } }, [
  ...['Ana', 'Beto', 'Caro', 'Dora', 'Eli'],
]);
const [ana, beto, caro, dora, eli] = hive.members as [Member, Member, Member, Member, Member];
for (const member of hive.members) await hive.put(member, 100n);
say('Five people found Panal, and each puts in 100');
await hive.show();

const spending = await E(ana.share).spending();
const { spend } = done(await E(spending).announce(eli.home, 30n, 'volantes', requestId()));
const others = await E(beto.share).spending();
done(await E(others).comment(spend, '¿en papel reciclado?', requestId()));
const [seen] = (await E(others).view()).open;
say(
  `${seen!.by} announces ${seen!.value} for ${seen!.reason}. All see it, and nobody has to agree`,
);
const veto = await E(others).withdraw(spend, requestId());
console.log(`   Beto would take it back: ${veto.ok ? 'done' : veto.code}`);
await village.pass(2 * days);
const { phase, said } = await E(spend).view();
console.log(`   two days later: ${phase}, with ${said.length} comment`);

const pools = await E(beto.share).pools();
const { pool } = done(
  await E(pools).openSimple(eli.home, 'licuadora', '', 150n, 400n, 7n, 3n, requestId()),
);
for (const { share } of [beto, caro, dora])
  done(await E(await E(share).pools()).pledgeSimple(pool, 60n, requestId()));
const savings = await E(eli.share).savings();
const [{ purse } = {}] = (await E(savings).view()).purses;
done(await E(savings).saveSimple(purse!, 'horno', 80n, 500n, 0n, 0n, requestId()));
say('Three pledge 60 each for a blender of 150, and Eli saves 80 for an oven');
await hive.show();
await village.pass(7 * days);
const bought = await E(pool).view();
console.log(
  `   the pool: ${bought.phase}, ${bought.paid} of ${bought.target}; 10 went back to each`,
);
await hive.show();

const { fork } = done(await E(caro.share).proposeFork('Colmena', 'pan y nada más', requestId()));
done(await E(dora.share).joinFork(fork, requestId()));
done(await E(caro.share).goFork(fork, requestId()));
// A new vat is made, and it joins the market: that is real work of the node, and takes a moment.
while (!['done', 'failed'].includes((await E(fork).view()).phase)) {
  await village.pass(1_000);
  await sleep(20);
}
say(`Caro and Dora go apart: ${(await E(fork).view()).phase}`);
// What the market says that it has arrived.
await village.pass(1_000);
for (const { name, share } of [caro, dora]) {
  const joined = done(await E(share).forked(fork));
  const there = joined.participant as Facet<FocoParticipant>;
  const { foco, envelopes } = await E(there).view();
  console.log(`   ${name} has ${envelopes[0]!.value} in ${foco}`);
}
await hive.show();
await village.stop();

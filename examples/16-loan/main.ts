/**
 * A loan without interest for a freezer. Being late costs nothing: those whom it concerns hear of it, talk, and
 * agree on another plan.
 */
import '@pocas/vat-runtime/lockdown';
import { E } from '@endo/far';
import { days, done, openVillage, requestId, say } from '../06-flour-together/village.ts';
import { type Member, foundFoco } from '../15-foco/hive.ts';

const village = await openVillage(1_000n);
const hive = await foundFoco(village, { name: 'Panal' }, ['Ana', 'Beto', 'Caro', 'Dora', 'Eli']);
const [ana, beto, caro, dora, eli] = hive.members as [Member, Member, Member, Member, Member];
for (const member of hive.members) await hive.put(member, 200n);
const desk = (member: Member) => E(member.share).loans();

const { loan } = done(
  await E(desk(ana)).askSimple(eli.home, 'refri', 'refri de todas', 300n, 3n, 30n, 2n, requestId()),
);
const show = async () => {
  const { phase, repaid, open, late } = await E(loan).view();
  console.log(`   ${phase}: paid back ${repaid}, open ${open}, late ${late}`);
};
done(await E(desk(beto)).lend(loan, 190n, requestId()));
done(await E(desk(caro)).lend(loan, 110n, requestId()));
done(await E(desk(dora)).vouch(loan, 50n, requestId()));
done(await E(desk(eli)).vouch(loan, 40n, requestId()));
say('Ana asks for 300. Beto and Caro lend it, Dora and Eli vouch with 50 and 40');
done(await E(desk(ana)).begin(loan, requestId()));
await village.pass(0);
await show();

done(await E(desk(ana)).repay(loan, 100n, requestId()));
say('She pays 100 back, which is divided as they lent');
await hive.show();

await village.pass(61 * days);
say('The second instalment does not come');
await show();
const { heard } = await E(caro.share).view();
console.log(`   Caro hears: ${heard[0]!.name}, ${heard[0]!.value} ${heard[0]!.how}`);
done(await E(desk(ana)).say(loan, 'vendí poco este mes', requestId()));
done(await E(desk(ana)).propose(loan, 4n, 30n, requestId()));
for (const lender of [beto, caro]) done(await E(desk(lender)).answer(loan, 1n, requestId()));
say('They talk, and both lenders agree to four instalments');
await show();

await hive.put(ana, 100n);
done(await E(desk(ana)).repay(loan, 200n, requestId()));
say('In the end as much has come back as was lent');
await show();
await hive.show();
await village.stop();

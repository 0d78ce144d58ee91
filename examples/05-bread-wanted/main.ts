/**
 * Somebody needs bread and would rather not say who. A baker answers, and sells vouchers for it.
 *
 * Read it for one thing: what each person holds says all that they learn. Whoever answers a need without a
 * name holds a facet that knows no name; whoever buys a voucher holds a promise, and a way to claim it.
 */
import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  DraftNeed,
  NeedDesk,
  OrderBuyer,
  OrderDesk,
  OrderSeller,
  VoucherDesk,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { days, done, openVillage, requestId, say } from '../06-flour-together/village.ts';

const village = await openVillage(20n);
const [ana, beto, caro] = [
  await village.join('Ana'),
  await village.join('Beto'),
  await village.join('Caro'),
] as const;
const needsOf = (person: typeof ana) => person.page<Facet<NeedDesk>>('need');
const vouchersOf = (person: typeof ana) => person.page<Facet<VoucherDesk>>('voucher');

// In a market this small nearly any wish tells whose it is, so it is not shown before Ana says so again.
const need = ['bread', 'a loaf without gluten', '', 'one a week', 'eggs', 60n] as const;
const asked = done(await E(await needsOf(ana)).postUnnamed(...need, requestId()));
const { people, isRare } = await E(asked.need).view();
say(`Ana asks without her name: ${asked.status}, since ${people} looks for this; rare: ${isRare}`);
const [draft] = (await E(await needsOf(ana)).view()).ownNeeds;
await E(draft!.act as Facet<DraftNeed>).publish();

const [wanted] = (await E(await needsOf(beto)).view()).needs;
say(`Beto reads: ${wanted!.what}, ${wanted!.howMuch}, asked for by "${wanted!.by}"`);
done(await E(await needsOf(caro)).signal(wanted!.need, requestId()));
done(await E(await needsOf(beto)).answer(wanted!.need, 'I bake on Thursdays', requestId()));
const { answers, signals } = await E(asked.need).view();
say(
  `Ana reads that ${signals} other needs it too, and ${answers[0]!.from} says: ${answers[0]!.message}`,
);
// One reply, and what Ana writes is all that he learns of her.
done(await E(answers[0]!.answer).reply('Please sell vouchers for it', requestId()));

const promise = ['a loaf without gluten', '', 'at the oven', 90n, 6n] as const;
done(await E(await vouchersOf(beto)).promise(...promise, requestId()));
const [offered] = (await E(await vouchersOf(ana)).view()).promises;
const { holder } = done(await E(await vouchersOf(ana)).buy(offered!.voucher, 3n, requestId()));
say('Ana bought three vouchers, and has paid for them');
await village.show(ana, beto);
const promised = async () => {
  const { cap, outstanding } = await E(await vouchersOf(beto)).view();
  console.log(`   Beto still owes bread for ${outstanding}, and may promise up to ${cap}`);
};
await promised();

/** One voucher becomes an order; Beto's side of it is among his sales. */
const redeem = async () => {
  const { order } = done(await E(holder).redeem(1n, requestId()));
  const [sale] = (await E(await beto.page<Facet<OrderDesk>>('order')).view()).sales;
  return { order: order as Facet<OrderBuyer>, sale: sale!.order as Facet<OrderSeller> };
};

await village.pass(7 * days);
const first = await redeem();
done(await E(first.sale).handOver());
done(await E(first.order).accept());
say('She redeemed one and has her bread. That was kept, so he may promise more');
await promised();

const second = await redeem();
done(await E(second.sale).refuse());
const { balance } = await E(holder).view();
say(`The next time he had none. She still has ${balance} vouchers, and he may promise less`);
await promised();

await village.pass(90 * days);
const late = await E(holder).redeem(1n, requestId());
assert.ok(!late.ok);
say(`After ninety days they are over: ${late.code}`);
await promised();
await village.stop();

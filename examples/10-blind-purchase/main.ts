/**
 * Somebody buys bread, and neither the baker nor the market learns who.
 *
 * Read it for one thing: what the member's own program says in which session. With the account it says who
 * it is and not what for; at the till what for, and not who. Only the program knows both.
 */
import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { E } from '@endo/far';
import type { AuditShare } from '@pocas/clearing/audit';
import { checkAudit, checkOwn } from '@pocas/clearing/audit-check';
import { gatherAudit } from '@pocas/clearing/audit-gather';
import type { MintKeys } from '@pocas/clearing/blind';
import type { OfferDesk, OrderDesk, OrderSeller, Participant } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { days, done, openVillage, requestId, say } from '../06-flour-together/village.ts';
import { startMember } from './member.ts';
import { inSession, openDoor } from './sessions.ts';

/** Every page says what it is. */
type Described = { __describe__(): { readonly label: { readonly en: string } } };

const pack = [1n, 1n, 2n, 4n, 8n, 16n];
const names = ['Ana', 'Beto', 'Carla', 'Dora', 'Edu'] as const;

const village = await openVillage(100n);
const closeDoor = await openDoor(village.node);
const folder = mkdtempSync(join(tmpdir(), 'pocas-blind-purchase-'));
const { sturdy } = village.node.grantor;
try {
  const vera = await village.join('Vera');
  const shop = await vera.page<Facet<OfferDesk>>('offer');
  done(await E(shop).offer('bread', 'of rye', 13n, 5n, requestId()));

  // Everybody reads the same keys in the journal, and finds the same till among what the market shows to all.
  const { pages, journal } = await E(village.marketPublic).describe();
  const newest = async <Facts>(kind: string) => {
    const entries = await E(journal).entries(1n, 200n);
    return entries.findLast((one) => 'kind' in one && one.kind === kind) as { facts: Facts };
  };
  const { facts: head } = await newest<MintKeys>('mint keys');
  const labels = await Promise.all(
    pages.map((page) => E(page as unknown as Facet<Described>).__describe__()),
  );
  const till = sturdy(pages[labels.findIndex(({ label }) => label.en === 'Till')]!);

  const accounts: Record<string, string> = {};
  const members = [];
  for (const name of names) {
    const { place } = await village.join(name);
    accounts[name] = sturdy(place);
    const member = startMember(accounts[name], till, head, join(folder, `${name}.purse`));
    await member.withdraw(pack);
    members.push(member);
    if (name === 'Ana') {
      const [{ members: hidden } = { members: 0n }] = await member.warnings();
      say(`Ana takes out ${member.worth()}, and is warned: only ${hidden} has such credits`);
    }
  }
  const carla = members[2]!;
  say(
    `Five took out ${carla.worth()} each. Warnings for Carla: ${(await carla.warnings()).length}`,
  );

  // The answer is lost. What was asked is in the file; the same is asked again, by a session that is another one.
  const bought = await carla.buy('bread', true);
  assert.equal(await carla.buy('bread'), bought);
  say(`Carla bought bread at the till, and has ${carla.worth()} left`);

  /** What the baker sees and does. */
  const sale = async () => {
    const [first] = (await E(await vera.page<Facet<OrderDesk>>('order')).view()).sales;
    return first!;
  };
  const { what, price, with: buyer, order } = await sale();
  say(`Vera sees that somebody bought ${what} for ${price}. The buyer’s name: "${buyer}"`);
  done(await E(order as Facet<OrderSeller>).ready());
  done(await E(order as Facet<OrderSeller>).handOver());
  done(await carla.accept(bought));
  await carla.fetchReviewToken(bought);
  say('Carla has her bread, and a token by which she may say what she thinks of it');

  const regretted = await carla.buy('bread');
  done(await carla.cancel(regretted));
  say(`She called off a second one, and fetched ${await carla.fetchRefund(regretted)} credits`);
  console.log(`   Carla has ${carla.worth()} again`);
  await village.show(vera);

  // A week is over, and the market publishes what everybody can check. Nobody reads another's balance in it.
  await village.pass(7 * days);
  const { digest } = (await newest<{ digest: string }>('audit')).facts;
  await inSession<Participant, void>(accounts['Carla']!, async (place) => {
    const share = (await E(place).desk('audit')) as Facet<AuditShare>;
    const audit = (await gatherAudit(await E(share).audit()))!;
    const known = { digest, accounts: BigInt(names.length + 2) };
    const { totals, sales } = audit;
    say(`The audit: ${sales[0]!.times} ${sales[0]!.what} sold; credits out: ${totals.float}`);
    console.log(`   wrong in it: ${checkAudit(audit, known).length} things`);

    const { opening } = done(await E(share).opening());
    const left = carla.tokens().filter(({ origin }) => origin.series === 'account');
    const count = (all: readonly { denom: bigint }[], denom: bigint) =>
      BigInt(all.filter((one) => one.denom === denom).length);
    const tokens = [...new Set(pack)].map((denom) => {
      const withdrawn = pack.filter((one) => one === denom);
      const used = BigInt(withdrawn.length) - count(left, denom);
      const of = { kind: 'credit', denom, epoch: head.epoch } as const;
      return { ...of, withdrawn: BigInt(withdrawn.length), used };
    });
    const own = { label: opening.label, opening, balance: -32n, tokens };
    console.log(`   wrong in what it says of Carla: ${checkOwn(audit, own).length} things`);

    const lie = { ...audit, totals: { ...totals, float: totals.float + 1n } };
    const codes = checkAudit(lie, known).map(({ code }) => code);
    say(`An audit that says one credit more than there is: ${codes.join(', ')}`);
  });
} finally {
  closeDoor();
  await village.stop();
  rmSync(folder, { recursive: true });
}

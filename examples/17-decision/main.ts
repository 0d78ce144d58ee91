/**
 * A market changes one of its rules: somebody objects, the proposal takes it in, all consent, and what was decided
 * is carried out once.
 *
 * Read it for one thing: nobody here may change a rule. The body of decision alone holds what the charter offers to
 * be decided, and what comes of a decision is a facet that can do exactly what was agreed, after its notice, once.
 */
import '@pocas/vat-runtime/lockdown';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Ballot, ConsentPaper, DecisionPublic, ProposalCare } from '@pocas/foco-actors';
import { recount } from '@pocas/foco-actors/recount';
import type { DecisionDesk, MarketFounding, Participant } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { Assembly } from '@pocas/vat-runtime/actors';
import { done, requestId, say } from '../06-flour-together/village.ts';

const day = 24 * 60 * 60 * 1000;
const secretOf = (byte: number) => Buffer.alloc(32, byte).toString('base64url');
const moduleOf = (name: string) => fileURLToPath(import.meta.resolve(name));

const time = makeManualTime();
const node = await makeTestNode({ time });
const { clock, timer, grantor, enlivener } = node;

// Two vats: the market, and the body that decides about it. `pocas` makes both when somebody founds a market.
const assembly = (await node.makeVat({
  module: moduleOf('@pocas/foco-actors/decision'),
  label: 'decisions',
  powers: { clock, timer },
  params: { secret: secretOf(1) },
})) as Facet<Assembly>;
const founding = (await node.makeVat({
  module: moduleOf('@pocas/market-actors/market'),
  label: 'market',
  powers: { clock, timer, grantor, enlivener },
  params: { name: 'Tianguis', secret: secretOf(2) },
})) as Facet<MarketFounding>;
done(await E(founding).convene(assembly));
const { participant, cares } = done(await E(founding).claim('Ana', requestId()));
say(`Ana founds a market. She cares for: ${Object.keys(cares).sort().join(', ')}. No rules`);

const join = async (name: string) => {
  const invitation = await E(cares.steward).invite(1n, requestId());
  return done(await E(invitation).join(name, requestId())).participant;
};
const places = { Ana: participant, Beto: await join('Beto'), Caro: await join('Caro') };
await node.rest();
const ballotOf = async (place: Facet<Participant>) => {
  const desk = (await E(place).desk('decision')) as Facet<DecisionDesk>;
  return (await E(desk).view()).ballot as unknown as Facet<Ballot>;
};
const ana = await ballotOf(places.Ana);
const ballots = [ana, await ballotOf(places.Beto), await ballotOf(places.Caro)] as const;
/** What is to be decided now, as the page of each shows it. */
const papers = () =>
  Promise.all(
    ballots.map(
      async (ballot) => (await E(ballot).view()).open[0]!.paper as unknown as Facet<ConsentPaper>,
    ),
  );

// The form for the market's rules is made from what the charter says that it can be asked for.
const { proposing } = await E(ana).view();
const { numbers } = await E(proposing[1]!.form).view();
const rule = numbers.find(({ label }) => label.en === 'Of one sale counts at most')!;
done(await E(proposing[1]!.form).proposeNumber(rule.option, 60n, 'Chairs cost more', requestId()));
say(`Ana proposes: “${rule.label.en}” is ${rule.now} and should be 60`);

const [first, second, third] = await papers();
done(await E(first!).consent(requestId()));
done(await E(second!).consent(requestId()));
done(await E(third!).object('Newcomers would never catch up', requestId()));
say('Ana and Beto consent, and Caro objects: newcomers would never catch up');

const { mine } = await E(ana).view();
const care = mine![0]!.care as Facet<ProposalCare>;
const { decision } = done(await E(care).amend('Chairs cost more, a little', 40n, requestId()));
say('Ana takes it in and proposes 40. What was said of 60 counts for nothing now');
for (const paper of await papers()) done(await E(paper).consent(requestId()));
await node.rest();

const show = async (page: Facet<DecisionPublic>) => E(page).view();
const { outcome, mandate } = await show(decision);
const { words, from } = await E(mandate!).view();
say(`All three consent: ${outcome}. ${words.en}`);
const { published } = done(await E(decision).published());
const { ballots: cast } = done(await E(decision).ballots(''));
console.log(`   counted again by anybody: ${recount({ ...published, ballots: cast }).outcome}`);

const early = await E(mandate!).carryOut(requestId());
say(
  `Carried out at once? ${early.ok ? 'yes' : early.code}. It can be from ${from.slice(0, 10)} on`,
);
time.pass(2 * day);
done(await E(mandate!).carryOut(requestId()));
const again = await E(mandate!).carryOut(requestId());
say(`Two days later Caro carries it out. A second time: ${again.ok ? 'yes' : again.code}`);

const rules = await E(cares.marketPublic).charter();
const kappa = async () => {
  const { values, announced } = await E(rules).view();
  const { value } = values.find(({ name }) => name === 'kappa')!;
  return `it is ${value}${announced.length === 0 ? '' : ', and a change is announced'}`;
};
console.log(`   ${await kappa()}`);
time.pass(14 * day);
console.log(`   two weeks later ${await kappa()}`);
await node.stop();

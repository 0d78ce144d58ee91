import { type Workshop, ledgerBundle, makeWorkshop } from './fixture.ts';
import test from 'node:test';
import { createHash } from 'node:crypto';
import assert from 'node:assert/strict';
import { valueConformance } from '@pocas/clearing/testing';

// The conformance suite is worth what it finds. Each of these ledgers is ours with one line spoilt,
// and the case that is named with it must fail there.
const mutants: readonly (readonly [what: string, text: string, spoilt: string, found: string])[] = [
  [
    'does not look at the limit',
    'state.balance - value < -state.debitLimit',
    'false',
    'nobody pays, withdraws or holds more than is available, together or one by one',
  ],
  [
    'forgets what it answered',
    'if (outcomes.has(key))\n      return outcomes.get(key);',
    '',
    'a payment takes from one and gives to the other, once for each request',
  ],
  [
    'takes a payment twice',
    'if (!payment.isLive())\n    return refuse("closed");',
    '',
    'a payment is value that its bearer deposits once, whoever that is',
  ],
  [
    'takes payments of others',
    'found.ledger === ledger',
    'true',
    'payments of another ledger, and what is none at all, are refused and stay as they are',
  ],
  [
    'leaves recovered payments good',
    'payment.end("recovered");',
    '',
    'payments that nobody deposited are taken back, and are worth nothing then',
  ],
  [
    'burns credit',
    'return refuse("unsupported");\n      }\n    },\n    auditor',
    'return { ok: true, value: 1n };\n      }\n    },\n    auditor',
    'mutual credit is not burnt',
  ],
  [
    'settles what was released',
    'if (this.phase !== "open")\n          return refuse("closed");',
    '',
    'a hold that is released gives everything back once',
  ],
  [
    'never lets a hold expire',
    'sleeper.sleep(expires);',
    '',
    'a hold that nobody decides is released when it expires, and not before',
  ],
  [
    'keeps what was not shared out',
    'ledger.giveBack(payer, value - given);',
    '',
    'a divisible hold is settled in shares, and the rest goes back',
  ],
  [
    'shares out more than there is',
    'given > value',
    'false',
    'a divisible hold is settled in shares, and the rest goes back',
  ],
  [
    'listens to old deciders',
    'by !== (taken?.decider ?? this.facets.decider)',
    'false',
    'whoever takes a hold over decides it alone',
  ],
  [
    'asks nobody about the ceiling',
    'if (mayTake(taker, value))\n    return 0n;',
    'return 0n;',
    'what passes the ceiling waits for the receiver’s word, however it came',
  ],
  [
    'answers a question twice',
    'state.questions.delete(number);',
    '',
    'a question is answered once: accepted, declined or given to the commons',
  ],
  [
    'lets the frozen pay',
    'state.status !== "open"',
    'state.status === "closed"',
    'a frozen account receives and pays nothing, and what was decided before goes on',
  ],
  [
    'absorbs without a floor',
    'left < 0n && common + left < -floor',
    'false',
    'a debt is absorbed by the commons within its floor, and not otherwise',
  ],
  [
    'lets a pool owe',
    'kind === "pool" ? { debitLimit: 0n, ceiling: 0n } : limits',
    'limits',
    'a pool has no ceiling, is never below zero, and is neither closed nor given a limit',
  ],
  [
    'miscounts its totals',
    'withMore(totals, "held", -value)',
    'withMore(totals, "held", 0n)',
    'a hold is settled once, and never changes the sum',
  ],
  [
    'tells another history',
    'value: by, balance',
    'value: -by, balance',
    'what moved is told to the holder, the newest first, and adds up',
  ],
];

/** Why a case of the suite failed on ledgers of a workshop; undefined where it passed. */
const failureOf = async (name: string, workshop: Workshop): Promise<string | undefined> => {
  const bodies = new Map<string, () => Promise<void>>();
  const collected = (title: string, body: () => Promise<void>) => bodies.set(title, body);
  valueConformance({ test: collected, assert }, 'm', () => workshop.fixture());
  try {
    await bodies.get(`m: ${name}`)!();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

for (const [what, text, spoilt, name] of mutants) {
  test(`the suite finds a ledger that ${what}`, async () => {
    const { text: whole } = await ledgerBundle;
    assert.equal(whole.split(text).length, 2, `one place has ${text}`);
    const mutated = whole.replace(text, () => spoilt);
    const hash = createHash('sha256').update(mutated).digest('hex');
    const workshop = await makeWorkshop({ print: () => {} }, { hash, text: mutated });
    assert.notEqual(await failureOf(name, workshop), undefined);
    await workshop.node.stop();
  });
}

test('the cases that find spoilt ledgers pass where nothing is spoilt', async () => {
  const workshop = await makeWorkshop();
  for (const name of new Set(mutants.map((mutant) => mutant[3])))
    assert.equal(await failureOf(name, workshop), undefined);
  await workshop.node.stop();
});

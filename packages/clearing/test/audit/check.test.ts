import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pedersen } from '@pocas/vat-runtime/ristretto';
import type { Audit, AuditParts, Own } from '@pocas/clearing/audit-check';
import {
  checkAudit,
  checkOwn,
  compareAudits,
  digestOf,
  isAudit,
} from '@pocas/clearing/audit-check';
import { makeAudit, openingOf } from '#src/audit/make.js';
import { type Name, accounts, epoch, labelOf, numberOf, parts, secret } from './books.ts';

type Any = any;

const codes = (faults: readonly { code: string }[]) => faults.map(({ code }) => code);
const audit = makeAudit(parts);
const accountOf = (name: Name) => accounts.find(({ number }) => number === numberOf(name))!;
const ownOf = (name: Name, more: Partial<Own> = {}): Own => ({
  label: labelOf(name),
  opening: openingOf(secret, epoch, accountOf(name)),
  balance: accountOf(name).balance,
  ...more,
});

/** What an operator publishes who keeps the law of sums: the digest and the proof are made anew. */
const lie = (change: Partial<AuditParts>): Audit => makeAudit({ ...parts, ...change });
/** What one publishes who writes over it afterwards. @param isSealed - with a new digest */
const forge = (change: Partial<Audit>, isSealed = true): Audit => {
  const forged = { ...audit, ...change };
  return isSealed ? { ...forged, digest: digestOf(forged) } : forged;
};

test('an audit of sound books has no faults, for anybody and for each owner', () => {
  assert.deepEqual(checkAudit(audit, { digest: audit.digest, epoch, accounts: 5n }), []);
  for (const name of ['ana', 'beto', 'carla', 'dani', 'eli'] as const) {
    assert.deepEqual(checkOwn(audit, ownOf(name)), []);
  }
  const busy = ownOf('ana', {
    tokens: [{ kind: 'credit', denom: 8n, epoch: 5n, withdrawn: 3n, used: 1n }],
    sales: [{ what: 'bread', price: 5n, times: 2n }],
  });
  assert.deepEqual(checkOwn(audit, busy), []);
  // Entries are in an order that says nothing, and two audits of the same books differ where epochs do.
  assert.deepEqual(
    audit.entries.map(({ label }) => label),
    accounts.map(({ label }) => label).sort(),
  );
  const next = lie({ epoch: 6n });
  assert.ok(next.entries.every((entry, at) => entry.commitment !== audit.entries[at]!.commitment));
});

test('books that do not add up to zero have no audit', () => {
  for (const by of [1n, -1n]) {
    const totals = { ...parts.totals, float: parts.totals.float + by };
    assert.throws(() => lie({ totals }), /the commitment is not of this value/);
  }
  const hidden = accounts.filter(({ balance }) => balance !== 13n);
  assert.throws(() => lie({ accounts: hidden }), /the commitment is not of this value/);
  assert.throws(() => lie({ accounts: [] }), /there is value, and no account/);
});

test('an account that is left out: its owner misses it, and everybody where the sum is not put right', () => {
  const others = accounts.filter(({ number }) => number !== numberOf('beto'));
  const totals = { ...parts.totals, held: parts.totals.held + 13n };
  const hidden = lie({ accounts: others, totals });
  assert.deepEqual(checkAudit(hidden), []);
  assert.deepEqual(codes(checkOwn(hidden, ownOf('beto'))), ['missing']);
  assert.deepEqual(checkOwn(hidden, ownOf('ana')), []);
  assert.deepEqual(codes(checkAudit(hidden, { accounts: 5n })), ['accounts']);
  const entries = audit.entries.filter(({ label }) => label !== labelOf('beto'));
  const torn = forge({ entries, count: 4n });
  assert.deepEqual(codes(checkAudit(torn)), ['proof']);
});

test('a balance that is published otherwise than it was told is found by its owner', () => {
  const altered = accounts.map((account) => {
    if (account.number === numberOf('ana')) return { ...account, balance: -50n };
    return account.number === numberOf('dani') ? { ...account, balance: -12n } : account;
  });
  const changed = lie({ accounts: altered });
  assert.deepEqual(checkAudit(changed), []);
  // The old opening, a new one, and one that is made up so that the balance looks right.
  assert.deepEqual(codes(checkOwn(changed, ownOf('ana'))), ['opening']);
  const told = openingOf(secret, epoch, altered[0]!);
  assert.deepEqual(codes(checkOwn(changed, ownOf('ana', { opening: told }))), ['balance']);
  const madeUp = { ...told, balance: -42n };
  assert.deepEqual(codes(checkOwn(changed, ownOf('ana', { opening: madeUp }))), ['opening']);
  for (const bad of [{ blinding: 'x' }, { balance: 2n ** 70n }, { epoch: 4n }]) {
    const opening = { ...told, ...bad };
    assert.deepEqual(codes(checkOwn(changed, ownOf('ana', { opening }))), ['opening']);
  }
  const { opening: _none, ...silent } = ownOf('ana');
  assert.deepEqual(codes(checkOwn(audit, silent)), ['opening']);
});

test('tokens that an operator made for itself show: more used up than given out, or too little behind them', () => {
  const [ones, eights, thanks] = parts.tokens as [any, any, any];
  // Used up and not given out: what stands behind the others is gone.
  const spent = lie({ tokens: [ones, { ...eights, redeemed: 5n }, thanks] });
  assert.deepEqual(codes(checkAudit(spent)), ['redeemed']);
  // Given out, and nobody paid for it.
  const given = lie({ tokens: [ones, { ...eights, issued: 4n }, thanks] });
  assert.deepEqual(codes(checkAudit(given)), ['float']);
  // Fewer given out than somebody has, to make room for its own.
  const denied = lie({ tokens: [ones, { ...eights, issued: 2n }, thanks] });
  const ana = ownOf('ana', {
    tokens: [{ kind: 'credit', denom: 8n, epoch: 5n, withdrawn: 3n, used: 0n }],
  });
  assert.deepEqual(codes(checkOwn(denied, ana)), ['issued']);
  const user = ownOf('ana', {
    tokens: [{ kind: 'credit', denom: 8n, epoch: 5n, withdrawn: 1n, used: 2n }],
  });
  assert.deepEqual(codes(checkOwn(audit, user)), ['issued']);
  const thanked = lie({ tokens: [ones, eights, { ...thanks, redeemed: 9n }] });
  assert.deepEqual(codes(checkAudit(thanked)), ['redeemed']);
});

test('two owners cannot be shown the same entry', () => {
  // One entry for two who have the same balance; the other one's goes to the operator.
  const twins = accounts.map((account) => ({ ...account, balance: 0n }));
  const totals = { float: 20n, pools: 0n, commons: -20n, held: 0n, payments: 0n };
  const [ana, , , , eli] = twins as any[];
  const others = twins.slice(1, 4);
  const shared = lie({
    accounts: [ana, ...others, { ...eli, label: labelOf('the operator') }],
    totals,
  });
  assert.deepEqual(checkAudit(shared), []);
  const opening = openingOf(secret, epoch, ana);
  assert.deepEqual(checkOwn(shared, ownOf('ana', { opening, balance: 0n })), []);
  // Whatever eli is told: what counts is the label that eli chose.
  assert.deepEqual(codes(checkOwn(shared, ownOf('eli', { opening, balance: 0n }))), ['missing']);
  // The same label for both would be seen by all.
  const double = lie({ accounts: [ana, ...others, { ...eli, label: ana.label }], totals });
  assert.deepEqual(codes(checkAudit(double)), ['form']);
  const again = forge({ entries: [...audit.entries, audit.entries[4]!], count: 6n });
  assert.deepEqual(codes(checkAudit(again)), ['form', 'proof']);
});

test('a debtor who does not exist is seen by who counts', () => {
  const phantom = { number: 6n, label: labelOf('nobody'), balance: -100n };
  const rich = accounts.map((account) =>
    account.number === 5n ? { ...account, balance: 106n } : account,
  );
  const faked = lie({ accounts: [...rich, phantom] });
  assert.deepEqual(checkAudit(faked), []);
  assert.deepEqual(codes(checkAudit(faked, { accounts: 5n })), ['accounts']);
});

test('two people who compare notice that they were shown different audits', () => {
  const other = lie({ sales: [] });
  assert.deepEqual(checkAudit(other), []);
  assert.deepEqual(codes(checkAudit(other, { digest: audit.digest })), ['digest']);
  assert.deepEqual(codes(checkAudit(audit, { digest: audit.digest, epoch: 6n })), ['epoch']);
});

test('the proof holds for all of what is published', () => {
  const [first, second, ...rest] = audit.entries as any[];
  const { totals, tokens, sales } = audit;
  const forgeries: Partial<Audit>[] = [
    { epoch: 6n },
    { market: 'another' },
    { totals: { ...totals, held: totals.held + 1n, payments: totals.payments - 1n } },
    { totals: { ...totals, float: totals.float + 1n } },
    { tokens: tokens.slice(0, 2) },
    { sales: [{ ...sales[0]!, price: 6n }] },
    { entries: [{ ...first, commitment: second.commitment }, second, ...rest] },
    { entries: [{ ...first, commitment: 'x' }, second, ...rest] },
    { proof: Buffer.alloc(64).toString('base64url') },
    { proof: '' },
    { entries: [], count: 0n },
  ];
  for (const forgery of forgeries) {
    assert.ok(
      codes(checkAudit(forge(forgery))).includes('proof'),
      JSON.stringify(Object.keys(forgery)),
    );
  }
  // Values that are moved between two commitments keep the sum, and not the proof, nor the openings.
  const one = pedersen.commit(1n, pedersen.scalar(Buffer.alloc(64, 1).toString('base64url')));
  const added = { ...first, commitment: pedersen.add([first.commitment, one]) };
  assert.ok(codes(checkAudit(forge({ entries: [added, second, ...rest] }))).includes('proof'));
  const unsealed = forge({ sales: [] }, false);
  assert.deepEqual(codes(checkAudit(unsealed)), ['digest', 'proof']);
  const short = forge({ count: 6n });
  assert.deepEqual(codes(checkAudit(short)), ['form']);
  const below = lie({ totals: { ...totals, float: -1n, held: 38n } });
  assert.deepEqual(codes(checkAudit(below)), ['form', 'float']);
});

test('what was counted in one audit stands in the next', () => {
  const [ones, eights, thanks] = parts.tokens as [any, any, any];
  const next = (tokens: any[]) => lie({ epoch: 6n, tokens });
  const later = { ...eights, epoch: 6n };
  assert.deepEqual(compareAudits(audit, next([{ ...ones, redeemed: 9n }, eights, later])), []);
  for (const changed of [
    { ...ones, issued: 11n },
    { ...ones, issued: 9n },
    { ...ones, redeemed: 5n },
  ]) {
    assert.deepEqual(codes(compareAudits(audit, next([changed, eights, thanks]))), ['history']);
  }
});

test('a sale that is not listed is missed by its seller', () => {
  const sales = [{ what: 'jam', price: 8n, times: 2n }];
  const [fault] = checkOwn(audit, ownOf('ana', { sales }));
  assert.equal(fault!.code, 'sales');
  assert.match(fault!.text.en, /jam/);
  assert.match(fault!.text.es, /jam/);
});

test('the same epoch made anew with another balance does not show by how much it changed', () => {
  const again = accounts.map((account) => {
    if (account.number === 1n) return { ...account, balance: -41n };
    return account.number === 2n ? { ...account, balance: 12n } : account;
  });
  const entryOf = ({ entries }: Audit) => entries.find(({ label }) => label === labelOf('ana'))!;
  const before = entryOf(audit).commitment;
  const after = entryOf(lie({ accounts: again })).commitment;
  // With one blinding for both, the difference would be a small multiple of G: the sum with one blinding less.
  const blinding = pedersen.scalar(Buffer.alloc(64, 2).toString('base64url'));
  for (const by of [1n, -1n]) {
    const moved = pedersen.add([before, pedersen.commit(by, blinding)]);
    assert.notEqual(moved, pedersen.add([after, pedersen.commit(0n, blinding)]));
  }
});

test('any books that add up have an audit that holds, and none that do not', () => {
  const balancesArb = fc.array(fc.bigInt({ min: -500n, max: 500n }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(balancesArb, fc.bigInt({ min: -2n, max: 2n }), (balances, wrong) => {
      const own = balances.map((balance, at) => ({
        number: BigInt(at),
        label: labelOf(`${at}`),
        balance,
      }));
      const float = balances.reduce((sum, balance) => sum - balance, 0n) + 10_000n + wrong;
      const totals = { float, pools: 0n, commons: -10_000n, held: 0n, payments: 0n };
      const made = () => lie({ accounts: own, totals, tokens: [] });
      if (wrong !== 0n) return assert.throws(made);
      assert.deepEqual(checkAudit(made()), []);
    }),
    { numRuns: 40 },
  );
});

test('whatever is given in place of an audit, or of a part of it, is told as a fault and nothing thrown', () => {
  const anyArb = fc.oneof(fc.anything({ withBigInt: true }), fc.bigInt(), fc.string());
  const places = [
    'market',
    'epoch',
    'count',
    'totals',
    'tokens',
    'sales',
    'proof',
    'digest',
    'entries',
  ];
  const changedArb = fc.record({
    place: fc.constantFrom(...places),
    inner: fc.option(
      fc.constantFrom('0', '0.label', '0.commitment', '0.issued', 'float', '0.what'),
    ),
    value: anyArb,
  });
  const put = (target: any, [key, ...path]: string[], value: unknown): any => {
    if (key === undefined) return value;
    const copy = Array.isArray(target) ? [...target] : { ...target };
    copy[key] = put(copy[key], path, value);
    return copy;
  };
  fc.assert(
    fc.property(changedArb, ({ place, inner, value }) => {
      const path = [place, ...(inner?.split('.') ?? [])];
      const odd = put(audit, path, value) as Audit;
      const isSame = isAudit(odd) && digestOf(odd) === audit.digest && odd.digest === audit.digest;
      if (checkAudit(odd).length === 0) assert.ok(isSame, JSON.stringify(path));
      checkOwn(odd, ownOf('ana'));
      compareAudits(audit, odd);
    }),
    { numRuns: 300 },
  );
  for (const odd of [undefined, null, 3n, [], new Proxy({}, { get: () => assert.fail() })]) {
    assert.deepEqual(codes(checkAudit(odd as Any)), ['form']);
    assert.deepEqual(codes(checkOwn(odd as Any, ownOf('ana'))), ['form']);
  }
});

/** Pocas on nodes of their own: how they meet, owe each other, and clear, in the words of their keepers. */
import { randomBytes } from 'node:crypto';
import { type Cleanup, makeFolder } from '../support/cleanup.ts';
import { until } from '../support/until.ts';
import { type ClearingNode, type Named, startClearingNode } from './node.ts';
import type { Half, Reduction, Statement } from './oracle.ts';

export type Poca = {
  readonly name: string;
  readonly node: ClearingNode;
  readonly book: Named;
  /** What it calls its counterparties, by their names. */
  readonly counterparties: Map<string, Named>;
};

// `any`: answers of facets, read by whoever asked.
type Any = any;

let requests = 0;
/** Another for each intended act. */
export const newRequest = (): string =>
  `request ${(requests += 1)} ${randomBytes(6).toString('hex')}`;

const isOk = <T extends { readonly ok?: boolean; readonly code?: string }>(
  what: string,
  answer: T,
) => {
  if (answer?.ok === false) throw Error(`Cannot ${what}: ${answer.code}`);
  return answer;
};

export type World = {
  readonly folder: string;
  readonly nodes: readonly ClearingNode[];
  readonly pocas: ReadonlyMap<string, Poca>;
};

export const unit = 'pocos';

/** @param names - of pocas, by node */
export const makeWorld = async (
  cleanup: Cleanup,
  names: readonly (readonly string[])[],
  {
    seed = 1,
    pingMilliseconds = 2000,
    doubt = 4000n,
    liars = [],
  }: {
    seed?: number;
    pingMilliseconds?: number;
    doubt?: bigint;
    /** Pocas whose books cheat. */
    liars?: readonly string[];
  } = {},
): Promise<World> => {
  const folder = makeFolder(cleanup);
  const nodes = await Promise.all(
    names.map((_, i) =>
      startClearingNode(cleanup, { name: `node${i}`, folder, seed: seed + i, pingMilliseconds }),
    ),
  );
  const pocas = new Map<string, Poca>();
  for (const [i, there] of names.entries()) {
    for (const name of there) {
      const node = nodes[i]!;
      const book = liars.includes(name)
        ? await node.make(name, 'liar', { lie: 'keeps' })
        : await node.make(name, 'book', { name, unit, doubt });
      pocas.set(name, { name, node, book, counterparties: new Map() });
    }
  }
  return { folder, nodes, pocas };
};

/** A reference of one node, on another. */
export const hand = async (from: ClearingNode, ref: Named, to: ClearingNode, as: string) =>
  from === to ? from.keep(as, ref) : to.enliven(as, await from.sturdy(ref));

/** Two pocas learn to know each other. */
export const meet = async (a: Poca, b: Poca): Promise<void> => {
  const introduced = isOk(
    'introduce',
    await a.node.call<Any>(a.book, 'introduce', b.name, newRequest()),
  );
  const at = await a.node.keep(`${a.name} knows ${b.name}`, introduced.counterparty);
  const introduction = await hand(
    a.node,
    introduced.introduction,
    b.node,
    `to ${a.name} of ${b.name}`,
  );
  const met = isOk(
    'meet',
    await b.node.call<Any>(b.book, 'meet', introduction, a.name, newRequest()),
  );
  const bt = await b.node.keep(`${b.name} knows ${a.name}`, met.counterparty ?? met.goto);
  a.counterparties.set(b.name, at);
  b.counterparties.set(a.name, bt);
  const isMet = async (poca: Poca, ref: Named) =>
    (await poca.node.call<Any>(ref, 'view')).phase === 'met';
  await until(`${a.name} and ${b.name} have met`, async () => (await isMet(a, at)) && isMet(b, bt));
};

/** All that one lists of another, with an entry that is called so. */
const listed = async (poca: Poca, other: string, list: string, what: string) => {
  const view = await poca.node.call<Any>(poca.counterparties.get(other)!, 'view');
  return (view[list] as Any[]).find((one) => one.what === what);
};

/** One proposes, the other accepts. @returns the debtor's keeper of it */
export const owe = async (
  debtor: Poca,
  creditor: Poca,
  amount: bigint,
  what = newRequest(),
  due = 1_800_000_000_000n,
): Promise<Named> => {
  const counterparty = debtor.counterparties.get(creditor.name)!;
  isOk(
    'owe',
    await debtor.node.call<Any>(
      counterparty,
      'propose',
      'from',
      amount,
      unit,
      due,
      what,
      newRequest(),
    ),
  );
  const asked = await until('the proposal', () => listed(creditor, debtor.name, 'asked', what));
  isOk('accept', await creditor.node.call<Any>(asked.obligation, 'accept', newRequest()));
  await until('the debt', () => listed(creditor, debtor.name, 'open', what));
  const open = await until('the debt there', () => listed(debtor, creditor.name, 'open', what));
  return open.obligation as Named;
};

/** The lender offers a line, the borrower accepts. @returns the lender's keeper of it */
export const lend = async (
  lender: Poca,
  borrower: Poca,
  limit: bigint,
  what = newRequest(),
  due = 1_900_000_000_000n,
): Promise<Named> => {
  const counterparty = lender.counterparties.get(borrower.name)!;
  const offered = isOk(
    'offer a line',
    await lender.node.call<Any>(counterparty, 'offerLine', limit, unit, due, what, newRequest()),
  );
  const asked = await until('the offer', () => listed(borrower, lender.name, 'asked', what));
  isOk('accept', await borrower.node.call<Any>(asked.line, 'accept', newRequest()));
  const line = await lender.node.keep(`line ${what}`, offered.line);
  await until('the line', async () => (await lender.node.call<Any>(line, 'view')).phase === 'open');
  return line;
};

const reductionsOf = async ({ node, book }: Poca): Promise<Reduction[]> => {
  const reader = await node.call<Named>(book, 'journal');
  const found: Reduction[] = [];
  for (let from = 1n; ; from += 100n) {
    const entries = await node.call<Any[]>(reader, 'entries', from, from + 100n);
    for (const { kind, facts } of entries) {
      if (/\.setoff$/.test(kind)) found.push({ origin: facts.origin, value: facts.value });
    }
    if (entries.length === 0) return found;
  }
};

/** What the book of one says, through the facets that its keepers have. */
export const statementOf = async (poca: Poca): Promise<Statement> => {
  const halves: Half[] = [];
  for (const [other, counterparty] of poca.counterparties) {
    const view = await poca.node.call<Any>(counterparty, 'view');
    for (const { obligation } of view.open) {
      const {
        origin,
        end,
        amount,
        version,
        due,
        locked,
        unit: of,
      } = await poca.node.call<Any>(obligation, 'view');
      const half = { origin, end, unit: of, amount, version, due, locked, keeper: obligation };
      halves.push({ ...half, kind: 'obligation', with: other });
    }
    for (const { line } of view.lines) {
      const said = await poca.node.call<Any>(line, 'view');
      const { origin, end, headroom: amount, limit, version, due, locked } = said;
      const half = { origin, end, amount, limit, version, due, locked, keeper: line };
      halves.push({ ...half, kind: 'line', with: other, unit: said.unit });
    }
  }
  return { poca: poca.name, halves, reductions: await reductionsOf(poca) };
};

export const statementsOf = (pocas: Iterable<Poca>): Promise<Statement[]> =>
  Promise.all([...pocas].map(statementOf));

export type Round = { readonly at: ClearingNode; readonly convenor: Named };

export type RoundLengths = { readonly lodging: bigint; readonly patience: bigint };

/** Announces a round in a vat of its own on a node. */
export const convene = async (
  at: ClearingNode,
  title: string,
  { lodging = 60_000n, patience = 3000n }: Partial<RoundLengths> = {},
): Promise<Round> => {
  const convenor = await at.make(title, 'round', {
    ...{ title, unit, lodging, patience },
    seed: randomBytes(32).toString('hex'),
  });
  return { at, convenor };
};

/** Gives a poca a seat, which it takes. @returns what its book calls its part in the round */
export const attend = async ({ at, convenor }: Round, poca: Poca): Promise<Named> => {
  const seat = await at.call<Named>(convenor, 'invite', poca.name, `seat of ${poca.name}`);
  const name = `${convenor['@']}: seat of ${poca.name}`;
  const handed = await hand(at, seat, poca.node, name);
  const answer = isOk(
    'attend',
    await poca.node.call<Any>(poca.book, 'attend', handed, newRequest()),
  );
  return poca.node.keep(`${name}, taken`, answer.goto ?? answer.round);
};

export const viewOf = ({ at, convenor }: Round): Promise<Any> => at.call(convenor, 'view');

/** Until so many have lodged. */
export const untilLodged = (round: Round, count: number): Promise<unknown> =>
  until(`${count} lodged`, async () => (await viewOf(round)).lodged >= BigInt(count));

export const isOver = (phase: string): boolean =>
  phase === 'settled' || phase === 'nothing' || phase === 'cancelled';

/** Ends lodging, and waits for the end of the round. */
export const clear = async (round: Round): Promise<Any> => {
  isOk('close lodging', await round.at.call<Any>(round.convenor, 'closeLodging'));
  await until('the end of the round', async () => isOver((await viewOf(round)).phase));
  return viewOf(round);
};

/** Until nothing is locked at any of them. */
export const untilFree = (pocas: Iterable<Poca>): Promise<unknown> =>
  until('all locks to end', async () =>
    (await statementsOf(pocas)).every(({ halves }) => halves.every(({ locked }) => !locked)),
  );

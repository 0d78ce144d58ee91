/** Several pocas with their books on one node, who know each other, and rounds among them. */
import { type ManualTime, makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { packSolution, solveProblem, unpackProblem } from '@pocas/clearing/setoff';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat, makePower } from '@pocas/vat-runtime/node';
import type { BookKeeper, RoundKeeper } from '#src/book/types.js';
import type { CounterpartyKeeper, LineKeeper, ObligationKeeper } from '#src/obligation/types.js';
import type { Convenor } from '#src/round/facets.js';
import type { Seat } from '#src/round/types.js';

const bundleOf = (name: string) => bundleVat(fileURLToPath(import.meta.resolve(name)));
const book = bundleOf('@pocas/clearing/book');
const round = bundleOf('@pocas/clearing/round');

const SolverI = M.interface('Solver', { solve: M.call(M.string()).returns(M.string()) });

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

type Asked = { readonly act?: Facet<{ accept(requestId: string): unknown }> };

export class Village {
  readonly time: ManualTime;
  readonly names: readonly string[];
  node!: Awaited<ReturnType<typeof makeTestNode>>;
  books = new Map<string, Facet<BookKeeper>>();
  #requests = 0;

  constructor(names: readonly string[]) {
    this.names = names;
    this.time = makeManualTime();
  }

  requestId(): string {
    this.#requests += 1;
    return `request ${this.#requests}`;
  }

  async #powers() {
    const { node } = this;
    const { clock, timer, grantor, enlivener } = node;
    const solver = node.definePower(
      'solver',
      makePower('Solver', SolverI, {
        solve: (packed: string) => packSolution(solveProblem(unpackProblem(packed))),
      }),
    );
    const roundMaker = node.defineVatMaker('round', {
      module: await round,
      label: 'round',
      powers: { clock, timer, grantor, solvers: [solver] },
    });
    return { clock, timer, grantor, enlivener, roundMaker };
  }

  async open(): Promise<void> {
    this.node = await makeTestNode({ time: this.time });
    const powers = await this.#powers();
    for (const name of this.names) {
      const made = await this.node.makeVat({
        module: await book,
        label: 'book',
        powers,
        params: { name, unit: 'MXN' },
      });
      this.books.set(name, made as Facet<BookKeeper>);
    }
    this.node.setProgram({ books: Object.fromEntries(this.books) });
  }

  /** Stops the node, lets time pass, and starts it again. */
  async restart(milliseconds = 0): Promise<void> {
    await this.node.stop();
    this.time.pass(milliseconds);
    const { storage, secrets } = this.node;
    this.node = await makeTestNode({ time: this.time, storage, secrets });
    await this.#powers();
    const { books } = this.node.getProgram() as { books: Record<string, Facet<BookKeeper>> };
    this.books = new Map(Object.entries(books));
    await this.node.rest();
  }

  book(name: string): Facet<BookKeeper> {
    return this.books.get(name)!;
  }

  async pass(milliseconds: number): Promise<void> {
    this.time.pass(milliseconds);
    await this.node.rest();
  }

  /** Two pocas meet, each calling the other by its name. */
  async meet(one: string, other: string): Promise<void> {
    const made = await E(this.book(one)).introduce(other, this.requestId());
    assert.ok(made.ok);
    const met = await E(this.book(other)).meet(made.introduction, one, this.requestId());
    assert.ok(met.ok);
    await this.node.rest();
  }

  async counterparty(of: string, label: string): Promise<Facet<CounterpartyKeeper>> {
    const all = await E(this.book(of)).counterparties(0n);
    return all.find((one) => one.label === label)!.counterparty;
  }

  /** Whatever stands there to be accepted is. */
  async acceptAll(name: string, from: string): Promise<void> {
    const counterparty = await this.counterparty(name, from);
    const { asked } = (await E(counterparty).view()) as { asked: readonly Asked[] };
    for (const { act } of asked) await E(act!).accept(this.requestId());
    await this.node.rest();
  }

  async owes(
    debtor: string,
    creditor: string,
    amount: bigint,
    unit = 'MXN',
    days = 30n,
  ): Promise<void> {
    const counterparty = await this.counterparty(debtor, creditor);
    const what = `${debtor} owes ${creditor}`;
    const made = await E(counterparty).weOwe(amount, unit, days, what, this.requestId());
    assert.ok(made.ok, JSON.stringify(made));
    await this.node.rest();
    await this.acceptAll(creditor, debtor);
  }

  async lends(lender: string, borrower: string, limit: bigint): Promise<void> {
    const counterparty = await this.counterparty(lender, borrower);
    const what = `${lender} lends ${borrower}`;
    const made = await E(counterparty).lend(limit, 'MXN', 30n, what, this.requestId());
    assert.ok(made.ok, JSON.stringify(made));
    await this.node.rest();
    await this.acceptAll(borrower, lender);
  }

  async convene(by: string): Promise<Facet<Convenor>> {
    const made = await E(this.book(by)).convene('July', 60n, 10n, this.requestId());
    assert.ok(made.ok);
    return made.goto;
  }

  async attend(convenor: Facet<Convenor>, name: string): Promise<Facet<RoundKeeper>> {
    const seat = (await E(convenor).invite(name, this.requestId())) as Facet<Seat>;
    const attended = await E(this.book(name)).attend(seat, this.requestId());
    assert.ok(attended.ok, JSON.stringify(attended));
    await this.node.rest();
    return attended.goto;
  }

  /** A whole round of all of them. @returns each one's page of it */
  async round(): Promise<ReadonlyMap<string, Facet<RoundKeeper>>> {
    const convenor = await this.convene(this.names[0]!);
    const pages = new Map<string, Facet<RoundKeeper>>();
    for (const name of this.names) pages.set(name, await this.attend(convenor, name));
    await E(convenor).closeLodging();
    await this.node.rest();
    return pages;
  }

  /** What is open in a book, as `with end amount`. */
  async debts(name: string): Promise<readonly string[]> {
    const { debts } = await E(this.book(name)).view();
    return debts
      .filter(({ kind }) => kind === 'obligation')
      .map(({ with: other, end, amount }) => `${end} ${other} ${amount}`)
      .toSorted();
  }

  async net(name: string, unit = 'MXN'): Promise<bigint> {
    const { balances } = await E(this.book(name)).view();
    return balances.find((one) => one.unit === unit)?.net ?? 0n;
  }

  stop(): Promise<void> {
    return this.node.stop();
  }
}

/** A village in which those who are paired know each other. */
export const makeVillage = async (
  names: readonly string[],
  pairs: readonly (readonly [string, string])[],
): Promise<Village> => {
  const village = new Village(names);
  await village.open();
  for (const [one, other] of pairs) await village.meet(one, other);
  return village;
};

export type { LineKeeper, ObligationKeeper };

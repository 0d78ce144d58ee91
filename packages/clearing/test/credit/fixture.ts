import {
  type ManualTime,
  type TestNode,
  type TestNodeOptions,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { LedgerTerms } from '@pocas/clearing/credit';
import type { ValueFixture } from '@pocas/clearing/testing';
import type { Facet } from '@pocas/vat-runtime';
import { type Bundle, bundleVat } from '@pocas/vat-runtime/node';
import type { Bench } from './ledger-vat.ts';

// The compiled tests lie in dist/test/credit; the vat is bundled from its source.
const source = fileURLToPath(new URL('../../../test/credit/ledger-vat.ts', import.meta.url));
export const ledgerBundle: Promise<Bundle> = bundleVat(source);

export const credits: LedgerTerms = { name: 'prueba', kind: 'mutual', unit: 'créditos' };

/** A vat that makes ledgers, on a node whose time passes when the test says so. */
export type Workshop = {
  readonly node: TestNode;
  readonly bench: Facet<Bench>;
  now(): Promise<bigint>;
  pass(milliseconds: number): Promise<void>;
  /** The machine's clock goes on, and no timer goes off. */
  step(milliseconds: number): void;
  /** Stops the node and starts it again over what it stored. `node.getProgram()` has `program` again. */
  restart(program: { readonly bench: Facet<Bench> }): Promise<Workshop>;
  /** Ledgers for the conformance suite. */
  fixture(terms?: LedgerTerms): Promise<ValueFixture>;
};

const workshopOf = (node: TestNode, bench: Facet<Bench>, time: ManualTime): Workshop => {
  const pass = async (milliseconds: number) => {
    time.pass(milliseconds);
    await node.rest();
  };
  const now = async () => BigInt(time.wall());
  return {
    node,
    bench,
    now,
    pass,
    step: (milliseconds) => time.step(milliseconds),
    async restart(program) {
      const { storage, secrets } = node;
      node.setProgram(program);
      await node.settled();
      await node.stop();
      const again = await makeTestNode({ time, storage, secrets });
      const kept = again.getProgram() as typeof program;
      return workshopOf(again, kept.bench, time);
    },
    fixture: async (terms = credits) => {
      const { step = 1n } = terms;
      return {
        ledger: await E(bench).makeLedger(terms),
        other: await E(bench).makeLedger(terms),
        openPayer: (value, at) =>
          E(at).openAccount('member', { debitLimit: value, ceiling: 1_000_000_000n * step }),
        now,
        pass,
        dispose: async () => {},
      };
    },
  };
};

export const makeWorkshop = async (
  options: TestNodeOptions = {},
  bundle?: Bundle,
): Promise<Workshop> => {
  const time = makeManualTime();
  const node = await makeTestNode({ time, ...options });
  const bench = (await node.makeVat({
    module: bundle ?? (await ledgerBundle),
    label: 'ledgers',
    powers: { clock: node.clock, timer: node.timer },
  })) as Facet<Bench>;
  return workshopOf(node, bench, time);
};

let count = 0;
/** A fresh request. */
export const next = (): string => `a request nobody guesses ${(count += 1)}`;

/** The answer where it is no refusal. Fails where it is. */
export const ok = <T>(answer: T): Extract<T, { ok: true }> => {
  assert.equal((answer as { ok: boolean }).ok, true, `refused: ${inspect(answer)}`);
  // The assertion tells the two apart.
  return answer as Extract<T, { ok: true }>;
};

/** The facet for whoever runs the node: status, vats and invitations, and nobody's wallet. */
import { E } from '@endo/far';
import { Far } from '@endo/pass-style';
import { parseSturdyRef } from '@pocas/vat-runtime';
import type { Grantor } from '@pocas/vat-runtime';
import type { PocasNode, VatPage } from '@pocas/vat-runtime/node';
import type { Program } from './demo-poca.ts';

export type Status = {
  readonly designator: string;
  readonly address: string;
  /** Seconds since the start. */
  readonly uptime: number;
  /** Vats in memory. */
  readonly vats: number;
  /** Vats that are not run until the operator resumes them: see `pocas vats`. */
  readonly suspended: number;
  /** Threads and processes in which vats run now, and how many ended without having been told to. */
  readonly threads: number;
  readonly processes: number;
  readonly lostHosts: number;
  /** Open links, the one that asks included. */
  readonly links: number;
  /** Batches and rows written since the start. */
  readonly batches: number;
  readonly rows: number;
};

export type Invitation = {
  readonly sturdyRef: string;
  /** For a browser. */
  readonly url?: string;
};

export type Operator = {
  status(): Status;
  /** All vats, by pages. @param after - what the page before said */
  vats(after?: string): Promise<VatPage>;
  /** Lets a suspended vat go on. Fails where it is not suspended. */
  resume(vat: string): Promise<void>;
  /** A welcome for one person, who gets a wallet on this node. */
  invite(): Promise<Invitation>;
  /** An invitation to the market for one person with a wallet elsewhere. */
  inviteToMarket(): Promise<Invitation>;
};

/** The address that opens a sturdy ref in a browser. The secret stands in the fragment. */
export const browserUrl = (origin: string, sturdyRef: string): string =>
  `${origin}/#${parseSturdyRef(sturdyRef).swiss}`;

export type OperatorPowers = {
  readonly node: PocasNode;
  readonly grantor: Grantor;
  readonly program: () => Program;
  readonly origin: () => string;
  /** Milliseconds, from any beginning. */
  readonly now: () => number;
};

export const makeOperator = ({ node, grantor, program, origin, now }: OperatorPowers): Operator => {
  const started = now();
  return Far('Operator', {
    status: (): Status => ({
      designator: node.designator,
      address: origin(),
      uptime: Math.floor((now() - started) / 1000),
      ...node.counts(),
    }),
    vats: async (after?: string): Promise<VatPage> =>
      node.listVats(after === undefined ? undefined : String(after)),
    async resume(vat: string): Promise<void> {
      node.resumeVat(String(vat));
      await node.settled();
    },
    async invite(): Promise<Invitation> {
      const welcome = await E(program().reception).invite();
      const sturdyRef = grantor.sturdy(welcome);
      await node.settled();
      return { sturdyRef, url: browserUrl(origin(), sturdyRef) };
    },
    async inviteToMarket(): Promise<Invitation> {
      const invitation = await E(program().steward).invite(1n);
      const sturdyRef = grantor.sturdy(invitation);
      await node.settled();
      return { sturdyRef };
    },
  });
};

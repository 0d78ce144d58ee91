/**
 * The facet for whoever runs the node: status, vats, metrics, invitations, and the sturdy refs of the node.
 * It names no wallet but that of the person whose machine this is, which the program keeps.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { parseSturdyRef } from '@pocas/vat-runtime';
import type { BundleDesk, Grantor } from '@pocas/vat-runtime';
import {
  type GrantInfoPage,
  type PeerStatus,
  type PocasNode,
  type VatPage,
  makePower,
} from '@pocas/vat-runtime/node';
import type { Program } from './demo-poca.ts';
import { openFreeStore } from './free-store.ts';

export type Status = {
  readonly designator: string;
  readonly address: string;
  /** Where other nodes find it: for `pocas peer add` there. */
  readonly locator: string;
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

/** What the operator can grant: what the program keeps, and this facet itself. */
export const grantable = ['operator', 'wallet', 'market', 'reception', 'book'] as const;
export type Grantable = (typeof grantable)[number];

export type OperatorTerms = {
  readonly uses?: bigint | undefined;
  /** Milliseconds from now on. */
  readonly lasts?: bigint | undefined;
  readonly label?: string | undefined;
  /** A designator, or `first use`. */
  readonly bind?: string | undefined;
};

export type Operator = {
  status(): Status;
  /** All vats, by pages. @param after - what the page before said */
  vats(after?: string): Promise<VatPage>;
  /** Lets a suspended vat go on. Fails where it is not suspended. */
  resume(vat: string): Promise<void>;
  /** Other nodes: those of which something is kept. */
  peers(): readonly PeerStatus[];
  /** Remembers another node. @param locator - as its own `status` says it */
  addPeer(locator: string, label?: string): Promise<PeerStatus>;
  /** Erases all that is kept of a node. @param which - its label, its designator, or the beginning of it */
  removePeer(which: string): Promise<PeerStatus>;
  /** Agrees to a new epoch with a node whose relation is quarantined. */
  reconcile(which: string): Promise<PeerStatus>;
  /** What the node counts, in the text form of Prometheus. It names nobody. */
  metrics(): Promise<string>;
  /** A welcome for one person, who gets a wallet on this node. */
  invite(): Promise<Invitation>;
  /** An invitation to the market for one person with a wallet elsewhere. */
  inviteToMarket(): Promise<Invitation>;
  /** A free store (M9), as a vat of its own: the key of whoever looks after it. */
  openFreeStore(name: string): Promise<Invitation>;
  /** Bundles for other nodes, and from them. */
  bundles(): BundleDesk;
  /** A sturdy ref for somebody who carries bundles, with a quota of his own. */
  courier(label: string): Promise<Invitation>;
  /** A sturdy ref to one of the things above. */
  grant(what: Grantable, terms?: OperatorTerms): Promise<Invitation>;
  /** All sturdy refs of the node, by pages. @param after - what the page before said */
  refs(after?: string): Promise<GrantInfoPage>;
  /** Ends a sturdy ref and all that was derived from it. Fails where there is no such one. */
  revoke(ref: string): Promise<void>;
};

const OperatorI = M.interface('Operator', {
  status: M.call().returns(M.record()),
  vats: M.call().optional(M.or(M.undefined(), M.string())).returns(M.promise()),
  resume: M.call(M.string()).returns(M.promise()),
  peers: M.call().returns(M.arrayOf(M.record())),
  addPeer: M.call(M.string()).optional(M.or(M.undefined(), M.string())).returns(M.promise()),
  removePeer: M.call(M.string()).returns(M.promise()),
  reconcile: M.call(M.string()).returns(M.promise()),
  metrics: M.call().returns(M.promise()),
  invite: M.call().returns(M.promise()),
  inviteToMarket: M.call().returns(M.promise()),
  openFreeStore: M.call(M.string({ stringLengthLimit: 100 })).returns(M.promise()),
  bundles: M.call().returns(M.remotable('BundleDesk')),
  courier: M.call(M.string()).returns(M.promise()),
  grant: M.call(M.or(...grantable))
    .optional(
      M.splitRecord(
        {},
        {
          uses: M.opt(M.bigint()),
          lasts: M.opt(M.nat()),
          label: M.opt(M.string()),
          bind: M.opt(M.string()),
        },
        {},
      ),
    )
    .returns(M.promise()),
  refs: M.call().optional(M.or(M.undefined(), M.string())).returns(M.promise()),
  revoke: M.call(M.string()).returns(M.promise()),
});

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
  const granted: Record<Exclude<Grantable, 'operator'>, () => object> = {
    wallet: () => program().wallet,
    market: () => program().steward,
    reception: () => program().reception,
    book: () => program().book,
  };
  const operator: Operator = makePower('Operator', OperatorI, {
    status: (): Status => ({
      designator: node.designator,
      address: origin(),
      locator: node.peers.ownLocator(),
      uptime: Math.floor((now() - started) / 1000),
      ...node.counts(),
    }),
    vats: (after?: string) => node.listVats(after),
    async resume(vat: string): Promise<void> {
      node.resumeVat(vat);
      await node.settled();
    },
    peers: () => node.peers.list(),
    async addPeer(locator: string, label?: string) {
      const peer = node.peers.add(locator, label);
      await node.settled();
      return peer;
    },
    async removePeer(which: string) {
      const peer = await node.peers.remove(which);
      await node.settled();
      return peer;
    },
    async reconcile(which: string) {
      const peer = node.peers.reconcile(which);
      await node.settled();
      return peer;
    },
    metrics: () => node.metrics(),
    async invite(): Promise<Invitation> {
      const welcome = await E(program().reception).invite();
      const sturdyRef = grantor.sturdy(welcome, { label: 'invitation' });
      await node.settled();
      return { sturdyRef, url: browserUrl(origin(), sturdyRef) };
    },
    async inviteToMarket(): Promise<Invitation> {
      const invitation = await E(program().steward).invite(1n);
      const sturdyRef = grantor.sturdy(invitation, { label: 'invitation to the market' });
      await node.settled();
      return { sturdyRef };
    },
    async openFreeStore(name: string): Promise<Invitation> {
      const sturdyRef = grantor.sturdy(await openFreeStore(node, name), { label: name });
      await node.settled();
      return { sturdyRef, url: browserUrl(origin(), sturdyRef) };
    },
    bundles: () => node.couriers.desk,
    async courier(label: string): Promise<Invitation> {
      const sturdyRef = grantor.sturdy(node.couriers.makeCourier(label), { label });
      await node.settled();
      return { sturdyRef };
    },
    async grant(what: Grantable, terms: OperatorTerms = {}): Promise<Invitation> {
      const { lasts, label = what, ...others } = terms;
      const target = what === 'operator' ? operator : granted[what]();
      const expires = lasts === undefined ? undefined : node.clock.now() + lasts;
      const sturdyRef = grantor.sturdy(target, { ...others, label, expires });
      await node.settled();
      // An operator has no page.
      return what === 'operator'
        ? { sturdyRef }
        : { sturdyRef, url: browserUrl(origin(), sturdyRef) };
    },
    refs: (after?: string) => node.listGrants(after),
    async revoke(ref: string): Promise<void> {
      if (!node.revokeGrant(ref)) {
        throw Error('Cannot revoke: the list of sturdy refs has no such one (see pocas refs)');
      }
      await node.settled();
    },
  });
  return operator;
};

/** All requests of a vault. The only way to make one writes the log and tells everybody in the same turn. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, hmac, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Budget, type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { RequestsInside, VaultInside } from './inside.ts';
import { inner } from './inside.ts';
import { isKey } from './keys.ts';
import { type RequestInside, makeRequest } from './request.ts';
import { sealDigest } from './texts.ts';
import type {
  Hastening,
  RequestFacts,
  RequestItem,
  RequestWish,
  Requested,
  Viewing,
} from './types.ts';

const shown = 30;

const hasDouble = (words: readonly string[]): boolean => new Set(words).size !== words.length;

const makeRequestsKit = defineActor({
  name: 'VaultRequests',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    requests: typed<DurableMap<bigint, Facet<RequestInside>>>(M.any()),
    last: M.nat(),
    /** By which no holder of a budget can say beforehand how a request is paid for. */
    secret: M.string(),
    tries: M.nat(),
  },
  init: (vault: Facet<VaultInside>, secret: string) => ({
    ...{ vault, secret, tries: 0n },
    requests: makeDurableMap<bigint, Facet<RequestInside>>(),
    last: 0n,
  }),
  guards: { inside: inner('VaultRequestsInside') },
  facets: {
    inside: {
      make(
        by: string,
        budget: Facet<Budget>,
        { segments, reason, viewers }: RequestWish,
      ): Requested | Refusal {
        const { state } = this;
        const { vault, requests } = state;
        const { keys, cameras, places, holders } = vault.parts();
        const current = keys.current();
        if (current === undefined) return refuse('closed');
        if (segments.length === 0 || viewers.length === 0) return refuse('invalid');
        const names = viewers.map(({ name }) => name);
        const viewerKeys = viewers.map(({ key }) => key);
        if (hasDouble(segments) || hasDouble(names) || hasDouble(viewerKeys))
          return refuse('invalid');
        if (!viewerKeys.every(isKey)) return refuse('invalid');
        const kept = segments.flatMap((segment) => cameras.segment(segment) ?? []);
        if (kept.length !== segments.length) return refuse('expired');
        // An object of another vat is no budget of ours and has no method here.
        if (typeof budget.spend !== 'function') return refuse('invalid');
        // Each request is paid for by itself: a budget answers a repeated identifier without spending again.
        state.tries += 1n;
        const id = hmac(state.secret, `request ${state.tries}`);
        const spent = budget.spend(BigInt(segments.length), id);
        if (!spent.ok) return spent;
        const number = state.last + 1n;
        state.last = number;
        // All who were there see it from here on, and all who keep a share are sent it, or nothing of this happens.
        const present = places.tell(
          number,
          kept.map(({ seal }) => ({ from: seal.from, to: seal.to })),
        );
        const facts: RequestFacts = {
          ...{ request: number, by, reason, viewers, present },
          segments: kept.map(({ seal }) => ({ segment: seal.segment, digest: sealDigest(seal) })),
          holders: BigInt(current.members.length),
        };
        const entry = vault.record('request', facts, 'P1');
        const opens = vault.now() + current.terms.waiting;
        const times = { opens, lapses: opens + vault.charter('answering') };
        const request = makeRequest(vault, facts, entry, times);
        requests.set(number, request);
        for (const segment of segments) cameras.ask(segment, 1n);
        holders.tell();
        return { ok: true, number, request: request.request(), viewings: request.viewings() };
      },
      hasten(number: bigint, hastening: Hastening) {
        return this.state.requests.get(number)?.hasten(hastening) ?? refuse('invalid');
      },
      viewing(number: bigint, viewer: string): Facet<Viewing> | Refusal {
        return this.state.requests.get(number)?.viewing(viewer) ?? refuse('invalid');
      },
      item(number: bigint): RequestItem {
        return this.state.requests.get(number)!.item();
      },
      list(before?: bigint): readonly RequestItem[] {
        const to = before === undefined ? {} : { to: before };
        const found = this.state.requests.values({ ...to, reverse: true, limit: shown });
        return [...found].map((request) => request.item());
      },
      keyChanged(): void {
        for (const request of this.state.requests.values({ reverse: true, limit: mostOpen }))
          request.keyChanged();
      },
    },
  },
});

/** How many of the newest requests are asked for anew when the key was shared anew. The others lapse. */
const mostOpen = 200;

/** @param secret - of the vault's, for this alone */
export const makeRequests = (vault: Facet<VaultInside>, secret: string): Facet<RequestsInside> =>
  makeRequestsKit(vault, secret).inside as unknown as Facet<RequestsInside>;

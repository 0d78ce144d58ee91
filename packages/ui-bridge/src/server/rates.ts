/** How often pages are asked for: by one session, and from one address. */
import { type Rate, type TokenBucket, makeTokenBucket } from '@pocas/vat-runtime';

/** Buckets by whoever they are for. The longest unused goes when there are too many. */
const makeBuckets = (rate: Rate, maximum: number, now: () => number) => {
  const buckets = new Map<string, TokenBucket>();
  return (key: string): number => {
    const bucket = buckets.get(key) ?? makeTokenBucket(rate, now);
    // What is refused costs nothing, so that whoever waits as long as told is let in.
    const wait = bucket.wait();
    if (wait === 0) bucket.take(1);
    buckets.delete(key);
    buckets.set(key, bucket);
    if (buckets.size > maximum) buckets.delete(buckets.keys().next().value!);
    return wait;
  };
};

/** A proxy on this machine, or the person whose machine it is: everybody would be one. */
const isLoopback = (address: string) => /^(?:::ffff:)?127\.|^::1$/.test(address);

export type Rates = {
  /** @returns seconds until such a request is answered again; 0 where it is now */
  wait(request: { readonly cookie?: string; readonly address?: string }): number;
};

export type RateLimits = {
  readonly sessionRequests: Rate;
  readonly addressRequests: Rate;
  readonly visits: number;
};

export const makeRates = (limits: RateLimits, now: () => number): Rates => {
  const { sessionRequests, addressRequests, visits } = limits;
  const bySession = makeBuckets(sessionRequests, visits, now);
  const byAddress = makeBuckets(addressRequests, visits, now);
  return {
    wait({ cookie, address }) {
      const waits = [
        cookie === undefined ? 0 : bySession(cookie),
        address === undefined || isLoopback(address) ? 0 : byAddress(address),
      ];
      return Math.ceil(Math.max(...waits) / 1000);
    },
  };
};

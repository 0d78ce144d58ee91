/** A market, as far as a home sees it: claims by `send`, and writes down what it is told. */
import { M } from '@endo/patterns';
import { type DurableMap, defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';

// `any`: whatever the home says, and whatever a hostile market sends.
type Any = any;
const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeListing = defineActor({
  name: 'Listing',
  state: { heard: typed<DurableMap<bigint, string>>(M.any()) },
  init: () => ({ heard: makeDurableMap<bigint, string>() }),
  guards: { market: loose('Market'), listing: loose('Listing'), answers: loose('Answers') },
  facets: {
    market: {
      say(claim: Any, method: string, args: readonly Any[]): void {
        send(claim, method as never, args as never, { then: this.facets.answers, ctx: method });
      },
      follow(claim: Any): void {
        send(claim, 'follow' as never, [this.facets.listing] as never);
      },
      heard(): readonly string[] {
        return [...this.state.heard.values()];
      },
    },
    listing: {
      soldOut(): void {
        const { heard } = this.state;
        heard.set(BigInt(heard.size()), 'soldOut');
      },
      available(free: bigint): void {
        const { heard } = this.state;
        heard.set(BigInt(heard.size()), `available ${free}`);
      },
    },
    answers: {
      fulfilled({ ok, code }: Any, method: string): void {
        const { heard } = this.state;
        heard.set(BigInt(heard.size()), `${method}: ${ok ? 'ok' : code}`);
      },
      rejected({ code }: Any, method: string): void {
        const { heard } = this.state;
        heard.set(BigInt(heard.size()), `${method}: ${code}`);
      },
    },
  },
});

export const make = (): unknown => makeListing().market;

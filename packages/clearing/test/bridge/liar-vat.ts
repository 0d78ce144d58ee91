/** A coordinator and a desk that say what a test has them say. */
import { M } from '@endo/patterns';
import { type DurableMap, defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';

// `any`: it says anything to anybody.
type Any = any;
const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeLiar = defineActor({
  name: 'Liar',
  state: {
    /** What each ledger is told, in turn: the coordinator does not know who asks, so it lies by the terms. */
    says: typed<DurableMap<string, Any>>(M.any()),
    asked: M.nat(),
  },
  init: () => ({ says: makeDurableMap<string, Any>(), asked: 0n }),
  guards: { liar: loose('Liar'), coordinator: loose('LyingCoordinator'), desk: loose('LyingDesk') },
  facets: {
    liar: {
      coordinator(): Any {
        return this.facets.coordinator;
      },
      desk(): Any {
        return this.facets.desk;
      },
      say(what: string, answer: Any): void {
        this.state.says.set(what, answer);
      },
      send(target: Any, method: string, args: readonly Any[]): void {
        send(target, method as never, args as never);
      },
      asked(): bigint {
        return this.state.asked;
      },
    },
    coordinator: {
      decisionOf(): Any {
        const { says } = this.state;
        this.state.asked += 1n;
        // Every other question is answered with the opposite, so that the two sides hear different things.
        const answer = says.get('decision') ?? {};
        const other = says.get('other decision') ?? answer;
        return this.state.asked % 2n === 0n ? other : answer;
      },
      hint(): void {},
    },
    desk: {
      view(): Any {
        return { name: 'liar', unit: 'lies' };
      },
      ask(): Any {
        this.state.asked += 1n;
        return this.state.says.get('status') ?? { phase: 'unknown', isFrozen: false };
      },
      hint(): void {},
      deliver(): void {},
      paidOut(): boolean {
        return true;
      },
    },
  },
});

export const make = (): unknown => makeLiar().liar;

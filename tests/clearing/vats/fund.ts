/** A local fund that is told what a poca recalls, and writes it down. */
import { M } from '@endo/patterns';
import { type DurableMap, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';

// `any`: whatever the book says.
type Any = any;
const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeFund = defineActor({
  name: 'Fund',
  state: { told: typed<DurableMap<bigint, Any>>(M.any()) },
  init: () => ({ told: makeDurableMap<bigint, Any>() }),
  guards: { fund: loose('Fund') },
  facets: {
    fund: {
      recalled(said: Any): void {
        const { told } = this.state;
        const { unit, value, from } = said;
        told.set(BigInt(told.size()), { unit, value, from });
      },
      told(): readonly Any[] {
        return [...this.state.told.values()];
      },
    },
  },
});

export const make = (): unknown => makeFund().fund;

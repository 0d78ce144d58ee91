/** An issuer, a decider and a home that say what a test has them say, and write down what they hear. */
import { M } from '@endo/patterns';
import { type DurableMap, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';

// `any`: whatever a hostile side says.
type Any = any;
const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeHostile = defineActor({
  name: 'Hostile',
  state: {
    says: typed<DurableMap<string, Any>>(M.any()),
    heard: typed<DurableMap<bigint, Any>>(M.any()),
  },
  init: () => ({ says: makeDurableMap<string, Any>(), heard: makeDurableMap<bigint, Any>() }),
  guards: { test: loose('Test'), hostile: loose('Hostile'), self: loose('Self') },
  facets: {
    test: {
      hostile(): Any {
        return this.facets.hostile;
      },
      /** From now on this is the answer; `throw` throws. */
      say(method: string, answer: Any): void {
        this.state.says.set(method, answer);
      },
      /** Who asked to be told of its stock. */
      listing(): Any {
        return this.state.says.get('listing');
      },
      heard(): readonly string[] {
        return [...this.state.heard.values()];
      },
    },
    self: {
      answer(method: string): Any {
        const { says, heard } = this.state;
        heard.set(BigInt(heard.size()), method);
        return says.get(method);
      },
    },
    hostile: {
      takeOver(): Any {
        const answer = this.facets.self.answer('takeOver');
        if (answer === 'throw') throw Error('no');
        return answer;
      },
      settle(): Any {
        const answer = this.facets.self.answer('settle');
        if (answer === 'throw') throw Error('no');
        return answer;
      },
      release(): Any {
        return this.facets.self.answer('release');
      },
      tryClaim(): Any {
        const answer = this.facets.self.answer('tryClaim');
        if (answer === 'throw') throw Error('no');
        return answer;
      },
      confirm(): Any {
        return this.facets.self.answer('confirm');
      },
      restore(): Any {
        return this.facets.self.answer('restore');
      },
      follow(listing?: Any): Any {
        this.state.says.set('listing', listing);
        return this.facets.self.answer('follow');
      },
    },
  },
});

export const make = (): unknown => makeHostile().test;

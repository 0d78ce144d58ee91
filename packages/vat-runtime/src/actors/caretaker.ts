/**
 * Caretaker and revoker (SPEC V5): a reference to hand out in the place of another, which does less, for
 * a while, so often, in sight of someone, until it is taken back.
 *
 * The caretaker stands in the grantor's vat and passes messages on. A use of it and what its target does
 * are one turn where both are in one vat: a throw undoes the use too. Elsewhere the use counts,
 * whatever comes of it. Refusals are values, so a holder tells them from a broken link.
 *
 * It cuts what goes through it and nothing else: references that came out through it go on working, and
 * a call that is under way gets its answer. `membrane.ts` cuts all of it.
 */
import { M } from '@endo/patterns';
import type { Facet, Forwarder, Message } from '@pocas/vat-runtime';
import { changed, defineActor, identityOf, typed } from '@pocas/vat-runtime';
import { AnswersI, RevokerI } from './caretaker-guards.ts';
import { isIntrospection, onlyMethods } from './introspection.ts';
import { refuse } from './refusal.ts';
import type { Rules } from './rules.ts';
import type { Revoked, Revoker, RevokerStatus } from './revoker.ts';
import { revoke, statusOf } from './revoker.ts';
import { RulesShape, checkRules, noteUse, refusalNow, refusalOf } from './rules.ts';

export type CaretakerKit = {
  /** To hand out. `E` and `send` reach it, in its own vat too. */
  readonly caretaker: Forwarder;
  /** To keep. */
  readonly revoker: Facet<Revoker>;
};

const makeKit = defineActor({
  name: 'Caretaker',
  state: {
    target: typed<object>(M.remotable('target')),
    rules: RulesShape,
    used: M.nat(),
    times: typed<readonly bigint[]>(M.arrayOf(M.nat())),
    /** Set when it was taken back. */
    reason: typed<string | undefined>(M.or(M.string(), M.undefined())),
  },
  init: (target: object, rules: Rules) => ({
    target,
    rules,
    used: 0n,
    times: [],
    reason: undefined,
  }),
  guards: { revoker: RevokerI, answers: AnswersI },
  facets: {
    revoker: {
      revoke(reason: string): Revoked {
        return revoke(this.state, reason);
      },
      status(): RevokerStatus {
        return statusOf(this.state);
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.revoker);
      },
    },
    answers: {
      /** What the target says of itself, as far as it holds for the caretaker. */
      fulfilled(answer: unknown, method: string): unknown {
        return onlyMethods(method, answer, this.state.rules.methods);
      },
    },
  },
  readOnly: ['revoker.changes'],
  forwarders: {
    caretaker(method: string, args: readonly unknown[], message: Message): unknown {
      const { state, facets } = this;
      const { target, rules, reason } = state;
      if (reason !== undefined) return refuse('revoked');
      const unchanged = rules.readOnly === true;
      if (isIntrospection(method)) {
        const through = facets.answers;
        return refusalNow(rules) ?? message.pass(target, method, args, { through, ctx: method });
      }
      const refusal =
        refusalNow(rules) ??
        refusalOf(rules, method) ??
        noteUse(state, method, (use) => `${identityOf(facets.caretaker)} ${use}`);
      return refusal ?? message.pass(target, method, args, { unchanged });
    },
  },
});

/**
 * Makes a caretaker of `target`.
 *
 * @param target - a reference that lasts, to an object of this vat or of another
 * @param rules - each as it is needed; without any, it can be taken back and nothing else
 */
export const makeCaretaker = (target: object, rules: Rules = {}): CaretakerKit => {
  checkRules(rules, target);
  const { caretaker, revoker } = makeKit(target, rules);
  return { caretaker, revoker };
};

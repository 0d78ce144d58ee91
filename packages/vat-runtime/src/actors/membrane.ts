/**
 * A membrane (SPEC V5): a caretaker of everything that is obtained through it.
 *
 * Each reference that crosses it is wrapped, at any depth of arguments and answers: what comes out from
 * inside, and what goes in from outside. A wrapper that crosses back arrives as its original, and one
 * object has one wrapper, so identity is kept on either side. One revocation cuts all of it, answers
 * that are still under way too.
 *
 * Wrappers are objects of the grantor's vat, and last. What does not last, such as the reference of a
 * program without a node, cannot cross. Of errors, only their words cross.
 */
import { E } from '@endo/far';
import type { Passable } from '@endo/pass-style';
import { makeTagged, passStyleOf } from '@endo/pass-style';
import { M } from '@endo/patterns';
import type { DurableMap, Facet, Forwarder, Message } from '@pocas/vat-runtime';
import { changed, defineActor, identityOf, makeDurableMap, typed } from '@pocas/vat-runtime';
import { CrossingAnswersI, MembraneInsideI, RevokerI } from './caretaker-guards.ts';
import { isIntrospection, onlyMethods } from './introspection.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import type { Revoked, Revoker, RevokerStatus } from './revoker.ts';
import { revoke, statusOf } from './revoker.ts';
import type { Rules } from './rules.ts';
import { RulesShape, checkRules, isOwn, noteUse, refusalNow, refusalOf } from './rules.ts';

/**
 * Rules for all that goes in through a membrane. `methods` are those of the target itself; of what is
 * obtained through it, all are let through. Calls that the inside makes on what was passed in
 * are not counted.
 */
export type MembraneRules = Rules & {
  /** How many references may cross, each counted once. Beyond, a call throws. Default 10,000. */
  readonly references?: bigint;
};

export type MembraneKit = {
  /** To hand out in the place of the target. */
  readonly membrane: Forwarder;
  /** To keep. */
  readonly revoker: Facet<Revoker>;
};

/** Where an object is, and where a message goes. */
type Side = 'inside' | 'outside';

const other = (side: Side): Side => (side === 'inside' ? 'outside' : 'inside');

type Wrapped = { readonly original: object; readonly side: Side };

type Inside = {
  /** Whether a message to something on this side may cross. Counts it. */
  enter(side: Side, original: object, method: string): Refusal | undefined;
  /** What says of the target what is not let through. */
  describe(original: object, method: string, answer: unknown): unknown;
  isReadOnly(): boolean;
  /** The value as the other side sees it, or a refusal where nothing crosses any more. */
  cross(value: unknown, toward: Side): unknown;
  /** The same for a single reference. */
  crossing(reference: object, toward: Side): object;
  isCut(): boolean;
};

/** An error with the same words, and nothing else of it. */
const inWords = (reason: unknown): Error => {
  if (!(reason instanceof Error))
    return Error('Cannot tell why it failed: it was said in no error');
  const { message, name } = reason;
  if (name === 'TypeError') return TypeError(message);
  return name === 'RangeError' ? RangeError(message) : Error(message);
};

/** The value with every reference, promise and error in it crossed. */
const crossed = (value: unknown, inside: Facet<Inside>, toward: Side): unknown => {
  const walk = (part: Passable): unknown => {
    switch (passStyleOf(part)) {
      case 'remotable':
        return inside.crossing(part as object, toward);
      case 'promise':
        return late(part as Promise<unknown>, inside, toward);
      case 'error':
        return inWords(part);
      case 'copyArray':
        return (part as Passable[]).map(walk);
      case 'copyRecord':
        return Object.fromEntries(
          Object.entries(part as Record<string, Passable>).map(([key, each]) => [key, walk(each)]),
        );
      case 'tagged': {
        const { [Symbol.toStringTag]: tag, payload } = part as {
          readonly [Symbol.toStringTag]: string;
          readonly payload: Passable;
        };
        return makeTagged(tag, walk(payload) as Passable);
      }
      default:
        return part;
    }
  };
  return walk(value as Passable);
};

/** What a promise becomes crosses when it is known, if anything still crosses then. */
const late = (promise: Promise<unknown>, inside: Facet<Inside>, toward: Side): Promise<unknown> =>
  E.when(
    promise,
    (value: unknown) => inside.cross(value, toward),
    (reason: unknown) => {
      if (inside.isCut()) return refuse('revoked');
      throw inWords(reason);
    },
  ) as Promise<unknown>;

const SideShape = typed<Side>(M.or('inside', 'outside'));

const makeWrapper = defineActor({
  name: 'MembraneWrapper',
  state: {
    original: typed<object>(M.remotable('original')),
    side: SideShape,
    inside: typed<Facet<Inside>>(M.remotable('inside')),
  },
  init: (original: object, side: Side, inside: Facet<Inside>) => ({ original, side, inside }),
  guards: { answers: CrossingAnswersI },
  facets: {
    answers: {
      fulfilled(answer: unknown, method: string): unknown {
        const { original, side, inside } = this.state;
        const shown = isIntrospection(method) ? inside.describe(original, method, answer) : answer;
        return inside.cross(shown, other(side));
      },
      /** After a revocation nothing comes out, not even why something failed. */
      rejected(): unknown {
        return this.state.inside.isCut() ? refuse('revoked') : undefined;
      },
    },
  },
  forwarders: {
    wrapper(method: string, args: readonly unknown[], message: Message): unknown {
      const { original, side, inside } = this.state;
      const { answers } = this.facets;
      const refusal = inside.enter(side, original, method);
      if (refusal !== undefined) return refusal;
      const unchanged = side === 'inside' && inside.isReadOnly();
      try {
        const passed = args.map((each) => crossed(each, inside, side));
        const options = { through: answers, ctx: method, unchanged };
        const answer = message.pass(original, method, passed, options);
        if (!(answer instanceof Promise)) return answer;
        return E.when(answer, undefined, (reason: unknown) => {
          if (inside.isCut()) return refuse('revoked');
          throw inWords(reason);
        });
      } catch (error) {
        throw inWords(error);
      }
    },
  },
});

const makeKit = defineActor({
  name: 'Membrane',
  state: {
    target: typed<object>(M.remotable('target')),
    rules: RulesShape,
    references: M.nat(),
    used: M.nat(),
    times: typed<readonly bigint[]>(M.arrayOf(M.nat())),
    reason: typed<string | undefined>(M.or(M.string(), M.undefined())),
    /** By side and identity of the original. */
    wrappers: typed<DurableMap<string, Forwarder>>(M.any()),
    /** By the identity of the wrapper. */
    originals: typed<DurableMap<string, Wrapped>>(M.any()),
  },
  init: (target: object, rules: Rules, references: bigint) => ({
    target,
    rules,
    references,
    used: 0n,
    times: [],
    reason: undefined,
    wrappers: makeDurableMap<string, Forwarder>(),
    originals: makeDurableMap<string, Wrapped>(),
  }),
  guards: { revoker: RevokerI, inside: MembraneInsideI },
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
    inside: {
      enter(side: Side, original: object, method: string): Refusal | undefined {
        const { state, facets } = this;
        const { rules, reason, target } = state;
        if (reason !== undefined) return refuse('revoked');
        const refusal = refusalNow(rules);
        if (refusal !== undefined || side === 'outside') return refusal;
        // Of what is elsewhere nobody here can know that it changes nothing.
        if (rules.readOnly === true && !isOwn(original)) return refuse('unsupported');
        if (isIntrospection(method)) return undefined;
        return (
          (original === target ? refusalOf(rules, method) : undefined) ??
          noteUse(state, method, (use) => `${identityOf(facets.inside)} ${use}`)
        );
      },
      describe(original: object, method: string, answer: unknown): unknown {
        const { target, rules } = this.state;
        return original === target ? onlyMethods(method, answer, rules.methods) : answer;
      },
      isReadOnly(): boolean {
        return this.state.rules.readOnly === true;
      },
      isCut(): boolean {
        return this.state.reason !== undefined;
      },
      cross(value: unknown, toward: Side): unknown {
        if (this.state.reason !== undefined) return refuse('revoked');
        return crossed(value, this.facets.inside, toward);
      },
      crossing(reference: object, toward: Side): object {
        const { wrappers, originals, references } = this.state;
        const identity = identityOf(reference);
        const wrapped = originals.get(identity);
        // It was wrapped on its way to where it comes from now.
        if (wrapped?.side === toward) return wrapped.original;
        const side = other(toward);
        const key = `${side} ${identity}`;
        const known = wrappers.get(key);
        if (known !== undefined) return known;
        if (BigInt(wrappers.size()) >= references) {
          throw RangeError(
            `Cannot pass reference: ${references} have crossed the membrane, which is its limit`,
          );
        }
        const { wrapper } = makeWrapper(reference, side, this.facets.inside);
        wrappers.set(key, wrapper);
        originals.set(identityOf(wrapper), { original: reference, side });
        return wrapper;
      },
    },
  },
  readOnly: ['revoker.changes'],
});

/**
 * Makes a membrane around `target`.
 *
 * @param target - a reference that lasts, to an object of this vat or of another
 */
export const makeMembrane = (target: object, rules: MembraneRules = {}): MembraneKit => {
  const { references = 10_000n, ...others } = rules;
  checkRules(others, target);
  const { revoker, inside } = makeKit(target, others, references);
  // The cast holds: what crosses from inside is a wrapper, since nothing was passed in yet.
  return { membrane: inside.crossing(target, 'outside') as Forwarder, revoker };
};

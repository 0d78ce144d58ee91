/**
 * A fence: what one person holds of a place, so that all of it can be renewed at once (SPEC C14).
 *
 * Whoever has a share holds wrappers of it: of the share itself, and of each facet of this vat that comes
 * out through it. When the share is renewed, all wrappers of the old fence answer `revoked`, and a new fence
 * stands around the same share. So a restored wallet shuts out the copy that was lost, and nothing that the
 * person has in the place changes.
 *
 * It differs from a membrane (`membrane.ts`) in three ways. What is passed in is not wrapped: the place keeps
 * what it was given, whoever holds the share now. A wrapper that is passed back in arrives as its original,
 * at any fence of the family, since people hand things to each other. And what designates only, or is
 * the same for everybody, comes out as it is: `open` names these kinds of facets. References to other
 * vats come out as they are too: they are for other places to fence.
 */
import { E } from '@endo/far';
import type { Passable } from '@endo/pass-style';
import { makeTagged, passStyleOf } from '@endo/pass-style';
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { DurableMap, Facet, Forwarder, Message } from '@pocas/vat-runtime';
import { defineActor, identityOf, makeDurableMap, typed } from '@pocas/vat-runtime';
import { refuse } from './refusal.ts';

/** Makes the fences of one place, for its own vat. */
export type Fences = {
  /** A fence around a share, which has a method `renew(requestId)` that calls `Fence.renew`. */
  around(share: object): Facet<Fence>;
};
export type Fence = {
  /** The share as it is handed out. */
  outside(): Forwarder;
  /** Another facet of the same person, such as of what they care for, as it is handed out. */
  wrap(facet: object): object;
  /**
   * Cuts this fence and answers the one that stands in its place, around the same share. The cut share answers
   * the `renew` of the same request as before, so an answer that was lost costs nothing.
   */
  renew(): Facet<Fence>;
  isCut(): boolean;
};

type Renewal = { readonly requestId: unknown; readonly answer: unknown };

/** What the files of this kind are to each other. */
type FenceInside = {
  isCut(): boolean;
  isShare(original: object): boolean;
  renewal(): Renewal | undefined;
  keepRenewal(renewal: Renewal): void;
  outward(reference: object): object;
  inward(reference: object): object;
};
type Family = {
  originalOf(wrapper: object): object | undefined;
  isOpen(facet: object): boolean;
  keep(wrapper: object, original: object): void;
  forget(wrapper: object): void;
};

/**
 * Of how many facets a fence remembers the wrapper: between once and twice as many. One that was forgotten goes
 * on working, and its original comes out in a new one.
 */
const remembered = 2_000;

/** Undefined for what does not last, such as the reference of a program without a node: it is never ours. */
const identityIn = (reference: object): string | undefined => {
  try {
    return identityOf(reference);
  } catch {
    return undefined;
  }
};
/** The identity of an object of this vat; those of others begin with a sign. */
const ownIdentity = (reference: object): string | undefined => {
  const identity = identityIn(reference);
  return identity?.startsWith('-') === false ? identity : undefined;
};

type Cross = (reference: object) => object;

/** The value with each reference in it crossed. What a promise becomes crosses when it is known. */
const crossed = (value: unknown, cross: Cross, late: (value: Promise<unknown>) => unknown) => {
  const walk = (part: Passable): unknown => {
    switch (passStyleOf(part)) {
      case 'remotable':
        return cross(part as object);
      case 'promise':
        return late(part as Promise<unknown>);
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

const outward = (value: unknown, inside: Facet<FenceInside>): unknown =>
  crossed(
    value,
    (one) => inside.outward(one),
    (promise) =>
      E.when(promise, (known: unknown) =>
        inside.isCut() ? refuse('revoked') : outward(known, inside),
      ),
  );
const inward = (value: unknown, inside: Facet<FenceInside>): unknown =>
  crossed(
    value,
    (one) => inside.inward(one),
    (promise) => E.when(promise, (known: unknown) => inward(known, inside)),
  );

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;
const inner = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeWrapper = defineActor({
  name: 'FenceWrapper',
  state: {
    original: typed<object>(M.remotable('original')),
    inside: typed<Facet<FenceInside>>(M.remotable('inside')),
  },
  init: (original: object, inside: Facet<FenceInside>) => ({ original, inside }),
  guards: {
    answers: M.interface('FenceAnswers', {
      fulfilled: M.call(M.any(), M.any()).returns(M.any()),
      rejected: M.call(M.any(), M.any()).returns(M.any()),
    }) as Methods<'fulfilled' | 'rejected'>,
  },
  facets: {
    answers: {
      fulfilled(answer: unknown): unknown {
        const { inside } = this.state;
        return inside.isCut() ? refuse('revoked') : outward(answer, inside);
      },
      rejected(): unknown {
        return this.state.inside.isCut() ? refuse('revoked') : undefined;
      },
    },
  },
  forwarders: {
    wrapper(method: string, args: readonly unknown[], message: Message): unknown {
      const { original, inside } = this.state;
      const isRenewal = method === 'renew' && inside.isShare(original);
      if (inside.isCut()) {
        const renewal = inside.renewal();
        const isSame = isRenewal && renewal !== undefined && renewal.requestId === args[0];
        return isSame ? renewal.answer : refuse('revoked');
      }
      const passed = inward(args, inside) as readonly unknown[];
      if (!isRenewal)
        return message.pass(original, method, passed, { through: this.facets.answers });
      // What a renewal answers belongs to the new fence, and comes out as it is.
      const answer = message.pass(original, method, passed);
      if (inside.isCut()) inside.keepRenewal({ requestId: args[0], answer });
      return answer;
    },
  },
});

type Wrappers = DurableMap<string, Forwarder>;

const makeFenceKit = defineActor({
  name: 'Fence',
  state: {
    share: typed<object>(M.remotable('share')),
    family: typed<Facet<Family>>(M.remotable('family')),
    isCut: M.boolean(),
    renewal: typed<Renewal | undefined>(M.opt(M.record())),
    /** By the identity of the original: the newer ones, and those before. */
    young: typed<Wrappers>(M.any()),
    old: typed<Wrappers>(M.any()),
  },
  init: (share: object, family: Facet<Family>) => ({
    share,
    family,
    isCut: false,
    renewal: undefined,
    young: makeDurableMap<string, Forwarder>(),
    old: makeDurableMap<string, Forwarder>(),
  }),
  guards: { fence: inner('Fence'), inside: inner('FenceInside') },
  facets: {
    fence: {
      outside(): Forwarder {
        return this.facets.inside.outward(this.state.share) as Forwarder;
      },
      wrap(facet: object): object {
        return this.facets.inside.outward(facet);
      },
      renew(): Facet<Fence> {
        const { share, family, young, old } = this.state;
        this.state.isCut = true;
        // A wrapper of a cut fence is not to be passed in either: its original is reached by it no more.
        for (const wrappers of [young, old])
          for (const wrapper of wrappers.values()) family.forget(wrapper);
        this.state.young = makeDurableMap<string, Forwarder>();
        this.state.old = makeDurableMap<string, Forwarder>();
        return makeFenceKit(share, family).fence;
      },
      isCut(): boolean {
        return this.state.isCut;
      },
    },
    inside: {
      isCut(): boolean {
        return this.state.isCut;
      },
      isShare(original: object): boolean {
        return original === this.state.share;
      },
      renewal(): Renewal | undefined {
        return this.state.renewal;
      },
      keepRenewal(renewal: Renewal): void {
        this.state.renewal = renewal;
      },
      outward(reference: object): object {
        const { family, young, old, share } = this.state;
        const identity = ownIdentity(reference);
        if (identity === undefined || (reference !== share && family.isOpen(reference)))
          return reference;
        // A wrapper, whosever it is, is one already.
        if (family.originalOf(reference) !== undefined) return reference;
        const known = young.get(identity);
        if (known !== undefined) return known;
        const before = old.get(identity);
        const wrapper = before ?? makeWrapper(reference, this.facets.inside).wrapper;
        if (before === undefined) family.keep(wrapper, reference);
        else old.delete(identity);
        young.set(identity, wrapper);
        if (young.size() >= remembered) {
          for (const forgotten of old.values()) family.forget(forgotten);
          this.state.old = young;
          this.state.young = makeDurableMap<string, Forwarder>();
        }
        return wrapper;
      },
      inward(reference: object): object {
        return this.state.family.originalOf(reference) ?? reference;
      },
    },
  },
});

const makeFamilyKit = defineActor({
  name: 'Fences',
  state: {
    open: typed<readonly string[]>(M.arrayOf(M.string())),
    /** By the identity of the wrapper. */
    originals: typed<DurableMap<string, object>>(M.any()),
  },
  init: (open: readonly string[]) => ({ open, originals: makeDurableMap<string, object>() }),
  guards: { fences: inner('Fences'), family: inner('FenceFamily') },
  facets: {
    fences: {
      around(share: object): Facet<Fence> {
        return makeFenceKit(share, this.facets.family).fence;
      },
    },
    family: {
      originalOf(wrapper: object): object | undefined {
        const identity = ownIdentity(wrapper);
        return identity === undefined ? undefined : this.state.originals.get(identity);
      },
      isOpen(facet: object): boolean {
        const tag = String((facet as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]);
        return this.state.open.includes(tag.slice('Alleged: '.length));
      },
      keep(wrapper: object, original: object): void {
        this.state.originals.set(identityOf(wrapper), original);
      },
      forget(wrapper: object): void {
        this.state.originals.delete(identityOf(wrapper));
      },
    },
  },
});

/**
 * @param open - facets of this vat that come out as they are, each as the name of its actor and its own
 * (`Participant card`): what only designates, or is the same for everybody
 */
export const makeFences = (open: readonly string[]): Facet<Fences> => makeFamilyKit(open).fences;

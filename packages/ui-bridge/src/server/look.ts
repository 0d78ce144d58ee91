/** Asks facets what they are and what they show, so that a page can be made without waiting. */
import harden from '@endo/harden';
import { acceptDescription } from '../description/accept.ts';
import { collectReferences, isRecord, own } from '../description/walk.ts';
import type { References } from '../description/walk.ts';
import type { Address } from '../session/address-book.ts';
import type { FacetLook, PageLook } from '../view/look.ts';
import { callFacet, makeDeadline } from './call.ts';
import type { Deadline } from './call.ts';

/** How deep pages stand in pages, and how many facets one page asks at most. */
const maxDepth = 3;
const maxFacets = 300;

const describeFacet = async (
  facet: object,
  address: Address,
  deadline: Deadline,
): Promise<FacetLook> => {
  const outcome = await callFacet(facet, '__describe__', [], deadline);
  const description = outcome.kind === 'answered' ? acceptDescription(outcome.value) : undefined;
  return { facet, address, description, view: undefined, reachable: description !== undefined };
};

const readView = async (look: FacetLook, deadline: Deadline): Promise<FacetLook> => {
  const method = look.description?.view;
  if (method === undefined) return look;
  const outcome = await callFacet(look.facet, method, [], deadline);
  if (outcome.kind !== 'answered') return { ...look, reachable: false };
  try {
    const view = harden(outcome.value);
    return isRecord(view) ? { ...look, view } : { ...look, reachable: false };
  } catch {
    return { ...look, reachable: false };
  }
};

const referencesIn = (look: FacetLook): References => {
  const found: References = { embeds: new Set(), described: new Set() };
  if (look.view === undefined) return found;
  for (const [key, field] of Object.entries(look.description?.fields ?? {})) {
    collectReferences(field, own(look.view, key), found);
  }
  return found;
};

/**
 * Looks at a facet, at those embedded in it level by level, and at the words of those it links to.
 * Facets of one level are asked together, and all share one time limit.
 *
 * @param addressOf - gives every reference that is shown its address in the session
 */
export const lookAt = async (
  facet: object,
  addressOf: (presence: object) => Address,
  milliseconds: number,
): Promise<PageLook> => {
  const deadline = makeDeadline(milliseconds);
  try {
    const described = new Map<object, Promise<FacetLook>>();
    const describeOnce = (one: object) => {
      let look = described.get(one);
      if (look === undefined && described.size < maxFacets) {
        look = describeFacet(one, addressOf(one), deadline);
        described.set(one, look);
      }
      return look;
    };
    const seen = new Map<object, FacetLook>();
    const view = async (one: object) => {
      const look = await describeOnce(one);
      if (look !== undefined) seen.set(one, await readView(look, deadline));
    };

    await view(facet);
    const root = seen.get(facet)!;
    let level = [root];
    for (let depth = 0; level.length > 0; depth += 1) {
      const next = new Set<object>();
      for (const look of level) {
        const { embeds, described: words } = referencesIn(look);
        for (const one of words) void describeOnce(one);
        for (const one of embeds) {
          if (seen.has(one)) continue;
          if (depth < maxDepth) next.add(one);
          else void describeOnce(one);
        }
      }
      await Promise.all([...next].map(view));
      level = [...next].flatMap((one) => seen.get(one) ?? []);
    }

    const parts = new Map<object, FacetLook>();
    for (const [one, look] of described) parts.set(one, seen.get(one) ?? (await look));
    return { root, parts, addressOf };
  } finally {
    deadline.cancel();
  }
};
harden(lookAt);

/** Looks at the words of some facets, for a list of links. */
export const describeAll = async (
  facets: readonly object[],
  addressOf: (presence: object) => Address,
  milliseconds: number,
): Promise<FacetLook[]> => {
  const deadline = makeDeadline(milliseconds);
  const looks = await Promise.all(
    facets.slice(0, maxFacets).map((one) => describeFacet(one, addressOf(one), deadline)),
  );
  deadline.cancel();
  return looks;
};
harden(describeAll);

/** The facets shown on a page that tell when they change, each with the method that does. */
export const watchedFacets = ({ parts }: PageLook): [facet: object, method: string][] =>
  [...parts.values()].flatMap(({ facet, description, view, reachable }): [object, string][] => {
    const method = description?.changes;
    // A facet whose view failed is watched too: its next answer may be a good one.
    const shown = view !== undefined || !reachable;
    return method !== undefined && shown ? [[facet, method]] : [];
  });
harden(watchedFacets);

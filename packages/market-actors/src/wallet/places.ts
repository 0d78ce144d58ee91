/**
 * The places in which a member has a share, whatever they are: markets, shelves, funds, vaults.
 *
 * The wallet knows nothing of them but what `actors/place.ts` says. Joining and founding take several turns,
 * here and elsewhere. Each writes down how far it came before the next message leaves, so a repetition with
 * the same `requestId` goes on from there. The place answers that identifier with the same share each
 * time, so nothing is done twice either.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { DurableMap, Enlivener, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import type { Founding, PlaceInvitation, PlaceShare, Refusal } from '@pocas/vat-runtime/actors';
import { RequestIdShape, refuse } from '@pocas/vat-runtime/actors';
import type { CountedMakers } from '../founding/types.ts';
import { type Methods, NameShape } from '../inside/shapes.ts';
import { inner } from './inside.ts';
import type { Cared, Place, PlaceLink, PlacesKeeper, WalletJoined } from './place-types.ts';

/** How many places one wallet may join: a page shows all of them. */
export const maxPlaces = 50n;

/** Characters of a text that opens a share. */
export const maxLinkLength = 4_000;

type Outcome = WalletJoined | Refusal;
/** How far the founding under one request has come. */
type Begun = { readonly root: Facet<Founding> } | { readonly outcome: Outcome };
/** How far the joining under one request has come. */
type Joining = { readonly invitation: Facet<PlaceInvitation> } | { readonly outcome: Outcome };

// What an invitation answers comes from anywhere.
const joined = { place: M.string({ stringLengthLimit: 200 }), participant: M.remotable('share') };
const JoinedShape = M.splitRecord({ ok: true, ...joined });
/** What a root answers to its founder. */
const ClaimedShape = M.splitRecord({
  ok: true,
  ...joined,
  cares: M.recordOf(M.string({ stringLengthLimit: 40 }), M.remotable('care'), {
    numPropertiesLimit: 10,
  }),
});
const FoundingMadeShape = M.splitRecord({ ok: true, founding: M.remotable('founding') });
const RefusedShape = M.splitRecord({ ok: false, code: M.string({ stringLengthLimit: 100 }) });

const LaterShape = M.or(M.promise(), M.record());
const KeeperI: Methods<
  | 'all'
  | 'at'
  | 'cares'
  | 'kinds'
  | 'join'
  | 'joinWith'
  | 'found'
  | 'renewAll'
  | 'settle'
  | 'links'
  | 'restore'
> = M.interface('WalletPlaces', {
  all: M.call().returns(M.array()),
  at: M.call(M.nat()).returns(M.opt(M.record())),
  cares: M.call().returns(M.array()),
  kinds: M.call().returns(M.record()),
  join: M.call(M.string(), RequestIdShape).returns(LaterShape),
  joinWith: M.call(M.remotable('invitation'), RequestIdShape).returns(LaterShape),
  found: M.call(M.string(), M.any(), RequestIdShape).returns(LaterShape),
  renewAll: M.call(M.string()).returns(),
  settle: M.call().returns(M.promise()),
  links: M.call().returns(M.promise()),
  restore: M.call(M.string(), RequestIdShape).returns(M.promise()),
});
const makePlacesKit = defineActor({
  name: 'WalletPlaces',
  state: {
    name: NameShape,
    enlivener: typed<Facet<Enlivener>>(M.remotable('enlivener')),
    makers: typed<CountedMakers>(M.recordOf(M.string(), M.remotable('maker'))),
    places: typed<DurableMap<bigint, Place>>(M.any()),
    cares: typed<DurableMap<bigint, Cared>>(M.any()),
    joinings: typed<DurableMap<string, Joining>>(M.any()),
    foundings: typed<DurableMap<string, Begun>>(M.any()),
    /** How often something was added, so that a page can wait for the next. */
    news: M.nat(),
  },
  init: (name: string, enlivener: Facet<Enlivener>, makers: CountedMakers) => ({
    name,
    enlivener,
    makers,
    places: makeDurableMap<bigint, Place>(),
    cares: makeDurableMap<bigint, Cared>(),
    joinings: makeDurableMap<string, Joining>(),
    foundings: makeDurableMap<string, Begun>(),
    news: 0n,
  }),
  guards: { keeper: KeeperI, steps: inner('WalletPlaceSteps') },
  facets: {
    keeper: {
      all(): readonly Place[] {
        return [...this.state.places.values()];
      },
      at(number: bigint): Place | undefined {
        return this.state.places.get(number);
      },
      cares(): readonly Cared[] {
        return [...this.state.cares.values()];
      },
      kinds(): CountedMakers {
        return this.state.makers;
      },
      join(sturdyRef: string, requestId: string): Promise<Outcome> | Outcome {
        const { joinings, enlivener } = this.state;
        const { steps } = this.facets;
        const joining = joinings.get(requestId);
        if (joining !== undefined && 'outcome' in joining) return joining.outcome;
        // What the text opened is kept: a sturdy ref may be good for one time only.
        if (joining !== undefined) return steps.enter(joining.invitation, requestId);
        const text = sturdyRef.trim();
        if (!text.startsWith('ocapn://')) return refuse('invalid');
        const opened = E(enlivener).enliven(text);
        // The cast says what an invitation is; what it answers is checked.
        return E.when(opened, (found) => steps.enter(found as Facet<PlaceInvitation>, requestId));
      },
      joinWith(invitation: Facet<PlaceInvitation>, requestId: string): Promise<Outcome> | Outcome {
        return this.facets.steps.enter(invitation, requestId);
      },
      found(kind: string, wish: unknown, requestId: string): Promise<Outcome> | Outcome {
        const { foundings, makers, places } = this.state;
        const { steps } = this.facets;
        const before = foundings.get(requestId);
        if (before !== undefined)
          return 'outcome' in before ? before.outcome : steps.claim(before.root, requestId);
        const maker = Object.hasOwn(makers, kind) ? makers[kind] : undefined;
        if (maker === undefined) return refuse('unsupported');
        if (BigInt(places.size()) >= maxPlaces) return refuse('quota');
        // Whoever makes the vat is told another identifier than the one that claims the place.
        const making = E(maker).found(wish, sha256(`pocas founding\n${requestId}`));
        return E.when(making, (made) => steps.founded(requestId, made));
      },
      renewAll(nonce: string): void {
        const { places } = this.state;
        const { steps } = this.facets;
        for (const [number, place] of [...places.entries()]) {
          if (place.isLost === true) continue;
          // Each place another one, so that none can speak for another.
          const renewing = place.renewing ?? sha256(`pocas renewal\n${nonce} ${number}`);
          places.set(number, { ...place, renewing });
          void steps.renew(number);
        }
      },
      settle(): Promise<bigint> {
        const { places } = this.state;
        const { steps } = this.facets;
        const open = [...places.entries()].filter(([, { renewing }]) => renewing !== undefined);
        return E.when(Promise.all(open.map(([number]) => steps.renew(number))), () =>
          steps.waiting(),
        );
      },
      links(): Promise<readonly PlaceLink[]> {
        const open = [...this.state.places.entries()].filter(([, { isLost }]) => isLost !== true);
        return Promise.all(
          open.map(([number, { place, participant }]) =>
            E.when(
              // A place that gives none has no such method, or refuses.
              E(participant as Facet<Required<PlaceShare>>).link(),
              (answer) => {
                const { secret } = Object(answer) as { readonly secret?: unknown };
                return { number, place, ...(isLink(secret) ? { link: secret } : {}) };
              },
              () => ({ number, place }),
            ),
          ),
        );
      },
      restore(
        link: string,
        requestId: string,
      ): Promise<{ readonly ok: true; readonly number: bigint } | Refusal> {
        const { steps } = this.facets;
        const opened = E(this.state.enlivener).enliven(link) as Promise<Facet<PlaceShare>>;
        return E.when(E(opened).renew(requestId), (answer) => steps.restored(answer)) as Promise<
          { readonly ok: true; readonly number: bigint } | Refusal
        >;
      },
    },
    steps: {
      renew(number: bigint): Promise<unknown> {
        const { places } = this.state;
        const { participant, renewing } = places.get(number)!;
        if (renewing === undefined) return Promise.resolve();
        const { steps } = this.facets;
        return E.when(
          E(participant).renew(renewing),
          (answer) => steps.renewed(number, renewing, answer),
          () => undefined,
        );
      },
      renewed(number: bigint, requestId: string, answer: unknown): void {
        const { places } = this.state;
        const { renewing, ...place } = places.get(number)!;
        if (renewing !== requestId) return;
        if (matches(answer as never, JoinedShape)) {
          const { participant } = answer as { readonly participant: Facet<PlaceShare> };
          places.set(number, { ...place, participant });
        } else if (matches(answer as never, RefusedShape))
          places.set(number, { ...place, isLost: true });
        this.state.news += 1n;
      },
      waiting(): bigint {
        const all = [...this.state.places.values()];
        return BigInt(all.filter(({ renewing }) => renewing !== undefined).length);
      },
      /** @returns the number of the place */
      restored(answer: unknown): { readonly ok: true; readonly number: bigint } | Refusal {
        const { places } = this.state;
        if (matches(answer as never, RefusedShape)) return refuse((answer as Refusal).code);
        if (!matches(answer as never, JoinedShape))
          throw new TypeError('Cannot restore: what was opened is no share in a place');
        const { place, participant } = answer as { place: string; participant: Facet<PlaceShare> };
        this.facets.steps.add(place, participant);
        const found = [...places.entries()].find(([, one]) => one.participant === participant);
        return { ok: true, number: found![0] };
      },
      enter(invitation: Facet<PlaceInvitation>, requestId: string): Promise<Outcome> | Outcome {
        const { joinings, places, name } = this.state;
        const { steps } = this.facets;
        const joining = joinings.get(requestId);
        if (joining !== undefined && 'outcome' in joining) return joining.outcome;
        if (BigInt(places.size()) >= maxPlaces) return refuse('quota');
        if (joining === undefined) joinings.set(requestId, { invitation });
        const answer = E(joining?.invitation ?? invitation).join(name, requestId);
        return E.when(answer, (given) => steps.entered(requestId, given));
      },
      entered(requestId: string, answer: unknown): Outcome {
        const { joinings } = this.state;
        const joining = joinings.get(requestId);
        if (joining !== undefined && 'outcome' in joining) return joining.outcome;
        let outcome: Outcome;
        if (matches(answer, JoinedShape)) {
          // The cast holds for those who keep to the convention; a page shows any other as it is.
          const participant = answer.participant as Facet<PlaceShare>;
          this.facets.steps.add(answer.place, participant);
          outcome = { ok: true, place: answer.place };
        } else if (matches(answer, RefusedShape)) {
          // The same holds here; a page shows any other code as unknown.
          outcome = refuse(answer.code as Refusal['code']);
        } else {
          throw new TypeError('Cannot join: what was opened is no invitation to a place');
        }
        joinings.set(requestId, { outcome });
        return outcome;
      },
      founded(requestId: string, made: unknown): Promise<Outcome> | Outcome {
        if (matches(made, RefusedShape)) return refuse(made.code as Refusal['code']);
        if (!matches(made, FoundingMadeShape))
          throw new TypeError('Cannot found a place: what makes them answers something else');
        const root = made.founding as Facet<Founding>;
        this.state.foundings.set(requestId, { root });
        return this.facets.steps.claim(root, requestId);
      },
      claim(root: Facet<Founding>, requestId: string): Promise<Outcome> {
        const { steps } = this.facets;
        const claiming = E(root).claim(this.state.name, requestId);
        return E.when(claiming, (claimed) => steps.claimed(requestId, claimed));
      },
      claimed(requestId: string, answer: unknown): Outcome {
        const { foundings, cares } = this.state;
        const before = foundings.get(requestId);
        if (before !== undefined && 'outcome' in before) return before.outcome;
        if (!matches(answer, ClaimedShape))
          throw new TypeError('Cannot found a place: somebody else has claimed it');
        const { place, participant } = answer;
        this.facets.steps.add(place, participant as Facet<PlaceShare>);
        for (const [word, care] of Object.entries(answer.cares as Record<string, Facet<object>>))
          cares.set(BigInt(cares.size()), { place, word, care });
        const outcome: Outcome = { ok: true, place };
        foundings.set(requestId, { outcome });
        return outcome;
      },
      /** A share that is held already is not listed twice. */
      add(place: string, participant: Facet<PlaceShare>): void {
        const { places } = this.state;
        if ([...places.values()].some((one) => one.participant === participant)) return;
        places.set(BigInt(places.size()), { place, participant });
        this.state.news += 1n;
      },
    },
  },
});

/** What is none would be in the way of all else when the backup is opened, which takes no other. */
const isLink = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= maxLinkLength && text.startsWith('ocapn://');

export const makePlaces = (
  name: string,
  enlivener: Facet<Enlivener>,
  makers: CountedMakers,
): Facet<PlacesKeeper> => makePlacesKit(name, enlivener, makers).keeper;

/** A member's wallet (SPEC C14): what others have entrusted to somebody, in a vat of its own. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Facet, Grantor } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import { type PlaceInvitation, type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { CountedMaker } from '../founding/types.ts';
import { NameShape } from '../inside/shapes.ts';
import { WalletOwnerI, WalletPayeeI } from './guards.ts';
import { type PlacesKeeper, makePlaces } from './places.ts';
import type {
  Place,
  WalletJoined,
  WalletOwner,
  WalletParams,
  WalletPayee,
  WalletPowers,
  WalletView,
} from './types.ts';

type Outcome = WalletJoined | Refusal;

const makeWalletKit = defineActor({
  name: 'Wallet',
  state: {
    name: NameShape,
    grantor: typed<Facet<Grantor>>(M.remotable('grantor')),
    places: typed<Facet<PlacesKeeper>>(M.remotable('places')),
  },
  init: ({ name, makers = {}, marketMaker }: WalletParams, powers: WalletPowers) => ({
    name,
    grantor: powers.grantor,
    places: makePlaces(name, powers.enlivener, {
      ...(marketMaker === undefined ? {} : { market: marketMaker }),
      ...makers,
    }),
  }),
  guards: { owner: WalletOwnerI, payee: WalletPayeeI },
  facets: {
    owner: {
      view(): WalletView {
        const { name, places } = this.state;
        const cares = places.cares();
        return {
          name,
          places: places.all().map(({ participant }) => participant),
          ...(cares.length === 0 ? {} : { cares }),
          kinds: Object.entries(places.kinds()).map(([kind, maker]) => ({ kind, maker })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.owner, this.state.places);
      },
      places(): readonly Place[] {
        return this.state.places.all();
      },
      join(sturdyRef: string, requestId: string): Promise<Outcome> | Outcome {
        return this.state.places.join(sturdyRef, requestId);
      },
      joinWith(invitation: Facet<PlaceInvitation>, requestId: string): Promise<Outcome> | Outcome {
        return this.state.places.joinWith(invitation, requestId);
      },
      found(kind: string, wish: unknown, requestId: string): Promise<Outcome> | Outcome {
        return this.state.places.found(kind, wish, requestId);
      },
      foundMarket(name: string, unit: string, requestId: string): Promise<Outcome> | Outcome {
        const kind = /^min(uto|ute)s?$/i.test(unit.trim()) ? 'time' : 'mutual';
        return this.state.places.found('market', { name, unit, kind }, requestId);
      },
      foundOf(
        maker: Facet<CountedMaker>,
        name: string,
        requestId: string,
      ): Promise<Outcome> | Outcome {
        const { places } = this.state;
        const known = Object.entries(places.kinds()).find(([, one]) => one === maker);
        return known === undefined
          ? refuse('unsupported')
          : places.found(known[0], { name }, requestId);
      },
      keyLink(): Promise<{ secret: string }> {
        const { grantor } = this.state;
        return E.when(
          E(grantor).sturdy(this.facets.owner, { label: 'key of the wallet' }),
          (secret) => ({ secret }),
        );
      },
      payee(): Facet<WalletPayee> {
        return this.facets.payee;
      },
    },
    payee: {
      view(): { name: string } {
        return { name: this.state.name };
      },
    },
  },
  readOnly: ['owner.changes'],
});

/** Makes a member's wallet. */
export const makeWallet = (params: WalletParams, powers: WalletPowers): Facet<WalletOwner> =>
  makeWalletKit(params, powers).owner;

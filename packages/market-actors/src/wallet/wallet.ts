/**
 * A member's wallet (SPEC C14): what others have entrusted to somebody, in a vat of its own.
 *
 * Its root is the owner's facet for one device (`devices.ts`), never the owner itself. What each part does is in
 * its own file; here they meet.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Account, Payee } from '@pocas/clearing/value';
import type { Clock, DurableMap, Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import { changed, defineActor, hmac, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type JournalKeeper,
  type JournalWriter,
  type PlaceInvitation,
  type Refusal,
  makeJournal,
  refuse,
} from '@pocas/vat-runtime/actors';
import type { CountedMaker } from '../founding/types.ts';
import { NameShape } from '../inside/shapes.ts';
import { type AppsKeeper, makeApps } from './apps.ts';
import { type DevicesKeeper, makeDevices } from './devices.ts';
import { type Contents, makeGuardians } from './guardians.ts';
import { WalletOwnerI, WalletPayeeI } from './guards.ts';
import { makeGuarding } from './guarding.ts';
import { type AttestationsKeeper, makeHolder } from './holder.ts';
import { makeThings } from './inbox.ts';
import { type WalletInside, inner } from './inside.ts';
import type { PlacesKeeper } from './place-types.ts';
import { makePlaces } from './places.ts';
import { type CreditsKeeper, makePurses } from './purses.ts';
import { makeRecovery } from './recovery.ts';
import type {
  Place,
  WalletJoined,
  WalletOwner,
  WalletPages,
  WalletParams,
  WalletPayee,
  WalletPayeeView,
  WalletPowers,
  WalletView,
} from './types.ts';

type Outcome = WalletJoined | Refusal;
type Parts = {
  readonly pages: WalletPages;
  readonly credits: Facet<CreditsKeeper>;
  readonly attestations: Facet<AttestationsKeeper>;
  readonly devices: Facet<DevicesKeeper>;
  readonly apps: Facet<AppsKeeper>;
};

const makeWalletKit = defineActor({
  name: 'Wallet',
  state: {
    name: NameShape,
    /** All that is drawn here follows from it. Of this copy alone: it is in no backup. */
    secret: M.string(),
    drawn: M.nat(),
    clock: typed<Clock>(M.remotable('clock')),
    enlivener: typed<Facet<Enlivener>>(M.remotable('enlivener')),
    grantor: typed<Facet<Grantor>>(M.remotable('grantor')),
    places: typed<Facet<PlacesKeeper>>(M.remotable('places')),
    journal: typed<Facet<JournalWriter>>(M.remotable('journal')),
    journalKeeper: typed<Facet<JournalKeeper>>(M.remotable('journalKeeper')),
    parts: typed<Parts | undefined>(M.opt(M.record())),
    /** By the number of the place: where others can pay to. */
    payees: typed<DurableMap<bigint, { readonly place: string; readonly payee: Facet<Payee> }>>(
      M.any(),
    ),
  },
  init: (
    { name, secret, makers = {}, marketMaker }: WalletParams,
    { clock, enlivener, grantor }: WalletPowers,
  ) => {
    const actorTag = `wallet ${hmac(secret, 'wallet tag').slice(0, 16)}`;
    const journal = makeJournal({ actorTag, clock, secret: hmac(secret, 'wallet journal') });
    return {
      ...{ name, secret, clock, enlivener, grantor },
      drawn: 0n,
      places: makePlaces(name, enlivener, {
        ...(marketMaker === undefined ? {} : { market: marketMaker }),
        ...makers,
      }),
      journal: journal.writer,
      journalKeeper: journal.keeper,
      parts: undefined,
      payees: makeDurableMap<bigint, { readonly place: string; readonly payee: Facet<Payee> }>(),
    };
  },
  guards: {
    owner: WalletOwnerI,
    payee: WalletPayeeI,
    inside: inner('WalletInside'),
    contents: inner('WalletContents'),
  },
  facets: {
    owner: {
      view(): WalletView {
        const { name, places, parts } = this.state;
        const { pages } = parts!;
        const cares = places.cares().slice(0, 30);
        const all = places.all();
        const lost = all.filter(({ isLost }) => isLost === true).map(({ place }) => place);
        return {
          name,
          notices: BigInt(pages.things.view().notices.length),
          questions: BigInt(pages.apps.view().questions.length),
          places: all.filter(({ isLost }) => isLost !== true).map(({ participant }) => participant),
          ...(lost.length === 0 ? {} : { lost: lost.join(' · ') }),
          pages: Object.values(pages),
          ...(cares.length === 0 ? {} : { cares }),
          kinds: Object.entries(places.kinds()).map(([kind, maker]) => ({ kind, maker })),
        };
      },
      changes(since?: string): Promise<string> {
        const { places, parts } = this.state;
        const { things, apps } = parts!.pages;
        return changed(since, this.facets.owner, places, things, apps);
      },
      places(): readonly Place[] {
        return this.state.places.all();
      },
      pages(): WalletPages {
        return this.state.parts!.pages;
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
      renewPlaces(requestId: string): Promise<{ readonly ok: true; readonly waiting: bigint }> {
        const { places } = this.state;
        places.renewAll(hmac(this.state.secret, `renew ${requestId}`));
        return E.when(places.settle(), (waiting) => ({ ok: true, waiting })) as Promise<{
          readonly ok: true;
          readonly waiting: bigint;
        }>;
      },
      showPayee(number: bigint): Promise<{ readonly ok: true } | Refusal> | Refusal {
        const place = this.state.places.at(number);
        if (place === undefined) return refuse('invalid');
        // The cast says what a market's share can do.
        const share = place.participant as unknown as Facet<{ account(): Facet<Account> }>;
        return E.when(E(E(share).account()).payee(), (payee) =>
          this.facets.inside.addPayee(number, payee),
        ) as Promise<{ readonly ok: true } | Refusal>;
      },
      keyLink(): Promise<{ secret: string }> | Refusal {
        const { devices } = this.state.parts!;
        return devices.add('', this.facets.inside.draw('key link').slice(0, 43));
      },
      payee(): Facet<WalletPayee> {
        return this.facets.payee;
      },
    },
    payee: {
      view(): WalletPayeeView {
        const { name, payees } = this.state;
        return { name, accepts: [...payees.values()].slice(0, 30) };
      },
    },
    inside: {
      begin(): object {
        const { journalKeeper } = this.state;
        // The casts say what the facets are; none of these leaves the vat.
        const inside = this.facets.inside as unknown as Facet<WalletInside>;
        const contents = this.facets.contents as unknown as Facet<Contents>;
        const credits = makePurses(inside);
        const attestations = makeHolder(inside);
        const devices = makeDevices(inside);
        const apps = makeApps(inside, credits);
        const pages = {
          credits: credits.page(),
          attestations: attestations.page(),
          things: makeThings(inside),
          apps: apps.page(),
          devices: devices.page(),
          guardians: makeGuardians(inside, devices, contents),
          guarding: makeGuarding(inside),
          recovery: makeRecovery(inside, credits, attestations),
          receipts: journalKeeper.reader('P3'),
        };
        this.state.parts = { pages, credits, attestations, devices, apps };
        devices.guard(this.facets.owner);
        return devices.open('');
      },
      addPayee(number: bigint, payee: unknown): { readonly ok: true } {
        const { places, payees } = this.state;
        payees.set(number, { place: places.at(number)!.place, payee: payee as Facet<Payee> });
        return { ok: true };
      },
      name(): string {
        return this.state.name;
      },
      key(): string {
        return hmac(this.state.secret, 'wallet key');
      },
      draw(purpose: string): string {
        const drawn = this.state.drawn + 1n;
        this.state.drawn = drawn;
        return hmac(this.state.secret, `draw ${drawn} ${purpose}`);
      },
      now(): bigint {
        return this.state.clock.now();
      },
      epoch(): bigint {
        return this.state.clock.epoch();
      },
      enlivener(): Facet<Enlivener> {
        return this.state.enlivener;
      },
      grantor(): Facet<Grantor> {
        return this.state.grantor;
      },
      places(): Facet<PlacesKeeper> {
        return this.state.places;
      },
      cutApps(): void {
        this.state.parts!.apps.cutAll();
      },
      record(kind: string, facts: unknown): void {
        this.state.journal.record(kind, facts, 'P3');
      },
    },
    contents: {
      gather(): ReturnType<Contents['gather']> {
        const { places, parts } = this.state;
        const { credits, attestations } = parts!;
        return E.when(places.links(), (links) => {
          const known = links.filter(({ link }) => link !== undefined);
          const rest = links.filter(({ link }) => link === undefined);
          const content = {
            places: known,
            purses: credits.backup(),
            attestations: attestations.all(),
          };
          return { content, cannot: rest.map(({ place }) => place) };
        }) as ReturnType<Contents['gather']>;
      },
    },
  },
  readOnly: ['owner.changes'],
});

/** Makes a member's wallet. @returns the owner's facet, for the first device */
export const makeWallet = (params: WalletParams, powers: WalletPowers): Facet<WalletOwner> =>
  makeWalletKit(params, powers).inside.begin() as unknown as Facet<WalletOwner>;

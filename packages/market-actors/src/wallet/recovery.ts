/**
 * Recovery (SPEC C14): a wallet that has nothing yet gets back what a lost one had.
 *
 * Each guardian is given a facet of their own, so that nobody is counted twice. As many as are needed, who
 * say the same of what was dealt, open the backup together. Then, in this order, and each step again as often
 * as it is said: every place is asked to renew, which shuts out the old copy; every credit is swapped, and
 * those that the old copy had spent are counted as lost; what was attested comes last.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { DurableMap, Facet, PartialOpening } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { AttestationShape, type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import { type Sealed, type Setup, isHelp, isSigned, openBackup, printOf } from './backup.ts';
import type { Done, Help, Recovery } from './guard-types.ts';
import type { AttestationsKeeper, HeldAttestation } from './holder.ts';
import { type WalletInside, inner } from './inside.ts';
import { maxLinkLength } from './places.ts';
import type { CreditsKeeper, PurseBackup } from './purses.ts';
import { RecoveryFacetI, RecoveryI } from './recovery-guards.ts';
import type { RecoveryPhase, RecoveryView, WalletRecovery } from './recovery-types.ts';

export const maxHelpers = 20;

/** What a backup says. Secrets, all of it. */
export type Content = {
  readonly places: readonly {
    readonly number: bigint;
    readonly place: string;
    readonly link: string;
  }[];
  readonly purses: readonly PurseBackup[];
  readonly attestations: readonly HeldAttestation[];
};
const text = (stringLengthLimit: number) => M.string({ stringLengthLimit });
const ContentShape = M.splitRecord({
  places: M.arrayOf(
    M.splitRecord({ number: M.nat(), place: text(200), link: text(maxLinkLength) }),
  ),
  purses: M.arrayOf(M.splitRecord({ number: M.nat(), market: text(100), key: text(100) })),
  attestations: M.arrayOf(M.splitRecord({ attestation: AttestationShape, secret: text(43) })),
});

type Given = {
  readonly setup: Setup;
  readonly print: string;
  readonly partial: PartialOpening;
  readonly sealed: Sealed;
};
type Helper = {
  readonly name: string;
  readonly given?: Given;
  /** What came by this facet was not what was dealt. */
  readonly isLiar?: true;
};
type Item = {
  readonly before: bigint;
  readonly place: string;
  readonly link: string;
  readonly requestId: string;
  readonly state: 'waiting' | 'back' | 'elsewhere' | 'left';
  readonly number?: bigint;
};

const makeRecoveryFacet = defineActor({
  name: 'WalletRecovery',
  state: { number: M.nat(), own: typed<Facet<Own>>(M.remotable('recovery')) },
  init: (number: bigint, own: Facet<Own>) => ({ number, own }),
  guards: { recovery: RecoveryFacetI },
  facets: {
    recovery: {
      session(): string {
        return this.state.own.session();
      },
      help(help: Help): Done | Refusal {
        return this.state.own.help(this.state.number, help);
      },
    },
  },
});
type Own = { session(): string; help(number: bigint, help: Help): Done | Refusal };

const makeRecoveryKit = defineActor({
  name: 'WalletRecoveries',
  state: {
    inside: typed<Facet<WalletInside>>(M.remotable('wallet')),
    credits: typed<Facet<CreditsKeeper>>(M.remotable('credits')),
    attestations: typed<Facet<AttestationsKeeper>>(M.remotable('attestations')),
    phase: typed<RecoveryPhase>(M.or('none', 'asking', 'places', 'value', 'done')),
    needed: M.nat(),
    session: M.string(),
    helpers: typed<DurableMap<bigint, Helper>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    items: typed<DurableMap<bigint, Item>>(M.any()),
    purses: typed<readonly PurseBackup[]>(M.array()),
    held: typed<readonly HeldAttestation[]>(M.array()),
  },
  init: (
    inside: Facet<WalletInside>,
    credits: Facet<CreditsKeeper>,
    attestations: Facet<AttestationsKeeper>,
  ) => ({
    ...{ inside, credits, attestations },
    phase: 'none' as RecoveryPhase,
    needed: 0n,
    session: '',
    helpers: makeDurableMap<bigint, Helper>(),
    outcomes: makeDurableMap<string, unknown>(),
    items: makeDurableMap<bigint, Item>(),
    purses: [],
    held: [],
  }),
  guards: { page: RecoveryI, own: inner('WalletRecoveryInside') },
  facets: {
    page: {
      view(): RecoveryView {
        const { phase, needed, helpers, items } = this.state;
        return {
          phase,
          needed,
          helpers: [...helpers.values()].map(({ name, given, isLiar }) => ({
            name,
            state: isLiar === true ? 'false' : given === undefined ? 'asked' : 'helped',
          })),
          places: [...items.values()].slice(0, 30).map(({ place, state }) => ({ place, state })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.page);
      },
      ask(name: string, needed: bigint, id: string): Facet<Recovery> | Refusal {
        const { inside, helpers, outcomes, phase } = this.state;
        return once<Facet<Recovery> | Refusal>(outcomes, 'ask', id, () => {
          if (needed < 2n) return refuse('invalid');
          if (phase === 'none') {
            this.state.phase = 'asking';
            this.state.needed = needed;
            this.state.session = `pocas wallet recovery ${inside.draw('recovery').slice(0, 43)}`;
          } else if (phase !== 'asking') return refuse('closed');
          else if (needed !== this.state.needed) return refuse('conflict');
          if (helpers.size() >= maxHelpers) return refuse('quota');
          const number = BigInt(helpers.size()) + 1n;
          helpers.set(number, { name });
          const { own } = this.facets;
          return makeRecoveryFacet(number, own as unknown as Facet<Own>)
            .recovery as Facet<Recovery>;
        });
      },
      askLink(
        name: string,
        needed: bigint,
        id: string,
      ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const asked = this.facets.page.ask(name, needed, id);
        if ('ok' in asked) return asked;
        const made = E(this.state.inside.grantor()).sturdy(asked, { label: 'to help to recover' });
        return E.when(made, (secret) => ({ secret, toPaste: true as const }));
      },
      proceed(): ReturnType<WalletRecovery['proceed']> {
        const { own } = this.facets;
        const { phase } = this.state;
        if (phase === 'none' || phase === 'done') return own.state();
        if (phase === 'asking') {
          const opened = own.open();
          if (!opened.ok) return opened;
        }
        return E.when(own.places(), () => own.value()) as Promise<ReturnType<Progress> | Refusal>;
      },
      leave(place: string): Done | Refusal {
        const { items } = this.state;
        const found = [...items.entries()].find(
          ([, one]) => one.place === place && one.state === 'waiting',
        );
        if (found === undefined) return refuse('invalid');
        items.set(found[0], { ...found[1], state: 'left' });
        return { ok: true };
      },
    },
    own: {
      state(): ReturnType<Progress> {
        const all = [...this.state.items.values()];
        const count = (state: Item['state']) =>
          BigInt(all.filter((one) => one.state === state).length);
        return {
          ...{ ok: true, phase: this.state.phase, waiting: count('waiting') },
          ...{ back: count('back'), elsewhere: count('elsewhere') },
        };
      },
      session(): string {
        return this.state.session;
      },
      help(number: bigint, { setup, partial, sealed }: Help): Done | Refusal {
        const { helpers, session, needed, phase, inside } = this.state;
        if (phase !== 'asking') return refuse('closed');
        const helper = helpers.get(number)!;
        // The first thing that holds stays; whoever was wrong may be right the next time.
        if (helper.given !== undefined) return { ok: true };
        const isWhole =
          setup.threshold === needed &&
          BigInt(setup.keys.length) >= needed &&
          new Set(setup.keys).size === setup.keys.length;
        const holds = isWhole && isSigned(setup, sealed) && isHelp(setup, partial, session);
        if (!holds) {
          helpers.set(number, { ...helper, isLiar: true });
          inside.record('false help', { from: helper.name });
          return refuse('invalid');
        }
        const { name } = helper;
        helpers.set(number, { name, given: { setup, print: printOf(setup), partial, sealed } });
        return { ok: true };
      },
      /** Opens the backup, if as many as are needed say the same of what was dealt. */
      open(): Done | Refusal {
        const { helpers, needed, inside, items } = this.state;
        const given = [...helpers.values()].flatMap((one) => one.given ?? []);
        for (const print of new Set(given.map((one) => one.print))) {
          const same = given.filter((one) => one.print === print);
          const byIndex = new Map(same.map((one) => [one.partial.index, one]));
          if (BigInt(byIndex.size) < needed) continue;
          const { setup } = same[0]!;
          const newest = same.reduce((best, one) =>
            one.sealed.version > best.sealed.version ? one : best,
          );
          const partials = [...byIndex.values()].map(({ partial }) => partial);
          const content = openBackup(setup, newest.sealed, partials);
          if (content === undefined || !matches(content as never, ContentShape)) continue;
          const { places, purses, attestations } = content as Content;
          for (const [at, { number: before, place, link }] of places.entries()) {
            const requestId = inside.draw('renewal').slice(0, 43);
            items.set(BigInt(at), { before, place, link, requestId, state: 'waiting' });
          }
          this.state.purses = purses;
          this.state.held = attestations;
          this.state.phase = 'places';
          for (const [number, helper] of [...helpers.entries()]) {
            const isOther = helper.given !== undefined && helper.given.print !== print;
            // Says something else of what was dealt than those who were enough.
            helpers.set(number, {
              name: helper.name,
              ...(isOther ? { isLiar: true } : {}),
              ...(helper.isLiar === true ? { isLiar: true } : {}),
            });
          }
          inside.record('recovery', { places: BigInt(places.length) });
          return { ok: true };
        }
        return refuse('notYet');
      },
      /** Every place first, so that the old copy can do nothing any more. */
      places(): Promise<unknown> {
        const { items, inside } = this.state;
        const { own } = this.facets;
        const waiting = [...items.entries()].filter(([, { state }]) => state === 'waiting');
        return Promise.all(
          waiting.map(([at, { link, requestId }]) =>
            E.when(
              inside.places().restore(link, requestId),
              (answer) => own.came(at, answer),
              () => undefined,
            ),
          ),
        );
      },
      came(at: bigint, answer: { readonly ok: true; readonly number: bigint } | Refusal): void {
        const { items } = this.state;
        const item = items.get(at)!;
        if (item.state !== 'waiting') return;
        const came = answer.ok
          ? ({ state: 'back', number: answer.number } as const)
          : ({ state: 'elsewhere' } as const);
        items.set(at, { ...item, ...came });
      },
      /** Value, once no place is waited for. */
      value(): Promise<ReturnType<Progress> | Refusal> | ReturnType<Progress> {
        const { items, purses, credits } = this.state;
        const { own } = this.facets;
        const all = [...items.values()];
        if (all.some(({ state }) => state === 'waiting')) return own.state();
        if (this.state.phase === 'done') return own.state();
        this.state.phase = 'value';
        const found = purses.flatMap((purse) => {
          const number = all.find(({ before }) => before === purse.number)?.number;
          return number === undefined ? [] : [{ ...purse, number }];
        });
        return E.when(
          Promise.all(found.map((purse) => credits.restore(purse))),
          (answers) => answers.find((one) => !one.ok) ?? own.finish(),
        ) as Promise<ReturnType<Progress> | Refusal>;
      },
      finish(): ReturnType<Progress> {
        const { attestations, held } = this.state;
        if (this.state.phase === 'value') {
          attestations.restore(held);
          this.state.phase = 'done';
          // Nothing of the backup stays here.
          this.state.purses = [];
          this.state.held = [];
        }
        return this.facets.own.state();
      },
    },
  },
  readOnly: ['page.changes'],
});

type Progress = () => {
  readonly ok: true;
  readonly phase: RecoveryPhase;
  readonly waiting: bigint;
  readonly back: bigint;
  readonly elsewhere: bigint;
};

export const makeRecovery = (
  inside: Facet<WalletInside>,
  credits: Facet<CreditsKeeper>,
  attestations: Facet<AttestationsKeeper>,
): Facet<WalletRecovery> =>
  makeRecoveryKit(inside, credits, attestations).page as unknown as Facet<WalletRecovery>;

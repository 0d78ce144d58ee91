/**
 * Who guards this wallet (SPEC C14): offers to people, shares that are dealt, backups that are kept with them,
 * and voices that lock out a lost device.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { Described, DurableMap, Facet, KeyShare } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { type Setup, deal, seal, signerOf } from './backup.ts';
import type { DevicesKeeper } from './devices.ts';
import { type Entry, makeEntry, numberOf } from './entry.ts';
import { GuardianI, OfferI } from './guard-guards.ts';
import type { Done, Guardian, GuardianOffer, GuardianSeat } from './guard-types.ts';
import { type WalletInside, inner } from './inside.ts';

export const maxGuardians = 15;
/** How long a voice counts: a week, in milliseconds. */
const voiceLasts = 7n * 24n * 60n * 60n * 1000n;

export type WalletGuardians = {
  view(): WalletGuardiansView;
  changes(since?: string): Promise<string>;
  /** Something to hand to one person, whose wallet takes it. `quota` past 15. */
  offer(requestId: string): Facet<GuardianOffer> | Refusal;
  /** The same as a text. */
  offerLink(
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /**
   * Deals shares to all who have accepted, of whom so many will be needed, and gives them a backup. Those dealt
   * before are of no use once all have the new one. `invalid` for fewer than 2 or more than there are.
   * Said again, it goes on with those who did not answer.
   */
  deal(needed: bigint, requestId: string): Promise<Dealt | Refusal> | Refusal;
  /**
   * Somebody guards no more: their voice counts nothing from now on, and the next dealing leaves them out. What they
   * were dealt before is of no use once the others have the new one. `invalid` for nobody of these.
   */
  dismiss(guardian: Facet<Entry>, requestId: string): Done | Refusal;
  /** Gives everybody the newest backup. `notYet` before anything was dealt. */
  backUp(): Promise<Dealt | Refusal> | Refusal;
};
/** `reached`: who has it. `cannot`: places of which the backup has nothing, since they give no text for it. */
export type Dealt = {
  readonly ok: true;
  readonly reached: bigint;
  readonly cannot: readonly string[];
};
export type WalletGuardiansView = {
  readonly needed: bigint;
  readonly version: bigint;
  readonly guardians: readonly {
    readonly name: string;
    readonly hasShare: boolean;
    readonly hasBackup: boolean;
    readonly entry: Facet<Entry>;
  }[];
};
/** What the wallet puts into a backup. */
export type Contents = {
  /** Asks the places for texts first. */
  gather(): Promise<{ readonly content: unknown; readonly cannot: readonly string[] }>;
};

const GuardiansI: Described<
  Methods<'view' | 'changes' | 'offer' | 'offerLink' | 'deal' | 'dismiss' | 'backUp'>
> = describe(
  M.interface('WalletGuardians', {
    view: ViewGuard,
    changes: ChangesGuard,
    offer: M.call(RequestIdShape).returns(M.or(M.remotable('offer'), M.record())),
    offerLink: M.call(RequestIdShape).returns(M.or(M.promise(), M.record())),
    deal: M.call(M.nat(), RequestIdShape).returns(M.or(M.promise(), M.record())),
    dismiss: M.call(M.remotable('guardian'), RequestIdShape).returns(M.record()),
    backUp: M.call().returns(M.or(M.promise(), M.record())),
  }),
  {
    label: { en: 'Who guards your wallet', es: 'Quiénes cuidan tu cartera' },
    help: {
      en: 'Choose people you would recognise by their voice. None of them can read or spend; so many together can bring it back.',
      es: 'Elige a personas que reconocerías por la voz. Ninguna puede leer ni gastar; varias juntas la pueden recuperar.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      needed: { label: { en: 'Needed together', es: 'Hacen falta juntas' } },
      version: { label: { en: 'Backups made', es: 'Respaldos hechos' } },
      guardians: {
        label: { en: 'Guardians', es: 'Quienes la cuidan' },
        item: {
          heading: 'name',
          fields: {
            hasShare: {
              label: { en: 'Has a part', es: 'Tiene su parte' },
              values: { true: { en: 'yes', es: 'sí' }, false: { en: 'not yet', es: 'todavía no' } },
            },
            hasBackup: {
              label: { en: 'Has the newest backup', es: 'Tiene el último respaldo' },
              values: { true: { en: 'yes', es: 'sí' }, false: { en: 'not yet', es: 'todavía no' } },
            },
          },
          empty: { en: 'Nobody yet.', es: 'Todavía nadie.' },
        },
      },
    },
    methods: {
      view,
      changes,
      offerLink: {
        label: { en: 'Ask somebody', es: 'Pedírselo a alguien' },
        args: [requestId],
      },
      deal: {
        label: { en: 'Hand out the parts', es: 'Repartir las partes' },
        args: [
          {
            name: 'needed',
            kind: 'nat',
            label: { en: 'How many are needed together?', es: '¿Cuántas hacen falta juntas?' },
            min: 2n,
          },
          requestId,
        ],
        refusals: {
          invalid: {
            en: 'At least two are needed, and no more than have accepted.',
            es: 'Hacen falta por lo menos dos, y no más de las que aceptaron.',
          },
        },
      },
      dismiss: {
        label: { en: 'No longer guards', es: 'Ya no la cuida' },
        args: [
          { name: 'guardian', kind: 'facet', from: 'guardians', label: { en: 'Who', es: 'Quién' } },
          requestId,
        ],
        confirm: {
          en: 'Then hand out the parts anew to those who stay.',
          es: 'Después reparte de nuevo las partes a quienes quedan.',
        },
      },
      backUp: { label: { en: 'Back up now', es: 'Respaldar ahora' }, args: [] },
      offer: { label: { en: 'Ask', es: 'Pedir' }, args: [requestId], hidden: true },
    },
  },
);

type Row = {
  readonly name: string;
  readonly seat: Facet<GuardianSeat>;
  readonly guardian: Facet<Guardian>;
  /** Of the dealing that is under way; gone once it has arrived. */
  readonly share?: KeyShare;
  /** The newest backup that arrived. */
  readonly version: bigint;
  /** When they said that a device is lost, by its number. */
  readonly voices: { readonly [device: string]: bigint };
  readonly entry: Facet<Entry>;
  readonly isOut?: true;
};
type OfferOutcome = { readonly ok: true; readonly of: string; readonly guardian: Facet<Guardian> };
type Inside = {
  accept(name: string, seat: Facet<GuardianSeat>): OfferOutcome | Refusal;
  of(): string;
  viewFor(): { readonly of: string; readonly needed: bigint; readonly devices: bigint };
  voice(number: bigint, device: bigint): { readonly ok: true; readonly isDone: boolean } | Refusal;
};

const makeOffer = defineActor({
  name: 'GuardianOffer',
  state: {
    inside: typed<Facet<Inside>>(M.remotable('guardians')),
    taken: typed<{ readonly requestId: string; readonly outcome: OfferOutcome } | undefined>(
      M.opt(M.record()),
    ),
  },
  init: (inside: Facet<Inside>) => ({ inside, taken: undefined }),
  guards: { offer: OfferI },
  facets: {
    offer: {
      view(): { readonly of: string; readonly isTaken: boolean } {
        return { of: this.state.inside.of(), isTaken: this.state.taken !== undefined };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.offer);
      },
      accept(name: string, seat: Facet<GuardianSeat>, id: string): OfferOutcome | Refusal {
        const { inside, taken } = this.state;
        if (taken !== undefined) return taken.requestId === id ? taken.outcome : refuse('claimed');
        const outcome = inside.accept(name, seat);
        if (outcome.ok) this.state.taken = { requestId: id, outcome };
        return outcome;
      },
    },
  },
  readOnly: ['offer.changes'],
});

const makeGuardian = defineActor({
  name: 'WalletGuardian',
  state: { number: M.nat(), inside: typed<Facet<Inside>>(M.remotable('guardians')) },
  init: (number: bigint, inside: Facet<Inside>) => ({ number, inside }),
  guards: { guardian: GuardianI },
  facets: {
    guardian: {
      view(): ReturnType<Inside['viewFor']> {
        return this.state.inside.viewFor();
      },
      lockOut(device: bigint, _id: string): ReturnType<Inside['voice']> {
        // To say it again is to say the same.
        return this.state.inside.voice(this.state.number, device);
      },
    },
  },
});

const OkShape = M.splitRecord({ ok: true });
/** Those who were not dismissed. */
const standing = (rows: DurableMap<bigint, Row>): readonly (readonly [bigint, Row])[] =>
  [...rows.entries()].filter(([, { isOut }]) => isOut !== true);

const makeGuardiansKit = defineActor({
  name: 'WalletGuardians',
  state: {
    inside: typed<Facet<WalletInside>>(M.remotable('wallet')),
    devices: typed<Facet<DevicesKeeper>>(M.remotable('devices')),
    contents: typed<Facet<Contents>>(M.remotable('contents')),
    rows: typed<DurableMap<bigint, Row>>(M.any()),
    offers: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    setup: typed<Setup | undefined>(M.opt(M.record())),
    /** To whom it was dealt, by their index. */
    dealt: typed<readonly bigint[]>(M.arrayOf(M.nat())),
    version: M.nat(),
  },
  init: (
    inside: Facet<WalletInside>,
    devices: Facet<DevicesKeeper>,
    contents: Facet<Contents>,
  ) => ({
    ...{ inside, devices, contents },
    rows: makeDurableMap<bigint, Row>(),
    offers: 0n,
    outcomes: makeDurableMap<string, unknown>(),
    setup: undefined,
    dealt: [],
    version: 0n,
  }),
  guards: { page: GuardiansI, own: inner('WalletGuardiansInside') },
  facets: {
    page: {
      view(): WalletGuardiansView {
        const { rows, setup, dealt, version } = this.state;
        return {
          needed: setup?.threshold ?? 0n,
          version,
          guardians: standing(rows).map(([number, row]) => ({
            name: row.name,
            hasShare: dealt.includes(number) && row.share === undefined,
            hasBackup: version > 0n && row.version === version,
            entry: row.entry,
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.page);
      },
      offer(id: string): Facet<GuardianOffer> | Refusal {
        const { outcomes, offers } = this.state;
        return once<Facet<GuardianOffer> | Refusal>(outcomes, 'offer', id, () => {
          if (offers >= BigInt(maxGuardians) * 2n) return refuse('quota');
          this.state.offers = offers + 1n;
          return makeOffer(this.facets.own as unknown as Facet<Inside>)
            .offer as Facet<GuardianOffer>;
        });
      },
      offerLink(
        id: string,
      ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const offer = this.facets.page.offer(id);
        if ('ok' in offer) return offer;
        const text = E(this.state.inside.grantor()).sturdy(offer, { label: 'to guard a wallet' });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      deal(needed: bigint, id: string): Promise<Dealt | Refusal> | Refusal {
        const { outcomes, rows } = this.state;
        const { own, page } = this.facets;
        const dealt = once<Done | Refusal>(outcomes, 'deal', id, () => {
          if (needed < 2n || needed > BigInt(standing(rows).length)) return refuse('invalid');
          own.deal(needed);
          return { ok: true };
        });
        return dealt.ok ? page.backUp() : dealt;
      },
      dismiss(guardian: Facet<Entry>, _id: string): Done | Refusal {
        const { rows, inside } = this.state;
        const number = numberOf(guardian, rows);
        if (number === undefined) return refuse('invalid');
        const { share: _gone, ...row } = rows.get(number)!;
        rows.set(number, { ...row, isOut: true });
        inside.record('guardian dismissed', { name: row.name });
        return { ok: true };
      },
      backUp(): Promise<Dealt | Refusal> | Refusal {
        const { setup, contents } = this.state;
        const { own } = this.facets;
        if (setup === undefined) return refuse('notYet');
        return E.when(
          E.when(own.deliver(), () => contents.gather()),
          ({ content, cannot }) => own.send(content, cannot),
        ) as Promise<Dealt | Refusal>;
      },
    },
    own: {
      of(): string {
        return this.state.inside.name();
      },
      viewFor(): ReturnType<Inside['viewFor']> {
        const { inside, setup, devices } = this.state;
        return { of: inside.name(), needed: setup?.threshold ?? 0n, devices: devices.count() };
      },
      accept(name: string, seat: Facet<GuardianSeat>): OfferOutcome | Refusal {
        const { rows, inside } = this.state;
        if (standing(rows).length >= maxGuardians) return refuse('quota');
        const number = BigInt(rows.size()) + 1n;
        const { guardian } = makeGuardian(number, this.facets.own as unknown as Facet<Inside>);
        rows.set(number, {
          ...{ name, seat, guardian, version: 0n, voices: {} },
          entry: makeEntry(number),
        });
        return { ok: true, of: inside.name(), guardian };
      },
      deal(needed: bigint): void {
        const { rows, inside, setup: before } = this.state;
        const numbers = standing(rows).map(([number]) => number);
        const signer = signerOf(inside.key());
        const { setup, shares } = deal(
          ...([inside.name(), (before?.generation ?? 0n) + 1n, needed, numbers.length] as const),
          signer,
          (purpose) => inside.draw(purpose),
        );
        for (const [at, number] of numbers.entries())
          rows.set(number, { ...rows.get(number)!, share: shares[at]!, version: 0n });
        this.state.setup = setup;
        this.state.dealt = numbers;
        inside.record('guardians', { needed, of: BigInt(numbers.length) });
      },
      /** Gives the shares to those who have none yet, and forgets them here. */
      deliver(): Promise<unknown> {
        const { rows, setup } = this.state;
        const { own } = this.facets;
        const waiting = [...rows.entries()].filter(([, { share }]) => share !== undefined);
        return Promise.all(
          waiting.map(([number, { seat, share }]) =>
            E.when(
              E(seat).hold(setup!, share!),
              (given) => own.held(number, setup!.generation, given),
              () => undefined,
            ),
          ),
        );
      },
      held(number: bigint, generation: bigint, given: unknown): void {
        const { rows, setup } = this.state;
        if (setup?.generation !== generation || !matches(given as never, OkShape)) return;
        const { share: _gone, ...row } = rows.get(number)!;
        rows.set(number, row);
      },
      send(content: unknown, cannot: readonly string[]): Promise<Dealt> {
        const { rows, setup, inside, dealt } = this.state;
        const { own } = this.facets;
        const version = this.state.version + 1n;
        this.state.version = version;
        const signer = signerOf(inside.key());
        const sealed = seal(setup!, version, content, signer, (purpose) => inside.draw(purpose));
        const all = standing(rows).filter(([number]) => dealt.includes(number));
        return E.when(
          Promise.all(
            all.map(([number, { seat }]) =>
              E.when(
                E(seat).keep(setup!.generation, sealed),
                (given) => own.kept(number, version, given),
                () => undefined,
              ),
            ),
          ),
          () => ({ ok: true, reached: own.reached(version), cannot }),
        ) as Promise<Dealt>;
      },
      kept(number: bigint, version: bigint, given: unknown): void {
        const { rows } = this.state;
        const row = rows.get(number)!;
        if (matches(given as never, OkShape) && row.version < version)
          rows.set(number, { ...row, version });
      },
      reached(version: bigint): bigint {
        const rows = [...this.state.rows.values()];
        return BigInt(
          rows.filter((one) => one.version === version && one.share === undefined).length,
        );
      },
      voice(number: bigint, device: bigint): ReturnType<Inside['voice']> {
        const { rows, setup, inside, devices, dealt } = this.state;
        // Only those who were dealt a share count, and so many as would be needed for all of it.
        if (setup === undefined || !dealt.includes(number)) return refuse('notYet');
        if (rows.get(number)!.isOut === true) return refuse('revoked');
        if (device > devices.count()) return refuse('invalid');
        const now = inside.now();
        const row = rows.get(number)!;
        rows.set(number, { ...row, voices: { ...row.voices, [`${device}`]: now } });
        const voices = dealt.filter((one) => {
          const { voices: said, isOut } = rows.get(one)!;
          const at = said[`${device}`];
          return isOut !== true && at !== undefined && at + voiceLasts > now;
        });
        const isDone = BigInt(voices.length) >= setup.threshold;
        if (isDone) devices.lockOut(device);
        return { ok: true, isDone };
      },
    },
  },
  readOnly: ['page.changes'],
});

export const makeGuardians = (
  inside: Facet<WalletInside>,
  devices: Facet<DevicesKeeper>,
  contents: Facet<Contents>,
): Facet<WalletGuardians> =>
  makeGuardiansKit(inside, devices, contents).page as Facet<WalletGuardians>;

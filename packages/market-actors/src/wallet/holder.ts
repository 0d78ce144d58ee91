/**
 * What was attested of the wallet's owner (SPEC F18), and the only keys by which it can be shown.
 *
 * Which attestation is shown to whom is an act of the owner's, each time. A key that was used once is not
 * used again, whatever came of it: a second presentation could be linked to the first.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { Described, DurableMap, Facet } from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  describe,
  makeDurableMap,
  pedersen,
  schnorr,
  typed,
} from '@pocas/vat-runtime';
import {
  type Attestation,
  type AttestationGrant,
  AttestationShape,
  type Gate,
  type Opened,
  type Presentation,
  type Refusal,
  checkAttestation,
  present,
  purposeOf,
  refuse,
} from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, view } from '../inside/shapes.ts';
import { type Entry, makeEntry, numberOf } from './entry.ts';
import type { WalletInside } from './inside.ts';

/** Attestations that are kept; those that are over make room. */
export const maxAttestations = 200;

/** @param secret - of the holder's key: whoever knows it can show the attestation */
export type HeldAttestation = { readonly attestation: Attestation; readonly secret: string };
type Row = HeldAttestation & {
  readonly entry: Facet<Entry>;
  /** What was signed with its key, for which request. */
  readonly shown?: { readonly requestId: string; readonly presentation: Presentation };
};
type Begun = { readonly grant: Facet<AttestationGrant>; readonly secrets: readonly string[] };

export type WalletAttestations = {
  view(): WalletAttestationsView;
  changes(since?: string): Promise<string>;
  /**
   * Takes what a grant gives, with fresh keys. Repeat it with the same `requestId` after a lost answer.
   * Refusals: those of the grant, `invalid` for what it did not sign, `quota` past 200.
   */
  take(
    grant: Facet<AttestationGrant>,
    requestId: string,
  ): Promise<{ readonly ok: true; readonly count: bigint } | Refusal>;
  /**
   * Shows these attestations at a gate, and answers what it opens. They are used up, whatever it answers.
   * Repeat it with the same `requestId` after a lost answer: the same is shown again, and nothing else.
   * Refusals: those of the gate; `invalid` where it asks in the name of another purpose than it says; `claimed`
   * for one that was shown before.
   */
  show(
    gate: Facet<Gate>,
    attestations: readonly Facet<Entry>[],
    requestId: string,
  ): Promise<Opened | Refusal> | Refusal;
};
export type WalletAttestationsView = {
  readonly attestations: readonly {
    readonly kind: string;
    readonly count?: bigint;
    readonly words?: string;
    readonly until: bigint;
    readonly isUsed: boolean;
    readonly entry: Facet<Entry>;
  }[];
};
/** For the wallet's own backup. */
export type AttestationsKeeper = {
  page(): Facet<WalletAttestations>;
  all(): readonly HeldAttestation[];
  restore(held: readonly HeldAttestation[]): void;
};

const AttestationsI: Described<Methods<'view' | 'changes' | 'take' | 'show'>> = describe(
  M.interface('WalletAttestations', {
    view: ViewGuard,
    changes: ChangesGuard,
    take: M.call(M.remotable('grant'), RequestIdShape).returns(M.promise()),
    show: M.call(
      M.remotable('gate'),
      M.arrayOf(M.remotable('attestation'), { arrayLengthLimit: 4 }),
      RequestIdShape,
    ).returns(M.or(M.promise(), M.record())),
  }),
  {
    label: { en: 'What is attested of you', es: 'De lo que dan fe de ti' },
    help: {
      en: 'Each can be shown once, and only you decide where. Nobody else sees this list.',
      es: 'Cada una se muestra una sola vez, y solo tú decides dónde. Nadie más ve esta lista.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      attestations: {
        label: { en: 'Attestations', es: 'Constancias' },
        item: {
          heading: 'kind',
          fields: {
            count: { label: { en: 'How many', es: 'Cuántos' } },
            words: { label: { en: 'In words', es: 'Con palabras' } },
            until: { label: { en: 'Holds until period', es: 'Vale hasta el periodo' } },
            isUsed: {
              label: { en: 'Was it shown?', es: '¿Ya se mostró?' },
              values: { true: { en: 'yes', es: 'sí' }, false: { en: 'not yet', es: 'todavía no' } },
            },
          },
          empty: { en: 'None yet.', es: 'Todavía ninguna.' },
        },
      },
    },
    methods: {
      view,
      changes,
      take: {
        label: { en: 'Take', es: 'Tomar' },
        args: [
          { name: 'grant', kind: 'facet' },
          { name: 'requestId', kind: 'requestId' },
        ],
        hidden: true,
      },
      show: {
        label: { en: 'Show', es: 'Mostrar' },
        args: [
          { name: 'gate', kind: 'facet' },
          { name: 'attestations', kind: 'text' },
          { name: 'requestId', kind: 'requestId' },
        ],
        hidden: true,
      },
    },
  },
);

const TakenShape = M.splitRecord({
  ok: true,
  attestations: M.arrayOf(AttestationShape, { arrayLengthLimit: 8 }),
});
const RefusedShape = M.splitRecord({ ok: false, code: M.string({ stringLengthLimit: 100 }) });
const shownRows = 30;

const makeHolderKit = defineActor({
  name: 'WalletAttestations',
  state: {
    inside: typed<Facet<WalletInside>>(M.remotable('wallet')),
    rows: typed<DurableMap<bigint, Row>>(M.any()),
    begun: typed<DurableMap<string, Begun>>(M.any()),
    taken: typed<DurableMap<string, { readonly ok: true; readonly count: bigint } | Refusal>>(
      M.any(),
    ),
    next: M.nat(),
  },
  init: (inside: Facet<WalletInside>) => ({
    inside,
    rows: makeDurableMap<bigint, Row>(),
    begun: makeDurableMap<string, Begun>(),
    taken: makeDurableMap<string, { readonly ok: true; readonly count: bigint } | Refusal>(),
    next: 1n,
  }),
  guards: {
    page: AttestationsI,
    keeper: M.interface('WalletAttestationsKeeper', {
      page: M.call().returns(M.remotable('page')),
      all: M.call().returns(M.array()),
      restore: M.call(M.array()).returns(),
    }),
    steps: M.interface('WalletAttestationSteps', {
      ask: M.call(M.remotable('grant'), M.nat(), RequestIdShape).returns(M.promise()),
      took: M.call(RequestIdShape, M.any()).returns(M.record()),
      sign: M.call(M.array(), M.any(), M.string(), RequestIdShape).returns(M.record()),
      add: M.call(M.record(), M.string()).returns(M.boolean()),
    }),
  },
  facets: {
    page: {
      view(): WalletAttestationsView {
        const rows = [...this.state.rows.values({ reverse: true, limit: shownRows })];
        return {
          attestations: rows.map(({ attestation: { facts, until }, entry, shown }) => ({
            ...{ ...facts, until, isUsed: shown !== undefined, entry },
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.page);
      },
      take(
        grant: Facet<AttestationGrant>,
        requestId: string,
      ): Promise<{ readonly ok: true; readonly count: bigint } | Refusal> {
        const { begun, taken } = this.state;
        const { steps } = this.facets;
        const before = taken.get(requestId);
        if (before !== undefined) return Promise.resolve(before);
        const first = begun.get(requestId);
        if (first !== undefined) return steps.ask(first.grant, 0n, requestId);
        return E.when(E(grant).view(), (shown) => {
          const { copies } = Object(shown) as { readonly copies?: unknown };
          const isCount = typeof copies === 'bigint' && copies >= 1n && copies <= 8n;
          return isCount ? steps.ask(grant, copies, requestId) : refuse('invalid');
        });
      },
      show(
        gate: Facet<Gate>,
        attestations: readonly Facet<Entry>[],
        requestId: string,
      ): Promise<Opened | Refusal> | Refusal {
        const { rows } = this.state;
        const { steps } = this.facets;
        const numbers = attestations.flatMap((one) => numberOf(one, rows) ?? []);
        const isWhole = numbers.length === attestations.length && numbers.length > 0;
        if (!isWhole || new Set(numbers).size !== numbers.length) return refuse('invalid');
        const shown = numbers.map((at) => rows.get(at)!.shown);
        if (shown.some((one) => one !== undefined)) {
          if (shown.some((one) => one?.requestId !== requestId)) return refuse('claimed');
          const same = shown.map((one) => one!.presentation);
          return E(gate).open(same, requestId) as Promise<Opened | Refusal>;
        }
        const asked = Promise.all([E(gate).view(), E(gate).challenge()]);
        return E.when(asked, ([said, answer]) => {
          const { purpose } = Object(said) as { readonly purpose?: unknown };
          const { challenge } = Object(answer) as { readonly challenge?: unknown };
          const signed = steps.sign(numbers, purpose, String(challenge), requestId);
          if (!signed.ok) return signed;
          return E(gate).open(signed.presentations, requestId) as Promise<Opened | Refusal>;
        });
      },
    },
    keeper: {
      page(): Facet<WalletAttestations> {
        return this.facets.page;
      },
      /** Those that were not shown yet: of the others the key is used up. */
      all(): readonly HeldAttestation[] {
        const { rows, inside } = this.state;
        const epoch = inside.epoch();
        return [...rows.values()]
          .filter(({ shown, attestation }) => shown === undefined && attestation.until >= epoch)
          .map(({ attestation, secret }) => ({ attestation, secret }));
      },
      restore(held: readonly HeldAttestation[]): void {
        for (const { attestation, secret } of held) this.facets.steps.add(attestation, secret);
      },
    },
    steps: {
      ask(
        grant: Facet<AttestationGrant>,
        copies: bigint,
        requestId: string,
      ): Promise<{ readonly ok: true; readonly count: bigint } | Refusal> {
        const { begun, inside } = this.state;
        const { steps } = this.facets;
        // Written down before anything is asked: an answer that was lost is asked for with the same keys.
        let first = begun.get(requestId);
        if (first === undefined) {
          const secrets = Array.from({ length: Number(copies) }, () =>
            pedersen.scalar(inside.draw('attestation')),
          );
          first = { grant, secrets };
          begun.set(requestId, first);
        }
        const holders = first.secrets.map((secret) => schnorr.publicKey(secret));
        return E.when(E(first.grant).take(holders, requestId), (answer) =>
          steps.took(requestId, answer),
        );
      },
      took(
        requestId: string,
        answer: unknown,
      ): { readonly ok: true; readonly count: bigint } | Refusal {
        const { begun, taken, inside } = this.state;
        const before = taken.get(requestId);
        if (before !== undefined) return before;
        const { secrets } = begun.get(requestId)!;
        let outcome: { readonly ok: true; readonly count: bigint } | Refusal = refuse('invalid');
        if (matches(answer as never, RefusedShape)) outcome = refuse((answer as Refusal).code);
        else if (matches(answer as never, TakenShape)) {
          const { attestations } = answer as { readonly attestations: readonly Attestation[] };
          const good = secrets.flatMap((secret) => {
            const holder = schnorr.publicKey(secret);
            const one = attestations.find((each) => each.holder === holder);
            // Whose word counts is for those to say to whom it is shown; here it has to be signed at all.
            const issuers = one === undefined ? [] : [one.issuer];
            const isSigned = one !== undefined && checkAttestation(one, { issuers, epoch: 0n }).ok;
            return isSigned ? [{ attestation: one, secret }] : [];
          });
          const all = good.length === secrets.length;
          if (all)
            outcome = good.every((one) => this.facets.steps.add(one.attestation, one.secret))
              ? { ok: true, count: BigInt(good.length) }
              : refuse('quota');
        }
        taken.set(requestId, outcome);
        begun.delete(requestId);
        if (outcome.ok) inside.record('attested', { count: outcome.count });
        return outcome;
      },
      sign(
        numbers: readonly bigint[],
        purpose: unknown,
        challenge: string,
        requestId: string,
      ): { readonly ok: true; readonly presentations: readonly Presentation[] } | Refusal {
        const { rows, inside } = this.state;
        // What the owner was shown is what is signed for.
        if (purposeOf(challenge) === undefined || purposeOf(challenge) !== purpose)
          return refuse('invalid');
        if (numbers.some((at) => rows.get(at)?.shown !== undefined)) return refuse('claimed');
        const presentations = numbers.map((at) => {
          const row = rows.get(at)!;
          const random = inside.draw('presentation');
          const presentation = present(row.secret, row.attestation, challenge, random);
          rows.set(at, { ...row, shown: { requestId, presentation } });
          return presentation;
        });
        this.state.next += 1n;
        inside.record('shown', { purpose: String(purpose), count: BigInt(numbers.length) });
        return { ok: true, presentations };
      },
      /** @returns false where there is no room */
      add(attestation: Attestation, secret: string): boolean {
        const { rows, next, inside } = this.state;
        if (rows.size() >= maxAttestations) {
          const epoch = inside.epoch();
          const over = [...rows.entries()].find(
            ([, one]) => one.shown !== undefined || one.attestation.until < epoch,
          );
          if (over === undefined) return false;
          rows.delete(over[0]);
        }
        this.state.next = next + 1n;
        rows.set(next, { attestation, secret, entry: makeEntry(next) });
        return true;
      },
    },
  },
  readOnly: ['page.changes'],
});

export const makeHolder = (inside: Facet<WalletInside>): Facet<AttestationsKeeper> =>
  makeHolderKit(inside).keeper;

/**
 * Issues attestations (SPEC F18): whoever holds an attestor speaks as one issuer.
 *
 * A person gets a grant: the right to take a few statements of one fact, once, each for a fresh key of
 * theirs. The issuer keeps no list of who holds what; the keys it signed are in its answers, which it keeps for
 * repetitions and no longer than outcomes are kept.
 */
import { M } from '@endo/patterns';
import type { Clock, Described, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, hmac, pedersen, schnorr, typed } from '@pocas/vat-runtime';
import type { Attestation, AttestationFacts } from './attestation-types.ts';
import { FactsShape, attest } from './attestation.ts';
import { RequestIdShape } from './once.ts';
import { type Refusal, refuse } from './refusal.ts';
import { ChangesGuard, type Methods, changes, look } from './words.ts';

/** How many statements of one fact a person can take at once: each is shown to one actor. */
export const maxBatchOfAttestations = 8n;

/** For an actor of this vat that attests. */
export type Attestor = {
  /** By which those who accept its word know it: handed to them, and found nowhere. */
  publicKey(): string;
  /**
   * The right to take statements of this fact, for one person.
   *
   * @param until - the last epoch in which they hold
   * @param count - how many, up to `maxBatchOfAttestations`
   */
  grant(facts: AttestationFacts, until: bigint, count: bigint): Facet<AttestationGrant>;
};

/** For the person of whom something is said. Whoever holds it takes it, once. */
export type AttestationGrant = {
  view(): AttestationGrantView;
  changes(since?: string): Promise<string>;
  /**
   * @param holders - public keys, fresh, as many as there are statements; the secret keys stay where they are
   * Refusals: `claimed` where somebody took them by another request, `expired`, `invalid` for what are no
   * fresh keys.
   */
  take(holders: readonly string[], requestId: string): AttestationsTaken | Refusal;
};
export type AttestationGrantView = {
  readonly kind: string;
  readonly count?: bigint;
  readonly words?: string;
  readonly until: bigint;
  readonly copies: bigint;
  readonly taken: boolean;
};
export type AttestationsTaken = {
  readonly ok: true;
  readonly attestations: readonly Attestation[];
};

const GrantI: Described<Methods<'view' | 'changes' | 'take'>> = describe(
  M.interface('AttestationGrant', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    take: M.call(M.arrayOf(M.string(), { arrayLengthLimit: 8 }), RequestIdShape).returns(
      M.record(),
    ),
  }),
  {
    label: { en: 'Something that is attested of you', es: 'Algo que se da fe de ti' },
    help: {
      en: 'Your wallet takes it, and you alone decide to whom it is shown.',
      es: 'Tu cartera lo toma, y solo tú decides a quién se muestra.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      kind: { label: { en: 'What', es: 'Qué' } },
      count: { label: { en: 'How many', es: 'Cuántos' } },
      words: { label: { en: 'In words', es: 'Con palabras' } },
      until: { label: { en: 'Holds until period', es: 'Vale hasta el periodo' } },
      copies: { label: { en: 'To be shown so often', es: 'Se puede mostrar tantas veces' } },
      taken: {
        label: { en: 'Was it taken?', es: '¿Ya se tomó?' },
        values: { true: { en: 'yes', es: 'sí' }, false: { en: 'not yet', es: 'todavía no' } },
      },
    },
    methods: {
      view: look,
      changes,
      take: {
        label: { en: 'Take', es: 'Tomar' },
        args: [
          { name: 'holders', kind: 'text' },
          { name: 'requestId', kind: 'requestId' },
        ],
        hidden: true,
      },
    },
  },
);

/** Behind a grant: it alone signs. */
type AttestorInside = {
  sign(facts: AttestationFacts, until: bigint, holders: readonly string[]): readonly Attestation[];
  epoch(): bigint;
};

const makeGrant = defineActor({
  name: 'AttestationGrant',
  state: {
    attestor: typed<Facet<AttestorInside>>(M.remotable('attestor')),
    facts: typed<AttestationFacts>(FactsShape),
    until: M.nat(),
    count: M.nat(),
    taken: typed<{ readonly requestId: string; readonly answer: AttestationsTaken } | undefined>(
      M.opt(M.record()),
    ),
  },
  init: (
    attestor: Facet<AttestorInside>,
    facts: AttestationFacts,
    until: bigint,
    count: bigint,
  ) => ({ attestor, facts, until, count, taken: undefined }),
  guards: { grant: GrantI },
  facets: {
    grant: {
      view(): AttestationGrantView {
        const { facts, until, count, taken } = this.state;
        return { ...facts, until, copies: count, taken: taken !== undefined };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.grant);
      },
      take(holders: readonly string[], requestId: string): AttestationsTaken | Refusal {
        const { attestor, facts, until, count, taken } = this.state;
        if (taken !== undefined)
          return taken.requestId === requestId ? taken.answer : refuse('claimed');
        if (until < attestor.epoch()) return refuse('expired');
        const areFresh = new Set(holders).size === holders.length && holders.every(isKey);
        if (BigInt(holders.length) !== count || !areFresh) return refuse('invalid');
        const answer: AttestationsTaken = {
          ok: true,
          attestations: attestor.sign(facts, until, holders),
        };
        this.state.taken = { requestId, answer };
        return answer;
      },
    },
  },
  readOnly: ['grant.changes'],
});

const isKey = (text: string): boolean => {
  try {
    schnorr.verify(text, '', '');
    return true;
  } catch {
    return false;
  }
};

const makeAttestorKit = defineActor({
  name: 'Attestor',
  state: {
    secret: M.string(),
    clock: typed<Clock>(M.remotable('clock')),
    /** How often it signed: no randomness is used twice. */
    signed: M.nat(),
  },
  init: (secret: string, clock: Clock) => ({ secret, clock, signed: 0n }),
  guards: {
    attestor: M.interface('Attestor', {
      publicKey: M.call().returns(M.string()),
      grant: M.call(
        FactsShape,
        M.nat(),
        M.and(M.nat(), M.gte(1n), M.lte(maxBatchOfAttestations)),
      ).returns(M.remotable('grant')),
    }),
    inside: M.interface('AttestorInside', {
      sign: M.call(FactsShape, M.nat(), M.array()).returns(M.array()),
      epoch: M.call().returns(M.nat()),
    }),
  },
  facets: {
    attestor: {
      publicKey(): string {
        return schnorr.publicKey(keyOf(this.state.secret));
      },
      grant(facts: AttestationFacts, until: bigint, count: bigint): Facet<AttestationGrant> {
        return makeGrant(this.facets.inside, facts, until, count).grant;
      },
    },
    inside: {
      sign(
        facts: AttestationFacts,
        until: bigint,
        holders: readonly string[],
      ): readonly Attestation[] {
        const { secret, signed } = this.state;
        this.state.signed = signed + BigInt(holders.length);
        return holders.map((holder, at) =>
          attest(keyOf(secret), facts, until, holder, hmac(secret, `sign ${signed + BigInt(at)}`)),
        );
      },
      epoch(): bigint {
        return this.state.clock.epoch();
      },
    },
  },
});

const keyOf = (secret: string): string => pedersen.scalar(hmac(secret, 'attestor key'));

/** @param secret - 32 random bytes in base64url; the key follows from it */
export const makeAttestor = (secret: string, clock: Clock): Facet<Attestor> =>
  makeAttestorKit(secret, clock).attestor;

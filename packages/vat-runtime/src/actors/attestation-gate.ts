/**
 * Opens a right to whoever shows suitable attestations (SPEC F18): no list of members, no score, no name.
 *
 * It knows whose word counts for what, and which holders' keys were shown here, until those would have
 * expired anyway. What it hands out is made by an actor of the same vat, for each who comes.
 */
import { M } from '@endo/patterns';
import type { Clock, Described, DurableMap, DurableSet, Facet } from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  describe,
  hmac,
  makeDurableMap,
  makeDurableSet,
  typed,
} from '@pocas/vat-runtime';
import type { AttestationFacts, Presentation } from './attestation-types.ts';
import { PresentationShape, challengeOf, checkPresentation } from './attestation.ts';
import { RequestIdShape } from './once.ts';
import { type Refusal, refuse } from './refusal.ts';
import { ChangesGuard, type Methods, changes, look } from './words.ts';

/** One of the things to be shown. */
export type Requirement = {
  readonly kind: string;
  /** The least, of what is counted. */
  readonly count?: bigint;
  /** Public keys of those whose word counts for it. At most 20. */
  readonly issuers: readonly string[];
};
export type GateTerms = {
  /** For the person who shows something: for what it is. At most 200 characters. */
  readonly purpose: string;
  /** All of them, each by another attestation. At most 4. */
  readonly wants: readonly Requirement[];
};
/** Makes what is handed out. In the vat of the gate. */
export type GateKeeper = {
  /** @param facts - of what was shown, in the order of the requirements */
  admit(facts: readonly AttestationFacts[]): object;
};

export type Gate = {
  view(): GateView;
  changes(since?: string): Promise<string>;
  /** What is to be signed for a presentation. It is good in this epoch and the next. */
  challenge(): { readonly ok: true; readonly challenge: string };
  /**
   * @param presentations - one for each of `wants`, in that order, all for one challenge
   * Refusals: `invalid` for what does not hold or is not what is asked for, `expired`, `claimed` for a key that was
   * shown before. With the same `requestId` and the same presentations it answers the same again.
   */
  open(presentations: readonly Presentation[], requestId: string): Opened | Refusal;
};
export type GateView = {
  readonly purpose: string;
  readonly wants: readonly { readonly kind: string; readonly count?: bigint }[];
};
export type Opened = { readonly ok: true; readonly facet: Facet<object> };

const GateI: Described<Methods<'view' | 'changes' | 'challenge' | 'open'>> = describe(
  M.interface('AttestationGate', {
    view: M.call().returns(M.record()),
    changes: ChangesGuard,
    challenge: M.call().returns(M.record()),
    open: M.call(M.arrayOf(PresentationShape, { arrayLengthLimit: 4 }), RequestIdShape).returns(
      M.record(),
    ),
  }),
  {
    label: { en: 'A right for whoever takes part', es: 'Un derecho para quien participa' },
    help: {
      en: 'Your wallet shows what is asked for, once you say so. Your name is not in it.',
      es: 'Tu cartera muestra lo que se pide, cuando tú lo dices. Tu nombre no va en ello.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      purpose: { label: { en: 'For what', es: 'Para qué' } },
      wants: {
        label: { en: 'What is to be shown', es: 'Lo que hay que mostrar' },
        item: {
          heading: 'kind',
          fields: {
            kind: { label: { en: 'What', es: 'Qué' } },
            count: { label: { en: 'At least', es: 'Por lo menos' } },
          },
        },
      },
    },
    methods: {
      view: look,
      changes,
      challenge: { label: { en: 'Ask', es: 'Pedir' }, args: [], hidden: true },
      open: {
        label: { en: 'Show', es: 'Mostrar' },
        args: [
          { name: 'presentations', kind: 'text' },
          { name: 'requestId', kind: 'requestId' },
        ],
        hidden: true,
      },
    },
  },
);

const TermsShape = M.splitRecord({
  purpose: M.string({ stringLengthLimit: 200 }),
  wants: M.arrayOf(
    M.splitRecord(
      {
        kind: M.string({ stringLengthLimit: 100 }),
        issuers: M.arrayOf(M.string({ stringLengthLimit: 43 }), { arrayLengthLimit: 20 }),
      },
      { count: M.nat() },
      {},
    ),
    { arrayLengthLimit: 4 },
  ),
});

/** Keys that are over and forgotten with each that is remembered, so that the table does not grow for ever. */
const forgottenAtOnce = 4;
const rowOf = (until: bigint, holder: string): string =>
  `${`${until}`.padStart(12, '0')} ${holder}`;

const makeGateKit = defineActor({
  name: 'AttestationGate',
  state: {
    terms: typed<GateTerms>(TermsShape),
    secret: M.string(),
    clock: typed<Clock>(M.remotable('clock')),
    keeper: typed<Facet<GateKeeper>>(M.remotable('keeper')),
    asked: M.nat(),
    /** By the first holder's key that was shown. */
    opened: typed<
      DurableMap<
        string,
        { readonly requestId: string; readonly keys: string; readonly facet: object }
      >
    >(M.any()),
    /** All that were shown. */
    used: typed<DurableSet<string>>(M.any()),
    /** By the epoch after which they are over, and key. */
    byEpoch: typed<DurableSet<string>>(M.any()),
  },
  init: (terms: GateTerms, secret: string, clock: Clock, keeper: Facet<GateKeeper>) => ({
    terms,
    secret,
    clock,
    keeper,
    asked: 0n,
    opened: makeDurableMap<
      string,
      { readonly requestId: string; readonly keys: string; readonly facet: object }
    >(),
    used: makeDurableSet<string>(),
    byEpoch: makeDurableSet<string>(),
  }),
  guards: { gate: GateI },
  facets: {
    gate: {
      view(): GateView {
        const { purpose, wants } = this.state.terms;
        return {
          purpose,
          wants: wants.map(({ kind, count }) => ({
            kind,
            ...(count === undefined ? {} : { count }),
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.gate);
      },
      challenge(): { readonly ok: true; readonly challenge: string } {
        const { terms, secret, clock, asked } = this.state;
        this.state.asked = asked + 1n;
        return { ok: true, challenge: challengeWith(secret, terms.purpose, clock.epoch(), asked) };
      },
      open(presentations: readonly Presentation[], requestId: string): Opened | Refusal {
        const { terms, secret, clock, keeper, opened, used, byEpoch, asked } = this.state;
        const { purpose, wants } = terms;
        const epoch = clock.epoch();
        if (presentations.length !== wants.length || presentations.length === 0)
          return refuse('invalid');
        const holders = presentations.map(({ attestation }) => attestation.holder);
        const keys = holders.join(' ');
        const { challenge } = presentations[0]!;
        const from = askedIn(secret, purpose, challenge, asked);
        if (from === undefined) return refuse('invalid');
        for (const [at, { kind, count = 0n, issuers }] of wants.entries()) {
          const presentation = presentations[at]!;
          const checked = checkPresentation(presentation, { issuers, epoch, challenge });
          if (!checked.ok) return checked;
          const { facts } = presentation.attestation;
          if (facts.kind !== kind || (facts.count ?? 0n) < count) return refuse('invalid');
        }
        // Only whoever has the keys comes so far.
        const before = opened.get(holders[0]!);
        if (before?.requestId === requestId && before.keys === keys)
          return { ok: true, facet: before.facet as Facet<object> };
        if (new Set(holders).size !== holders.length || holders.some((one) => used.has(one)))
          return refuse('claimed');
        if (from + 1n < epoch) return refuse('expired');
        const facet = keeper.admit(presentations.map(({ attestation }) => attestation.facts));
        opened.set(holders[0]!, { requestId, keys, facet });
        for (const { attestation } of presentations) {
          used.add(attestation.holder);
          byEpoch.add(rowOf(attestation.until, attestation.holder));
        }
        for (const row of [...byEpoch.values({ to: rowOf(epoch, ''), limit: forgottenAtOnce })]) {
          const holder = row.slice(row.indexOf(' ') + 1);
          byEpoch.delete(row);
          used.delete(holder);
          opened.delete(holder);
        }
        return { ok: true, facet: facet as Facet<object> };
      },
    },
  },
  readOnly: ['gate.changes'],
});

/** Nobody else makes one, and one of another purpose or epoch is another. */
const challengeWith = (secret: string, purpose: string, epoch: bigint, number: bigint): string =>
  challengeOf(purpose, epoch, `${number} ${hmac(secret, `${purpose}\n${epoch} ${number}`)}`);

/** In which epoch this gate asked so; undefined where it did not. */
const askedIn = (
  secret: string,
  purpose: string,
  challenge: string,
  asked: bigint,
): bigint | undefined => {
  const found = /^\[".*","(\d{1,15})","(\d{1,15}) [^"]*"\]$/s.exec(challenge);
  if (found === null) return undefined;
  const [epoch, number] = [BigInt(found[1]!), BigInt(found[2]!)];
  const isOwn = number < asked && challengeWith(secret, purpose, epoch, number) === challenge;
  return isOwn ? epoch : undefined;
};

/** @param secret - 32 random bytes in base64url, by which nobody else makes its challenges */
export const makeAttestationGate = (
  terms: GateTerms,
  secret: string,
  clock: Clock,
  keeper: Facet<GateKeeper>,
): Facet<Gate> => makeGateKit(terms, secret, clock, keeper).gate;

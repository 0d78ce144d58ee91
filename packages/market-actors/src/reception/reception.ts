/**
 * A poca's reception: it turns a welcome into a wallet that has joined the poca's market.
 *
 * Entering takes several turns, here and elsewhere. Each writes down how far it came before the next
 * message leaves, so a repetition with the same `requestId` goes on from there.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Refusal } from '@pocas/clearing';
import { RequestIdShape, once } from '@pocas/clearing/credit';
import type { DurableMap, Facet, Grantor, VatMaker } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { NameShape } from '../inside/shapes.ts';
import { makeCountedMaker } from '../founding/founding.ts';
import type { PlaceMaker } from '../founding/types.ts';
import type { Invitation, Steward } from '../market/types.ts';
import type { WalletOwner } from '../wallet/types.ts';
import { OperatorI, ReceptionInsideI, WelcomeI, WelcomeStepsI } from './guards.ts';
import type {
  Entered,
  ReceptionOperator,
  ReceptionParams,
  ReceptionPowers,
  ReceptionView,
  Welcome,
  WelcomeView,
} from './types.ts';

type WalletMaker = Facet<VatMaker<Facet<WalletOwner>>>;
type Parts = {
  readonly name: string;
  readonly walletMaker: WalletMaker;
  readonly steward: Facet<Steward> | undefined;
  readonly makers: Makers;
};
type Makers = { readonly [kind: string]: Facet<PlaceMaker> };
/** How many places of each kind a person who enters may found. */
export const placesPerPerson = 3n;
type ReceptionInside = {
  parts(): Parts;
  cameIn(): void;
};
type Outcome = Entered | Refusal;

const claimed: Refusal = { ok: false, code: 'claimed' };

/**
 * Wallets that are being made, by welcome and request: a second press of the button waits for the
 * first instead of making a wallet that nobody would use. Not kept: after a restart one is made anew.
 */
const making = new Map<string, Promise<Outcome>>();

const makeWelcome = defineActor({
  name: 'Welcome',
  state: {
    number: M.nat(),
    reception: typed<Facet<ReceptionInside>>(M.remotable('reception')),
    /** Of whoever entered, once the wallet is there. */
    requestId: typed<string | undefined>(M.opt(RequestIdShape)),
    wallet: typed<Facet<WalletOwner> | undefined>(M.opt(M.remotable('wallet'))),
    invitation: typed<Facet<Invitation> | undefined>(M.opt(M.remotable('invitation'))),
    joined: M.boolean(),
  },
  init: (number: bigint, reception: Facet<ReceptionInside>) => ({
    number,
    reception,
    requestId: undefined,
    wallet: undefined,
    invitation: undefined,
    joined: false,
  }),
  guards: { welcome: WelcomeI, steps: WelcomeStepsI },
  facets: {
    welcome: {
      view(): WelcomeView {
        const { reception, wallet } = this.state;
        const poca = reception.parts().name;
        return wallet === undefined ? { poca } : { poca, used: true };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.welcome);
      },
      enter(name: string, requestId: string): Promise<Outcome> | Outcome {
        const { number, reception, wallet, requestId: first } = this.state;
        const { steps } = this.facets;
        if (wallet !== undefined) return first === requestId ? steps.join() : claimed;
        // Nobody has entered until a wallet is there, so a failure here locks nobody out.
        const key = `${number} ${requestId}`;
        const running = making.get(key);
        if (running !== undefined) return running;
        const { walletMaker, makers } = reception.parts();
        const counted = Object.entries(makers).map(
          ([kind, maker], at) =>
            // Of each welcome and kind another number.
            [kind, makeCountedMaker(number * 100n + BigInt(at), maker, placesPerPerson)] as const,
        );
        const made = E(walletMaker).make({
          name,
          makers: Object.fromEntries(counted),
        }) as Promise<Facet<WalletOwner>>;
        const entering = E.when(made, (own) => steps.claim(requestId, own)).finally(() =>
          making.delete(key),
        );
        making.set(key, entering);
        return entering;
      },
    },
    steps: {
      claim(requestId: string, wallet: Facet<WalletOwner>): Promise<Outcome> | Outcome {
        const { state } = this;
        if (state.wallet === undefined) {
          state.wallet = wallet;
          state.requestId = requestId;
          state.reception.cameIn();
        }
        // The wallet that came second is dropped; nothing was given to it.
        return state.requestId === requestId ? this.facets.steps.join() : claimed;
      },
      join(): Promise<Outcome> | Outcome {
        const { number, reception, requestId, invitation, joined } = this.state;
        const { steps } = this.facets;
        const { steward } = reception.parts();
        if (joined || steward === undefined) return steps.joined();
        if (invitation !== undefined) return steps.invited(invitation);
        const asked = E(steward).invite(1n, `${number} ${requestId!}`);
        return E.when(asked, (given) => steps.invited(given));
      },
      invited(invitation: Facet<Invitation>): Promise<Outcome> {
        const { state } = this;
        const { steps } = this.facets;
        state.invitation ??= invitation;
        const joining = E(state.wallet!).joinWith(state.invitation, state.requestId!);
        // Refused or not, the person has a wallet now and can join later by another invitation.
        return E.when(joining, () => steps.joined());
      },
      joined(): Entered {
        if (!this.state.joined) this.state.joined = true;
        return { ok: true, goto: this.state.wallet!, home: true };
      },
    },
  },
  readOnly: ['welcome.changes'],
});

const makeReceptionKit = defineActor({
  name: 'Reception',
  state: {
    name: NameShape,
    walletMaker: typed<WalletMaker>(M.remotable('walletMaker')),
    grantor: typed<Facet<Grantor> | undefined>(M.opt(M.remotable('grantor'))),
    steward: typed<Facet<Steward> | undefined>(M.opt(M.remotable('steward'))),
    makers: typed<Makers>(M.recordOf(M.string(), M.remotable('maker'))),
    given: M.nat(),
    came: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    { walletMaker, grantor, makers = {} }: ReceptionPowers,
    { name, steward }: ReceptionParams,
  ) => ({
    makers,
    name,
    walletMaker,
    grantor,
    steward,
    given: 0n,
    came: 0n,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { operator: OperatorI, inside: ReceptionInsideI },
  facets: {
    operator: {
      view(): ReceptionView {
        const { name, given, came } = this.state;
        return { name, came, waiting: given - came };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.operator);
      },
      setMarket(steward: Facet<Steward>): void {
        this.state.steward = steward;
      },
      invite(requestId?: string): Facet<Welcome> {
        const { state } = this;
        const { inside } = this.facets;
        const give = (): Facet<Welcome> => {
          state.given += 1n;
          return makeWelcome(state.given, inside).welcome;
        };
        return requestId === undefined ? give() : once(state.outcomes, 'invite', requestId, give);
      },
      inviteLink(requestId: string): Promise<{ secret: string }> | Refusal {
        const { grantor } = this.state;
        if (grantor === undefined) return { ok: false, code: 'unsupported' };
        const welcome = this.facets.operator.invite(requestId);
        // The link may be followed again: the welcome lets in one person, and someone whose
        // connection failed half way comes back by the same link.
        return E.when(E(grantor).sturdy(welcome, { label: 'welcome' }), (secret) => ({ secret }));
      },
    },
    inside: {
      parts(): Parts {
        const { name, walletMaker, steward, makers } = this.state;
        return { name, walletMaker, steward, makers };
      },
      cameIn(): void {
        this.state.came += 1n;
      },
    },
  },
  readOnly: ['operator.changes'],
});

/** Opens a poca's reception. */
export const makeReception = (
  powers: ReceptionPowers,
  params: ReceptionParams,
): Facet<ReceptionOperator> => makeReceptionKit(powers, params).operator;

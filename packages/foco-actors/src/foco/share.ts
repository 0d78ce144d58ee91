/**
 * One participant's share (SPEC F1). Whatever its methods move comes out of this participant's own envelope;
 * the one way into another's is to give.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Payee, Payment } from '@pocas/clearing/value';
import type { DurableMap, Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { BallotShare, Fence, Joined } from '@pocas/vat-runtime/actors';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import { parted, returnableOf, valueOf } from '../fund/envelope.ts';
import { shown } from '../inside/shapes.ts';
import type { Card, Heard, PurseInside, ShareInside } from '../inside/types.ts';
import { makeLoanDesk } from '../loan/desk.ts';
import type { LoanBoard, LoanDesk } from '../loan/types.ts';
import { makePoolDesk } from '../pool/desk.ts';
import type { PoolBoard, PoolDesk } from '../pool/types.ts';
import { makeSavingDesk } from '../saving/desk.ts';
import type { SavingBoard, SavingDesk } from '../saving/types.ts';
import { makeSpendDesk } from '../spend/desk.ts';
import type { SpendBoard, SpendDesk } from '../spend/types.ts';
import type { FocoHub } from './foco.ts';
import { CardI, ParticipantI } from './participant-guards.ts';
import type {
  EnvelopeItem,
  FocoInvitation,
  FocoJoined,
  FocoParticipant,
  FocoParticipantView,
  FocoPublic,
  Fork,
  ForkItem,
  Forked,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: { readonly ok: true } = { ok: true };
type Status = FocoParticipantView['status'];

/** So much of one participant may be under way to the envelope. */
const maxUnderWay = 20n;
/** Of what came of things, so many lines. */
const maxHeard = 12;

/** All that a share needs of the rest of the FoCo. */
export type Boards = {
  readonly spends: Facet<SpendBoard>;
  readonly pools: Facet<PoolBoard>;
  readonly savings: Facet<SavingBoard>;
  readonly loans: Facet<LoanBoard>;
  readonly forks: Facet<ForkBoard>;
  readonly all: Facet<FocoPublic>;
  readonly doors: Facet<Doors>;
  readonly grantor?: Facet<Grantor>;
  readonly enlivener?: Facet<Enlivener>;
};
export type ForkBoard = {
  items(): readonly ForkItem[];
  propose(
    who: bigint,
    name: string,
    purpose: string,
    isAtOnce: boolean,
  ): { readonly ok: true; readonly fork: Facet<Fork> } | Refusal;
  join(who: bigint, fork: Facet<Fork>): Done;
  leave(who: bigint, fork: Facet<Fork>): Done;
  go(who: bigint, fork: Facet<Fork>): Done;
  joined(who: bigint, fork: Facet<Fork>): Forked | Refusal;
};
export type Doors = {
  invitation(by: bigint): Facet<FocoInvitation>;
  left(who: bigint): void;
  back(who: bigint): void;
  /** The share was renewed: so is the ballot. */
  renewed(who: bigint): void;
  /** Undefined where there is no body of decision, or it has not handed one out. */
  ballotOf(who: bigint): Facet<BallotShare> | undefined;
};
/** What the rest of this room may do with a share. */
export type ShareCare = {
  joined(): FocoJoined;
  /** As this participant is handed it: behind their fence. */
  wrap(facet: object): object;
  /** One of those who moved to another FoCo. */
  moved(): void;
};

const passable = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeShareKit = defineActor({
  name: 'FocoShare',
  state: {
    number: M.nat(),
    name: M.string(),
    hub: typed<Facet<FocoHub>>(M.remotable('hub')),
    boards: typed<Boards>(M.record()),
    status: typed<Status>(M.or('here', 'leaving', 'left')),
    /** What is under way: announced, pledged, saved, lent, coming in. */
    underWay: M.nat(),
    arriving: M.nat(),
    heard: typed<readonly Heard[]>(M.arrayOf(M.record())),
    desks: typed<DurableMap<string, Facet<object>>>(M.any()),
    /** By purse, where this participant is paid on leaving. */
    home: typed<DurableMap<bigint, Facet<Payee>>>(M.any()),
    /** On leaving: what is sent back of each purse. */
    parting: typed<DurableMap<bigint, bigint>>(M.any()),
    invited: typed<{ readonly epoch: bigint; readonly count: bigint }>(M.record()),
    fence: typed<Facet<Fence> | undefined>(M.opt(M.remotable('fence'))),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (number: bigint, name: string, hub: Facet<FocoHub>, boards: Boards) => ({
    ...{ number, name, hub, boards },
    status: 'here' as Status,
    ...{ underWay: 0n, arriving: 0n },
    heard: [] as readonly Heard[],
    desks: makeDurableMap<string, Facet<object>>(),
    home: makeDurableMap<bigint, Facet<Payee>>(),
    parting: makeDurableMap<bigint, bigint>(),
    invited: { epoch: 0n, count: 0n },
    fence: undefined as Facet<Fence> | undefined,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    participant: ParticipantI,
    card: CardI,
    inside: passable('FocoShareInside'),
    care: passable('FocoShareCare'),
    steps: passable('FocoShareSteps'),
  },
  facets: {
    participant: {
      view(): FocoParticipantView {
        const { hub, name, number, boards, status, heard } = this.state;
        const ballot = boards.doors.ballotOf(number);
        const inside = hub.inside();
        const { participant } = this.facets;
        const pages = [
          participant.spending(),
          participant.pools(),
          participant.savings(),
          participant.loans(),
        ];
        return {
          ...{ foco: inside.name(), name, purpose: hub.purpose(), status },
          envelopes: this.facets.steps.envelopes(),
          pages,
          ...(ballot === undefined ? {} : { ballot }),
          heard,
          others: hub.people(shown).filter(({ card }) => card !== this.facets.card),
          destinations: inside.destinations().items(),
          forks: boards.forks.items(),
          all: boards.all,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.participant, this.state.hub);
      },
      card(): Facet<Card> {
        return this.facets.card;
      },
      foco(): Facet<FocoPublic> {
        return this.state.boards.all;
      },
      spending(): Facet<SpendDesk> {
        return this.facets.steps.desk('spending') as Facet<SpendDesk>;
      },
      pools(): Facet<PoolDesk> {
        return this.facets.steps.desk('pools') as Facet<PoolDesk>;
      },
      savings(): Facet<SavingDesk> {
        return this.facets.steps.desk('savings') as Facet<SavingDesk>;
      },
      loans(): Facet<LoanDesk> {
        return this.facets.steps.desk('loans') as Facet<LoanDesk>;
      },
      contribute(
        card: Facet<Card>,
        payment: Facet<Payment>,
        returnable: boolean,
        requestId: string,
      ): Done {
        const { state } = this;
        const { hub, outcomes, number } = state;
        const inside = hub.inside();
        return onceLately<Done>(outcomes, inside.now(), 'contribute', requestId, () => {
          const purse = inside.purseOf(card);
          if (purse === undefined) return refuse('invalid');
          if (state.status !== 'here') return refuse('closed');
          if (purse.facts().phase !== 'open') return refuse('notYet');
          const parts = purse.envelope(number).own.length;
          if (state.arriving + BigInt(parts) >= maxUnderWay + 40n || state.arriving >= maxUnderWay)
            return refuse('quota');
          state.arriving += 1n;
          purse.deposit(number, payment, returnable);
          return ok;
        });
      },
      putIn(
        card: Facet<Card>,
        text: string,
        isReturnable: bigint,
        requestId: string,
      ): Promise<Done> | Done {
        const { participant } = this.facets;
        // The cast says what the text is meant to open; the ledger looks at what it is.
        return openedBy<Facet<Payment>, Done>(this.state, text, (payment) =>
          participant.contribute(card, payment, isReturnable > 0n, requestId),
        );
      },
      giveEnvelope(other: Facet<Card>, card: Facet<Card>, value: bigint, requestId: string): Done {
        const { hub, outcomes, number, status } = this.state;
        const inside = hub.inside();
        return onceLately<Done>(outcomes, inside.now(), 'giveEnvelope', requestId, () => {
          const to = inside.shareOf(other);
          const purse = inside.purseOf(card);
          if (to === undefined || purse === undefined) return refuse('invalid');
          if (status !== 'here' || !to.isHere()) return refuse('closed');
          if (to.number() === number) return refuse('unsupported');
          if (purse.take(number, value, 'pending') === undefined) return refuse('insufficient');
          purse.credit(to.number(), value, 'pending');
          to.heard({ what: 'gift', name: this.state.name, value, how: 'arrived' });
          inside.record('given', { by: this.state.name, to: to.name(), value }, 'P1');
          return ok;
        });
      },
      giveTo(other: Facet<Card>, value: bigint, requestId: string): Done {
        const [purse] = this.state.hub.inside().purses();
        return purse === undefined
          ? refuse('notYet')
          : this.facets.participant.giveEnvelope(other, purse.card(), value, requestId);
      },
      addDestination(
        card: Facet<Card>,
        payee: Facet<Payee>,
        name: string,
        isMine: boolean,
        requestId: string,
      ): { readonly ok: true; readonly destination: Facet<Card> } | Refusal {
        const { hub, outcomes, number, home } = this.state;
        const inside = hub.inside();
        return onceLately(outcomes, inside.now(), 'addDestination', requestId, () => {
          const purse = inside.purseOf(card);
          if (purse === undefined) return refuse('invalid');
          const added = inside.destinations().add(number, purse, payee, name);
          if (added === undefined) return refuse('quota');
          if (isMine) home.set(purse.number(), payee);
          inside.touch();
          return { ok: true as const, destination: added.card() };
        });
      },
      addPlace(
        card: Facet<Card>,
        text: string,
        name: string,
        isMine: bigint,
        requestId: string,
      ): Promise<{ readonly ok: true; readonly destination: Facet<Card> } | Refusal> | Refusal {
        const { participant } = this.facets;
        return openedBy<
          Facet<Payee>,
          { readonly ok: true; readonly destination: Facet<Card> } | Refusal
        >(this.state, text, (payee) =>
          participant.addDestination(card, payee, name, isMine > 0n, requestId),
        );
      },
      divide(card: Facet<Card>, requestId: string): Done {
        const { hub, outcomes } = this.state;
        const inside = hub.inside();
        return onceLately<Done>(outcomes, inside.now(), 'divide', requestId, () => {
          const purse = inside.purseOf(card);
          if (purse === undefined) return refuse('invalid');
          purse.divide();
          return ok;
        });
      },
      invite(
        requestId: string,
      ): { readonly ok: true; readonly invitation: Facet<FocoInvitation> } | Refusal {
        const { state } = this;
        const { hub, outcomes, number, boards } = state;
        const inside = hub.inside();
        return onceLately(outcomes, inside.now(), 'invite', requestId, () => {
          if (state.status !== 'here') return refuse('closed');
          const epoch = inside.epoch();
          const count = state.invited.epoch === epoch ? state.invited.count : 0n;
          // Somebody who could bring in any number of names would take what is divided equally.
          if (count >= inside.value('invitations')) return refuse('quota');
          state.invited = { epoch, count: count + 1n };
          return { ok: true as const, invitation: boards.doors.invitation(number) };
        });
      },
      inviteLink(
        requestId: string,
      ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const { grantor } = this.state.boards;
        if (grantor === undefined) return refuse('unsupported');
        const invited = this.facets.participant.invite(requestId);
        if (!invited.ok) return invited;
        return E.when(E(grantor).sturdy(invited.invitation, { uses: 100n }), (secret) => ({
          ...{ secret, toPaste: true as const },
        }));
      },
      leave(requestId: string): Done {
        const { state } = this;
        const { hub, outcomes, number } = state;
        const inside = hub.inside();
        return onceLately<Done>(outcomes, inside.now(), 'leave', requestId, () => {
          if (state.status !== 'here') return refuse('closed');
          if (state.underWay > 0n || state.arriving > 0n) return refuse('notYet');
          const purses = inside.purses();
          for (const purse of purses) purse.settleDues(number);
          const homeless = purses.filter(
            (purse) => returnableOf(purse.envelope(number)) > 0n && !state.home.has(purse.number()),
          );
          if (homeless.length > 0) return refuse('notYet');
          this.facets.steps.part(purses);
          return ok;
        });
      },
      comeBack(requestId: string): Done {
        const { state } = this;
        const { hub, outcomes, number } = state;
        const inside = hub.inside();
        return onceLately<Done>(outcomes, inside.now(), 'comeBack', requestId, () => {
          if (state.status !== 'left' || inside.value('leaveRest') === 0n) return refuse('closed');
          state.status = 'here';
          hub.left(number, -1n);
          state.boards.doors.back(number);
          return ok;
        });
      },
      fork(
        name: string,
        purpose: string,
        requestId: string,
      ): { readonly ok: true; readonly fork: Facet<Fork> } | Refusal {
        const { hub, outcomes, number, boards, status } = this.state;
        return onceLately(outcomes, hub.inside().now(), 'fork', requestId, () =>
          status === 'here' ? boards.forks.propose(number, name, purpose, true) : refuse('closed'),
        );
      },
      proposeFork(
        name: string,
        purpose: string,
        requestId: string,
      ): { readonly ok: true; readonly fork: Facet<Fork> } | Refusal {
        const { hub, outcomes, number, boards, status } = this.state;
        return onceLately(outcomes, hub.inside().now(), 'proposeFork', requestId, () =>
          status === 'here' ? boards.forks.propose(number, name, purpose, false) : refuse('closed'),
        );
      },
      joinFork(fork: Facet<Fork>, requestId: string): Done {
        const { hub, outcomes, number, boards, status } = this.state;
        return onceLately<Done>(outcomes, hub.inside().now(), 'joinFork', requestId, () =>
          status === 'here' ? boards.forks.join(number, fork) : refuse('closed'),
        );
      },
      leaveFork(fork: Facet<Fork>, requestId: string): Done {
        const { hub, outcomes, number, boards } = this.state;
        return onceLately<Done>(outcomes, hub.inside().now(), 'leaveFork', requestId, () =>
          boards.forks.leave(number, fork),
        );
      },
      goFork(fork: Facet<Fork>, requestId: string): Done {
        const { hub, outcomes, number, boards } = this.state;
        return onceLately<Done>(outcomes, hub.inside().now(), 'goFork', requestId, () =>
          boards.forks.go(number, fork),
        );
      },
      forked(fork: Facet<Fork>): Forked | Refusal {
        return this.state.boards.forks.joined(this.state.number, fork);
      },
      link(): Promise<{ readonly secret: string }> | Refusal {
        const { boards, fence } = this.state;
        if (boards.grantor === undefined) return refuse('unsupported');
        const text = E(boards.grantor).sturdy(fence!.outside(), { label: 'backup of a share' });
        return E.when(text, (secret) => ({ secret }));
      },
      renew(_requestId: string): Joined {
        this.state.fence = this.state.fence!.renew();
        // It is a facet of another vat, which no fence of this one can cut.
        this.state.boards.doors.renewed(this.state.number);
        return this.facets.care.joined();
      },
    },
    card: {
      view(): { readonly name: string } {
        return { name: this.state.name };
      },
      number(): bigint {
        return this.state.number;
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      name(): string {
        return this.state.name;
      },
      card(): Facet<Card> {
        return this.facets.card;
      },
      isHere(): boolean {
        return this.state.status === 'here';
      },
      open(by: bigint): void {
        this.state.underWay += by;
      },
      arrived(): void {
        this.state.arriving -= 1n;
      },
      heard(what: Heard): void {
        this.state.heard = [what, ...this.state.heard].slice(0, maxHeard);
      },
    },
    care: {
      joined(): FocoJoined {
        const { state } = this;
        const fence = state.fence ?? state.hub.fence(this.facets.participant);
        state.fence = fence;
        // The cast holds: the wrapper passes on what the share has.
        const participant = fence.outside() as unknown as Facet<FocoParticipant>;
        return { ok: true, place: state.hub.inside().name(), participant, goto: participant };
      },
      wrap(facet: object): object {
        return this.state.fence!.wrap(facet);
      },
      moved(): void {
        const { state } = this;
        const { hub, number, underWay, arriving } = state;
        // Who still has something under way here stays until it has come to its end.
        const rest = hub
          .inside()
          .purses()
          .some((purse) => valueOf(purse.envelope(number)) > 0n);
        if (state.status !== 'here' || underWay > 0n || arriving > 0n || rest) return;
        state.status = 'left';
        hub.left(number, 1n);
        state.boards.doors.left(number);
      },
    },
    steps: {
      desk(name: string): Facet<object> {
        const { desks, hub, boards } = this.state;
        const known = desks.get(name);
        if (known !== undefined) return known;
        const foco = hub.inside();
        const { inside } = this.facets;
        const made: Facet<object> =
          name === 'spending'
            ? makeSpendDesk(foco, boards.spends, inside)
            : name === 'pools'
              ? makePoolDesk(foco, boards.pools, inside)
              : name === 'savings'
                ? makeSavingDesk(foco, boards.savings, inside)
                : makeLoanDesk(foco, boards.loans, inside);
        desks.set(name, made);
        return made;
      },
      envelopes(): readonly EnvelopeItem[] {
        const { hub, number } = this.state;
        return hub
          .inside()
          .purses()
          .map((purse) => {
            const envelope = purse.envelope(number);
            const { label: name, unit, totals } = purse.facts();
            const value = valueOf(envelope);
            return {
              ...{ name, unit, value, surplus: envelope.surplus },
              own: value - envelope.surplus,
              returnable: returnableOf(envelope),
              all: totals.envelopes,
              purse: purse.card(),
            };
          });
      },
      /** Sends what goes back, and leaves the rest to the others, as the charter says now. */
      part(purses: readonly Facet<PurseInside>[]): void {
        const { state } = this;
        const { number, home, hub, parting } = state;
        const keeps = hub.inside().value('leaveRest') > 0n;
        for (const purse of purses) {
          const envelope = purse.envelope(number);
          const { back, rest } = parted(envelope);
          if (!keeps && rest > 0n) {
            purse.take(number, rest + back, 'pending');
            purse.shift(rest, 'pending', 'undivided');
          } else if (back > 0n) {
            purse.take(number, rest + back, 'pending');
            // What is kept for a return is not to be paid out by leaving again.
            if (rest > 0n) purse.putBack(number, { surplus: rest, own: [] }, 'pending');
          }
          if (back > 0n) {
            parting.set(purse.number(), back);
            purse.pay(
              home.get(purse.number())!,
              back,
              'pending',
              this.facets.steps,
              purse.number(),
            );
          }
        }
        state.status = 'leaving';
        hub.left(number, 1n);
        this.facets.steps.end();
      },
      paid(purse: bigint): void {
        const value = this.state.parting.get(purse) ?? 0n;
        this.state.parting.delete(purse);
        this.facets.inside.heard({ what: 'leaving', name: this.state.name, value, how: 'paid' });
        this.facets.steps.end();
      },
      /** The ledger did not pay it: it is in the envelope again, and so is the participant here. */
      unpaid(purse: bigint): void {
        const { state } = this;
        const { parting, hub, number } = state;
        const value = parting.get(purse) ?? 0n;
        parting.delete(purse);
        const inside = hub.inside();
        inside
          .purse(purse)
          ?.putBack(
            number,
            { surplus: 0n, own: [{ at: inside.nextNumber(), value, returnable: true }] },
            'pending',
          );
        if (state.status === 'leaving') hub.left(number, -1n);
        state.status = 'here';
        this.facets.inside.heard({ what: 'leaving', name: state.name, value, how: 'back' });
      },
      end(): void {
        const { state } = this;
        if (state.status !== 'leaving' || state.parting.size() > 0) return;
        state.status = 'left';
        state.boards.doors.left(state.number);
        state.hub.inside().record('left', { name: state.name }, 'P1');
      },
    },
  },
  readOnly: ['participant.changes'],
});

/** Texts that wait for other nodes: of one participant so many at a time. Not kept: it ends with the vat's stay in memory. */
const opening = new Map<bigint, number>();
const maxOpening = 5;

/** Opens a text, and goes on with what it designates. */
const openedBy = <Opened, Outcome>(
  { number, boards }: { readonly number: bigint; readonly boards: Boards },
  text: string,
  use: (opened: Opened) => Outcome,
): Promise<Outcome | Refusal> | Refusal => {
  const waiting = opening.get(number) ?? 0;
  if (boards.enlivener === undefined) return refuse('unsupported');
  if (waiting >= maxOpening) return refuse('quota');
  opening.set(number, waiting + 1);
  const opened = E(boards.enlivener).enliven(text) as Promise<Opened>;
  return E.when(opened, use).finally(() => {
    const left = (opening.get(number) ?? 1) - 1;
    if (left > 0) opening.set(number, left);
    else opening.delete(number);
  });
};

export type ShareKit = {
  readonly inside: Facet<ShareInside>;
  readonly care: Facet<ShareCare>;
};

export const makeShare = (
  number: bigint,
  name: string,
  hub: Facet<FocoHub>,
  boards: Boards,
): ShareKit => {
  const { inside, care } = makeShareKit(number, name, hub, boards);
  return { inside, care };
};

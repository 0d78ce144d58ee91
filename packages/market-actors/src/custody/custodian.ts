/**
 * A custodian: keeps one share of a vault's key, and gives its part of an opening for a request that stands in
 * its own copy of the log, after the waiting time by its own clock (SPEC 7.5).
 *
 * Nothing that it needs randomness for is drawn: it comes from its secret and all that it is for. So a message
 * that comes again is answered the same, and a copy that was restored from before says nothing that gives the
 * share away together with what was said since.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Clock, Dealing, DurableMap, Enlivener, Facet, SendFailure } from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  dkg,
  hmac,
  makeDurableMap,
  pedersen,
  schnorr,
  sealedTo,
  send,
  threshold,
  typed,
} from '@pocas/vat-runtime';
import {
  type Fence,
  type HiddenEntry,
  type Joined,
  type JournalEntry,
  type PlaceInvitation,
  type PlaceShare,
  type Refusal,
  once,
  refuse,
  textOf,
} from '@pocas/vat-runtime/actors';
import { newcomers, runOf } from '../vault/key-rules.ts';
import {
  answerContext,
  answerText,
  contextOf,
  hasteText,
  keepText,
  makingDigest,
  printOf,
  purposeOf,
  sealDigest,
  writeAnswer,
} from '../vault/texts.ts';
import type {
  Answered,
  Checked,
  Complaint,
  Confirmation,
  Confirmed,
  Custodian,
  Dealt,
  HastyFacts,
  Making,
  Question,
  SealedAnswer,
  SignedHead,
  VaultShare,
} from '../vault/types.ts';
import {
  chained,
  faultOf,
  isHastened,
  isProof,
  isSigned,
  makingText,
  requestOf,
  waitOf,
} from './checks.ts';
import { CustodianI, HeardRequestI, KeeperI } from './guards.ts';
import type { Heard, Held, Next } from './state.ts';
import type {
  CustodyKeeper,
  CustodyPhase,
  CustodyPowers,
  CustodyView,
  HeardItem,
  HeardRequest,
  Proof,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: Done = { ok: true };
const shown = 30;
/** A request that was not answered for so long after its waiting time is answered no more. */
const longest = 30n * 24n * 60n * 60n * 1000n;

type Inside = {
  item(number: bigint): Omit<HeardItem, 'act'>;
  decline(number: bigint): Done;
  hasten(number: bigint): Done;
  changes(since?: string): Promise<string>;
};
const inner = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeHeardKit = defineActor({
  name: 'HeardRequest',
  state: {
    inside: typed<Facet<Inside>>(M.remotable('inside')),
    number: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (inside: Facet<Inside>, number: bigint) => ({
    ...{ inside, number },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { request: HeardRequestI },
  facets: {
    request: {
      view() {
        return this.state.inside.item(this.state.number);
      },
      changes(since?: string): Promise<string> {
        return this.state.inside.changes(since);
      },
      decline(requestId: string): Done {
        const { inside, number, outcomes } = this.state;
        return once<Done>(outcomes, 'decline', requestId, () => inside.decline(number));
      },
      hasten(requestId: string): Done {
        const { inside, number, outcomes } = this.state;
        return once<Done>(outcomes, 'hasten', requestId, () => inside.hasten(number));
      },
    },
  },
  readOnly: ['request.changes'],
});

const makeCustodianKit = defineActor({
  name: 'Custodian',
  state: {
    name: M.string(),
    secret: M.string(),
    clock: typed<Clock>(M.remotable('clock')),
    secretKey: M.string(),
    own: M.string(),
    /** Where it keeps a share for; absent until the holder says so. */
    share: typed<Facet<VaultShare> | undefined>(M.any()),
    enlivener: typed<Facet<Enlivener> | undefined>(M.any()),
    /** Around the keeper, where somebody founded this. */
    fence: typed<Facet<Fence> | undefined>(M.any()),
    /** The vault's key, from its first word on. Empty before. */
    vault: M.string(),
    held: typed<Held | undefined>(M.any()),
    next: typed<Next | undefined>(M.any()),
    dealings: typed<DurableMap<bigint, Dealing>>(M.any()),
    parts: typed<DurableMap<bigint, string>>(M.any()),
    /** What the log says of each making. */
    makings: typed<DurableMap<bigint, string>>(M.any()),
    /** Of every entry: its hash; and of those that the vault signed, its signed head. */
    hashes: typed<DurableMap<bigint, string>>(M.any()),
    heads: typed<DurableMap<bigint, SignedHead>>(M.any()),
    seen: M.nat(),
    requests: typed<DurableMap<bigint, Heard>>(M.any()),
    acts: typed<DurableMap<bigint, Facet<HeardRequest>>>(M.any()),
    proof: typed<Proof | undefined>(M.any()),
    isDisputed: M.boolean(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (name: string, secret: string, { clock, enlivener }: CustodyPowers) => {
    const secretKey = pedersen.scalar(hmac(secret, 'pocas custody key'));
    return {
      ...{ name, secret, clock, secretKey, own: schnorr.publicKey(secretKey) },
      ...{
        enlivener,
        fence: undefined,
        share: undefined,
        vault: '',
        held: undefined,
        next: undefined,
      },
      dealings: makeDurableMap<bigint, Dealing>(),
      parts: makeDurableMap<bigint, string>(),
      makings: makeDurableMap<bigint, string>(),
      hashes: makeDurableMap<bigint, string>(),
      heads: makeDurableMap<bigint, SignedHead>(),
      seen: 0n,
      requests: makeDurableMap<bigint, Heard>(),
      acts: makeDurableMap<bigint, Facet<HeardRequest>>(),
      ...{ proof: undefined, isDisputed: false },
      outcomes: makeDurableMap<string, unknown>(),
    };
  },
  guards: {
    custodian: CustodianI,
    keeper: KeeperI,
    inside: inner('CustodianInside'),
    steps: inner('CustodianSteps'),
    kept: inner('CustodianKept'),
    care: inner('CustodianCare'),
  },
  facets: {
    keeper: {
      view(): CustodyView {
        const { name, held, next, share } = this.state;
        const incoming =
          next === undefined || held === undefined
            ? []
            : newcomers(held.members, next.making.members);
        return {
          ...{ name, phase: this.facets.steps.phase() },
          ...(share === undefined ? {} : { share }),
          print: held === undefined ? '' : printOf(held.key.groupKey),
          threshold: held?.key.threshold ?? 0n,
          holders: BigInt(held?.members.length ?? 0),
          waiting: (held?.terms.waiting ?? 0n) / 3_600_000n,
          newcomers: incoming.map((member) => member.name).join(', '),
          requests: this.facets.keeper.requests(),
        };
      },
      changes(since?: string): Promise<string> {
        return this.facets.inside.changes(since);
      },
      keepFor(share: Facet<VaultShare>, requestId: string): Done {
        const { outcomes, own, name } = this.state;
        return once<Done>(outcomes, 'keepFor', requestId, () => {
          if (this.state.share !== undefined && this.state.held !== undefined)
            return refuse('conflict');
          this.state.share = share;
          const { secret, secretKey } = this.state;
          const id = `keep ${hmac(secret, textOf(['keep', requestId]))}`.slice(0, 90);
          const drawn = hmac(secret, textOf(['keep key', requestId]));
          const signature = schnorr.sign(secretKey, keepText(own), drawn);
          send(share, 'keep', [this.facets.keeper.custodian(), own, signature, id], {
            then: this.facets.kept,
            ctx: name,
          });
          return ok;
        });
      },
      joinVault(invitation: string, requestId: string): Promise<Done> | Done {
        const { enlivener, name, secret } = this.state;
        const { keeper } = this.facets;
        if (enlivener === undefined) return refuse('unsupported');
        const text = invitation.trim();
        if (!text.startsWith('ocapn://')) return refuse('invalid');
        const id = hmac(secret, textOf(['join', requestId]));
        return E.when(E(enlivener).enliven(text), (opened) =>
          // The cast says what an invitation is; another object rejects.
          E.when(E(opened as Facet<PlaceInvitation>).join(name, id), (joined) =>
            joined.ok ? keeper.keepFor(joined.participant as Facet<VaultShare>, requestId) : joined,
          ),
        );
      },
      renew(_requestId: string): Joined | Refusal {
        const { fence } = this.state;
        if (fence === undefined) return refuse('unsupported');
        this.state.fence = fence.renew();
        return this.facets.care.joined();
      },
      declineSharing(requestId: string): Done {
        return once<Done>(this.state.outcomes, 'declineSharing', requestId, () => {
          const { next } = this.state;
          if (next === undefined || next.dealers !== undefined) return refuse('closed');
          this.state.next = { ...next, isDeclined: true };
          return ok;
        });
      },
      requests(before?: bigint): readonly HeardItem[] {
        const { requests, acts } = this.state;
        const to = before === undefined ? {} : { to: before };
        const numbers = [...requests.keys({ ...to, reverse: true, limit: shown })];
        return numbers.map((number) => ({
          ...this.facets.inside.item(number),
          act: acts.get(number)!,
        }));
      },
      compare(theirs: SignedHead): Done {
        const { state } = this;
        const { vault, heads } = state;
        if (vault === '' || !isSigned(vault, theirs)) return refuse('invalid');
        const mine = heads.get(theirs.head.number);
        if (mine !== undefined && isProof(vault, mine, theirs)) state.proof = { mine, theirs };
        if (this.facets.steps.contradicts(theirs)) {
          state.isDisputed = true;
          return refuse('conflict');
        }
        return ok;
      },
      proof(): Proof | undefined {
        return this.state.proof;
      },
      custodian(): Facet<Custodian> {
        return this.facets.custodian as Facet<Custodian>;
      },
    },
    care: {
      enclose(fence: Facet<Fence>): void {
        this.state.fence = fence;
      },
      joined(): Joined {
        // The cast says what stands behind the fence.
        const participant = this.state.fence!.outside() as unknown as Facet<PlaceShare>;
        return { ok: true, place: this.state.name, participant, goto: participant };
      },
    },
    kept: {
      fulfilled(answer: Done): void {
        if (!answer.ok) this.state.share = undefined;
      },
      rejected(_failure: SendFailure): void {
        this.state.share = undefined;
      },
    },
    custodian: {
      deal(making: Making): Dealt | Refusal {
        const refused = this.facets.steps.accept(making);
        if (refused !== undefined) return refused;
        const { state } = this;
        const { own, secret, secretKey, held } = state;
        const dealers = making.from?.members ?? making.members;
        const me = dealers.find(({ key }) => key === own);
        if (me === undefined) return refuse('invalid');
        const random = hmac(secret, textOf(['deal', makingDigest(making)]));
        const share = making.from === undefined ? {} : { share: held!.share };
        const dealing = dkg.deal(runOf(making), me.index, { secretKey, ...share }, random);
        return { ok: true, dealing };
      },
      check(making: Making, given: readonly Dealing[]): Checked | Refusal {
        const refused = this.facets.steps.accept(making);
        if (refused !== undefined) return refused;
        const { own, secret, secretKey, dealings, parts, next } = this.state;
        const me = making.members.find(({ key }) => key === own);
        if (me === undefined) return refuse('invalid');
        // What it has confirmed it has; other dealings of the same making are a lie.
        if (next?.dealers !== undefined) return { ok: true, complaints: [] };
        const run = runOf(making);
        empty(dealings);
        empty(parts);
        const complaints: Complaint[] = [];
        for (const dealing of given) {
          const { dealer } = dealing;
          if (dealings.has(dealer)) return refuse('invalid');
          dealings.set(dealer, dealing);
          const random = hmac(secret, textOf(['check', run.id, dealing.signature]));
          // One that is not sound throws: the vault knows what that is, and no part of this turn stays.
          const received = dkg.receive(run, me.index, secretKey, dealing, random);
          if (received.ok) parts.set(dealer, received.share);
          else complaints.push({ dealer, complaint: received.complaint });
        }
        return { ok: true, complaints };
      },
      confirm(version: bigint, dealers: readonly bigint[]): Confirmed | Refusal {
        const { state } = this;
        const { own, secret, secretKey, dealings, parts, next } = state;
        if (state.isDisputed || next === undefined || next.making.version !== version)
          return refuse('stale');
        const { making } = next;
        const me = making.members.find(({ key }) => key === own);
        if (me === undefined || new Set(dealers).size !== dealers.length) return refuse('invalid');
        if (next.dealers !== undefined && textOf(next.dealers) !== textOf(dealers))
          return refuse('conflict');
        if (!dealers.every((dealer) => dealings.has(dealer) && parts.has(dealer)))
          return refuse('invalid');
        // A key to which it has not given anything could be one that others know.
        if (making.from === undefined && !dealers.includes(me.index)) return refuse('conflict');
        const run = runOf(making);
        const counted = dealers.map((dealer) => dealings.get(dealer)!);
        const key = dkg.keyOf(run, counted);
        const given = dealers.map((dealer) => ({ dealer, share: parts.get(dealer)! }));
        const share = dkg.shareOf(run, me.index, key, given);
        const random = hmac(secret, textOf(['confirm', makingDigest(making), dealers]));
        const confirmation = dkg.confirm(run, counted, me.index, secretKey, random);
        state.next = { ...next, dealers, key, share };
        return { ok: true, confirmation };
      },
      activate(
        version: bigint,
        confirmations: readonly Confirmation[],
        given: readonly Dealing[],
      ): Done {
        const { state } = this;
        const { held, next, dealings, own } = state;
        if (held?.version === version) return ok;
        if (next === undefined || next.making.version !== version) return refuse('stale');
        const { making, dealers, key, share } = next;
        const isMember = making.members.some((member) => member.key === own);
        if (isMember && (dealers === undefined || key === undefined || share === undefined))
          return refuse('notYet');
        const run = runOf(making);
        const counted = isMember ? dealers!.map((dealer) => dealings.get(dealer)!) : given;
        const confirmed = dkg.confirmedBy(run, counted, confirmations);
        if (BigInt(confirmed.length) < making.threshold) return refuse('invalid');
        const { members, terms } = making;
        // The one before is no more, here and, with this turn, in the store.
        state.held = isMember ? { version, key: key!, members, terms, share: share! } : undefined;
        state.next = undefined;
        empty(dealings);
        empty(state.parts);
        return ok;
      },
      notice(
        entries: readonly (JournalEntry | HiddenEntry)[],
        head: SignedHead,
      ): { readonly ok: true; readonly seen: bigint } | Refusal {
        const { state } = this;
        if (state.isDisputed) return refuse('conflict');
        if (state.vault === '') state.vault = head.head.actorTag.slice('vault '.length);
        const { vault, hashes, seen } = state;
        if (!isSigned(vault, head)) return refuse('invalid');
        if (this.facets.steps.contradicts(head)) return this.facets.steps.dispute(head);
        const [first] = entries;
        if (first === undefined || first.number > seen + 1n) return { ok: true, seen };
        const before = hashes.get(first.number - 1n) ?? '';
        const full = chained(vault, entries, head, before);
        if (full === undefined) return this.facets.steps.dispute(head);
        for (const entry of full) {
          const known = hashes.get(entry.number);
          if (known !== undefined && known !== entry.hash) return this.facets.steps.dispute(head);
          if (known === undefined) this.facets.steps.learn(entry);
        }
        state.heads.set(head.head.number, head);
        return { ok: true, seen: state.seen };
      },
      open({ request, version, seal }: Question): Answered | Refusal {
        const { state } = this;
        const { requests, held, clock, vault, isDisputed } = state;
        const heard = requests.get(request);
        // What does not stand in its own copy of the log was not asked.
        if (isDisputed || heard === undefined) return refuse('invalid');
        const { facts, hash, phase } = heard;
        if (phase === 'declined' || phase === 'over') return refuse('closed');
        if (held === undefined || held.version !== version) return refuse('stale');
        const due = this.facets.steps.due(heard);
        const now = clock.now();
        if (now < due) return refuse('notYet');
        if (now > due + longest) return refuse('expired');
        const named = facts.segments.find(({ segment }) => segment === seal.segment);
        if (named === undefined || named.digest !== sealDigest(seal)) return refuse('invalid');
        const context = contextOf(seal);
        if (seal.vault !== vault || !threshold.verifyEncapsulation(seal.encapsulation, context))
          return refuse('invalid');
        const purpose = purposeOf(vault, request, hash, seal.segment);
        requests.set(request, { ...heard, phase: 'agreed' });
        return { ok: true, answers: this.facets.steps.answers(held, purpose, { seal, heard }) };
      },
    },
    inside: {
      item(number: bigint): Omit<HeardItem, 'act'> {
        const heard = this.state.requests.get(number)!;
        const { facts, phase } = heard;
        const { by, reason, present, holders, segments, viewers } = facts;
        return {
          ...{ number, by, reason, present, holders, phase },
          segments: segments.map(({ segment }) => segment).join(', '),
          viewers: viewers.map(({ name }) => name).join(', '),
          answers: this.facets.steps.due(heard),
        };
      },
      decline(number: bigint): Done {
        const { requests } = this.state;
        const heard = requests.get(number)!;
        if (heard.phase !== 'waiting') return refuse('closed');
        requests.set(number, { ...heard, phase: 'declined' });
        return ok;
      },
      hasten(number: bigint): Done {
        const { requests, held, own, share, secret, secretKey, vault } = this.state;
        const heard = requests.get(number)!;
        if (heard.phase !== 'waiting' || heard.isHastened) return refuse('closed');
        const isCare = held?.members.some((member) => member.key === own && member.isCare);
        if (isCare !== true || share === undefined) return refuse('unsupported');
        const text = hasteText(vault, number, heard.hash);
        const random = hmac(secret, textOf(['hasten', number, heard.hash]));
        const hastening = { key: own, signature: schnorr.sign(secretKey, text, random) };
        const id = `hasten ${hmac(secret, textOf(['hasten id', number]))}`.slice(0, 90);
        send(share, 'hasten', [number, hastening, id]);
        return ok;
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.inside);
      },
    },
    steps: {
      phase(): CustodyPhase {
        const { isDisputed, held, next, share } = this.state;
        if (isDisputed) return 'disputed';
        if (next !== undefined && next.dealers === undefined && held !== undefined)
          return 'waiting';
        if (held !== undefined) return 'keeping';
        return share === undefined ? 'empty' : 'asked';
      },
      /** Takes part in a making, or says why not. */
      accept(making: Making): Refusal | undefined {
        const { state } = this;
        const { vault, own, held, next, makings, clock } = state;
        if (state.isDisputed) return refuse('conflict');
        const logged = makings.get(making.version);
        // All members read in the log among whom a key is made; the log comes before.
        if (logged === undefined) return refuse('notYet');
        if (making.vault !== vault || logged !== makingText(making)) return refuse('conflict');
        const fault = faultOf(making, own, held);
        if (fault !== undefined) return refuse(fault);
        const known = next?.making.version ?? 0n;
        if (making.version < known) return refuse('stale');
        if (next !== undefined && making.version === known) {
          if (makingDigest(next.making) !== makingDigest(making)) return refuse('conflict');
        } else {
          empty(state.dealings);
          empty(state.parts);
          state.next = { making, heardAt: clock.now(), isDeclined: false };
        }
        const { isDeclined, heardAt } = state.next!;
        if (isDeclined) return refuse('closed');
        return clock.now() < heardAt + waitOf(making, held?.terms) ? refuse('notYet') : undefined;
      },
      /** By its own clock: from when it heard of it. */
      due({ heardAt, isHastened: isHasty }: Heard): bigint {
        const { held } = this.state;
        if (held === undefined) return heardAt;
        return heardAt + (isHasty ? held.terms.hastened : held.terms.waiting);
      },
      contradicts({ head }: SignedHead): boolean {
        const known = this.state.hashes.get(head.number);
        return known !== undefined && known !== head.hash;
      },
      dispute(theirs: SignedHead): Refusal {
        const { state } = this;
        const mine = state.heads.get(theirs.head.number);
        if (mine !== undefined && isProof(state.vault, mine, theirs))
          state.proof = { mine, theirs };
        state.isDisputed = true;
        return refuse('conflict');
      },
      learn(entry: JournalEntry): void {
        const { state } = this;
        const { hashes, requests, acts, held, clock, makings, vault } = state;
        hashes.set(entry.number, entry.hash);
        state.seen = entry.number;
        const facts = entry.facts as { readonly request: bigint };
        if (entry.kind === 'request') {
          const asked = requestOf(entry);
          if (asked === undefined || requests.has(asked.request)) return;
          const { hash } = entry;
          const heardAt = clock.now();
          const first = { facts: asked, hash, heardAt, isHastened: false };
          requests.set(asked.request, { ...first, phase: 'waiting' });
          const inside = this.facets.inside as unknown as Facet<Inside>;
          acts.set(
            asked.request,
            makeHeardKit(inside, asked.request).request as Facet<HeardRequest>,
          );
        } else if (entry.kind === 'hastened') {
          const heard = requests.get(facts.request);
          if (heard === undefined || held === undefined) return;
          const { request, signatures } = entry.facts as HastyFacts;
          if (isHastened(vault, held.members, request, heard.hash, { request, signatures }))
            requests.set(request, { ...heard, isHastened: true });
        } else if (entry.kind === 'withdrawn' || entry.kind === 'lapsed') {
          const heard = requests.get(facts.request);
          if (heard !== undefined) requests.set(facts.request, { ...heard, phase: 'over' });
        } else if (entry.kind === 'making') {
          const making = entry.facts as Making;
          makings.set(making.version, makingText(making));
        }
      },
      answers(
        { version, share }: Held,
        purpose: string,
        { seal, heard }: { seal: Question['seal']; heard: Heard },
      ): readonly SealedAnswer[] {
        const { secret, secretKey, heads } = this.state;
        const [last] = heads.values({ reverse: true, limit: 1 });
        const { index } = share;
        const drawn = (what: string, viewer: string) =>
          hmac(secret, textOf(['open', what, purpose, version, viewer]));
        const opening = drawn('part', '');
        const part = threshold.open(share, seal.encapsulation, contextOf(seal), purpose, opening);
        const text = writeAnswer(part, last!);
        return heard.facts.viewers.map(({ key: viewer }) => {
          const context = answerContext(purpose, version, index);
          const sealed = sealedTo.seal(viewer, text, context, drawn('seal', viewer));
          const said = answerText(purpose, version, index, viewer, sealed);
          const signature = schnorr.sign(secretKey, said, drawn('sign', sealed));
          return { viewer, sealed, signature };
        });
      },
    },
  },
  readOnly: ['keeper.changes', 'keeper.joinVault', 'inside.changes'],
});

const empty = (map: DurableMap<bigint, unknown>): void => {
  for (const key of [...map.keys()]) map.delete(key);
};

/** What founds a custodian as a place of its holder's wallet. */
export type CustodyCare = { enclose(fence: Facet<Fence>): void; joined(): Joined };

/** @param secret - 32 random bytes in base64url, told to nobody */
export const makeCustodianParts = (
  name: string,
  secret: string,
  powers: CustodyPowers,
): { readonly keeper: Facet<CustodyKeeper>; readonly care: Facet<CustodyCare> } => {
  const { keeper, care } = makeCustodianKit(name, secret, powers);
  // The cast says which facets they are.
  return { keeper, care } as unknown as ReturnType<typeof makeCustodianParts>;
};
/** For a vat that keeps more than this, such as a wallet. */
export const makeCustodian = (name: string, secret: string, clock: Clock): Facet<CustodyKeeper> =>
  makeCustodianParts(name, secret, { clock }).keeper;

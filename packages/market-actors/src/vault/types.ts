/**
 * The facets of a video vault (SPEC M17, 7.5), and what its members, recorders and custodians say to each other.
 *
 * The vault keeps what was said and by whom. It holds no key that opens anything: a segment opens where
 * `threshold` custodians each give their part, and each of them goes by its own clock and its own copy of the log.
 */
import type { Dealing, Encapsulation, Facet, GroupKey } from '@pocas/vat-runtime';
import type {
  Acts,
  Budget,
  HiddenEntry,
  Joined,
  JournalEntry,
  JournalHead,
  PlaceInvitation,
  PlaceShare,
  Refusal,
} from '@pocas/vat-runtime/actors';

type Done = { readonly ok: true } | Refusal;

export type VaultParams = {
  readonly name: string;
  /** 32 random bytes in base64url, from the node. */
  readonly secret: string;
};

/** What an encapsulation is bound to (`contextOf`). Times are milliseconds since 1970. */
export type SealFacts = {
  /** The vault's public key. */
  readonly vault: string;
  readonly camera: string;
  /** Unique in the vault. Letters, digits, `-`, `_` and `.`, at most 80. */
  readonly segment: string;
  readonly from: bigint;
  readonly to: bigint;
  /** By the vault's clock, when it was sealed. */
  readonly epoch: bigint;
};
/** One sealed segment, as its camera signed it. Digests are SHA-256 in base64url. */
export type Seal = SealFacts & {
  readonly encapsulation: Encapsulation;
  /** Of the header of the age file, mac included. */
  readonly headerDigest: string;
  /** Of the whole file. */
  readonly ciphertextDigest: string;
  /** Of the file, in bytes. */
  readonly size: bigint;
  /** `chainAfter` the camera's segment before. */
  readonly chain: string;
  /** The camera's, of `sealText`. */
  readonly signature: string;
};

/** Somebody who keeps a share of a key. */
export type Member = {
  readonly index: bigint;
  readonly name: string;
  /** The custodian's public key, by which it signs, and to which shares are sealed. */
  readonly key: string;
  /** Two of these together may hasten a request. */
  readonly isCare: boolean;
};
/** What holds as long as this key version does, agreed by all who made it. Milliseconds. */
export type KeyTerms = { readonly waiting: bigint; readonly hastened: bigint };
/** A key that is being made, or shared anew, and among whom. */
export type Making = {
  readonly vault: string;
  /** Counts up with each making that was begun. */
  readonly version: bigint;
  readonly threshold: bigint;
  readonly terms: KeyTerms;
  /** By index, 1 to n. */
  readonly members: readonly Member[];
  /** The key that is shared anew, and who holds it. Absent where a key is made. */
  readonly from?: {
    readonly version: bigint;
    readonly key: GroupKey;
    readonly members: readonly Member[];
  };
};
export type Dealt = { readonly ok: true; readonly dealing: Dealing };
export type Complaint = { readonly dealer: bigint; readonly complaint: string };
export type Confirmation = { readonly index: bigint; readonly confirmation: string };
export type Checked = { readonly ok: true; readonly complaints: readonly Complaint[] };
export type Confirmed = { readonly ok: true; readonly confirmation: string };

/** Where the log stood, with the vault's signature of `headText`. */
export type SignedHead = { readonly head: JournalHead; readonly signature: string };

export type Viewer = {
  readonly name: string;
  /** To which the parts are sealed. Whoever has its secret key sees the segment. */
  readonly key: string;
};
/** What stands in the log of a request (kind `request`, label P1). */
export type RequestFacts = {
  readonly request: bigint;
  readonly by: string;
  readonly reason: string;
  readonly viewers: readonly Viewer[];
  readonly segments: readonly { readonly segment: string; readonly digest: string }[];
  /** How many facets of people who were there were told. */
  readonly present: bigint;
  readonly holders: bigint;
};
/** A care-taker's word, of `hasteText`. */
export type Hastening = { readonly key: string; readonly signature: string };
export type HastyFacts = {
  readonly request: bigint;
  readonly signatures: readonly Hastening[];
};
/** What a custodian is asked for. */
export type Question = {
  readonly request: bigint;
  readonly version: bigint;
  readonly seal: Seal;
};
/** For one viewer: a `PartialOpening` and the custodian's last head of the log, sealed; `answerText` signed. */
export type SealedAnswer = {
  readonly viewer: string;
  readonly sealed: string;
  readonly signature: string;
};
export type Answered = { readonly ok: true; readonly answers: readonly SealedAnswer[] };

/**
 * Keeps one share. What the vault holds of it, in whatever vat it lives. All of it can be repeated, and answers
 * the same again; `notYet` says to ask again later.
 */
export type Custodian = {
  deal(making: Making): Dealt | Refusal;
  check(making: Making, dealings: readonly Dealing[]): Checked | Refusal;
  /** @param dealers - those whose dealings count */
  confirm(version: bigint, dealers: readonly bigint[]): Confirmed | Refusal;
  /**
   * From here on its new share is the one; the old one is erased.
   * @param dealings - those that count, for whoever gives a share away and gets none
   */
  activate(
    version: bigint,
    confirmations: readonly Confirmation[],
    dealings: readonly Dealing[],
  ): Done;
  /** The log from the first entry that it has not seen. */
  notice(
    entries: readonly (JournalEntry | HiddenEntry)[],
    head: SignedHead,
  ): { readonly ok: true; readonly seen: bigint } | Refusal;
  open(question: Question): Answered | Refusal;
};

export type HolderPhase = 'joined' | 'keeping' | 'left';
export type VaultPhase = 'closed' | 'making' | 'open';

/** What a person's share in a vault is. */
export type VaultShare = PlaceShare & {
  view(): VaultShareView;
  /**
   * From now on this custodian keeps this person's share of the key, once it is made or shared anew.
   * @param signature - of `keepText`: `invalid` where the key is none, or somebody else's
   */
  keep(custodian: Facet<Custodian>, key: string, signature: string, requestId: string): Done;
  /** No share at the next making. */
  leave(requestId: string): Done;
  /** A part of this person's requests, for good, to hand to somebody who was there. */
  handOn(segments: bigint, requestId: string): HandedOn | Refusal;
  /** A care-taker's word that a request cannot wait: with two of them it waits as in an emergency. */
  hasten(request: bigint, hastening: Hastening, requestId: string): Done;
  /** Spends one for each segment; tells those who were there and all who keep a share, in the same turn. */
  request(wish: RequestWish, requestId: string): Requested | Refusal;
  /** The same for a page: one segment and one viewer. */
  requestOne(
    segment: string,
    reason: string,
    viewer: string,
    viewerKey: string,
    requestId: string,
  ): Requested | Refusal;
  /** What one viewer of a request needs, whoever asks: without the viewer's own key it is of no use. */
  viewing(request: bigint, viewer: string): Facet<Viewing> | Refusal;
  /** The requests, the newest first, at most 30. */
  requests(before?: bigint): readonly RequestItem[];
  /** The segments of some hours, the newest first, at most 30. */
  segments(before?: bigint): readonly SegmentItem[];
  log(): Facet<VaultLog>;
};
export type HandedOn = { readonly ok: true; readonly budget: Facet<Budget> };
export type VaultShareView = {
  readonly name: string;
  readonly place: string;
  readonly phase: VaultPhase;
  readonly keeps: HolderPhase;
  readonly left: bigint;
  readonly quota: bigint;
  readonly holders: bigint;
  readonly threshold: bigint;
  /** Of the key to which everything is sealed; empty while there is none. To be compared with what others see. */
  readonly print: string;
  readonly requests: readonly RequestItem[];
  readonly segments: readonly SegmentItem[];
  readonly log: Facet<VaultLog>;
};
export type SegmentItem = {
  readonly segment: string;
  readonly camera: string;
  readonly from: bigint;
  readonly to: bigint;
  /** Kept for a case beyond the usual days. */
  readonly isHeld: boolean;
};

export type RequestWish = {
  /** At most 10. */
  readonly segments: readonly string[];
  readonly reason: string;
  /** At most 3. */
  readonly viewers: readonly Viewer[];
};
export type Requested = {
  readonly ok: true;
  readonly number: bigint;
  readonly request: Facet<VaultRequest>;
  /** In the order of the viewers named. */
  readonly viewings: readonly Facet<Viewing>[];
};
export type RequestPhase = 'pending' | 'open' | 'answered' | 'lapsed' | 'withdrawn';
export type RequestItem = {
  readonly number: bigint;
  readonly phase: RequestPhase;
  readonly by: string;
  readonly reason: string;
  readonly segments: string;
  readonly viewers: string;
  readonly opens: bigint;
  /** How many facets of people who were there, and how many holders, were told. */
  readonly present: bigint;
  readonly holders: bigint;
};
/** For whoever asked. */
export type VaultRequest = {
  view(): RequestView;
  changes(since?: string): Promise<string>;
  withdraw(requestId: string): Done;
  viewings(): readonly Facet<Viewing>[];
};
export type RequestView = RequestItem & {
  readonly lapses: bigint;
  readonly needed: bigint;
  /** For the segment with the fewest. */
  readonly collected: bigint;
};
/** For one viewer: all that is needed to open, beside the viewer's own key. */
export type Viewing = {
  view(): RequestView & { readonly viewer: string };
  changes(since?: string): Promise<string>;
  /** What the parts are checked against, and the entry of the request in the log. */
  terms(): ViewingTerms;
  parts(segment: string): { readonly ok: true; readonly parts: readonly Part[] } | Refusal;
  /**
   * A custodian's answer is not what it should be. `disclosure` shows what was sealed without giving a key away;
   * `invalid` where it shows that the answer is right.
   */
  report(segment: string, index: bigint, disclosure: string, requestId: string): Done;
  /** Notes in the log that the viewer sees the segment. Said before it is shown. @param signature - of `sawText` */
  saw(segment: string, signature: string, requestId: string): Done;
  log(): Facet<VaultLog>;
};
export type Part = {
  readonly index: bigint;
  readonly sealed: string;
  readonly signature: string;
};
export type ViewingTerms = {
  readonly vault: string;
  readonly version: bigint;
  readonly key: GroupKey;
  readonly members: readonly Member[];
  readonly request: bigint;
  readonly entry: JournalEntry;
  readonly seals: readonly Seal[];
  /** By which each camera of these signs. */
  readonly cameras: readonly { readonly camera: string; readonly key: string }[];
  readonly viewer: Viewer;
};

/** The log as any member may read it: what concerns people in full, and the public heads. */
export type VaultLog = {
  view(): JournalHead & { readonly print: string };
  changes(since?: string): Promise<string>;
  vault(): string;
  head(): SignedHead;
  headAt(epoch: bigint): SignedHead | Refusal;
  /** The entry with this number, as the vault stands by it: for whoever was shown another. */
  standsBy(number: bigint): SignedHead | Refusal;
  entries(from: bigint, to: bigint): readonly (JournalEntry | HiddenEntry)[];
};

/** For the program beside a camera. */
export type Recorder = {
  view(): RecorderView;
  changes(since?: string): Promise<string>;
  /** Repeated, it answers the same. `conflict` where it does not follow the last one; `closed`, `stale`, `notYet`, `invalid`. */
  seal(seal: Seal): Done;
  /** Segments of which the file is to be deleted now, at most 30. */
  expired(): readonly string[];
  deleted(segments: readonly string[]): Done;
};
export type RecorderView = {
  readonly vault: string;
  readonly camera: string;
  readonly key: string;
  readonly isOpen: boolean;
  readonly groupKey: string;
  readonly epoch: bigint;
  readonly now: bigint;
  /** Of the last segment; empty and 0 before the first. */
  readonly chain: string;
  readonly last: bigint;
  readonly toDelete: bigint;
};

/** For the device at the place that lets people check in. */
export type Beacon = {
  view(): { readonly place: string; readonly until: bigint };
  changes(since?: string): Promise<string>;
  /** Lets in until the end of the running ten minutes. */
  door(): Facet<Door>;
  /** The same as a text for a code on a screen. Undefined where the vault has nothing to make texts by. */
  doorLink(): Promise<{ readonly secret: string }> | Refusal;
};
export type Door = {
  /** A facet of one's own for these ten minutes. Nothing of who asks is kept. */
  checkIn(requestId: string): { readonly ok: true; readonly presence: Facet<Presence> } | Refusal;
};
/** That somebody was there, and not who. */
export type Presence = {
  view(): PresenceView;
  changes(since?: string): Promise<string>;
  /** To ask for what was recorded meanwhile. Whoever asks is no longer unknown. */
  asker(): Facet<PresentAsker>;
};
export type PresenceView = {
  readonly place: string;
  readonly from: bigint;
  readonly to: bigint;
  /** What was asked to be seen of these ten minutes. */
  readonly requests: readonly RequestItem[];
};
export type PresentAsker = {
  /** Of the segments of these ten minutes alone, by a part of some member's budget. */
  request(
    wish: RequestWish & { readonly budget: Facet<Budget> },
    requestId: string,
  ): Requested | Refusal;
};

/** For whoever looks after the vault day by day. It opens nothing. */
export type VaultSteward = {
  view(): VaultStewardView;
  changes(since?: string): Promise<string>;
  invite(requestId: string): {
    readonly ok: true;
    readonly invitation: Facet<PlaceInvitation>;
    readonly goto: Facet<PlaceInvitation>;
  };
  /** The same for a page: the invitation as a text, to be pasted into the wallet of who is invited. */
  inviteLink(
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /** @param key - the public key by which the recorder signs */
  addCamera(
    camera: string,
    key: string,
    requestId: string,
  ): { readonly ok: true; readonly recorder: Facet<Recorder> } | Refusal;
  /** The same for a page: the recorder as a text, for its program. */
  recorderLink(camera: string, key: string, requestId: string): Refusal;
  beacon(): Facet<Beacon>;
  /** Two care-takers can hasten a request, from the next making on. */
  setCare(holder: bigint, isCare: boolean, requestId: string): Done;
  addCare(holder: bigint, requestId: string): Done;
  removeCare(holder: bigint, requestId: string): Done;
  /** No share for this person from the next making on. */
  leaveOut(holder: bigint, requestId: string): Done;
  /** Makes the key among all who keep a share, or shares it anew. Begun again, it leaves out whoever does not answer. */
  makeKey(requestId: string): { readonly ok: true; readonly version: bigint } | Refusal;
};
export type VaultStewardView = {
  readonly name: string;
  readonly phase: VaultPhase;
  readonly version: bigint;
  readonly threshold: bigint;
  readonly print: string;
  readonly holders: readonly HolderItem[];
  /** Of the key that is being made. */
  readonly step?: MakingStep;
  readonly answered?: bigint;
  readonly of?: bigint;
  readonly cameras: readonly { readonly camera: string; readonly last: bigint }[];
};
export type HolderItem = {
  readonly number: bigint;
  readonly name: string;
  readonly keeps: HolderPhase;
  readonly isCare: boolean;
  /** In the key that holds now. */
  readonly isIn: boolean;
  /** Of the making that is under way: whether an answer is missing. */
  readonly isAwaited: boolean;
};
export type MakingView = {
  readonly version: bigint;
  readonly step: MakingStep;
  readonly answered: bigint;
  readonly of: bigint;
};
export type MakingStep = 'deal' | 'check' | 'confirm' | 'done' | 'given up';

/** For a case of care (F20): keeps named segments beyond their days. */
export type VaultCases = {
  view(): { readonly held: readonly HeldItem[] };
  changes(since?: string): Promise<string>;
  /** At most 90 days, and for the log to see. */
  hold(segment: string, reason: string, days: bigint, requestId: string): Done;
  release(segment: string, requestId: string): Done;
};
export type HeldItem = {
  readonly segment: string;
  readonly reason: string;
  readonly until: bigint;
};

export type VaultClaimed = Joined & {
  readonly participant: Facet<VaultShare>;
  readonly cares: {
    readonly steward: Facet<VaultSteward>;
    readonly cases: Facet<VaultCases>;
    readonly acts: Facet<Acts>;
  };
};
export type VaultFounding = {
  claim(name: string, requestId: string): VaultClaimed | Refusal;
};

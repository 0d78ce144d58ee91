/** The facets of a repository of protocolitos (SPEC F16). */
import type { Clock, Enlivener, Facet, Grantor, Text } from '@pocas/vat-runtime';
import type {
  Assembly,
  BallotShare,
  Joined,
  PlaceInvitation,
  Refusal,
} from '@pocas/vat-runtime/actors';
import type { Content, PowerName } from './content.ts';

export type Ok = { readonly ok: true };

export type RepositoryParams = {
  readonly name: string;
  /** 32 random bytes in base64url, drawn by the node. */
  readonly secret: string;
};
export type RepositoryPowers = {
  readonly clock: Clock;
  /** Without them nothing is sent or opened as a text. */
  readonly grantor?: Facet<Grantor>;
  readonly enlivener?: Facet<Enlivener>;
  /** Without it nothing can be installed here. */
  readonly installer?: Facet<Installer>;
  /** Makes bodies of decision, for those who use something together. */
  readonly assemblies?: Facet<AssemblyMaker>;
};
export type AssemblyMaker = { make(): Promise<Facet<Assembly>> };

/**
 * The node's power to run a module from elsewhere as a guest (docs/decisions/0011), in the name of one repository.
 * It believes nothing of what it is told: the text is held against its hash, and the powers against its own list.
 */
export type Installer = {
  /** With the same order it answers the same root, however often it is asked and whatever died in between. */
  install(order: Order): Promise<Installed | Refusal>;
};
export type Order = {
  /** Names the installation, among those of one repository. */
  readonly key: string;
  /** Of the text; see `hashModule`. */
  readonly hash: string;
  readonly text: string;
  readonly powers: readonly PowerName[];
  readonly params: ModuleParams;
};
export type Installed = { readonly ok: true; readonly root: Facet<object> };
/** What a module's `make(powers, params)` is given beside its powers. */
export type ModuleParams = {
  /** What whoever installed it calls it. */
  readonly name: string;
  readonly charter: { readonly [name: string]: bigint };
};

export type RepositoryFounding = {
  claim(name: string, requestId: string): RepositoryClaimed | Refusal;
};
export type RepositoryJoined = {
  readonly ok: true;
  readonly place: string;
  readonly participant: Facet<RepositoryParticipant>;
  readonly goto?: Facet<RepositoryParticipant>;
};
export type RepositoryClaimed = RepositoryJoined & { readonly cares: {} };

export type RepositoryParticipant = {
  view(): {
    readonly repository: string;
    readonly name: string;
    readonly uses: readonly { readonly name: string; readonly use: Facet<Seat> }[];
    readonly drafts: readonly { readonly title: string; readonly draft: Facet<Draft> }[];
    /** The newest 30. */
    readonly versions: readonly Listed[];
  };
  changes(since?: string): Promise<string>;
  /** The 30 before a number. */
  earlier(before: bigint): readonly Listed[];
  /** `closed` where there is no such version here. */
  find(hash: string): { readonly ok: true; readonly version: Facet<Version> } | Refusal;
  draft(
    title: string,
    language: string,
    works: string,
    contribute: string,
    changers: string,
    requestId: string,
  ): { readonly ok: true; readonly draft: Facet<Draft>; readonly goto: Facet<Draft> } | Refusal;
  /** Reads a version, of this repository or of another, and says what it would be given. Nothing runs. */
  plan(version: Facet<Version>, requestId: string): Promise<Planned | Refusal> | Planned | Refusal;
  /** The same for a version of another repository, that somebody sent as a text. */
  planLink(link: string, requestId: string): Promise<Planned | Refusal> | Planned | Refusal;
  /** A version as a text that can be sent. It opens the version and nothing else. */
  share(
    version: Facet<Version>,
    requestId: string,
  ): Promise<Ok & { readonly secret: string }> | Refusal;
  /** Takes part in what others use. */
  accept(
    invitation: Facet<UseInvitation>,
    requestId: string,
  ): { readonly ok: true; readonly use: Facet<Seat>; readonly goto: Facet<Seat> } | Refusal;
  acceptLink(
    link: string,
    requestId: string,
  ): Promise<ReturnType<RepositoryParticipant['accept']>> | Refusal;
  invite(
    requestId: string,
  ): { readonly ok: true; readonly invitation: Facet<PlaceInvitation> } | Refusal;
  inviteLink(requestId: string): Promise<Ok & { readonly secret: string }> | Refusal;
  renew(requestId: string): Joined | Refusal;
  /** A text that opens this share until it is renewed, for its holder's backup. */
  link(): Promise<{ readonly secret: string }> | Refusal;
};
export type Listed = {
  readonly title: string;
  readonly number: bigint;
  readonly version: Facet<Version>;
};

/** A version that nobody can change, by its hash. Everybody who has it sees the same. */
export type Version = {
  view(): VersionView;
  changes(since?: string): Promise<string>;
  /** All that its hash is over, but for the text of the module, whose hash it has. */
  content(): Content;
  /** A piece of the module's text, from 0 on. `closed` after the last. */
  piece(number: bigint): { readonly ok: true; readonly text: string } | Refusal;
};
export type PowerWords = { readonly power: string; readonly lets: Text };
export type VersionView = {
  readonly title: string;
  readonly language: string;
  readonly works: string;
  readonly contribute: string;
  readonly changers: string;
  readonly hash: string;
  /** Absent where it is words only. */
  readonly module?: string;
  readonly powers: readonly PowerWords[];
  readonly charter: readonly { readonly name: string; readonly value: bigint }[];
  readonly parents: readonly { readonly hash: string }[];
  readonly requires: readonly { readonly hash: string }[];
  /** Versions of this repository that come from this one. */
  readonly later: readonly { readonly title: string; readonly version: Facet<Version> }[];
};

/** Seen by its author only. */
export type Draft = {
  view(): {
    readonly title: string;
    readonly works: string;
    readonly size: bigint;
    readonly powers: readonly PowerWords[];
    readonly options: readonly { readonly power: string }[];
    readonly isPublished: boolean;
  };
  changes(since?: string): Promise<string>;
  /** Adds a piece to the text of the module. `quota` past what a module may have. */
  write(text: string, requestId: string): Ok | Refusal;
  /** `unsupported` for a power that is not on the list. */
  declare(power: string, requestId: string): Ok | Refusal;
  setValue(name: string, value: bigint, requestId: string): Ok | Refusal;
  comesFrom(hash: string, requestId: string): Ok | Refusal;
  needs(hash: string, requestId: string): Ok | Refusal;
  /** Publishing the same again answers the version that is there. */
  publish(requestId: string):
    | {
        readonly ok: true;
        readonly hash: string;
        readonly version: Facet<Version>;
        readonly goto: Facet<Version>;
      }
    | Refusal;
};

export type Planned = { readonly ok: true; readonly plan: Facet<Plan>; readonly goto: Facet<Plan> };
/** What installing would do, before it is done. Bound to the hash of what was read. */
export type Plan = {
  view(): {
    readonly title: string;
    readonly works: string;
    readonly hash: string;
    readonly size: bigint;
    readonly powers: readonly PowerWords[];
    readonly charter: readonly { readonly name: string; readonly value: bigint }[];
    readonly requires: readonly { readonly hash: string }[];
    readonly state: PlanState;
    readonly use?: Facet<Seat>;
  };
  changes(since?: string): Promise<string>;
  /** Hands over what the page shows, and nothing else. */
  confirm(
    name: string,
    requestId: string,
  ): Promise<InstalledUse | Refusal> | InstalledUse | Refusal;
  /**
   * The same for programs, which say what they grant.
   *
   * `invalid` where that is not exactly what the version declares, where the hash is not the plan's, or the values
   * name what the version's charter has not; `conflict` while another installs by this plan, `closed` after it.
   */
  install(
    hash: string,
    granted: readonly string[],
    name: string,
    values: { readonly [name: string]: bigint },
    requestId: string,
  ): Promise<InstalledUse | Refusal> | InstalledUse | Refusal;
};
export type PlanState = 'open' | 'begun' | 'installed' | 'offered' | 'failed';
export type InstalledUse = {
  readonly ok: true;
  readonly root: Facet<object>;
  readonly use: Facet<Seat>;
  readonly goto: Facet<Seat>;
};

/** One person's part in what a group uses. */
export type Seat = {
  view(): {
    readonly name: string;
    readonly hash: string;
    readonly root: Facet<object>;
    readonly users: readonly { readonly who: string }[];
    readonly ballot?: Facet<BallotShare>;
    readonly offered: readonly OfferedVersion[];
    /** One's own that are not installed. The newest 30. */
    readonly plans: readonly { readonly title: string; readonly plan: Facet<Plan> }[];
    /** Adopted, and not running yet. */
    readonly next?: string;
    readonly earlier: readonly { readonly hash: string; readonly root: Facet<object> }[];
  };
  changes(since?: string): Promise<string>;
  /** Lets one more person of this repository use it too. From two on they decide together. */
  invite(
    requestId: string,
  ): { readonly ok: true; readonly invitation: Facet<UseInvitation> } | Refusal;
  /** The same as a text that can be sent, for whoever is in the repository. */
  inviteLink(requestId: string): Promise<Ok & { readonly secret: string }> | Refusal;
  /** Lays a plan before those who use it. It can then be installed in this way only. */
  offer(plan: Facet<Plan>, requestId: string): Ok | Refusal;
  /** Of whoever uses it alone. `unsupported` where others use it too: they decide. */
  adopt(hash: string, requestId: string): Ok | Refusal;
  /** Runs what was adopted. Any of them may, and it happens once. */
  run(requestId: string): Promise<InstalledUse | Refusal> | InstalledUse | Refusal;
  leave(requestId: string): Ok | Refusal;
};
export type OfferedVersion = {
  readonly title: string;
  readonly hash: string;
  readonly plan: Facet<Plan>;
};
export type UseInvitation = { view(): { readonly name: string; readonly used: boolean } };

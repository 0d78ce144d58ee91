/** What the files of a repository are to each other. None of it leaves the vat. */
import { M } from '@endo/patterns';
import type { Clock, Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import type { Electorate, PlaceInvitation, Refusal } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import type { Content } from './content.ts';
import type {
  AssemblyMaker,
  InstalledUse,
  Installer,
  Listed,
  Plan,
  RepositoryJoined,
  Seat,
  UseInvitation,
  Version,
} from './types.ts';

/** The repository. */
export type Hub = {
  name(): string;
  nameOf(member: bigint): string;
  derive(purpose: string): string;
  record(kind: string, facts: unknown): void;
  touch(): void;
  publish(content: Content, pieces: readonly string[], member: bigint): Facet<Version> | Refusal;
  after(hash: string): Listed[];
  listed(before: bigint): Listed[];
  find(hash: string): Facet<Version> | undefined;
  listedHas(version: Facet<Version>): boolean;
  clock(): Clock;
  enrol(name: string): RepositoryJoined;
  invite(): Facet<PlaceInvitation>;
  installer(): Facet<Installer> | undefined;
  assemblies(): Facet<AssemblyMaker> | undefined;
  grantor(): Facet<Grantor> | undefined;
  enlivener(): Facet<Enlivener> | undefined;
  keepPlan(plan: Facet<Plan>, inside: Facet<PlanInside>): void;
  /** The newest 30 that are not installed. */
  openPlansOf(member: bigint): { readonly title: string; readonly plan: Facet<Plan> }[];
  planOf(plan: Facet<Plan>): Facet<PlanInside> | undefined;
  keepInvitation(invitation: Facet<UseInvitation>, inside: Facet<InvitationInside>): void;
  invitationOf(invitation: Facet<UseInvitation>): Facet<InvitationInside> | undefined;
  /** What the person has, for their own page. */
  sitDown(member: bigint, use: Facet<UseInside>, seat: Facet<Seat>): void;
  standUp(member: bigint, use: Facet<UseInside>): void;
};

/** A plan, for the repository and for the use that it was laid before. */
export type PlanInside = {
  content(): Content;
  hash(): string;
  plan(): Facet<Plan>;
  isOpen(): boolean;
  member(): bigint;
  /** From then on it is installed by this use only. `closed` where it is installed or under way. */
  lay(use: Facet<UseInside>): { readonly ok: true } | Refusal;
  /** Installs it for the use that it was laid before. */
  run(
    use: Facet<UseInside>,
    name: string,
  ): Promise<InstalledUse | Refusal> | InstalledUse | Refusal;
};
export type UseInside = {
  seatOf(member: bigint): Facet<Seat>;
  name(): string;
  sit(member: bigint): Facet<Seat>;
  /** What its plan made runs now. */
  runs(hash: string, root: Facet<object>): void;
  adopt(hash: string): { readonly ok: true } | Refusal;
  offers(): { readonly title: string; readonly hash: string; readonly plan: Facet<PlanInside> }[];
  root(): Facet<object>;
  electorate(): Facet<Electorate> | undefined;
};
export type InvitationInside = {
  accept(member: bigint, requestId: string): Facet<Seat> | Refusal;
};
/** For facets that never leave the vat. */
export const inner = <Names extends string>(name: string): Methods<Names> =>
  // The cast names the methods, all of which the default stands for.
  M.interface(name, {}, { defaultGuards: 'passable' }) as unknown as Methods<Names>;

/** The vat of one repository of protocolitos (SPEC F16). Its root is claimed by whoever founds it, once. */
import { M, mustMatch } from '@endo/patterns';
import type { Clock, DurableMap, Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import { defineActor, hmac, identityOf, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import {
  type Fences,
  type JournalWriter,
  type PlaceInvitation,
  type Refusal,
  RequestIdShape,
  makeFences,
  makeJournal,
  refuse,
} from '@pocas/vat-runtime/actors';
import { NameShape } from '../inside/shapes.ts';
import { type Content, hashContent } from './content.ts';
import {
  type Hub,
  type InvitationInside,
  type PlanInside,
  type UseInside,
  inner,
} from './inside.ts';
import { type ShareCare, makeInvitation, makeShare } from './member.ts';
import type {
  AssemblyMaker,
  Installer,
  Listed,
  Plan,
  RepositoryClaimed,
  RepositoryFounding,
  RepositoryJoined,
  RepositoryParams,
  RepositoryPowers,
  Seat,
  UseInvitation,
  Version,
} from './types.ts';
import { makeVersion } from './version.ts';

const maxVersions = 2_000;
const maxMembers = 1_000;
const shown = 30n;
/** The same for everybody, so it comes out of every fence as it is. */
const open = ['ProtocolitoVersion version', 'RepositoryInvitation invitation'];

const ParamsShape = M.splitRecord({ name: NameShape, secret: M.string() }, {}, {});
type Row = Listed & { readonly parents: readonly string[] };

const makeHubKit = defineActor({
  name: 'Repository',
  state: {
    params: typed<RepositoryParams>(M.record()),
    powers: typed<RepositoryPowers>(M.record()),
    journal: typed<Facet<JournalWriter>>(M.remotable('journal')),
    fences: typed<Facet<Fences>>(M.remotable('fences')),
    /** By number, from 1 on. */
    versions: typed<DurableMap<bigint, Row>>(M.any()),
    byHash: typed<DurableMap<string, bigint>>(M.any()),
    /** By the hash of what they come from, and their number. */
    byParent: typed<DurableMap<string, bigint>>(M.any()),
    plans: typed<DurableMap<string, Facet<PlanInside>>>(M.any()),
    invitations: typed<DurableMap<string, Facet<InvitationInside>>>(M.any()),
    names: typed<DurableMap<bigint, string>>(M.any()),
    shares: typed<DurableMap<bigint, Facet<ShareCare>>>(M.any()),
    turned: M.nat(),
  },
  init: (params: RepositoryParams, powers: RepositoryPowers, journal: Facet<JournalWriter>) => ({
    ...{ params, powers, journal, turned: 0n },
    fences: makeFences(open),
    versions: makeDurableMap<bigint, Row>(),
    byHash: makeDurableMap<string, bigint>(),
    byParent: makeDurableMap<string, bigint>(),
    plans: makeDurableMap<string, Facet<PlanInside>>(),
    invitations: makeDurableMap<string, Facet<InvitationInside>>(),
    names: makeDurableMap<bigint, string>(),
    shares: makeDurableMap<bigint, Facet<ShareCare>>(),
  }),
  guards: { hub: inner<keyof Hub>('Repository') },
  facets: {
    hub: {
      name(): string {
        return this.state.params.name;
      },
      nameOf(member: bigint): string {
        return this.state.names.get(member) ?? '';
      },
      derive(purpose: string): string {
        return hmac(this.state.params.secret, `pocas repository\n${purpose}`);
      },
      record(kind: string, facts: unknown): void {
        this.state.journal.record(kind, facts, 'P0');
      },
      touch(): void {
        this.state.turned += 1n;
      },
      clock(): Clock {
        return this.state.powers.clock;
      },
      installer(): Facet<Installer> | undefined {
        return this.state.powers.installer;
      },
      assemblies(): Facet<AssemblyMaker> | undefined {
        return this.state.powers.assemblies;
      },
      grantor(): Facet<Grantor> | undefined {
        return this.state.powers.grantor;
      },
      enlivener(): Facet<Enlivener> | undefined {
        return this.state.powers.enlivener;
      },
      publish(
        content: Content,
        pieces: readonly string[],
        member: bigint,
      ): Facet<Version> | Refusal {
        const { versions, byHash, byParent } = this.state;
        const hash = hashContent(content);
        const before = byHash.get(hash);
        if (before !== undefined) return versions.get(before)!.version;
        if (versions.size() >= maxVersions) return refuse('quota');
        const number = BigInt(versions.size()) + 1n;
        const hub = this.facets.hub as unknown as Facet<Hub>;
        const version = makeVersion(hub, hash, content, pieces);
        const { title, parents } = content;
        versions.set(number, { title, number, version, parents });
        byHash.set(hash, number);
        for (const parent of parents) byParent.set(`${parent} ${number}`, number);
        this.facets.hub.record('published', { hash, member, parents });
        this.facets.hub.touch();
        return version;
      },
      listed(before: bigint): Listed[] {
        const { versions } = this.state;
        const last = BigInt(versions.size());
        const found: Listed[] = [];
        const from = before === 0n || before > last ? last : before - 1n;
        for (let i = from; i > 0n && i > from - shown; i -= 1n) {
          const { title, number, version } = versions.get(i)!;
          found.push({ title, number, version });
        }
        return found;
      },
      after(hash: string): Listed[] {
        const { byParent, versions } = this.state;
        const found: Listed[] = [];
        for (const [, number] of byParent.entries({
          ...{ from: `${hash} `, to: `${hash}!`, limit: Number(shown) },
        })) {
          const { title, version } = versions.get(number)!;
          found.push({ title, number, version });
        }
        return found;
      },
      find(hash: string): Facet<Version> | undefined {
        const number = this.state.byHash.get(hash);
        return number === undefined ? undefined : this.state.versions.get(number)!.version;
      },
      listedHas(version: Facet<Version>): boolean {
        if (typeof version.view !== 'function') return false;
        for (const row of this.state.versions.values()) if (row.version === version) return true;
        return false;
      },
      enrol(name: string): RepositoryJoined {
        const { names, shares, fences } = this.state;
        if (names.size() >= maxMembers)
          throw Error('Cannot join: the repository is full of people');
        const number = BigInt(names.size()) + 1n;
        names.set(number, name);
        const share = makeShare(this.facets.hub as unknown as Facet<Hub>, number, fences);
        shares.set(number, share);
        this.facets.hub.record('joined', { member: number });
        return share.joined();
      },
      invite(): Facet<PlaceInvitation> {
        return makeInvitation(this.facets.hub as unknown as Facet<Hub>);
      },
      keepPlan(plan: Facet<Plan>, inside: Facet<PlanInside>): void {
        this.state.plans.set(identityOf(plan), inside);
        this.state.shares.get(inside.member())!.keepPlan(inside);
      },
      openPlansOf(member: bigint): { readonly title: string; readonly plan: Facet<Plan> }[] {
        return this.state.shares.get(member)!.openPlans();
      },
      planOf(plan: Facet<Plan>): Facet<PlanInside> | undefined {
        return this.state.plans.get(identityOf(plan));
      },
      keepInvitation(invitation: Facet<UseInvitation>, inside: Facet<InvitationInside>): void {
        this.state.invitations.set(identityOf(invitation), inside);
      },
      invitationOf(invitation: Facet<UseInvitation>): Facet<InvitationInside> | undefined {
        return this.state.invitations.get(identityOf(invitation));
      },
      sitDown(member: bigint, use: Facet<UseInside>, seat: Facet<Seat>): void {
        this.state.shares.get(member)!.sitDown(use, seat);
        this.facets.hub.touch();
      },
      standUp(member: bigint, use: Facet<UseInside>): void {
        this.state.shares.get(member)!.standUp(use);
        this.facets.hub.touch();
      },
    },
  },
});

const makeFoundingKit = defineActor({
  name: 'RepositoryFounding',
  state: {
    hub: typed<Facet<Hub>>(M.remotable('hub')),
    claimed: typed<{ readonly requestId: string; readonly answer: RepositoryClaimed } | undefined>(
      M.opt(M.record()),
    ),
  },
  init: (hub: Facet<Hub>) => ({ hub, claimed: undefined }),
  guards: {
    founding: M.interface('RepositoryFounding', {
      claim: M.call(NameShape, RequestIdShape).returns(M.record()),
    }),
  },
  facets: {
    founding: {
      claim(name: string, requestId: string): RepositoryClaimed | Refusal {
        const { hub, claimed } = this.state;
        if (claimed !== undefined)
          return claimed.requestId === requestId ? claimed.answer : refuse('claimed');
        // Whoever founds it is one of its people, and cares for nothing that others do not.
        const answer: RepositoryClaimed = { ...hub.enrol(name), cares: {} };
        this.state.claimed = { requestId, answer };
        return answer;
      },
    },
  },
});

/** @param params - of whoever founds it, and the secret that the node drew; checked here */
export const make = (
  powers: RepositoryPowers,
  params: RepositoryParams,
): Facet<RepositoryFounding> => {
  mustMatch(params, ParamsShape, 'params of a repository');
  // The message says nothing of what stands there.
  if (!/^[A-Za-z0-9_-]{43}$/.test(params.secret))
    throw new TypeError(
      'Cannot found a repository: its secret must be 32 random bytes in base64url',
    );
  const { clock } = powers;
  const tag = sha256(hmac(params.secret, 'pocas repository tag')).slice(0, 16);
  const { writer } = makeJournal({ actorTag: `repository ${tag}`, clock });
  writer.record('founded', { name: params.name }, 'P0');
  const { hub } = makeHubKit(params, powers, writer);
  return makeFoundingKit(hub as unknown as Facet<Hub>).founding;
};

/**
 * The powers over sturdy refs. Each party has its own of them, so who asks is known from the object that
 * was called and never from what is said.
 */
import { E } from '@endo/eventual-send';
import harden from '@endo/harden';
import { M } from '@endo/patterns';
import type {
  Enlivener,
  Grantor,
  SturdyRefInfo,
  SturdyRefPage,
  SturdyRefTerms,
} from '../actor/powers.ts';
import { toBase32 } from '../locator/base-encoding.ts';
import type { Asker } from '../locator/grants.ts';
import type { Designator } from '../locator/identity.ts';
import { type Hints, makeHints, readHints } from '../locator/signed-hints.ts';
import type { SignedLocations } from '../locator/signed-locations.ts';
import { type SwissNumber, parseSturdyRef } from '../locator/sturdy-ref.ts';
import { formatSturdyRef } from '../locator/write-locator.ts';
import type { Connection, Ref } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { makePower } from '../vat/guard.ts';
import type { GrantRows, GrantView } from './grant-rows.ts';
import type { Guesses } from './guesses.ts';
import type { ControlParty } from './powers.ts';

/** What every peer, client and session is given at first: the object that a swiss number designates. */
export type Greeter = { enliven(swiss: string): unknown };

/** The program itself, as one who asks and grants. */
export const PROGRAM: Asker = 'program';
export const vatAsker = (id: string): Asker => `v${id}`;
/** @param hash - SHA-256 of the session's id */
export const webAsker = (hash: Uint8Array): Asker => `w${toBase32(hash)}`;
/** Whether a party is part of this node, and no stranger. */
export const isOurs = (asker: Asker): boolean => asker === PROGRAM || /^v[1-9][0-9]*$/.test(asker);

/** A sturdy ref in the list of the node's operator, who sees all. */
export type GrantInfo = Omit<SturdyRefInfo, 'id' | 'from'> & {
  /** `<who granted it>.<number>`, such as `v3.7`. */
  readonly ref: string;
  /** The one that it was derived from. */
  readonly from?: string;
};
export type GrantInfoPage = { readonly refs: readonly GrantInfo[]; readonly next?: string };

export type SturdyPowers = {
  /** What a party is given at first. */
  readonly greeterFor: (asker: Asker) => Ref;
  /** Those of the program. */
  readonly enlivener: Enlivener;
  readonly grantor: Grantor;
  /** Those of a vat, in place of the program's. Anything else is answered as it is. */
  readonly ownOf: (vat: string, power: unknown) => unknown;
  /** All sturdy refs of the node. @param after - what the page before said */
  readonly listGrants: (after?: string) => Promise<GrantInfoPage>;
  /** Ends any of them, as `Grantor.revoke` does. @param ref - as it is listed */
  readonly revokeGrant: (ref: string) => boolean;
};

export type SturdyPowersInput = {
  readonly control: ControlParty;
  readonly switchboard: Switchboard;
  readonly grants: GrantRows;
  readonly guesses: Guesses;
  readonly designator: Designator;
  /** Where this node can be dialled, once it listens. */
  readonly ownLocations: () => SignedLocations | undefined;
  /** The party of any node; dialled when needed. */
  readonly providePeer: (designator: Designator, hints: Hints) => Connection;
  readonly provideParty: (id: string) => Connection | undefined;
};

const TermsShape = M.splitRecord(
  {},
  {
    uses: M.opt(M.bigint()),
    expires: M.opt(M.bigint()),
    bind: M.opt(M.string()),
    label: M.opt(M.string()),
  },
  {},
);

const GreeterI = M.interface('Greeter', { enliven: M.call(M.string()).returns(M.any()) });
const EnlivenerI = M.interface('Enlivener', { enliven: M.call(M.string()).returns(M.any()) });
const GrantorI = M.interface('Grantor', {
  sturdy: M.call(M.remotable()).optional(TermsShape).returns(M.string()),
  derive: M.call(M.string()).optional(TermsShape).returns(M.string()),
  list: M.call().optional(M.opt(M.string())).returns(M.promise()),
  revoke: M.call(M.or(M.bigint(), M.string())).returns(M.boolean()),
});

// One text for all, so that nobody learns whether a swiss number once was good.
const NOT_ENLIVENED = 'Cannot enliven: the reference is unknown, expired, used or revoked';
const TOO_MANY = 'Cannot enliven: too many wrong references; try again later (delivered: no)';

const describeAsker = (asker: Asker): string => {
  if (asker === PROGRAM) return 'the node';
  if (isOurs(asker)) return 'a vat of the node';
  return asker.length === 53 ? 'a web session' : asker;
};

/** What both lists say. */
const describe = ({ grant }: GrantView): Omit<SturdyRefInfo, 'id' | 'from'> => {
  const { label, madeAt, expires, usesLeft, bound, binds } = grant;
  const boundTo = bound === undefined ? binds && 'first use' : describeAsker(bound);
  return {
    madeAt: BigInt(madeAt),
    ...(label === undefined ? {} : { label }),
    ...(expires === undefined ? {} : { expires: BigInt(expires) }),
    ...(usesLeft === undefined ? {} : { uses: BigInt(usesLeft) }),
    ...(boundTo === undefined ? {} : { boundTo }),
  };
};

export const makeSturdyPowers = (input: SturdyPowersInput): SturdyPowers => {
  const { control, switchboard, grants, guesses, designator } = input;

  const admit = (asker: Asker) => {
    if (!guesses.admits(asker)) throw Error(TOO_MANY);
  };
  const counted = <T>(asker: Asker, found: T | undefined): T => {
    if (found === undefined) {
      guesses.missed(asker);
      throw Error(NOT_ENLIVENED);
    }
    guesses.hit(asker);
    return found;
  };

  const enlivenHere = (asker: Asker, swiss: string): object => {
    admit(asker);
    const ref = grants.enliven(asker, swiss, ([party, slot]) => {
      const owner = input.provideParty(party);
      return owner === undefined ? undefined : switchboard.refAt(owner, slot);
    });
    return control.presenceOf(counted(asker, ref));
  };

  const uriOf = (swiss: SwissNumber): string => {
    const own = input.ownLocations();
    const hints = own === undefined ? {} : makeHints(own);
    return formatSturdyRef({ designator, transport: 'websocket', swiss, hints });
  };

  const greeterOf = control.defineEach('greeter', (asker): Greeter =>
    makePower('Greeter', GreeterI, { enliven: (swiss: string) => enlivenHere(asker, swiss) }),
  );

  const enlivenerOf = control.defineEach('enlivener', (asker): Enlivener =>
    makePower('Enlivener', EnlivenerI, {
      enliven(text: string) {
        const sturdyRef = parseSturdyRef(text);
        if (sturdyRef.designator === designator) return enlivenHere(asker, sturdyRef.swiss);
        admit(asker);
        const peer = input.providePeer(sturdyRef.designator, readHints(sturdyRef));
        const farGreeter = control.presenceOf(switchboard.refAt(peer, 'o+dgreeter')) as Greeter;
        const found = E(farGreeter).enliven(sturdyRef.swiss) as Promise<object>;
        // There it counts against all of this node; here, against the one who asked.
        found.catch((error: Error) => {
          if (error.message === NOT_ENLIVENED) guesses.missed(asker);
        });
        return found;
      },
    }),
  );

  const grantorOf = control.defineEach('grantor', (by): Grantor =>
    makePower('Grantor', GrantorI, {
      sturdy(target: object, terms: SturdyRefTerms = {}) {
        const { owner, slot, lasting } = control.refOf(target);
        if (!lasting || owner.kind.remote) {
          throw TypeError('Cannot make sturdy ref: the object is not a lasting one of this node');
        }
        return uriOf(grants.grant(by, [owner.id, slot], terms));
      },
      derive(text: string, terms: SturdyRefTerms = {}) {
        const sturdyRef = parseSturdyRef(text);
        if (sturdyRef.designator !== designator) {
          throw TypeError('Cannot derive: the sturdy ref is of another node');
        }
        admit(by);
        return uriOf(counted(by, grants.derive(by, sturdyRef.swiss, terms)));
      },
      async list(after?: string): Promise<SturdyRefPage> {
        const { grants: listed, next } = await grants.list(by, after);
        const refs = listed.map((one) => ({
          id: BigInt(one.id),
          ...describe(one),
          ...(one.from?.by === by ? { from: BigInt(one.from.id) } : {}),
        }));
        return harden({ refs, ...(next === undefined ? {} : { next }) });
      },
      revoke(wanted: bigint | string) {
        if (typeof wanted === 'bigint') return grants.revoke(by, Number(wanted));
        const sturdyRef = parseSturdyRef(wanted);
        return sturdyRef.designator === designator && grants.revokeSwiss(by, sturdyRef.swiss);
      },
    }),
  );

  const enlivener = enlivenerOf(PROGRAM);
  const grantor = grantorOf(PROGRAM);

  return harden({
    greeterFor: (asker: Asker) => control.refOf(greeterOf(asker)),
    enlivener,
    grantor,
    ownOf(vat: string, power: unknown) {
      if (power === enlivener) return enlivenerOf(vatAsker(vat));
      return power === grantor ? grantorOf(vatAsker(vat)) : power;
    },
    async listGrants(after?: string): Promise<GrantInfoPage> {
      const { grants: listed, next } = await grants.list(undefined, after);
      const refs = listed.map((one) => ({
        ref: `${one.by}.${one.id}`,
        ...describe(one),
        ...(one.from === undefined ? {} : { from: `${one.from.by}.${one.from.id}` }),
      }));
      return harden({ refs, ...(next === undefined ? {} : { next }) });
    },
    revokeGrant(ref: string) {
      const [, by, id] = /^([a-z0-9]{1,60})\.([1-9][0-9]{0,14})$/.exec(ref) ?? [];
      return by !== undefined && grants.revoke(by, Number(id));
    },
  });
};
harden(makeSturdyPowers);

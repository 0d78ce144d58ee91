/** The root of a FoCo's vat: whoever claims it first has founded it, and after that it opens nothing. */
import { M } from '@endo/patterns';
import type { Payee } from '@pocas/clearing/value';
import { ValueShape } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import {
  type Acts,
  type Assembly,
  type Electorate,
  type Refusal,
  RequestIdShape,
  refuse,
} from '@pocas/vat-runtime/actors';
import { NameShape } from '../inside/shapes.ts';
import type { Moved, PurseInside } from '../inside/types.ts';
import type { Admission } from './admission.ts';
import type { FocoHub } from './foco.ts';
import type { Openings } from './opening.ts';
import type {
  FocoAuditor,
  FocoClaimed,
  FocoFounding,
  FocoSteward,
  MarketInvitation,
  Settled,
} from './types.ts';

/** So many come from another FoCo together. */
export const maxSettlers = 100;

const KeyShape = M.string({ stringLengthLimit: 100 });
// From another FoCo, which may be anything: a part below nothing would come out of somebody else's envelope.
const MovedShape = M.splitRecord(
  {
    who: M.and(M.nat(), M.gte(1n), M.lte(BigInt(maxSettlers))),
    taken: M.splitRecord(
      {
        surplus: ValueShape,
        own: M.arrayOf(
          M.splitRecord({ at: M.nat(), value: ValueShape, returnable: M.boolean() }, {}, {}),
          { arrayLengthLimit: 200 },
        ),
      },
      {},
      {},
    ),
  },
  {},
  {},
);

export type FoundingParts = {
  readonly hub: Facet<FocoHub>;
  readonly admission: Facet<Admission>;
  readonly openings: Facet<Openings>;
  readonly steward: Facet<FocoSteward>;
  readonly auditor: Facet<FocoAuditor>;
  readonly electorate: Facet<Electorate>;
  readonly acts: Facet<Acts>;
};
type Outcome = { readonly requestId: string; readonly kind: string; readonly answer: unknown };

const makeFoundingKit = defineActor({
  name: 'FocoFounding',
  state: {
    parts: typed<FoundingParts>(M.record()),
    /** Whether a body of decision has the acts. */
    isConvened: M.boolean(),
    claimed: typed<Outcome | undefined>(M.opt(M.record())),
  },
  init: (parts: FoundingParts) => ({
    ...{ parts, isConvened: false },
    claimed: undefined as Outcome | undefined,
  }),
  guards: {
    founding: M.interface('FocoFounding', {
      claim: M.call(NameShape, RequestIdShape).returns(M.record()),
      convene: M.call(M.remotable('assembly')).returns(M.record()),
      settle: M.call(
        M.arrayOf(NameShape, { arrayLengthLimit: maxSettlers }),
        RequestIdShape,
      ).returns(M.record()),
    }),
    receiver: M.interface('FocoReceiver', {
      openPurse: M.call(M.remotable('invitation'), NameShape, RequestIdShape).returns(M.record()),
      payeeOf: M.call(M.nat()).returns(M.record()),
      expect: M.call(
        M.nat(),
        KeyShape,
        M.arrayOf(MovedShape, { arrayLengthLimit: maxSettlers }),
      ).returns(M.record()),
      confirm: M.call(M.nat(), KeyShape, M.boolean()).returns(M.record()),
    }),
  },
  facets: {
    founding: {
      convene(assembly: Facet<Assembly>): { readonly ok: true } | Refusal {
        const { parts, claimed, isConvened } = this.state;
        if (isConvened || claimed !== undefined) return refuse('closed');
        this.state.isConvened = true;
        parts.electorate.begin(assembly, [parts.acts]);
        return { ok: true };
      },
      claim(name: string, requestId: string): FocoClaimed | Refusal {
        const { parts, claimed, isConvened } = this.state;
        if (claimed !== undefined)
          return claimed.requestId === requestId && claimed.kind === 'claim'
            ? (claimed.answer as FocoClaimed)
            : refuse('claimed');
        const { steward, auditor, acts } = parts;
        const { care, joined } = parts.admission.enrol(name);
        const all = { steward, auditor, ...(isConvened ? {} : { charter: acts }) };
        // Behind the founder's fence, so that they are renewed with the share.
        const cares = Object.fromEntries(
          Object.entries(all).map(([word, one]) => [word, care.wrap(one)]),
        ) as FocoClaimed['cares'];
        const answer: FocoClaimed = { ...joined, cares };
        this.state.claimed = { requestId, kind: 'claim', answer };
        return answer;
      },
      settle(names: readonly string[], requestId: string): Settled | Refusal {
        const { parts, claimed } = this.state;
        if (claimed !== undefined)
          return claimed.requestId === requestId && claimed.kind === 'settle'
            ? (claimed.answer as Settled)
            : refuse('claimed');
        const joined = names.map((name) => parts.admission.enrol(name).joined);
        const { steward } = parts;
        const answer: Settled = { ok: true, joined, steward, receiver: this.facets.receiver };
        this.state.claimed = { requestId, kind: 'settle', answer };
        return answer;
      },
    },
    receiver: {
      openPurse(
        invitation: Facet<MarketInvitation>,
        name: string,
        _requestId: string,
      ): { readonly ok: true; readonly purse: bigint } {
        return { ok: true, purse: this.state.parts.openings.begin(invitation, name).number() };
      },
      payeeOf(purse: bigint): { readonly ok: true; readonly payee: Facet<Payee> } | Refusal {
        const { openings, hub } = this.state.parts;
        const payee = openings.payeeOf(purse);
        if (payee !== undefined) return { ok: true, payee };
        const phase = hub.inside().purse(purse)?.facts().phase;
        return refuse(phase === 'failed' || phase === undefined ? 'closed' : 'notYet');
      },
      expect(purse: bigint, key: string, parts: readonly Moved[]): { readonly ok: true } {
        found(this.state.parts.hub, purse).expect(key, parts);
        return { ok: true };
      },
      confirm(purse: bigint, key: string, isPaid: boolean): { readonly ok: true } {
        found(this.state.parts.hub, purse).confirm(key, isPaid);
        return { ok: true };
      },
    },
  },
});

const found = (hub: Facet<FocoHub>, number: bigint): Facet<PurseInside> => {
  const purse = hub.inside().purse(number);
  if (purse === undefined) throw new RangeError('There is no such purse');
  return purse;
};

export const makeFounding = (parts: FoundingParts): Facet<FocoFounding> =>
  makeFoundingKit(parts).founding;

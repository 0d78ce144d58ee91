/** The vat of a body of decision (SPEC F15). Its root is convened once, by the place that decides by it. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, hmac, sha256, typed } from '@pocas/vat-runtime';
import {
  type Assembly,
  type Convened,
  type Convening,
  type Refusal,
  makeCharter,
  makeJournal,
  refuse,
} from '@pocas/vat-runtime/actors';
import { type BodyPowers, makeBody } from './body.ts';
import { AssemblyI } from './body-guards.ts';
import { type BodyRule, bodyCharter } from './charter.ts';

export type DecisionParams = {
  /** 32 random bytes in base64url, drawn by the node. The keys of blind ballots follow from it. */
  readonly secret: string;
  /** First values of the body's own rules. */
  readonly rules?: { readonly [name in BodyRule]?: bigint };
};

const ParamsShape = M.splitRecord(
  { secret: M.string() },
  { rules: M.recordOf(M.string(), M.nat()) },
  {},
);

const makeAssemblyKit = defineActor({
  name: 'Assembly',
  state: {
    powers: typed<BodyPowers>(M.record()),
    params: typed<DecisionParams>(M.record()),
    convened: typed<{ readonly requestId: string; readonly answer: Convened } | undefined>(
      M.opt(M.record()),
    ),
  },
  init: (powers: BodyPowers, params: DecisionParams) => ({ powers, params, convened: undefined }),
  guards: { assembly: AssemblyI },
  facets: {
    assembly: {
      convene({ name, acts }: Convening, requestId: string): Convened | Refusal {
        const { powers, params, convened } = this.state;
        if (convened !== undefined)
          return convened.requestId === requestId ? convened.answer : refuse('claimed');
        const { secret, rules = {} } = params;
        const { clock } = powers;
        const derived = (purpose: string): string =>
          sha256(hmac(secret, `pocas decision vat\n${purpose}`));
        const { writer } = makeJournal({
          actorTag: `decisions ${derived('tag').slice(0, 16)}`,
          clock,
          secret: derived('journal'),
        });
        const charter = makeCharter(bodyCharter, { clock, journal: writer }, { values: rules });
        // Its own rules are the first that it can decide.
        const all = [charter.acts, ...acts];
        const body = makeBody(name, derived('body'), powers, writer, charter.inside, all);
        const answer: Convened = { ok: true, convener: body.convener };
        this.state.convened = { requestId, answer };
        return answer;
      },
    },
  },
});

/** @param params - checked here */
export const make = (powers: BodyPowers, params: DecisionParams): Facet<Assembly> => {
  mustMatch(params, ParamsShape, 'params of a body of decision');
  if (!/^[A-Za-z0-9_-]{43}$/.test(params.secret))
    throw new TypeError(
      'Cannot make a body of decision: its secret must be 32 random bytes in base64url',
    );
  const { clock, timer } = powers;
  return makeAssemblyKit({ clock, timer }, params).assembly;
};

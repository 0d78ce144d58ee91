/** The vat of one FoCo (SPEC F1): its root is claimed by whoever founds it, once. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { makeCharter, makeElectorate, makeJournal } from '@pocas/vat-runtime/actors';
import { NameShape } from '../inside/shapes.ts';
import { makeLoanBoard } from '../loan/board.ts';
import { makePoolBoard } from '../pool/board.ts';
import { makeDestinations } from '../purse/destinations.ts';
import { makeSavingBoard } from '../saving/saving.ts';
import { makeSpendBoard } from '../spend/board.ts';
import { makeAdmission } from './admission.ts';
import { charter as definition } from './charter.ts';
import { derived, makeHub } from './foco.ts';
import { makeForks } from './fork.ts';
import { makeFounding } from './founding.ts';
import { makeOpenings } from './opening.ts';
import { makeAuditor, makePublic } from './public.ts';
import { makeRoll } from './roll.ts';
import { makeSteward } from './steward.ts';
import type { FocoFounding, FocoParams, FocoPowers } from './types.ts';

/** So many FoCos come out of one at most, all that come out of those counted in. */
const maxForks = 20n;
const ParamsShape = M.splitRecord(
  { name: NameShape, secret: M.string() },
  {
    charter: M.record(),
    assembly: M.remotable('assembly'),
    forks: M.and(M.nat(), M.lte(maxForks)),
  },
  {},
);

/** @param params - of whoever founds it, and the secret that the node drew; checked here */
export const make = (powers: FocoPowers, params: FocoParams): Facet<FocoFounding> => {
  mustMatch(params, ParamsShape, 'params of a FoCo');
  const { name, secret, charter: first = {}, assembly, forks = maxForks } = params;
  // The message says nothing of what stands there.
  if (!/^[A-Za-z0-9_-]{43}$/.test(secret))
    throw new TypeError('Cannot found a FoCo: its secret must be 32 random bytes in base64url');
  const { clock, timer, grantor, enlivener, focoMaker: maker } = powers;
  const actorTag = `foco ${derived(secret, 'tag').slice(0, 16)}`;
  const { writer, keeper } = makeJournal({ actorTag, clock, secret: derived(secret, 'journal') });
  const charter = makeCharter(definition, { clock, journal: writer }, first);
  const terms = { name, secret, clock, timer, writer, keeper, charter: charter.inside };
  const hub = makeHub(terms);
  const inside = hub.inside();
  hub.setRoll(makeRoll(inside), makeDestinations(inside));
  const electorate = makeElectorate(inside);
  const admission = makeAdmission(hub, electorate);
  const openings = makeOpenings(hub);
  const doors = admission.doors();
  admission.setBoards({
    spends: makeSpendBoard(inside),
    pools: makePoolBoard(inside),
    savings: makeSavingBoard(inside),
    loans: makeLoanBoard(inside),
    forks: makeForks(
      { hub, openings, admission, ...(maker === undefined ? {} : { maker }) },
      forks,
    ),
    all: makePublic(hub, charter.charterPublic),
    doors,
    ...(grantor === undefined ? {} : { grantor }),
    ...(enlivener === undefined ? {} : { enlivener }),
  });
  writer.record('founded', { name }, 'P0');
  const founding = makeFounding({
    ...{ hub, admission, openings, electorate, acts: charter.acts },
    steward: makeSteward(hub, openings, doors, enlivener),
    auditor: makeAuditor(hub),
  });
  if (assembly !== undefined) founding.convene(assembly);
  return founding;
};

/** The vat of one shelf space allocator. Its root lets the founder claim what is to be cared for, once. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet, Grantor } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import { type Refusal, RequestIdShape, makeJournal, refuse } from '@pocas/vat-runtime/actors';
import { NameShape } from '../inside/shapes.ts';
import { firstValues } from './policy.ts';
import { type ShelfCore, type ShelfPowers, makeShelf } from './shelf.ts';
import { makeAuditor, makeSteward } from './steward.ts';
import type { ShelfAuditor, ShelfClaimed, ShelfFounding, ShelfPolicyName } from './types.ts';

export type ShelfVatPowers = ShelfPowers & { readonly grantor: Facet<Grantor> };

const ParamsShape = M.splitRecord(
  { name: NameShape, secret: M.string() },
  { policy: M.recordOf(M.string(), M.nat()) },
  {},
);

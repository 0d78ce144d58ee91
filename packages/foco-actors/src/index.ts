/** The types of the facets that these actors hand out. Each vat is an entry point of its own: `…/foco`, `…/decision`. */
export type * from './foco/types.ts';
export type * from './loan/types.ts';
export type * from './pool/types.ts';
export type * from './saving/types.ts';
export type * from './spend/types.ts';
export type { Envelope, Part, Taken } from './fund/envelope.ts';
export type * from './decision/types.ts';
export type * from './decision/methods/types.ts';
export type { Published } from './decision/methods/recount.ts';
export type * from './repository/types.ts';
export {
  type Content,
  type PowerName,
  hashContent,
  hashModule,
  isContent,
  isPower,
  isWhole,
  maxModule,
  maxPiece,
} from './repository/content.ts';

/** The types of the facets that FoCo actors hand out (SPEC F). */
export type * from './decision/types.ts';
export type * from './decision/methods/types.ts';
export type { Published } from './decision/methods/recount.ts';

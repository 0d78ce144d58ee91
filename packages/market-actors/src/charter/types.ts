/** The charter of a market (SPEC 0.1, 11; M1): one definition over the charter of the runtime. */
import type { CharterInside, CharterPublic } from '@pocas/vat-runtime/actors';
import type { CharterName } from '../inside/types.ts';

/** Lists of the charter: an empty one bounds nothing. */
export type CharterListName = 'categories' | 'units' | 'refused';
export type MarketCharterPublic = CharterPublic<CharterName, CharterListName>;
/** For the market itself. */
export type MarketCharterInside = CharterInside<CharterName, CharterListName>;

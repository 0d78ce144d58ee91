/** For vat modules: the mint, which works inside a vat only. What a holder of tokens needs: `@pocas/clearing/purse`. */
export { BatchesShape, ElementsShape, KindShape, TokenShape, TokensShape } from './guards.ts';
export { type MintParts, makeMint } from './mint.ts';
export { batchesValue, denominationsOf, fewMembers, packsOf, validity, valueOf } from './tags.ts';
export type * from './types.ts';

/** What the solver's thread is told, and what it says. */
import type { Columns } from '@pocas/clearing/setoff';

/** A problem in columns, which are moved and not copied, or as one text (`packProblem`). */
export type Work = { readonly columns: Columns } | { readonly packed: string };

export type Task = Work & { readonly id: number };

/** As the work came, so comes what is done. */
export type Done =
  { readonly flow: Float64Array; readonly price: Float64Array } | { readonly packed: string };

export type Said = { readonly id: number } & (
  | { readonly progress: number }
  | { readonly done: Done }
  /** The name is that of a built-in error, or no name that anybody looks at. */
  | { readonly failed: { readonly name: string; readonly message: string } }
);

/** What the grantor of a caretaker or a membrane keeps. */
import type { RulesState } from './rules.ts';

export type RevokerStatus = {
  readonly revoked: boolean;
  /** What was said when it was taken back. */
  readonly reason: string | undefined;
  /** How often it was used. */
  readonly used: bigint;
  /** How often it still can be; undefined where uses are not counted. */
  readonly left: bigint | undefined;
  readonly expires: bigint | undefined;
};

export type Revoker = {
  /** Cuts it, for good. Said again, it changes nothing and answers the first reason. */
  revoke(reason: string): Revoked;
  status(): RevokerStatus;
  changes(since?: string): Promise<string>;
};

export type Revoked = { readonly ok: true; readonly reason: string };

type Granted = RulesState & { reason: string | undefined };

/** Takes it back, if it was not before. */
export const revoke = (state: Granted, reason: string): Revoked => {
  const first = state.reason ?? reason;
  if (state.reason === undefined) state.reason = reason;
  return { ok: true, reason: first };
};

export const statusOf = ({ reason, used, rules }: Granted): RevokerStatus => {
  const { uses, expires } = rules;
  const left = uses === undefined ? undefined : uses - used;
  return { revoked: reason !== undefined, reason, used, left, expires };
};

/** What the files of this room are to each other. None of it leaves the wallet's vat. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import type { PlacesKeeper } from './place-types.ts';

/** The wallet behind all its facets. */
export type WalletInside = {
  name(): string;
  /** 32 bytes from which the purses and the keys of attestations follow. It goes into no answer. */
  key(): string;
  /** 64 bytes in base64url, never the same twice, of this copy of the wallet alone. */
  draw(purpose: string): string;
  now(): bigint;
  epoch(): bigint;
  enlivener(): Facet<Enlivener>;
  grantor(): Facet<Grantor>;
  places(): Facet<PlacesKeeper>;
  /** Takes back all that may spend: whoever had a device that is lost may have given it. */
  cutApps(): void;
  /** Writes a receipt into the wallet's journal. */
  record(kind: string, facts: unknown): void;
};

/** For facets that never leave the vat. */
export const inner = (name: string): InterfaceGuard<Record<string, MethodGuard>> =>
  M.interface(name, {}, { defaultGuards: 'passable' }) as InterfaceGuard<
    Record<string, MethodGuard>
  >;

/** What the parts of a vault have in common: its name, time, keys, rules and log. */
import { M } from '@endo/patterns';
import type { Clock, Facet, Grantor } from '@pocas/vat-runtime';
import { changed, defineActor, hmac, pedersen, schnorr, typed } from '@pocas/vat-runtime';
import {
  type CharterInside,
  type Fences,
  type JournalEntry,
  type JournalWriter,
  type PrivacyLabel,
  makeJournal,
} from '@pocas/vat-runtime/actors';
import type { VaultCharterName } from './definition.ts';
import type { VaultInside, VaultParts, VaultPowers } from './inside.ts';
import { inner } from './inside.ts';
import { makeVaultLog } from './log.ts';
import { tagOf } from './texts.ts';
import type { VaultLog } from './types.ts';

type Rules = Facet<CharterInside<VaultCharterName | 'notice'>>;
type Opening = {
  readonly name: string;
  readonly key: string;
  readonly powers: VaultPowers;
  readonly writer: Facet<JournalWriter>;
  readonly log: Facet<VaultLog>;
  readonly fences: Facet<Fences>;
};

const makeHubKit = defineActor({
  name: 'Vault',
  state: {
    opening: typed<Opening>(M.record()),
    rules: typed<Rules | undefined>(M.any()),
    parts: typed<VaultParts | undefined>(M.any()),
    touched: M.nat(),
  },
  init: (opening: Opening) => ({ opening, rules: undefined, parts: undefined, touched: 0n }),
  guards: { inside: inner('VaultInside'), setting: inner('VaultSetting') },
  facets: {
    inside: {
      name(): string {
        return this.state.opening.name;
      },
      key(): string {
        return this.state.opening.key;
      },
      now(): bigint {
        return this.state.opening.powers.clock.now();
      },
      epoch(): bigint {
        return this.state.opening.powers.clock.epoch();
      },
      clock(): Clock {
        return this.state.opening.powers.clock;
      },
      wakeAt(at: bigint, sleeper: object, ctx?: unknown): bigint {
        // The cast holds: only facets of this vat with a method `wake` are given.
        return this.state.opening.powers.timer.wakeAt(at, sleeper as never, ctx);
      },
      grantor(): Facet<Grantor> | undefined {
        return this.state.opening.powers.grantor;
      },
      charter(name: VaultCharterName): bigint {
        return this.state.rules!.value(name);
      },
      record(kind: string, facts: unknown, label: PrivacyLabel): JournalEntry {
        this.facets.inside.touch();
        return this.state.opening.writer.record(kind, facts, label);
      },
      log(): Facet<VaultLog> {
        return this.state.opening.log;
      },
      fences(): Facet<Fences> {
        return this.state.opening.fences;
      },
      parts(): VaultParts {
        return this.state.parts!;
      },
      touch(): void {
        this.state.touched += 1n;
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.inside);
      },
    },
    setting: {
      set(rules: Rules, parts: VaultParts): void {
        this.state.rules = rules;
        this.state.parts = parts;
      },
    },
  },
  readOnly: ['inside.changes'],
});

export type VaultHub = {
  readonly inside: Facet<VaultInside>;
  readonly writer: Facet<JournalWriter>;
  /** Once the parts are made, which need the hub. */
  set(rules: Rules, parts: VaultParts): void;
};

/** @param secret - 32 bytes in base64url. The vault's key comes from it. */
export const makeHub = (
  name: string,
  secret: string,
  powers: VaultPowers,
  fences: Facet<Fences>,
): VaultHub => {
  const signKey = pedersen.scalar(hmac(secret, 'pocas vault signing key'));
  const key = schnorr.publicKey(signKey);
  const { writer, keeper } = makeJournal({
    actorTag: tagOf(key),
    clock: powers.clock,
    secret: hmac(secret, 'pocas vault journal salt'),
  });
  const log = makeVaultLog(keeper.reader('P1'), signKey);
  const { inside, setting } = makeHubKit({ name, key, powers, writer, log, fences });
  // The cast says what the facet is: its guard is of no interface.
  return {
    inside: inside as unknown as Facet<VaultInside>,
    writer,
    set: (rules, parts) => setting.set(rules, parts),
  };
};

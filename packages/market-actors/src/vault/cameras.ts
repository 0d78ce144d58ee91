/**
 * Cameras and what they sealed: stanzas and digests, never a key or a picture.
 *
 * A camera signs each segment with all before it (`chainAfter`), so the vault can neither add one, nor take one
 * out of the middle, nor move one. What is past its days is deleted here by its encapsulation, without which
 * nobody opens it, and by the recorder's program with its file.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, schnorr, threshold, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { CamerasInside, KeptSegment, VaultInside } from './inside.ts';
import { inner, span } from './inside.ts';
import { isKey } from './keys.ts';
import { RecorderI } from './recorder-guards.ts';
import { chainAfter, contextOf, sealDigest, sealText } from './texts.ts';
import type { HeldItem, Recorder, RecorderView, Seal, SegmentItem } from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: Done = { ok: true };

export const maxCameras = 50;
const shown = 30;
/** A recorder's clock may be so much ahead. */
const skew = 60_000n;

const padded = (time: bigint): string => String(time).padStart(15, '0');
const orderOf = ({ from, segment }: Seal): string => `${padded(from)} ${segment}`;
const itemOf = ({ seal, held }: KeptSegment): SegmentItem => ({
  ...{ segment: seal.segment, camera: seal.camera, from: seal.from, to: seal.to },
  isHeld: held !== undefined,
});

type Sealing = {
  seal(recorder: Facet<Recorder>, camera: string, key: string, seal: Seal, before: Last): Done;
};
type Last = { readonly chain: string; readonly to: bigint };

const makeRecorderKit = defineActor({
  name: 'VaultRecorder',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    sealing: typed<Facet<Sealing>>(M.remotable('sealing')),
    camera: M.string(),
    key: M.string(),
    last: typed<Last>(M.record()),
    /** Of each segment that was taken: its digest, so that a repetition is known. */
    taken: typed<DurableMap<string, string>>(M.any()),
    toDelete: typed<DurableMap<string, bigint>>(M.any()),
  },
  init: (vault: Facet<VaultInside>, sealing: Facet<Sealing>, camera: string, key: string) => ({
    ...{ vault, sealing, camera, key, last: { chain: '', to: 0n } },
    taken: makeDurableMap<string, string>(),
    toDelete: makeDurableMap<string, bigint>(),
  }),
  guards: { recorder: RecorderI, inside: inner('VaultRecorderInside') },
  facets: {
    recorder: {
      view(): RecorderView {
        const { vault, camera, key, last, toDelete } = this.state;
        const { keys } = vault.parts();
        return {
          ...{ vault: vault.key(), camera, key, isOpen: keys.phase() === 'open' },
          groupKey: keys.current()?.key.groupKey ?? '',
          ...{ epoch: vault.epoch(), now: vault.now(), chain: last.chain, last: last.to },
          toDelete: BigInt(toDelete.size()),
        };
      },
      changes(since?: string): Promise<string> {
        return this.state.vault.changes(since);
      },
      seal(seal: Seal): Done {
        const { state } = this;
        const { vault, sealing, camera, key, last, taken } = state;
        const before = taken.get(seal.segment);
        if (before !== undefined) return before === sealDigest(seal) ? ok : refuse('conflict');
        const { recorder } = this.facets;
        const done = sealing.seal(recorder as Facet<Recorder>, camera, key, seal, last);
        if (!done.ok) return done;
        state.last = { chain: seal.chain, to: seal.to };
        taken.set(seal.segment, sealDigest(seal));
        vault.touch();
        return done;
      },
      expired(): readonly string[] {
        return [...this.state.toDelete.keys({ limit: shown })];
      },
      deleted(segments: readonly string[]): Done {
        const { vault, camera, toDelete, taken } = this.state;
        const known = segments.filter((segment) => toDelete.delete(segment));
        for (const segment of known) taken.delete(segment);
        if (known.length > 0) vault.record('file deleted', { camera, segments: known }, 'P1');
        return ok;
      },
    },
    inside: {
      expire(segment: string): void {
        this.state.toDelete.set(segment, this.state.vault.now());
      },
      key(): string {
        return this.state.key;
      },
      camera() {
        const { camera, last } = this.state;
        return { camera, last: last.to };
      },
    },
  },
  readOnly: ['recorder.changes'],
});
type RecorderInside = {
  expire(segment: string): void;
  key(): string;
  camera(): { readonly camera: string; readonly last: bigint };
};

const faultOf = (vault: VaultInside, camera: string, key: string, seal: Seal, last: Last) => {
  const now = vault.now();
  const { encapsulation, from, to, epoch } = seal;
  if (vault.parts().keys.phase() !== 'open') return 'closed';
  if (seal.vault !== vault.key() || seal.camera !== camera) return 'invalid';
  if (from >= to || to - from > span) return 'invalid';
  if (to > now + skew) return 'notYet';
  if (from < last.to || to + vault.charter('retention') <= now) return 'stale';
  if (epoch !== vault.epoch() && epoch !== vault.epoch() - 1n) return 'stale';
  if (vault.parts().cameras.segment(seal.segment) !== undefined) return 'conflict';
  if (seal.chain !== chainAfter(last.chain, seal)) return 'conflict';
  if (!schnorr.verify(key, sealText(seal), seal.signature)) return 'invalid';
  if (!threshold.verifyEncapsulation(encapsulation, contextOf(seal))) return 'invalid';
  return undefined;
};

const makeCamerasKit = defineActor({
  name: 'VaultCameras',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    recorders: typed<DurableMap<string, Facet<RecorderInside>>>(M.any()),
    segments: typed<DurableMap<string, KeptSegment>>(M.any()),
    /** By time. */
    order: typed<DurableMap<string, string>>(M.any()),
    heldOnes: typed<DurableMap<string, bigint>>(M.any()),
    isSweeping: M.boolean(),
  },
  init: (vault: Facet<VaultInside>) => ({
    vault,
    recorders: makeDurableMap<string, Facet<RecorderInside>>(),
    segments: makeDurableMap<string, KeptSegment>(),
    order: makeDurableMap<string, string>(),
    heldOnes: makeDurableMap<string, bigint>(),
    isSweeping: false,
  }),
  guards: {
    inside: inner('VaultCamerasInside'),
    sealing: inner('VaultSealing'),
    sweeper: inner('VaultSweeper'),
  },
  facets: {
    inside: {
      add(camera: string, key: string) {
        const { vault, recorders } = this.state;
        if (!isKey(key)) return refuse('invalid');
        if (recorders.has(camera)) return refuse('conflict');
        if (recorders.size() >= maxCameras) return refuse('quota');
        const sealing = this.facets.sealing as Facet<Sealing>;
        const { recorder, inside } = makeRecorderKit(vault, sealing, camera, key);
        recorders.set(camera, inside as unknown as Facet<RecorderInside>);
        vault.record('camera', { camera, key }, 'P0');
        return { ok: true, recorder };
      },
      list() {
        return [...this.state.recorders.values()].map((one) => one.camera());
      },
      keyOf(camera: string): string {
        return this.state.recorders.get(camera)?.key() ?? '';
      },
      segment(segment: string): KeptSegment | undefined {
        return this.state.segments.get(segment);
      },
      segments(before?: bigint): readonly SegmentItem[] {
        const { order, segments } = this.state;
        const to = before === undefined ? {} : { to: padded(before) };
        const found = order.values({ ...to, reverse: true, limit: shown });
        return [...found].map((segment) => itemOf(segments.get(segment)!));
      },
      ask(segment: string, by: bigint): void {
        const { segments } = this.state;
        const kept = segments.get(segment);
        if (kept !== undefined) segments.set(segment, { ...kept, asked: kept.asked + by });
      },
      hold(segment: string, reason: string, until: bigint): Done {
        const { vault, segments, heldOnes } = this.state;
        const kept = segments.get(segment);
        if (kept === undefined) return refuse('expired');
        if (heldOnes.size() >= shown && !heldOnes.has(segment)) return refuse('quota');
        segments.set(segment, { ...kept, held: { until, reason } });
        heldOnes.set(segment, until);
        vault.record('held', { segment, reason, until }, 'P1');
        return ok;
      },
      release(segment: string): Done {
        const { vault, segments, heldOnes } = this.state;
        const kept = segments.get(segment);
        if (kept?.held === undefined) return refuse('closed');
        const { seal, asked } = kept;
        segments.set(segment, { seal, asked });
        heldOnes.delete(segment);
        vault.record('released', { segment }, 'P1');
        return ok;
      },
      held(): readonly HeldItem[] {
        const { segments, heldOnes } = this.state;
        return [...heldOnes.entries()].map(([segment, until]) => {
          const reason = segments.get(segment)?.held?.reason ?? '';
          return { segment, reason, until };
        });
      },
    },
    sealing: {
      seal(_recorder: unknown, camera: string, key: string, seal: Seal, last: Last): Done {
        const { state } = this;
        const { vault, segments, order } = state;
        const fault = faultOf(vault, camera, key, seal, last);
        if (fault !== undefined) return refuse(fault);
        segments.set(seal.segment, { seal, asked: 0n });
        order.set(orderOf(seal), seal.segment);
        if (!state.isSweeping) {
          state.isSweeping = true;
          vault.wakeAt(vault.now() + span, this.facets.sweeper);
        }
        return ok;
      },
    },
    sweeper: {
      /** Deletes what is past its days: so many in a turn, and again when the next one is. */
      wake(): void {
        const { vault, segments, order, recorders, heldOnes } = this.state;
        const now = vault.now();
        const kept = vault.charter('retention');
        const ended: string[] = [];
        for (const [key, segment] of order.entries({ to: padded(now > kept ? now - kept : 0n) })) {
          const { seal, held, asked } = segments.get(segment)!;
          if (seal.to + kept > now || asked > 0n) continue;
          if (held !== undefined && held.until > now) continue;
          ended.push(segment);
          order.delete(key);
          segments.delete(segment);
          heldOnes.delete(segment);
          recorders.get(seal.camera)?.expire(segment);
          if (ended.length === shown) break;
        }
        if (ended.length > 0) vault.record('deleted', { segments: ended }, 'P1');
        const [oldest] = order.values({ limit: 1 });
        this.state.isSweeping = oldest !== undefined;
        if (oldest === undefined) return;
        const due = segments.get(oldest)!.seal.to + kept;
        // What is past its days and still there is kept for a case or a request: looked at every hour.
        const hourly = now + 6n * span;
        const next = ended.length === shown ? now + 1n : hourly;
        vault.wakeAt(due > next ? due : next, this.facets.sweeper);
      },
    },
  },
});

export const makeCameras = (vault: Facet<VaultInside>): Facet<CamerasInside> =>
  makeCamerasKit(vault).inside as unknown as Facet<CamerasInside>;

/** What one person has of a vault: their share, the segments that they may ask for, and what they asked. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, schnorr, typed } from '@pocas/vat-runtime';
import { type Fence, type Joined, type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { HoldersInside, VaultInside } from './inside.ts';
import { inner } from './inside.ts';
import { VaultShareI } from './share-guards.ts';
import { isKey } from './keys.ts';
import { keepText, printOf } from './texts.ts';
import type {
  Custodian,
  HandedOn,
  Hastening,
  RequestItem,
  RequestWish,
  Requested,
  SegmentItem,
  VaultLog,
  VaultShare,
  VaultShareView,
  Viewing,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: Done = { ok: true };

const makeShareKit = defineActor({
  name: 'VaultShare',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    holders: typed<Facet<HoldersInside>>(M.remotable('holders')),
    number: M.nat(),
    /** What is handed out goes through it, so that all of it can be renewed. */
    fence: typed<Facet<Fence> | undefined>(M.opt(M.remotable('fence'))),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (vault: Facet<VaultInside>, holders: Facet<HoldersInside>, number: bigint) => ({
    ...{ vault, holders, number, fence: undefined },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { share: VaultShareI, care: inner('VaultShareCare') },
  facets: {
    share: {
      view(): VaultShareView {
        const { vault, holders, number } = this.state;
        const { name, phase, budget } = holders.holder(number);
        const { keys, requests, cameras } = vault.parts();
        const current = keys.current();
        return {
          ...{ name, place: vault.name(), phase: keys.phase(), keeps: phase },
          ...{ left: budget.remaining(), quota: vault.charter('quota') },
          holders: BigInt(current?.members.length ?? 0),
          threshold: current?.key.threshold ?? 0n,
          print: current === undefined ? '' : printOf(current.key.groupKey),
          requests: requests.list().slice(0, 15),
          segments: cameras.segments(),
          log: vault.log(),
        };
      },
      changes(since?: string): Promise<string> {
        return this.state.vault.changes(since);
      },
      link(): Promise<{ readonly secret: string }> | Refusal {
        const grantor = this.state.vault.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const text = E(grantor).sturdy(this.state.fence!.outside(), { label: 'backup of a share' });
        return E.when(text, (secret) => ({ secret }));
      },
      renew(_requestId: string): Joined {
        this.state.fence = this.state.fence!.renew();
        return this.facets.care.joined();
      },
      keep(custodian: Facet<Custodian>, key: string, signature: string, requestId: string): Done {
        const { vault, holders, number, outcomes } = this.state;
        return once<Done>(outcomes, 'keep', requestId, () => {
          if (!isKey(key) || !schnorr.verify(key, keepText(key), signature))
            return refuse('invalid');
          const done = holders.keep(number, custodian, key);
          if (done.ok) vault.parts().holders.tell();
          return done;
        });
      },
      leave(requestId: string): Done {
        const { vault, holders, number, outcomes } = this.state;
        return once<Done>(outcomes, 'leave', requestId, () => {
          if (holders.holder(number).phase !== 'keeping') return refuse('closed');
          holders.setPhase(number, 'left');
          // With them gone the shares are dealt anew; where too few are left it waits for others.
          if (vault.parts().keys.current() !== undefined) vault.parts().keys.begin();
          return ok;
        });
      },
      handOn(segments: bigint, requestId: string): HandedOn | Refusal {
        const { holders, number, outcomes } = this.state;
        return once<HandedOn | Refusal>(outcomes, 'handOn', requestId, () => {
          const { budget, name } = holders.holder(number);
          const split = budget.split(segments, `handOn ${requestId}`, `of ${name}`);
          return split.ok ? { ok: true, budget: split.budget } : split;
        });
      },
      hasten(request: bigint, hastening: Hastening, requestId: string): Done {
        const { vault, holders, number, outcomes } = this.state;
        return once<Done>(outcomes, 'hasten', requestId, () =>
          holders.holder(number).key === hastening.key
            ? vault.parts().requests.hasten(request, hastening)
            : refuse('invalid'),
        );
      },
      request(wish: RequestWish, requestId: string): Requested | Refusal {
        const { vault, holders, number, outcomes } = this.state;
        return once<Requested | Refusal>(outcomes, 'request', requestId, () => {
          const { name, budget } = holders.holder(number);
          return vault.parts().requests.make(name, budget, wish);
        });
      },
      requestOne(
        segment: string,
        reason: string,
        viewer: string,
        viewerKey: string,
        requestId: string,
      ): Requested | Refusal {
        const viewers = [{ name: viewer, key: viewerKey }];
        return this.facets.share.request({ segments: [segment], reason, viewers }, requestId);
      },
      viewing(request: bigint, viewer: string): Facet<Viewing> | Refusal {
        return this.state.vault.parts().requests.viewing(request, viewer);
      },
      requests(before?: bigint): readonly RequestItem[] {
        return this.state.vault.parts().requests.list(before);
      },
      segments(before?: bigint): readonly SegmentItem[] {
        return this.state.vault.parts().cameras.segments(before);
      },
      log(): Facet<VaultLog> {
        return this.state.vault.log();
      },
    },
    care: {
      enclose(fence: Facet<Fence>): void {
        this.state.fence = fence;
      },
      joined(): Joined {
        // The cast says what stands behind the fence.
        const participant = this.state.fence!.outside() as unknown as Facet<VaultShare>;
        return { ok: true, place: this.state.vault.name(), participant, goto: participant };
      },
      /** Another facet of the same person, cut with the share when it is renewed. */
      wrap(facet: object): object {
        return this.state.fence!.wrap(facet);
      },
    },
  },
  readOnly: ['share.changes'],
});

/** What of a vault comes out of a share as it is: what is the same for everybody, and what is there to be handed on. */
export const openFacets: readonly string[] = [
  'VaultLog log',
  'CountedBudget budget',
  'VaultViewing viewing',
];

export type ShareCare = {
  joined(): Joined;
  wrap(facet: object): object;
};

export const makeShare = (
  vault: Facet<VaultInside>,
  holders: Facet<HoldersInside>,
  number: bigint,
): Facet<ShareCare> => {
  const { share, care } = makeShareKit(vault, holders, number);
  care.enclose(vault.fences().around(share));
  return care as unknown as Facet<ShareCare>;
};

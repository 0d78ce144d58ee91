/** Those who look after a vault, and a case of care that keeps segments. Neither opens anything. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type Joined,
  type PlaceInvitation,
  type Refusal,
  once,
  refuse,
} from '@pocas/vat-runtime/actors';
import type { VaultInside } from './inside.ts';
import { day } from './inside.ts';
import { VaultCasesI, VaultInvitationI, VaultStewardI } from './steward-guards.ts';
import { printOf } from './texts.ts';
import type {
  Beacon,
  HeldItem,
  HolderItem,
  Recorder,
  VaultCases,
  VaultSteward,
  VaultStewardView,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
type Invited = {
  readonly ok: true;
  readonly invitation: Facet<PlaceInvitation>;
  readonly goto: Facet<PlaceInvitation>;
};
type Added = { readonly ok: true; readonly recorder: Facet<Recorder> };
const ok: Done = { ok: true };
/** Within the items that a page shows. */
const shown = 30;

const makeInvitationKit = defineActor({
  name: 'VaultInvitation',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    joined: typed<{ readonly requestId: string; readonly joined: Joined } | undefined>(M.any()),
  },
  init: (vault: Facet<VaultInside>) => ({ vault, joined: undefined }),
  guards: { invitation: VaultInvitationI },
  facets: {
    invitation: {
      view() {
        return { place: this.state.vault.name() };
      },
      changes(since?: string): Promise<string> {
        return this.state.vault.changes(since);
      },
      join(name: string, requestId: string): Joined | Refusal {
        const { vault, joined } = this.state;
        if (joined !== undefined)
          return joined.requestId === requestId ? joined.joined : refuse('claimed');
        const answer = vault.parts().holders.enrol(name);
        if (answer.ok) this.state.joined = { requestId, joined: answer };
        return answer;
      },
    },
  },
  readOnly: ['invitation.changes'],
});

const makeStewardKit = defineActor({
  name: 'VaultSteward',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (vault: Facet<VaultInside>) => ({ vault, outcomes: makeDurableMap<string, unknown>() }),
  guards: { steward: VaultStewardI, cases: VaultCasesI },
  facets: {
    steward: {
      view(): VaultStewardView {
        const { vault } = this.state;
        const { keys, holders, cameras } = vault.parts();
        const current = keys.current();
        const making = keys.making();
        const list: HolderItem[] = holders.list().map(({ number, name, phase, isCare, key }) => ({
          ...{ number, name, keeps: phase, isCare },
          isIn: current?.members.some((member) => member.key === key) ?? false,
          isAwaited: key !== undefined && (making?.awaited.includes(key) ?? false),
        }));
        return {
          ...{ name: vault.name(), phase: keys.phase(), version: current?.version ?? 0n },
          threshold: current?.key.threshold ?? 0n,
          print: current === undefined ? '' : printOf(current.key.groupKey),
          ...(making === undefined || making.of === 0n
            ? {}
            : { step: making.step, answered: making.answered, of: making.of }),
          // Those who are waited for come first.
          holders: list
            .toSorted((a, b) => Number(b.isAwaited) - Number(a.isAwaited))
            .slice(0, shown),
          cameras: cameras.list().slice(0, shown),
        };
      },
      changes(since?: string): Promise<string> {
        return this.state.vault.changes(since);
      },
      invite(requestId: string): Invited {
        const { vault, outcomes } = this.state;
        return once<Invited>(outcomes, 'invite', requestId, () => {
          const { invitation } = makeInvitationKit(vault);
          // The cast holds: it answers at once, and not by a promise.
          const made = invitation as unknown as Facet<PlaceInvitation>;
          return { ok: true, invitation: made, goto: made };
        });
      },
      inviteLink(
        requestId: string,
      ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const grantor = this.state.vault.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const { invitation } = this.facets.steward.invite(requestId);
        const text = E(grantor).sturdy(invitation, { label: 'invitation to a vault' });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      addCamera(camera: string, key: string, requestId: string): Added | Refusal {
        const { vault, outcomes } = this.state;
        return once<Added | Refusal>(outcomes, 'addCamera', requestId, () =>
          vault.parts().cameras.add(camera, key),
        );
      },
      recorderLink(
        camera: string,
        key: string,
        requestId: string,
      ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const grantor = this.state.vault.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const added = this.facets.steward.addCamera(camera, key, requestId);
        if (!added.ok) return added;
        const terms = { label: `camera ${camera}` };
        return E.when(E(grantor).sturdy(added.recorder, terms), (secret) => ({
          secret,
          toPaste: true as const,
        }));
      },
      beacon(): Facet<Beacon> {
        return this.state.vault.parts().places.beacon();
      },
      setCare(holder: bigint, isCare: boolean, requestId: string): Done {
        const { vault, outcomes } = this.state;
        return once<Done>(outcomes, 'setCare', requestId, () =>
          vault.parts().holders.setCare(holder, isCare),
        );
      },
      addCare(holder: bigint, requestId: string): Done {
        return this.facets.steward.setCare(holder, true, requestId);
      },
      removeCare(holder: bigint, requestId: string): Done {
        return this.facets.steward.setCare(holder, false, requestId);
      },
      leaveOut(holder: bigint, requestId: string): Done {
        const { vault, outcomes } = this.state;
        return once<Done>(outcomes, 'leaveOut', requestId, () => {
          const { holders } = vault.parts();
          if (holders.holder(holder)?.phase !== 'keeping') return refuse('invalid');
          holders.setPhase(holder, 'left');
          return ok;
        });
      },
      makeKey(requestId: string) {
        const { vault, outcomes } = this.state;
        return once(outcomes, 'makeKey', requestId, () => vault.parts().keys.begin());
      },
    },
    cases: {
      view(): { readonly held: readonly HeldItem[] } {
        return { held: this.state.vault.parts().cameras.held() };
      },
      changes(since?: string): Promise<string> {
        return this.state.vault.changes(since);
      },
      hold(segment: string, reason: string, days: bigint, requestId: string): Done {
        const { vault, outcomes } = this.state;
        return once<Done>(outcomes, 'hold', requestId, () =>
          vault.parts().cameras.hold(segment, reason, vault.now() + days * day),
        );
      },
      release(segment: string, requestId: string): Done {
        const { vault, outcomes } = this.state;
        return once<Done>(outcomes, 'release', requestId, () =>
          vault.parts().cameras.release(segment),
        );
      },
    },
  },
  readOnly: ['steward.changes', 'cases.changes', 'steward.recorderLink', 'steward.inviteLink'],
});

export const makeSteward = (
  vault: Facet<VaultInside>,
): { readonly steward: Facet<VaultSteward>; readonly cases: Facet<VaultCases> } => {
  const { steward, cases } = makeStewardKit(vault);
  return { steward, cases } as unknown as {
    readonly steward: Facet<VaultSteward>;
    readonly cases: Facet<VaultCases>;
  };
};

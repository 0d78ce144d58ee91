/**
 * Devices: each holds the owner's facet behind a fence of its own, and never the owner itself. So one that is lost
 * can be locked out: what it holds of the wallet is revoked, and the wallet renews its places, so that what
 * it obtained there is revoked too.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/clearing/credit';
import type { Described, DurableMap, Facet, Text } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type Fence,
  type Fences,
  type Refusal,
  makeFences,
  refuse,
} from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import { type Entry, makeEntry, numberOf } from './entry.ts';
import { type WalletInside, inner } from './inside.ts';

export const maxDevices = 30;
type Done = { readonly ok: true };

export type WalletDevices = {
  view(): {
    readonly devices: readonly {
      /** What the owner called it. */
      readonly label: string | Text;
      readonly number: bigint;
      readonly isOut: boolean;
      readonly entry: Facet<Entry>;
    }[];
  };
  changes(since?: string): Promise<string>;
  /** A text that opens the wallet on another device: shown this once. `quota` past 30. */
  add(label: string, requestId: string): Promise<{ readonly secret: string }> | Refusal;
  /**
   * Locks a device out, takes back all that may spend for the owner (it may have been given by that device), and
   * renews the places. Also the one that says so.
   */
  lockOut(device: Facet<Entry>, requestId: string): Done | Refusal;
};
export type DevicesKeeper = {
  /** The owner's facet for a new device. */
  open(label: string): object;
  add(label: string, requestId: string): Promise<{ readonly secret: string }> | Refusal;
  count(): bigint;
  /** @param device - its number, or 0 for all */
  lockOut(device: bigint): void;
  page(): Facet<WalletDevices>;
  /** Once: what devices are given. */
  guard(owner: object): void;
};

/** The key that the wallet was made with: nobody gave it a name. */
const firstKey: Text = { en: 'The first key', es: 'La primera llave' };

const DevicesI: Described<Methods<'view' | 'changes' | 'add' | 'lockOut'>> = describe(
  M.interface('WalletDevices', {
    view: ViewGuard,
    changes: ChangesGuard,
    add: M.call(NameShape, RequestIdShape).returns(M.or(M.promise(), M.record())),
    lockOut: M.call(M.remotable('device'), RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Your devices', es: 'Tus aparatos' },
    view: 'view',
    changes: 'changes',
    fields: {
      devices: {
        label: { en: 'Devices', es: 'Aparatos' },
        item: {
          heading: 'label',
          fields: {
            number: { label: { en: 'Number', es: 'Número' } },
            isOut: {
              label: { en: 'Locked out', es: 'Cerrado' },
              values: { true: { en: 'yes', es: 'sí' }, false: { en: 'no', es: 'no' } },
            },
          },
        },
      },
    },
    methods: {
      view,
      changes,
      add: {
        label: { en: 'Another device', es: 'Otro aparato' },
        args: [
          { name: 'label', kind: 'text', label: { en: 'Which one?', es: '¿Cuál?' } },
          requestId,
        ],
        confirm: {
          en: 'Whoever has this key is you here. Is nobody looking over your shoulder?',
          es: 'Quien tenga esta llave es tú aquí. ¿Nadie está viendo tu pantalla?',
        },
      },
      lockOut: {
        label: { en: 'Lock out', es: 'Cerrarle' },
        args: [
          { name: 'device', kind: 'facet', from: 'devices', label: { en: 'Which', es: 'Cuál' } },
          requestId,
        ],
        confirm: {
          en: 'It opens nothing any more. Is it not the one in your hand?',
          es: 'Ya no va a abrir nada. ¿No es el que tienes en la mano?',
        },
      },
    },
  },
);

type Row = {
  readonly label: string;
  readonly fence: Facet<Fence>;
  readonly isOut: boolean;
  readonly entry: Facet<Entry>;
};

const makeDevicesKit = defineActor({
  name: 'WalletDevices',
  state: {
    inside: typed<Facet<WalletInside>>(M.remotable('wallet')),
    owner: typed<object | undefined>(M.opt(M.remotable('owner'))),
    fences: typed<Facet<Fences>>(M.remotable('fences')),
    /** From 1. */
    rows: typed<DurableMap<bigint, Row>>(M.any()),
    requests: typed<DurableMap<string, bigint>>(M.any()),
  },
  init: (inside: Facet<WalletInside>) => ({
    inside,
    owner: undefined,
    // What others may have goes on, whatever becomes of the device by which it was handed out.
    fences: makeFences(openFacets),
    rows: makeDurableMap<bigint, Row>(),
    requests: makeDurableMap<string, bigint>(),
  }),
  guards: { page: DevicesI, keeper: inner('WalletDevicesKeeper') },
  facets: {
    page: {
      view(): ReturnType<WalletDevices['view']> {
        const rows = [...this.state.rows.entries()];
        return {
          devices: rows.map(([number, { label, isOut, entry }]) => ({
            label: label === '' ? firstKey : label,
            number,
            isOut,
            entry,
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.page);
      },
      add(label: string, id: string): Promise<{ readonly secret: string }> | Refusal {
        return this.facets.keeper.add(label, id);
      },
      lockOut(device: Facet<Entry>, _id: string): Done | Refusal {
        const number = numberOf(device, this.state.rows);
        if (number === undefined) return refuse('invalid');
        this.facets.keeper.lockOut(number);
        return { ok: true };
      },
    },
    keeper: {
      page(): Facet<WalletDevices> {
        return this.facets.page as Facet<WalletDevices>;
      },
      guard(owner: object): void {
        this.state.owner = owner;
      },
      count(): bigint {
        return BigInt(this.state.rows.size());
      },
      open(label: string): object {
        const { rows, fences, owner } = this.state;
        const fence = fences.around(owner!);
        rows.set(BigInt(rows.size()) + 1n, {
          label,
          fence,
          isOut: false,
          entry: makeEntry(BigInt(rows.size()) + 1n),
        });
        return fence.outside();
      },
      add(label: string, id: string): Promise<{ readonly secret: string }> | Refusal {
        const { rows, requests, inside } = this.state;
        let number = requests.get(id);
        if (number === undefined) {
          if (rows.size() >= maxDevices) return refuse('quota');
          this.facets.keeper.open(label);
          number = BigInt(rows.size());
          requests.set(id, number);
          inside.record('device added', { number });
        }
        const facet = rows.get(number)!.fence.outside();
        const text = E(inside.grantor()).sturdy(facet, { label: 'key of the wallet' });
        return E.when(text, (secret) => ({ secret }));
      },
      lockOut(device: bigint): void {
        const { rows, inside } = this.state;
        for (const [number, row] of [...rows.entries()]) {
          if (row.isOut || (device !== 0n && number !== device)) continue;
          // The fence that takes its place is handed to nobody.
          row.fence.renew();
          rows.set(number, { ...row, isOut: true });
        }
        inside.cutApps();
        inside.record('locked out', { device });
        inside.places().renewAll(inside.draw('lock out').slice(0, 43));
      },
    },
  },
  readOnly: ['page.changes'],
});

const openFacets = [
  'Wallet payee',
  'WalletThings inbox',
  'WalletApp app',
  'GuardianOffer offer',
  'WalletGuardian guardian',
  'WalletRecovery recovery',
];

export const makeDevices = (inside: Facet<WalletInside>): Facet<DevicesKeeper> =>
  makeDevicesKit(inside).keeper as unknown as Facet<DevicesKeeper>;

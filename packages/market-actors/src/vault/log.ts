/**
 * The log of a vault: the journal of its actor, with heads that the vault signs.
 *
 * All that concerns an opening stands in it before anything is opened. Custodians go by their own copy, so what
 * is hidden from one of them is not opened by it; and whoever is shown two logs holds two signed heads that
 * contradict each other, which is proof for anybody who knows the vault's key (`equivocation`).
 */
import { M } from '@endo/patterns';
import type { Described, Facet } from '@pocas/vat-runtime';
import { defineActor, describe, hmac, schnorr, sha256, typed } from '@pocas/vat-runtime';
import {
  type HiddenEntry,
  type JournalEntry,
  type JournalHead,
  type JournalReader,
  type Refusal,
  refuse,
  textOf,
} from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, view } from '../inside/shapes.ts';
import { headText, printOf, tagOf } from './texts.ts';
import type { SignedHead, VaultLog } from './types.ts';

/** How many entries go into one answer: a request names up to ten segments. */
export const logPage = 20n;

const VaultLogI: Described<
  Methods<'view' | 'changes' | 'vault' | 'head' | 'headAt' | 'standsBy' | 'entries'>
> = describe(
  M.interface('VaultLog', {
    view: ViewGuard,
    changes: ChangesGuard,
    vault: M.call().returns(M.string()),
    head: M.call().returns(M.record()),
    headAt: M.call(M.bigint()).returns(M.record()),
    standsBy: M.call(M.nat()).returns(M.record()),
    entries: M.call(M.nat(), M.nat()).returns(M.array()),
  }),
  {
    label: { en: 'Log of the vault', es: 'Bitácora de la bóveda' },
    help: {
      en: 'Each request, each opening and each change of who keeps a share. Nothing in it can be changed without being noticed.',
      es: 'Cada solicitud, cada apertura y cada cambio de quién guarda una parte. Nada se puede cambiar sin que se note.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      number: { label: { en: 'Entries', es: 'Anotaciones' }, prominent: true },
      print: {
        label: { en: 'Compare with what others see', es: 'Compara con lo que ven las demás' },
      },
    },
    methods: {
      view,
      changes,
      vault: { ...view, label: { en: 'Key', es: 'Clave' } },
      head: { ...view, label: { en: 'Where it stands', es: 'Dónde va' } },
      headAt: {
        label: { en: 'At the end of a period', es: 'Al final de un periodo' },
        args: [{ name: 'epoch', kind: 'nat' }],
        hidden: true,
      },
      standsBy: {
        label: { en: 'Signed entry', es: 'Anotación firmada' },
        args: [{ name: 'number', kind: 'nat' }],
        hidden: true,
      },
      entries: {
        label: { en: 'Entries', es: 'Anotaciones' },
        args: [
          { name: 'from', kind: 'nat' },
          { name: 'to', kind: 'nat' },
        ],
        hidden: true,
      },
    },
  },
);

const makeLogKit = defineActor({
  name: 'VaultLog',
  state: {
    reader: typed<Facet<JournalReader>>(M.remotable('reader')),
    signKey: M.string(),
    vault: M.string(),
  },
  init: (reader: Facet<JournalReader>, signKey: string) => ({
    reader,
    signKey,
    vault: schnorr.publicKey(signKey),
  }),
  guards: {
    log: VaultLogI,
    signer: M.interface('VaultLogSigner', { sign: M.call(M.record()).returns(M.record()) }),
  },
  facets: {
    log: {
      view() {
        const head = this.state.reader.head();
        return { ...head, print: printOf(`${head.number} ${head.hash}`) };
      },
      changes(since?: string): Promise<string> {
        return this.state.reader.changes(since);
      },
      vault(): string {
        return this.state.vault;
      },
      head(): SignedHead {
        const { reader } = this.state;
        return this.facets.signer.sign(reader.head());
      },
      headAt(epoch: bigint): SignedHead | Refusal {
        const head = this.state.reader.headAt(epoch);
        return 'ok' in head ? head : this.facets.signer.sign(head);
      },
      standsBy(number: bigint): SignedHead | Refusal {
        const [entry] = this.state.reader.entries(number, number + 1n);
        if (entry === undefined) return refuse('notYet');
        const { hash } = entry;
        const epoch = 'epoch' in entry ? entry.epoch : 0n;
        const actorTag = tagOf(this.state.vault);
        return this.facets.signer.sign({ actorTag, epoch, number, hash, final: false });
      },
      entries(from: bigint, to: bigint): readonly (JournalEntry | HiddenEntry)[] {
        return this.state.reader.entries(from, to < from + logPage ? to : from + logPage);
      },
    },
    signer: {
      sign(head: JournalHead): SignedHead {
        const { signKey } = this.state;
        const random = hmac(signKey, `head\n${sha256(textOf(head))}`);
        return { head, signature: schnorr.sign(signKey, headText(head), random) };
      },
    },
  },
  readOnly: ['log.changes'],
});

/** @param signKey - the vault's secret key */
export const makeVaultLog = (reader: Facet<JournalReader>, signKey: string): Facet<VaultLog> =>
  makeLogKit(reader, signKey).log;

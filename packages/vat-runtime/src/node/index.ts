/** Host powers: what a program needs to run a node. Import `@pocas/vat-runtime/lockdown` first. */
export { type Bundle, bundleVat, hashBundle } from './bundle.ts';
export { type VatFault, acceptVats, checkVats } from './check-vats.ts';
export { type DataDirectory, openDataDirectory, openStoreFiles } from './data-directory.ts';
export { fromBase32, toBase32 } from '../locator/base-encoding.ts';
export { maxBundleBytes } from '../courier/bundle-form.ts';
export { fetchParcel, leaveBundle } from '../courier/carry.ts';
export { texts as bytesAsText } from '../machine/texts.ts';
export { DirectoryMovedError, ImportUnfinishedError } from './directory-marks.ts';
export { type Exported, type MoveStep, type OnMoveProgress, exportPoca } from './move-export.ts';
export { importPoca } from './move-import.ts';
export { readArchiveHeader } from './move-archive.ts';
export {
  type MoveKey,
  type MoveSecret,
  findMoveKey,
  leastPassphrase,
  makeMoveKey,
  readMoveHeader,
} from './move-key.ts';
export { type MoveFault, MoveRefusedError } from './move-refused.ts';
export { type LogForm, makeLineLog, makeProcessLog } from './log.ts';
export { rowChecksum, sha256 } from '../machine/integrity.ts';
export { nodeCiphers } from '../machine/node-ciphers.ts';
export { DataInUseError, DiskFullError, openLevelStorage } from '../machine/level-storage.ts';
export {
  LINK_PATH,
  type NodeOptions,
  type NodeSecrets,
  type PocasNode,
  startNode,
} from './node.ts';
export type { HostEvents, HostHandle, Place, ReadRow, StartHost } from '../hosts/host-handle.ts';
export { type HostPolicy, defaultHostPolicy } from '../hosts/hosts.ts';
export { startInlineHost } from '../hosts/inline.ts';
export { type HostSizes, defaultHostSizes, makeHostStarter } from '../hosts/start-hosts.ts';
export type { GrantInfo, GrantInfoPage } from './sturdy-powers.ts';
export type { MakeVatOptions } from './vat-making.ts';
export type { VatPage, VatStatus } from './vats.ts';
export { dialChannel } from './web-socket.ts';
export { type Level, levels } from '../monitor/events.ts';
export type { Log } from '../monitor/log.ts';
export type { Anchor, AnchorPoint } from '../store/anchor.ts';
export {
  type RecoverPowers,
  type StoreCheck,
  checkStore,
  isSound,
  recoverStore,
} from '../store/check-store.ts';
export { type Delivery, deliveryOf } from '../switchboard/delivery.ts';
export { watchPowers } from './watch-powers.ts';
export { type Watch, type WatchOptions, type WatchPowers, watch } from '../session/watch.ts';
export { RowDamagedError } from '../store/checked-storage.ts';
export type { Committer } from '../store/committer.ts';
export { makePower } from '../vat/guard.ts';
export type { HostCommand, HostReport } from '../vat/host.ts';
export { StoreRefusedError, openStore } from '../store/open-store.ts';
export type { Refusal, RefusalReason } from '../store/verify-store.ts';
export { type Quotas, defaultQuotas, guestQuotas } from '../vat/quotas.ts';
export type { PeerAdmin, PeerStatus } from './peer-admin.ts';

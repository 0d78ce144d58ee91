/** Host powers: what a program needs to run a node. Import `@pocas/vat-runtime/lockdown` first. */
export { type Bundle, bundleVat } from './bundle.ts';
export { type DataDirectory, openDataDirectory } from './data-directory.ts';
export { DataInUseError, openLevelStorage } from './level-storage.ts';
export {
  LINK_PATH,
  type MakeVatOptions,
  type NodeOptions,
  type NodeSecrets,
  type PocasNode,
  startNode,
} from './node.ts';
export { type HostHandle, startInlineHost, startVatThread } from './vat-threads.ts';
export { dialChannel } from './web-socket.ts';

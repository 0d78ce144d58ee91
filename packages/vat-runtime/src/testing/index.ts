/** Aids for tests of vats and nodes. Importing this locks the realm down. */
export { makeTestNode, makeTestSecrets, type TestNode, type TestNodeOptions } from './test-node.ts';
export { type FuzzSettings, fuzz } from './fuzz.ts';
export { type ManualTime, makeManualTime } from './manual-time.ts';
export { makeMemoryStorage } from '../store/memory-storage.ts';
export { descriptionFaults } from './described.ts';
export { type Stranger, meetAsStranger } from './stranger.ts';
export { makeDouble } from './double.ts';
export { makeMemoryAnchor } from '../store/anchor.ts';
export {
  type FaultMoment,
  type FaultPlan,
  type FaultyStorage,
  makeFaultyStorage,
} from './faulty-storage.ts';
export { type StorageFactory, type TestPowers, storageConformance } from './storage-conformance.ts';
// The parts between two parties, to be measured each by itself.
export { makeCaptpEndpoint } from '../switchboard/captp-endpoint.ts';
export { makeOwnEndpoint } from '../switchboard/own-endpoint.ts';
export { defaultLimits } from '../switchboard/limits.ts';
export { Switchboard } from '../switchboard/switchboard.ts';
export { type Message, checkMessage } from '../switchboard/wire.ts';

/** A node's web pages, where the interface is the capability. */
export { makeBridge } from './server/bridge.ts';
export type { Bridge } from './server/bridge.ts';
export { defaultLimits } from './server/powers.ts';
export type { BridgeEvent, BridgeLimits, BridgePowers } from './server/powers.ts';
export type { CodePowers } from './session/code.ts';

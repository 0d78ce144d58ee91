/** How the switchboard of a node names other nodes, and reaches one of which it was only told. */
import harden from '@endo/harden';
import { toBase64Url } from '../locator/base-encoding.ts';
import type { Designator } from '../locator/identity.ts';
import { verifyLocations } from '../locator/signed-locations.ts';
import { type Peers, designatorIn, peerId } from '../session/peers.ts';
import type { Nodes } from '../switchboard/nodes.ts';

const idBytes = 16;

export type HandoffNodesPowers = {
  readonly designator: Designator;
  /** There once messages flow. */
  readonly peers: () => Pick<Peers, 'provide' | 'knows' | 'locationsOf'>;
  readonly random: (byteLength: number) => Uint8Array;
  readonly after: Nodes['after'];
};

export const makeHandoffNodes = ({
  designator: self,
  peers,
  random,
  after,
}: HandoffNodesPowers): Nodes =>
  harden({
    self,
    partyOf: peerId,
    designatorOf: designatorIn,
    provide(designator, alleged) {
      // What is not signed by the node itself would let anybody send a crowd anywhere.
      const signed = alleged === undefined ? undefined : verifyLocations(alleged);
      const isItsOwn = signed?.designator === designator;
      if (!isItsOwn && !peers().knows(designator)) return undefined;
      return peers().provide(designator, isItsOwn ? { signed } : {});
    },
    locationsOf: (designator) => peers().locationsOf(designator),
    makeGiftId: () => toBase64Url(random(idBytes)),
    after,
  } satisfies Nodes);

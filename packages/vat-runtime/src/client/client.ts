/**
 * A client that stays: it holds sturdy refs, keeps one session with each of their nodes, and obtains the
 * same objects again when a session was lost.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { type Designator, type Signer, makeSigner } from '../locator/designator.ts';
import { type NodeLocator, parseSturdyRef } from '../locator/sturdy-ref.ts';
import { assertLockedDown } from '../session/locked-down.ts';
import { type Held, type HeldKit, makeHeldKit } from './held.ts';
import { type KeptSession, type KeptSessionPowers, keepSession } from './kept-session.ts';

export type ClientPowers = KeptSessionPowers & {
  /**
   * 32 random bytes, kept secret: the client shows a node the same key in every session, and each node
   * another one. Default: new ones, for as long as the client is open.
   */
  readonly identitySeed?: Uint8Array;
  /** How long a call waits for a session where there is none. Default: 30 seconds. */
  readonly patienceMilliseconds?: number;
};

export type Client = {
  /**
   * Holds a sturdy ref, for as long as the client is open or until it is released.
   * @throws where the text is no sturdy ref, or names no address
   */
  enliven<T = unknown>(sturdyRef: string): Held<T>;
  /** The key that this client shows to a node. */
  designatorFor(node: Designator): Designator;
  /**
   * To be called when there is reason to hope or to doubt: the network is back, the page is seen again,
   * somebody presses "try again". Dials at once, and looks whether open sessions still are.
   */
  wake(): void;
  /** Ends all sessions. Calls under way reject with `unknown`, later ones with `no`. */
  close(): void;
};

const seedBytes = 32;
const defaultPatienceMilliseconds = 30_000;

/**
 * `url`, `url2` …, the best first (`locator/signed-hints.ts`). Their signature is not looked at: it is for
 * who passes addresses on, and whoever answers has to prove the node's key.
 */
const locationsIn = (hints: NodeLocator['hints']): readonly string[] =>
  Object.keys(hints)
    .filter((name) => /^url\d?$/.test(name))
    .sort()
    .map((name) => hints[name]!);

type NodeEntry = { readonly kept: KeptSession; readonly kits: Set<HeldKit> };

export const openClient = ({
  identitySeed,
  patienceMilliseconds = defaultPatienceMilliseconds,
  ...powers
}: ClientPowers): Client => {
  assertLockedDown('open client');
  const seed = Uint8Array.from(identitySeed ?? powers.random(seedBytes));
  if (seed.length !== seedBytes) {
    throw RangeError('Cannot open client: the identity seed does not have 32 bytes');
  }
  const nodes = new Map<Designator, NodeEntry>();
  const identities = new Map<Designator, Signer>();
  let isClosed = false;

  /** Nodes that compare what they know cannot tell that two keys are one client's. */
  const identityFor = (node: Designator): Signer => {
    if (isClosed) throw Error('Cannot find key: the client was closed');
    let identity = identities.get(node);
    if (identity === undefined) {
      identity = makeSigner(hmac(sha256, seed, utf8ToBytes(`pocas client key 1\n${node}`)));
      identities.set(node, identity);
    }
    return identity;
  };

  const provideNode = (designator: Designator): NodeEntry => {
    const known = nodes.get(designator);
    if (known !== undefined) return known;
    const kits = new Set<HeldKit>();
    const kept = keepSession(designator, identityFor(designator), powers, {
      onOpen(session) {
        for (const kit of kits) kit.onOpen(session);
      },
      onState(state) {
        for (const kit of kits) kit.onState(state);
      },
    });
    const entry = { kept, kits };
    nodes.set(designator, entry);
    return entry;
  };

  return harden({
    enliven<T>(text: string): Held<T> {
      if (isClosed) throw Error('Cannot enliven: the client was closed');
      const { designator, swiss, hints } = parseSturdyRef(text);
      const locations = locationsIn(hints);
      if (locations.length === 0 && !nodes.has(designator)) {
        throw Error('Cannot enliven: the sturdy ref names no address');
      }
      const { kept, kits } = provideNode(designator);
      const kit = makeHeldKit(swiss, kept, { after: powers.after, patienceMilliseconds }, () => {
        kits.delete(kit);
        if (kits.size > 0 || isClosed) return;
        nodes.delete(designator);
        kept.close('nothing of the node is needed any more');
      });
      kits.add(kit);
      kept.addLocations(locations);
      const session = kept.session();
      if (session === undefined) kit.onState(kept.state());
      else kit.onOpen(session);
      // The cast holds as far as the caller knows what the sturdy ref designates.
      return kit.held as Held<T>;
    },
    designatorFor: (node: Designator) => identityFor(node).designator,
    wake() {
      for (const { kept } of nodes.values()) kept.wake();
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      seed.fill(0);
      for (const { kept } of nodes.values()) kept.close('the client was closed');
      nodes.clear();
      identities.clear();
    },
  });
};
harden(openClient);

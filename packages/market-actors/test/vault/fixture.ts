/** A vault with its custodians, a camera and a viewer, in one node. */
import { type ManualTime, type TestNode } from '@pocas/vat-runtime/testing';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import {
  type CustodyKeeper,
  type Opened,
  type Recorder,
  type Seal,
  type VaultClaimed,
  type VaultFounding,
  type VaultShare,
  type Viewing,
  chainAfter,
  contextOf,
  faultOfTerms,
  purposeOf,
  readParts,
  sawText,
  sealText,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';
import { hmac, pedersen, schnorr, threshold } from '@pocas/vat-runtime/ristretto';
import { next, ok, testSecret } from '../fixture.ts';

export const hour = 3_600_000;
export const day = 24 * hour;
export const span = 600_000n;

export const vaultModule = bundleVat(
  fileURLToPath(import.meta.resolve('@pocas/market-actors/vault')),
);
export const custodyModule = bundleVat(
  fileURLToPath(import.meta.resolve('@pocas/market-actors/custody')),
);

export const random = (): string => randomBytes(64).toString('base64url');
export type Pair = { readonly secretKey: string; readonly publicKey: string };
export const pair = (): Pair => {
  const secretKey = pedersen.scalar(random());
  return { secretKey, publicKey: schnorr.publicKey(secretKey) };
};

export type Holder = {
  readonly name: string;
  readonly share: Facet<VaultShare>;
  readonly keeper: Facet<CustodyKeeper>;
};

export const foundVault = async (node: TestNode): Promise<VaultClaimed> => {
  const founding = (await node.makeVat({
    ...{ module: await vaultModule, label: 'vault' },
    powers: { clock: node.clock, timer: node.timer, grantor: node.grantor },
    params: { name: 'La puerta', secret: testSecret(9) },
  })) as Facet<VaultFounding>;
  return ok(await E(founding).claim('Fundadora', next()));
};

let secrets = 20;
const nextSecret = () => testSecret((secrets = (secrets % 250) + 1));
export const makeCustody = async (
  node: TestNode,
  name: string,
  secret = nextSecret(),
): Promise<Facet<CustodyKeeper>> =>
  (await node.makeVat({
    ...{ module: await custodyModule, label: 'custody', params: { name, secret } },
    powers: { clock: node.clock },
  })) as Facet<CustodyKeeper>;
/** By which a custodian with this secret signs. */
export const custodyPair = (secret: string): Pair => {
  const secretKey = pedersen.scalar(hmac(secret, 'pocas custody key'));
  return { secretKey, publicKey: schnorr.publicKey(secretKey) };
};

export const joinVault = async (
  { cares }: VaultClaimed,
  name: string,
): Promise<Facet<VaultShare>> => {
  const { invitation } = await E(cares.steward).invite(next());
  // The cast says what the place is.
  return ok(await E(invitation).join(name, next())).participant as Facet<VaultShare>;
};

/** Somebody who keeps a share, from the next making on. */
export const addHolder = async (
  node: TestNode,
  vault: VaultClaimed,
  name: string,
): Promise<Holder> => {
  const share = await joinVault(vault, name);
  const keeper = await makeCustody(node, name);
  ok(await E(keeper).keepFor(share, next()));
  return { name, share, keeper };
};

export type Camera = {
  readonly recorder: Facet<Recorder>;
  readonly pair: Pair;
  readonly name: string;
  /** By segment: what only the camera knew. */
  readonly keys: Map<string, string>;
};

export const addCamera = async (vault: VaultClaimed, name = 'puerta'): Promise<Camera> => {
  const own = pair();
  const { recorder } = ok(await E(vault.cares.steward).addCamera(name, own.publicKey, next()));
  return { recorder, pair: own, name, keys: new Map() };
};

/** A seal of ten minutes that end now, as the recorder's program makes it. */
export const makeSeal = async (
  { recorder, pair: own, name, keys }: Camera,
  segment: string,
  wrong: Partial<Seal> = {},
): Promise<Seal> => {
  const { vault, now, epoch, groupKey, chain } = await E(recorder).view();
  const facts = { vault, camera: name, segment, from: now - span, to: now, epoch, ...wrong };
  const { encapsulation, key } = threshold.encapsulate(groupKey, contextOf(facts), random());
  keys.set(segment, key);
  const digest = randomBytes(32).toString('base64url');
  const content = {
    ...facts,
    ...{ encapsulation, headerDigest: digest, ciphertextDigest: digest, size: 1000n },
    ...wrong,
  };
  const linked = chainAfter(chain, content);
  const signature = schnorr.sign(own.secretKey, sealText({ chain: linked }), random());
  return { ...content, chain: linked, signature, ...wrong };
};
export const record = async (camera: Camera, segment: string): Promise<Seal> => {
  const seal = await makeSeal(camera, segment);
  ok(await E(camera.recorder).seal(seal));
  return seal;
};

export type World = {
  readonly node: TestNode;
  readonly time: ManualTime;
  readonly vault: VaultClaimed;
  readonly holders: Holder[];
  readonly camera: Camera;
};

/** A vault that records, with its key made among so many. */
export const openVault = async (
  node: TestNode,
  time: ManualTime,
  count = 4,
  cares = 0,
): Promise<World> => {
  const vault = await foundVault(node);
  const holders: Holder[] = [];
  for (let at = 0; at < count; at += 1) holders.push(await addHolder(node, vault, `H${at + 1}`));
  await node.rest();
  const { steward } = vault.cares;
  // Number 1 is the founder, who keeps no share.
  for (let at = 0; at < cares; at += 1) ok(await E(steward).addCare(BigInt(at + 2), next()));
  ok(await E(steward).makeKey(next()));
  await node.rest();
  const camera = await addCamera(vault);
  return { node, time, vault, holders, camera };
};

/** All that the viewer can make of what was given so far. */
export const look = async (
  viewing: Facet<Viewing>,
  segment: string,
  viewer: Pair,
): Promise<Opened> => {
  const terms = await E(viewing).terms();
  const fault = faultOfTerms(terms, viewer.publicKey);
  if (fault !== undefined) throw Error(fault);
  const { parts } = ok(await E(viewing).parts(segment));
  const seal = terms.seals.find((one) => one.segment === segment)!;
  return readParts(terms, seal, parts, viewer.secretKey, random);
};

/** The viewer says that they see it. */
export const sawBy = async (viewing: Facet<Viewing>, segment: string, viewer: Pair) => {
  const { vault, request, entry, viewer: named } = await E(viewing).terms();
  const text = sawText(purposeOf(vault, request, entry.hash, segment), named.key);
  return E(viewing).saw(segment, schnorr.sign(viewer.secretKey, text, random()), next());
};

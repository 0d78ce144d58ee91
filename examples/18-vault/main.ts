/**
 * A camera at a door, of which nobody can watch a recording alone.
 *
 * Read it for one thing: where the key is. The camera has it while it seals, and no longer; four people keep
 * shares of it, each in a vat of their own; and the viewer has it once three of them have answered.
 */
import '@pocas/vat-runtime/lockdown';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { randomBytes } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import {
  type CustodyKeeper,
  type Seal,
  type VaultFounding,
  type VaultShare,
  chainAfter,
  contextOf,
  faultOfTerms,
  purposeOf,
  readParts,
  sawText,
  sealText,
} from '@pocas/market-actors';
import { digestSegment, openSegment, sealSegment } from '@pocas/pocas';
import type { Facet } from '@pocas/vat-runtime';
import { pedersen, schnorr } from '@pocas/vat-runtime/ristretto';
import { days, done, requestId, say } from '../06-flour-together/village.ts';

const time = makeManualTime();
const node = await makeTestNode({ time });
const folder = mkdtempSync(join(tmpdir(), 'pocas-vault-'));
const { clock, timer, grantor } = node;

const random = () => randomBytes(64).toString('base64url');
const newSecret = () => randomBytes(32).toString('base64url');
const newKey = () => {
  const secretKey = pedersen.scalar(random());
  return { secretKey, publicKey: schnorr.publicKey(secretKey) };
};
const moduleOf = (name: string) =>
  fileURLToPath(import.meta.resolve(`@pocas/market-actors/${name}`));

const founding = (await node.makeVat({
  ...{ module: moduleOf('vault'), label: 'vault', powers: { clock, timer, grantor } },
  params: { name: 'La puerta', secret: newSecret() },
})) as Facet<VaultFounding>;
const { cares } = done(await E(founding).claim('Olga', requestId()));
const { steward } = cares;

// Four people keep shares. Each one's custodian is a vat of its own; it could as well be on their own node.
const people = [];
for (const name of ['Ana', 'Beto', 'Carla', 'Dani']) {
  const { invitation } = await E(steward).invite(requestId());
  // The cast says what the place is.
  const share = done(await E(invitation).join(name, requestId())).participant as Facet<VaultShare>;
  const keeper = (await node.makeVat({
    ...{ module: moduleOf('custody'), label: 'custody', powers: { clock } },
    params: { name, secret: newSecret() },
  })) as Facet<CustodyKeeper>;
  done(await E(keeper).keepFor(share, requestId()));
  people.push({ name, share, keeper });
}
await node.rest();
done(await E(steward).makeKey(requestId()));
await node.rest();
const { threshold, print } = await E(steward).view();
const prints = await Promise.all(people.map(async ({ keeper }) => (await E(keeper).view()).print));
say(`Four people made a key together. ${threshold} of them open, and nobody has it`);
console.log(`   all four read the same print: ${prints.every((one) => one === print)}`);

// A recorder is a program. It seals a stream, and signs what it sealed before anybody may ask for it.
const camera = newKey();
const { recorder } = done(await E(steward).addCamera('puerta', camera.publicKey, requestId()));
const fileOf = (segment: string) => join(folder, `${segment}.age`);
const record = async (segment: string, seen: string): Promise<void> => {
  const { vault, now, epoch, groupKey, chain } = await E(recorder).view();
  const facts = { vault, camera: 'puerta', segment, from: now - 600_000n, to: now, epoch };
  const context = contextOf(facts);
  const sealed = await sealSegment(
    Readable.from([Buffer.from(seen)]),
    createWriteStream(fileOf(segment)),
    { groupKey, context, random: (length) => randomBytes(length) },
  );
  const content = { ...facts, ...sealed };
  const linked = chainAfter(chain, content);
  const signature = schnorr.sign(camera.secretKey, sealText({ chain: linked }), random());
  const seal: Seal = { ...content, chain: linked, signature };
  done(await E(recorder).seal(seal));
};
// Somebody comes by while the second segment is recorded, and leaves no name.
time.pass(600_000);
await record('morning', 'an empty street');
const door = await E(await E(steward).beacon()).door();
const { presence } = done(await E(door).checkIn(requestId()));
time.pass(600_000);
await record('noon', 'somebody takes a bicycle');
say('Two segments were sealed; a passer-by has checked in at the second');

const viewer = newKey();
const { viewings } = done(
  await E(people[0]!.share).request(
    {
      segments: ['noon'],
      reason: 'A bicycle is gone',
      viewers: [{ name: 'Ana', key: viewer.publicKey }],
    },
    requestId(),
  ),
);
const viewing = viewings[0]!;
await node.rest();
say('Ana asks to see the second one');
const told = (await E(presence).view()).requests;
console.log(`   the passer-by is told: ${told[0]!.by}, "${told[0]!.reason}"`);
const early = await E(viewing).parts('noon');
console.log(`   at once nobody answers: ${early.ok ? 'answered' : early.code}`);

time.pass(days);
await node.rest();
const terms = await E(viewing).terms();
const fault = faultOfTerms(terms, viewer.publicKey);
if (fault !== undefined) throw Error(fault);
const seal = terms.seals[0]!;
const { parts } = done(await E(viewing).parts('noon'));
const opened = readParts(terms, seal, parts, viewer.secretKey, random);
say(`A day later ${opened.right} have answered, and ${opened.liars.length} of them lied`);

const show = async (file: string): Promise<string> => {
  // All of it is looked at before anything of it is believed.
  const { ciphertextDigest } = await digestSegment(createReadStream(file));
  if (ciphertextDigest !== seal.ciphertextDigest) console.log('   not the file that was logged');
  const { groupKey } = terms.key;
  const options = { groupKey, key: opened.key!, expected: seal };
  return text(openSegment(createReadStream(file), options)).catch((error: Error) => error.message);
};
const purpose = purposeOf(terms.vault, terms.request, terms.entry.hash, 'noon');
const word = schnorr.sign(viewer.secretKey, sawText(purpose, viewer.publicKey), random());
done(await E(viewing).saw('noon', word, requestId()));
console.log(`   Ana sees: ${await show(fileOf('noon'))}`);
console.log(`   The first one: ${await show(fileOf('morning'))}`);
const altered = readFileSync(fileOf('noon'));
altered[altered.length - 20]! ^= 1;
writeFileSync(fileOf('noon'), altered);
console.log(`   An altered one: ${await show(fileOf('noon'))}`);

rmSync(folder, { recursive: true });
await node.stop();

/**
 * `process.js <directory> <people> <zones>`: a node with shelves, on a real store, and what an epoch's run costs.
 * Writes one JSON object: milliseconds, of wall time and of CPU time of all threads.
 */
import '@pocas/vat-runtime/lockdown';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { type ShelfClaim, type ShelfRule, divideZone } from '@pocas/market-actors';
import { makeHostStarter, openDataDirectory, startNode } from '@pocas/vat-runtime/node';
import { makeLeapTime } from '../../support/leap-time.ts';

// `any`: a caller in another vat is not held to a facet's types.
type Any = any;

const [directory = '', people = '', zones = ''] = process.argv.slice(2);
const week = 7 * 24 * 3_600_000;
const time = makeLeapTime(0);
/** In how many zones each person wants space. */
const wishes = 2;
/** How many calls are under way at a time. */
const atOnce = 64;

const { storage, anchor, storeDirectory, secrets } = await openDataDirectory(directory);
const node = await startNode({
  secrets,
  storage,
  anchor,
  time,
  startHost: makeHostStarter(storeDirectory),
  sleep: { idleMilliseconds: 2 * week, maxAwake: 10 },
  onFatal: (reason) => {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  },
});

let count = 0;
const next = () => `a request ${(count += 1)}`;
const all = async <T>(size: number, act: (i: number) => Promise<T>): Promise<T[]> => {
  const answers: T[] = [];
  for (let from = 0; from < size; from += atOnce)
    answers.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(atOnce, size - from) }, (_, i) => act(from + i)),
      )),
    );
  return answers;
};
const costOf = async (act: () => Promise<unknown>) => {
  const before = process.cpuUsage();
  const begun = performance.now();
  await act();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - begun, cpu: (user + system) / 1_000 };
};

const { clock, timer, grantor } = node;
const root: Any = await node.makeVat({
  module: fileURLToPath(import.meta.resolve('@pocas/market-actors/shelf')),
  label: 'shelf',
  powers: { clock, timer, grantor },
  params: { name: 'Estantes', secret: Buffer.alloc(32, 7).toString('base64url') },
});
const { cares }: Any = await E(root).claim('Fundadora', next());
const { steward, auditor } = cares;
const size = BigInt(Math.ceil((Number(people) * wishes * 3) / Number(zones) / 2));
const made = await all(Number(zones), async (i) => {
  const { zone }: Any = await E(steward).mapZone(`Zona ${i}`, 'ambient', size, 0n, '', next());
  return zone;
});
const coming = await costOf(() =>
  all(Number(people), async (i) => {
    const { invitation }: Any = await E(steward).invite(next());
    const { participant }: Any = await E(invitation).join(`Persona ${i}`, next());
    for (let w = 0; w < wishes; w += 1) {
      const zone = made[(i + w * 7) % made.length];
      await E(participant).request(zone, BigInt(1 + ((i * 7 + w) % 4)), '', next());
    }
  }),
);

const isDivided = async (epoch: bigint) => (await E(made.at(-1)).inputs(epoch, 0n)).ok === true;
const runOf = () =>
  costOf(async () => {
    time.leap(week);
    const epoch = await E(clock).epoch();
    while (!(await isDivided(epoch))) await new Promise((resolve) => setTimeout(resolve, 20));
    await node.settled();
  });
/** The first gives everybody their slots; in those after it they stand as they did. */
const first = await runOf();
const later = await runOf();

const epoch = await E(clock).epoch();
/** What the same divisions cost without a vat. */
const inputs = await all(made.length, async (i) => {
  const claims: ShelfClaim[] = [];
  let rule: ShelfRule | undefined;
  for (let page = 0n, pages = 1n; page < pages; page += 1n) {
    const answer: Any = await E(made[i]).inputs(epoch, page);
    ({ rule, pages } = answer);
    claims.push(...answer.claims);
  }
  return { rule: rule!, claims };
});
const alone = await costOf(async () => {
  for (const { rule, claims } of inputs) divideZone(rule, claims);
});
const page = await costOf(() => E(made[0]).view());
const again = await costOf(() => E(auditor).recompute(made[0], epoch));
await node.stop();
const claims = inputs.reduce((sum, one) => sum + one.claims.length, 0);
process.stdout.write(`${JSON.stringify({ coming, first, later, alone, page, again, claims })}\n`);

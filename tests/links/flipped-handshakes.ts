/**
 * A handshake of which one byte was altered on the way opens nothing: nobody obtains anything by it,
 * the node says why in words, is unharmed, and the next handshake is as good as any.
 *
 * Only what WebSocket frames carry is altered. The HTTP request before them has no secret and nothing to protect.
 */
import { randomBytes } from 'node:crypto';
import { E } from '@endo/far';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel } from '@pocas/vat-runtime/node';
import { makeRandom } from '../campaign/random.ts';
import type { Cleanup } from '../support/cleanup.ts';
import type { Direction, Faults, ProxiedConnection } from '../support/fault-proxy.ts';
import { until } from '../support/until.ts';
import { startMesh } from './mesh.ts';
import type { PartReport, PartSettings } from './part.ts';
import type { Tally } from './vats/tally.ts';

/** WebSocket frames that each side sends before anybody is proved. */
const handshakeFrames = 2;
/** A good handshake takes a fraction of it; one whose length was altered waits for what never comes. */
const patienceMillis = 400;

/** Where in a recorded stream the first frames begin and end. */
const framesIn = (bytes: Buffer): { readonly begin: number; readonly ends: readonly number[] } => {
  const begin = bytes.indexOf('\r\n\r\n') + 4;
  const ends: number[] = [];
  for (let at = begin; at + 2 <= bytes.length;) {
    const short = bytes[at + 1]! & 0x7f;
    const masked = (bytes[at + 1]! & 0x80) !== 0 ? 4 : 0;
    const [extra, length] =
      short === 126
        ? [2, bytes.readUInt16BE(at + 2)]
        : short === 127
          ? [8, Number(bytes.readBigUInt64BE(at + 2))]
          : [0, short];
    at += 2 + extra + masked + length;
    ends.push(at);
  }
  return { begin, ends };
};

const random = (length: number) => new Uint8Array(randomBytes(length));

/** @param rounds - how many of the places are tried; all of them where there are not more */
export const flipHandshakes = async (
  cleanup: Cleanup,
  { seed, rounds, goesOn = () => true, progress = () => {} }: PartSettings,
): Promise<PartReport> => {
  const chance = makeRandom(seed);
  const mesh = await startMesh(cleanup, { size: 2, seed });
  const [listener] = mesh.members as [(typeof mesh.members)[number]];
  const proxy = mesh.proxy(1, 0);
  const { swiss } = parseSturdyRef(listener.sturdyRef);
  const violations: string[] = [];

  /** A client that obtains the tally through the proxy. @returns what it said, or how it failed */
  const attempt = async (faults: Faults): Promise<{ got?: bigint; failure?: string }> => {
    let connection: ProxiedConnection | undefined;
    proxy.plan(() => faults);
    const before = proxy.counts().dialled;
    const find = () => {
      if (proxy.counts().dialled > before) connection ??= proxy.connections().at(-1);
    };
    const obtaining = (async () => {
      const session = await connect(listener.sturdyRef, {
        async dial() {
          const channel = await dialChannel(proxy.location);
          find();
          return channel;
        },
        random,
        later: (task) => void setImmediate(task),
      });
      try {
        // The cast holds: the sturdy ref is the tally's.
        return await E((await session.object) as Tally).get();
      } finally {
        session.close();
      }
    })();
    const cutLater = setTimeout(() => {
      find();
      connection?.cut();
    }, patienceMillis);
    try {
      return { got: await obtaining };
    } catch (error) {
      return { failure: (error as Error).message };
    } finally {
      clearTimeout(cutLater);
      connection?.cut();
      await until('the end of the connection', () => proxy.connections().length === 0);
    }
  };

  // What a good one looks like.
  let recorded: Record<Direction, Buffer> | undefined;
  const recording = until('the record', () => {
    const [connection] = proxy.connections();
    if (connection === undefined) return false;
    const seen = { up: connection.recorded('up'), down: connection.recorded('down') };
    const isWhole = (['up', 'down'] as const).every(
      (direction) => framesIn(seen[direction]).ends.length > handshakeFrames,
    );
    recorded = seen;
    return isWhole;
  });
  proxy.plan(() => ({ record: true }));
  const model = await connect(listener.sturdyRef, {
    dial: () => dialChannel(proxy.location),
    random,
    later: (task) => void setImmediate(task),
  });
  await model.object;
  await recording;
  model.close();
  await until('the end of the model', () => proxy.connections().length === 0);

  const places = (['up', 'down'] as const).flatMap((direction) => {
    const { begin, ends } = framesIn(recorded![direction]);
    const end = ends[handshakeFrames - 1]!;
    return Array.from({ length: end - begin }, (_, i) => ({ direction, offset: begin + i }));
  });
  const step = Math.max(1, places.length / rounds);
  const chosen: typeof places = [];
  for (let at = 0; at < places.length; at += step) {
    chosen.push(
      places[Math.min(places.length - 1, Math.floor(at + (chance.below(1000) / 1001) * step))]!,
    );
  }

  let tried = 0;
  let opened = 0;
  const faults = new Set<string>();
  for (const { direction, offset } of chosen) {
    if (!goesOn()) break;
    tried += 1;
    const mask = 1 << chance.below(8);
    const name = `${direction}, byte ${offset}, bits ${mask}`;
    const toldBefore = listener.told.length;
    const { got, failure } = await attempt({ flips: [{ direction, offset, mask }] });
    if (got !== undefined) violations.push(`${name}: the tally was obtained`);
    else if (failure!.includes(swiss)) violations.push(`${name}: a secret is in "${failure}"`);
    // It hears of the end a moment later.
    await until('the end at the node', () => listener.node.counts().links === 0);
    const told = listener.told.slice(toldBefore).filter(({ event }) => event.startsWith('link.'));
    const words = told.map(({ values }) => String(values['fault'] ?? ''));
    for (const word of words) faults.add(word);
    const isOpen = told.some(({ event }) => event === 'link.opened');
    if (isOpen) opened += 1;
    // What came to the node altered is never proved there.
    if (isOpen && direction === 'up') violations.push(`${name}: the node opened the link`);
    if (!told.some(({ event }) => event === 'link.refused' || event === 'link.closed')) {
      violations.push(`${name}: the node said nothing`);
    }
    if (JSON.stringify(told).includes(swiss)) violations.push(`${name}: a secret is in the log`);
    if (tried % 10 === 0 || tried === chosen.length) {
      const good = await attempt({});
      if (good.got !== 0n) violations.push(`${name}: after it a good one fails: ${good.failure}`);
      if (tried % 100 === 0)
        progress(`${tried} of ${chosen.length} places, ${violations.length} violations`);
    }
  }
  return {
    part: 'flipped',
    figures: { places: places.length, tried, openedAtOneEnd: opened, reasons: faults.size },
    violations,
  };
};

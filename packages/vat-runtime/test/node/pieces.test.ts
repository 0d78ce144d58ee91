import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeIdentity } from '#src/locator/identity.js';
import { type PiecesPowers, makePieces } from '#src/node/pieces.js';
import type { Statement } from '#src/session/node-wire.js';
import { defaultLimits } from '#src/switchboard/limits.js';

const { designator } = makeIdentity(new Uint8Array(32).fill(5));

const says: Statement = {
  ...{ life: 1, heard: 0, epoch: 0, slotsGiven: 0, slotsSeen: 0, state: 'open' },
  ...{ given: [1, 'link'], acked: [0, ''], taken: [0, ''] },
};

test('a relation that is quarantined while a bundle waits for the disk takes nothing of it', async () => {
  let refusal: string | undefined;
  const carriedOut: number[] = [];
  // Of each only what a piece that comes asks for.
  const pieces = makePieces({
    streamRows: {
      marks: () => ({ epoch: 0, given: [0, ''], acked: [0, ''], taken: [0, ''] }),
      linkAt: () => undefined,
      confirm: () => {},
      acknowledge: () => {},
    },
    relations: {
      refusal: () => refusal,
      statement: () => says,
      hear: () => undefined,
      remember: () => {},
    },
    streams: {
      refresh: () => {},
      carryOut: (_node: string, { n }: { n: number }) => void carriedOut.push(n),
    },
    store: { whenRoom: (go: () => void) => go() },
    limits: defaultLimits,
    incarnation: 'ours',
    backlog: () => 0,
    later(task: () => void) {
      // It is said over a link in this moment.
      refusal = 'the relation is quarantined';
      task();
    },
  } as unknown as PiecesPowers);
  const items = [{ type: 'NODE_VOID', n: 1, link: 'link' }];
  const piece = { v: 1, says, incarnation: 'theirs', items };
  await assert.rejects(async () => pieces.takePiece(designator, piece), /quarantined/);
  assert.deepEqual(carriedOut, []);
});

/**
 * Who said what in a blind decision (SPEC F15, 7.2): the same story twice, with two people swapped. What the body's
 * vat keeps afterwards, all of its rows and its journal, has to be the same.
 *
 * The token `x` says yes and the token `y` says no; Ana has `x` in the one story and `y` in the other. What is cast
 * follows from `x` and `y` alone, so it is the same bytes in both. What each person sent in their own session, a
 * blinded element, is replaced by their name wherever it stands: one name for one text, so that hides nothing, and
 * an element says nothing of the input that it blinds (the group is of prime order, and blinds are uniform).
 * Of rows, checksums and the hash chain of the journal are left out: they are reckoned from rows that are compared.
 */
import { type Any, countFrom, makeTown, ok, paperOf, proposal, propose } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { E } from '@endo/far';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { type Session, connect } from '@pocas/vat-runtime/client';
import { LINK_PATH, dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import { poprf } from '@pocas/vat-runtime/ristretto';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';

const bytes = (text: string, size: 32 | 64): string =>
  createHash('sha512').update(text).digest().subarray(0, size).toString('base64url');

const isJournal = (key: string): boolean => /^v\/\d+\/(?:j\/|head$|meta$)/.test(key);
/** A row without its checksum; of the journal, without what is reckoned from rows. */
const plain = (key: string, row: string): unknown => {
  const value = JSON.parse(row.slice(row.search(/[[{"\d]/))) as Any;
  if (!isJournal(key)) return value;
  const { prev: _prev, hash: _hash, sum: _sum, changes, rows, ...rest } = value;
  const changed = changes ?? rows;
  return { ...rest, changed: typeof changed === 'object' ? Object.keys(changed).toSorted() : 0 };
};
const ordered = (value: Any): Any => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, ordered(one)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
};

/** @param leak - what somebody says with their answer */
const tell = async (holders: { x: string; y: string }, leak?: (holder: string) => string) => {
  countFrom(0);
  const time = makeManualTime();
  const node = await makeTestNode({ time });
  const { ballots } = await makeTown(['Ana', 'Beto'], { node, time });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}${LINK_PATH}`;
  node.listen(server, url);
  const enter = async (facet: object): Promise<Session> => {
    const { designator, swiss } = parseSturdyRef(node.grantor.sturdy(facet));
    await node.settled();
    return connect(`ocapn://${designator}.websocket/s/${swiss}?url=${encodeURIComponent(url)}`, {
      dial: (location) => dialChannel(location),
      ciphers: nodeCiphers,
      random: (length) => new Uint8Array(randomBytes(length)),
      later: (task) => void setImmediate(task),
    });
  };

  const decision = await propose(ballots['Ana']!, proposal('agree', undefined, { isBlind: true }));
  const box = (await E(decision).view()).box!;
  const names = new Map<string, string>();
  const outputs: Record<string, string> = {};
  // In the order of the people: who has which token does not show in when they come.
  for (const person of ['Ana', 'Beto']) {
    const token = person === holders.x ? 'x' : 'y';
    const session = await enter(await paperOf(ballots[person]));
    const paper = (await session.object) as Any;
    const { publicKey, info } = await E(paper).key();
    const input = bytes(`input ${token}`, 32);
    const { blind, blinded, tweakedKey } = poprf.blind(
      input,
      info,
      publicKey,
      bytes(`blind ${token}`, 64),
    );
    const { evaluation } = ok((await E(paper).token(blinded)) as Any) as Any;
    [outputs[token]] = poprf.finalize(
      [{ input, blind, blinded }],
      evaluation,
      info,
      tweakedKey,
    ) as [string];
    names.set(blinded, `<${person}>`);
    session.close();
    await session.closed;
    await node.rest();
  }
  for (const token of ['x', 'y'] as const) {
    // A session of a key of its own, in which nothing else is done.
    time.pass(holders[token] === 'Ana' ? 3_600_000 : 7_200_000);
    const session = await enter(box);
    const here = (await session.object) as Any;
    const reason = leak?.(holders[token]) ?? '';
    const answer = { stand: token === 'x' ? 'agree' : 'disagree', reason };
    ok((await E(here).cast('', bytes(`input ${token}`, 32), outputs[token], answer)) as Any);
    session.close();
    await session.closed;
    await node.rest();
  }
  time.pass(7 * 24 * 3_600_000);
  await node.rest();
  const { outcome } = await E(decision).view();
  const rows = await node.storage.list('v/');
  await node.stop();
  await new Promise((resolve) => server.close(resolve));

  const rename = (text: string): string =>
    [...names].reduce(
      (sum, [from, to]) => sum.replaceAll(`!${from}`, to).replaceAll(from, to),
      text,
    );
  const normal = rows
    .map(([key, row]) => {
      const value = plain(key, rename(row.slice(8)));
      const sorted = /^v\/\d+\/k\//.test(key) ? (value as string[]).toSorted() : ordered(value);
      return `${rename(key)} ${JSON.stringify(sorted)}`;
    })
    .toSorted();
  return { rows, normal, outcome };
};

test('whoever of two people said yes, the vat of the body keeps the same', async () => {
  const one = await tell({ x: 'Ana', y: 'Beto' });
  const two = await tell({ x: 'Beto', y: 'Ana' });
  assert.deepEqual([one.outcome, two.outcome], ['notCarried', 'notCarried']);
  assert.ok(one.normal.length > 50, `${one.normal.length} rows`);
  const there = new Set(two.normal);
  assert.deepEqual(one.normal.filter((row) => !there.has(row)).slice(0, 5), []);
  assert.deepEqual(one.normal, two.normal);
  assert.notDeepEqual(one.rows, two.rows, 'it was a real change');
});

test('the journal of the vat does not say what was cast', async () => {
  const { rows } = await tell({ x: 'Ana', y: 'Beto' });
  const journal = rows.filter(([key]) => /^v\/\d+\/j\//.test(key)).map(([, row]) => row);
  assert.ok(journal.some((row) => row.includes('"unlinked"')));
  for (const token of ['x', 'y'])
    assert.ok(journal.every((row) => !row.includes(bytes(`input ${token}`, 32))));
});

test('an answer that says who gave it is told apart', async () => {
  const leak = (holder: string) => `I am ${holder}`;
  const one = await tell({ x: 'Ana', y: 'Beto' }, leak);
  const two = await tell({ x: 'Beto', y: 'Ana' }, leak);
  assert.notDeepEqual(one.normal, two.normal);
});

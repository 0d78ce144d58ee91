import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { makeIdentity } from '#src/locator/identity.js';
import { signLocations } from '#src/locator/sign-locations.js';
import { isNewer, nowhere, signedIn, stated } from '#src/session/whereabouts.js';

const identity = makeIdentity(new Uint8Array(32).fill(1));
const { designator } = identity;
const at = (signedAt: number) => signLocations(identity, [`ws://${signedAt}`], signedAt);
const now = 1_800_000_000;
const day = 24 * 60 * 60 * 1000;

test('of two words that others pass on the later holds, and an older one never takes its place', () => {
  assert.equal(isNewer(at(now), at(now - 1), now), true);
  assert.equal(isNewer(at(now - 1), at(now), now), false);
  assert.equal(isNewer(at(now), at(now), now), false);
  assert.equal(isNewer(at(0), nowhere, now), true);
});

test('a word from far ahead is not taken from others, and does not stand in the way for ever', () => {
  assert.equal(isNewer(at(now + day), at(now), now), true);
  assert.equal(isNewer(at(now + day + 1), at(now), now), false);
  assert.equal(isNewer(at(now + day + 1), nowhere, now), false);
  // The node's clock was wrong when it said so over its own link; others heard it since.
  const wrong = stated({ designator, locations: [], signed: at(now + 999 * day) });
  assert.equal(isNewer(at(now), wrong, now), true);
  assert.equal(isNewer(at(now + 999 * day), wrong, now), false);
});

test('what a node says over its own link holds, whatever its time', () => {
  for (const time of [0, now, now + 999 * day]) {
    assert.deepEqual(stated({ designator, locations: ['ws://x'], signed: at(time) }), at(time));
  }
  assert.deepEqual(stated({ designator, locations: ['ws://x'] }), { locations: ['ws://x'] });
});

test('only what was signed can be passed on', () => {
  assert.deepEqual(signedIn(at(5)), at(5));
  assert.equal(signedIn({ locations: ['ws://x'] }), undefined);
  assert.equal(signedIn(undefined), undefined);
});

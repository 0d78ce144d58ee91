import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import {
  type Keyring,
  type KeyringFault,
  type KeyringSecret,
  type KeyringStorage,
  importKeyring,
  makeKeyring,
  openKeyring,
} from '@pocas/vat-runtime/keyring';
import { keyringPowers } from '@pocas/vat-runtime/node-client';
import { fuzz } from '@pocas/vat-runtime/testing';
import { stretchHere } from '#src/client/passphrase.js';
import { toBase64Url } from '#src/locator/base-encoding.js';

const random = (length: number) => new Uint8Array(randomBytes(length));
/** The least that is allowed: tests are not about how long a guess takes. */
const cost = { log2N: 14, p: 1 };
const passphrase = 'correct horse battery';
const device: KeyringSecret = { deviceKey: random(32) };
const sturdyRefOf = (swiss: Uint8Array) =>
  `ocapn://${'a'.repeat(51)}q.websocket/s/${toBase64Url(swiss)}?url=ws%3A%2F%2F127.0.0.1%3A1`;

type Place = KeyringStorage & { bytes: Uint8Array | undefined };
const makePlace = (bytes?: Uint8Array): Place => {
  const place: Place = {
    bytes,
    async read() {
      return place.bytes;
    },
    async replace(change) {
      place.bytes = change(place.bytes);
    },
  };
  return place;
};

const powersOf = (storage: KeyringStorage, secret: KeyringSecret = { passphrase }) => ({
  ...keyringPowers(),
  storage,
  secret,
});
const fault = (code: KeyringFault) => (error: unknown) => {
  assert.equal((error as { code?: unknown }).code, code, String(error));
  return true;
};

test('what is put in a keyring comes out of it with its secret, after any number of openings', async () => {
  for (const secret of [{ passphrase }, device]) {
    const place = makePlace();
    const first = await makeKeyring(powersOf(place, secret), cost);
    assert.deepEqual(await first.list(), []);
    const sturdyRef = sturdyRefOf(random(32));
    const id = await first.add('My wallet, ñandú 🦤', sturdyRef);
    const seed = await first.identitySeed();
    assert.equal(seed.length, 32);

    const second = await openKeyring(powersOf(place, secret));
    assert.deepEqual(await second.list(), [{ id, label: 'My wallet, ñandú 🦤', sturdyRef }]);
    assert.deepEqual(await second.identitySeed(), seed);
    assert.equal(await second.add('Other words', sturdyRef), id, 'one entry for one sturdy ref');
    assert.deepEqual(await first.list(), [{ id, label: 'Other words', sturdyRef }]);
    assert.equal(await first.remove(id), true);
    assert.equal(await first.remove(id), false);
    assert.deepEqual(await second.list(), []);
  }
});

test('a wrong passphrase, another kind of secret and no keyring each have one clear error, and repeat nothing', async () => {
  const place = makePlace();
  await makeKeyring(powersOf(place), cost);
  const wrong = 'correct horse batteri';
  for (const secret of [{ passphrase: wrong }, { passphrase: '' }, device]) {
    await assert.rejects(openKeyring(powersOf(place, secret)), (error: Error) => {
      fault('KEYRING_WRONG_SECRET')(error);
      assert.ok(!`${error.message}${error.stack}`.includes(wrong));
      return true;
    });
  }
  const ofDevice = makePlace();
  await makeKeyring(powersOf(ofDevice, device));
  for (const secret of [{ passphrase }, { deviceKey: random(32) }]) {
    await assert.rejects(openKeyring(powersOf(ofDevice, secret)), fault('KEYRING_WRONG_SECRET'));
  }
  await assert.rejects(openKeyring(powersOf(makePlace())), fault('KEYRING_NONE'));
  await assert.rejects(makeKeyring(powersOf(place), cost), fault('KEYRING_EXISTS'));
  const weak = { passphrase: 'seven77' };
  await assert.rejects(makeKeyring(powersOf(makePlace(), weak), cost), fault('KEYRING_WEAK'));
  await assert.rejects(makeKeyring(powersOf(makePlace()), { log2N: 10, p: 1 }), RangeError);
  await assert.rejects(
    makeKeyring(powersOf(makePlace(), { deviceKey: random(16) })),
    /does not have 32 bytes/,
  );
});

test('a passphrase is the same however its characters are composed', async () => {
  const place = makePlace();
  await makeKeyring(powersOf(place, { passphrase: 'contrase\u00f1a larga' }), cost);
  await openKeyring(powersOf(place, { passphrase: 'contrasen\u0303a larga' }));
});

test('no byte of a stored keyring can be altered, cut off or added unnoticed', async () => {
  const place = makePlace();
  const keyring = await makeKeyring(powersOf(place, device));
  await keyring.add('wallet', sturdyRefOf(random(32)));
  const whole = place.bytes!;
  const rejects = async (bytes: Uint8Array) => {
    const altered = makePlace(bytes);
    await assert.rejects(openKeyring(powersOf(altered, device)), /Cannot use keyring/);
    // One that is open already sees it too, and does not write over it.
    place.bytes = bytes;
    await assert.rejects(keyring.list(), /Cannot use keyring/);
    await assert.rejects(keyring.add('more', sturdyRefOf(random(32))), /Cannot use keyring/);
    assert.equal(place.bytes, bytes);
    place.bytes = whole;
  };
  for (let at = 0; at < whole.length; at += at < 120 ? 1 : 61) {
    const bytes = Uint8Array.from(whole);
    bytes[at]! ^= 1 << (at % 8);
    await rejects(bytes);
  }
  for (const length of [0, 1, 17, 90, whole.length - 1, whole.length - 1024]) {
    await rejects(whole.slice(0, length));
  }
  await rejects(Uint8Array.from([...whole, 0]));
  await rejects(Uint8Array.from([...whole, ...new Uint8Array(1024)]));
  // A nonce and a text from another writing under the same key do not mix.
  await keyring.add('other', sturdyRefOf(random(32)));
  const mixed = Uint8Array.from(whole);
  mixed.set(place.bytes!.subarray(0, 100));
  await rejects(mixed);
  assert.equal((await keyring.list()).length, 1);
});

test('under a passphrase an altered header opens nothing, and cannot make the page stretch for ever', async () => {
  const place = makePlace();
  await makeKeyring(powersOf(place), cost);
  const stretched: { log2N: number; p: number }[] = [];
  const stretch: typeof stretchHere = async (...args) => {
    stretched.push(args[2]);
    return keyringPowers().stretch(...args);
  };
  for (let at = 0; at < 86; at += 1) {
    const bytes = Uint8Array.from(place.bytes!);
    bytes[at]! ^= 1 << (at % 8);
    const altered = { ...powersOf(makePlace(bytes)), stretch };
    await assert.rejects(openKeyring(altered), /Cannot use keyring/);
  }
  // Two bytes say how hard it is; whatever stands there, it is bounded.
  for (const [log2N, p] of [
    [30, 2],
    [16, 200],
    [255, 255],
    [0, 0],
    [13, 1],
    [18, 5],
  ] as const) {
    const bytes = Uint8Array.from(place.bytes!);
    bytes.set([log2N, p], 16);
    const altered = { ...powersOf(makePlace(bytes)), stretch };
    await assert.rejects(openKeyring(altered), fault('KEYRING_DAMAGED'));
  }
  for (const { log2N, p } of stretched) assert.ok(log2N >= 14 && log2N <= 18 && p >= 1 && p <= 4);
});

test('nothing in a stored keyring tells what is in it, not even how much, and no two writings are alike', async () => {
  const place = makePlace();
  const keyring = await makeKeyring(powersOf(place, device));
  const lengths = new Set([place.bytes!.length]);
  const seen = [place.bytes!];
  for (let i = 0; i < 3; i += 1) {
    const sturdyRef = sturdyRefOf(random(32));
    await keyring.add(`label ${i}`, sturdyRef);
    lengths.add(place.bytes!.length);
    seen.push(place.bytes!);
    const text = Buffer.from(place.bytes!).toString('latin1');
    for (const part of ['label', 'ocapn', sturdyRef.slice(70, 90)]) assert.ok(!text.includes(part));
  }
  assert.equal(lengths.size, 1);
  const nonces = seen.map((bytes) => Buffer.from(bytes.subarray(66, 90)).toString('hex'));
  assert.equal(new Set(nonces).size, nonces.length);
});

test('two that are open on one place lose nothing to each other, whatever they do', async () => {
  type Step = { who: number; what: 'add' | 'remove'; which: number };
  const stepArb: fc.Arbitrary<Step> = fc.record({
    who: fc.nat(1),
    what: fc.constantFrom('add', 'remove'),
    which: fc.nat(5),
  });
  const refs = Array.from({ length: 6 }, () => sturdyRefOf(random(32)));
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { maxLength: 12 }), async (steps) => {
      const place = makePlace();
      const first = await makeKeyring(powersOf(place, device));
      const both = [first, await openKeyring(powersOf(place, device))];
      const expected = new Set<string>();
      for (const { who, what, which } of steps) {
        const keyring = both[who]!;
        if (what === 'add') {
          await keyring.add('x', refs[which]!);
          expected.add(refs[which]!);
        } else {
          const known = (await both[1 - who]!.list()).find((r) => r.sturdyRef === refs[which]);
          if (known !== undefined) assert.equal(await keyring.remove(known.id), true);
          expected.delete(refs[which]!);
        }
      }
      for (const keyring of both) {
        assert.deepEqual(
          (await keyring.list()).map(({ sturdyRef }) => sturdyRef).toSorted(),
          [...expected].toSorted(),
        );
      }
    }),
    fuzz(30),
  );
});

test('after a change of the passphrase only the new one opens, and another page that is open is told', async () => {
  const place = makePlace();
  const keyring = await makeKeyring(powersOf(place), cost);
  const other = await openKeyring(powersOf(place));
  const sturdyRef = sturdyRefOf(random(32));
  await keyring.add('wallet', sturdyRef);
  const seed = await keyring.identitySeed();
  const before = place.bytes!;
  const next = { passphrase: 'a quite other phrase' };
  await assert.rejects(keyring.changeSecret({ passphrase: 'short' }), fault('KEYRING_WEAK'));
  await keyring.changeSecret(next, cost);
  assert.equal((await keyring.list())[0]!.sturdyRef, sturdyRef);
  assert.deepEqual(await keyring.identitySeed(), seed);
  await assert.rejects(openKeyring(powersOf(place)), fault('KEYRING_WRONG_SECRET'));
  await assert.rejects(other.list(), fault('KEYRING_WRONG_SECRET'));
  await assert.rejects(other.add('x', sturdyRef), fault('KEYRING_WRONG_SECRET'));
  assert.equal((await (await openKeyring(powersOf(place, next))).list()).length, 1);
  // The older copy is not welcome where the newer was seen.
  place.bytes = before;
  await assert.rejects(keyring.list(), /Cannot use keyring/);
});

test('a copy that was put back is noticed by whoever saw the newer one', async () => {
  const place = makePlace();
  const keyring = await makeKeyring(powersOf(place, device));
  const old = place.bytes!;
  await keyring.add('wallet', sturdyRefOf(random(32)));
  await keyring.list();
  place.bytes = old;
  await assert.rejects(keyring.list(), fault('KEYRING_OLDER'));
  await assert.rejects(keyring.add('x', sturdyRefOf(random(32))), fault('KEYRING_OLDER'));
});

test('a locked keyring answers nothing any more, and has forgotten its key', async () => {
  const place = makePlace();
  let release = () => {};
  let isSlow = false;
  const slow: KeyringStorage = {
    async read() {
      if (isSlow) await new Promise<void>((resolve) => (release = resolve));
      return place.bytes;
    },
    replace: place.replace,
  };
  const keyring = await makeKeyring(powersOf(slow, device));
  await keyring.add('wallet', sturdyRefOf(random(32)));
  isSlow = true;
  const underWay = keyring.list();
  keyring.lock();
  release();
  await assert.rejects(underWay, fault('KEYRING_LOCKED'));
  const before = place.bytes;
  const uses: ((k: Keyring) => Promise<unknown>)[] = [
    (k) => k.list(),
    (k) => k.add('x', sturdyRefOf(random(32))),
    (k) => k.remove('x'),
    (k) => k.identitySeed(),
    (k) => k.changeSecret(device),
    (k) => k.exportText(),
  ];
  for (const use of uses) await assert.rejects(use(keyring), fault('KEYRING_LOCKED'));
  assert.equal(place.bytes, before);
  keyring.lock();
});

test('a keyring that is locked while its passphrase is changed stays locked', async () => {
  const place = makePlace();
  const keyring = await makeKeyring(powersOf(place), cost);
  const changing = keyring.changeSecret({ passphrase: 'a quite other phrase' }, cost);
  keyring.lock();
  await assert.rejects(changing, fault('KEYRING_LOCKED'));
  await assert.rejects(keyring.list(), fault('KEYRING_LOCKED'));
  await openKeyring(powersOf(place));
});

test('a keyring that is locked while the storage writes its new passphrase stays locked', async () => {
  const place = makePlace();
  let onWritten = () => {};
  const storage: KeyringStorage = {
    read: place.read,
    async replace(change) {
      await place.replace(change);
      onWritten();
      await Promise.resolve();
    },
  };
  const keyring = await makeKeyring(powersOf(storage, device));
  onWritten = () => keyring.lock();
  const next: KeyringSecret = { deviceKey: random(32) };
  await keyring.changeSecret(next);
  await assert.rejects(keyring.list(), fault('KEYRING_LOCKED'));
  await openKeyring(powersOf(place, next));
});

test('a copy as text opens elsewhere with the same secret, and replaces no other', async () => {
  const place = makePlace();
  const keyring = await makeKeyring(powersOf(place), cost);
  await keyring.add('wallet', sturdyRefOf(random(32)));
  const text = await keyring.exportText();
  assert.match(text, /^pocas-keyring-1\.[A-Za-z0-9_-]+$/);
  const elsewhere = makePlace();
  await importKeyring(` ${text}\n`, elsewhere);
  const opened = await openKeyring(powersOf(elsewhere));
  assert.deepEqual(await opened.list(), await keyring.list());
  assert.deepEqual(await opened.identitySeed(), await keyring.identitySeed());
  await assert.rejects(importKeyring(text, place), fault('KEYRING_EXISTS'));
  for (const bad of ['', 'pocas-keyring-1.', text.slice(0, -3), `${text}!`, text.slice(5)]) {
    const empty = makePlace();
    await assert.rejects(importKeyring(bad, empty), fault('KEYRING_DAMAGED'));
    assert.equal(empty.bytes, undefined);
  }
});

test('what is no sturdy ref, or too much, is not taken', async () => {
  const place = makePlace();
  const keyring = await makeKeyring(powersOf(place, device));
  await assert.rejects(keyring.add('x', 'ocapn://x/s/secret'), /Cannot read sturdy ref/);
  const ref = sturdyRefOf(random(32));
  await assert.rejects(keyring.add('x'.repeat(201), ref), fault('KEYRING_FULL'));
  assert.deepEqual(await keyring.list(), []);
});

test('any bytes in the place of a keyring are refused, and left as they are', async () => {
  const place = makePlace();
  const keyring = await makeKeyring(powersOf(place, device));
  await keyring.list();
  const header = Buffer.from('pocas keyring\0');
  const bytesArb = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .uint8Array({ minLength: 1136, maxLength: 1136 })
      .map((bytes) => Uint8Array.from([...header, 1, 0, 0, 0, ...bytes.subarray(8)])),
  );
  await fc.assert(
    fc.asyncProperty(bytesArb, async (bytes) => {
      const other = makePlace(bytes);
      await assert.rejects(openKeyring(powersOf(other, device)), /Cannot use keyring/);
      await assert.rejects(makeKeyring(powersOf(other, device)), fault('KEYRING_EXISTS'));
      assert.equal(other.bytes, bytes);
    }),
    fuzz(200),
  );
});

test('each passphrase is stretched with a salt of its own, which is stored, so no guess fits two keyrings', async () => {
  const salts: string[] = [];
  const stretch: typeof stretchHere = (text, salt, ...rest) => {
    salts.push(Buffer.from(salt).toString('hex'));
    return keyringPowers().stretch(text, salt, ...rest);
  };
  for (const place of [makePlace(), makePlace()]) {
    const keyring = await makeKeyring({ ...powersOf(place), stretch }, cost);
    const stored = () => Buffer.from(place.bytes!.subarray(18, 34)).toString('hex');
    assert.equal(salts.at(-1), stored());
    await keyring.changeSecret({ passphrase }, cost);
    assert.equal(salts.at(-1), stored());
  }
  assert.equal(new Set(salts).size, 4);
});

test('the native scrypt and the one for browsers make the same bytes, which are those of RFC 7914', async () => {
  const { stretch } = keyringPowers();
  const text = new TextEncoder().encode('pleaseletmein');
  const salt = new TextEncoder().encode('SodiumChloride');
  // RFC 7914, section 12, third vector (N = 16384, r = 8, p = 1), its first 32 bytes.
  const expected = '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2';
  for (const each of [stretch, stretchHere]) {
    assert.equal(Buffer.from(await each(text, salt, cost)).toString('hex'), expected);
  }
});

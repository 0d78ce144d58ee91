import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { nodeCiphers } from '@pocas/vat-runtime/node';
import { toBase32, toBase64Url } from '#src/locator/base-encoding.js';
import { type Signer, makeIdentity, verifyIdentity } from '#src/locator/identity.js';
import { signLocations } from '#src/locator/sign-locations.js';
import {
  type Handshake,
  type HandshakeFault,
  type HandshakeOptions,
  type Peer,
  REFUSED,
  makeHandshake,
  makeIncarnation,
  maxHandshakeBytes,
} from '#src/session/handshake.js';
import { nobleCiphers } from '#src/session/noble-ciphers.js';
import { type NoiseHandshake, makeNoise } from '#src/session/noise.js';
import { type Records, makeRecords } from '#src/session/records.js';
import { smallOrder } from './vectors/x25519.ts';

/** Bytes that never repeat, and are the same in each run. */
const makeRandom = () => {
  let count = 0;
  return (length: number) => {
    count += 1;
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, count);
    return bytes;
  };
};
const random = makeRandom();

const ana = makeIdentity(new Uint8Array(32).fill(1));
const beto = makeIdentity(new Uint8Array(32).fill(2));
const mallory = makeIdentity(new Uint8Array(32).fill(3));
const incarnation = makeIncarnation(random);
const address = 'ws://10.0.0.7:8080/';

const make = (options: Partial<HandshakeOptions> & { identity: Signer }): Handshake => {
  const { ciphers = nodeCiphers, identity, lasting = true } = options;
  return makeHandshake({
    role: 'dialer',
    incarnation,
    lasting,
    locations: lasting ? signLocations(identity, [address], 7) : undefined,
    ciphers,
    sessionKey: ciphers.makeAgreementKey(random(32)),
    random,
    ...options,
  });
};

const dial = (identity: Signer, options: Partial<HandshakeOptions> = {}) =>
  make({ identity, ...options });
const listen = (identity: Signer, options: Partial<HandshakeOptions> = {}) =>
  make({ identity, role: 'listener', ...options });

/** Its only message. */
const one = (messages: readonly Uint8Array[]): Uint8Array => {
  assert.equal(messages.length, 1);
  return messages[0]!;
};

type Open = { readonly peer: Peer; readonly records: Records };

/** The four messages of an honest handshake, and what both ends have at its end. */
const meet = (dialer: Handshake, listener: Handshake) => {
  assert.deepEqual(listener.start(), []);
  const first = one(dialer.start());
  const second = one(listener.receive(first).send);
  const third = one(dialer.receive(second).send);
  const atListener = listener.receive(third);
  const verdict = one(atListener.send);
  const atDialer = dialer.receive(verdict);
  assert.deepEqual(atDialer.send, []);
  return {
    messages: [first, second, third, verdict] as const,
    atDialer: atDialer.done!,
    atListener: atListener.done!,
  };
};

const refuses = (act: () => unknown, ...codes: HandshakeFault[]) =>
  assert.throws(act, (error: Error & { code?: string }) => {
    assert.ok(codes.includes(error.code as HandshakeFault), `${error.code}: ${error.stack}`);
    assert.match(error.message, /^Cannot link: [a-z ,]+$/);
    return true;
  });

const flipped = (message: Uint8Array, at: number, bit = 1): Uint8Array => {
  const altered = Uint8Array.from(message);
  altered[at]! ^= bit;
  return altered;
};

// ---- what honest sides do ----

test('both sides learn who the other is, and have a channel that nobody else reads', () => {
  for (const [atOne, atOther] of [
    [nodeCiphers, nodeCiphers],
    [nobleCiphers, nodeCiphers],
    [nodeCiphers, nobleCiphers],
  ] as const) {
    const { atDialer, atListener } = meet(
      dial(ana, { expect: beto.designator, ciphers: atOne, commit: () => 12 }),
      listen(beto, { lasting: false, locations: undefined, ciphers: atOther, commit: () => 34 }),
    );
    assert.deepEqual(atDialer.peer, {
      designator: beto.designator,
      incarnation,
      lasting: false,
      locations: [],
      moment: 34,
    });
    assert.deepEqual(atListener.peer, {
      designator: ana.designator,
      incarnation,
      lasting: true,
      locations: [address],
      signed: signLocations(ana, [address], 7),
      moment: 12,
    });
    const frame = new Uint8Array([1, 2, 3]);
    assert.deepEqual(atListener.records.open(atDialer.records.seal(frame)), frame);
    assert.deepEqual(atDialer.records.open(atListener.records.seal(frame)), frame);
  }
});

test('nothing that is said shows a designator, a location or an incarnation', () => {
  const { messages } = meet(dial(ana), listen(beto));
  const seen = Buffer.concat(messages).toString('latin1');
  for (const secret of [ana.designator, beto.designator, '10.0.0.7', incarnation, 'designator']) {
    assert.equal(seen.includes(secret), false, secret);
  }
});

test('a hello whose locations are as many and as long as they may be fits', () => {
  const locations = Array.from({ length: 8 }, () => `ws://${'h'.repeat(395)}`);
  const signed = signLocations(ana, locations, 4_000_000_000);
  const options = { locations: signed, commit: () => Number.MAX_SAFE_INTEGER };
  const { atListener, messages } = meet(dial(ana, options), listen(beto));
  assert.deepEqual(atListener.peer.locations, locations);
  assert.ok(messages[2].length <= maxHandshakeBytes);
});

test('a listener that does not take the session says so, and the dialer learns it', () => {
  const asked: unknown[] = [];
  const listener = listen(beto, {
    commit(other, moment) {
      asked.push([other.designator, moment]);
      return undefined;
    },
  });
  const dialer = dial(ana, { commit: () => 5 });
  listener.start();
  const third = one(dialer.receive(one(listener.receive(one(dialer.start())).send)).send);
  const { send, done, refused } = listener.receive(third);
  assert.deepEqual([done, refused], [undefined, REFUSED]);
  assert.deepEqual(asked, [[ana.designator, 5]]);
  refuses(() => dialer.receive(one(send)), 'LINK_REFUSED');
  refuses(() => listener.receive(third), 'LINK_ORDER');
});

test('a dialer binds itself once, when the listener is proved and before it says who it is', () => {
  const bound: unknown[] = [];
  const commit: HandshakeOptions['commit'] = (other, moment) => {
    bound.push([other.designator, moment]);
    return bound.length === 1 ? 1 : undefined;
  };
  const dialer = dial(ana, { commit });
  const listener = listen(beto);
  listener.start();
  const second = one(listener.receive(one(dialer.start())).send);
  assert.deepEqual(bound, []);
  dialer.receive(second);
  assert.deepEqual(bound, [[beto.designator, undefined]]);

  const unwilling = dial(ana, { commit });
  const other = listen(beto);
  other.start();
  const answer = one(other.receive(one(unwilling.start())).send);
  refuses(() => unwilling.receive(answer), 'LINK_REFUSED');
});

// ---- a side that writes what it likes ----

const domain = 'pocas link 2';
const utf8 = (text: string) => new Uint8Array(Buffer.from(text));
const statement = (role: string, hash: Uint8Array) =>
  new Uint8Array(Buffer.concat([utf8(`${domain}\n${role}\n`), hash]));

/** A side of Noise that says what a test wants in place of a hello. */
const makeRogue = (isInitiator: boolean, prologue = domain): NoiseHandshake =>
  makeNoise({
    pattern: 'XX',
    isInitiator,
    ciphers: nodeCiphers,
    random,
    prologue: utf8(prologue),
    ownKey: nodeCiphers.makeAgreementKey(random(32)),
  });

type Change = Record<string, unknown>;

/** A hello as it should be, but for what is changed. */
const helloOf =
  (role: 'dialer' | 'listener', identity: Signer, change: Change = {}) =>
  (hash: Uint8Array) =>
    utf8(
      JSON.stringify({
        designator: identity.designator,
        incarnation,
        lasting: true,
        locations: null,
        moment: role === 'dialer' ? 0 : null,
        signature: toBase64Url(identity.sign(statement(role, hash))),
        ...change,
      }),
    );

/** What a victim does with any hello, in either role. */
const showHello = (
  role: 'dialer' | 'listener',
  hello: (hash: Uint8Array) => Uint8Array,
  options: Partial<HandshakeOptions> = {},
) => {
  if (role === 'dialer') {
    const listener = listen(ana, options);
    const rogue = makeRogue(true);
    listener.start();
    rogue.read(one(listener.receive(rogue.write(() => new Uint8Array(0))).send));
    return listener.receive(rogue.write(hello));
  }
  const dialer = dial(ana, options);
  const rogue = makeRogue(false);
  rogue.read(one(dialer.start()));
  return dialer.receive(rogue.write(hello));
};
const roles = ['dialer', 'listener'] as const;

test('each side signs the protocol, its own role and the hash of the handshake so far', () => {
  for (const role of roles) {
    assert.doesNotThrow(() => showHello(role, helloOf(role, beto)));
    let hash: Uint8Array | undefined;
    let hello: Record<string, unknown> = {};
    const honest = role === 'dialer' ? dial(beto) : listen(beto);
    const rogue = makeRogue(role === 'listener');
    if (role === 'dialer') {
      rogue.read(one(honest.start()));
      const second = rogue.write(helloOf('listener', mallory));
      const read = rogue.read(one(honest.receive(second).send));
      hash = read.hash;
      hello = JSON.parse(Buffer.from(read.payload).toString());
    } else {
      honest.start();
      const read = rogue.read(one(honest.receive(rogue.write(() => new Uint8Array(0))).send));
      hash = read.hash;
      hello = JSON.parse(Buffer.from(read.payload).toString());
    }
    const signature = new Uint8Array(Buffer.from(String(hello['signature']), 'base64url'));
    assert.ok(verifyIdentity(beto.designator, statement(role, hash), signature), role);
    assert.deepEqual(
      { ...hello, signature: '' },
      {
        designator: beto.designator,
        incarnation,
        lasting: true,
        locations: signLocations(beto, [address], 7),
        moment: role === 'dialer' ? 0 : null,
        signature: '',
      },
    );
  }
});

// Attack: somebody has a node's name and not its key, or a signature of it for something else.
test('a hello is worth nothing without the signature of its key, for this role and this handshake', () => {
  for (const role of roles) {
    const other = role === 'dialer' ? 'listener' : 'dialer';
    const signed = (by: Signer, what: (hash: Uint8Array) => Uint8Array) => (hash: Uint8Array) =>
      helloOf(role, beto, { signature: toBase64Url(by.sign(what(hash))) })(hash);
    const cases: Record<string, (hash: Uint8Array) => Uint8Array> = {
      'another key': signed(mallory, (hash) => statement(role, hash)),
      'the other role': signed(beto, (hash) => statement(other, hash)),
      'another handshake': signed(beto, () => statement(role, random(32))),
      'no role': signed(beto, (hash) => new Uint8Array(Buffer.concat([utf8(domain), hash]))),
      'another protocol': signed(
        beto,
        (hash) => new Uint8Array(Buffer.concat([utf8(`pocas link 1\n${role}\n`), hash])),
      ),
      'the hash alone': signed(beto, (hash) => hash),
      nothing: signed(beto, () => new Uint8Array(0)),
      nobody: helloOf(role, beto, { signature: toBase64Url(new Uint8Array(64)) }),
    };
    for (const [what, hello] of Object.entries(cases)) {
      refuses(() => showHello(role, hello), 'LINK_UNPROVED');
      assert.ok(what);
    }
  }
});

// Attack: a key with which anybody's signature fits.
test('a designator of small order, or written in another way, is refused', () => {
  const keys = [
    `01${'00'.repeat(31)}`,
    `${'00'.repeat(32)}`,
    `${'00'.repeat(31)}80`,
    `ec${'ff'.repeat(30)}7f`,
    `26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05`,
    `c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a`,
    `ee${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `01${'00'.repeat(30)}80`,
    `ec${'ff'.repeat(31)}`,
  ].map((text) => new Uint8Array(Buffer.from(text, 'hex')));
  for (const role of roles) {
    for (const key of keys) {
      // R = the key and s = 0, which a lenient check accepts.
      const signature = toBase64Url(new Uint8Array(Buffer.concat([key, Buffer.alloc(32)])));
      const hello = helloOf(role, beto, { designator: toBase32(key), signature });
      refuses(() => showHello(role, hello), 'LINK_BAD_KEY');
    }
  }
});

test('what is not exactly a hello is refused', () => {
  const changes: [change: Change, ...codes: HandshakeFault[]][] = [
    [{ extra: 1 }, 'LINK_MALFORMED'],
    [{ designator: 7 }, 'LINK_MALFORMED'],
    [{ designator: 'x' }, 'LINK_BAD_KEY'],
    [{ designator: beto.designator.toUpperCase() }, 'LINK_BAD_KEY'],
    [{ incarnation: '' }, 'LINK_MALFORMED'],
    [{ incarnation: 'ñ' }, 'LINK_MALFORMED'],
    [{ lasting: 1 }, 'LINK_MALFORMED'],
    [{ signature: 'AAAA' }, 'LINK_MALFORMED'],
    [{ signature: null }, 'LINK_MALFORMED'],
    [{ moment: -1 }, 'LINK_MALFORMED'],
    [{ moment: 0.5 }, 'LINK_MALFORMED'],
    [{ moment: '0' }, 'LINK_MALFORMED'],
    [{ moment: 2 ** 53 }, 'LINK_MALFORMED'],
    [{ locations: [] }, 'LINK_UNPROVED'],
    [{ locations: 7 }, 'LINK_UNPROVED'],
    [{ locations: signLocations(mallory, [address], 7) }, 'LINK_UNPROVED'],
    [{ locations: { ...signLocations(beto, [address], 7), signedAt: 8 } }, 'LINK_UNPROVED'],
    [{ locations: signLocations(beto, [address], 7), lasting: false }, 'LINK_MALFORMED'],
  ];
  for (const role of roles) {
    for (const [change, ...codes] of changes) {
      refuses(() => showHello(role, helloOf(role, beto, change)), ...codes);
    }
    const wrong = role === 'dialer' ? null : 0;
    refuses(() => showHello(role, helloOf(role, beto, { moment: wrong })), 'LINK_MALFORMED');
    const texts = ['', 'null', '7', '[]', '{}', '{"a":1', `${'['.repeat(4000)}`, '\u0000', 'ñ'];
    for (const text of texts) refuses(() => showHello(role, () => utf8(text)), 'LINK_MALFORMED');
    refuses(() => showHello(role, () => new Uint8Array([0xff])), 'LINK_MALFORMED');
    refuses(() => showHello(role, () => new Uint8Array(4097)), 'LINK_OVERSIZED');
    const proto = () => utf8('{"__proto__":1,"designator":1}');
    refuses(() => showHello(role, proto), 'LINK_MALFORMED');
  }
});

test('a dialer refuses another node than the one it expects, and does not say who it is', () => {
  refuses(
    () => showHello('listener', helloOf('listener', mallory), { expect: beto.designator }),
    'LINK_UNEXPECTED',
  );
});

test('a node refuses a link to itself', () => {
  for (const role of roles) refuses(() => showHello(role, helloOf(role, ana)), 'LINK_SELF');
});

test('a side that speaks another version is refused', () => {
  const dialer = dial(ana);
  const rogue = makeRogue(false, 'pocas link 3');
  rogue.read(one(dialer.start()));
  const second = rogue.write(helloOf('listener', beto));
  refuses(() => dialer.receive(second), 'LINK_UNSEALED');
});

test('the verdict is exactly one, from the listener, sealed', () => {
  const verdicts: [text: string, code: HandshakeFault][] = [
    ['', 'LINK_MALFORMED'],
    ['true', 'LINK_MALFORMED'],
    ['{"taken":true}', 'LINK_MALFORMED'],
    ['{"taken":true,"moment":null}', 'LINK_MALFORMED'],
    ['{"taken":true,"moment":-1}', 'LINK_MALFORMED'],
    ['{"taken":false,"moment":1}', 'LINK_MALFORMED'],
    ['{"taken":1,"moment":1}', 'LINK_MALFORMED'],
    ['{"taken":true,"moment":1,"more":1}', 'LINK_MALFORMED'],
    [`{"taken":true,"moment":1${' '.repeat(300)}}`, 'LINK_OVERSIZED'],
    ['{"taken":false,"moment":null}', 'LINK_REFUSED'],
  ];
  const prepared = () => {
    const dialer = dial(ana);
    const rogue = makeRogue(false);
    rogue.read(one(dialer.start()));
    rogue.read(one(dialer.receive(rogue.write(helloOf('listener', beto))).send));
    return { dialer, records: makeRecords(rogue.split()) };
  };
  for (const [text, code] of verdicts) {
    const { dialer, records } = prepared();
    const message = records.seal(utf8(text));
    refuses(() => dialer.receive(message), code);
  }
  const unsealed = prepared();
  refuses(() => unsealed.dialer.receive(utf8('{"taken":true,"moment":1}')), 'LINK_UNSEALED');
  const good = prepared();
  assert.ok(good.dialer.receive(good.records.seal(utf8('{"taken":true,"moment":1}'))).done);
});

// ---- somebody on the path ----

/** Everything is carried across, but for what `change` does to one of the messages. */
const carry = (change: (message: Uint8Array, index: number) => Uint8Array) => {
  const dialer = dial(ana, { expect: beto.designator });
  const listener = listen(beto);
  listener.start();
  const opened: Open[] = [];
  let message = one(dialer.start());
  for (let index = 0; index < 4; index += 1) {
    const reader = index % 2 === 0 ? listener : dialer;
    const { send, done } = reader.receive(change(message, index));
    if (done !== undefined) opened.push(done);
    if (send.length > 0) message = one(send);
  }
  return opened;
};

test('each byte of each message of a handshake that is altered ends it, before anybody is taken for proved', () => {
  const lengths: number[] = [];
  carry((message) => {
    lengths.push(message.length);
    return message;
  });
  assert.equal(lengths.length, 4);
  lengths.forEach((length, altered) => {
    for (let at = 0; at < length; at += 1) {
      // The top bit of a key too, which X25519 ignores.
      const bit = altered === 0 && at === 31 ? 0x80 : 1 << (at % 8);
      refuses(
        () => carry((message, i) => (i === altered ? flipped(message, at, bit) : message)),
        'LINK_UNSEALED',
        'LINK_BAD_KEY',
      );
    }
  });
});

test('a message of a handshake that is shorter, or longer, ends it', () => {
  for (let altered = 0; altered < 4; altered += 1) {
    const changes: ((message: Uint8Array) => Uint8Array)[] = [
      () => new Uint8Array(0),
      (message) => message.subarray(0, -1),
      (message) => message.subarray(1),
      (message) => message.subarray(0, 16),
      (message) => message.subarray(0, 31),
      (message) => message.subarray(0, 33),
      (message) => message.subarray(0, 95),
      (message) => new Uint8Array(Buffer.concat([message, Buffer.alloc(1)])),
      (message) => new Uint8Array(Buffer.concat([message, message])),
      (message) => new Uint8Array(Buffer.concat([Buffer.alloc(1), message])),
    ];
    for (const change of changes) {
      refuses(
        () =>
          carry((message, i) => {
            if (i !== altered) return message;
            const changed = change(message);
            // It may be as long as it was already.
            return changed.length === message.length ? flipped(message, 0) : changed;
          }),
        'LINK_MALFORMED',
        'LINK_UNSEALED',
        'LINK_BAD_KEY',
      );
    }
  }
});

test('a first message that says more than its key is refused, also from an honest dialer', () => {
  const listener = listen(ana);
  listener.start();
  const first = makeRogue(true).write(() => utf8('more'));
  refuses(() => listener.receive(first), 'LINK_MALFORMED');
});

test('a message that is too long is not read', () => {
  const huge = new Uint8Array(50_000_000);
  for (const victim of [listen(ana), dial(ana)]) {
    victim.start();
    refuses(() => victim.receive(huge), 'LINK_OVERSIZED');
  }
});

// Attack: a message is played again, sent back, or put into another handshake.
test('no message of another handshake, or of the wrong moment or side, is taken in any place', () => {
  const recorded = meet(dial(ana), listen(beto)).messages;
  for (let place = 0; place < 4; place += 1) {
    const seen: Uint8Array[] = [];
    // Messages of an earlier handshake between the same two.
    recorded.forEach((old, from) => {
      // A first message is only a key: it is in the second that it is told apart.
      if (place === 0 && from === 0) return;
      refuses(
        () => carry((message, i) => (i === place ? old : message)),
        'LINK_UNSEALED',
        'LINK_MALFORMED',
        'LINK_BAD_KEY',
      );
    });
    // Messages of this handshake that came before, from either side.
    for (let from = 0; from < place; from += 1) {
      refuses(
        () =>
          carry((message, i) => {
            seen[i] = message;
            return i === place ? seen[from]! : message;
          }),
        'LINK_UNSEALED',
        'LINK_MALFORMED',
      );
    }
  }
  // A whole conversation, played to a listener again.
  const again = listen(beto);
  again.start();
  again.receive(recorded[0]);
  refuses(() => again.receive(recorded[2]), 'LINK_UNSEALED');
  // And to a dialer.
  const dialer = dial(ana);
  dialer.start();
  refuses(() => dialer.receive(recorded[1]), 'LINK_UNSEALED');
});

test('a dialer that gets back what it said learns of nobody', () => {
  const dialer = dial(ana);
  const first = one(dialer.start());
  refuses(() => dialer.receive(first), 'LINK_MALFORMED');
  // Two that both dialled the attacker, who joins them.
  const [one_, two] = [dial(ana), dial(beto)];
  const [a, b] = [one(one_.start()), one(two.start())];
  refuses(() => one_.receive(b), 'LINK_MALFORMED');
  refuses(() => two.receive(a), 'LINK_MALFORMED');
});

// Attack: a machine in the middle, with keys of its own, passes on what it can.
test('whoever puts keys of its own between two nodes is found out by both', () => {
  const dialer = dial(ana, { expect: beto.designator });
  const listener = listen(beto);
  listener.start();
  const [toDialer, toListener] = [makeRogue(false), makeRogue(true)];
  toDialer.read(one(dialer.start()));
  const fromBeto = toListener.read(
    one(listener.receive(toListener.write(() => new Uint8Array(0))).send),
  );
  // Beto's hello is passed on as it was: his signature is for another handshake.
  const second = toDialer.write(() => fromBeto.payload);
  refuses(() => dialer.receive(second), 'LINK_UNPROVED');

  // Ana dials Mallory, who plays her towards Beto.
  const willing = dial(ana);
  const front = makeRogue(false);
  front.read(one(willing.start()));
  const fromAna = front.read(one(willing.receive(front.write(helloOf('listener', mallory))).send));
  const passed = toListener.write(() => fromAna.payload);
  refuses(() => listener.receive(passed), 'LINK_UNPROVED');
});

// Attack: the ephemeral keys are passed on, and only the static key is another.
test('a static key that was put in the place of another does not open the rest', () => {
  const dialer = dial(ana);
  const listener = listen(beto);
  listener.start();
  const second = one(listener.receive(one(dialer.start())).send);
  // The key is sealed under what the two agreed on already, so nobody else can seal one.
  const foreign = one(
    (() => {
      const other = listen(beto);
      other.start();
      return other.receive(one(dial(ana).start())).send;
    })(),
  );
  const spliced = Uint8Array.from(second);
  spliced.set(foreign.subarray(32, 80), 32);
  refuses(() => dialer.receive(spliced), 'LINK_UNSEALED');
});

test('ephemeral keys of small order, or written in another way, are refused', () => {
  for (const [, key] of smallOrder) {
    const bytes = new Uint8Array(Buffer.from(key, 'hex'));
    const listener = listen(ana);
    listener.start();
    refuses(() => listener.receive(bytes), 'LINK_BAD_KEY');
    const dialer = dial(ana);
    dialer.start();
    const second = new Uint8Array(600);
    second.set(bytes);
    refuses(() => dialer.receive(second), 'LINK_BAD_KEY');
  }
});

// ---- order ----

test('after a failure, and after the end, nothing is taken any more', () => {
  const failed = listen(ana);
  failed.start();
  refuses(() => failed.receive(new Uint8Array(3)), 'LINK_MALFORMED');
  refuses(() => failed.receive(one(dial(beto).start())), 'LINK_ORDER');

  const [dialer, listener] = [dial(ana), listen(beto)];
  const { messages } = meet(dialer, listener);
  for (const message of messages) {
    refuses(() => dialer.receive(message), 'LINK_ORDER');
    refuses(() => listener.receive(message), 'LINK_ORDER');
  }
});

test('nothing is taken before the start, and there is one start', () => {
  refuses(() => listen(ana).receive(one(dial(beto).start())), 'LINK_ORDER');
  const dialer = dial(ana);
  dialer.start();
  assert.throws(() => dialer.start(), /it was started before/);
});

test('refuses to start with an incarnation or locations that the other side would refuse', () => {
  assert.throws(() => dial(ana, { incarnation: 'first' }), /incarnation is not from/);
  const foreign = signLocations(beto, [address], 7);
  assert.throws(() => dial(ana, { locations: foreign }), /not those of this node/);
  const own = signLocations(ana, [address], 7);
  assert.throws(() => dial(ana, { locations: own, lasting: false }), /not those of this node/);
});

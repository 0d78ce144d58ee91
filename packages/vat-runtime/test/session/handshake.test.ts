import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { toBase32 } from '#src/locator/base-encoding.js';
import { type Identity, makeIdentity, verifyIdentity } from '#src/locator/identity.js';
import {
  type Handshake,
  type HandshakeFault,
  type HandshakeOptions,
  type Peer,
  makeHandshake,
  makeIncarnation,
  maxHandshakeLength,
} from '#src/session/handshake.js';

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

const make = (options: Partial<HandshakeOptions> & { identity: Identity }): Handshake =>
  makeHandshake({
    role: 'dialer',
    incarnation,
    lasting: true,
    locations: ['ws://10.0.0.7:8080/'],
    random,
    ...options,
  });

const dial = (identity: Identity, options: Partial<HandshakeOptions> = {}) =>
  make({ identity, ...options });
const listen = (identity: Identity, options: Partial<HandshakeOptions> = {}) =>
  make({ identity, role: 'listener', ...options });

/** Its only message. */
const one = (texts: readonly string[]): string => {
  assert.equal(texts.length, 1);
  return texts[0]!;
};

/** Carries every message across, unaltered. */
const link = (dialer: Handshake, listener: Handshake): { atDialer?: Peer; atListener?: Peer } => {
  const toListener = [...dialer.start()];
  const toDialer = [...listener.start()];
  const found: { atDialer?: Peer; atListener?: Peer } = {};
  while (toListener.length + toDialer.length > 0) {
    const forListener = toListener.shift();
    if (forListener !== undefined) {
      const { send, done } = listener.receive(forListener);
      toDialer.push(...send);
      if (done) found.atListener = done.peer;
    }
    const forDialer = toDialer.shift();
    if (forDialer !== undefined) {
      const { send, done } = dialer.receive(forDialer);
      toListener.push(...send);
      if (done) found.atDialer = done.peer;
    }
  }
  return found;
};

const refuses = (act: () => unknown, code: HandshakeFault) =>
  assert.throws(act, (error: Error & { code?: string }) => {
    assert.equal(error.code, code);
    assert.match(error.message, /^Cannot link: [a-z ]+$/);
    return true;
  });

const change = (text: string, changes: Record<string, unknown>) =>
  JSON.stringify({ ...JSON.parse(text), ...changes });

test('both sides learn who the other is', () => {
  const { atDialer, atListener } = link(
    dial(ana, { expect: beto.designator }),
    listen(beto, { lasting: false, locations: [] }),
  );
  assert.deepEqual(atDialer, {
    designator: beto.designator,
    incarnation,
    lasting: false,
    locations: [],
  });
  assert.deepEqual(atListener, {
    designator: ana.designator,
    incarnation,
    lasting: true,
    locations: ['ws://10.0.0.7:8080/'],
  });
});

test('the exact messages: two hellos at once, then two signatures, then nothing', () => {
  const dialer = dial(ana);
  const listener = listen(beto);
  const fromDialer = one(dialer.start());
  const fromListener = one(listener.start());
  const dialerAuth = dialer.receive(fromListener);
  assert.equal(dialerAuth.done, undefined);
  const listenerAuth = listener.receive(fromDialer);
  assert.equal(listenerAuth.done, undefined);
  const atListener = listener.receive(one(dialerAuth.send));
  assert.deepEqual(atListener.send, []);
  assert.equal(atListener.done?.peer.designator, ana.designator);
  assert.equal(dialer.receive(one(listenerAuth.send)).done?.peer.designator, beto.designator);
  const { nonce, ...hello } = JSON.parse(fromDialer);
  assert.match(nonce, /^[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(hello, {
    type: 'hello',
    v: 1,
    designator: ana.designator,
    incarnation,
    lasting: true,
    locations: ['ws://10.0.0.7:8080/'],
  });
});

test('a hello whose locations are as many and as long as they may be fits', () => {
  const locations = Array.from({ length: 8 }, () => `ws://${'h'.repeat(395)}`);
  const { atListener } = link(dial(ana, { locations }), listen(beto));
  assert.deepEqual(atListener?.locations, locations);
});

test('each side signs the protocol, its own role and both hellos, that of the dialer first', () => {
  const dialer = dial(ana);
  const listener = listen(beto);
  const hellos = [one(dialer.start()), one(listener.start())];
  const auths = [one(dialer.receive(hellos[1]!).send), one(listener.receive(hellos[0]!).send)];
  for (const [role, { designator }, auth] of [
    ['dialer', ana, auths[0]!],
    ['listener', beto, auths[1]!],
  ] as const) {
    const signed = Buffer.from(['pocas link 1', role, ...hellos].join('\n'));
    const signature = Buffer.from(JSON.parse(auth).signature, 'base64url');
    assert.equal(verifyIdentity(designator, signed, signature), true, role);
  }
});

// Attack: another node answers at the dialled address.
test('a dialer refuses another node than the one it expects, before it signs anything', () => {
  const dialer = dial(ana, { expect: beto.designator });
  dialer.start();
  const impostor = listen(mallory);
  refuses(() => dialer.receive(one(impostor.start())), 'LINK_UNEXPECTED');
});

// Attack: a node claims a designator whose secret it does not have.
test('a hello in the name of another node comes to nothing without its signature', () => {
  for (const role of ['dialer', 'listener'] as const) {
    const victim = make({ identity: ana, role });
    const attacker = make({ identity: mallory, role: role === 'dialer' ? 'listener' : 'dialer' });
    const hello = one(victim.start());
    const claim = change(one(attacker.start()), { designator: beto.designator });
    victim.receive(claim);
    const auth = one(attacker.receive(hello).send);
    refuses(() => victim.receive(auth), 'LINK_UNPROVED');
  }
});

// Attack: what the victim sends comes straight back.
test('a reflected hello is the node itself', () => {
  for (const role of ['dialer', 'listener'] as const) {
    const victim = make({ identity: ana, role });
    const hello = one(victim.start());
    refuses(() => victim.receive(hello), 'LINK_SELF');
  }
});

test('a node refuses a link to itself', () => {
  const dialer = dial(ana);
  const listener = listen(ana);
  dialer.start();
  refuses(() => dialer.receive(one(listener.start())), 'LINK_SELF');
});

// Attack: the victim's nonce comes back in another's hello.
test('a nonce of our own in the hello of another is refused', () => {
  const victim = listen(ana);
  const hello = one(victim.start());
  const claim = change(one(dial(beto).start()), { nonce: JSON.parse(hello).nonce });
  refuses(() => victim.receive(claim), 'LINK_REFLECTED');
});

// Attack: two nodes that both dialled the attacker are joined to each other.
test('a signature made as dialer does not pass for that of a listener', () => {
  const first = dial(ana);
  const second = dial(beto);
  const firstHello = one(first.start());
  const secondHello = one(second.start());
  const firstAuth = one(first.receive(secondHello).send);
  const secondAuth = one(second.receive(firstHello).send);
  refuses(() => first.receive(secondAuth), 'LINK_UNPROVED');
  refuses(() => second.receive(firstAuth), 'LINK_UNPROVED');
});

test('our own signature sent back proves nothing', () => {
  const victim = dial(ana);
  victim.start();
  const own = one(victim.receive(one(listen(beto).start())).send);
  refuses(() => victim.receive(own), 'LINK_UNPROVED');
});

// Attack: a whole earlier conversation is played again.
test('the messages of an earlier link prove nothing on a new one', () => {
  const recorded: string[] = [];
  const dialer = dial(beto);
  const listener = listen(ana);
  recorded.push(one(dialer.start()));
  const answer = dialer.receive(one(listener.start()));
  recorded.push(one(answer.send));
  listener.receive(recorded[0]!);
  assert.equal(listener.receive(recorded[1]!).done?.peer.designator, beto.designator);

  const again = listen(ana);
  again.start();
  again.receive(recorded[0]!);
  refuses(() => again.receive(recorded[1]!), 'LINK_UNPROVED');
});

// Attack: Mallory passes on a signature that Beto made for her, to be Beto towards Ana.
test('a signature for one node proves nothing to another', () => {
  const toAna = listen(ana);
  const anaHello = one(toAna.start());
  const betoDials = dial(beto);
  const betoHello = one(betoDials.start());
  toAna.receive(betoHello);
  // Mallory listens under her own name, with Ana's nonce.
  const claim = change(anaHello, { designator: mallory.designator });
  const forMallory = one(betoDials.receive(claim).send);
  refuses(() => toAna.receive(forMallory), 'LINK_UNPROVED');
});

// Attack: something in a hello is altered under way.
test('no part of a hello can be altered on the way', () => {
  const changes: Record<string, unknown>[] = [
    { nonce: makeNonce() },
    { incarnation: makeIncarnation(random) },
    { lasting: false },
    { locations: ['ws://203.0.113.9/'] },
    {},
  ];
  for (const altered of changes) {
    const dialer = dial(ana);
    const listener = listen(beto);
    // With no change at all only the text differs, by a space.
    const hello = change(one(dialer.start()), altered).replace('{', '{ ');
    const auth = one(dialer.receive(one(listener.start())).send);
    listener.receive(hello);
    refuses(() => listener.receive(auth), 'LINK_UNPROVED');
  }
});

function makeNonce() {
  return Buffer.from(random(32)).toString('base64url');
}

test('a designator of small order is refused before anything is signed', () => {
  const one32 = new Uint8Array(32);
  one32[0] = 1;
  const victim = listen(ana);
  victim.start();
  const claim = change(one(dial(beto).start()), { designator: toBase32(one32) });
  refuses(() => victim.receive(claim), 'LINK_BAD_KEY');
});

test('refuses messages that are too long, without reading them', () => {
  const victim = listen(ana);
  victim.start();
  refuses(() => victim.receive('['.repeat(maxHandshakeLength + 1)), 'LINK_OVERSIZED');
  const late = listen(ana);
  late.start();
  late.receive(one(dial(beto).start()));
  refuses(() => late.receive('x'.repeat(50_000_000)), 'LINK_OVERSIZED');
});

test('refuses another version, and what is not exactly a hello', () => {
  const hello = one(dial(beto).start());
  const cases: [text: string, code: HandshakeFault][] = [
    [change(hello, { v: 2 }), 'LINK_VERSION'],
    [JSON.stringify({ v: 2, something: 'else' }), 'LINK_VERSION'],
    [change(hello, { v: '1' }), 'LINK_VERSION'],
    ['', 'LINK_MALFORMED'],
    ['null', 'LINK_MALFORMED'],
    ['7', 'LINK_MALFORMED'],
    ['[]', 'LINK_MALFORMED'],
    ['{}', 'LINK_MALFORMED'],
    [hello.slice(1), 'LINK_MALFORMED'],
    ['['.repeat(maxHandshakeLength), 'LINK_MALFORMED'],
    [hello.replace('{', '{\n'), 'LINK_MALFORMED'],
    [change(hello, { extra: 1 }), 'LINK_MALFORMED'],
    [hello.replace('"v":1', '"__proto__":1'), 'LINK_MALFORMED'],
    [change(hello, { v: undefined, extra: 1 }), 'LINK_MALFORMED'],
    [change(hello, { type: 'auth' }), 'LINK_MALFORMED'],
    [change(hello, { designator: 7 }), 'LINK_MALFORMED'],
    [change(hello, { designator: 'x' }), 'LINK_BAD_KEY'],
    [change(hello, { designator: beto.designator.toUpperCase() }), 'LINK_BAD_KEY'],
    [change(hello, { nonce: 'AAAA' }), 'LINK_MALFORMED'],
    [change(hello, { nonce: null }), 'LINK_MALFORMED'],
    [change(hello, { incarnation: '' }), 'LINK_MALFORMED'],
    [change(hello, { lasting: 1 }), 'LINK_MALFORMED'],
    [change(hello, { locations: {} }), 'LINK_MALFORMED'],
    [change(hello, { locations: [''] }), 'LINK_MALFORMED'],
    [change(hello, { locations: [7] }), 'LINK_MALFORMED'],
    [change(hello, { locations: ['a b'] }), 'LINK_MALFORMED'],
    [change(hello, { locations: ['ñ'] }), 'LINK_MALFORMED'],
    [change(hello, { locations: ['a'.repeat(401)] }), 'LINK_MALFORMED'],
    [change(hello, { locations: Array(9).fill('a') }), 'LINK_MALFORMED'],
  ];
  for (const [text, code] of cases) {
    const victim = listen(ana);
    victim.start();
    refuses(() => victim.receive(text), code);
  }
});

test('refuses what is not exactly a signature', () => {
  const signature = Buffer.alloc(64).toString('base64url');
  for (const [auth, code] of [
    [{ type: 'auth', signature }, 'LINK_UNPROVED'],
    [{ type: 'hello', signature }, 'LINK_MALFORMED'],
    [{ signature }, 'LINK_MALFORMED'],
    [{ type: 'auth', signature: `${signature}A` }, 'LINK_MALFORMED'],
    [{ type: 'auth', signature: [signature] }, 'LINK_MALFORMED'],
    [{ type: 'CTP_BOOTSTRAP', questionID: 'q-1' }, 'LINK_MALFORMED'],
  ] as const) {
    const victim = listen(ana);
    victim.start();
    victim.receive(one(dial(beto).start()));
    refuses(() => victim.receive(JSON.stringify(auth)), code);
  }
});

test('a second hello in place of the signature is refused', () => {
  const victim = listen(ana);
  victim.start();
  victim.receive(one(dial(beto).start()));
  refuses(() => victim.receive(one(dial(mallory).start())), 'LINK_MALFORMED');
});

test('after a failure, and after the end, nothing is taken any more', () => {
  const failed = listen(ana);
  failed.start();
  refuses(() => failed.receive('{}'), 'LINK_MALFORMED');
  refuses(() => failed.receive(one(dial(beto).start())), 'LINK_ORDER');

  const dialer = dial(ana);
  const listener = listen(beto);
  link(dialer, listener);
  refuses(() => dialer.receive('{}'), 'LINK_ORDER');
});

test('nothing is taken before the start, and there is one start', () => {
  refuses(() => listen(ana).receive(one(dial(beto).start())), 'LINK_ORDER');
  const dialer = dial(ana);
  dialer.start();
  assert.throws(() => dialer.start(), /it was started before/);
});

test('each handshake has a nonce of its own', () => {
  const nonces = [dial(ana), dial(ana), listen(ana)].map(
    (handshake) => JSON.parse(one(handshake.start())).nonce,
  );
  assert.equal(new Set(nonces).size, 3);
});

test('refuses to start with an incarnation or a location that the other side would refuse', () => {
  assert.throws(() => dial(ana, { incarnation: 'first' }), /incarnation is not from/);
  assert.throws(() => dial(ana, { locations: ['a b'] }), /location is malformed/);
  assert.throws(() => dial(ana, { locations: Array(9).fill('a') }), /location is malformed/);
});

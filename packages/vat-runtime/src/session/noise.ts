/**
 * The Noise Protocol Framework, revision 34, with 25519, ChaChaPoly and SHA256: handshakes by the
 * patterns that are used here, and the cipher states that they end in.
 *
 * Section numbers are those of the specification.
 */
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import {
  type AgreementKey,
  type Ciphers,
  agreementBytes,
  hashBytes,
  sealBytes,
} from './ciphers.ts';
import { type CipherState, fail, makeCipherState, nothing, zeros } from './cipher-state.ts';

/** Section 3: no message of Noise is longer, of a handshake or after it. */
export const maxNoiseBytes = 65_535;

type Token = 'e' | 's' | 'ee' | 'es' | 'se' | 'ss';

export type PatternName = 'XX' | 'N' | 'X';
type Pattern = {
  /** Whether the initiator knows the responder's static key beforehand. */
  readonly known: boolean;
  readonly messages: readonly (readonly Token[])[];
};

/** Sections 7.4 and 7.5. */
const patterns: Readonly<Record<PatternName, Pattern>> = {
  XX: {
    known: false,
    messages: [['e'], ['e', 'ee', 's', 'es'], ['s', 'se']],
  },
  /** One message to whoever has a key; who wrote it stays unknown. */
  N: { known: true, messages: [['e', 'es']] },
  /** The same, from a key that is shown to nobody else. */
  X: { known: true, messages: [['e', 'es', 's', 'ss']] },
};

// ---- section 5.2: what both sides know so far ----

const makeSymmetricState = (ciphers: Ciphers, protocolName: string) => {
  const name = utf8ToBytes(protocolName);
  let hash = zeros.slice();
  if (name.length <= hashBytes) hash.set(name);
  else hash = Uint8Array.from(ciphers.hash(name));
  let chainingKey: Uint8Array = hash;
  let cipher: CipherState | undefined;

  /** Section 4.3, with two outputs. */
  const derive = (input: Uint8Array): [Uint8Array, Uint8Array] => {
    const temporary = ciphers.hmac(chainingKey, input);
    const one = ciphers.hmac(temporary, Uint8Array.of(1));
    return [one, ciphers.hmac(temporary, one, Uint8Array.of(2))];
  };
  const mixHash = (data: Uint8Array) => {
    hash = Uint8Array.from(ciphers.hash(hash, data));
  };
  return {
    hash: () => hash,
    mixHash,
    mixKey(input: Uint8Array) {
      const [next, key] = derive(input);
      chainingKey = next;
      cipher = makeCipherState(ciphers, key);
    },
    /** How much longer a text is when it was sealed. */
    overhead: () => (cipher === undefined ? 0 : sealBytes),
    sealAndHash(text: Uint8Array): Uint8Array {
      const sealed = cipher === undefined ? text : new Uint8Array(text.length + sealBytes);
      cipher?.seal(hash, text, sealed);
      mixHash(sealed);
      return sealed;
    },
    openAndHash(sealed: Uint8Array): Uint8Array {
      const text =
        cipher === undefined ? Uint8Array.from(sealed) : new Uint8Array(sealed.length - sealBytes);
      if (cipher?.open(hash, sealed, text) === false) fail('NOISE_SEAL');
      mixHash(sealed);
      return text;
    },
    split: (): [CipherState, CipherState] => {
      const [one, two] = derive(nothing);
      return [makeCipherState(ciphers, one), makeCipherState(ciphers, two)];
    },
  };
};

// ---- section 5.3: a handshake ----

export type NoiseOptions = {
  readonly pattern: PatternName;
  readonly isInitiator: boolean;
  readonly ciphers: Ciphers;
  /** Gives that many unpredictable bytes. */
  readonly random: (byteLength: number) => Uint8Array;
  /** What both sides have to agree on beforehand. */
  readonly prologue: Uint8Array;
  /** Who wants to write an `s`, or to read what was written to it, has one. */
  readonly ownKey?: AgreementKey;
  /** For the initiator of N and X. */
  readonly remoteKey?: Uint8Array;
};

export type NoiseHandshake = {
  /**
   * The next message, where it is this side's turn.
   * @param payload - makes what travels in it, of the handshake's hash before the payload: one that
   *   no other handshake has (section 11.2)
   */
  write(payload: (hash: Uint8Array) => Uint8Array): Uint8Array;
  /** Takes the next message. @returns its payload, and the hash that its writer was given */
  read(message: Uint8Array): { readonly payload: Uint8Array; readonly hash: Uint8Array };
  /** The other side's static key, where it is known. */
  remoteKey(): Uint8Array | undefined;
  /** Once all messages are through. What a one-way pattern gives the responder to send is not used. */
  split(): { readonly sending: CipherState; readonly receiving: CipherState };
  /** The hash of the whole handshake: the same at both ends, and at no other. */
  hash(): Uint8Array;
};

/** Whoever gets an error out of this is through with it: there is no way to go on. */
export const makeNoise = (options: NoiseOptions): NoiseHandshake => {
  const { pattern, isInitiator, ciphers, random, prologue, ownKey } = options;
  const { known, messages } = patterns[pattern];
  const state = makeSymmetricState(ciphers, `Noise_${pattern}_25519_ChaChaPoly_SHA256`);
  let remoteStatic = options.remoteKey;
  let ephemeral: AgreementKey | undefined;
  let remoteEphemeral: Uint8Array | undefined;
  let at = 0;
  let isBroken = false;

  const own = (): AgreementKey => {
    if (ownKey === undefined)
      throw TypeError('Cannot go on with session: it has no key of its own');
    return ownKey;
  };
  state.mixHash(prologue);
  if (known) {
    if (isInitiator && remoteStatic === undefined) {
      throw TypeError('Cannot begin session: the key of the other side is missing');
    }
    state.mixHash(isInitiator ? remoteStatic! : own().publicKey);
  }

  const agree = (token: 'ee' | 'es' | 'se' | 'ss') => {
    // The first letter is the initiator's key, the second the responder's.
    const [mine, theirs] = isInitiator ? [token[0], token[1]] : [token[1], token[0]];
    const key = mine === 'e' ? ephemeral! : own();
    const shared = key.agree(theirs === 'e' ? remoteEphemeral! : remoteStatic!);
    if (shared === undefined) return fail('NOISE_KEY');
    state.mixKey(shared);
  };
  /** Whose turn it is, and that nothing went wrong before. What throws meanwhile breaks it for good. */
  const turn = (isWriting: boolean): readonly Token[] => {
    const isOurs = (at % 2 === 0) === isInitiator;
    if (isBroken || at >= messages.length || isOurs !== isWriting) fail('NOISE_ORDER');
    isBroken = true;
    return messages[at]!;
  };
  const through = () => {
    at += 1;
    isBroken = false;
  };

  return harden({
    write(payload: (hash: Uint8Array) => Uint8Array) {
      const parts: Uint8Array[] = [];
      for (const token of turn(true)) {
        if (token === 'e') {
          ephemeral = ciphers.makeAgreementKey(random(agreementBytes));
          parts.push(ephemeral.publicKey);
          state.mixHash(ephemeral.publicKey);
        } else if (token === 's') parts.push(state.sealAndHash(own().publicKey));
        else agree(token);
      }
      parts.push(state.sealAndHash(payload(state.hash())));
      const message = concatBytes(...parts);
      if (message.length > maxNoiseBytes) fail('NOISE_LENGTH');
      through();
      return message;
    },
    read(message: Uint8Array) {
      const tokens = turn(false);
      if (message.length > maxNoiseBytes) fail('NOISE_LENGTH');
      let from = 0;
      const take = (length: number): Uint8Array => {
        if (message.length - from < length) fail('NOISE_LENGTH');
        from += length;
        return message.subarray(from - length, from);
      };
      for (const token of tokens) {
        if (token === 'e') {
          remoteEphemeral = Uint8Array.from(take(agreementBytes));
          state.mixHash(remoteEphemeral);
        } else if (token === 's') {
          remoteStatic = state.openAndHash(take(agreementBytes + state.overhead()));
        } else agree(token);
      }
      const hash = state.hash();
      if (message.length - from < state.overhead()) fail('NOISE_LENGTH');
      const payload = state.openAndHash(message.subarray(from));
      through();
      return { payload, hash };
    },
    remoteKey: () => remoteStatic,
    split() {
      if (isBroken || at < messages.length) fail('NOISE_ORDER');
      const [first, second] = state.split();
      return isInitiator
        ? { sending: first, receiving: second }
        : { sending: second, receiving: first };
    },
    hash: () => state.hash(),
  });
};
harden(makeNoise);

/** Text forms of bytes, and the keyed hash from which ids, addresses and tokens are made. */
import harden from '@endo/harden';

/** Reads the host's random source and keyed hash. */
export type CodePowers = {
  /** @returns `count` bytes that nobody can predict */
  randomBytes(count: number): Uint8Array;
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** The node's own secret, at least 32 bytes. Whoever knows it can compute every address. */
  key: Uint8Array;
};

export type Code = {
  /** 256 random bits: a cookie. */
  freshCookie(): string;
  /** 128 random bits: a request id. */
  freshRequestId(): string;
  /**
   * 128 bits that depend on the node's secret, on `purpose` and on every one of `parts`.
   * Different purposes never give the same value, so a token is no address and an address no id.
   */
  derive(purpose: string, ...parts: string[]): string;
};

const encoder = new TextEncoder();

/** Base64url without padding (RFC 4648, section 5). */
export const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
harden(base64url);

export const makeCode = (powers: CodePowers): Code =>
  harden({
    freshCookie: () => base64url(powers.randomBytes(32)),
    freshRequestId: () => base64url(powers.randomBytes(16)),
    derive(purpose, ...parts) {
      // JSON keeps the parts apart: ["a","bc"] and ["ab","c"] differ.
      const data = encoder.encode(JSON.stringify([purpose, ...parts]));
      return base64url(powers.hmacSha256(powers.key, data).slice(0, 16));
    },
  });
harden(makeCode);

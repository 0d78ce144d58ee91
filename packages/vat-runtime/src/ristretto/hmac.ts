/** HMAC-SHA-512 (RFC 2104), for what a vat derives from its secret and for the macs of tokens. */
import harden from '@endo/harden';
import { hmac as keyed } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { toBase64Url } from '../locator/base-encoding.ts';
import type { Ristretto } from './types.ts';
import { keyOf, messageOf } from './texts.ts';

export const hmac: Ristretto['hmac'] = (key, message) =>
  toBase64Url(keyed(sha512, keyOf(key), messageOf(message)));
harden(hmac);

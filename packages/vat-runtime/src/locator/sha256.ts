/** SHA-256 for programs outside a vat, which recompute what an actor published. */
import harden from '@endo/harden';
import { sha256 as digest } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { toBase64Url } from './base-encoding.ts';

/** SHA-256 of a text in UTF-8, as base64url without padding: the same in a vat and outside. */
export const sha256 = (text: string): string => toBase64Url(digest(utf8ToBytes(text)));
harden(sha256);

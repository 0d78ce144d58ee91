/**
 * Locators as text: how to reach a node, and one object on it.
 * OCapN Locators, "URI Serialization" of nodes and of sturdy refs:
 *
 *     ocapn://<designator>.<transport>?<hints>
 *     ocapn://<designator>.<transport>/s/<swiss number>?<hints>
 *
 * Whoever knows a sturdy ref can obtain its object, so every error here is a fixed text: nothing of
 * what was parsed or formatted goes into a message.
 *
 * Here they are read; `write-locator.ts` writes them, which nodes do and clients do not.
 */
import harden from '@endo/harden';
import { fromBase64Url } from './base-encoding.ts';
import { type Designator, isDesignatorText } from './designator.ts';

declare const swissBrand: unique symbol;
/** The unguessable part of a sturdy ref: 256 random bits in base64url. A secret. */
export type SwissNumber = string & { readonly [swissBrand]: true };

/** Where a node can be reached. Two locators with one designator and transport are one node. */
export type NodeLocator = {
  readonly designator: Designator;
  /** The name of the netlayer, such as `websocket`. */
  readonly transport: string;
  /** What the netlayer may need to find the node: see `signed-hints.ts`. Not to be trusted. */
  readonly hints: { readonly [name: string]: string };
};

export type SturdyRef = NodeLocator & { readonly swiss: SwissNumber };

export const swissBytes = 32;
/** Longest locator that is read: what a QR code of middling size holds. */
export const maxLocatorLength = 2048;
/** A locator carries addresses, when they were signed, and the signature; not data. */
export const maxHints = 10;

export const transportForm: RegExp = /^[a-z][a-z0-9-]{0,31}$/;
export const hintNameForm: RegExp = /^[a-z][a-z0-9-]{0,31}$/;
// RFC 3986, "query", without the two characters that separate hints.
const hintValueForm = /^(?:[A-Za-z0-9._~!$'()*+,;:@/?-]|%[0-9A-Fa-f]{2})*$/;
const schemeForm = /^ocapn:\/\//i;

/** Whether `text` has the form of a swiss number. */
export const isSwissNumber = (text: string): text is SwissNumber =>
  fromBase64Url(text, swissBytes) !== undefined;
harden(isSwissNumber);

const parseHints = (action: string, query: string): NodeLocator['hints'] => {
  const parts = query.split('&', maxHints + 1);
  if (parts.length > maxHints) throw new RangeError(`Cannot ${action}: too many hints`);
  const hints = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0));
    const value = part.slice(equals + 1);
    if (!hintNameForm.test(name) || !hintValueForm.test(value)) {
      throw new TypeError(`Cannot ${action}: a hint is malformed`);
    }
    if (hints.has(name)) throw new TypeError(`Cannot ${action}: a hint stands twice`);
    try {
      hints.set(name, decodeURIComponent(value));
    } catch {
      // The bytes are not UTF-8.
      throw new TypeError(`Cannot ${action}: a hint is malformed`);
    }
  }
  return Object.fromEntries(hints);
};

const parse = (action: string, text: string) => {
  if (text.length > maxLocatorLength) throw new RangeError(`Cannot ${action}: it is too long`);
  if (!schemeForm.test(text)) throw new TypeError(`Cannot ${action}: it does not begin with ocapn`);
  const rest = text.slice('ocapn://'.length);
  const question = rest.indexOf('?');
  const beforeQuery = question < 0 ? rest : rest.slice(0, question);
  const slash = beforeQuery.indexOf('/');
  // RFC 3986, section 3.2.2: the host is case-insensitive.
  const host = (slash < 0 ? beforeQuery : beforeQuery.slice(0, slash)).toLowerCase();
  const dot = host.lastIndexOf('.');
  const designator = host.slice(0, Math.max(dot, 0));
  const transport = host.slice(dot + 1);
  if (!isDesignatorText(designator)) {
    throw new TypeError(`Cannot ${action}: the designator is malformed`);
  }
  if (!transportForm.test(transport)) {
    throw new TypeError(`Cannot ${action}: the transport is malformed`);
  }
  return {
    node: {
      designator,
      transport,
      hints: question < 0 ? {} : parseHints(action, rest.slice(question + 1)),
    },
    path: slash < 0 ? '' : beforeQuery.slice(slash),
  };
};

/** The parts of a node's URI. Throws, with a fixed text, for anything else, a sturdy ref included. */
export const parseNodeLocator = (text: string): NodeLocator => {
  const action = 'read node locator';
  const { node, path } = parse(action, text);
  if (path !== '') throw new TypeError(`Cannot ${action}: it has a path`);
  return harden(node);
};
harden(parseNodeLocator);

/**
 * The parts of an object's URI. Throws for anything else, with a fixed text
 * that says which part is wrong and repeats none of it.
 */
export const parseSturdyRef = (text: string): SturdyRef => {
  const action = 'read sturdy ref';
  const { node, path } = parse(action, text);
  if (!path.startsWith('/s/')) throw new TypeError(`Cannot ${action}: it names no object`);
  const swiss = path.slice('/s/'.length);
  if (!isSwissNumber(swiss)) {
    throw new TypeError(`Cannot ${action}: the swiss number is malformed`);
  }
  return harden({ ...node, swiss });
};
harden(parseSturdyRef);

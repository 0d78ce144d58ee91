/** Writes locators, and makes what is secret in them. `sturdy-ref.ts` says what they are, and reads them. */
import harden from '@endo/harden';
import { toBase64Url } from './base-encoding.ts';
import { isDesignatorText } from './identity.ts';
import {
  type NodeLocator,
  type SturdyRef,
  type SwissNumber,
  hintNameForm,
  isSwissNumber,
  maxHints,
  maxLocatorLength,
  swissBytes,
  transportForm,
} from './sturdy-ref.ts';

/** A new swiss number. @param random - gives that many unpredictable bytes. */
export const makeSwiss = (random: (byteLength: number) => Uint8Array): SwissNumber => {
  const bytes = random(swissBytes);
  if (bytes.length !== swissBytes) {
    throw new RangeError('Cannot make swiss number: the random source gave another length');
  }
  // The cast holds: this is where the brand is given.
  return toBase64Url(bytes) as SwissNumber;
};
harden(makeSwiss);

const formatNode = (action: string, { designator, transport, hints }: NodeLocator) => {
  if (!isDesignatorText(designator)) {
    throw new TypeError(`Cannot ${action}: the designator is malformed`);
  }
  if (!transportForm.test(transport)) {
    throw new TypeError(`Cannot ${action}: the transport is malformed`);
  }
  const entries = Object.entries(hints);
  if (entries.length > maxHints) throw new RangeError(`Cannot ${action}: too many hints`);
  const query = entries.map(([name, value]) => {
    if (!hintNameForm.test(name)) throw new TypeError(`Cannot ${action}: a hint is malformed`);
    return `${name}=${encodeURIComponent(value)}`;
  });
  return {
    node: `ocapn://${designator}.${transport}`,
    query: query.length === 0 ? '' : `?${query.join('&')}`,
  };
};

const limitLength = (action: string, text: string): string => {
  if (text.length > maxLocatorLength) throw new RangeError(`Cannot ${action}: it is too long`);
  return text;
};

/** The URI of a node. */
export const formatNodeLocator = (locator: NodeLocator): string => {
  const action = 'format node locator';
  const { node, query } = formatNode(action, locator);
  return limitLength(action, `${node}${query}`);
};
harden(formatNodeLocator);

/**
 * The URI of an object. It is a secret.
 *
 * @example
 * formatSturdyRef({ designator, transport: 'websocket', swiss, hints: { url: 'wss://poca.example' } });
 */
export const formatSturdyRef = (sturdyRef: SturdyRef): string => {
  const action = 'format sturdy ref';
  const { node, query } = formatNode(action, sturdyRef);
  if (!isSwissNumber(sturdyRef.swiss)) {
    throw new TypeError(`Cannot ${action}: the swiss number is malformed`);
  }
  return limitLength(action, `${node}/s/${sturdyRef.swiss}${query}`);
};
harden(formatSturdyRef);

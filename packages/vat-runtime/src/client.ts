/**
 * A client: whoever holds sturdy refs and no node. The same code runs in Node and in a browser, with the
 * powers of `@pocas/vat-runtime/node-client` or `@pocas/vat-runtime/browser`.
 */
export { type Client, type ClientPowers, openClient } from './client/client.ts';
export { type ConnectPowers, type Session, connect } from './client/connect.ts';
export type { Held, HeldState } from './client/held.ts';
export { type Delivery, deliveryOf } from './switchboard/delivery.ts';
export type { Ciphers } from './session/ciphers.ts';
export type { Channel, Link } from './session/link.ts';

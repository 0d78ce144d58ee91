/**
 * What the node gives to a vat, and what the vat gives back.
 *
 * A delivery is a message of the wire, or an item of the vat's inbox: something that has to happen
 * exactly once. A crank is all that one delivery did.
 */
import { type Check, arrayOf, isText, recordOf } from '../store/stored-json.ts';
import type { Message } from '../switchboard/wire.ts';

/**
 * Data in rows and in durable deliveries. Its slots are the vat's lasting ones:
 * `d17.seller` its own, `-d3` an import.
 */
export type StoredData = { readonly body: string; readonly slots: readonly string[] };

export const isStoredData: Check = recordOf({ body: isText, slots: arrayOf(isText) });

/** How a `send` ended, for the `then` facet of its sender. */
export type SendOutcome = { readonly ok: boolean; readonly data: StoredData };

/** An item of a vat's inbox. */
export type InboxItem =
  | {
      readonly kind: 'send';
      /** A facet of the vat, `d17.seller`. */
      readonly target: string;
      readonly method: string;
      readonly args: StoredData;
      /** Where the answer goes; without it nobody wants one. Means something to the node only. */
      readonly ticket?: string;
      /** Past this time it is answered as expired and not carried out. In milliseconds since 1970. */
      readonly notAfter?: string;
    }
  | { readonly kind: 'answer'; readonly send: number; readonly outcome: SendOutcome }
  | { readonly kind: 'timer'; readonly timer: number };

export type Delivery =
  | { readonly kind: 'message'; readonly message: Message }
  /** `item` names it to the node. */
  | (InboxItem & { readonly item: string });

/** What a turn wants of the node, beside the messages of the wire. */
export type Effect =
  | {
      readonly kind: 'send';
      /** A facet of this vat or of another. */
      readonly target: string;
      readonly method: string;
      readonly args: StoredData;
      /** The number under which the sender waits for the answer. */
      readonly send?: number;
      readonly notAfter?: string;
    }
  | { readonly kind: 'answer'; readonly ticket: string; readonly outcome: SendOutcome }
  | { readonly kind: 'timer'; readonly timer: number; readonly at: string }
  | { readonly kind: 'cancel'; readonly timer: number; readonly at: string };

/** What one delivery did. */
export type Crank = {
  /** Rows of the vat, `undefined` for a deleted one. */
  readonly rows: readonly (readonly [key: string, value: string | undefined])[];
  /** Import slots (`o-d…`) that the rows name: they must last as long. */
  readonly stored: readonly string[];
  /** Messages to the switchboard, in order. */
  readonly messages: readonly Message[];
  readonly effects: readonly Effect[];
  /** What the vat printed. */
  readonly lines: readonly string[];
  /** True where the vat learned what time it is. */
  readonly sawTime: boolean;
  /** True where an `unlinked` facet was called: nobody notes when or why it was. */
  readonly unlinked: boolean;
};

/** Bodies of messages, with the marshaller of `@endo/marshal` for what is not plain. */
import { makeMarshal } from '@endo/marshal';
import type { Passable } from '@endo/pass-style';
import { type Bodies, type SlotOf, type ValueAt, makeBodies } from './plain-bodies.ts';

// One serves all endpoints. Nothing of a vat runs while a value is encoded or decoded.
let slotOfNow: SlotOf;
let valueAtNow: ValueAt;
const marshal = makeMarshal<string>(
  (value) => slotOfNow(value as object),
  (slot, iface) => valueAtNow(slot, iface),
  { serializeBodyFormat: 'capdata', errorTagging: 'off' },
);

export const bodies: Bodies = makeBodies({
  encode(value, slotOf) {
    const values: object[] = [];
    slotOfNow = (reference) => {
      values.push(reference);
      return slotOf(reference);
    };
    return { data: marshal.toCapData(value as Passable), values };
  },
  decode({ body, slots }, valueAt) {
    valueAtNow = valueAt;
    return marshal.fromCapData({ body, slots: [...slots] });
  },
});

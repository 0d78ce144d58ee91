/**
 * The mechanisms of this market: each is a room, and one line here.
 *
 * The order is that of the links on a participant's page.
 */
import { auditMechanism } from '../audit/mechanism.ts';
import { bulkMechanism } from '../bulk/desk.ts';
import { decisionMechanism } from '../decision/mechanism.ts';
import type { Mechanism } from '../inside/types.ts';
import { bridgeMechanism } from '../bridge/mechanism.ts';
import { needMechanism } from '../need/mechanism.ts';
import { labelMechanism } from '../label/desk.ts';
import { offerMechanism } from '../offer/mechanism.ts';
import { orderMechanism } from '../order/mechanism.ts';
import { reviewMechanism } from '../review/book.ts';
import { subscriptionMechanism } from '../subscription/desk.ts';
import { tillMechanism } from '../till/mechanism.ts';
import { visitorMechanism } from '../visitor/visitor.ts';
import { voucherMechanism } from '../voucher/mechanism.ts';

export const mechanisms: readonly Mechanism[] = [
  offerMechanism,
  orderMechanism,
  needMechanism,
  voucherMechanism,
  tillMechanism,
  subscriptionMechanism,
  bulkMechanism,
  labelMechanism,
  auditMechanism,
  bridgeMechanism,
  visitorMechanism,
  decisionMechanism,
  reviewMechanism,
];

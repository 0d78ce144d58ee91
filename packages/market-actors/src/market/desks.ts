/**
 * The mechanisms of this market: each is a room, and one line here.
 *
 * The order is that of the links on a participant's page.
 */
import type { Mechanism } from '../inside/types.ts';
import { bridgeMechanism } from '../bridge/mechanism.ts';
import { offerMechanism } from '../offer/mechanism.ts';
import { orderMechanism } from '../order/mechanism.ts';
import { tillMechanism } from '../till/mechanism.ts';

export const mechanisms: readonly Mechanism[] = [offerMechanism, orderMechanism, tillMechanism, bridgeMechanism];

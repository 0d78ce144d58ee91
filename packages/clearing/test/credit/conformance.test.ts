import { makeWorkshop } from './fixture.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { valueConformance } from '@pocas/clearing/testing';
import type { Workshop } from './fixture.ts';

let workshop: Workshop;
before(async () => {
  workshop = await makeWorkshop();
});
after(() => workshop.node.stop());

valueConformance({ test, assert }, 'mutual credit', () => workshop.fixture());
// C6: time by the quarter of an hour.
valueConformance({ test, assert }, 'time', () =>
  workshop.fixture({ name: 'horas', kind: 'time', unit: 'minutos', step: 15n }),
);

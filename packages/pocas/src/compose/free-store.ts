/** Makes the vat of a free store (SPEC M9). What is answered is for those who look after it. */
import { fileURLToPath } from 'node:url';
import type { FreeStoreCare } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { PocasNode } from '@pocas/vat-runtime/node';

const module = fileURLToPath(import.meta.resolve('@pocas/market-actors/free-store'));

export const openFreeStore = async (
  { makeVat, clock, timer, grantor }: PocasNode,
  name: string,
): Promise<Facet<FreeStoreCare>> =>
  (await makeVat({
    ...{ module, label: 'free store', powers: { clock, timer, grantor } },
    params: { name },
  })) as Facet<FreeStoreCare>;

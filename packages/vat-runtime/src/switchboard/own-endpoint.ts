/** Our endpoint (`endpoint-over.ts`), as vats and sessions on nodes have it. */
import { bodies } from './bodies.ts';
import { makeEndpointOver } from './endpoint-over.ts';
import type { Endpoint, EndpointPowers } from './endpoint.ts';

export const makeOwnEndpoint = (powers: EndpointPowers): Endpoint =>
  makeEndpointOver(bodies, powers);

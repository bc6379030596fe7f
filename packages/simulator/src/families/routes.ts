import type { Route } from '../answer.ts';
import { incidentRoutes } from './incidents.ts';
import { machineRoutes } from './machines.ts';

/** Everything that the simulator serves. */
export const routes: readonly Route[] = [...incidentRoutes, ...machineRoutes];

import type { Route } from '../call.ts';
import { alertRoutes } from './alerts.ts';
import { downloadRoutes } from './downloads.ts';
import { entityRoutes } from './entities.ts';
import { graphRoutes } from './graph.ts';
import { huntingRoutes } from './hunting.ts';
import { incidentRoutes } from './incidents.ts';
import { indicatorRoutes } from './indicators.ts';
import { machineActionRoutes } from './machine-actions.ts';
import { machineRoutes } from './machines.ts';
import { responseActionRoutes } from './response-actions.ts';
import { tokenRoutes } from './token.ts';

/** All routes of the simulated APIs. */
export const routes: readonly Route[] = [
  ...incidentRoutes,
  ...alertRoutes,
  ...machineRoutes,
  ...responseActionRoutes,
  ...machineActionRoutes,
  ...entityRoutes,
  ...indicatorRoutes,
  ...huntingRoutes,
  ...graphRoutes,
  ...tokenRoutes,
  ...downloadRoutes,
];

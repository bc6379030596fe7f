import type { Route } from '../answer.ts';
import { alertRoutes } from './alerts.ts';
import { downloadRoutes } from './downloads.ts';
import { entityRoutes } from './entities.ts';
import { findRoutes } from './find-machines.ts';
import { graphRoutes } from './graph.ts';
import { huntingRoutes } from './hunting.ts';
import { incidentRoutes } from './incidents.ts';
import { indicatorRoutes } from './indicators.ts';
import { machineActionRoutes } from './machine-actions.ts';
import { machineCommandRoutes } from './machine-commands.ts';
import { machineRoutes } from './machines.ts';
import { tokenRoutes } from './token.ts';

/** Everything that the simulator serves. */
export const routes: readonly Route[] = [
  ...incidentRoutes,
  ...alertRoutes,
  ...machineRoutes,
  ...findRoutes,
  ...machineCommandRoutes,
  ...machineActionRoutes,
  ...entityRoutes,
  ...indicatorRoutes,
  ...huntingRoutes,
  ...graphRoutes,
  ...tokenRoutes,
  ...downloadRoutes,
];

import { proxyCommand } from '../proxy/index.ts';
import type { AddCommand } from './add-command.ts';
import { callCommand } from './call.ts';
import { dashboardsCommand } from './dashboards.ts';
import { explainCommand } from './explain.ts';
import { rulesCommand } from './rules.ts';
import { simulateCommand } from './simulate.ts';
import { statusCommand } from './status.ts';

/** The commands, in the order in which the help lists them. */
export const COMMANDS: readonly AddCommand[] = [
  explainCommand,
  callCommand,
  proxyCommand,
  statusCommand,
  simulateCommand,
  rulesCommand,
  dashboardsCommand,
];

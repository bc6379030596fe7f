import { proxyCommand } from '../proxy/index.ts';
import type { AddCommand } from './add-command.ts';
import { callCommand } from './call.ts';
import { explainCommand } from './explain.ts';
import { simulateCommand } from './simulate.ts';

/** The commands, in the order in which the help lists them. */
export const COMMANDS: readonly AddCommand[] = [
  explainCommand,
  callCommand,
  simulateCommand,
  proxyCommand,
];

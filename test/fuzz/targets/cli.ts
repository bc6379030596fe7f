import { CommandError } from '../../../packages/cli/src/exit-codes.ts';
import { readInput } from '../../../packages/cli/src/explain/read-input.ts';
import { parseScenario } from '../../../packages/cli/src/simulate/scenario.ts';
import type { Target } from './target.ts';

/** What the command reads. */
export const CLI_TARGETS: readonly Target[] = [
  {
    name: 'scenarios',
    file: 'scenarios',
    seeds: [
      '{"script":[500,"429"],"newestAt":"now","timeline":[{"atMs":1,"expireTokens":true}]}',
      '{"timeline":[{"atMs":0,"outage":{"rate":1}},{"atMs":9,"foreignLoad":{"group":"x","share":0.5}}]}',
      '{"newestAt":"2026-01-31T12:00:00Z","faults":null,"__proto__":{"x":1}}',
    ],
    parse(text) {
      try {
        parseScenario(text, 'scenario.json');
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
      }
    },
  },
  {
    name: 'what is pasted into explain',
    file: 'explain',
    seeds: [
      'TooManyRequests',
      'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 12\r\n\r\n{"error":{"code":"429","message":"x"}}',
      '> GET /api/incidents HTTP/1.1\n> Host: api.security.microsoft.com\n< HTTP/1.1 403 Forbidden\n< \n{}',
      '{"log":{"entries":[{"request":{"method":"GET","url":"https://x/y"},"response":{"status":500}}]}}',
      '2026-01-31 ERROR 503 GET /api/machines "{\\"error\\":{\\"code\\":\\"X\\"}}"',
      '[{"error":{"code":"BadRequest","message":"x"}},"{}"]',
      '<html><title>502 Bad Gateway</title></html>',
    ],
    parse(text) {
      readInput(text);
    },
  },
];

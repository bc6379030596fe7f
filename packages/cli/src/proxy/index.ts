import type { AddCommand } from '../commands/add-command.ts';
import { examples } from '../terminal/examples.ts';

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ['defender-resilience proxy', 'then a script uses http://127.0.0.1:8080 as its base URL'],
  [
    'defender-resilience proxy --metrics 127.0.0.1:9464 --quotas',
    'with metrics for Prometheus, within the documented limits',
  ],
  [
    'defender-resilience proxy --upstream api.security.microsoft.com \\\n    --upstream /graph=graph.microsoft.com',
    'two services: http://127.0.0.1:8080/graph/v1.0/... goes to Graph',
  ],
  [
    'defender-resilience proxy --upstream 8080=api.security.microsoft.com \\\n    --upstream 8081=graph.microsoft.com',
    'two services, each on its own port',
  ],
];

/** The command `proxy`: an HTTP reverse proxy that makes every call through it resilient. */
export const proxyCommand: AddCommand = (program, { context }) => {
  program
    .command('proxy')
    .description('Makes the calls of any program resilient: change its base URL to the proxy.')
    .option('--listen <address>', 'address to listen on (default: 127.0.0.1:8080)')
    .option('--upstream <upstream>', UPSTREAM_HELP, collect)
    .option('--metrics <address>', 'address for /metrics, /healthz, /readyz, recent errors')
    .option('--quotas', "stay within Microsoft's documented limits: calls wait for their turn")
    .option('--allow-host <name>', 'a name of the proxy that clients use; repeatable', collect)
    .option('--credentials', "send the proxy's own tokens, from @azure/identity or DEFENDER_TOKEN")
    .option('--config <file>', 'a JSON file with these and all other options')
    .option('--quiet', 'do not log failures and retries')
    .addHelpText('after', () => examples(EXAMPLES, context.out))
    .action(async (flags: object) => {
      const { runProxy } = await import('./run-proxy.ts');
      await runProxy(flags, context);
    });
};

const UPSTREAM_HELP =
  'host to forward to, or path=host, or port=host; repeatable (default: api.security.microsoft.com)';

function collect(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}

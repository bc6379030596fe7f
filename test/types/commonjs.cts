// A CommonJS program of any TypeScript names the types by the import mode and loads the package with
// `import()`.
import type { Resilience } from '@defender-resilience/core' with { 'resolution-mode': 'import' };
import type { UndiciInterceptor } from '@defender-resilience/core/undici' with {
  'resolution-mode': 'import',
};

declare function getIncident(id: number): Promise<string>;

async function load(): Promise<Resilience> {
  const { createResilience } = await import('@defender-resilience/core');
  return createResilience();
}

async function interceptor(): Promise<UndiciInterceptor> {
  const { undiciInterceptor } = await import('@defender-resilience/core/undici');
  return undiciInterceptor(await load());
}

async function use(): Promise<string> {
  const resilience = await load();
  const wrapped = resilience.wrap('incidents.get', getIncident);
  // @ts-expect-error The parameters of the function are checked here too.
  await wrapped('1');
  return wrapped(1);
}

module.exports = { interceptor, use };

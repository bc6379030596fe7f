import type { CatalogueEntry, MessageValues, Operation } from '@defender-resilience/core';

export type Hosts = Readonly<Record<string, 'all'>>;

export function lookup(_code: string): CatalogueEntry | undefined {
  return undefined;
}

export function formatMessage(entry: CatalogueEntry, _values: MessageValues): string {
  return entry.template;
}

export function operationFor(
  request: { readonly method: string; readonly host: string; readonly path: string },
  _hosts: Hosts,
): Operation {
  const segments = request.path.split('/').filter((segment) => segment !== '');
  const group = segments[1] ?? 'other';
  const verb = request.method === 'GET' ? (segments.length > 2 ? 'get' : 'list') : 'update';
  return { name: `${group}.${verb}`, quotaGroup: group };
}

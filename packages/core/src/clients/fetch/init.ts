export type FetchInit = NonNullable<Parameters<typeof globalThis.fetch>[1]>;

/** What fetch reads of an init, undici's own members among it. */
const MEMBERS: readonly string[] = [
  'method',
  'headers',
  'body',
  'referrer',
  'referrerPolicy',
  'mode',
  'credentials',
  'cache',
  'redirect',
  'integrity',
  'keepalive',
  'signal',
  'window',
  'duplex',
  'priority',
  'dispatcher',
];

/**
 * The members of an init in an object of our own, each read once, as fetch itself reads them: a getter
 * may give something else the next time, and the caller may use the init for another call.
 *
 * @throws what a getter of the caller's throws
 */
export function readInit(init: FetchInit): FetchInit {
  const members: FetchInit = { ...init };
  // An init may be a Request, a class instance or a proxy, whose members are inherited, hidden or made on demand.
  for (const key in init) copyMember(init, members, key);
  for (const key of MEMBERS) copyMember(init, members, key);
  return members;
}

/** Whether an init says nothing that fetch would read. */
export function isEmptyInit(init: FetchInit | undefined): boolean {
  return init === undefined || MEMBERS.every((key) => Reflect.get(init, key) === undefined);
}

function copyMember(init: FetchInit, members: FetchInit, key: string): void {
  if (key in members) return;
  const value: unknown = Reflect.get(init, key);
  if (value !== undefined) Reflect.set(members, key, value);
}

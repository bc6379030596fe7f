import { createResilience, type ResilienceOptions } from '@defender-resilience/core';
import type { Context } from '../context.ts';
import { type GetToken, scopeOf, tokenFor } from '../credential.ts';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.ts';
import { readFileOf, readStdin } from '../input.ts';
import { progressObserver } from './progress.ts';
import { type Call, send } from './send.ts';
import { targetOf } from './target.ts';

/** The flags of `call`, as commander gives them. */
export interface CallFlags {
  readonly top?: number;
  readonly pages?: number;
  readonly all?: true;
  readonly lines?: true;
  readonly body?: string;
  readonly header?: readonly string[];
  readonly simulate?: string | true;
  readonly retries?: number;
  readonly deadline?: number;
  readonly scope?: string;
  readonly quiet?: true;
}

/** Makes one call to the real APIs or a simulator. */
export async function runCall(
  method: string,
  path: string,
  flags: CallFlags,
  context: Context,
): Promise<ExitCode> {
  const simulator = await simulatorFor(flags.simulate);
  try {
    const url = targetOf({ method, path, simulator: simulator?.origin, top: flags.top });
    const call = await callOf(method, url, flags, context);
    if (simulator !== undefined) {
      return await send(
        call,
        createResilience(optionsOf(flags, context, { [url.host]: 'all' })),
        context,
      );
    }
    return await sendWithToken(call, flags, context);
  } finally {
    await simulator?.close();
  }
}

async function sendWithToken(call: Call, flags: CallFlags, context: Context): Promise<ExitCode> {
  const known = scopeOf(call.url);
  if (known === undefined) {
    throw new CommandError(
      `${call.url.origin} is not a host of the Defender APIs, so no token is sent there`,
      {
        hint: 'For a simulator in another process, use --simulate http://127.0.0.1:8080 and pass only the path.',
        exitCode: EXIT.usage,
      },
    );
  }
  const { getToken, isRenewable } = await tokenFor(flags.scope ?? known, context.env);
  const refresh = isRenewable ? { refreshToken: getToken } : {};
  const resilience = createResilience({ ...optionsOf(flags, context), ...refresh });
  return send(await withToken(call, getToken), resilience, context);
}

async function withToken(call: Call, getToken: GetToken): Promise<Call> {
  return { ...call, headers: { authorization: `Bearer ${await getToken()}`, ...call.headers } };
}

function optionsOf(
  { retries, deadline, quiet }: CallFlags,
  { err }: Context,
  hosts: NonNullable<ResilienceOptions['hosts']> = {},
): ResilienceOptions {
  return {
    hosts,
    ...(retries === undefined ? {} : { retry: { maxRetries: retries } }),
    ...(deadline === undefined ? {} : { deadlineMs: deadline * 1_000 }),
    ...(quiet ? {} : { observers: [progressObserver(err)] }),
  };
}

async function callOf(method: string, url: URL, flags: CallFlags, context: Context): Promise<Call> {
  const body = await bodyOf(flags.body, context);
  const pages = flags.all
    ? Number.POSITIVE_INFINITY
    : (flags.pages ?? (flags.lines ? 1 : undefined));
  return {
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headersOf(flags.header ?? []),
    },
    ...(body === undefined ? {} : { body }),
    ...(pages === undefined ? {} : { pages }),
    ...(flags.quiet ? { quiet: true } : {}),
  };
}

async function bodyOf(given: string | undefined, { stdin }: Context): Promise<string | undefined> {
  if (given === '-' || given === '@-') return readStdin(stdin);
  return given?.startsWith('@') ? readFileOf(given.slice(1)) : given;
}

function headersOf(given: readonly string[]): Readonly<Record<string, string>> {
  const pairs = given.map((text) => {
    const colon = text.indexOf(':');
    if (colon > 0)
      return [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()] as const;
    throw new CommandError(`--header must be a name and a value, got "${text}"`, {
      hint: 'For example: --header "Prefer: include-unknown-enum-members".',
      exitCode: EXIT.usage,
    });
  });
  return Object.fromEntries(pairs);
}

interface LocalSimulator {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts a simulator for this call, or uses one in another process. */
async function simulatorFor(given: string | true | undefined): Promise<LocalSimulator | undefined> {
  if (given === undefined) return undefined;
  if (given === true) {
    const { startSimulator } = await import('@defender-resilience/simulator');
    const simulator = await startSimulator();
    return { origin: simulator.url, close: () => simulator.close() };
  }
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(`--simulate must be the address of a simulator, got "${given}"`, {
      hint: 'For example: --simulate http://127.0.0.1:8080. Without an address, --simulate starts its own.',
      exitCode: EXIT.usage,
    });
  }
  return { origin: url.origin, close: () => Promise.resolve() };
}

import type { GrafanaDashboard } from '@defender-resilience/prom/monitoring';
import type { Context } from '../context.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { isRecord, textField } from '../json.ts';
import { type Answer, ask } from './ask.ts';
import { dashboardDifferences } from './compare-dashboards.ts';

const WHICH_ADDRESS = 'Pass the address of Grafana itself, such as https://grafana.example.com.';
const WHICH_TOKEN =
  'Set GRAFANA_TOKEN to the token of a service account with the role Viewer, or with the permission dashboards:read for them.';

/** One line for each difference between these dashboards and Grafana's. */
export async function differencesInGrafana(
  wanted: readonly GrafanaDashboard[],
  address: string,
  { env, signal }: Context,
): Promise<readonly string[]> {
  const base = baseOf(address);
  const token = tokenIn(env);
  const lines: string[] = [];
  for (const dashboard of wanted) {
    const url = `${base}/api/dashboards/uid/${encodeURIComponent(dashboard.uid)}`;
    const answer = await get(url, token, signal);
    lines.push(...differencesFrom(dashboard, answer, { url, hasToken: token !== undefined }));
  }
  return lines;
}

function baseOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) {
    throw new CommandError(`${address} is not a valid address`, {
      hint: WHICH_ADDRESS,
      exitCode: EXIT.usage,
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new CommandError('the address of Grafana contains a user name or a password', {
      hint: WHICH_TOKEN,
      exitCode: EXIT.usage,
    });
  }
  return `${url.origin}${url.pathname.replace(/\/$/, '')}`;
}

function tokenIn(env: Context['env']): string | undefined {
  const token = env['GRAFANA_TOKEN']?.trim() ?? '';
  if (token === '') return undefined;
  // `fetch` would refuse the token with a message that contains it.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new CommandError('GRAFANA_TOKEN contains characters that no token contains', {
      hint: 'It must be only the token, on one line.',
      exitCode: EXIT.usage,
    });
  }
  return token;
}

function get(url: string, token: string | undefined, signal: AbortSignal): Promise<Answer> {
  return ask(url, {
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    // The token is only for this address, and a redirect leads to a sign-in page.
    redirect: 'manual',
    hint: `${WHICH_ADDRESS} For files, pass the name of their folder.`,
    signal,
  });
}

interface Request {
  readonly url: string;
  readonly hasToken: boolean;
}

/**
 * The differences according to Grafana's response. @throws CommandError if the response does not contain the
 * dashboard
 */
function differencesFrom(
  wanted: GrafanaDashboard,
  { status, location, body }: Answer,
  request: Request,
): readonly string[] {
  const deployed = isRecord(body) ? body['dashboard'] : undefined;
  if (status === 200 && isRecord(deployed)) return dashboardDifferences(wanted, deployed);
  const message = textField(body, 'message');
  if (status === 404 && message !== undefined) return [`- ${wanted.uid} is not deployed`];
  // This API cannot return a dashboard that was saved with a newer schema, and says so.
  if (status === 406 && message !== undefined) {
    return [
      `~ ${wanted.uid} was saved in a newer format of Grafana, so it differs from the generated one`,
    ];
  }
  throw refusalOf({ status, location, message }, request);
}

function refusalOf(
  { status, location, message }: Omit<Answer, 'body'> & { readonly message: string | undefined },
  { url, hasToken }: Request,
): CommandError {
  const { origin } = new URL(url);
  if (status === 401) {
    const what = hasToken ? 'does not accept the token in GRAFANA_TOKEN' : 'requires a token';
    return new CommandError(`${origin} ${what} (401)`, { hint: WHICH_TOKEN });
  }
  if (status === 403) {
    const who = hasToken ? 'the token in GRAFANA_TOKEN' : 'a reader without a token';
    return new CommandError(`${who} may not read ${url} (403)`, { hint: WHICH_TOKEN });
  }
  if (status >= 300 && status < 400) {
    const to = location === null ? null : URL.parse(location, url);
    return new CommandError(
      `${url} redirects${to === null ? '' : ` to ${to.origin}${to.pathname}`}`,
      { hint: `It is not followed, so that the token is not sent elsewhere. ${WHICH_ADDRESS}` },
    );
  }
  if (status >= 500 || status === 429) {
    const said = message === undefined ? '' : `: ${message.slice(0, 200)}`;
    return new CommandError(`${url} answers ${status}${said}`, { hint: 'Try again later.' });
  }
  return new CommandError(`${url} is not Grafana's API (${status})`, { hint: WHICH_ADDRESS });
}

import { dashboards } from '@defender-resilience/prom/monitoring';
import { describe, expect, it } from 'vitest';
import { upstream } from '../proxy/support.ts';
import { cli } from '../support.ts';

// Grafana cannot be run where this is tested. A server answers in its place, over HTTP, what its documentation of the
// HTTP API says ("Get dashboard by uid"), with the keys in the order in which Grafana's JSON encoder writes them.

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Asked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** What Grafana stores of a dashboard that was deployed with the default options. */
const stored = new Map<string, Fields>(dashboards().map((one) => [one.uid, one]));

/** The answer to a dashboard that exists. */
function found(dashboard: Fields): Answer {
  const body = {
    dashboard: { id: 7, version: 3, ...dashboard },
    meta: {
      isStarred: false,
      url: `/d/${String(dashboard['uid'])}/defender-api-client`,
      folderId: 2,
      folderUid: 'l3KqBxCMz',
      slug: 'defender-api-client',
    },
  };
  return { status: 200, body: sorted(body) };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

const NOT_FOUND: Answer = { status: 404, body: { message: 'Dashboard not found' } };

/** A server that has the default dashboards, unless `answerTo` says otherwise of one. */
async function grafana(
  answerTo: (uid: string, dashboard: Fields) => Answer = (_, dashboard) => found(dashboard),
): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const url = await upstream((request, response) => {
    asked.push({ path: request.url, authorization: request.headers.authorization });
    const uid = /^\/grafana\/api\/dashboards\/uid\/([\w-]+)$/.exec(request.url ?? '')?.[1] ?? '';
    const dashboard = stored.get(uid);
    const answer = dashboard === undefined ? NOT_FOUND : answerTo(uid, dashboard);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  return { url: `${url}/grafana`, asked };
}

const OVERVIEW = 'defender-client-overview';

/** A server whose overview is another one. */
const grafanaWith = (change: (overview: Fields) => Fields): ReturnType<typeof grafana> =>
  grafana((uid, dashboard) => found(uid === OVERVIEW ? change(dashboard) : dashboard));

function listOf(section: unknown): readonly Fields[] {
  const list = Array.isArray(section) ? section : Object.values(section ?? {}).flat();
  return list as readonly Fields[];
}

describe('dashboards --check with the address of a Grafana', () => {
  it('finds them up to date, whatever ID and version Grafana gave them', async () => {
    const { url, asked } = await grafana();
    const env = { GRAFANA_TOKEN: 'glsa_secret\n' };
    expect(await cli(['dashboards', '--check', `${url}/`], { env })).toEqual({
      code: 0,
      out: '',
      err: 'Up to date.\n',
    });
    expect(asked).toEqual(
      [...stored.keys()].map((uid) => ({
        path: `/grafana/api/dashboards/uid/${uid}`,
        authorization: 'Bearer glsa_secret',
      })),
    );
  });

  it('reads without a token where there is none', async () => {
    const { url, asked } = await grafana();
    expect((await cli(['dashboards', '--check', url])).code).toBe(0);
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set([undefined]));
  });

  it('names the panels, variables, annotations and settings that differ', async () => {
    const { url } = await grafanaWith((overview) => {
      const [row, alerts, , ...panels] = listOf(overview['panels']);
      const [source, ...variables] = listOf(overview['templating']);
      const added = { id: 99, type: 'text', title: 'Ours' };
      return {
        ...overview,
        refresh: '5m',
        templating: { list: [{ ...source, query: 'loki' }, ...variables] },
        annotations: { list: listOf(overview['annotations']).slice(1) },
        panels: [row, { ...alerts, targets: [], gridPos: {} }, ...panels, added],
        liveNow: true,
      };
    });
    const { code, out, err } = await cli(['dashboards', '--check', url]);
    expect(out.split('\n')).toEqual([
      `~ ${OVERVIEW}: refresh, liveNow differ`,
      `~ ${OVERVIEW} / variable datasource: query differs`,
      `- ${OVERVIEW} / annotation Deployments is not deployed`,
      `~ ${OVERVIEW} / panel 2 "Alerts": gridPos, targets differ`,
      `- ${OVERVIEW} / panel 3 "Failing operations" is not deployed`,
      `+ ${OVERVIEW} / panel 99 "Ours" is deployed, but not generated`,
      '',
    ]);
    expect({ code, err }).toEqual({
      code: 3,
      err: '6 differences: generate the files again and deploy them.\n',
    });
  });

  it('finds the panels of a row that somebody collapsed', async () => {
    const { url } = await grafanaWith((overview) => {
      const [row, ...panels] = listOf(overview['panels']);
      return {
        ...overview,
        panels: [{ ...row, collapsed: true, panels: panels.slice(0, 5) }, ...panels.slice(5)],
      };
    });
    const { code, out } = await cli(['dashboards', '--check', url]);
    expect({ code, out }).toEqual({
      code: 3,
      out: `~ ${OVERVIEW} / panel 1 "Now": collapsed differs\n`,
    });
  });

  it('says that one is missing, or was saved in a newer format', async () => {
    const { url } = await grafana((uid) =>
      uid === OVERVIEW
        ? NOT_FOUND
        : {
            status: 406,
            body: {
              message: `dashboard api version not supported, use /apis/dashboard.grafana.app/v2/namespaces/default/dashboards/${uid} instead`,
            },
          },
    );
    const { code, out } = await cli(['dashboards', '--check', url]);
    expect(code).toBe(3);
    expect(out).toBe(
      `- ${OVERVIEW} is not deployed\n` +
        '~ defender-client-operation was saved in a newer format of Grafana, so it differs from the generated one\n',
    );
  });

  it('compares with the given options', async () => {
    const { url } = await grafana();
    const set = ['--set', 'uid=other'];
    expect((await cli(['dashboards', '--check', url, ...set])).out).toBe(
      '- other-overview is not deployed\n- other-operation is not deployed\n',
    );
  });
});

describe('dashboards --check cannot compare', () => {
  const env = { GRAFANA_TOKEN: 'glsa_secret' };

  it.each<[string, Answer, string, Readonly<Record<string, string>>?]>([
    ['a refused token', { status: 401, body: { message: 'Unauthorized' } }, 'not accept the token'],
    ['no token', { status: 401, body: { message: 'Unauthorized' } }, 'requires a token (401)', {}],
    ['no permission', { status: 403, body: { message: 'Access denied' } }, 'may not read http'],
    ['a web page', { status: 200, body: '<html>' }, "is not Grafana's API (200)"],
    ['another 404', { status: 404, body: '404 page not found' }, "is not Grafana's API (404)"],
    ['a failure', { status: 500, body: { message: 'Disk full' } }, 'answers 500: Disk full'],
    [
      'a page to sign in',
      { status: 302, body: '', headers: { location: 'https://sso.example/login?state=x' } },
      'redirects to https://sso.example/login',
    ],
  ])('says so of %s, without the token', async (_, answer, message, variables = env) => {
    const { url } = await grafana(() => answer);
    const { code, out, err } = await cli(['dashboards', '--check', url], { env: variables });
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err.replaceAll('\n', ' ')).toContain(message);
    expect(err).not.toContain('glsa_');
    expect(err).not.toContain('state=x');
  });

  it('says that nobody answers', async () => {
    const { code, err } = await cli(['dashboards', '--check', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(err).toContain('http://127.0.0.1:9 does not respond');
  });

  it('refuses an address or a token that is none, and prints neither', async () => {
    const broken = await cli(['dashboards', '--check', 'http://127.0.0.1:1'], {
      env: { GRAFANA_TOKEN: 'glsa_secret\nand=more' },
    });
    expect(broken.code).toBe(2);
    expect(broken.err).toContain('GRAFANA_TOKEN contains characters that no token contains');
    const password = await cli(['dashboards', '--check', 'http://admin:hunter2@127.0.0.1:1']);
    expect(password.code).toBe(2);
    expect(password.err).toContain('contains a user name or a password');
    expect(broken.err + password.err).not.toMatch(/secret|hunter2/);
    expect((await cli(['dashboards', '--check', 'http://'])).code).toBe(2);
  });
});

import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { dashboards } from '../../monitoring/index.ts';

const text = (options: Parameters<typeof dashboards>[0]): string =>
  JSON.stringify(dashboards(options));

describe('the options of dashboards', () => {
  it('are refused together, each with what it must be', () => {
    const options = {
      uid: 'a b',
      groupBy: ['job', 'operation'],
      budgetWindow: 'a month',
      runbooks: 'localhost/runbooks/',
      traceLink: 'https://traces.corp/',
      traceDatasource: 'tempo',
    };
    expect(() => dashboards(options as object)).toThrow(TypeError);
    const message = ((): string => {
      try {
        return text(options as object);
      } catch (error) {
        return String(error);
      }
    })();
    for (const part of ['uid', 'groupBy', 'budgetWindow', 'runbooks', 'traceLink'])
      expect(message).toContain(part);
    expect(message).toContain('{trace_id}');
    expect(message).toContain('tracesDatasource');
  });

  it('refuse a grouping label that would be a second variable of the same name', () => {
    expect(() => dashboards({ groupBy: ['job', 'datasource'] })).toThrow('datasource');
  });

  it('have a variable and a matcher for every grouping label, and no other', () => {
    const made = dashboards({ groupBy: ['region', 'job'] });
    for (const board of made) {
      const { list } = board['templating'] as { list: { name: string }[] };
      expect(list.map(({ name }) => name)).toEqual([
        'datasource',
        'region',
        'job',
        'instance',
        'operation',
        'code',
      ]);
    }
    expect(JSON.stringify(made)).toContain('region=~\\"$region\\",job=~\\"$job\\"');
    expect(JSON.stringify(made)).not.toContain('tenant=~');
  });

  it('limit every selector', () => {
    const expressions = text({ selector: 'job=~"nightly.*"' }).match(/"expr":"(?:[^"\\]|\\.)*"/g);
    expect(expressions?.length).toBeGreaterThan(50);
    for (const expression of expressions ?? []) {
      const braces = expression.match(/\{/g)?.length;
      expect(expression.match(/\{job=~\\"nightly\.\*\\"/g)).toHaveLength(braces ?? -1);
    }
  });

  it('use other prefixes', () => {
    const made = text({ prefix: 'soar_', recordPrefix: 'soc' });
    expect(made).toContain('soar_operations_total');
    expect(made).toContain('soc:faults:delta1m');
    expect(made).not.toMatch(/defender_client_|defender:/);
  });

  it('lead to runbooks, traces and look-ups only where these are known', () => {
    const bare = text({});
    expect(bare).not.toContain('Runbook');
    expect(bare).not.toMatch(/localhost|example\.(com|org)|\.example\b/);
    const linked = text({
      runbooks: 'https://wiki.corp/runbooks',
      tracesDatasource: 'tempo',
      trackingLink: 'https://logs.corp/?q={tracking_id}',
    });
    expect(linked).toContain('https://wiki.corp/runbooks/DefenderAccessLost');
    expect(linked).toContain(`https://wiki.corp/runbooks/\${__data.fields.alertname}`);
    expect(linked).toContain(`https://logs.corp/?q=\${__value.raw}`);
    expect(linked).toMatch(/panes=[^"]*tempo[^"]*\$\{__value\.raw\}/);
    expect(text({ traceLink: 'https://traces.corp/{trace_id}' })).toContain(
      `https://traces.corp/\${__value.raw}`,
    );
  });

  it('lead to runbooks that there are', async () => {
    const pages = await readdir(new URL('../../../../docs/runbooks/', import.meta.url));
    const names = text({ runbooks: 'https://wiki.corp/runbooks' }).match(
      /(?<=runbooks\/)Defender\w+/g,
    );
    expect(new Set(names).size).toBeGreaterThan(5);
    for (const name of new Set(names)) expect(pages).toContain(`${name}.md`);
  });

  it('use the objective in texts, colours and the budget', () => {
    const made = text({ objective: 0.999, budgetWindow: '7d' });
    expect(made).toContain('99.9 %');
    expect(made).toContain('/ 0.001');
    expect(made).toContain('[7d]');
    expect(made).not.toContain('28d');
  });
});

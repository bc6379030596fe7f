import { cell, exploreExemplars, traceLink, VALUE } from './addresses.ts';
import type { Column, ExemplarTablePanel, Link, StripPanel, TextPanel } from './panel.ts';
import { query } from './query.ts';
import type { Scope } from './scope.ts';
import { groupColumns } from './state-table.ts';

/** The panel of errors' exemplars, which the table of tracking IDs reads. */
const ERRORS = 'errors';

/** The panel of failed calls' durations. */
export const FAILURES = 'failures';

/** One diamond for each failed call that has a tracking ID, as far as Prometheus has seen it. */
export function errorStrip(scope: Scope): StripPanel {
  return {
    kind: 'strip',
    key: ERRORS,
    title: 'Failed calls with a tracking ID',
    description:
      'Each diamond is one failed call: point at it for its code, tracking ID and trace. Prometheus keeps one for each code, process and scrape.',
    width: 24,
    height: 3,
    unit: 'none',
    noValue: 'no calls',
    queries: [
      // Only its exemplars are drawn, so it is evaluated once and not for every sample.
      query(`sum(increase(${scope.of('errors_total', { code: '=~"$code"' })}[$__range] @ end()))`, {
        legend: 'failed calls in the shown time',
        exemplar: true,
        minStep: '1s',
      }),
    ],
  };
}

const present = (link: Link | undefined): readonly Link[] => (link === undefined ? [] : [link]);

/** What identifies a call, each column with the ways that lead on from it. */
function idColumns(scope: Scope, expr: string): readonly Column[] {
  const { trackingLink, recentErrors } = scope.settings;
  const lookUp: readonly Link[] =
    trackingLink === ''
      ? []
      : [
          {
            title: 'Look up this tracking ID',
            url: trackingLink.replaceAll('{tracking_id}', VALUE),
            newTab: true,
          },
        ];
  return [
    {
      field: 'tracking_id',
      title: 'Tracking ID',
      width: 335,
      links: [...lookUp, { title: 'Exemplars in Explore', url: exploreExemplars(expr) }],
    },
    { field: 'trace_id', title: 'Trace', width: 100, links: present(traceLink(scope)) },
    {
      field: 'instance',
      title: 'Instance',
      links:
        recentErrors === ''
          ? []
          : [
              {
                title: 'Recent errors of this process',
                url: recentErrors.replaceAll('{instance}', VALUE),
                newTab: true,
              },
            ],
    },
  ];
}

/** The tracking IDs of failed calls, to be clicked and copied. */
export function trackingTable(scope: Scope, width: number): ExemplarTablePanel {
  const expr = `${scope.settings.prefix}errors_total{code="${cell('code')}",instance="${cell('instance')}"}`;
  return {
    kind: 'exemplars',
    of: ERRORS,
    key: 'tracking_id',
    title: 'Tracking IDs',
    description:
      'The failed calls of the strip above, the newest first. Microsoft’s support finds a call by its tracking ID.',
    width,
    height: 9,
    noValue:
      'No failed call, or no exemplars: Prometheus needs --enable-feature=exemplar-storage, and the program an OpenMetrics registry',
    columns: [
      { field: 'Time', title: 'Time', unit: 'dateTimeAsIsoNoDateIfToday', width: 150 },
      ...groupColumns(scope),
      { field: 'code', title: 'Code', width: 155 },
      ...idColumns(scope, expr),
    ],
    sortBy: 'Time',
  };
}

/** The same for one operation; its source knows the operation and not the code. */
export function operationTrackingTable(scope: Scope, width: number): ExemplarTablePanel {
  const expr = `${scope.settings.prefix}operation_duration_seconds_bucket{operation="${cell('operation')}",outcome=~"failure|rejected",instance="${cell('instance')}"}`;
  return {
    ...trackingTable(scope, width),
    of: FAILURES,
    description:
      'The failed calls of the graph above, the newest first. Microsoft’s support finds a call by its tracking ID.',
    columns: [
      { field: 'Time', title: 'Time', unit: 'dateTimeAsIsoNoDateIfToday', width: 150 },
      ...groupColumns(scope),
      { field: 'operation', title: 'Operation' },
      { field: 'Value', title: 'Duration', unit: 's', width: 90 },
      ...idColumns(scope, expr),
    ],
  };
}

/** How to get from a code on the board to the ID that Microsoft asks for. */
export function trackingText(scope: Scope, width: number): TextPanel {
  const isProm = scope.settings.source === 'prom';
  return {
    kind: 'text',
    title: 'More tracking IDs',
    description: 'Where to find the tracking IDs that Microsoft’s support asks for.',
    width,
    height: 9,
    content: isProm ? promText(scope) : OTLP_TEXT,
  };
}

function promText({ settings }: Scope): string {
  const { recentErrors, prefix } = settings;
  return `Exemplars are samples. To get **all** of the last errors of a process:

- **From the process**: click its instance in the table, or
  \`curl '${recentErrors.replace('{instance}', 'HOST:PORT')}?code=Forbidden'\`
  (if it serves them)
- **From Prometheus**:
  \`/api/v1/query_exemplars?query=${prefix}errors_total{code="Forbidden"}&start=…&end=…\`
- **In logs and traces**: \`trackingId\`, \`defender.tracking_id\`
`;
}

const OTLP_TEXT = `Microsoft’s support finds a failed call by its **tracking ID**. Metrics of OpenTelemetry for Node carry no exemplars, so the IDs are in **traces and logs**:

- **In traces**, where \`defender.tracking_id\` is an attribute of each failed attempt. In Tempo:
  \`{ span.error.type = "Forbidden" && span.defender.tracking_id != "" } | select(span.defender.tracking_id, span.defender.operation)\`
- **In logs**: \`trackingId\` of the failure
- **In the program**: \`failureOf(error).trackingId\`
`;

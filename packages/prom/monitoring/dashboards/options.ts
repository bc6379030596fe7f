import {
  checkOptions,
  type OptionRules,
  type Rule,
  where,
} from '@defender-resilience/core/validation';
import { duration } from '../duration.ts';
import {
  type MonitoringOptions,
  type MonitoringSettings,
  monitoringDefaults,
  monitoringFaults,
  monitoringRules,
} from '../options.ts';

/** The options of `dashboards`. Every one has a default. */
export interface DashboardOptions extends MonitoringOptions {
  /**
   * The start of the dashboards' names within Grafana, which `-overview` and `-operation` complete: at
   * most 30 letters, digits, `-` and `_`. Two sets of dashboards in one Grafana need different ones.
   *
   * @defaultValue `'defender-client'`, and `'defender-client-otlp'` with `source: 'otlp'`
   */
  readonly uid?: string;
  /**
   * The title of the dashboards.
   *
   * @defaultValue `'Defender API client'`
   */
  readonly title?: string;
  /**
   * The time that the error budget is for, as a duration of Prometheus: `'7d'`, `'4w'`. If Prometheus
   * keeps less, the budget is for what it keeps.
   *
   * @defaultValue `'28d'`
   */
  readonly budgetWindow?: string;
  /**
   * The address where your processes serve their recent errors; `{instance}` stands for the label of
   * that name. With `source: 'otlp'` the label is an ID and no address, so there is no default.
   *
   * @defaultValue `'http://{instance}/debug/defender/errors'`, the handler's own path
   */
  readonly recentErrors?: string;
  /**
   * The address where a tracking ID can be looked up, such as your log search. `{tracking_id}` stands
   * for the ID.
   *
   * @defaultValue the links that the data source has for `tracking_id`
   */
  readonly trackingLink?: string;
  /**
   * The address of a trace; `{trace_id}` stands for its ID. Overrides `tracesDatasource`.
   *
   * @defaultValue the links that the data source has for `trace_id`
   */
  readonly traceLink?: string;
  /**
   * The uid of a Tempo data source in your Grafana. Traces are opened there, in Explore.
   *
   * @defaultValue the links that the data source has for `trace_id`
   */
  readonly tracesDatasource?: string;
}

/** The checked options with their defaults. */
export interface DashboardSettings extends MonitoringSettings {
  readonly uid: string;
  readonly title: string;
  readonly budgetWindow: string;
  /** Each is empty if there is no such address. */
  readonly recentErrors: string;
  readonly trackingLink: string;
  readonly traceLink: string;
  readonly tracesDatasource: string;
}

const URL_START = /^https?:\/\/[^\s/]/;

const template = (name: string): Rule =>
  where(
    `an address that starts with https:// or http:// and contains {${name}}`,
    (value) =>
      typeof value === 'string' &&
      URL_START.test(value) &&
      !/\s/.test(value) &&
      value.includes(`{${name}}`),
  );

const text = (accepts: string, pattern: RegExp): Rule =>
  where(accepts, (value) => typeof value === 'string' && pattern.test(value));

const RULES: OptionRules & Readonly<Record<keyof DashboardOptions, Rule>> = {
  ...monitoringRules,
  uid: text('1 to 30 letters, digits, - and _', /^[\w-]{1,30}$/),
  title: text('a text of 1 to 100 characters', /^\S.{0,99}$/u),
  budgetWindow: duration('1h'),
  recentErrors: template('instance'),
  trackingLink: template('tracking_id'),
  traceLink: template('trace_id'),
  tracesDatasource: text('the uid of a data source: letters, digits, - and _', /^[\w-]{1,40}$/),
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError that lists every invalid option
 */
export function dashboardSettings(options: DashboardOptions): DashboardSettings {
  checkOptions('dashboards', RULES, options, () => [
    ...monitoringFaults(options),
    ...(options.groupBy?.includes('datasource')
      ? ['groupBy cannot contain datasource, the variable of the data source']
      : []),
  ]);
  const shared = monitoringDefaults(options);
  const isProm = shared.source === 'prom';
  return {
    ...shared,
    uid: options.uid ?? (isProm ? 'defender-client' : 'defender-client-otlp'),
    title: options.title ?? 'Defender API client',
    budgetWindow: options.budgetWindow ?? '28d',
    recentErrors: options.recentErrors ?? (isProm ? 'http://{instance}/debug/defender/errors' : ''),
    trackingLink: options.trackingLink ?? '',
    traceLink: options.traceLink ?? '',
    tracesDatasource: options.tracesDatasource ?? '',
  };
}

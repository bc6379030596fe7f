import type { DataTransformerConfig, FieldConfigSource } from '@grafana/data';
import type { TableSortByFieldState, VizLegendOptions } from '@grafana/schema';
import type { BigValueColorMode, BigValueGraphMode } from '@grafana/ui';

/** What the page is told by the test. */
export interface Setup {
  readonly dashboard: Dashboard;
  readonly prometheus: string;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** The distance of samples in graphs, in seconds, unless a panel wants fewer. */
  readonly step: number;
  /** What stands for the variables. */
  readonly values: Readonly<Record<string, string>>;
  /** What is chosen where it is not all. */
  readonly chosen: Readonly<Record<string, string>>;
}

export interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly label: string }[];
  };
  readonly annotations: { readonly list: readonly Annotation[] };
}

export interface Annotation {
  readonly name: string;
  /** Absent where Grafana itself stores the annotations. */
  readonly expr?: string;
  readonly iconColor: string;
  /** The value is the time, in milliseconds. */
  readonly useValueForTime?: boolean;
  readonly filter?: { readonly ids: readonly number[] };
}

export interface Target {
  readonly refId: string;
  readonly expr?: string;
  /** The panel whose exemplars are shown. */
  readonly panelId?: number;
  readonly instant?: boolean;
  readonly exemplar?: boolean;
  /** The least step. */
  readonly interval?: string;
  readonly legendFormat?: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly Target[];
  readonly maxDataPoints?: number;
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly fieldConfig: FieldConfigSource;
  readonly transformations?: DataTransformerConfig[];
  readonly options: {
    readonly content?: string;
    readonly legend?: Partial<VizLegendOptions>;
    readonly sortBy?: TableSortByFieldState[];
    readonly colorMode?: BigValueColorMode;
    readonly graphMode?: BigValueGraphMode;
  };
}

declare global {
  interface Window {
    /** Set by the test before the page loads. */
    setup: Setup;
  }
}

import type { AlertName } from '../alerts/names.ts';
import type { Query } from './query.ts';

/** Where a value turns to another colour. */
export interface ColourStep {
  /** `null`: from the beginning on. */
  readonly from: number | null;
  readonly colour: 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'text' | 'transparent';
}

/** A link of Grafana. */
export interface Link {
  readonly title: string;
  readonly url: string;
  readonly newTab?: boolean;
}

interface Framed {
  readonly title: string;
  readonly description: string;
  /** Columns of 24. */
  readonly width: number;
  readonly height: number;
  /** The alerts whose runbooks the panel links to. */
  readonly runbooks?: readonly AlertName[];
}

interface Measured extends Framed {
  /** By what an {@link ExemplarTablePanel} refers to the panel. */
  readonly key?: string;
  readonly queries: readonly Query[];
  /** One of Grafana's units. */
  readonly unit: string;
  /** What is shown when there is no data. */
  readonly noValue?: string;
}

/** One number. */
export interface StatPanel extends Measured {
  readonly kind: 'stat';
  readonly colours: readonly ColourStep[];
  readonly decimals?: number;
}

/** A value that a legend or its column shows of each series. */
type Calculation = 'lastNotNull' | 'max' | 'mean';

/** Lines or stacked bars over time. */
export interface GraphPanel extends Measured {
  readonly kind: 'lines' | 'bars';
  /** Colours of series by their names; the others get those of Grafana's palette. */
  readonly seriesColours?: Readonly<Record<string, string>>;
  readonly legend: { readonly beside?: boolean; readonly values: readonly Calculation[] };
  /** Where a dashed line is drawn. */
  readonly limits?: readonly ColourStep[];
}

/** Exemplars alone, side by side in one strip, so that they cover no other data. */
export interface StripPanel extends Measured {
  readonly kind: 'strip';
}

/** States over time. */
export interface TimelinePanel extends Measured {
  readonly kind: 'timeline';
  readonly states: readonly {
    readonly value: number;
    readonly text: string;
    readonly colour: string;
  }[];
}

/** One column of a table. */
export interface Column {
  /** A label, or `Value #A` and so on for the queries' values. */
  readonly field: string;
  readonly title: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly width?: number;
  readonly links?: readonly Link[];
  /** Texts in place of values. */
  readonly texts?: Readonly<Record<string, { readonly text: string; readonly colour?: string }>>;
  /** Colours of the cell. */
  readonly colours?: readonly ColourStep[];
}

interface Columns {
  readonly columns: readonly Column[];
  /** The title of the column to sort by, the greatest first. */
  readonly sortBy: string;
}

/** Rows that are put together from several queries by their labels. */
export interface TablePanel extends Measured, Columns {
  readonly kind: 'table';
}

/** The exemplars of another panel, a row each. */
export interface ExemplarTablePanel extends Framed, Columns {
  readonly kind: 'exemplars';
  /** The key of the panel that draws them. */
  readonly of: string;
  /** The label that a call must have to be listed. */
  readonly key: string;
  readonly noValue: string;
}

export interface TextPanel extends Framed {
  readonly kind: 'text';
  readonly content: string;
}

export type PanelSpec =
  | StatPanel
  | GraphPanel
  | StripPanel
  | TimelinePanel
  | TablePanel
  | ExemplarTablePanel
  | TextPanel;

/** Panels under a heading. */
export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

import type { Query } from './query.ts';

/** Where a value turns to another colour. */
export interface ColourStep {
  /** `null`: from the beginning on. */
  readonly from: number | null;
  readonly colour: 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'text';
}

interface Framed {
  readonly title: string;
  readonly description: string;
  /** Columns of 24. */
  readonly width: number;
  readonly height: number;
}

interface Measured extends Framed {
  readonly queries: readonly Query[];
  /** One of Grafana's units. */
  readonly unit: string;
}

/** One number. */
export interface StatPanel extends Measured {
  readonly kind: 'stat';
  readonly colours: readonly ColourStep[];
  readonly decimals?: number;
  /** What is shown when there is nothing to count. */
  readonly noValue?: string;
}

/** Lines or stacked bars over time. */
export interface GraphPanel extends Measured {
  readonly kind: 'lines' | 'bars';
  /** Colours of series by their names; the others get those of Grafana's palette. */
  readonly seriesColours?: Readonly<Record<string, string>>;
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
  readonly link?: { readonly title: string; readonly url: string };
}

/** Rows that are put together from several queries by their labels. */
export interface TablePanel extends Measured {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  /** The title of the column to sort by, the greatest first. */
  readonly sortBy: string;
}

export interface TextPanel extends Framed {
  readonly kind: 'text';
  readonly content: string;
}

export type PanelSpec = StatPanel | GraphPanel | TimelinePanel | TablePanel | TextPanel;

/** Panels under a heading. */
export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

import { failureOf } from '@defender-resilience/core';
import { count, type JobProgress } from '../support/progress.ts';
import type { ResumableOutput } from '../support/resumable-output.ts';
import {
  beyond,
  type Cursor,
  freshIn,
  halved,
  narrower,
  seen,
  type Window,
  windowOf,
  within,
} from './cursor.ts';
import { iso, listUrl, type Page, readPage } from './incidents.ts';
import type { ExportState } from './state.ts';

export interface ExportOptions {
  readonly baseUrl: string;
  /** How many incidents a page may hold. */
  readonly top: number;
  readonly output: Pick<ResumableOutput<ExportState>, 'state' | 'commit'>;
  readonly progress: Pick<JobProgress, 'step' | 'line'>;
  /** A resilient GET. */
  getJson(url: string): Promise<unknown>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** So often in a row a smaller window is asked for where the service fails at one. */
const MAX_HALVINGS = 6;
/** A moment with 100,000 incidents is none. */
const MAX_PAGES = 1_000;

/** Writes every incident from the cursor on, until there is none that is newer. */
export class IncidentExport {
  readonly #options: ExportOptions;
  #cursor: Cursor;
  #halvings = 0;

  constructor(options: ExportOptions) {
    this.#options = options;
    this.#cursor = options.output.state.cursor;
  }

  /** Whatever it rejects with, nothing is lost: the next run goes on from the last page. */
  async run(): Promise<void> {
    let smaller: Window | undefined;
    for (;;) {
      const window = smaller ?? windowOf(this.#cursor, this.#options.now());
      const page = await this.#ask(window);
      smaller =
        page === undefined ? halved(window, this.#options.now()) : this.#tooWide(window, page);
      if (page === undefined || smaller !== undefined) continue;
      await this.#write(window, page);
      if (window.to === undefined) return;
    }
  }

  /** The first page of a window; undefined when the service fails at it, and may not at a smaller. */
  async #ask(window: Window): Promise<Page | undefined> {
    const { baseUrl, top, progress } = this.#options;
    try {
      const page = await this.#read(listUrl(baseUrl, window, top), window);
      this.#halvings = 0;
      this.#cursor = seen(this.#cursor, page.rows);
      return page;
    } catch (error) {
      // An answer that is too much for the service fails each time: asking on would stall for good.
      const mayHelp = isServersFault(error) && halved(window, this.#options.now()) !== undefined;
      if (!mayHelp || this.#halvings >= MAX_HALVINGS) throw error;
      this.#halvings += 1;
      progress.line(`The service fails at ${iso(window.from)}: fewer incidents at once`);
      return undefined;
    }
  }

  #tooWide(window: Window, { rows, next }: Page): Window | undefined {
    if (next === undefined || rows.length === 0) return undefined;
    return narrower(window, rows, this.#options.now());
  }

  async #read(url: string, window: Window): Promise<Page> {
    return readPage(await this.#options.getJson(url), url, window);
  }

  async #write(window: Window, page: Page): Promise<void> {
    if (page.next !== undefined) await this.#followPages(window, page);
    const fresh = freshIn(this.#cursor, page.rows);
    const size = { rows: page.rows.length, top: this.#options.top, now: this.#options.now() };
    this.#cursor = beyond(within(this.#cursor, fresh), window, size);
    await this.#commit(fresh);
  }

  /**
   * A single moment has more than a page. Its pages are followed, over and over until nothing new comes:
   * an incident that changes meanwhile leaves its place, and all behind it move up.
   */
  async #followPages(window: Window, first: Page): Promise<void> {
    let page = first;
    let news = 0;
    for (let pages = 1; ; pages += 1) {
      if (pages > MAX_PAGES) throw new Error('The links of the service lead on for ever.');
      const fresh = freshIn(this.#cursor, page.rows);
      news += fresh.length;
      this.#cursor = within(this.#cursor, fresh);
      await this.#commit(fresh);
      if (page.next === undefined && news === 0) return;
      const next = await this.#linked(page.next, window);
      // The list is read from its beginning again: what is new counts anew.
      if (next === undefined) news = 0;
      const { baseUrl, top } = this.#options;
      page = next ?? (await this.#read(listUrl(baseUrl, window, top), window));
    }
  }

  /** The page of a link; undefined without a link, or if the link has expired. */
  async #linked(link: string | undefined, window: Window): Promise<Page | undefined> {
    if (link === undefined) return undefined;
    try {
      return await this.#read(link, window);
    } catch (error) {
      if (!isExpiredLink(error)) throw error;
      this.#options.progress.line('The link to the next page has expired: starting the list again');
      return undefined;
    }
  }

  async #commit(rows: readonly unknown[]): Promise<void> {
    const { output, progress } = this.#options;
    const { source, incidents, pages } = output.state;
    const state = { source, incidents: incidents + rows.length, pages: pages + 1 };
    await output.commit(rows, { ...state, cursor: this.#cursor });
    progress.step(stateText(output.state, this.#options.now()));
  }
}

/** How far an export has come, as a person reads it. */
export function stateText({ incidents, pages, cursor }: ExportState, now: number): string {
  const { since, from } = cursor;
  const part = Math.floor((100 * (from - since)) / Math.max(now - since, 1));
  const done = `${count(incidents, 'incident')} in ${count(pages, 'page')}`;
  return `${done}, up to ${iso(from).slice(0, 16)} (${part} %)`;
}

/** The list itself can be read, so a link that the service refuses like this is no longer valid. */
function isExpiredLink(error: unknown): boolean {
  return [400, 404, 410].includes(failureOf(error)?.status ?? 0);
}

/** The service answered with a 5xx to the last, or not in time. */
function isServersFault(error: unknown): boolean {
  const failure = failureOf(error);
  return failure !== undefined && ((failure.status ?? 0) >= 500 || failure.code === 'Timeout');
}

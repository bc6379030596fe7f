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

/** How many times in a row the window is halved when the service fails. */
const MAX_HALVINGS = 6;
/** 100,000 incidents with the same time are a mistake of the service. */
const MAX_PAGES = 1_000;

/** Writes every incident after the cursor, until none is newer. */
export class IncidentExport {
  readonly #options: ExportOptions;
  #cursor: Cursor;
  #halvings = 0;

  constructor(options: ExportOptions) {
    this.#options = options;
    this.#cursor = options.output.state.cursor;
  }

  /** If it rejects, nothing is lost: the next run continues after the last page. */
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

  /** The first page of a window; undefined if the service failed but may answer for a smaller window. */
  async #ask(window: Window): Promise<Page | undefined> {
    const { baseUrl, top, progress } = this.#options;
    try {
      const page = await this.#read(listUrl(baseUrl, window, top), window);
      this.#halvings = 0;
      this.#cursor = seen(this.#cursor, page.rows);
      return page;
    } catch (error) {
      // A response that is too large fails every time, so retrying the same window would never end.
      const mayHelp = isServersFault(error) && halved(window, this.#options.now()) !== undefined;
      if (!mayHelp || this.#halvings >= MAX_HALVINGS) throw error;
      this.#halvings += 1;
      progress.line(`The service fails at ${iso(window.from)}: asking for fewer incidents`);
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
   * More incidents have the same time than fit on a page. Reads all pages, again and again until nothing is new, because
   * an incident that changes in the meantime moves, and the rows behind it move up.
   */
  async #followPages(window: Window, first: Page): Promise<void> {
    let page = first;
    let news = 0;
    for (let pages = 1; ; pages += 1) {
      if (pages > MAX_PAGES) throw new Error('The service keeps linking to further pages.');
      const fresh = freshIn(this.#cursor, page.rows);
      news += fresh.length;
      this.#cursor = within(this.#cursor, fresh);
      await this.#commit(fresh);
      if (page.next === undefined && news === 0) return;
      const next = await this.#linked(page.next, window);
      // The list starts again from its beginning.
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

/** The progress of an export, for people. */
export function stateText({ incidents, pages, cursor }: ExportState, now: number): string {
  const { since, from } = cursor;
  const part = Math.floor((100 * (from - since)) / Math.max(now - since, 1));
  const done = `${count(incidents, 'incident')} in ${count(pages, 'page')}`;
  return `${done}, up to ${iso(from).slice(0, 16)} (${part} %)`;
}

/** The list itself can be read, so these statuses mean that the link is no longer valid. */
function isExpiredLink(error: unknown): boolean {
  return [400, 404, 410].includes(failureOf(error)?.status ?? 0);
}

/** Even the last attempt got a 5xx or timed out. */
function isServersFault(error: unknown): boolean {
  const failure = failureOf(error);
  return failure !== undefined && ((failure.status ?? 0) >= 500 || failure.code === 'Timeout');
}

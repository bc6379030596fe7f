/** How often it is looked, and by how much a timer may be late on a machine that has time. */
const TICK_MS = 20;
const LATE_MS = 30;

/**
 * Measures for which share of its time this thread was kept from running: timers were late although it had
 * nothing to compute itself.
 */
export class Starvation {
  #startedAt = performance.now();
  #dueAt = this.#startedAt + TICK_MS;
  #lateMs = 0;
  #usage = process.threadCpuUsage();
  readonly #timer = setInterval(() => this.#look(), TICK_MS).unref();

  /** From 0 to 1. */
  get share(): number {
    this.#look();
    return this.#lateMs / Math.max(performance.now() - this.#startedAt, TICK_MS);
  }

  /** Forgets what was before. */
  restart(): void {
    this.#startedAt = performance.now();
    this.#dueAt = this.#startedAt + TICK_MS;
    this.#lateMs = 0;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const { user, system } = process.threadCpuUsage(this.#usage);
    this.#usage = process.threadCpuUsage();
    const lateMs = now - this.#dueAt - (user + system) / 1_000;
    if (lateMs > LATE_MS) this.#lateMs += lateMs;
    this.#dueAt = now + TICK_MS;
  }
}

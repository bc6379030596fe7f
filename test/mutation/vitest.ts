/**
 * What the tests use of vitest, in one process: its own `expect` and `vi`, and a `describe` and `it` that only collect.
 * A worker of vitest costs a second for each mutant; this costs what the tests take.
 */
export { expect, vi } from '../../node_modules/vitest/dist/index.js';

type Body = (...values: readonly unknown[]) => unknown;
type Each = (rows: readonly unknown[], ...values: readonly unknown[]) => Register;
type Register = (name: string, ...rest: readonly unknown[]) => void;

/** Hooks of one `describe`. */
interface Suite {
  readonly name: string;
  readonly parent?: Suite;
  readonly before: Body[];
  readonly after: Body[];
}

/** One test, ready to run. */
export interface Test {
  readonly id: string;
  readonly run: () => Promise<void>;
}

export const tests: Test[] = [];
let suite: Suite = { name: '', before: [], after: [] };
const ids = new Map<string, number>();

/** Begins a file of tests. */
export function beginFile(name: string): void {
  suite = { name, before: [], after: [] };
}

function suites(from: Suite): readonly Suite[] {
  return from.parent === undefined ? [from] : [...suites(from.parent), from];
}

function add(name: string, body: () => unknown): void {
  const chain = suites(suite);
  const path = [...chain.map((one) => one.name), name].join(' > ');
  const count = (ids.get(path) ?? 0) + 1;
  ids.set(path, count);
  const run = async (): Promise<void> => {
    for (const { before } of chain) for (const hook of before) await hook();
    try {
      await body();
    } finally {
      for (const { after } of chain.toReversed()) for (const hook of after) await hook();
    }
  };
  tests.push({ id: count === 1 ? path : `${path} (${count})`, run });
}

function group(name: string, body: () => unknown): void {
  const parent = suite;
  suite = { name, parent, before: [], after: [] };
  body();
  suite = parent;
}

/** Of `(name, body)` and `(name, options, body)`. */
const bodyOf = (rest: readonly unknown[]): Body =>
  rest.find((one) => typeof one === 'function') as Body;

function registerWith(
  register: (name: string, body: () => unknown) => void,
): Register & { each: Each } {
  const one: Register = (name, ...rest) => register(name, () => bodyOf(rest)());
  const each: Each =
    (rows) =>
    (name, ...rest) => {
      for (const row of rows) {
        register(name, () => bodyOf(rest)(...[row].flat()));
      }
    };
  return Object.assign(one, { each });
}

export const it: Register & { each: Each } = registerWith(add);
export const describe: Register & { each: Each } = registerWith(group);
export const beforeEach = (hook: Body): unknown => suite.before.push(hook);
export const afterEach = (hook: Body): unknown => suite.after.push(hook);

import { afterEach, beforeEach, expect, vi } from 'vitest';

// A library that prints is a library that leaks: whatever reaches the console fails the test.
const METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
let printed: string[] = [];

beforeEach(() => {
  printed = [];
  for (const method of METHODS) {
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      printed.push(`console.${method}: ${values.map(String).join(' ')}`);
    });
  }
});

afterEach(() => {
  for (const method of METHODS) {
    // Another test of a concurrent file may have restored it.
    const printer = console[method];
    if (vi.isMockFunction(printer)) printer.mockRestore();
  }
  expect(printed, 'a test printed to the console').toEqual([]);
});

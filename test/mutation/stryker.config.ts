import type { PartialStrykerOptions } from '@stryker-mutator/api/core';

const options: PartialStrykerOptions = {
  mutate: ['packages/core/src/{failure,policy,quota,pipeline}/**/*.ts'],
  testRunner: 'in-process',
  plugins: ['./test/mutation/runner.ts'],
  testRunnerNodeArgs: ['--conditions=@defender-resilience/source'],
  coverageAnalysis: 'perTest',
  // What runs once, as a module loads, is tables and constants: a process of its own for each would take a day.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: '.stryker/incremental.json',
  tempDirName: '.stryker/sandbox',
  // Nothing is compiled: Node strips the types.
  tsconfigFile: 'none',
  ignorePatterns: [
    '*',
    '!package.json',
    '!packages/core/package.json',
    '!packages/core/src/**',
    '!packages/core/test/**',
  ],
  concurrency: 1,
  timeoutMS: 20_000,
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { reportTests: false, reportScoreTable: true },
  htmlReporter: { fileName: '.stryker/report.html' },
  jsonReporter: { fileName: '.stryker/report.json' },
};

export default options;

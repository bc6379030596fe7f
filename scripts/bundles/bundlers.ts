import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { type BuildOptions, build } from 'esbuild';
import { type OutputOptions, rollup } from 'rollup';
import webpack from 'webpack';

/** Where a bundle runs. */
type Place = 'node' | 'page' | 'worker';
/** `module` is an ES module, `script` leaves `program` as a global. */
type Shape = 'module' | 'commonjs' | 'script';

export interface Target {
  readonly bundler: 'esbuild' | 'rollup' | 'webpack';
  readonly place: Place;
  readonly shape: Shape;
}

export interface Bundle {
  readonly code: string;
  readonly warnings: readonly string[];
}

const PROGRAM = join(import.meta.dirname, 'program.js');
const GLOBAL = 'program';

export const targets: readonly Target[] = [
  { bundler: 'esbuild', place: 'node', shape: 'module' },
  { bundler: 'esbuild', place: 'node', shape: 'commonjs' },
  { bundler: 'esbuild', place: 'page', shape: 'script' },
  { bundler: 'esbuild', place: 'worker', shape: 'module' },
  { bundler: 'rollup', place: 'node', shape: 'module' },
  { bundler: 'rollup', place: 'node', shape: 'commonjs' },
  { bundler: 'rollup', place: 'page', shape: 'script' },
  { bundler: 'rollup', place: 'worker', shape: 'module' },
  { bundler: 'webpack', place: 'node', shape: 'commonjs' },
  { bundler: 'webpack', place: 'page', shape: 'script' },
  { bundler: 'webpack', place: 'worker', shape: 'script' },
];

/** Bundles program.js into one file, as a user of the bundler does who changes no defaults without need. */
export function bundle(target: Target, folder: string): Promise<Bundle> {
  return { esbuild: byEsbuild, rollup: byRollup, webpack: byWebpack }[target.bundler](
    target,
    folder,
  );
}

async function byEsbuild({ place, shape }: Target): Promise<Bundle> {
  const platforms = { node: 'node', page: 'browser', worker: 'neutral' } as const;
  const formats = { module: 'esm', commonjs: 'cjs', script: 'iife' } as const;
  const options: BuildOptions = {
    entryPoints: [PROGRAM],
    bundle: true,
    write: false,
    logLevel: 'silent',
    platform: platforms[place],
    format: formats[shape],
    globalName: GLOBAL,
    // For `neutral`, esbuild reads a package's `main` only if this names it.
    ...(place === 'worker' ? { mainFields: ['module', 'main'] } : {}),
  };
  const { outputFiles = [], warnings } = await build(options);
  return {
    code: outputFiles[0]?.text ?? '',
    warnings: warnings.map(({ text, location }) => `${text} (${location?.lineText.trim()})`),
  };
}

async function byRollup({ place, shape }: Target): Promise<Bundle> {
  const warnings: string[] = [];
  const input = await rollup({
    input: PROGRAM,
    plugins: [nodeResolve(place === 'node' ? {} : { browser: true, preferBuiltins: false })],
    onwarn: ({ message }) => warnings.push(message),
  });
  const formats = { module: 'es', commonjs: 'cjs', script: 'iife' } as const;
  const options: OutputOptions = {
    format: formats[shape],
    name: GLOBAL,
    inlineDynamicImports: true,
  };
  const { output } = await input.generate(options);
  await input.close();
  return { code: output[0].code, warnings };
}

async function byWebpack({ place, shape }: Target, folder: string): Promise<Bundle> {
  const webpackTargets = { node: 'node', page: 'web', worker: 'webworker' } as const;
  const type = shape === 'commonjs' ? 'commonjs2' : 'var';
  const compiler = webpack({
    mode: 'production',
    entry: PROGRAM,
    target: webpackTargets[place],
    performance: false,
    output: {
      path: folder,
      filename: 'webpack.js',
      library: type === 'var' ? { type, name: GLOBAL } : { type },
    },
    optimization: { minimize: false },
  });
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    compiler.run((error, result) => (error === null ? resolve(result) : reject(error)));
  });
  const { errors = [], warnings = [] } =
    stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
  const messages = [...errors, ...warnings].map(({ message }) => message.split('\n')[0] ?? message);
  const code = errors.length > 0 ? '' : await readFile(join(folder, 'webpack.js'), 'utf8');
  return { code, warnings: messages };
}

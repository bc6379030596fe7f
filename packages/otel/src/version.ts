import manifest from '../package.json' with { type: 'json' };

/** The instrumentation scope: this package's name. */
export const NAME: string = manifest.name;

export const VERSION: string = manifest.version;

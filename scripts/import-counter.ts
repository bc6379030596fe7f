// Imports one file and prints how many modules that loads from disk, and their bytes: `node import-counter.ts <path>`.
import { statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const [path = ''] = process.argv.slice(2);
let modules = 0;
let bytes = 0;
registerHooks({
  load: (url, context, nextLoad) => {
    if (url.startsWith('file:')) {
      modules += 1;
      bytes += statSync(new URL(url)).size;
    }
    return nextLoad(url, context);
  },
});
await import(pathToFileURL(path).href);
process.stdout.write(JSON.stringify({ modules, bytes }), () => process.exit());

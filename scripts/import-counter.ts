// Imports one file and prints how many modules that loads from disk, and their bytes: `node import-counter.ts <path>`.
// A program gets the arguments behind the path; the last line of the output is the counter's.
import { statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const [node = '', , path = '', ...rest] = process.argv;
process.argv = [node, path, ...rest];
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
process.stdout.write(`\n${JSON.stringify({ modules, bytes })}`, () => process.exit());

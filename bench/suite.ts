// Runs one suite in this process, and prints its chapter as JSON: `node suite.ts success [--quick]`.
import { suites } from './suites/index.ts';

const [name = ''] = process.argv.slice(2);
const load = suites[name]?.load;
if (load === undefined) throw new Error(`There is no suite ${name}`);
const suite = await load();
const chapter = await suite({ quick: process.argv.includes('--quick') });
process.stdout.write(JSON.stringify(chapter), () => process.exit());

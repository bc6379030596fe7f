import process from 'node:process';
import { check } from './program.js';

console.log(JSON.stringify(await check(process.argv[2])));

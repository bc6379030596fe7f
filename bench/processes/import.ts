// Imports one module, cold, and prints how many milliseconds that took. By the wall clock: CPU time is
// counted in steps of up to 4 ms.
const [name = ''] = process.argv.slice(2);
const startedAt = performance.now();
await import(name === '' ? './nothing.ts' : name);
const took = performance.now() - startedAt;
process.stdout.write(String(took), () => process.exit());

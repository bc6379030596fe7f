// Imports one module, cold, and prints how many milliseconds of CPU time that took.
const [name = ''] = process.argv.slice(2);
const before = process.threadCpuUsage();
await import(name === '' ? './nothing.ts' : name);
const { user, system } = process.threadCpuUsage(before);
process.stdout.write(String((user + system) / 1_000), () => process.exit());

// Prints the table of docs/guide/quotas.md:
// node --conditions=@defender-resilience/source packages/core/test/quota/table.ts
import { run } from './bulk.ts';
import { OURS, PEERS } from './clients.ts';

const job = { calls: 400, concurrency: 20, minuteMs: 5_000 };
const results = await Promise.all([...PEERS, OURS].map((competitor) => run(competitor, job)));
const rows = results.map(({ name, done, lost, refused, minutes, used }) => {
  const share = used === undefined ? '' : `${(100 * used).toFixed(1)} %`;
  return `| ${name} | ${done} | ${lost} | ${refused} | ${minutes.toFixed(1)} | ${share} |`;
});
process.stdout.write(`| client | done | lost | 429s | minutes | used |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`);

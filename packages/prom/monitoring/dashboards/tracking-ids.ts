import type { TextPanel } from './panel.ts';

/** How to get from a code on the board to the ID that Microsoft asks for. */
export const trackingIds: TextPanel = {
  kind: 'text',
  title: 'From a code to its tracking IDs',
  description: 'Where the tracking IDs are that Microsoft’s support asks for.',
  width: 12,
  height: 9,
  content: `Microsoft’s support finds a failed call by its **tracking ID**. To get the IDs of a code:

1. **In a graph above**: point at a diamond. Each is one call, with its \`tracking_id\` and, where it was traced, its \`trace_id\`. They are samples: one for each series and scrape.
2. **From the client**, all of the last errors:
   \`curl 'http://INSTANCE/debug/defender/errors?code=Forbidden'\`
   (where the program switched it on; instance: \`$instance\`)
3. **From Prometheus**:
   \`/api/v1/query_exemplars?query=defender_client_errors_total{code="Forbidden"}&start=…&end=…\`
4. **In logs and traces**: \`trackingId\`, \`defender.tracking_id\`.

No diamonds? The registry must be OpenMetrics, and Prometheus run with \`--enable-feature=exemplar-storage\`.`,
};

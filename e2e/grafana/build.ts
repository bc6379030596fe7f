// Builds the page. A process of its own: beside a running client it would keep that one from answering.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

await build({
  root: fileURLToPath(new URL('.', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  // The icons of Grafana's components.
  publicDir: 'node_modules/@grafana/ui/dist/public',
  esbuild: { jsx: 'automatic' },
  build: { chunkSizeWarningLimit: 20_000, reportCompressedSize: false },
});

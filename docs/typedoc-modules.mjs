// Names the modules as users import them: `@defender-resilience/core/memory`, not `core/src/quota/memory-store`.
import { readFileSync } from 'node:fs';
import { Converter } from 'typedoc';

const SOURCE = '@defender-resilience/source';

/** By the source that the manifest gives for each entry: `core/src/quota/memory-store`. */
function importNames() {
  const names = new Map();
  for (const folder of ['core', 'otel', 'prom', 'simulator']) {
    const text = readFileSync(
      new URL(`../packages/${folder}/package.json`, import.meta.url),
      'utf8',
    );
    const manifest = JSON.parse(text);
    for (const [entry, { [SOURCE]: source }] of Object.entries(manifest.exports)) {
      if (source === undefined) continue;
      const module = `${folder}/${source.slice('./'.length)}`.replace(/(?:\/index)?\.ts$/, '');
      names.set(module, `${manifest.name}${entry.slice(1)}`);
    }
  }
  return names;
}

export function load(app) {
  const names = importNames();
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const path = module.name.replace(/\/index$/, '');
      module.name = names.get(path) ?? module.name;
    }
  });
}

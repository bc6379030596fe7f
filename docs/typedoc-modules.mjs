// Names the modules as users import them: `@defender-resilience/core/axios`, not `core/src/clients/axios`.
import { Converter } from 'typedoc';

const importName = (path) =>
  `@defender-resilience/${path
    .replace('/src/clients/', '/')
    .replace('/src', '')
    .replace(/\/index$/, '')}`;

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) module.name = importName(module.name);
  });
}

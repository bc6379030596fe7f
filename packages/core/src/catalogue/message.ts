import type { CatalogueEntry, MessageValues } from './entry.ts';
import { compileTemplate, lowerCase, matchTemplate, type Template } from './template.ts';

/**
 * Gives the variable parts of a message, by the names that the code's templates give them.
 *
 * Letter case, contractions (`isn't` for `is not`) and a missing full stop at the end make no
 * difference. Where several templates fit, the one with the most fixed text decides. A part that its
 * kind cannot read, such as a wait of unknown unit, is left out. Never throws; takes time
 * proportional to the message's length.
 *
 * @returns undefined where no template fits, or the one that fits has nothing readable to give.
 */
export function parseMessage(entry: CatalogueEntry, message: string): MessageValues | undefined {
  const templates = compiledTemplates(entry);
  if (templates.length === 0) return undefined;
  const text = message.trim();
  const lower = lowerCase(text);
  for (const template of templates) {
    const values = matchTemplate(template, text, lower);
    if (values !== undefined) return Object.keys(values).length > 0 ? values : undefined;
  }
  return undefined;
}

function templatesOf(entry: CatalogueEntry): readonly string[] {
  return [entry.template, ...(entry.otherTemplates ?? [])];
}

const compiled = new WeakMap<CatalogueEntry, readonly Template[]>();

function compiledTemplates(entry: CatalogueEntry): readonly Template[] {
  let templates = compiled.get(entry);
  if (templates === undefined) {
    templates = templatesOf(entry)
      .map((template) => compileTemplate(template, entry.variables ?? {}))
      .filter(({ steps }) => steps.length > 0)
      .toSorted((a, b) => b.fixedLength - a.fixedLength);
    compiled.set(entry, templates);
  }
  return templates;
}

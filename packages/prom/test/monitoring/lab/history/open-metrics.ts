import type { Labels, Sample } from './sample.ts';

const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const NUMBER = String.raw`[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|Inf|NaN)`;
const LINE = new RegExp(
  String.raw`^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (${NUMBER})(?: # \{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\} (${NUMBER})(?: \S+)?)?$`,
  'i',
);

const numberOf = (text: string): number => Number(text.replace(/inf/i, 'Infinity'));

function labelsOf(text = ''): Labels {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)),
    ]),
  );
}

/**
 * The samples of a registry's OpenMetrics text.
 *
 * @throws Error if a line cannot be read.
 */
export function parseOpenMetrics(text: string): readonly Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name, labels, value, exemplar, exemplarValue] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`No sample: ${line}`);
    const sample = { labels: { __name__: name, ...labelsOf(labels) }, value: numberOf(value) };
    if (exemplar === undefined || exemplarValue === undefined) return sample;
    return {
      ...sample,
      exemplar: { labels: labelsOf(exemplar), value: numberOf(exemplarValue) },
    };
  });
}

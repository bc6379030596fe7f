import { type DataFrame, getFieldDisplayName } from '@grafana/data';
import type { ReactNode } from 'react';
import { theme } from './frames.ts';

const LEGEND = 20;
const NAME = 320;

interface Span {
  readonly colour: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Runs of equal states, as shares of the time shown. */
function spansOf(frame: DataFrame): Span[] {
  const field = frame.fields[1];
  const spans: Span[] = [];
  field?.values.forEach((value, index) => {
    const { text, color } = field.display?.(value) ?? { text: '', color: undefined };
    const last = spans.at(-1);
    const to = (index + 1) / frame.length;
    if (last?.text === text) spans[spans.length - 1] = { ...last, to };
    else
      spans.push({
        text,
        colour: value === null ? 'transparent' : (color ?? 'gray'),
        from: index / frame.length,
        to,
      });
  });
  return spans;
}

/** A stand-in for Grafana's state timeline, which is not published: it draws the mapped states. */
export function Timeline({ frames, height }: { frames: DataFrame[]; height: number }): ReactNode {
  const legend = new Map(frames.flatMap(spansOf).map(({ text, colour }) => [text, colour]));
  legend.delete('');
  const row = (height - LEGEND) / Math.max(frames.length, 1);
  return (
    <div style={{ height, color: theme.colors.text.secondary, fontSize: 12 }}>
      {frames.map((frame) => {
        const [, field] = frame.fields;
        const name = field === undefined ? '' : getFieldDisplayName(field, frame, frames);
        return (
          <div key={name} style={{ height: row, display: 'flex', alignItems: 'center' }}>
            <div style={{ width: NAME }}>{name}</div>
            <div style={{ position: 'relative', flex: 1, height: Math.min(row * 0.8, 60) }}>
              {spansOf(frame).map(({ colour, from, to }) => (
                <div
                  key={from}
                  data-testid="state"
                  style={{
                    position: 'absolute',
                    left: `${from * 100}%`,
                    width: `${(to - from) * 100}%`,
                    height: '100%',
                    background: colour,
                    opacity: 0.8,
                  }}
                />
              ))}
            </div>
          </div>
        );
      })}
      <div style={{ display: 'flex', gap: 16 }}>
        {[...legend].map(([text, colour]) => (
          <span key={text}>
            <span
              style={{
                display: 'inline-block',
                width: 14,
                height: 4,
                background: colour,
                marginRight: 6,
                verticalAlign: 'middle',
              }}
            />
            {text}
          </span>
        ))}
      </div>
    </div>
  );
}

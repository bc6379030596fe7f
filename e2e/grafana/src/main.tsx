import { ThemeContext } from '@grafana/data';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { type ReactNode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router-dom';
import { theme } from './frames.ts';
import type { Events } from './marks.ts';
import type { Panel, Setup } from './model.ts';
import { PanelView } from './panel.tsx';
import { Prometheus } from './prometheus.ts';

const GAP = 8;
const ROW = 30;
const COLUMNS = 24;

/** Grafana's grid. */
function place(
  { gridPos: { x, y, w, h } }: Panel,
  width: number,
): { left: number; top: number; width: number; height: number } {
  const column = (width - GAP) / COLUMNS;
  return {
    left: GAP + x * column,
    top: y * (ROW + GAP),
    width: w * column - GAP,
    height: h * (ROW + GAP) - GAP,
  };
}

async function eventsOf(setup: Setup): Promise<Events[]> {
  const prometheus = new Prometheus(setup);
  const { list } = setup.dashboard.annotations;
  return Promise.all(
    list.map(async ({ expr, iconColor, useValueForTime, filter }) => {
      const series = expr === undefined ? [] : await prometheus.range(expr, setup.step);
      // An event is where a series begins; what goes on is the same event.
      const seconds = series.flatMap(({ samples }) =>
        samples
          .slice(0, 1)
          .map(([second, value]) => (useValueForTime ? Number(value) / 1_000 : second)),
      );
      const colour = theme.visualization.getColorByName(iconColor);
      return { colour, seconds, exceptIn: filter?.ids ?? [] };
    }),
  );
}

function Toolbar({ setup }: { setup: Setup }): ReactNode {
  const { dashboard } = setup;
  const { text, background, border } = theme.colors;
  return (
    <div style={{ padding: `12px ${GAP}px`, color: text.primary, fontSize: 14 }}>
      <div style={{ fontSize: 18, marginBottom: 10 }}>{dashboard.title}</div>
      {dashboard.templating.list.map(({ name, label }) => (
        <span key={name} style={{ marginRight: 12 }}>
          <span style={{ padding: '4px 8px', background: background.secondary }}>{label}</span>
          <span
            style={{
              padding: '4px 8px',
              border: `1px solid ${border.weak}`,
              color: text.secondary,
            }}
          >
            {name === 'datasource' ? 'Prometheus' : (setup.chosen[name] ?? 'All')}
          </span>
        </span>
      ))}
    </div>
  );
}

function Board({ setup }: { setup: Setup }): ReactNode {
  const [events, setEvents] = useState<Events[]>();
  useEffect(() => {
    eventsOf(setup).then(setEvents, reportError);
  }, [setup]);
  const width = document.documentElement.clientWidth;
  const { panels } = setup.dashboard;
  const bottom = Math.max(...panels.map(({ gridPos: { y, h } }) => (y + h) * (ROW + GAP)));
  return (
    <div style={{ position: 'relative', height: bottom }}>
      {events &&
        panels.map((panel) => {
          const box = place(panel, width);
          return (
            <div key={panel.id} style={{ position: 'absolute', ...box }}>
              {panel.type === 'row' ? (
                <div style={{ color: theme.colors.text.primary, padding: '6px 0', fontSize: 15 }}>
                  {panel.title}
                </div>
              ) : (
                <PanelView
                  panel={panel}
                  setup={setup}
                  events={events.filter(({ exceptIn }) => !exceptIn.includes(panel.id))}
                  width={box.width}
                  height={box.height}
                />
              )}
            </div>
          );
        })}
    </div>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root');
createRoot(root).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <MemoryRouter>
      <div data-testid="board">
        <Toolbar setup={window.setup} />
        <Board setup={window.setup} />
        <PortalContainer />
      </div>
    </MemoryRouter>
  </ThemeContext.Provider>,
);

import type { ReactNode } from 'react';
import { words } from '../../words/index.ts';
import type { Graph } from './graph.ts';
import type { Drawn } from './graph-view.tsx';
import type { MapState } from './map-state.ts';
import { amountText } from './say.ts';

const says = words.map;

/** The lines of a legend: only what is on the screen. Pictures have the same. */
export function legendLines(
  { scale, left, drawing }: Drawn,
  graph: Graph,
  { look, width }: Pick<MapState, 'look' | 'width'>,
  folded: number,
): { width: string; notes: string[]; samples: { px: number; text: string }[] } {
  const metric = says.metric[width];
  const closed = graph.nodes.reduce((sum, node) => sum + node.closed, 0);
  const unknown = drawing.edges.some((one) => one.width === null);
  const samples =
    look === 'graph' && scale.least !== null && scale.most !== null
      ? [...new Set([scale.least, scale.most])].map((amount) => ({
          px: scale.width(amount) ?? 1,
          text: amountText(width, amount),
        }))
      : [];
  return {
    width: look === 'sankey' ? says.legendWidth.linear(metric) : says.legendWidth[scale.kind](metric),
    samples,
    notes: [
      ...(unknown ? [says.legendUnknown(metric)] : []),
      ...(left > 0 ? [says.legendLeft(left, metric)] : []),
      ...(folded > 0 ? [says.legendFolded(folded)] : []),
      ...(closed > 0 ? [says.legendClosed(closed)] : []),
    ],
  };
}

/** What widths and colours stand for. */
export function Legend({
  drawn,
  graph,
  state,
  folded,
}: {
  drawn: Drawn;
  graph: Graph;
  state: MapState;
  folded: number;
}): ReactNode {
  const lines = legendLines(drawn, graph, state, folded);
  return (
    <div className="map-legend" role="note" aria-label={says.legend}>
      <p>
        <span className="map-legend-title">{lines.width}</span>
        {lines.samples.map(({ px, text }) => (
          <span key={text} className="map-legend-item">
            <span className="map-legend-line" style={{ height: px }} />
            {text}
          </span>
        ))}
      </p>
      <p>
        <span className="map-legend-title">{says.legendColour(says.colouring[state.colour])}</span>
        {drawn.paint.legend.map(({ key, title, colour }) => (
          <span key={key} className="map-legend-item">
            <span className="map-legend-swatch" style={{ background: `var(${colour})` }} />
            {title}
          </span>
        ))}
      </p>
      {lines.notes.length > 0 && <p className="map-legend-notes">{lines.notes.join(' · ')}</p>}
    </div>
  );
}

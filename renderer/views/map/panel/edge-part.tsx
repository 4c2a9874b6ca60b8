import { ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { DependencyMap } from '../../../../shared/contract/map.ts';
import { words } from '../../../words/index.ts';
import { nameOf } from '../describe.ts';
import type { GraphEdge, GraphNode } from '../graph.ts';
import { callsOfEdge } from '../links.ts';
import { select } from '../map-place.ts';
import { Deeds, FigureList } from './pieces.tsx';

const says = words.map;

/** What goes from one node to another. */
export function EdgePart({
  edge,
  from,
  to,
  map,
  close,
}: {
  edge: GraphEdge;
  from: GraphNode;
  to: GraphNode;
  map: DependencyMap;
  close: ReactNode;
}): ReactNode {
  const what = callsOfEdge(from, to);
  return (
    <>
      <header className="map-panel-head">
        <div className="map-panel-title">
          <h2 className="map-ends">
            <button type="button" className="map-link" onClick={() => select(from.id)}>
              {nameOf(from)}
            </button>
            <ArrowRight size={14} aria-hidden />
            <button type="button" className="map-link" onClick={() => select(to.id)}>
              {nameOf(to)}
            </button>
          </h2>
        </div>
        {close}
      </header>
      <div className="map-panel-body">
        {edge.presence === 'gone' && <p className="map-notice">{says.goneSays}</p>}
        {edge.presence === 'absent' && <p className="map-notice">{says.absentSays}</p>}
        <FigureList figures={edge.figures} what={what} map={map} />
        <Deeds what={what} calls={edge.figures.calls} map={map} />
      </div>
    </>
  );
}

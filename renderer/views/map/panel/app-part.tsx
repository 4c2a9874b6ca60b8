import type { ReactNode } from 'react';
import type { DependencyMap } from '../../../../shared/contract/map.ts';
import { linkTo } from '../../../data/location.ts';
import { words } from '../../../words/index.ts';
import type { Graph, GraphNode } from '../graph.ts';
import { callsOfNode } from '../links.ts';
import type { MapState } from '../map-state.ts';
import { Deeds, FigureList, Head, Neighbours } from './pieces.tsx';

const says = words.map;

/** An app: its figures and whom it depends on. */
export function AppPart({
  node,
  map,
  graph,
  state,
  close,
}: {
  node: GraphNode;
  map: DependencyMap;
  graph: Graph;
  state: MapState;
  close: ReactNode;
}): ReactNode {
  const name = node.id.slice('app:'.length);
  const what = callsOfNode(node);
  return (
    <>
      <Head
        node={node}
        below={[says.kind.app, node.node?.team, node.node?.criticality].filter(Boolean).join(' · ')}
        close={close}
      />
      <div className="map-panel-body">
        <FigureList figures={node.figures} what={what} map={map} />
        <Deeds what={what} calls={node.figures.calls} map={map} {...(state.app === null && { only: { app: name } })} />
        <Neighbours title={says.callees} of={node.id} side="callees" graph={graph} most={40} />
        {name !== '' && (
          <p className="map-more">
            <a href={linkTo('apps', { app: name })}>{says.toApp}</a>
          </p>
        )}
      </div>
    </>
  );
}

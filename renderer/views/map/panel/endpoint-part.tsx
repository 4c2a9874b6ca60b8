import type { ReactNode } from 'react';
import type { DependencyMap } from '../../../../shared/contract/map.ts';
import { words } from '../../../words/index.ts';
import type { Graph, GraphNode } from '../graph.ts';
import { callsOfNode } from '../links.ts';
import { Ago, Deeds, FigureList, Head, Neighbours } from './pieces.tsx';

const says = words.map;

/** An endpoint: its figures and whose it is. */
export function EndpointPart({
  node,
  map,
  graph,
  close,
}: {
  node: GraphNode;
  map: DependencyMap;
  graph: Graph;
  close: ReactNode;
}): ReactNode {
  const what = callsOfNode(node);
  const lastSeen = node.node?.lastSeen ?? null;
  return (
    <>
      <Head
        node={node}
        below={
          <>
            {node.node?.host ?? says.kind.endpoint}
            {lastSeen !== null && (
              <>
                {' '}
                · {says.lastSeen.toLowerCase()} <Ago at={lastSeen} />
              </>
            )}
          </>
        }
        close={close}
      />
      <div className="map-panel-body">
        <FigureList figures={node.figures} what={what} map={map} />
        <Deeds what={what} calls={node.figures.calls} map={map} />
        <Neighbours title={says.kind.vendor} of={node.id} side="callers" graph={graph} />
      </div>
    </>
  );
}

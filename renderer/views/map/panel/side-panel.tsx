import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { DependencyMap } from '../../../../shared/contract/map.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { words } from '../../../words/index.ts';
import { nameOf } from '../describe.ts';
import type { Graph } from '../graph.ts';
import type { MapState } from '../map-state.ts';
import { AppPart } from './app-part.tsx';
import { EdgePart } from './edge-part.tsx';
import { EndpointPart } from './endpoint-part.tsx';
import { GroupPart } from './group-part.tsx';
import { VendorPart } from './vendor-part.tsx';
import './panel.css';

const says = words.map;

/** What is selected, beside the picture. */
export function SidePanel({
  map,
  graph,
  state,
  onClose,
}: {
  map: DependencyMap;
  graph: Graph;
  state: MapState;
  onClose: () => void;
}): ReactNode {
  const node = graph.nodes.find(({ id }) => id === state.selected) ?? hidden(map, state.selected);
  const edge = graph.edges.find(({ id }) => id === state.selected);
  const from = edge && graph.nodes.find(({ id }) => id === edge.from);
  const to = edge && graph.nodes.find(({ id }) => id === edge.to);
  const name = node ? nameOf(node) : from && to ? says.edgeTitle(nameOf(from), nameOf(to)) : '';
  const close = <IconButton icon={X} label={says.close} keys="escape" onClick={onClose} />;
  return (
    <section className="map-panel" aria-label={says.panel(name)}>
      {node && node.members > 1 ? (
        <GroupPart node={node} map={map} close={close} />
      ) : node?.kind === 'vendor' ? (
        <VendorPart node={node} map={map} graph={graph} state={state} close={close} />
      ) : node?.kind === 'app' ? (
        <AppPart node={node} map={map} graph={graph} state={state} close={close} />
      ) : node ? (
        <EndpointPart node={node} map={map} graph={graph} close={close} />
      ) : edge && from && to ? (
        <EdgePart edge={edge} from={from} to={to} map={map} close={close} />
      ) : (
        <>
          <header className="map-panel-head map-panel-alone">{close}</header>
          <Empty title={says.selectionGone} says={says.selectionGoneSays} />
        </>
      )}
    </section>
  );
}

/** A node that is in the map and not drawn: an endpoint of a closed vendor. */
function hidden(map: DependencyMap, id: string | null): Graph['nodes'][number] | undefined {
  const node = map.nodes.find((one) => one.id === id);
  return (
    node && {
      id: node.id,
      kind: node.kind,
      node,
      name: node.name,
      figures: node,
      group: null,
      members: 1,
      closed: 0,
      presence: 'here',
    }
  );
}

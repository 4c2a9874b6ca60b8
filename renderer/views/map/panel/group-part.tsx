import type { ReactNode } from 'react';
import type { DependencyMap } from '../../../../shared/contract/map.ts';
import { formatCount } from '../../../../shared/format/quantities.ts';
import { words } from '../../../words/index.ts';
import { groupOf } from '../graph.ts';
import type { GraphNode } from '../graph.ts';
import { FigureList, Head } from './pieces.tsx';

const says = words.map;

/** Nodes drawn as one: their sums, and which they are. */
export function GroupPart({ node, map, close }: { node: GraphNode; map: DependencyMap; close: ReactNode }): ReactNode {
  const grouping = node.kind === 'app' ? 'team' : 'category';
  const members = map.nodes.filter((one) => groupOf(one, grouping) === node.id).toSorted((a, b) => b.calls - a.calls);
  return (
    <>
      <Head
        node={node}
        below={node.kind === 'app' ? says.appsIn(node.members) : says.vendorsIn(node.members)}
        close={close}
      />
      <div className="map-panel-body">
        <FigureList figures={node.figures} what={null} map={map} />
        <section aria-label={says.members}>
          <h3>{says.members}</h3>
          <ul className="map-list">
            {members.map((one) => (
              <li key={one.id}>
                <span className="map-list-name">{one.name || says.unnamedApp}</span>
                <span className="map-list-figure">{formatCount(one.calls)}</span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

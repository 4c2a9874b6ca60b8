import { memo } from 'react';
import type { ReactNode } from 'react';
import type { Paint } from './paint.ts';
import type { PlacedEdge } from './place.ts';

/** All edges, the widest at the bottom. */
export const Edges = memo(function Edges({
  edges,
  paint,
  lit,
  selected,
  width,
  height,
}: {
  edges: readonly PlacedEdge[];
  paint: Paint;
  lit: ReadonlySet<string> | null;
  selected: string | null;
  width: number;
  height: number;
}): ReactNode {
  return (
    <svg className="map-edges" width={width} height={height} aria-hidden>
      {edges.map(({ edge, path, width: thick, filled }) => (
        <path
          key={edge.id}
          className={filled ? 'map-edge map-edge-filled' : 'map-edge'}
          data-presence={edge.presence}
          data-unknown={thick === null || undefined}
          data-lit={lit?.has(edge.id) || undefined}
          data-selected={edge.id === selected || undefined}
          d={path}
          style={
            filled
              ? { fill: `var(${paint.edge(edge).colour})` }
              : { stroke: `var(${paint.edge(edge).colour})`, strokeWidth: thick ?? 1 }
          }
        />
      ))}
    </svg>
  );
});

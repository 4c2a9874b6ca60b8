import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode, Ref, RefObject } from 'react';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { changePlace } from '../../data/location.ts';
import { words } from '../../words/index.ts';
import { Canvas } from './canvas.tsx';
import type { CanvasHandle } from './canvas.tsx';
import { firstLook } from './camera.ts';
import type { Size } from './camera.ts';
import { amountOf } from './figures.ts';
import { litBy } from './graph.ts';
import type { Graph, GraphNode } from './graph.ts';
import type { MapState } from './map-state.ts';
import { orderGraph } from './order.ts';
import type { Order } from './order.ts';
import { paintOf } from './paint.ts';
import type { Paint } from './paint.ts';
import { placeEdges, placeNodes } from './place.ts';
import type { Drawing } from './place.ts';
import { placeSankey } from './sankey.ts';
import { widthScale } from './scales.ts';
import type { WidthScale } from './scales.ts';

const says = words.map;

/** A graph as it is drawn, with what its legend says; pictures are made of the same. */
export interface Drawn {
  drawing: Drawing;
  paint: Paint;
  scale: WidthScale;
  /** Nodes that a Sankey leaves out. */
  left: number;
}

/** Lays a graph out. Each look at the same map begins with the order of the one before: nothing changes its place. */
export function useDrawn(
  graph: Graph,
  state: Pick<MapState, 'look' | 'width' | 'colour' | 'group'>,
  screen: Size,
): Drawn {
  const { look, width, colour, group } = state;
  // What was drawn last by grouping; kept beside React because it is only ever a starting point.
  const [memory] = useState(() => new Map<string, Order>());
  const order = useMemo(() => {
    const next = orderGraph(graph, memory.get(group) ?? null);
    memory.set(group, next);
    return next;
  }, [graph, group, memory]);
  const paint = useMemo(() => paintOf(graph, colour), [graph, colour]);
  return useMemo(() => {
    const scale = widthScale(graph.edges, width);
    if (look === 'sankey') {
      const { drawing, left } = placeSankey(graph, order, width, screen);
      return { drawing, paint, scale, left };
    }
    const placed = placeToFit(graph, order, screen);
    const edges = placeEdges(graph.edges, placed.nodes, ({ figures }) => scale.width(amountOf(width, figures)));
    return { drawing: { ...placed, edges }, paint, scale, left: 0 };
  }, [graph, order, paint, look, width, screen]);
}

/** A drawing that is a little too high is shown a little smaller: then it may be as much wider. */
function placeToFit(graph: Graph, order: Order, screen: Size): Omit<Drawing, 'edges'> {
  const placed = placeNodes(graph, order, screen);
  const { scale } = firstLook(placed, screen);
  return scale < 1 && scale * placed.height <= screen.height + 1
    ? placeNodes(graph, order, { ...screen, width: Math.floor(screen.width / scale) })
    : placed;
}

export function GraphView({
  ref,
  graph,
  state,
  drawn,
  screen,
  found,
  isOpen,
  onSelect,
  onToggle,
  onFold,
}: {
  ref: Ref<CanvasHandle>;
  graph: Graph;
  state: MapState;
  drawn: Drawn;
  screen: Size;
  found: ReadonlySet<string>;
  isOpen: (vendor: string) => boolean;
  onSelect: (id: string | null) => void;
  onToggle: (node: GraphNode) => void;
  onFold: (group: string) => void;
}): ReactNode {
  const { look, width, selected } = state;
  const lit = useMemo(() => {
    if (selected === null) return null;
    const all = litBy(graph, selected);
    return all.nodes.size === 0 ? null : all;
  }, [graph, selected]);
  if (look === 'sankey' && drawn.drawing.nodes.length === 0) {
    return (
      <Empty title={says.sankeyNothing(says.metric[width])} says={says.sankeyNothingSays}>
        <Button look="primary" onClick={() => changePlace({ width: undefined })}>
          {says.sankeyByCalls}
        </Button>
      </Empty>
    );
  }
  if (screen.width === 0) return null;
  return (
    <Canvas
      ref={ref}
      drawing={drawn.drawing}
      graph={graph}
      screen={screen}
      shape={`${look} ${state.app ?? ''} ${state.vendor ?? ''} ${state.group}`}
      bars={look === 'sankey'}
      metric={width}
      paint={drawn.paint}
      selected={selected}
      lit={lit}
      found={found}
      isOpen={({ id }) => isOpen(id.slice('vendor:'.length))}
      onSelect={onSelect}
      onToggle={onToggle}
      onFold={onFold}
    />
  );
}

/** The room of an element, in steps of a few pixels: a drawing is not laid out anew for each one. */
export function useRoom(ref: RefObject<HTMLElement | null>): Size {
  const [room, setRoom] = useState<Size>({ width: 0, height: 0 });
  const last = useRef(room);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const look = (): void => {
      const next = { width: Math.floor(element.clientWidth / 4) * 4, height: Math.floor(element.clientHeight / 4) * 4 };
      if (next.width === last.current.width && next.height === last.current.height) return;
      last.current = next;
      setRoom(next);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return room;
}

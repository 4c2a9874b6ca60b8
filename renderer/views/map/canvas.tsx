import { Maximize, Minus, Plus } from 'lucide-react';
import { useCallback, useEffect, useEffectEvent, useImperativeHandle, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { words } from '../../words/index.ts';
import { overlaps } from './camera.ts';
import type { Box, Sight, Size } from './camera.ts';
import { Edges } from './edges.tsx';
import { amountOf } from './figures.ts';
import type { Metric } from './figures.ts';
import { groupName } from './graph.ts';
import type { Graph, GraphNode } from './graph.ts';
import { describeNode } from './describe.ts';
import { NodeBox } from './node-box.tsx';
import type { Paint } from './paint.ts';
import type { Drawing, PlacedEdge, PlacedNode } from './place.ts';
import { amountText, percentText } from './say.ts';
import { errorRate } from './figures.ts';
import { useCamera } from './use-camera.ts';
import type { CameraHandle } from './use-camera.ts';
import { edgeAt, stepFrom } from './walk.ts';
import type { Direction } from './walk.ts';

const says = words.map;
const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};
const PAN = 120;
/** Pixels beside an edge that still count as it. */
const TO_HIT = 5;

export interface CanvasHandle extends CameraHandle {
  /** Gives a node the focus, in sight. */
  focus: (id: string) => void;
}

/** A drawing that is moved, zoomed and walked through. */
export function Canvas({
  ref,
  drawing,
  graph,
  screen,
  shape,
  bars,
  metric,
  paint,
  selected,
  lit,
  found,
  isOpen,
  onSelect,
  onToggle,
  onFold,
}: {
  ref: Ref<CanvasHandle>;
  drawing: Drawing;
  graph: Graph;
  screen: Size;
  shape: string;
  bars: boolean;
  metric: Metric;
  paint: Paint;
  selected: string | null;
  lit: { nodes: ReadonlySet<string>; edges: ReadonlySet<string> } | null;
  found: ReadonlySet<string>;
  isOpen: (node: GraphNode) => boolean;
  onSelect: (id: string | null) => void;
  onToggle: (node: GraphNode) => void;
  onFold: (group: string) => void;
}): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const handle = useRef<CameraHandle>(null);
  const tip = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  /** Counts steps by key: each is drawn, also one to where the focus was. */
  const [, setSteps] = useState(0);
  const [pointed, setPointed] = useState<string | null>(null);
  const [sight, setSight] = useState<Sight | null>(null);
  const pointer = useCamera(handle, frame, world, drawing, screen, shape, setSight);
  const byId = useMemo(() => new Map(drawing.nodes.map((one) => [one.node.id, one])), [drawing]);
  const labels = useMemo(() => describeAll(graph), [graph]);
  const reached = [focused, selected].find((id) => id !== null && byId.has(id)) ?? drawing.nodes[0]?.node.id;
  /** Where a key leads to: the focus follows once the node is drawn. */
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    const id = wanted.current;
    if (id === null) return;
    const button = frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
    if (!button) return;
    wanted.current = null;
    button.focus({ preventScroll: true });
  });

  const focus = useCallback(
    (id: string): void => {
      const placed = byId.get(id);
      if (!placed) return;
      handle.current?.reveal(placed);
      wanted.current = id;
      setFocused(id);
      setSteps((before) => before + 1);
    },
    [byId],
  );
  useImperativeHandle(ref, () => ({
    zoom: (factor) => handle.current?.zoom(factor),
    fit: () => handle.current?.fit(),
    pan: (x, y) => handle.current?.pan(x, y),
    reveal: (box) => handle.current?.reveal(box),
    focus,
  }));
  // What was selected elsewhere (the table, the panel, the address) is shown.
  const showSelected = useEffectEvent(() => {
    const placed = selected === null ? undefined : byId.get(selected);
    if (placed) handle.current?.reveal(placed);
  });
  // Also when the panel took its room; not when the drawing alone changes: then nobody asked for anything.
  useEffect(() => showSelected(), [selected, screen.width, screen.height]);

  const onKey = useCallback(
    (event: KeyboardEvent, node: GraphNode): void => {
      const direction = ARROWS[event.key];
      if (direction && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        event.stopPropagation();
        if (event.shiftKey) {
          handle.current?.pan(
            direction === 'left' ? PAN : direction === 'right' ? -PAN : 0,
            direction === 'up' ? PAN : direction === 'down' ? -PAN : 0,
          );
          return;
        }
        const next = stepFrom(drawing, node.id, direction);
        if (next !== null) focus(next);
      } else if (event.key === 'o' && node.kind === 'vendor' && node.members === 1) {
        event.preventDefault();
        onToggle(node);
      } else if (event.key === 'Home' || event.key === 'End') {
        event.preventDefault();
        const column = drawing.nodes.filter((one) => one.node.kind === node.kind).toSorted((a, b) => a.y - b.y);
        const end = event.key === 'Home' ? column[0] : column.at(-1);
        if (end) focus(end.node.id);
      }
    },
    [drawing, focus, onToggle],
  );
  const choose = useCallback((id: string) => onSelect(id), [onSelect]);

  // Only what is in sight is in the page: a map of thousands moves as easily as one of ten.
  const nodes = useMemo(
    () => drawing.nodes.filter((one) => sight === null || overlaps(one, sight) || one.node.id === reached),
    [drawing, sight, reached],
  );
  const edges = useMemo(
    () => drawing.edges.filter(({ ends }) => sight === null || overlaps(boxOf(ends), sight)),
    [drawing, sight],
  );
  const edgeUnder = (event: { clientX: number; clientY: number; target: EventTarget }): string | null => {
    const bounds = world.current?.getBoundingClientRect();
    if (!bounds || (event.target as Element).closest('button, .map-zoom')) return null;
    const scale = bounds.width / drawing.width;
    return edgeAt(
      drawing,
      { x: (event.clientX - bounds.x) / scale, y: (event.clientY - bounds.y) / scale },
      TO_HIT / scale,
    );
  };
  const pointedEdge = pointed === null ? undefined : drawing.edges.find(({ edge }) => edge.id === pointed);
  return (
    // What is pointed at here is reached by keys through the nodes in it, and edges through the panel and the table.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={frame}
      className="map-frame"
      data-lit={lit !== null || undefined}
      data-finding={found.size > 0 || undefined}
      role="group"
      aria-label={says.graph}
      aria-describedby="map-how"
      onPointerDown={pointer.onPointerDown}
      onPointerMove={(event) => {
        pointer.onPointerMove(event);
        setPointed(event.buttons === 0 ? edgeUnder(event) : null);
        if (tip.current) {
          const bounds = event.currentTarget.getBoundingClientRect();
          tip.current.style.translate = `${event.clientX - bounds.x + 12}px ${event.clientY - bounds.y + 14}px`;
        }
      }}
      onPointerUp={pointer.onPointerUp}
      onPointerCancel={pointer.onPointerUp}
      onPointerLeave={() => setPointed(null)}
      onClickCapture={(event) => {
        if (!pointer.wasDrag()) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onClick={(event) => {
        if (!(event.target as Element).closest('button')) onSelect(edgeUnder(event));
      }}
    >
      <p id="map-how" className="unseen">
        {says.graphSays}
      </p>
      <div ref={world} className="map-world" style={{ width: drawing.width, height: drawing.height }}>
        <Edges
          edges={edges}
          paint={paint}
          lit={lit?.edges ?? null}
          selected={selected}
          width={drawing.width}
          height={drawing.height}
        />
        {drawing.groups.map(({ key, kind, x, y, width, members }) => {
          const name = kind === 'app' ? groupName(key) || says.noTeam : says.category(groupName(key));
          const one = byId.get(key);
          return (
            <button
              key={key}
              type="button"
              className="map-group"
              style={{ left: x, top: y, width }}
              title={one ? says.unfoldGroup(name, members) : says.foldGroup(name, members)}
              aria-label={one ? says.unfoldGroup(name, members) : says.foldGroup(name, members)}
              onClick={() => onFold(key)}
            >
              {one ? <Plus size={11} aria-hidden /> : <Minus size={11} aria-hidden />}
              <span className="ellipsis">{name}</span> <span className="unit">{members}</span>
            </button>
          );
        })}
        {nodes.map((placed) => {
          const { node } = placed;
          return (
            <NodeBox
              key={node.id}
              placed={placed}
              metric={metric}
              tone={paint.node(node)}
              bar={bars}
              plain={sight?.tiny ?? false}
              labelWidth={bars ? labelRoom(placed, drawing) : 0}
              selected={selected === node.id}
              lit={lit?.nodes.has(node.id) ?? false}
              found={found.has(node.id)}
              reached={node.id === reached}
              open={isOpen(node)}
              label={labels.get(node.id) ?? ''}
              onSelect={choose}
              onToggle={onToggle}
              onFocus={setFocused}
              onKey={onKey}
            />
          );
        })}
      </div>
      <div ref={tip} className="map-tip" hidden={!pointedEdge} aria-hidden>
        {pointedEdge && (
          <>
            <strong>
              {byId.get(pointedEdge.edge.from)?.node.name || says.unnamedApp} →{' '}
              {byId.get(pointedEdge.edge.to)?.node.name}
            </strong>
            <span>
              {amountText(metric, amountOf(metric, pointedEdge.edge.figures))} {says.metric[metric]}
              {metric !== 'calls' && `, ${says.calls(pointedEdge.edge.figures.calls)}`}
              {metric !== 'errors' &&
                pointedEdge.edge.figures.errors > 0 &&
                `, ${says.errorShare(percentText(errorRate(pointedEdge.edge.figures) ?? 0))}`}
            </span>
          </>
        )}
      </div>
      <div className="map-zoom">
        <IconButton icon={Minus} label={says.zoomOut} keys="-" onClick={() => handle.current?.zoom(1 / 1.25)} />
        <IconButton icon={Plus} label={says.zoomIn} keys="+" onClick={() => handle.current?.zoom(1.25)} />
        <IconButton icon={Maximize} label={says.fit} keys="0" onClick={() => handle.current?.fit()} />
      </div>
    </div>
  );
}

const boxOf = ({ x1, y1, x2, y2 }: PlacedEdge['ends']): Box => ({
  x: Math.min(x1, x2),
  y: Math.min(y1, y2) - 20,
  width: Math.abs(x2 - x1),
  height: Math.abs(y2 - y1) + 40,
});

/** A bar’s words have the room up to where the next column begins to matter. */
function labelRoom(placed: PlacedNode, drawing: Drawing): number {
  const next = drawing.nodes.reduce((nearest, { x }) => (x > placed.x ? Math.min(nearest, x) : nearest), Infinity);
  return next === Infinity ? drawing.width - placed.x - 12 : Math.max(120, (next - placed.x) * 0.6);
}

/** What a screen reader says of each node. */
function describeAll(graph: Graph): Map<string, string> {
  const ins = new Map<string, number>();
  const outs = new Map<string, number>();
  for (const { from, to } of graph.edges) {
    outs.set(from, (outs.get(from) ?? 0) + 1);
    ins.set(to, (ins.get(to) ?? 0) + 1);
  }
  return new Map(
    graph.nodes.map((node) => [
      node.id,
      describeNode(node, { callers: ins.get(node.id) ?? 0, callees: outs.get(node.id) ?? 0 }),
    ]),
  );
}

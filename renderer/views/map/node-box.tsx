import { ChevronRight, Minus, Plus } from 'lucide-react';
import { memo } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { words } from '../../words/index.ts';
import { nameOf } from './describe.ts';
import type { Metric } from './figures.ts';
import { amountOf } from './figures.ts';
import type { GraphNode } from './graph.ts';
import type { Tone } from './paint.ts';
import type { PlacedNode } from './place.ts';
import { amountText, tellingFigure } from './say.ts';
import { NodeMark, StatusMark } from './vendor-tile.tsx';

const says = words.map;

export interface NodeBoxProps {
  placed: PlacedNode;
  metric: Metric;
  tone: Tone;
  /** As a bar of a Sankey, with its words beside it. */
  bar: boolean;
  /** Too small to read: the box alone. */
  plain: boolean;
  /** Where a bar’s words end. */
  labelWidth: number;
  selected: boolean;
  lit: boolean;
  found: boolean;
  /** Whether Tab leads here. */
  reached: boolean;
  open: boolean;
  label: string;
  onSelect: (id: string) => void;
  onToggle: (node: GraphNode) => void;
  onFocus: (id: string) => void;
  onKey: (event: KeyboardEvent, node: GraphNode) => void;
}

/** One node: a box with its name and the figure that tells most. */
export const NodeBox = memo(function NodeBox(props: NodeBoxProps): ReactNode {
  const { placed, metric, tone, bar, plain, labelWidth, selected, lit, found, reached, open, label } = props;
  const { node, x, y, width, height } = placed;
  const figure = tellingFigure(node, metric);
  const status = node.kind === 'vendor' ? node.node?.status : null;
  const canOpen = node.kind === 'vendor' && node.members === 1 && (node.closed > 0 || open);
  return (
    <div
      className={bar ? 'map-node map-node-bar' : 'map-node'}
      data-kind={node.kind}
      data-presence={node.presence}
      data-status={status ?? undefined}
      data-selected={selected || undefined}
      data-lit={lit || undefined}
      data-found={found || undefined}
      data-opens={(canOpen && !open) || undefined}
      style={{
        left: x,
        top: y,
        width: bar ? labelWidth : width,
        height,
        ['--tone' as string]: `var(${tone.colour})`,
      }}
    >
      <button
        type="button"
        className="map-node-button"
        data-node={node.id}
        aria-pressed={selected}
        tabIndex={reached ? 0 : -1}
        onClick={() => props.onSelect(node.id)}
        onFocus={() => props.onFocus(node.id)}
        onKeyDown={(event) => props.onKey(event, node)}
      >
        {plain ? (
          bar && <span className="map-bar" style={{ width, height }} />
        ) : bar ? (
          <>
            <span className="map-bar" style={{ width, height }} />
            <span className="map-bar-text" data-thin={height < 14 || undefined}>
              <Name node={node} />{' '}
              <span className="map-bar-figure">{amountText(metric, amountOf(metric, node.figures))}</span>
              {status && status !== 'approved' && status !== 'known' && <StatusMark status={status} />}
            </span>
          </>
        ) : (
          <>
            <NodeMark node={node} />
            <span className="map-node-text">
              <span className="map-node-name">
                <Name node={node} />
                {node.presence === 'added' && (
                  <span className="map-change">
                    {' '}
                    <Plus size={11} aria-hidden />
                    {says.added}
                  </span>
                )}
              </span>{' '}
              <span className="map-node-figure">
                <span className="ellipsis">
                  {node.presence === 'gone' && <Minus size={10} aria-hidden />}
                  <span data-bad={figure.bad || undefined}>{figure.text}</span>
                  {figure.more !== '' && <span> · {figure.more}</span>}
                </span>
                {status && status !== 'approved' && (
                  <>
                    {' '}
                    <StatusMark status={status} />
                  </>
                )}
              </span>
            </span>
          </>
        )}
        {/* After what is seen, so that who speaks to the page can say what it shows. */}
        <span className="unseen">{plain ? `${nameOf(node)}, ${label}` : `, ${label}`}</span>
      </button>
      {canOpen && !bar && !plain && (
        <button
          type="button"
          className="map-node-open"
          tabIndex={-1}
          aria-expanded={open}
          aria-label={open ? says.closeVendor(node.name) : says.openVendor(node.name)}
          title={open ? says.closeVendor(node.name) : says.openVendor(node.name)}
          onClick={() => props.onToggle(node)}
        >
          {!open && node.closed}
          <ChevronRight size={12} aria-hidden />
        </button>
      )}
    </div>
  );
});

/** An endpoint’s method stands back: its path is what differs. */
export function Name({ node: { kind, name, members, group } }: { node: GraphNode }): ReactNode {
  if (members > 1 || (group !== null && name === '')) {
    const text = kind === 'app' ? name || says.noTeam : says.category(name);
    return <span className="map-name">{text}</span>;
  }
  if (kind === 'app' && name === '') return <span className="map-name">{says.unnamedApp}</span>;
  const [, method, rest] = kind === 'endpoint' ? (/^([A-Z]{2,8}) (.+)$/.exec(name) ?? []) : [];
  if (method === undefined) return <span className="map-name">{name}</span>;
  return (
    <span className="map-name map-name-path">
      <span className="map-method">{method}</span> {rest}
    </span>
  );
}

import { Filter, ListTree } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatMoney } from '../../../../shared/format/money.ts';
import { formatCount } from '../../../../shared/format/quantities.ts';
import type { DependencyMap } from '../../../../shared/contract/map.ts';
import type { Figures } from '../../../../shared/contract/vendors.ts';
import { ageText } from '../../../data/age.ts';
import { changePlace, goTo } from '../../../data/location.ts';
import { Button } from '../../../ui/button.tsx';
import { Count, Duration, Size } from '../../../ui/quantity.tsx';
import { words } from '../../../words/index.ts';
import { nameOf } from '../describe.ts';
import { edgeId } from '../graph.ts';
import type { Graph, GraphNode } from '../graph.ts';
import { ERRORS, paramsOfCalls, slowerThan, THROTTLED } from '../links.ts';
import type { What } from '../links.ts';
import { linkToCalls, select } from '../map-place.ts';
import { Name } from '../node-box.tsx';
import { NodeMark, StatusMark } from '../vendor-tile.tsx';

const says = words.map;

export function Head({ node, below, close }: { node: GraphNode; below?: ReactNode; close: ReactNode }): ReactNode {
  const status = node.kind === 'vendor' ? node.node?.status : null;
  return (
    <header className="map-panel-head">
      <NodeMark node={node} />
      <div className="map-panel-title">
        <h2 title={nameOf(node)}>
          <Name node={node} />
        </h2>
        {below !== undefined && <p className="dim">{below}</p>}
      </div>
      {status && <StatusMark status={status} wide />}
      {close}
    </header>
  );
}

/** Figures, each a link to its calls; without `what` there is no filter for them, and they are only said. */
export function FigureList({
  figures,
  what,
  map,
}: {
  figures: Figures;
  what: What | null;
  map: DependencyMap;
}): ReactNode {
  const to = (more: What = []): string | null => (what === null ? null : linkToCalls([...what, ...more], map));
  const { calls, errors, throttled, p50, p95, requestBytes, responseBytes, costNanoUsd, unpricedCalls } = figures;
  return (
    <dl className="map-figures" aria-label={says.figures}>
      <Figure title={says.figure.calls} href={to()}>
        <Count of={calls} />
      </Figure>
      <Figure title={says.figure.errors} href={errors === 0 ? null : to([ERRORS])} bad={errors > 0}>
        <Count of={errors} />
      </Figure>
      <Figure title={says.figure.throttled} href={throttled === 0 ? null : to([THROTTLED])} bad={throttled > 0}>
        <Count of={throttled} />
      </Figure>
      <Figure title={says.figure.p50} href={p50 === null ? null : to([slowerThan(p50)])}>
        <Duration us={p50 === null ? null : Math.round(p50)} />
      </Figure>
      <Figure title={says.figure.p95} href={p95 === null ? null : to([slowerThan(p95)])}>
        <Duration us={p95 === null ? null : Math.round(p95)} />
      </Figure>
      <Figure
        title={says.figure.sent}
        href={requestBytes === 0 ? null : to([{ op: 'number', field: 'request-size', comparison: '>', value: 0 }])}
      >
        <Size bytes={requestBytes} />
      </Figure>
      <Figure
        title={says.figure.received}
        href={responseBytes === 0 ? null : to([{ op: 'number', field: 'response-size', comparison: '>', value: 0 }])}
      >
        <Size bytes={responseBytes} />
      </Figure>
      <Figure
        title={says.figure.cost}
        href={costNanoUsd === null ? null : to()}
        {...(unpricedCalls > 0 && costNanoUsd !== null && { tip: says.figure.unpriced(unpricedCalls) })}
      >
        {costNanoUsd === null ? says.notKnown : formatMoney(costNanoUsd)}
        {unpricedCalls > 0 && costNanoUsd !== null && <span className="unit">&thinsp;+?</span>}
      </Figure>
    </dl>
  );
}

function Figure({
  title,
  href,
  bad = false,
  tip,
  children,
}: {
  title: string;
  href: string | null;
  bad?: boolean;
  tip?: string;
  children: ReactNode;
}): ReactNode {
  return (
    <div title={tip}>
      <dt>{title}</dt>
      <dd>
        {href === null ? (
          <span className="dim">{children}</span>
        ) : (
          <a href={href} className={bad ? 'map-bad' : undefined}>
            {children}
          </a>
        )}
      </dd>
    </div>
  );
}

/** What can be done with any node that has calls. */
export function Deeds({
  what,
  calls,
  map,
  only,
  children,
}: {
  what: What | null;
  calls: number;
  map: DependencyMap;
  /** Parameter that narrows the map to this node. */
  only?: { app: string } | { vendor: string };
  children?: ReactNode;
}): ReactNode {
  return (
    <div className="map-deeds">
      {children}
      {what !== null && (
        <Button icon={ListTree} onClick={() => goTo('traffic', paramsOfCalls(what, map))}>
          {says.callsButton(calls)}
        </Button>
      )}
      {only && (
        <Button icon={Filter} onClick={() => changePlace(narrowed(only), true)}>
          {says.onlyThis}
        </Button>
      )}
    </div>
  );
}

/** Nobody is the app of programs that are not known: a name that no app can have stands for it in the address. */
const narrowed = (only: { app: string } | { vendor: string }): Record<string, string> =>
  'app' in only ? { app: only.app === '' ? '-' : only.app } : { vendor: only.vendor };

/** Nodes at the other end of edges, each a step along the edge. */
export function Neighbours({
  title,
  of,
  side,
  graph,
  most = 12,
}: {
  title: string;
  of: string;
  side: 'callers' | 'callees';
  graph: Graph;
  most?: number;
}): ReactNode {
  const [at, other] = side === 'callers' ? (['to', 'from'] as const) : (['from', 'to'] as const);
  const edges = graph.edges
    .filter((edge) => edge[at] === of)
    .toSorted((a, b) => b.figures.calls - a.figures.calls || (a.id < b.id ? -1 : 1));
  if (edges.length === 0) return null;
  const largest = Math.max(1, edges[0]?.figures.calls ?? 1);
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul className="map-list">
        {edges.slice(0, most).map((edge) => {
          const node = graph.nodes.find(({ id }) => id === edge[other]);
          if (!node) return null;
          return (
            <li key={edge.id}>
              <span
                className="map-list-bar"
                style={{ width: `${(edge.figures.calls / largest) * 100}%` }}
                aria-hidden
              />
              <button type="button" className="map-list-name" onClick={() => select(node.id)}>
                <Name node={node} />
              </button>
              <button
                type="button"
                className="map-list-figure"
                aria-label={says.lineOf(nameOf(node), edge.figures.calls)}
                onClick={() => select(edgeId(edge.from, edge.to))}
              >
                {formatCount(edge.figures.calls)}
              </button>
            </li>
          );
        })}
      </ul>
      {edges.length > most && <p className="dim">{says.endpointsMore(edges.length - most)}</p>}
    </section>
  );
}

const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** A moment as an age; the moment itself when it is pointed at. */
export function Ago({ at }: { at: number }): ReactNode {
  return (
    <time dateTime={new Date(at / 1000).toISOString()} title={WHEN.format(at / 1000)}>
      {says.ago(ageText(at, Date.now() * 1000))}
    </time>
  );
}

export const agoText = (at: number): string => says.ago(ageText(at, Date.now() * 1000));

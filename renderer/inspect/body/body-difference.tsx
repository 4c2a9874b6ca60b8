import { lazy, Suspense, useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { formatCount, formatSize } from '../../../shared/format/quantities.ts';
import type { Call } from '../../../shared/model/call.ts';
import { Switch } from '../../ui/fields.tsx';
import { Late } from '../../ui/late.tsx';
import { words } from '../../words/index.ts';
import { Windowed } from '../windowed.tsx';
import { bodyHint } from './body-hint.ts';
import { openBodyReader } from './body-reader.ts';
import { ColouredRow } from './colour-row.tsx';
import type { Compared } from './protocol.ts';
import './body-view.css';
import './body-difference.css';

const TextDifference = lazy(() => import('./merge-view.tsx'));
const say = words.inspect.difference;
const ROW = 18;
/** Fewer lines stand in the page as they are. */
const FEW = 400;

/** How one side's bodies of two calls differ. */
export function BodyDifference({ a, b, side }: { a: Call; b: Call; side: 'request' | 'response' }): ReactNode {
  const [whole, setWhole] = useState(false);
  const hasA = bodyOf(a, side).captured !== null;
  const hasB = bodyOf(b, side).captured !== null;
  const read = useQuery({
    queryKey: ['compare', a.id, b.id, side, whole, a.state, b.state],
    enabled: hasA && hasB,
    staleTime: Infinity,
    queryFn: ({ signal }) => compare(a, b, side, whole, signal),
  });
  if (!hasA || !hasB)
    return (
      <p className="dim difference-line">
        {!hasA && !hasB
          ? say.neither
          : say.onlyOne(hasA ? a.id : b.id, formatSize(bodyOf(hasA ? a : b, side).capturedBytes))}
      </p>
    );
  if (read.error)
    return (
      <p className="difference-line tone-server">
        {read.error instanceof Error ? read.error.message : String(read.error)}
      </p>
    );
  if (!read.data)
    return (
      <Late>
        <p className="dim difference-line">{words.inspect.viewer.loading}</p>
      </Late>
    );
  const found = read.data;
  switch (found.kind) {
    case 'same':
      return <p className="dim difference-line">{say.same(formatSize(found.bytes))}</p>;
    case 'bytes':
      return (
        <p className="dim difference-line">
          {say.bytes(formatSize(found.before), formatSize(found.after), formatCount(found.firstDifference))}
        </p>
      );
    case 'text':
      return (
        <Suspense fallback={null}>
          <TextDifference before={found.before} after={found.after} labels={[say.call(a.id), say.call(b.id)]} />
        </Suspense>
      );
    case 'json':
      return (
        <div className="difference">
          <div className="difference-bar">
            <span role="status">{found.count === 0 ? say.sameJson : say.places(found.count)}</span>
            <span className="difference-whole">
              {say.whole} <Switch label={say.whole} on={whole} onChange={setWhole} />
            </span>
          </div>
          <Lines lines={found.lines} />
        </div>
      );
  }
}

function Lines({ lines }: { lines: (Compared & { kind: 'json' })['lines'] }): ReactNode {
  const draw = (from: number, count: number): ReactNode =>
    lines.slice(from, from + count).map(({ sign, text, hidden }, index) => (
      <div
        key={from + index}
        className={`difference-row${sign === '+' ? ' difference-added' : sign === '-' ? ' difference-removed' : ''}`}
        style={{ height: ROW }}
      >
        <span className="difference-sign">
          <span className="unseen">{sign === '+' ? say.added : sign === '-' ? say.removed : ''}</span>
          <span aria-hidden>{sign}</span>
        </span>
        <ColouredRow text={text} language="json" matches={[]} />
        {hidden !== undefined && <span className="unit"> {say.hidden(hidden)}</span>}
      </div>
    ));
  if (lines.length <= FEW) return <div className="difference-rows window-view">{draw(0, lines.length)}</div>;
  return (
    <div className="difference-rows difference-window">
      <Windowed rows={lines.length} rowHeight={ROW} label={say.title} className="window-view" draw={draw} />
    </div>
  );
}

function bodyOf(call: Call, side: 'request' | 'response') {
  return side === 'request' ? call.requestBody : call.responseBody;
}

async function compare(
  a: Call,
  b: Call,
  side: 'request' | 'response',
  whole: boolean,
  signal: AbortSignal,
): Promise<Compared> {
  const reader = openBodyReader();
  signal.addEventListener('abort', () => reader.release());
  const of = (call: Call) => ({ url: `/api/calls/${call.id}/body/${side}`, hint: bodyHint(call, side) });
  try {
    return await reader.ask('compare', { before: of(a), after: of(b), whole });
  } finally {
    reader.release();
  }
}

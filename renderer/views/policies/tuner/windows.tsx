import type { ReactNode } from 'react';
import type { Demand } from '../../../../shared/contract/policies.ts';
import { formatCount } from '../../../../shared/format/quantities.ts';
import { words } from '../../../words/index.ts';

const says = words.tuner;

/** How many windows asked for how much, with the limit among them. */
export function Windows({
  demand,
  limit,
  format,
}: {
  demand: Demand;
  limit: number | null;
  format: (value: number) => string;
}): ReactNode {
  const most = Math.max(1, ...demand.buckets.map(({ windows }) => windows));
  const under = demand.buckets.reduce(
    (sum, { to, windows }) => sum + (limit === null || to <= limit + 1 ? windows : 0),
    0,
  );
  const share = demand.windows === 0 ? 1 : under / demand.windows;
  return (
    <section className="tuner-windows" aria-label={says.windows}>
      <header>
        <h2>{says.windows}</h2>
        {limit !== null && <span className="dim">{says.windowsSays(percent(share))}</span>}
      </header>
      <ol>
        {demand.buckets.map(({ from, to, windows }) => (
          <li
            key={from}
            title={`${format(from)} – ${format(to)}: ${formatCount(windows)}`}
            data-above={(limit !== null && from > limit) || undefined}
          >
            <span style={{ height: `${Math.max(windows > 0 ? 2 : 0, (100 * windows) / most)}%` }} />
          </li>
        ))}
      </ol>
      <div className="tuner-windows-axis dim">
        <span>{format(demand.buckets[0]?.from ?? 0)}</span>
        <span>
          p99 {format(demand.percentiles.p99)} · p99.9 {format(demand.percentiles.p999)}
        </span>
        <span>{format(demand.percentiles.max)}</span>
      </div>
    </section>
  );
}

/** Never rounded up to all of them. */
function percent(share: number): string {
  return share === 1 ? '100 %' : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

import { Download, Pin, StickyNote, Trash2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Duration, Size } from '../../ui/quantity.tsx';
import { words } from '../../words/index.ts';
import { dayAndTime } from './clock.ts';
import { statusText, toneOf } from './columns.tsx';
import type { CallDeeds } from './menus.ts';

const { bulk: says, menu } = words.traffic;
const SHOWN = 8;

/** What several selected calls have in common, and what can be done with all of them. */
export function BulkPane({
  calls,
  count,
  deeds,
  onClear,
}: {
  /** Those of them that are in memory. */
  calls: readonly CallSummary[];
  count: number;
  deeds: CallDeeds;
  onClear: () => void;
}): ReactNode {
  const hosts = tally(calls, ({ host }) => host);
  const statuses = tally(calls, statusText);
  const tones = new Map(calls.map((call) => [statusText(call), toneOf(call)]));
  const durations = calls.flatMap(({ durationUs }) => durationUs ?? []).sort((a, b) => a - b);
  const started = calls.map(({ startedAt }) => startedAt);
  const sum = (of: (call: CallSummary) => number): number => calls.reduce((all, call) => all + of(call), 0);
  return (
    <section className="bulk" aria-label={says.title(count)}>
      <header className="bulk-head">
        <h2>{says.title(count)}</h2>
        <IconButton icon={X} label={says.clear} keys="escape" onClick={onClear} />
      </header>
      <div className="bulk-deeds">
        <Button icon={Download} onClick={deeds.exportHar}>
          {menu.export}
        </Button>
        <Button icon={Pin} onClick={deeds.pin}>
          {menu.pin}
        </Button>
        <Button icon={StickyNote} onClick={deeds.note}>
          {menu.note}
        </Button>
        <Button icon={Trash2} look="danger" onClick={deeds.remove}>
          {menu.remove}
        </Button>
      </div>
      <dl className="bulk-facts">
        <dt>{says.span}</dt>
        <dd>
          {started.length > 0 &&
            `${dayAndTime(Math.min(...bounds(started)))} – ${dayAndTime(Math.max(...bounds(started)))}`}
        </dd>
        <dt>{says.duration}</dt>
        <dd>
          <Duration us={durations[durations.length >> 1] ?? null} />
        </dd>
        <dt>{says.slowest}</dt>
        <dd>
          <Duration us={durations.at(-1) ?? null} />
        </dd>
        <dt>{says.sent}</dt>
        <dd>
          <Size bytes={sum(({ requestBytes }) => requestBytes)} />
        </dd>
        <dt>{says.received}</dt>
        <dd>
          <Size bytes={sum(({ responseBytes }) => responseBytes)} />
        </dd>
      </dl>
      <Tally title={says.statuses} counts={statuses} toneOf={(value) => tones.get(value)} />
      <Tally title={says.hosts} counts={hosts} toneOf={() => undefined} />
    </section>
  );
}

/** First and last: `Math.min` of a hundred thousand arguments is too many. */
function bounds(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function tally(calls: readonly CallSummary[], of: (call: CallSummary) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(of(call), (counts.get(of(call)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function Tally({
  title,
  counts,
  toneOf: tone,
}: {
  title: string;
  counts: readonly [string, number][];
  toneOf: (value: string) => string | undefined;
}): ReactNode {
  const most = counts[0]?.[1] ?? 1;
  return (
    <>
      <h3 className="bulk-title">{title}</h3>
      <ul className="bulk-tally">
        {counts.slice(0, SHOWN).map(([value, calls]) => (
          <li key={value}>
            <span className={`ellipsis ${tone(value) ? `tone-${tone(value)}` : ''}`}>{value}</span>
            <span className="bulk-bar" aria-hidden>
              <span style={{ width: `${(calls / most) * 100}%` }} />
            </span>
            <span className="numeric">{calls}</span>
          </li>
        ))}
        {counts.length > SHOWN && <li className="dim">{says.more(counts.length - SHOWN)}</li>}
      </ul>
    </>
  );
}

import type { ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { words } from '../words/index.ts';
import type { TimeSeries } from './time-option.ts';
import type { TimeSteps } from './time-scale.ts';
import { countSteps } from './time-scale.ts';
import { spanLabel } from './wall-clock.ts';

export interface TableColumn extends TimeSeries {
  format: (value: number) => string;
}

/** The table behind a group of charts: the newest step first, steps without anything left out. */
export function TimeTable({
  label,
  steps,
  columns,
  hrefOf,
}: {
  label: string;
  steps: TimeSteps;
  columns: readonly TableColumn[];
  /** The calls of a span. */
  hrefOf: (since: number, until: number) => string;
}): ReactNode {
  const rows = Array.from({ length: countSteps(steps) }, (_, index) => index)
    .filter((index) => columns.some(({ values }) => (values[index] ?? 0) !== 0))
    .toReversed();
  const start = (index: number): number => steps.since + index * steps.step;

  /** As spreadsheets take it: plain figures, times as ISO. */
  function text(): string {
    const head = [words.charts.time, ...columns.map(({ title }) => title)];
    const lines = rows.map((index) => [
      new Date(start(index) / 1000).toISOString(),
      ...columns.map(({ values }) => values[index] ?? ''),
    ]);
    return [head, ...lines].map((line) => line.join('\t')).join('\n');
  }

  return (
    <section aria-label={label}>
      <div className="time-table">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.charts.time}</th>
              {columns.map(({ id, title }) => (
                <th key={id} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((index) => (
              <tr key={index}>
                <th scope="row">
                  <a href={hrefOf(start(index), start(index + 1))}>{spanLabel(start(index), start(index + 1))}</a>
                </th>
                {columns.map(({ id, values, format }) => {
                  const value = values[index] ?? null;
                  return <td key={id}>{value === null ? '–' : format(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="time-table-foot">
        <CopyButton text={text} label={words.charts.copyTable} />
      </div>
    </section>
  );
}

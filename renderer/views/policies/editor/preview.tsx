import { memo, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { BacktestResult } from '../../../../shared/contract/policies.ts';
import { formatMoney } from '../../../../shared/format/money.ts';
import { formatCount } from '../../../../shared/format/quantities.ts';
import { TimeChart } from '../../../charts/time-chart.tsx';
import { TimeGroup } from '../../../charts/time-group.tsx';
import type { TimeSeries } from '../../../charts/time-option.ts';
import { fillSteps, niceCount } from '../../../charts/time-scale.ts';
import { goTo, linkTo } from '../../../data/location.ts';
import { Choice } from '../../../ui/fields.tsx';
import { Late } from '../../../ui/late.tsx';
import { words } from '../../../words/index.ts';
import { rangeBetween } from '../place.ts';
import type { Preview } from './use-preview.ts';
import './preview.css';

const say = words.policies.preview;
const PLACES = ['apps', 'features', 'callSites', 'endpoints', 'keys'] as const;
type By = (typeof PLACES)[number];
const MOST_CALLS = 8;
const MOST_HIT = 6;
const TIME = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** What the policy as it is written now would have done to recent calls. `stale`: the text has gone on since. */
export const PreviewPane = memo(function PreviewPane({
  preview,
  stale,
  waits,
}: {
  preview: Preview;
  stale: boolean;
  /** The text has mistakes. */
  waits: boolean;
}): ReactNode {
  const { result, progress, trouble } = preview;
  return (
    <section className="preview" aria-label={say.title} aria-busy={progress !== null}>
      <header className="preview-head">
        <h2>{say.title}</h2>
        <span className="dim" role="status">
          {progress !== null ? (
            <Late>{say.working(progress.done, progress.total)}</Late>
          ) : waits ? (
            say.waits
          ) : stale ? (
            say.stale
          ) : (
            result && say.looked(result.evaluated, result.tookMs)
          )}
        </span>
      </header>
      {trouble !== null && progress === null && (
        <p className="preview-trouble">
          <strong>{say.failed}.</strong> {trouble}
        </p>
      )}
      {result && (
        <div className="preview-body" data-stale={stale || waits || undefined}>
          {result.evaluated === 0 ? <p className="dim">{say.none}</p> : <Result result={result} />}
        </div>
      )}
    </section>
  );
});

function Result({ result }: { result: BacktestResult }): ReactNode {
  const { matched, denied, delayed, delayMs, savedNanoUsd, vendor429s, vendor429sAvoided, alerts, kind } = result;
  return (
    <>
      <dl className="preview-figures">
        <Figure name={say.matched} value={formatCount(matched)} />
        {kind === 'alert' ? (
          <Figure name={say.opened} value={formatCount(alerts)} tone={alerts > 0 ? 'throttled' : undefined} />
        ) : (
          <>
            <Figure name={say.denied} value={formatCount(denied)} tone={denied > 0 ? 'blocked' : undefined} />
            <Figure
              name={say.delayed}
              value={formatCount(delayed)}
              tone={delayed > 0 ? 'throttled' : undefined}
              more={delayMs ? say.wait(delayMs.p50) : undefined}
              tip={delayMs ? say.waitMost(delayMs.max) : undefined}
            />
            {denied > 0 && (
              <Figure name={say.saved} value={savedNanoUsd === null ? say.savedUnknown : formatMoney(savedNanoUsd)} />
            )}
            {vendor429s > 0 && (
              <Figure
                name={say.avoidedOf}
                value={say.avoided(vendor429sAvoided, vendor429s)}
                tone={vendor429sAvoided > 0 ? 'ok' : undefined}
              />
            )}
          </>
        )}
      </dl>
      {matched === 0 ? (
        <p className="dim">{say.notMatched}</p>
      ) : (
        <>
          <Course result={result} />
          {denied + delayed === 0 && kind !== 'alert' ? <p className="dim">{say.nobody}</p> : <Hit result={result} />}
        </>
      )}
      {result.calls.length > 0 && (
        <section aria-label={say.calls}>
          <h3>{say.calls}</h3>
          <ul className="preview-calls">
            {result.calls.slice(0, MOST_CALLS).map(({ id, at, verdict, sentence }) => (
              <li key={id}>
                <a href={linkTo('call', { id: String(id), tab: 'decisions' })}>
                  <span className="preview-mark" data-verdict={verdict} aria-hidden />
                  <span className="preview-sentence">{sentence}</span>
                  <span className="dim preview-when">{TIME.format(at / 1000)}</span>
                </a>
              </li>
            ))}
          </ul>
          {result.calls.length > MOST_CALLS && (
            <p className="dim preview-more">{say.more(denied + delayed - MOST_CALLS)}</p>
          )}
        </section>
      )}
      {result.unknowns.length > 0 && (
        <section aria-label={say.unknowns}>
          <h3>{say.unknowns}</h3>
          <ul className="preview-unknowns dim">
            {result.unknowns.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Figure({
  name,
  value,
  tone,
  more,
  tip,
}: {
  name: string;
  value: string;
  tone?: string | undefined;
  more?: string | undefined;
  tip?: string | undefined;
}): ReactNode {
  return (
    <div title={tip}>
      <dt>{name}</dt>
      <dd data-tone={tone}>{value}</dd>
      {more !== undefined && <dd className="preview-figure-more dim">{more}</dd>}
    </div>
  );
}

function Course({ result: { series, step } }: { result: BacktestResult }): ReactNode {
  const drawn = useMemo(() => {
    const [first, last] = [series[0], series.at(-1)];
    if (!first || !last) return null;
    const steps = { since: first.start, until: last.start + step, step };
    const one = (id: 'denied' | 'delayed' | 'allowed', colour: string): TimeSeries => ({
      id,
      title: say.series[id],
      colour,
      total: series.reduce((sum, entry) => sum + entry[id], 0),
      values: fillSteps(steps, series, (entry) => entry[id], 0),
    });
    return {
      steps,
      shown: [one('allowed', '--cat-8'), one('delayed', '--throttled'), one('denied', '--blocked')].filter(
        ({ total, id }) => id === 'allowed' || (total ?? 0) > 0,
      ),
    };
  }, [series, step]);
  if (!drawn) return null;
  const open = (from: number, to: number): void => goTo('traffic', { range: rangeBetween(from, to) });
  return (
    <TimeGroup steps={drawn.steps} onSelect={open} onOpen={open}>
      <TimeChart title={say.chart} shape="bars" series={drawn.shown} format={formatCount} top={niceCount} height={84} />
    </TimeGroup>
  );
}

/** Who is hit, told apart by what there is to tell apart by. */
function Hit({ result: { affected } }: { result: BacktestResult }): ReactNode {
  const [chosen, setChosen] = useState<By>('apps');
  const there = PLACES.filter((one) => affected[one].some(({ denied, delayed }) => denied + delayed > 0));
  const by = there.includes(chosen) ? chosen : (there[0] ?? 'apps');
  const hit = affected[by].filter(({ denied, delayed }) => denied + delayed > 0);
  return (
    <section aria-label={say.who}>
      <div className="preview-who">
        <h3>{say.who}</h3>
        {there.length > 1 && (
          <Choice
            label={say.whoBy}
            value={by}
            options={there.map((value) => ({ value, title: say.by[value] }))}
            onChange={setChosen}
          />
        )}
      </div>
      <table className="preview-hit">
        <tbody>
          {hit.slice(0, MOST_HIT).map(({ name, calls, denied, delayed }) => (
            <tr key={name ?? ''}>
              <td className="ellipsis" title={name ?? undefined}>
                {name ?? <span className="dim">{say.unnamed}</span>}
              </td>
              <td data-tone="blocked">{denied > 0 && say.refused(formatCount(denied))}</td>
              <td data-tone="throttled">{delayed > 0 && say.waiting(formatCount(delayed))}</td>
              <td className="dim">{say.ofCalls(calls)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hit.length > MOST_HIT && <p className="dim preview-more">{say.more(hit.length - MOST_HIT)}</p>}
    </section>
  );
}

import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { useApi } from '../../client/api-context.ts';
import { useEach } from '../../client/stream.ts';
import { linkTo } from '../../data/location.ts';
import { Duration } from '../../ui/quantity.tsx';
import { words } from '../../words/index.ts';

const says = words.capture;
const SHOWN = 5;
/** Rows that change faster than this cannot be read. */
const CALM_MS = 500;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The newest calls as they come: the proof that a way works. */
export function Arrivals(): ReactNode {
  const api = useApi();
  const [opened] = useState(() => Date.now() * 1000);
  const { data, refetch } = useQuery({
    queryKey: ['capture.arrivals'],
    queryFn: () => api.calls.list({ limit: SHOWN }),
    placeholderData: keepPreviousData,
  });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEach(
    (signal) => api.calls.watch(undefined, { signal }),
    () => {
      timer.current ??= setTimeout(() => {
        timer.current = null;
        void refetch();
      }, CALM_MS);
    },
  );
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  const calls = data?.calls ?? [];
  const fresh = calls.filter(({ startedAt }) => startedAt >= opened).length;

  return (
    <section className="arrivals" aria-label={says.arriving}>
      <header>
        <h3>{says.arriving}</h3>
        <span className="dim" role="status">
          {calls.length === 0
            ? ''
            : fresh === 0
              ? says.noneSince
              : fresh === SHOWN
                ? says.arrivedMany(SHOWN)
                : says.arrived(fresh)}
        </span>
        {calls.length > 0 && <a href={linkTo('traffic')}>{says.seeAll}</a>}
      </header>
      {calls.length === 0 ? (
        <p className="arrivals-waiting">
          <strong>{says.waiting}</strong> <span className="dim">{says.waitingSays}</span>
        </p>
      ) : (
        <ul>
          {calls.map((call) => (
            <Row key={call.id} call={call} fresh={call.startedAt >= opened} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ call, fresh }: { call: CallSummary; fresh: boolean }): ReactNode {
  const { id, startedAt, app, method, host, path, status, failure, state, durationUs } = call;
  const outcome = state === 'open' ? '…' : String(status ?? failure ?? '–');
  return (
    <li>
      <a className="arrival" data-fresh={fresh} href={linkTo('traffic', { call: String(id) })}>
        <span className="arrival-time">{clock.format(startedAt / 1000)}</span>
        <span className="ellipsis">{app ?? says.unknownApp}</span>
        <span className="dim">{method}</span>
        <span className="arrival-status" data-class={status === null ? '0' : String(Math.floor(status / 100))}>
          {outcome}
        </span>
        <span className="ellipsis">
          {host}
          <span className="dim">{path}</span>
        </span>
        <span className="numeric">
          <Duration us={durationUs} />
        </span>
      </a>
    </li>
  );
}

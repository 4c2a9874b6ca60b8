import { useState } from 'react';
import type { ReactNode } from 'react';
import { ArrowLeftRight } from 'lucide-react';
import { diffHeaders } from '../../../shared/diff/header-diff.ts';
import { formatDuration, formatSize } from '../../../shared/format/quantities.ts';
import { failureSentence } from '../../../shared/format/failures.ts';
import type { Call } from '../../../shared/model/call.ts';
import { urlOf } from '../../../shared/query/evaluate.ts';
import { changePlace, linkTo, useParam } from '../../data/location.ts';
import { BodyDifference } from '../../inspect/body/body-difference.tsx';
import { Timestamp } from '../../inspect/timestamp.tsx';
import { toneOf } from '../../inspect/tone.ts';
import { useCall } from '../../inspect/use-call.ts';
import { Valued } from '../../inspect/valued.tsx';
import { Waterfall } from '../../inspect/waterfall.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Switch } from '../../ui/fields.tsx';
import { Late } from '../../ui/late.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { words } from '../../words/index.ts';
import './compare.css';

const say = words.compare;
const TABS = ['summary', 'request', 'response'] as const;
type TabId = (typeof TABS)[number];

/** Two calls side by side: `#/compare?a=…&b=…`. */
export default function CompareView(): ReactNode {
  const a = useCall(Number(useParam('a')) || 0);
  const b = useCall(Number(useParam('b')) || 0);
  const wanted = useParam('tab');
  const open: TabId = TABS.find((id) => id === wanted) ?? 'summary';
  if (a.call && b.call) {
    const [left, right] = [a.call, b.call];
    return (
      <section className="compare" aria-label={say.title}>
        <div className="compare-heads">
          <Head call={left} />
          <IconButton
            icon={ArrowLeftRight}
            label={say.swap}
            onClick={() => changePlace({ a: String(right.id), b: String(left.id) })}
          />
          <Head call={right} />
        </div>
        <Tabs
          label={say.tabs}
          tabs={TABS.map((id) => ({ id, title: words.inspect.tab[id] }))}
          open={open}
          onOpen={(tab) => changePlace({ tab })}
        >
          <div className="compare-page">
            {open === 'summary' ? <Summary a={left} b={right} /> : <Side a={left} b={right} side={open} />}
          </div>
        </Tabs>
      </section>
    );
  }
  if (a.error || b.error) return <Empty title={say.missing} says={say.missingSays} />;
  return (
    <Late>
      <p className="compare-page dim">{words.general.loading}</p>
    </Late>
  );
}

function Head({ call }: { call: Call }): ReactNode {
  return (
    <div className="compare-head">
      <h1 className="ellipsis">
        <span className={`tone-${toneOf(call)}`}>
          {call.status ?? (call.state === 'open' ? words.inspect.open : '×')}
        </span>{' '}
        {call.method} <span className="compare-path">{call.path}</span>
      </h1>
      <p className="dim ellipsis">
        <a href={linkTo('call', { id: String(call.id) })}>{say.call(call.id)}</a> · {call.host} ·{' '}
        <Timestamp at={call.startedAt} />
      </p>
    </div>
  );
}

function Summary({ a, b }: { a: Call; b: Call }): ReactNode {
  const facts = words.inspect.facts;
  const body = ({ wireBytes }: { wireBytes: number }): string =>
    wireBytes === 0 ? words.inspect.body.none : formatSize(wireBytes);
  const origin = (call: Call): string => {
    const last = call.attempts.at(-1);
    return last?.remoteAddress ? `${last.remoteAddress}:${last.remotePort}` : '–';
  };
  const rows: [string, string, string][] = [
    [facts.url, urlOf(a), urlOf(b)],
    [facts.status, statusOf(a), statusOf(b)],
    [say.failure, a.failure ? failureSentence(a.failure) : '–', b.failure ? failureSentence(b.failure) : '–'],
    [facts.duration, formatDuration(a.durationUs), formatDuration(b.durationUs)],
    [facts.firstByte, formatDuration(a.timeToFirstByteUs), formatDuration(b.timeToFirstByteUs)],
    [facts.app, a.app ?? '–', b.app ?? '–'],
    [facts.origin, origin(a), origin(b)],
    [facts.protocol, a.protocol ?? a.clientProtocol, b.protocol ?? b.clientProtocol],
    [facts.tls, tlsOf(a), tlsOf(b)],
    [facts.request, body(a.requestBody), body(b.requestBody)],
    [facts.response, body(a.responseBody), body(b.responseBody)],
    [facts.messages, String(a.messages), String(b.messages)],
  ];
  return (
    <>
      <table className="compare-table">
        <tbody>
          {rows
            .filter(([, left, right]) => !(left === '–' && right === '–'))
            .map(([name, left, right]) => (
              <tr key={name} className={left === right ? undefined : 'compare-differs'}>
                <th scope="row">{name}</th>
                <td>
                  <Valued value={left} />
                </td>
                <td>
                  <Valued value={right} />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      <div className="compare-timing">
        <Waterfall call={a} />
        <Waterfall call={b} />
      </div>
    </>
  );
}

function Side({ a, b, side }: { a: Call; b: Call; side: 'request' | 'response' }): ReactNode {
  const [all, setAll] = useState(false);
  const headers = diffHeaders(
    side === 'request' ? a.requestHeaders : a.responseHeaders,
    side === 'request' ? b.requestHeaders : b.responseHeaders,
  );
  const differing = headers.filter(({ same }) => !same);
  const shown = all ? headers : differing;
  return (
    <>
      <div className="compare-bar">
        <h2>{words.inspect.headers.title}</h2>
        <span className="dim">{say.headers(differing.length, headers.length)}</span>
        <span className="compare-all">
          {say.allHeaders} <Switch label={say.allHeaders} on={all} onChange={setAll} />
        </span>
      </div>
      {shown.length > 0 && (
        <table className="compare-table">
          <tbody>
            {shown.map(({ name, before, after, same }, index) => (
              <tr key={index} className={same ? undefined : 'compare-differs'}>
                <th scope="row">{name}</th>
                <td className="mono">
                  {before === null ? <span className="dim">{say.absent}</span> : <Valued value={before} />}
                </td>
                <td className="mono">
                  {after === null ? <span className="dim">{say.absent}</span> : <Valued value={after} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="compare-bar">
        <h2>{words.inspect.parts.body}</h2>
      </div>
      <BodyDifference a={a} b={b} side={side} />
    </>
  );
}

function statusOf({ status, reason }: Call): string {
  return status === null ? '–' : `${status}${reason ? ` ${reason}` : ''}`;
}

function tlsOf({ attempts }: Call): string {
  const tls = attempts.at(-1)?.tls;
  return tls ? `${tls.version.replace('TLSv', 'TLS ')}, ${tls.cipher}` : '–';
}

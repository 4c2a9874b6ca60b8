import { useMemo } from 'react';
import type { ReactNode } from 'react';
import type { Call, Header } from '../../shared/model/call.ts';
import { readCookies, readSetCookie } from '../../shared/payload/cookies.ts';
import { findJwts } from '../../shared/payload/jwt.ts';
import type { Jwt } from '../../shared/payload/jwt.ts';
import { readPairs } from '../../shared/payload/pairs.ts';
import { changePlace, useParam } from '../data/location.ts';
import { words } from '../words/index.ts';
import { CallBody } from './body/call-body.tsx';
import { HeaderList } from './header-list.tsx';
import { JwtView } from './jwt-view.tsx';
import { Valued } from './valued.tsx';
import './call-panel.css';

const say = words.inspect;

type PartId = 'body' | 'headers' | 'query' | 'cookies' | 'trailers' | 'tokens';
interface Part {
  id: PartId;
  count?: number;
  draw: () => ReactNode;
}

export function RequestTab({ call }: { call: Call }): ReactNode {
  return <Side call={call} side="request" />;
}
export function ResponseTab({ call }: { call: Call }): ReactNode {
  return <Side call={call} side="response" />;
}

/** One side of a call: its body, headers, and what the headers hold. Which of them is in the address (`part`). */
function Side({ call, side }: { call: Call; side: 'request' | 'response' }): ReactNode {
  const wanted = useParam('part');
  const parts = useMemo(() => partsOf(call, side), [call, side]);
  const open = parts.find(({ id }) => id === wanted) ?? parts[0];
  if (!open) return null;
  const step = (by: number): void => {
    const next = parts[(parts.indexOf(open) + by + parts.length) % parts.length];
    if (next) changePlace({ part: next.id });
  };
  return (
    <div className="side">
      <div className="side-parts" role="tablist" aria-label={say.parts.label}>
        {parts.map(({ id, count }) => (
          <button
            key={id}
            type="button"
            role="tab"
            className="side-part"
            aria-selected={id === open.id}
            tabIndex={id === open.id ? 0 : -1}
            onClick={() => changePlace({ part: id })}
            onKeyDown={(event) => {
              const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              if (by === 0) return;
              event.preventDefault();
              step(by);
              const buttons = event.currentTarget.parentElement?.children;
              const at = (parts.indexOf(open) + by + parts.length) % parts.length;
              (buttons?.[at] as HTMLElement | undefined)?.focus();
            }}
          >
            {say.parts[id]}
            {count !== undefined && <span className="unit"> {count}</span>}
          </button>
        ))}
      </div>
      <div className="side-page" role="tabpanel" aria-label={say.parts[open.id]}>
        {open.draw()}
      </div>
    </div>
  );
}

function partsOf(call: Call, side: 'request' | 'response'): Part[] {
  const headers = side === 'request' ? call.requestHeaders : call.responseHeaders;
  const trailers = side === 'request' ? call.requestTrailers : call.responseTrailers;
  const parts: Part[] = [];
  const { wireBytes, captured } = side === 'request' ? call.requestBody : call.responseBody;
  if (wireBytes > 0 || captured !== null || (side === 'response' && call.state === 'open'))
    parts.push({ id: 'body', draw: () => <CallBody call={call} side={side} /> });
  parts.push({
    id: 'headers',
    count: headers.length,
    draw: () => (
      <>
        {side === 'response' &&
          call.informational.map(({ status, headers: early }, index) => (
            <HeaderList key={index} headers={early} label={say.headers.informational(status)} />
          ))}
        <HeaderList headers={headers} label={say.headers.title} />
      </>
    ),
  });
  const query = side === 'request' ? readPairs(call.query) : [];
  if (query.length > 0) parts.push({ id: 'query', count: query.length, draw: () => <Query call={call} /> });
  const cookies = headers.filter(([name]) => name.toLowerCase() === (side === 'request' ? 'cookie' : 'set-cookie'));
  if (cookies.length > 0) parts.push(cookiesPart(cookies, side));
  if (trailers.length > 0)
    parts.push({
      id: 'trailers',
      count: trailers.length,
      draw: () => <HeaderList headers={trailers} label={say.headers.trailers} />,
    });
  const tokens = headers.flatMap(([name, value]) => findJwts(value).map((jwt): [string, Jwt] => [name, jwt]));
  if (tokens.length > 0)
    parts.push({
      id: 'tokens',
      count: tokens.length,
      draw: () => (
        <div className="call-page">
          {tokens.map(([name, jwt], index) => (
            <JwtView key={index} jwt={jwt} where={say.jwt.in(name)} />
          ))}
        </div>
      ),
    });
  return parts;
}

function Query({ call }: { call: Call }): ReactNode {
  const pairs = readPairs(call.query);
  return (
    <div className="call-page">
      <table className="call-table">
        <thead>
          <tr>
            <th>{say.query.name}</th>
            <th>{say.query.value}</th>
            <th>{say.query.raw}</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ name, value, rawName, rawValue, hasValue }, index) => (
            <tr key={index}>
              <td>{name}</td>
              <td className="mono">
                <Valued value={value} />
              </td>
              <td className="mono dim">
                {(rawName !== name || rawValue !== value) && `${rawName}${hasValue ? '=' : ''}${rawValue}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cookiesPart(headers: readonly Header[], side: 'request' | 'response'): Part {
  const sent = side === 'request' ? headers.flatMap(([, value]) => readCookies(value)) : [];
  const set = side === 'response' ? headers.map(([, value]) => readSetCookie(value)) : [];
  return {
    id: 'cookies',
    count: sent.length + set.length,
    draw: () => (
      <div className="call-page">
        <table className="call-table">
          <thead>
            <tr>
              <th>{say.cookies.name}</th>
              <th>{say.cookies.value}</th>
              {set.length > 0 && <th>{say.cookies.attributes}</th>}
            </tr>
          </thead>
          <tbody>
            {sent.map(({ name, value }, index) => (
              <tr key={index}>
                <td>{name}</td>
                <td className="mono">
                  <Valued value={value} />
                </td>
              </tr>
            ))}
            {set.map(({ name, value, attributes, remarks }, index) => (
              <tr key={index}>
                <td>{name}</td>
                <td className="mono">
                  <Valued value={value} />
                </td>
                <td>
                  {attributes.map(([key, text]) => (text === '' ? key : `${key}=${text}`)).join('; ')}
                  {remarks.map((remark) => (
                    <div key={remark} className="tone-client">
                      {remark}
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    ),
  };
}

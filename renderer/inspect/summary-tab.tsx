import type { ReactNode } from 'react';
import type { Attempt, BodyFacts, Call } from '../../shared/model/call.ts';
import { failureSentence } from '../../shared/format/failures.ts';
import { urlOf } from '../../shared/query/evaluate.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Count, Duration } from '../ui/quantity.tsx';
import { words } from '../words/index.ts';
import { Facts } from './facts.tsx';
import { Timestamp } from './timestamp.tsx';
import { Valued } from './valued.tsx';
import { Waterfall } from './waterfall.tsx';

const say = words.inspect;

/** What the call was, in names and values; where the time went; what was tried. */
export function SummaryTab({ call }: { call: Call }): ReactNode {
  const { kind, tunnel, attempts } = call;
  const attempt = attempts.at(-1) ?? null;
  const { facts } = say;
  return (
    <div className="call-page">
      {tunnel && (
        <div className="call-note-box" role="note">
          <strong>{say.tunnelTitle}</strong>
          <p>{say.tunnel[tunnel.reason]}</p>
          {tunnel.advice !== '' && <p>{tunnel.advice}</p>}
        </div>
      )}
      {kind === 'refused' && (
        <div className="call-note-box" role="note">
          <strong>{say.refusedTitle}</strong>
          <p>{say.refusedSays}</p>
        </div>
      )}
      {call.note !== null && call.note !== '' && (
        <div className="call-note-box" role="note">
          <p className="call-note-text">{call.note}</p>
        </div>
      )}
      <Facts
        facts={[
          [
            facts.url,
            <span key="url" className="call-url">
              <span className="mono">
                <Valued value={urlOf(call)} />
              </span>
              <CopyButton text={urlOf(call)} label={say.action.copyUrl} />
            </span>,
          ],
          [
            facts.status,
            call.status === null
              ? call.state === 'open'
                ? say.openSays
                : '–'
              : `${call.status}${call.reason ? ` ${call.reason}` : ''}`,
          ],
          call.informational.length > 0
            ? [facts.informational, call.informational.map(({ status }) => status).join(', ')]
            : null,
          [facts.started, <Timestamp key="began" at={call.startedAt} />],
          call.durationUs === null ? null : [facts.duration, <Duration key="duration" us={call.durationUs} />],
          call.timeToFirstByteUs === null
            ? null
            : [facts.firstByte, <Duration key="first" us={call.timeToFirstByteUs} />],
          [facts.app, call.app ?? <span className="dim">{say.unknownApp}</span>],
          call.clientAddress === null
            ? null
            : [
                facts.client,
                <span key="c" className="mono">
                  {call.clientAddress}
                </span>,
              ],
          attempt?.remoteAddress
            ? [
                facts.origin,
                <span key="o">
                  <span className="mono">
                    {attempt.remoteAddress}
                    {attempt.remotePort !== null && `:${attempt.remotePort}`}
                  </span>
                  {attempt.reused && <span className="dim"> {say.onReused}</span>}
                </span>,
              ]
            : kind === 'refused'
              ? null
              : [
                  facts.origin,
                  <span key="o" className="dim">
                    {say.notReached}
                  </span>,
                ],
          attempt?.via
            ? [
                facts.via,
                <span key="v" className="mono">
                  {attempt.via}
                </span>,
              ]
            : null,
          [
            facts.protocol,
            call.protocol === null || call.protocol === call.clientProtocol
              ? call.clientProtocol
              : say.toOrigin(call.clientProtocol, call.protocol),
          ],
          tunnel?.serverName
            ? [
                facts.serverName,
                <span key="s" className="mono">
                  {tunnel.serverName}
                </span>,
              ]
            : null,
          tunnel && tunnel.alpn.length > 0 ? [facts.alpn, tunnel.alpn.join(', ')] : null,
          kind === 'tunnel' ? null : [facts.request, bodyWords(call.requestBody)],
          kind === 'tunnel' ? null : [facts.response, bodyWords(call.responseBody)],
          call.messages > 0 ? [facts.messages, <Count key="m" of={call.messages} />] : null,
          kind === 'http' ? null : [facts.kind, say.kind[kind]],
          [facts.source, say.source[call.source]],
          [facts.id, String(call.id)],
        ]}
      />
      {kind !== 'refused' && <Waterfall call={call} />}
      {attempts.length > 1 && <Attempts attempts={attempts} call={call} />}
    </div>
  );
}

function bodyWords({ wireBytes, decodedBytes, capturedBytes, truncated }: BodyFacts): string {
  if (wireBytes === 0) return say.body.none;
  const all = say.body.bytes(wireBytes, decodedBytes);
  return truncated === null || capturedBytes >= wireBytes ? all : `${all}, ${say.body.kept(capturedBytes)}`;
}

function Attempts({ attempts, call }: { attempts: readonly Attempt[]; call: Call }): ReactNode {
  return (
    <section aria-label={say.attempts}>
      <h2 className="call-heading">{say.attempts}</h2>
      <ol className="call-attempts">
        {attempts.map((attempt, index) => (
          <li key={attempt.startedAt}>
            <span className="dim">{say.attempt(index)}</span>
            <span>
              <span className="mono">
                {attempt.remoteAddress ?? '–'}
                {attempt.remotePort !== null && `:${attempt.remotePort}`}
              </span>
              <span className="dim"> {attempt.reused ? say.reused : say.newConnection}</span>
              <br />
              {attempt.failure
                ? failureSentence(attempt.failure)
                : call.status === null && call.state === 'open'
                  ? say.attemptOpen
                  : index === attempts.length - 1 && call.failure
                    ? failureSentence(call.failure)
                    : say.attemptOk}
            </span>
            <span className="numeric">
              <Duration us={attempt.startedAt} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

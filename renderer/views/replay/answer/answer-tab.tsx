import type { ReactNode } from 'react';
import type { Call } from '../../../../shared/model/call.ts';
import { linkTo } from '../../../data/location.ts';
import { HeaderList } from '../../../inspect/header-list.tsx';
import { ResponseTab } from '../../../inspect/side-tab.tsx';
import { toneOf, toneOfStatus } from '../../../inspect/tone.ts';
import { useCall } from '../../../inspect/use-call.ts';
import { Empty } from '../../../ui/empty.tsx';
import { Keys } from '../../../ui/keys.tsx';
import { Duration, Size } from '../../../ui/quantity.tsx';
import { words } from '../../../words/index.ts';
import type { Progress } from './use-sending.ts';

const say = words.replay;

/** The answer of the last sending; before one, what was recorded. */
export function AnswerTab({
  progress,
  origin,
  last,
}: {
  progress: Progress | null;
  origin: number | null;
  last: number | null;
}): ReactNode {
  if (progress && (progress.state === 'sending' || progress.call === 0)) return <Live progress={progress} />;
  const id = progress?.call ?? last ?? origin;
  if (id === null)
    return (
      <Empty title={say.nothingSent} says={say.nothingSentSays}>
        <Keys of="mod+enter" />
      </Empty>
    );
  return <Recorded key={id} id={id} isOrigin={progress === null && last === null} progress={progress} />;
}

function Recorded({ id, isOrigin, progress }: { id: number; isOrigin: boolean; progress: Progress | null }): ReactNode {
  const { call } = useCall(id);
  // The row comes a moment after the answer.
  if (!call || call.id !== id) return progress && <Live progress={progress} />;
  return (
    <div className="replay-came">
      <p className="replay-status" role="status">
        <span className={`replay-status-code tone-${toneOf(call)}`}>
          {call.status === null ? '×' : `${call.status} ${call.reason ?? ''}`}
        </span>
        <span>
          <Duration us={call.durationUs} />
        </span>
        <span>
          <Size bytes={call.responseBody.wireBytes} />
        </span>
        <span className="dim">{call.protocol ?? call.clientProtocol}</span>
        <a href={linkTo('call', { id: String(call.id) })}>
          {isOrigin ? say.recordedCall(call.id) : say.replayCall(call.id)}
        </a>
        {isOrigin && <span className="dim">{say.recordedAnswer}</span>}
      </p>
      <Trouble call={call} progress={progress} />
      <ResponseTab call={call} />
    </div>
  );
}

/** Why there is no answer of the origin, with the policy’s own sentence where one refused. */
function Trouble({ call, progress }: { call: Call; progress: Progress | null }): ReactNode {
  const denied = call.decisions.find(({ verdict }) => verdict === 'deny' || verdict === 'cut');
  const says = denied?.sentence ?? progress?.failure ?? null;
  if (progress?.state === 'cancelled') return <p className="replay-trouble">{say.cancelled}</p>;
  return says === null ? null : (
    <p className="replay-trouble" role="alert">
      {says}
    </p>
  );
}

/** While it comes. */
function Live({ progress }: { progress: Progress }): ReactNode {
  const { head, state, bytes, text, messages, failure, afterUs } = progress;
  const coding = head?.headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1];
  return (
    <div className="replay-came">
      <p className="replay-status" role="status">
        {head ? (
          <>
            <span className={`replay-status-code tone-${toneOfStatus(head.status)}`}>
              {head.status} {head.reason}
            </span>
            <span>
              <Duration us={afterUs} />
            </span>
            <span>
              <Size bytes={bytes} />
            </span>
            <span className="dim">{head.protocol}</span>
          </>
        ) : (
          state === 'sending' && <span className="dim">{say.waiting}</span>
        )}
        {state === 'sending' && <span className="replay-busy" aria-hidden />}
        {state === 'cancelled' && <span>{say.cancelled}</span>}
      </p>
      {failure !== null && (
        <p className="replay-trouble" role="alert">
          {failure}
        </p>
      )}
      {messages.length > 0 ? (
        <ol className="replay-messages">
          {messages.map(({ direction, type, data, name }, index) => (
            <li key={index}>
              <span className="dim">{direction === 'sent' ? '↑' : '↓'}</span>{' '}
              <span className="dim">{name ?? type}</span> <span className="mono">{data}</span>
            </li>
          ))}
        </ol>
      ) : (
        coding === undefined && text !== '' && <pre className="replay-live">{text}</pre>
      )}
      {coding !== undefined && bytes > 0 && <p className="replay-hint dim">{say.coded(coding)}</p>}
      {state !== 'sending' && head && progress.call === 0 && (
        <>
          <p className="replay-hint dim">{say.notRecorded}</p>
          <HeaderList headers={head.headers} label={words.inspect.headers.title} />
        </>
      )}
    </div>
  );
}

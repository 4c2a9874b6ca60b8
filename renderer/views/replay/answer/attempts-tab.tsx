import type { ReactNode } from 'react';
import { linkTo } from '../../../data/location.ts';
import { toneOfStatus } from '../../../inspect/tone.ts';
import { Timestamp } from '../../../inspect/timestamp.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Duration } from '../../../ui/quantity.tsx';
import { words } from '../../../words/index.ts';
import type { OpenDraft } from '../drafts.ts';

const say = words.replay;

/** Every sending of this draft; each is a call, and any two can be compared. */
export function AttemptsTab({ open: { draft, attempts } }: { open: OpenDraft }): ReactNode {
  if (attempts.length === 0) return <Empty title={say.noAttempts} says={say.noAttemptsSays} />;
  return (
    <table className="replay-attempts">
      <thead>
        <tr>
          <th>{say.attempt.when}</th>
          <th>{say.attempt.status}</th>
          <th className="numeric">{say.attempt.took}</th>
          <th>{say.attempt.call}</th>
          <th>
            <span className="unseen">{say.shown.compare}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {attempts.map(({ call, at, status, tookUs, failure }, index) => {
          const before = attempts.slice(index + 1).find((one) => one.call > 0)?.call ?? draft.origin;
          return (
            <tr key={attempts.length - index}>
              <td>
                <Timestamp at={at * 1000} />
              </td>
              <td className={`tone-${toneOfStatus(status)}`} title={failure ?? undefined}>
                {status ?? (failure === null ? '…' : '×')}
              </td>
              <td className="numeric">
                <Duration us={tookUs} />
              </td>
              <td>
                {call > 0 ? <a href={linkTo('call', { id: String(call) })}>{call}</a> : <span className="dim">–</span>}
              </td>
              <td>
                {call > 0 && before !== null && before > 0 && (
                  <a href={linkTo('compare', { a: String(before), b: String(call), tab: 'response' })}>
                    {say.attempt.compare(before)}
                  </a>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

import type { ReactNode } from 'react';
import { Hourglass } from 'lucide-react';
import { limitWords, throttleSentence } from '../../shared/format/metering-words.ts';
import type { LimitReading, LimitSignal } from '../../shared/model/limit-signal.ts';
import { words } from '../words/index.ts';
import { Facts } from './facts.tsx';
import { Timestamp } from './timestamp.tsx';

const say = words.cost;
/** Below these shares a limit is near, and all but reached. */
const NEAR = 0.2;
const REACHED = 0.05;

/** What the vendor said of its limits with this answer: who held it back, and what was left. */
export function LimitsPart({ limits }: { limits: LimitReading }): ReactNode {
  const { signals, throttle, retryAt } = limits;
  return (
    <section aria-label={say.limits}>
      <h2 className="call-heading">{say.limits}</h2>
      {throttle !== null && (
        <p className="call-verdict tone-throttled">
          <Hourglass size={16} aria-hidden />
          <span>{throttleSentence(throttle)}</span>
        </p>
      )}
      {retryAt !== null && <Facts facts={[[say.fact.retryAt, <Timestamp key="at" at={retryAt} />]]} />}
      {signals.length > 0 && (
        <table className="call-table cost-limits">
          <thead>
            <tr>
              <th>{say.limitColumn.resource}</th>
              <th>{say.limitColumn.left}</th>
              <th>{say.limitColumn.reset}</th>
              <th>{say.limitColumn.source}</th>
            </tr>
          </thead>
          <tbody>
            {signals.map((signal, index) => (
              <tr key={index}>
                <td>{signal.resource}</td>
                <td>
                  <Left signal={signal} />
                </td>
                <td>{signal.resetAt === null ? <span className="dim">–</span> : <Timestamp at={signal.resetAt} />}</td>
                <td className="mono dim">{signal.source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Left({ signal }: { signal: LimitSignal }): ReactNode {
  const { limit, remaining } = signal;
  const share = limit !== null && remaining !== null && limit > 0 ? Math.min(1, Math.max(0, remaining / limit)) : null;
  return (
    <span className="cost-left">
      {share !== null && (
        <span
          className={`cost-meter ${share <= REACHED ? 'tone-server' : share <= NEAR ? 'tone-client' : 'tone-ok'}`}
          role="img"
          aria-label={say.leftOf(Math.round(share * 100))}
        >
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
            <rect className="cost-meter-all" width="100" height="6" />
            <rect width={share * 100} height="6" fill="currentColor" />
          </svg>
        </span>
      )}
      <span className="cost-left-words">{limitWords(signal)}</span>
    </span>
  );
}

import type { ReactNode } from 'react';
import type { Call } from '../../shared/model/call.ts';
import { timingPhases } from '../../shared/format/timing-phases.ts';
import { Duration } from '../ui/quantity.tsx';
import { words } from '../words/index.ts';
import { useElapsed } from './elapsed.tsx';
import './waterfall.css';

const say = words.inspect.timing;

/** Where a call's time went, as bars on one scale. `full`: with begin times and what is not known. */
export function Waterfall({ call, full = false }: { call: Call; full?: boolean }): ReactNode {
  const phases = timingPhases(call);
  const open = call.durationUs === null;
  const elapsed = useElapsed(call.startedAt, open);
  const scale = Math.max(call.durationUs ?? elapsed ?? 0, ...phases.map(({ start, end }) => end ?? start), 1);
  const share = (us: number): string => `${Math.min(100, (us / scale) * 100)}%`;
  return (
    <section aria-label={say.chart}>
      {!full && <h2 className="call-heading">{words.inspect.tab.timing}</h2>}
      <table className={full ? 'waterfall waterfall-full' : 'waterfall'}>
        <thead className={full ? '' : 'unseen'}>
          <tr>
            <th colSpan={2}>{say.phaseColumn}</th>
            <th className="numeric">{say.begins}</th>
            <th className="numeric">{say.lasts}</th>
          </tr>
        </thead>
        <tbody>
          {phases.map(({ kind, attempt, start, end }) => (
            <tr key={`${kind} ${attempt} ${start}`}>
              <th scope="row" title={say.says[kind]}>
                {say.phase[kind]}
                {attempt !== null && call.attempts.length > 1 && <span className="unit"> {attempt + 1}</span>}
              </th>
              <td className="waterfall-track">
                <span className="unseen">{say.says[kind]}</span>
                <span
                  className={`waterfall-bar waterfall-${kind}${end === null ? ' waterfall-open' : ''}`}
                  style={{ left: share(start), width: `max(2px, ${share((end ?? scale) - start)})` }}
                />
              </td>
              <td className="numeric dim">
                <Duration us={start} />
              </td>
              <td className="numeric">
                {end === null ? <span className="dim">{words.inspect.open}</span> : <Duration us={end - start} />}
              </td>
            </tr>
          ))}
          <tr className="waterfall-total">
            <th scope="row" colSpan={full ? 3 : 2}>
              {say.total}
            </th>
            <td className="numeric">
              <Duration us={call.durationUs ?? elapsed} />
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

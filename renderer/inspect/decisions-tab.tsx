import type { ReactNode } from 'react';
import type { Call } from '../../shared/model/call.ts';
import { words } from '../words/index.ts';

const say = words.inspect.decisions;

/** What policies said about the call. */
export function DecisionsTab({ call }: { call: Call }): ReactNode {
  return (
    <div className="call-page">
      <table className="call-table">
        <thead>
          <tr>
            <th>{say.policy}</th>
            <th>{say.verdict}</th>
            <th>{say.sentence}</th>
          </tr>
        </thead>
        <tbody>
          {call.decisions.map(({ policy, verdict, sentence }, index) => (
            <tr key={index}>
              <td>{policy}</td>
              <td>{verdict}</td>
              <td>{sentence}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

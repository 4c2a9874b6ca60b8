import type { ReactNode } from 'react';
import type { Pair } from '../../../shared/payload/pairs.ts';
import { words } from '../../words/index.ts';
import { Valued } from '../valued.tsx';

const say = words.inspect.query;

/** Names and values as they read, and as they were sent where that differs. */
export function FieldsView({ fields }: { fields: readonly Pair[] }): ReactNode {
  return (
    <div className="call-page">
      <table className="call-table">
        <thead>
          <tr>
            <th>{say.name}</th>
            <th>{say.value}</th>
            <th>{say.raw}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, value, rawName, rawValue, hasValue }, index) => (
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

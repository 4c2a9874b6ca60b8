import { FileWarning } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PolicyProblem } from '../../../../shared/contract/policies.ts';
import { linkTo } from '../../../data/location.ts';
import { words } from '../../../words/index.ts';

const says = words.policies;
/** More than this are for the editor. */
const SHOWN = 4;

/** What is wrong with the file on disk; with a mistake in it, an earlier version is in force. */
export function Problems({ file, problems }: { file: string; problems: readonly PolicyProblem[] }): ReactNode {
  if (problems.length === 0) return null;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const order = problems.toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
  return (
    <div
      className="policies-problems"
      role={errors > 0 ? 'alert' : 'status'}
      data-severity={errors > 0 ? 'error' : 'warning'}
    >
      <FileWarning size={14} aria-hidden />
      <div>
        <strong title={file}>{says.problemsTitle(errors, problems.length)}</strong>
        <ul>
          {order.slice(0, SHOWN).map(({ line, column, says: what }) => (
            <li key={`${line}:${column} ${what}`}>
              <a className="mono" href={linkTo('policies', { edit: '*', line: String(line) })}>
                {says.problemAt(line, column)}
              </a>{' '}
              {what}
            </li>
          ))}
          {order.length > SHOWN && <li className="dim">{says.moreProblems(order.length - SHOWN)}</li>}
        </ul>
      </div>
    </div>
  );
}

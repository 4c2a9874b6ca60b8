import { lazy, Suspense, useState } from 'react';
import type { ReactNode } from 'react';
import { Confirm } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';
import './confirm-change.css';

const says = words.policies.confirm;
const DiffView = lazy(() => import('./diff-view.tsx'));

/**
 * Asks before something takes effect on calls: what it means, what changes in the file, and why (kept with the version).
 * `diff` null: the difference cannot be shown.
 */
export function ConfirmChange({
  title,
  says: meaning,
  diff,
  action,
  look = 'primary',
  onAnswer,
}: {
  title: string;
  says: ReactNode;
  diff: { before: string; after: string } | null;
  action: string;
  look?: 'danger' | 'primary';
  /** The reason, '' when none was given; null: no. */
  onAnswer: (reason: string | null) => void;
}): ReactNode {
  const [reason, setReason] = useState('');
  return (
    <Confirm
      open
      wide
      look={look}
      title={title}
      action={action}
      onAnswer={(yes) => onAnswer(yes ? reason.trim() : null)}
      says={
        <div className="confirm-change">
          <div>{meaning}</div>
          {diff && (
            <div className="confirm-change-diff" role="group" aria-label={says.diff}>
              <Suspense>
                <DiffView before={diff.before} after={diff.after} label={says.diff} />
              </Suspense>
            </div>
          )}
          <label className="confirm-change-reason">
            <span>{says.reason}</span>
            <TextField
              value={reason}
              placeholder={says.reasonHint}
              maxLength={1000}
              onChange={(event) => setReason(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') onAnswer(reason.trim());
              }}
            />
          </label>
        </div>
      }
    />
  );
}

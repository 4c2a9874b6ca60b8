import type { ReactNode } from 'react';
import { formatMoney } from '../../../shared/format/money.ts';
import type { Draft, SafetyQuestion } from '../../../shared/model/replay.ts';
import { words } from '../../words/index.ts';
import { hostOf } from './drafts.ts';

const say = words.replay;

/** What sending would do, before it is done. */
export function Questions({ draft, questions }: { draft: Draft; questions: readonly SafetyQuestion[] }): ReactNode {
  return (
    <div className="replay-questions">
      <p className="mono">
        {draft.method} {hostOf(draft.url)}
      </p>
      <ul>
        {questions.map(({ reason, says, nanoUsd }) => (
          <li key={reason}>
            {says}
            {nanoUsd !== null && <span className="dim"> {say.wouldCost(formatMoney(nanoUsd))}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

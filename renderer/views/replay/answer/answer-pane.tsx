import type { ReactNode } from 'react';
import { changePlace, useParam } from '../../../data/location.ts';
import { Tabs } from '../../../ui/tabs.tsx';
import { words } from '../../../words/index.ts';
import type { OpenDraft } from '../drafts.ts';
import { AnswerTab } from './answer-tab.tsx';
import { AttemptsTab } from './attempts-tab.tsx';
import { CompareTab } from './compare-tab.tsx';
import type { Progress } from './use-sending.ts';

const say = words.replay;

export const ANSWER_TABS = ['answer', 'compare', 'attempts'] as const;
export type AnswerTabId = (typeof ANSWER_TABS)[number];

/** What came back, how it differs from what was recorded, and the attempts so far. */
export function AnswerPane({ open, progress }: { open: OpenDraft; progress: Progress | null }): ReactNode {
  const wanted = useParam('show');
  const tab = ANSWER_TABS.find((id) => id === wanted) ?? 'answer';
  const last = open.attempts.find(({ call }) => call > 0)?.call ?? null;
  return (
    <section className="replay-answer" aria-label={say.answer}>
      <Tabs
        label={say.answerParts}
        open={tab}
        onOpen={(show) => changePlace({ show })}
        tabs={ANSWER_TABS.map((id) => ({
          id,
          title: say.shown[id],
          ...(id === 'attempts' && open.attempts.length > 0 ? { count: open.attempts.length } : {}),
        }))}
      >
        {tab === 'answer' && <AnswerTab progress={progress} origin={open.draft.origin} last={last} />}
        {tab === 'compare' && <CompareTab open={open} sending={progress?.state === 'sending'} />}
        {tab === 'attempts' && <AttemptsTab open={open} />}
      </Tabs>
    </section>
  );
}

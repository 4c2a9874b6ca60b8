import type { ReactNode } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { changePlace, linkTo } from '../../data/location.ts';
import { usePulse } from '../../data/pulse.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import './empty-traffic.css';

const { emptyTraffic: says } = words;
const COMMAND = 'npx sallyport run -- curl -s https://example.com/';

/** What stands where no call is shown, and why: nothing captured yet, paused, all hidden, or none at that time. */
export function EmptyTraffic({
  filter,
  timed,
  hidden,
  onClearFilter,
}: {
  filter: string;
  /** A time other than all is chosen. */
  timed: boolean;
  /** Calls the filter hides; null when not known. */
  hidden: number | null;
  onClearFilter: () => void;
}): ReactNode {
  const api = useApi();
  const pulse = usePulse();
  const { data: anything } = useQuery({
    queryKey: ['traffic.anything'],
    queryFn: async ({ signal }) => (await api.calls.list({ limit: 1 }, { signal })).calls.length > 0,
    // Once there is a call, there is one.
    refetchInterval: ({ state }) => (state.data === true ? false : 1000),
  });
  const resume = useMutation({
    mutationFn: () => api.capture.resume(),
    onError: (error) => toast(words.general.failed, { says: error.message }),
  });
  if (anything === undefined) return null;
  const clear = (
    <Button look="primary" onClick={onClearFilter}>
      {says.clearFilter}
    </Button>
  );
  const allTime = (
    <Button look={filter === '' ? 'primary' : 'plain'} onClick={() => changePlace({ range: 'all', at: undefined })}>
      {says.showAll}
    </Button>
  );
  if (!anything && pulse?.paused === true) {
    return (
      <Empty title={says.pausedTitle} says={says.pausedSays}>
        <Button look="primary" onClick={() => resume.mutate()}>
          {says.resume}
        </Button>
      </Empty>
    );
  }
  if (!anything) return <Guide />;
  if (filter === '')
    return (
      <Empty title={says.quietTitle} says={says.quietSays}>
        {allTime}
      </Empty>
    );
  return (
    <Empty title={says.hiddenTitle} says={says.hiddenSays(hidden)}>
      <div className="guide-buttons">
        {clear}
        {timed && allTime}
      </div>
    </Empty>
  );
}

/** The first screen anybody sees: one command to copy, and the wait for what it does. */
function Guide(): ReactNode {
  return (
    <div className="guide">
      <h2>{says.noneTitle}</h2>
      <p className="dim">{says.noneSays}</p>
      <div className="guide-command">
        <code>
          <span className="guide-prompt" aria-hidden>
            ${' '}
          </span>
          {COMMAND}
        </code>
        <CopyButton text={COMMAND} />
      </div>
      <p className="guide-waiting" role="status">
        <span className="guide-dot" aria-hidden />
        {says.waiting}
      </p>
      <p className="dim">
        {says.orSays} <a href={linkTo('capture')}>{says.toCapture}</a>
      </p>
    </div>
  );
}

import { Check, CircleAlert, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AttachTarget } from '../../../shared/contract/capture.ts';
import { useApi } from '../../client/api-context.ts';
import { useActions } from '../../data/actions.ts';
import { linkTo } from '../../data/location.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/fields.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { Lines } from './lines.tsx';

const says = words.capture;

/** One way: whether it is there, its lines, its switch, and a call that tries it. */
export function WayPage({ target }: { target: AttachTarget }): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const { id, title, available, why, lines, on } = target;
  const test = useMutation({ mutationFn: () => api.capture.test({ id }) });
  const change = useMutation({
    mutationFn: (next: boolean) => api.capture.switch({ id, on: next }),
    onSuccess: (changed) =>
      queries.setQueryData<AttachTarget[]>(['capture.targets'], (before) =>
        before?.map((one) => (one.id === changed.id ? changed : one)),
      ),
    onError: (error) => toast(says.cannot, { says: error.message }),
  });
  useActions(
    title,
    available
      ? [{ id: 'capture.test', title: `${says.test}: ${title}`, keys: ['mod+enter'], run: () => test.mutate() }]
      : [],
  );

  return (
    <article className="capture-way" aria-label={title}>
      <h2>{title}</h2>
      <p className="dim">{target.says}</p>
      {!available && (
        <p className="capture-why" role="note">
          <CircleAlert size={14} aria-hidden />
          <span>
            <strong>{says.unavailable}.</strong> {why}
          </span>
        </p>
      )}
      {on !== null && available && (
        <div className="capture-switch">
          <Switch label={title} on={on} onChange={(next) => change.mutate(next)} />
          <span className="dim">
            {change.isPending
              ? says.switching
              : on
                ? target.kind === 'browser'
                  ? says.browserOn
                  : says.isOn
                : says.isOff}
          </span>
        </div>
      )}
      {lines.length > 0 && <Lines lines={lines} />}
      {available && (
        <div className="capture-test">
          <Button icon={Play} onClick={() => test.mutate()} disabled={test.isPending}>
            {says.test}
          </Button>
          <div className="capture-result" role="status">
            {test.isPending ? (
              <span className="dim">{says.testing}</span>
            ) : test.error ? (
              <Result works={false} text={test.error.message} />
            ) : test.data ? (
              <Result works={test.data.works} text={test.data.says} remedy={test.data.remedy} call={test.data.call} />
            ) : (
              <span className="dim">{says.testSays}</span>
            )}
          </div>
        </div>
      )}
    </article>
  );
}

function Result({
  works,
  text,
  remedy = null,
  call = null,
}: {
  works: boolean;
  text: string;
  remedy?: string | null;
  call?: number | null;
}): ReactNode {
  return (
    <>
      <strong className={works ? 'capture-works' : 'capture-fails'}>
        {works ? <Check size={14} aria-hidden /> : <CircleAlert size={14} aria-hidden />}
        {works ? says.works : says.worksNot}
      </strong>
      <span>
        {text} {call !== null && <a href={linkTo('traffic', { call: String(call) })}>{says.seeCall(call)}</a>}
      </span>
      {remedy !== null && (
        <span>
          <strong>{says.remedy}:</strong> {remedy}
        </span>
      )}
    </>
  );
}

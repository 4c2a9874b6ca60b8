import { useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { USUAL_IGNORES, type BodyChange, type Comparison, type IgnoreRules } from '../../../../shared/model/replay.ts';
import { formatDuration } from '../../../../shared/format/quantities.ts';
import { useApi } from '../../../client/api-context.ts';
import { linkTo } from '../../../data/location.ts';
import { Valued } from '../../../inspect/valued.tsx';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Switch } from '../../../ui/fields.tsx';
import { Late } from '../../../ui/late.tsx';
import { words } from '../../../words/index.ts';
import type { OpenDraft } from '../drafts.ts';

const say = words.replay.compare;
/** Rows that are drawn; more are behind the link to the whole comparison. */
const MOST_ROWS = 200;

/** The newest answer against the recorded one (or the one before), with what does not count set apart. */
export function CompareTab({ open, sending }: { open: OpenDraft; sending: boolean }): ReactNode {
  const api = useApi();
  const [ignore, setIgnore] = useState<IgnoreRules>(USUAL_IGNORES);
  const done = open.attempts.filter(({ call, tookUs }) => call > 0 && tookUs !== null);
  const after = done[0]?.call ?? null;
  const before = open.draft.origin ?? done[1]?.call ?? null;
  const asked = useQuery({
    queryKey: ['replay', 'compare', before, after, ignore],
    enabled: before !== null && after !== null,
    retry: false,
    queryFn: ({ signal }) => api.replay.compare({ before: before ?? 0, after: after ?? 0, ignore }, { signal }),
  });
  if (after === null || before === null)
    return <Empty title={say.nothing} says={open.draft.origin === null ? say.nothingMadeUp : say.nothingSays} />;
  if (asked.error)
    return <Empty title={say.failed} says={asked.error instanceof Error ? asked.error.message : String(asked.error)} />;
  if (!asked.data || sending)
    return (
      <Late>
        <p className="replay-hint dim">{words.general.loading}</p>
      </Late>
    );
  return <Shown comparison={asked.data} before={before} after={after} ignore={ignore} onIgnore={setIgnore} />;
}

function Shown({
  comparison,
  before,
  after,
  ignore,
  onIgnore,
}: {
  comparison: Comparison;
  before: number;
  after: number;
  ignore: IgnoreRules;
  onIgnore: (ignore: IgnoreRules) => void;
}): ReactNode {
  const { verdict, says, status, headers, body, timing } = comparison;
  // The sentence begins with the verdict.
  const word = /^\w+/.exec(says)?.[0] ?? '';
  const counting = body.changes.filter(({ ignored }) => ignored === null);
  const ignored = body.changes.length - counting.length + headers.filter((one) => one.ignored).length;
  const differing = headers.filter((one) => !one.ignored && one.before !== one.after);
  const [all, setAll] = useState(false);
  const changes = all ? body.changes : counting;
  return (
    <div className="replay-compare">
      <p className="replay-verdict" data-verdict={verdict} role="status">
        <span>
          <strong>{word}</strong>
          {says.slice(word.length)}
        </span>
        <a href={linkTo('compare', { a: String(before), b: String(after), tab: 'response' })}>{say.sideBySide}</a>
      </p>
      <table className="replay-table">
        <thead>
          <tr>
            <th>
              <span className="unseen">{say.place}</span>
            </th>
            <th>{say.recorded(before)}</th>
            <th>{say.now(after)}</th>
            <th>
              <span className="unseen">{say.ignore}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          <Row name={say.status} before={text(status.before)} after={text(status.after)} same={status.same} />
          <Row
            name={say.firstByte}
            before={formatDuration(timing.timeToFirstByteUs[0])}
            after={formatDuration(timing.timeToFirstByteUs[1])}
            same
          />
          <Row
            name={say.duration}
            before={formatDuration(timing.durationUs[0])}
            after={formatDuration(timing.durationUs[1])}
            same
          />
          {(all ? headers.filter((one) => one.before !== one.after) : differing).map((one, index) => (
            <Row
              key={`${one.name} ${index}`}
              name={one.name}
              before={one.before ?? say.absent}
              after={one.after ?? say.absent}
              same={false}
              dim={one.ignored}
              action={
                one.ignored ? null : (
                  <Button
                    look="quiet"
                    onClick={() => onIgnore({ ...ignore, headers: [...ignore.headers, one.name.toLowerCase()] })}
                  >
                    {say.ignore}
                  </Button>
                )
              }
            />
          ))}
          {changes.slice(0, MOST_ROWS).map((change) => (
            <ChangeRow
              key={`${change.path} ${change.kind}`}
              change={change}
              onIgnore={
                body.as === 'json' && change.ignored === null
                  ? () => onIgnore({ ...ignore, paths: [...ignore.paths, change.path] })
                  : null
              }
            />
          ))}
        </tbody>
      </table>
      {body.same && <p className="replay-hint dim">{say.sameBody[body.as]}</p>}
      {changes.length + body.more > MOST_ROWS && (
        <p className="replay-hint dim">{say.more(changes.length + body.more - MOST_ROWS)}</p>
      )}
      <div className="replay-ignores">
        <label>
          <Switch
            label={say.ignoreTimes}
            on={ignore.timestamps}
            onChange={(timestamps) => onIgnore({ ...ignore, timestamps })}
          />{' '}
          {say.ignoreTimes}
        </label>
        <label>
          <Switch label={say.ignoreIds} on={ignore.ids} onChange={(ids) => onIgnore({ ...ignore, ids })} />{' '}
          {say.ignoreIds}
        </label>
        {ignored > 0 && (
          <label>
            <Switch label={say.showIgnored(ignored)} on={all} onChange={setAll} /> {say.showIgnored(ignored)}
          </label>
        )}
        {(ignore.paths.length > 0 || ignore.headers.length > 0) && (
          <Button look="quiet" onClick={() => onIgnore({ ...ignore, paths: [], headers: [] })}>
            {say.forget(ignore.paths.length + ignore.headers.length)}
          </Button>
        )}
      </div>
    </div>
  );
}

function ChangeRow({ change, onIgnore }: { change: BodyChange; onIgnore: (() => void) | null }): ReactNode {
  return (
    <Row
      name={change.path}
      mono
      before={change.before ?? say.absent}
      after={change.after ?? say.absent}
      same={false}
      dim={change.ignored !== null}
      action={
        onIgnore ? (
          <Button look="quiet" onClick={onIgnore}>
            {say.ignore}
          </Button>
        ) : change.ignored === null ? null : (
          <span className="dim">{say.why[change.ignored]}</span>
        )
      }
    />
  );
}

function Row({
  name,
  before,
  after,
  same,
  dim = false,
  mono = false,
  action = null,
}: {
  name: string;
  before: string;
  after: string;
  same: boolean;
  dim?: boolean;
  mono?: boolean;
  action?: ReactNode;
}): ReactNode {
  return (
    <tr data-same={same} data-dim={dim}>
      <th scope="row" className={mono ? 'mono' : undefined} title={name}>
        {name}
      </th>
      <td className="mono">
        <Valued value={before} />
      </td>
      <td className="mono">
        <Valued value={after} />
      </td>
      <td className="replay-row-action">{action}</td>
    </tr>
  );
}

function text(status: number | null): string {
  return status === null ? say.absent : String(status);
}

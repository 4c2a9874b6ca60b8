import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { AlertRow } from '../../../../shared/contract/alert-schema.ts';
import { useApi } from '../../../client/api-context.ts';
import { useActions } from '../../../data/actions.ts';
import { ageText } from '../../../data/age.ts';
import { changePlace, goTo, linkTo, useParam } from '../../../data/location.ts';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Choice } from '../../../ui/fields.tsx';
import { Late } from '../../../ui/late.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { words } from '../../../words/index.ts';
import { keyTerms } from '../counter-terms.ts';
import { boundsOf, rangeBetween, readSpan, SPAN_NAMES } from '../place.ts';
import { PolicyBar } from '../policy-bar.tsx';
import { quoted } from '../quoted.ts';
import { useDeed } from '../use-policies.ts';
import './alerts.css';

const says = words.alerts;
const all = words.policies;
const AGAIN_MS = 3000;
/** What went on shortly before it opened is why it opened. */
const BEFORE = 10 * 60_000_000;
const WHEN = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const dateOf = (us: number): string => WHEN.format(us / 1000);

/** What went past a mark, what is open first, until somebody takes it up. */
export default function Alerts(): ReactNode {
  const api = useApi();
  const deed = useDeed();
  const span = readSpan(useParam('span'));
  const [active, setActive] = useState<number | null>(null);
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['policies', 'alerts', span],
    queryFn: ({ signal }) => api.policies.alerts({ ...boundsOf(span), limit: 200 }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  const rows = data?.alerts ?? [];
  const chosen = rows.find(({ id }) => id === active) ?? rows[0];

  async function change(row: AlertRow, state: 'acknowledged' | 'closed'): Promise<void> {
    const { id, policy, state: before } = row;
    const done = await deed((one) => one.policies.changeAlert({ id, state }));
    if (!done) return;
    toast(says[state](policy), {
      action: {
        title: words.general.undo,
        run: () =>
          void deed((one) => one.policies.changeAlert({ id, state: before })).then((undone) => {
            if (undone) toast(says.reopened(policy));
          }),
      },
    });
  }
  const move = (by: number): void => {
    const at = chosen ? rows.indexOf(chosen) : 0;
    const to = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (!to) return;
    setActive(to.id);
    document.getElementById(`alert-${to.id}`)?.scrollIntoView({ block: 'nearest' });
  };
  useActions(says.title, [
    { id: 'alerts.next', title: says.keys.next, keys: ['j'], run: () => move(1) },
    { id: 'alerts.previous', title: says.keys.previous, keys: ['k'], run: () => move(-1) },
    ...(chosen?.state === 'open'
      ? [
          {
            id: 'alerts.acknowledge',
            title: says.keys.acknowledge,
            keys: ['a'],
            run: () => void change(chosen, 'acknowledged'),
          },
        ]
      : []),
    ...(chosen && chosen.state !== 'closed'
      ? [{ id: 'alerts.close', title: says.keys.close, keys: ['x'], run: () => void change(chosen, 'closed') }]
      : []),
  ]);
  return (
    <>
      <PolicyBar>
        <Choice
          label={all.range}
          value={span}
          options={SPAN_NAMES.map((value) => ({ value, title: all.ranges[value] }))}
          onChange={(value) => changePlace({ span: value === '7d' ? undefined : value })}
        />
        <span className="page-gap" />
        {data && rows.length > 0 && (
          <span className="dim" role="status">
            {says.open(data.open, rows.length)}
          </span>
        )}
      </PolicyBar>
      {!data ? (
        error ? (
          <Empty title={says.failed} says={error.message} />
        ) : (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        )
      ) : rows.length === 0 ? (
        <Empty title={says.none} says={says.noneSays}>
          <Button look="primary" onClick={() => goTo('policies', { edit: 'new', kind: 'alert' })}>
            {says.begin}
          </Button>
        </Empty>
      ) : (
        <ul className="alerts page-body" aria-label={says.list}>
          {rows.map((row) => (
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only follows the focus
            <li
              key={row.id}
              id={`alert-${row.id}`}
              data-state={row.state}
              aria-current={row === chosen || undefined}
              onFocus={() => setActive(row.id)}
            >
              <Alert row={row} now={dataUpdatedAt * 1000} onChange={(state) => void change(row, state)} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Alert({
  row,
  now,
  onChange,
}: {
  row: AlertRow;
  now: number;
  onChange: (state: 'acknowledged' | 'closed') => void;
}): ReactNode {
  const { policy, key, state, openedAt, closedAt, acknowledgedAt, acknowledgedBy, sentence, owner, deliveries } = row;
  const filter = [`policy:${quoted(policy)}`, ...keyTerms(key)].join(' ');
  return (
    <article aria-label={`${policy}, ${says.state[state]}`}>
      <span className="alert-state">{says.state[state]}</span>
      <div className="alert-text">
        <p className="alert-sentence">{sentence}</p>
        <p className="alert-more dim">
          <a href={linkTo('policies', { policy })}>{policy}</a>
          {key !== '' && <span>{key}</span>}
          <span title={dateOf(openedAt)}>
            {says.since(closedAt === null ? all.ago(ageText(openedAt, now)) : dateOf(openedAt))}
          </span>
          {closedAt !== null && <span>{says.closedAt(dateOf(closedAt))}</span>}
          {acknowledgedAt !== null && (
            <span title={dateOf(acknowledgedAt)}>
              {acknowledgedBy === null ? says.takenUp : says.by(acknowledgedBy)}
            </span>
          )}
          <span>{owner ?? says.noOwner}</span>
          <a href={linkTo('traffic', { filter, range: rangeBetween(openedAt - BEFORE, closedAt ?? now) })}>
            {says.calls}
          </a>
        </p>
        {deliveries.length > 0 && (
          <ul className="alert-deliveries" aria-label={says.deliveries}>
            {deliveries.map(({ to, state: how, tries, says: why }, place) => (
              // oxlint-disable-next-line react/no-array-index-key -- they only ever become more
              <li key={place} data-state={how} title={why ?? undefined}>
                {to} <span>{how === 'waiting' && why !== null ? says.waits : says.delivery[how]}</span>
                {says.tries(tries)}
                {how !== 'delivered' && why !== null && <span className="dim">: {why}</span>}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="alert-deeds">
        {state === 'open' && <Button onClick={() => onChange('acknowledged')}>{says.acknowledge}</Button>}
        {state !== 'closed' && (
          <Button look="quiet" onClick={() => onChange('closed')}>
            {says.close}
          </Button>
        )}
      </div>
    </article>
  );
}

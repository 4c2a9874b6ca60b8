import { useQuery } from '@tanstack/react-query';
import { ChevronDown, Pencil, X } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import type { GaugeRow, PolicyRow } from '../../../../shared/contract/policies.ts';
import type { Mode } from '../../../../shared/model/policy.ts';
import { formatCount, formatDuration, formatSize } from '../../../../shared/format/quantities.ts';
import { formatMoney } from '../../../../shared/format/money.ts';
import { useApi } from '../../../client/api-context.ts';
import { ageText } from '../../../data/age.ts';
import { goTo, linkTo } from '../../../data/location.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { MenuButton } from '../../../ui/menu.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { words } from '../../../words/index.ts';
import { itemNamed } from '../editor/policy-items.ts';
import { ModeSwitch } from '../mode-switch.tsx';
import { linkToCalls, placeOfCalls } from '../place.ts';
import type { SpanName } from '../place.ts';
import { expiryText, verdictsOf } from './policy-columns.tsx';
import './policy-panel.css';

const says = words.policies;
const say = says.panel;
const COUNTERS = 8;

/** A figure of a counter, in what it counts. */
export function amountText(value: number | null, unit: GaugeRow['unit']): string {
  if (value === null) return says.none;
  if (unit === 'nano-dollars') return formatMoney(value);
  if (unit === 'bytes') return formatSize(value);
  return formatCount(Math.round(value));
}

/** One policy beside the list: what it does, what came of it, its counters, and the lines it is written in. */
export function PolicyPanel({
  id,
  row,
  text,
  span,
  now,
  onMode,
  onRemove,
  onClose,
}: {
  id: string;
  row: PolicyRow | null;
  /** Of the file. */
  text: string;
  span: SpanName;
  now: number;
  onMode: (policy: PolicyRow, mode: Mode) => void;
  onRemove: (policy: PolicyRow) => void;
  onClose: () => void;
}): ReactNode {
  if (!row) {
    return (
      <section className="policy-panel" aria-label={say.label(id)}>
        <div className="policy-panel-alone">
          <IconButton icon={X} label={say.close} keys="escape" onClick={onClose} />
        </div>
        <Empty title={say.gone(id)} says={say.goneSays} />
      </section>
    );
  }
  const { hits, mode } = row;
  const ofCalls = (verdicts?: readonly string[]): string =>
    linkToCalls({ policy: id, ...(verdicts && { verdicts }) }, span);
  return (
    <section className="policy-panel" aria-label={say.label(id)}>
      <header className="policy-panel-head">
        <div className="policy-panel-title">
          <h2 className="ellipsis" title={id}>
            {id}
          </h2>
          <p className="dim">{says.kindSays[row.kind]}</p>
        </div>
        <Button icon={Pencil} onClick={() => goTo('policies', { edit: id })}>
          {say.edit}
        </Button>
        <MenuButton
          align="end"
          trigger={<IconButton icon={ChevronDown} label={say.more} />}
          entries={[
            { title: say.calls, keys: 'c', run: () => goTo('traffic', placeOfCalls({ policy: id }, span)) },
            { title: says.tab.decisions, run: () => goTo('policies', { tab: 'decisions', policy: id, span }) },
            null,
            { title: say.remove, danger: true, run: () => onRemove(row) },
          ]}
        />
        <IconButton icon={X} label={say.close} keys="escape" onClick={onClose} />
      </header>
      <div className="policy-panel-body">
        <div className="policy-panel-mode">
          <ModeSwitch id={id} mode={mode} onChange={(to) => onMode(row, to)} />
          <span className="dim">{says.modeSays[mode]}</span>
        </div>
        <p className="policy-panel-says">{row.says}</p>
        <section aria-label={say.hits}>
          <h3>{say.hits}</h3>
          <dl className="policy-figures">
            <Figure name={say.hit.asked} count={hits.asked} href={ofCalls()} />
            <Figure
              name={mode === 'enforce' ? say.hit.denied : say.hit.wouldDeny}
              count={hits.denied}
              href={ofCalls(verdictsOf(mode, 'denied'))}
              tone="blocked"
            />
            <Figure
              name={say.hit.delayed}
              count={hits.waited}
              href={ofCalls(verdictsOf(mode, 'waited'))}
              tone="throttled"
            />
            <Figure name={say.hit.faults} count={hits.faults} href={ofCalls()} tone="bad" />
          </dl>
          {(hits.lastAt !== null || hits.waitUs > 0) && (
            <p className="dim policy-note">
              {[
                ...(hits.waitUs > 0 ? [say.waited(hits.waitUs)] : []),
                ...(hits.lastAt === null ? [] : [say.lastHit(says.ago(ageText(hits.lastAt, now)))]),
              ].join(', ')}
            </p>
          )}
        </section>
        <Counters id={id} now={now} />
        <dl className="policy-facts">
          <dt>{say.facts.owner}</dt>
          <dd>{row.owner ?? <span className="dim">{say.noOwner}</span>}</dd>
          {row.reason !== null && (
            <>
              <dt>{say.facts.reason}</dt>
              <dd>{row.reason}</dd>
            </>
          )}
          {row.expiresAt !== null && (
            <>
              <dt>{say.facts.expires}</dt>
              <dd className={row.expiresAt <= now ? 'dense-bad' : undefined}>{expiryText(row.expiresAt, now, true)}</dd>
            </>
          )}
          {row.changedAt !== null && (
            <>
              <dt>{say.facts.changed}</dt>
              <dd>
                <a href={linkTo('policies', { show: 'versions' })}>{says.ago(ageText(row.changedAt, now))}</a>
              </dd>
            </>
          )}
          <dt>{say.facts.fault}</dt>
          <dd>{say.fault[row.onFault]}</dd>
        </dl>
        {row.exceptions > 0 && <p className="dim policy-note">{say.exceptions(row.exceptions)}</p>}
        <Written id={id} text={text} />
      </div>
    </section>
  );
}

function Figure({ name, count, href, tone }: { name: string; count: number; href: string; tone?: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {count === 0 ? (
          <span className="dense-none">0</span>
        ) : (
          <a href={href} data-tone={tone}>
            {formatCount(count)}
          </a>
        )}
      </dd>
    </div>
  );
}

/** Its counters, those closest to their limit first. */
function Counters({ id, now }: { id: string; now: number }): ReactNode {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['policies', 'gauges', id],
    queryFn: ({ signal }) => api.policies.gauges({ id, limit: COUNTERS }, { signal }),
    refetchInterval: 3000,
  });
  if (!data || data.gauges.length === 0) return null;
  const head = say.counter;
  return (
    <section aria-label={say.counters}>
      <h3>{say.counters}</h3>
      <table className="policy-counters">
        <thead>
          <tr>
            <th>{head.key}</th>
            <th className="numeric">{head.used}</th>
            <th>
              <span className="unseen">{head.left}</span>
            </th>
            <th className="numeric">{head.reset}</th>
          </tr>
        </thead>
        <tbody>
          {data.gauges.map(({ key, unit, limit, used, resetAt, waiting }) => {
            const share = limit !== null && limit > 0 && used !== null ? Math.min(1, used / limit) : null;
            return (
              <tr key={key}>
                <td className="ellipsis" title={key}>
                  {key === '' ? say.everyone : key}
                </td>
                <td className="numeric">
                  {amountText(used, unit)}
                  {limit !== null && <span className="unit"> / {amountText(limit, unit)}</span>}
                  {waiting > 0 && (
                    <span className="policy-waiting">
                      {' '}
                      {formatCount(waiting)} {head.waiting.toLowerCase()}
                    </span>
                  )}
                </td>
                <td>
                  {share !== null && (
                    <span
                      className="policy-meter"
                      data-near={share >= 0.95 ? 'full' : share >= 0.8 || undefined}
                      aria-hidden
                    >
                      <span style={{ width: `${share * 100}%` }} />
                    </span>
                  )}
                </td>
                <td className="numeric dim">
                  {resetAt === null || resetAt <= now
                    ? says.none
                    : formatDuration(Math.round((resetAt - now) / 1e6) * 1e6)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Written({ id, text }: { id: string; text: string }): ReactNode {
  const lines = useMemo(() => {
    const item = itemNamed(text, id);
    if (!item) return null;
    const all = text.slice(item.from, item.to).split('\n');
    const indent = /^\s*/.exec(all[0] ?? '')?.[0].length ?? 0;
    return { line: item.line, text: all.map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join('\n') };
  }, [id, text]);
  return (
    <section aria-label={say.yaml}>
      <h3>{say.yaml}</h3>
      {lines ? (
        <pre className="policy-written" tabIndex={0}>
          {lines.text}
        </pre>
      ) : (
        <p className="dim">{say.nowhere}</p>
      )}
    </section>
  );
}

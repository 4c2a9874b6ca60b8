import type { ReactNode } from 'react';
import { formatMoney } from '../../../shared/format/money.ts';
import { countOf, formatCount } from '../../../shared/format/quantities.ts';
import { linkTo } from '../../data/location.ts';
import { writeBetween } from '../../data/time-range.ts';
import { Empty } from '../../ui/empty.tsx';
import { Late } from '../../ui/late.tsx';
import { words } from '../../words/index.ts';
import { boundsOf } from './cost-place.ts';
import { useWaste } from './use-costs.ts';

const says = words.costs;

/** What need not have been paid, the dearest first, each with the calls behind it. */
export function Waste({ range }: { range: string }): ReactNode {
  const { data, error } = useWaste(range);
  if (!data) {
    return error ? (
      <Empty title={says.failed} says={error.message} />
    ) : (
      <Late>
        <p className="page-late dim">{words.general.loading}</p>
      </Late>
    );
  }
  const wastes = data.wastes.filter(({ calls }) => calls > 0).toSorted((a, b) => (b.nanoUsd ?? 0) - (a.nanoUsd ?? 0));
  const span = boundsOf(range, Date.now() * 1000);
  const calls = (query: string): string =>
    linkTo('traffic', { filter: query, range: span.since <= 0 ? 'all' : writeBetween(span.since, span.until) });
  if (wastes.length === 0)
    return (
      <Empty title={says.wasteNone} says={`${says.wasteNoneSays} ${says.wasteLooked(data.looked, data.complete)}`} />
    );
  return (
    <div className="page-body costs-page">
      <p className="dim costs-looked">{says.wasteLooked(data.looked, data.complete)}</p>
      {wastes.map(({ kind, nanoUsd, calls: count, says: sentence, groups, examples }) => (
        <section key={kind} className="costs-waste" aria-label={says.wasteKind[kind]}>
          <header>
            <h2>{says.wasteKind[kind]}</h2>
            <p>
              {nanoUsd === null ? (
                <span className="dim">{says.wasteUnknown}</span>
              ) : (
                <strong>{formatMoney(nanoUsd)}</strong>
              )}
              <span className="dim"> · {countOf(count, 'call')}</span>
            </p>
          </header>
          <p className="costs-waste-says">{sentence}</p>
          <div className="costs-waste-why">
            {groups.length > 0 && (
              <div>
                <h3>{says.wasteGroups}</h3>
                <ul className="costs-rows">
                  {groups.map((group) => (
                    <li key={group.query}>
                      <a className="ellipsis" href={calls(group.query)} title={group.query}>
                        {group.says}
                      </a>
                      <span className="unit">{countOf(group.calls, 'call')}</span>
                      <span>{group.nanoUsd === null ? says.none : formatMoney(group.nanoUsd)}</span>
                    </li>
                  ))}
                </ul>
              </div>
            )}
            {examples.length > 0 && (
              <div>
                <h3>{says.wasteExamples}</h3>
                <ul className="costs-rows">
                  {examples.slice(0, 6).map((example) => (
                    <li key={example.id}>
                      <a href={linkTo('call', { call: String(example.id) })}>{says.callNumber(example.id)}</a>
                      <span className="dim costs-example">{example.says}</span>
                    </li>
                  ))}
                </ul>
                {examples.length > 6 && <p className="dim costs-small">+{formatCount(examples.length - 6)}</p>}
              </div>
            )}
          </div>
        </section>
      ))}
    </div>
  );
}

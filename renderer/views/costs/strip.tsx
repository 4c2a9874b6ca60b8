import type { ReactNode } from 'react';
import type { CostFigures } from '../../../shared/contract/costs.ts';
import { formatMoney } from '../../../shared/format/money.ts';
import { words } from '../../words/index.ts';
import { linkToCalls, OF_A_VENDOR, UNKNOWN_COST } from './cost-place.ts';
import type { CostPlace } from './cost-place.ts';
import type { useSummary } from './use-costs.ts';

const says = words.costs;
export type Summary = ReturnType<typeof useSummary>['data'];

/** What it comes to, how well that is known, and what one of it costs. */
export function Strip({
  place: { path, range },
  total,
  summary,
  now,
}: {
  place: CostPlace;
  total: CostFigures;
  summary: Summary;
  now: number;
}): ReactNode {
  const { costNanoUsd, unpricedCalls, estimatedNanoUsd } = total;
  const whole = path.length === 0 ? summary : undefined;
  const before = whole?.previous.costNanoUsd ?? null;
  const change = before === null || before === 0 || costNanoUsd === null ? null : costNanoUsd / before - 1;
  const unknown = linkToCalls(path, range, now, [UNKNOWN_COST, OF_A_VENDOR]);
  return (
    <section className="costs-strip" aria-label={says.title}>
      <p className="costs-total">
        {costNanoUsd === null ? (
          <strong className="costs-unknown">{says.nothingKnown}</strong>
        ) : (
          <>
            <strong>{formatMoney(costNanoUsd)}</strong> {says.known}
          </>
        )}
        {unpricedCalls > 0 && (
          <>
            {', '}
            {unknown === undefined ? (
              says.unknownCalls(unpricedCalls)
            ) : (
              <a href={unknown}>{says.unknownCalls(unpricedCalls)}</a>
            )}
          </>
        )}
      </p>
      {estimatedNanoUsd > 0 && <p className="costs-estimated">~{says.estimated(estimatedNanoUsd)}</p>}
      {change !== null && before !== null && (
        <p className="dim">
          <span className="costs-change">{says.change(change)}</span> {says.before} ({formatMoney(before)})
        </p>
      )}
      {whole && (
        <>
          <span className="page-gap" />
          <Unit nano={whole.perCallNanoUsd} says={says.unit.call} />
          <Unit nano={whole.perThousandTokensNanoUsd} says={says.unit.tokens} />
          {whole.perUser && <Unit nano={whole.perUser.nanoUsd} says={says.unit.user(whole.perUser.users)} />}
        </>
      )}
    </section>
  );
}

function Unit({ nano, says: what }: { nano: number | null; says: string }): ReactNode {
  if (nano === null) return null;
  return (
    <p>
      {formatMoney(nano)} <span className="dim">{what}</span>
    </p>
  );
}

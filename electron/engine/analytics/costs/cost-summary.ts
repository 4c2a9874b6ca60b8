import type { CostFigures } from '../../../../shared/contract/costs.ts';
import type { Span } from '../../store/picture-rows.ts';
import { allCells, dayOf, DAY, spendingCells, type CellSource, type CostCell } from './cost-cells.ts';
import { addTo, figuresOf, startTally } from './cost-figures.ts';
import { keyOf } from './dimensions.ts';
import { forecastMonth, LOOK_BACK, monthOf, type Forecast } from './forecast.ts';

const MOVED_BY = ['vendor', 'model', 'app'] as const;
/** The largest changes of each of these. */
const MOVERS = 5;

export interface Mover {
  dimension: (typeof MOVED_BY)[number];
  value: string | null;
  nanoUsd: number;
  previousNanoUsd: number;
}

export interface CostSummary {
  total: CostFigures;
  previous: CostFigures;
  perCallNanoUsd: number | null;
  perThousandTokensNanoUsd: number | null;
  perUser: { users: number; nanoUsd: number | null } | null;
  movers: Mover[];
  forecast: Forecast | null;
}

/** What a span comes to, against the span of the same length before it. */
export function* costSummary(source: CellSource, question: Span & { now: number }): Generator<void, CostSummary> {
  const { since, until, now } = question;
  const movers = startMovers();
  const tokens = { cost: 0, count: 0 };
  const users = { names: new Set<string>(), cost: 0, priced: 0 };

  const total = yield* addUp({ since, until }, { tags: true }, (cell) => {
    movers.add(cell, 'nanoUsd');
    // Where some calls of a cell have no price, what their tokens cost cannot be told from the others'.
    if (cell.tokenCalls > 0 && cell.pricedCalls === cell.calls) {
      tokens.cost += cell.costNanoUsd;
      tokens.count += cell.inputTokens + cell.outputTokens;
    }
    const user = Object.hasOwn(cell.tags, 'user') ? cell.tags['user'] : undefined;
    if (user === undefined) return;
    users.names.add(user);
    users.cost += cell.costNanoUsd;
    users.priced += cell.pricedCalls;
  });
  const previous = yield* addUp({ since: Math.max(0, since - (until - since)), until: since }, {}, (cell) =>
    movers.add(cell, 'previousNanoUsd'),
  );

  function* addUp(span: Span, apart: { tags?: boolean }, each: (cell: CostCell) => void): Generator<void, CostFigures> {
    const tally = startTally();
    for (const cell of allCells(source, span, apart)) {
      if (!cell) {
        yield;
        continue;
      }
      addTo(tally, cell);
      each(cell);
    }
    return figuresOf(tally);
  }

  return {
    total,
    previous,
    perCallNanoUsd: per(total.costNanoUsd, total.pricedCalls),
    perThousandTokensNanoUsd: per(tokens.cost * 1000, tokens.count),
    perUser:
      users.names.size === 0
        ? null
        : { users: users.names.size, nanoUsd: per(users.priced === 0 ? null : users.cost, users.names.size) },
    movers: movers.largest(),
    forecast: forecastMonth(yield* dailyCosts(source, now), now),
  };
}

/** Known costs by day, as far back as a forecast looks. */
function* dailyCosts(source: CellSource, now: number): Generator<void, Map<number, number>> {
  const since = Math.max(0, Math.min(monthOf(now).start, dayOf(now) - LOOK_BACK * DAY));
  const daily = new Map<number, number>();
  for (const cell of spendingCells(source, { since, until: now }, { time: 'day' })) {
    if (!cell) {
      yield;
      continue;
    }
    const day = dayOf(cell.start);
    daily.set(day, (daily.get(day) ?? 0) + cell.costNanoUsd);
  }
  return daily;
}

function startMovers() {
  const found = new Map<string, Mover>();
  return {
    add(cell: CostCell, side: 'nanoUsd' | 'previousNanoUsd'): void {
      if (cell.pricedCalls === 0) return;
      for (const dimension of MOVED_BY) {
        const value = keyOf(dimension)?.(cell) ?? null;
        const name = JSON.stringify([dimension, value]);
        let mover = found.get(name);
        if (!mover) found.set(name, (mover = { dimension, value, nanoUsd: 0, previousNanoUsd: 0 }));
        mover[side] += cell.costNanoUsd;
      }
    },
    /** The largest changes first, up or down. */
    largest(): Mover[] {
      const change = ({ nanoUsd, previousNanoUsd }: Mover): number => Math.abs(nanoUsd - previousNanoUsd);
      return MOVED_BY.flatMap((dimension) =>
        [...found.values()]
          .filter((mover) => mover.dimension === dimension && change(mover) > 0)
          .sort((a, b) => change(b) - change(a))
          .slice(0, MOVERS),
      ).sort((a, b) => change(b) - change(a));
    },
  };
}

/** A share in whole nano-dollars; null of what is unknown, and of nothing. */
function per(nanoUsd: number | null, count: number): number | null {
  return nanoUsd === null || count === 0 ? null : Math.round(nanoUsd / count);
}

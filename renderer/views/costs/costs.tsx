import { ChevronDown, Table2, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useActions } from '../../data/actions.ts';
import { changePlace, goTo, linkTo, usePlace } from '../../data/location.ts';
import { readRange } from '../../data/time-range.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Choice } from '../../ui/fields.tsx';
import { Late } from '../../ui/late.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { words } from '../../words/index.ts';
import { Aside } from './aside.tsx';
import { Breakdown } from './breakdown.tsx';
import { callsOf, DIMENSIONS, paramsOf, RANGES, readPlace, TABS } from './cost-place.ts';
import type { CostPlace } from './cost-place.ts';
import { useVendorNames } from '../../data/vendor-names.ts';
import type { VendorNames } from '../../data/vendor-names.ts';
import { nameOf } from './names.ts';
import { OverTime } from './over-time.tsx';
import { Prices } from './prices.tsx';
import { Strip } from './strip.tsx';
import { useBreakdown, useSummary } from './use-costs.ts';
import { Waste } from './waste.tsx';
import '../../ui/page.css';
import './costs.css';

const says = words.costs;
const WHEN = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** What calls cost: how much, of what, why, and what of it need not be. */
export default function CostsPage(): ReactNode {
  const { params } = usePlace();
  const place = readPlace(params);
  const { tab, range, path } = place;
  const [table, setTable] = useState(false);
  const names = useVendorNames();
  /** One step up from what the breakdown is of; the dimension it was opened from is what it is told apart by again. */
  function up(): void {
    const last = path.at(-1);
    if (last) changePlace({ [last.dimension]: undefined, by: last.dimension }, true);
  }
  useActions(says.title, [
    { id: 'costs.table', title: table ? says.hideTable : says.showTable, keys: ['t'], run: () => setTable(!table) },
    ...DIMENSIONS.map((one) => ({
      id: `costs.by.${one}`,
      title: `${says.title} ${says.by(says.dimension(one))}`,
      run: () => changePlace({ by: one, tab: undefined }),
    })),
    { id: 'costs.waste', title: says.keys.waste, keys: ['w'], run: () => changePlace({ tab: 'waste' }, true) },
    { id: 'costs.prices', title: says.keys.prices, keys: ['p'], run: () => changePlace({ tab: 'prices' }, true) },
    ...(tab === 'table'
      ? [
          {
            id: 'costs.calls',
            title: says.keys.calls,
            keys: ['c'],
            run: () => goTo('traffic', callsOf(path, range, Date.now() * 1000) ?? {}),
          },
        ]
      : [
          {
            id: 'costs.breakdown',
            title: says.keys.table,
            keys: ['escape'],
            run: () => changePlace({ tab: undefined }),
          },
        ]),
    ...(tab === 'table' && path.length > 0
      ? [{ id: 'costs.up', title: says.keys.back, keys: ['escape', 'backspace'], run: up }]
      : []),
  ]);

  const between = readRange(range);
  return (
    <>
      <header className="page-bar">
        <h1>{says.title}</h1>
        <Choice
          label={says.look}
          value={tab}
          options={TABS.map((value) => ({ value, title: says.tabs[value] }))}
          onChange={(value) => changePlace({ tab: value === 'table' ? undefined : value }, true)}
        />
        {tab === 'table' && <By place={place} />}
        <Choice
          label={says.range}
          value={range}
          options={RANGES.map((value) => ({ value: value as string, title: says.ranges[value] }))}
          onChange={(value) => changePlace({ range: value === '30d' ? undefined : value })}
        />
        {between?.kind === 'between' && (
          <span className="costs-between">
            {says.chosenRange(WHEN.format(between.since / 1000), WHEN.format(between.until / 1000))}
            <IconButton icon={X} label={says.clearRange} onClick={() => changePlace({ range: undefined })} />
          </span>
        )}
        <span className="page-gap" />
        {tab === 'table' && (
          <IconButton
            icon={Table2}
            label={table ? says.hideTable : says.showTable}
            keys="t"
            pressed={table}
            onClick={() => setTable(!table)}
          />
        )}
      </header>
      {tab === 'waste' ? (
        <Waste range={range} />
      ) : tab === 'prices' ? (
        <Prices range={range} names={names} />
      ) : (
        <Look place={place} table={table} names={names} />
      )}
    </>
  );
}

function By({ place: { by, path } }: { place: CostPlace }): ReactNode {
  const free = DIMENSIONS.filter((one) => !path.some(({ dimension }) => dimension === one));
  return (
    <MenuButton
      trigger={
        <Button title={says.byLabel}>
          {says.by(says.dimension(by))}
          <ChevronDown size={12} aria-hidden />
        </Button>
      }
      entries={free.map((one) => ({ title: says.dimension(one), run: () => changePlace({ by: one }) }))}
    />
  );
}

/** The sum, its course, what it is made of, and what to know about it. */
function Look({
  place: asked,
  table,
  names,
}: {
  place: CostPlace;
  table: boolean;
  names: VendorNames | undefined;
}): ReactNode {
  const { data, error } = useBreakdown(asked);
  const { data: summary } = useSummary(asked.range);
  // What is shown is what was read, also while something else is being read.
  const place = data?.place ?? asked;
  const { range, path } = place;
  if (!data) {
    return error ? (
      <Empty title={says.failed} says={error.message} />
    ) : (
      <Late>
        <p className="page-late dim">{words.general.loading}</p>
      </Late>
    );
  }
  if (data.rows.length === 0 && path.length === 0) {
    return (
      <Empty title={says.emptyTitle} says={says.emptySays}>
        {range !== 'all' && (
          <Button look="primary" onClick={() => changePlace({ range: 'all' })}>
            {says.emptyAction}
          </Button>
        )}
      </Empty>
    );
  }
  return (
    <div className="costs">
      <Strip place={place} total={data.total} summary={summary} now={data.now} />
      {path.length > 0 && (
        <nav className="costs-path" aria-label={says.path}>
          <a href={linkTo('costs', { range, by: path[0]?.dimension ?? 'vendor' })}>{says.all}</a>
          {path.map((step, index) => (
            <span key={step.dimension}>
              <span className="costs-path-of" aria-hidden>
                ›
              </span>
              <span className="dim">{says.dimension(step.dimension)} </span>
              {index === path.length - 1 ? (
                <strong>{nameOf(step, names)}</strong>
              ) : (
                <a
                  href={linkTo('costs', {
                    range,
                    ...paramsOf(path.slice(0, index + 1)),
                    by: path[index + 1]?.dimension ?? 'vendor',
                  })}
                >
                  {nameOf(step, names)}
                </a>
              )}
            </span>
          ))}
        </nav>
      )}
      <OverTime shown={data} place={place} table={table} names={names} />
      <div className="costs-below">
        <Breakdown key={`${place.by} ${path.length}`} shown={data} place={place} names={names} />
        <Aside summary={summary} range={range} names={names} />
      </div>
    </div>
  );
}

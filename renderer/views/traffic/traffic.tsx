import { useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { sumSteps } from '../../data/call-histogram.ts';
import { changePlace, useParam } from '../../data/location.ts';
import { usePreference } from '../../data/preferences.ts';
import { usePulse } from '../../data/pulse.ts';
import { useActions } from '../../data/actions.ts';
import { readRange, spanNow, termsNow, writeBetween } from '../../data/time-range.ts';
import { useCallHistogram } from '../../data/use-call-histogram.ts';
import { useCallWindow } from '../../data/use-call-window.ts';
import { joinFilters } from '../../../shared/query/parts.ts';
import type { MenuEntry } from '../../ui/menu.tsx';
import { words } from '../../words/index.ts';
import { CallArea } from './call-area.tsx';
import type { AreaHandle } from './call-area.tsx';
import { EmptyTraffic } from './empty-traffic.tsx';
import { FilterBar } from './filter-bar.tsx';
import type { FilterHandle } from './filter-bar.tsx';
import { readFilter } from './filter-text.ts';
import { SIDES, SidePanel } from './side-panel.tsx';
import type { Side } from './side-panel.tsx';
import { TimeStrip } from './time-strip.tsx';
import { Toolbar } from './toolbar.tsx';
import { useColumns } from './use-columns.ts';
import './traffic.css';

const { traffic: says, facetPanel, emptyTraffic } = words;
const isText = (value: unknown): value is string => typeof value === 'string' && readRange(value) !== null;
const isSide = (value: unknown): value is Side => SIDES.includes(value as Side);
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

/** The calls, live: filter, time, list, and the open call beside it. */
export default function Traffic(): ReactNode {
  const filter = useParam('filter');
  const at = useParam('at');
  const [usualRange, setUsualRange] = usePreference('traffic.range', 'all', isText);
  const param = useParam('range');
  const range = readRange(param) ? param : usualRange;
  const selected = useMemo(() => readRange(at), [at]);
  const [facets, setFacets] = usePreference('traffic.facets', false, isFlag);
  const [side, setSide] = usePreference<Side>('traffic.side', 'common', isSide);
  const choice = useColumns();
  const { sort, descending, headers } = choice;
  const [attached, setAttached] = useState(true);
  const bar = useRef<FilterHandle>(null);
  const area = useRef<AreaHandle>(null);
  const paused = usePulse()?.paused ?? false;

  // A filter of a link may be unreadable: then everything is shown, and the bar says what is wrong.
  const readable = useMemo(() => (readFilter(filter) === null ? filter : ''), [filter]);
  const within = selected ?? readRange(range) ?? { kind: 'all' as const };
  // A running range begins anew with another filter.
  const terms = useMemo(() => termsNow(selected ? at : range, readable), [selected, at, range, readable]);
  const query = joinFilters(readable, terms);
  const window = useCallWindow({ query, sort, descending, headers });
  // Another question begins at its edge, wherever one was in the list before.
  const shown = `${query}\n${sort}\n${descending}\n${choice.newestFirst}`;
  const [asked, setAsked] = useState(shown);
  if (asked !== shown) {
    setAsked(shown);
    setAttached(true);
  }
  const matching = useCallHistogram(readable, range);
  const everything = useCallHistogram('', readable === '' ? null : range);
  const total = readable === '' ? matching : everything;
  const span = selected?.kind === 'between' ? selected : null;
  const counter = matching && {
    matched: sumSteps(matching, span?.since, span?.until),
    total: readable === '' ? null : total && sumSteps(total, span?.since, span?.until),
    done: matching.done && !matching.asking,
  };

  const setFilter = (text: string): void => changePlace({ filter: text });
  const addTerm = (term: string): void => changePlace({ filter: joinFilters(filter, term) }, true);
  const selectTime = (chosen: { since: number; until: number } | null): void =>
    changePlace({ at: chosen ? writeBetween(chosen.since, chosen.until) : undefined });
  const showSide = (wanted: Side): void => {
    setFacets(!facets || side !== wanted);
    setSide(wanted);
  };
  const setRange = (wanted: string): void => {
    setUsualRange(wanted);
    changePlace({ range: undefined, at: undefined });
  };

  useActions(says.title, [
    { id: 'traffic.filter', title: says.keys.filter, keys: ['/', 'mod+f'], run: () => bar.current?.focus() },
    { id: 'traffic.clear-filter', title: says.keys.clear, run: () => bar.current?.clear() },
    { id: 'traffic.facets', title: facetPanel.toggle, keys: ['b'], run: () => showSide('common') },
    { id: 'traffic.callers', title: facetPanel.toggleCallers, keys: ['g'], run: () => showSide('callers') },
  ]);

  const more: MenuEntry[] = [
    { title: says.order.newestLast, checked: !choice.newestFirst, run: () => choice.setNewestFirst(false) },
    { title: says.order.newestFirst, checked: choice.newestFirst, run: () => choice.setNewestFirst(true) },
    null,
    { title: says.time.absolute, checked: !choice.relative, run: () => choice.setRelative(false) },
    { title: says.time.relative, checked: choice.relative, run: () => choice.setRelative(true) },
    null,
    { title: says.jumpOldest, run: () => window?.jump('oldest') },
    { title: says.jumpNewest, run: () => window?.jump('newest') },
  ];
  const facetSpan = spanNow(within);

  return (
    <div className="traffic">
      <div className="toolbar">
        <FilterBar ref={bar} text={filter} onText={setFilter} counter={counter} onLeave={() => area.current?.focus()} />
        <Toolbar
          range={range}
          onRange={setRange}
          attached={attached}
          onAttached={(on) => {
            if (on) area.current?.toEdge();
            else setAttached(false);
          }}
          facets={facets}
          onFacets={setFacets}
          more={more}
        />
      </div>
      <TimeStrip
        histogram={matching}
        selected={span}
        onSelect={selectTime}
        onZoom={() => at !== '' && changePlace({ range: at, at: undefined }, true)}
      />
      {paused && <div className="traffic-paused">{emptyTraffic.pausedBar}</div>}
      <div className="traffic-body">
        {facets && (
          <SidePanel
            side={side}
            onSide={setSide}
            query={readable}
            since={facetSpan.since}
            until={within.kind === 'between' ? facetSpan.until : null}
            onTerm={addTerm}
          />
        )}
        {window && (
          <CallArea
            ref={area}
            window={window}
            choice={choice}
            addTerm={addTerm}
            empty={
              <EmptyTraffic
                filter={readable}
                timed={within.kind !== 'all'}
                hidden={total && sumSteps(total, span?.since, span?.until)}
                onClearFilter={() => setFilter('')}
              />
            }
            attached={attached}
            onAttached={setAttached}
          />
        )}
      </div>
    </div>
  );
}

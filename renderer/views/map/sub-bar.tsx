import { CalendarRange, ChevronDown, Minus, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { DependencyMap } from '../../../shared/contract/map.ts';
import { spanLabel } from '../../charts/wall-clock.ts';
import { changePlace } from '../../data/location.ts';
import { readRange, writeBetween } from '../../data/time-range.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, TextField } from '../../ui/fields.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { words } from '../../words/index.ts';
import { select } from './map-place.ts';
import { LOOKS } from './map-state.ts';
import type { MapState } from './map-state.ts';
import { COMPARISONS } from './span.ts';

const says = words.map;
/** Changes named in the bar; the others are in its list. */
const NAMED = 3;

/** What the map holds and what changed in it; and as what it is drawn. */
export function SubBar({
  map,
  state,
  first,
  walking,
  canWalk,
  onWalk,
}: {
  map: DependencyMap;
  state: MapState;
  /** Nothing was recorded in the span compared with. */
  first: boolean;
  walking: boolean;
  canWalk: boolean;
  onWalk: (on: boolean) => void;
}): ReactNode {
  const vendors = map.nodes.filter(({ kind }) => kind === 'vendor');
  const blocked = vendors.filter(({ status }) => status === 'blocked').length;
  const unapproved = vendors.filter(({ status }) => status === 'new' || status === 'known').length;
  return (
    <div className="map-sub">
      <span className="map-counts">
        <strong>{says.counted(vendors.length)}</strong>
        {unapproved > 0 && <span className="map-unapproved">, {says.unapproved(unapproved)}</span>}
        {blocked > 0 && <span className="map-blocked">, {says.blockedCount(blocked)}</span>}
      </span>
      <Changes map={map} state={state} first={first} />
      <span className="page-gap" />
      <IconButton
        icon={CalendarRange}
        label={canWalk ? says.walk : says.walkCannot}
        keys="]"
        pressed={walking}
        disabled={!canWalk}
        onClick={() => onWalk(!walking)}
      />
      <Choice
        label={says.look}
        value={state.table ? '' : state.look}
        options={LOOKS.map((value) => ({
          value: value as string,
          title: says.looks[value],
        }))}
        onChange={(look) => changePlace({ look: look === 'graph' ? undefined : look, table: undefined }, true)}
      />
    </div>
  );
}

function Changes({ map, state, first }: { map: DependencyMap; state: MapState; first: boolean }): ReactNode {
  const [choosing, setChoosing] = useState(false);
  const between = readRange(state.versus);
  const name =
    between?.kind === 'between'
      ? spanLabel(between.since, between.until)
      : (says.since[state.versus as keyof typeof says.since] ?? says.since.previous);
  const changes = worthNaming(map);
  return (
    <span className="map-changes" aria-label={says.changes} role="group">
      <MenuButton
        trigger={
          <button type="button" className="map-since">
            {says.sinceLabel(state.at === '' ? name : says.since.day)}
            <ChevronDown size={12} aria-hidden />
          </button>
        }
        entries={[
          says.compareWith,
          ...COMPARISONS.map((one) => ({
            title: one === 'none' ? says.dontCompare : says.since[one],
            checked: state.versus === one,
            run: () => changePlace({ vs: one === 'previous' ? undefined : one }),
          })),
          null,
          { title: says.chooseDates, run: () => setChoosing(true) },
        ]}
      />
      <span className="map-change-list">
        {changes.slice(0, NAMED).map((one) => (
          <button
            key={`${one.change} ${one.id}`}
            type="button"
            className="map-change-name"
            title={one.says}
            onClick={() => select(one.id)}
          >
            {one.change === 'added' ? <Plus size={11} aria-hidden /> : <Minus size={11} aria-hidden />}
            <span className="unseen">{one.change === 'added' ? says.added : says.gone}: </span>
            <span className="ellipsis">{one.name}</span>
          </button>
        ))}
        {changes.length > NAMED && (
          <MenuButton
            trigger={
              <button type="button" className="map-change-name map-change-more">
                {says.moreChanges(changes.length - NAMED)}
              </button>
            }
            entries={changes.slice(0, 200).map((one) => ({
              title: one.says,
              icon: one.change === 'added' ? Plus : Minus,
              run: () => select(one.id),
            }))}
          />
        )}
        {changes.length === 0 && state.versus !== 'none' && (
          <span className="dim">{first ? says.nothingBefore : says.noChange}</span>
        )}
      </span>
      {choosing && <DatesDialog onClose={() => setChoosing(false)} />}
    </span>
  );
}

/** Vendors first, then apps, then endpoints of vendors that were there all along; lines between what is new say nothing. */
function worthNaming({ changes }: DependencyMap): DependencyMap['changes'] {
  const rank = { vendor: 0, app: 1, edge: 2, endpoint: 3 };
  return changes.toSorted((a, b) => rank[a.kind] - rank[b.kind]);
}

function DatesDialog({ onClose }: { onClose: () => void }): ReactNode {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const bounds = { since: Date.parse(`${from}T00:00`), until: Date.parse(`${to}T00:00`) + 86_400_000 };
  const wrong = from !== '' && to !== '' && !(bounds.since < bounds.until);
  return (
    <Dialog open onClose={onClose} title={says.datesTitle}>
      <form
        className="map-dates"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong || from === '' || to === '') return;
          changePlace({ vs: writeBetween(bounds.since * 1000, bounds.until * 1000) });
          onClose();
        }}
      >
        <label>
          {says.datesFrom}
          <TextField type="date" autoFocus required value={from} onChange={(event) => setFrom(event.target.value)} />
        </label>
        <label>
          {says.datesTo}
          <TextField type="date" required value={to} onChange={(event) => setTo(event.target.value)} />
        </label>
        {wrong && (
          <p className="map-wrong" role="alert">
            {says.datesWrong}
          </p>
        )}
        <div className="dialog-buttons">
          <Button onClick={onClose}>{words.general.cancel}</Button>
          <Button look="primary" type="submit" disabled={wrong}>
            {says.datesApply}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

import { Table2, X } from 'lucide-react';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useActions } from '../../data/actions.ts';
import { changePlace, goTo } from '../../data/location.ts';
import { usePreference } from '../../data/preferences.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Late } from '../../ui/late.tsx';
import { Split } from '../../ui/split.tsx';
import { words } from '../../words/index.ts';
import type { CanvasHandle } from './canvas.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FindField } from './find-field.tsx';
import type { GraphNode } from './graph.ts';
import { graphOf, opensByItself } from './graph.ts';
import { GraphView, useDrawn, useRoom } from './graph-view.tsx';
import { Legend } from './legend.tsx';
import { select, useMapState } from './map-place.ts';
import { LOOKS, toggled, writeList } from './map-state.ts';
import type { MapState } from './map-state.ts';
import { MapTable } from './map-table.tsx';
import { SidePanel } from './panel/side-panel.tsx';
import { SubBar } from './sub-bar.tsx';
import { TimeWalk } from './time-walk.tsx';
import { Coverage, Only, Tools } from './tools.tsx';
import { useMap } from './use-map.ts';
import type { MapRead } from './use-map.ts';
import { findAll, findNext } from './walk.ts';
import '../../ui/page.css';
import './map.css';

const says = words.map;
const isShare = (value: unknown): value is number => typeof value === 'number' && value > 40 && value < 88;
const WorldView = lazy(() => import('./world/world-view.tsx'));
/** Nodes drawn at once without having been asked for: beyond, vendors stay closed. */
const MOST_NODES = 1500;

/** Who depends on whom: app → vendor → endpoint. */
export default function MapPage(): ReactNode {
  const state = useMapState();
  const read = useMap(state);
  const { map, error } = read;
  return (
    <>
      {map === undefined || map.total.calls === 0 ? (
        <>
          <header className="page-bar">
            <h1>{says.title}</h1>
            <Tools state={state} />
            <Only state={state} map={map} />
          </header>
          {error ? (
            <Empty title={says.failed} says={error.message} />
          ) : map === undefined ? (
            <Late>
              <p className="page-late dim">{words.general.loading}</p>
            </Late>
          ) : read.step && read.whole && read.whole.total.calls > 0 ? (
            <Board state={state} read={read} map={map} />
          ) : (
            <Nothing state={state} />
          )}
        </>
      ) : (
        <Board state={state} read={read} map={map} header />
      )}
    </>
  );
}

function Board({
  state,
  read,
  map,
  header = false,
}: {
  state: MapState;
  read: MapRead;
  map: NonNullable<MapRead['map']>;
  header?: boolean;
}): ReactNode {
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<CanvasHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const screen = useRoom(stage);
  const [share, setShare] = usePreference('map.split', 72, isShare);
  const { whole, before, step, steps } = read;
  const [asked, setAsked] = useState(false);
  const walking = (asked || step !== null) && steps.length > 0;

  const fits = opensByItself(whole ?? map);
  const tooMany = state.endpoints === 'all' && map.nodes.length > MOST_NODES;
  const openAll = state.endpoints === null ? fits : state.endpoints === 'all' && !tooMany;
  const { flipped, folded, group } = state;
  const graph = useMemo(
    () =>
      graphOf({
        map,
        around: [
          ...(step && whole ? [{ map: whole, presence: 'absent' as const }] : []),
          ...(before ? [{ map: before, presence: step ? ('absent' as const) : ('gone' as const) }] : []),
        ],
        grouping: group,
        folded,
        isOpen: (vendor) => openAll !== flipped.has(vendor),
      }),
    [map, whole, before, step, group, folded, openAll, flipped],
  );
  const drawn = useDrawn(graph, state, screen);
  const found = useMemo(() => new Set(findAll(drawn.drawing.nodes, state.find)), [drawn, state.find]);
  const [foundAt, setFoundAt] = useState<string | null>(null);

  const isOpen = (vendor: string): boolean => openAll !== flipped.has(vendor);
  const toggle = (node: GraphNode): void =>
    changePlace({ flip: writeList(toggled(flipped, node.id.slice('vendor:'.length))) });
  const onSelect = (id: string | null): void => {
    if (id !== state.selected) select(id);
  };
  const find = (back = false): void => {
    const next = findNext(drawn.drawing.nodes, state.find, foundAt, back);
    setFoundAt(next);
    if (next !== null) canvas.current?.focus(next);
  };
  const walk = (by: number): void => {
    const at = step ? steps.indexOf(step) + by : steps.length - 1;
    const next = steps[at];
    if (next) changePlace({ at: next.key });
  };
  const endWalk = (): void => {
    setAsked(false);
    changePlace({ at: undefined });
  };
  const close = (): void => {
    const selected = state.selected;
    select(null);
    if (selected !== null) canvas.current?.focus(selected);
  };

  useActions(says.title, [
    { id: 'map.find', title: says.keys.find, keys: ['/', 'mod+f'], run: () => field.current?.focus() },
    ...(state.find === ''
      ? []
      : [{ id: 'map.next', title: says.keys.next, keys: ['n'], quiet: true, run: () => find() }]),
    {
      id: 'map.table',
      title: state.table ? says.hideTable : says.showTable,
      keys: ['t'],
      run: () => changePlace({ table: state.table ? undefined : '1' }),
    },
    ...LOOKS.map((look) => ({
      id: `map.look.${look}`,
      title: `${says.title}: ${says.looks[look]}`,
      run: () => changePlace({ look: look === 'graph' ? undefined : look, table: undefined }, true),
    })),
    { id: 'map.open', title: says.allEndpoints, run: () => changePlace({ endpoints: 'all', flip: undefined }) },
    { id: 'map.close', title: says.noEndpoints, run: () => changePlace({ endpoints: 'none', flip: undefined }) },
    { id: 'map.zoomIn', title: says.keys.zoomIn, keys: ['+', '='], quiet: true, run: () => canvas.current?.zoom(1.25) },
    { id: 'map.zoomOut', title: says.keys.zoomOut, keys: ['-'], quiet: true, run: () => canvas.current?.zoom(0.8) },
    { id: 'map.fit', title: says.keys.fit, keys: ['0'], quiet: true, run: () => canvas.current?.fit() },
    {
      id: 'map.along',
      title: says.keys.along,
      alsoKeys: ['arrowright', 'arrowdown'],
      quiet: true,
      run: () => {
        const first = drawn.drawing.nodes[0];
        if (first) canvas.current?.focus(state.selected ?? first.node.id);
      },
    },
    { id: 'map.select', title: says.keys.select, alsoKeys: ['enter'], quiet: true, run: () => {} },
    { id: 'map.toggle', title: says.keys.toggle, alsoKeys: ['o'], quiet: true, run: () => {} },
    { id: 'map.pan', title: says.keys.pan, alsoKeys: ['shift+arrowdown'], quiet: true, run: () => {} },
    ...(steps.length === 0
      ? []
      : [
          { id: 'map.earlier', title: says.keys.earlier, keys: ['['], quiet: true, run: () => walk(-1) },
          { id: 'map.later', title: says.keys.later, keys: [']'], quiet: true, run: () => walk(1) },
        ]),
    {
      id: 'map.back',
      title: says.keys.back,
      keys: ['escape'],
      quiet: true,
      run: () => {
        if (state.selected !== null) close();
        else if (state.find !== '') changePlace({ find: undefined });
        else if (state.table) changePlace({ table: undefined });
        else if (walking) endWalk();
      },
    },
  ]);

  // Over the picture: were it above, everything would move when it comes.
  const walker = walking && <TimeWalk steps={steps} step={step} calls={map.total.calls} onClose={endWalk} />;
  const picture = (
    <div className="map-left">
      {(state.table || state.look === 'world') && walker}
      {tooMany && <p className="map-note">{says.tooMany(map.nodes.length)}</p>}
      {state.table ? (
        <MapTable map={map} graph={graph} state={state} onSelect={onSelect} />
      ) : state.look === 'world' ? (
        <Suspense fallback={<Late>{words.general.loading}</Late>}>
          <WorldView map={map} state={state} onSelect={onSelect} />
        </Suspense>
      ) : (
        <>
          <div className="map-stage" ref={stage} data-late={read.late || undefined}>
            <GraphView
              ref={canvas}
              graph={graph}
              state={state}
              drawn={drawn}
              screen={screen}
              found={found}
              isOpen={isOpen}
              onSelect={onSelect}
              onToggle={toggle}
              onFold={(key) => changePlace({ folded: writeList(toggled(folded, key)) })}
            />
            {walker}
          </div>
          <Legend drawn={drawn} graph={graph} state={state} folded={map.folded} />
        </>
      )}
    </div>
  );
  return (
    <>
      {header && (
        <header className="page-bar map-bar-top">
          <h1>{says.title}</h1>
          <Tools state={state} />
          <Only state={state} map={map} />
          <FindField
            ref={field}
            value={state.find}
            at={foundAt === null ? 0 : [...found].indexOf(foundAt) + 1}
            count={found.size}
            onNext={find}
          />
          <span className="page-gap" />
          <Coverage share={map.coverage} />
          <IconButton
            icon={Table2}
            label={state.table ? says.hideTable : says.showTable}
            keys="t"
            pressed={state.table}
            onClick={() => changePlace({ table: state.table ? undefined : '1' })}
          />
          <ExportMenu map={map} graph={graph} drawn={drawn} state={state} />
        </header>
      )}
      <SubBar
        map={map}
        state={state}
        first={read.first}
        walking={walking}
        canWalk={steps.length > 0}
        onWalk={(on) => (on ? setAsked(true) : endWalk())}
      />
      <div className="map-body">
        <Split
          share={share}
          onShare={setShare}
          first={picture}
          second={
            state.selected === null ? null : (
              <SidePanel key={state.selected} map={map} graph={graph} state={state} onClose={close} />
            )
          }
        />
      </div>
    </>
  );
}

/** Why there is no map, and the one thing to do. */
function Nothing({ state }: { state: MapState }): ReactNode {
  const narrowed = state.app !== null || state.vendor !== null;
  if (narrowed || state.range !== 'all') {
    return (
      <Empty title={says.quietTitle} says={says.quietSays}>
        {narrowed && (
          <Button icon={X} onClick={() => changePlace({ app: undefined, vendor: undefined })}>
            {says.showEverything}
          </Button>
        )}
        {state.range !== 'all' && (
          <Button look="primary" onClick={() => changePlace({ range: 'all' })}>
            {says.quietAction}
          </Button>
        )}
      </Empty>
    );
  }
  return (
    <Empty title={says.emptyTitle} says={says.emptySays}>
      <p className="map-command">
        <code>{says.emptyCommand}</code>
        <CopyButton text={says.emptyCommand} />
      </p>
      <Button look="primary" onClick={() => goTo('capture')}>
        {says.emptyAction}
      </Button>
    </Empty>
  );
}

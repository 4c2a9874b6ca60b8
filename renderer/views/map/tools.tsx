import { ChevronDown, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { DependencyMap } from '../../../shared/contract/map.ts';
import { spanLabel } from '../../charts/wall-clock.ts';
import { changePlace, linkTo } from '../../data/location.ts';
import { readRange } from '../../data/time-range.ts';
import { Button } from '../../ui/button.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { Tip } from '../../ui/tip.tsx';
import { words } from '../../words/index.ts';
import { METRICS } from './figures.ts';
import { GROUPINGS } from './graph.ts';
import type { MapState } from './map-state.ts';
import { COLOURINGS } from './paint.ts';
import { percentText } from './say.ts';
import { SPANS, USUAL_SPAN } from './span.ts';

const says = words.map;

/** What the picture is made of: width, colour, groups, time. */
export function Tools({ state }: { state: MapState }): ReactNode {
  const { width, colour, group, range, look } = state;
  const read = readRange(range);
  const span =
    read?.kind === 'between'
      ? spanLabel(read.since, read.until)
      : (says.spans[range as keyof typeof says.spans] ?? range);
  return (
    <div className="map-bar-tools">
      <Chooser
        label={says.width}
        title={says.widthOf(says.metric[width])}
        value={width}
        options={METRICS.map((value) => ({ value, title: says.metric[value] }))}
        onChoose={(value) => changePlace({ width: value === 'calls' ? undefined : value })}
      />
      {look !== 'world' && (
        <Chooser
          label={says.colour}
          title={says.colourOf(says.colouring[colour])}
          value={colour}
          options={COLOURINGS.map((value) => ({ value, title: says.colouring[value] }))}
          onChoose={(value) => changePlace({ colour: value === 'status' ? undefined : value })}
        />
      )}
      {look !== 'world' && (
        <Chooser
          label={says.group}
          title={says.groupOf(says.grouping[group])}
          value={group}
          options={GROUPINGS.map((value) => ({ value, title: says.grouping[value] }))}
          onChoose={(value) => changePlace({ group: value === 'none' ? undefined : value, folded: undefined })}
        />
      )}
      <Chooser
        label={says.span}
        title={span}
        value={range}
        options={SPANS.map((value) => ({ value, title: says.spans[value] }))}
        onChoose={(value) => changePlace({ range: value === USUAL_SPAN ? undefined : value, at: undefined }, true)}
      />
    </div>
  );
}

function Chooser<Value extends string>({
  label,
  title,
  value,
  options,
  onChoose,
}: {
  label: string;
  title: string;
  value: string;
  options: readonly { value: Value; title: string }[];
  onChoose: (value: Value) => void;
}): ReactNode {
  return (
    <MenuButton
      trigger={
        <Button className="map-choice" aria-label={`${label}: ${title}`}>
          {title}
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
      entries={[
        label,
        ...options.map((one) => ({ title: one.title, checked: one.value === value, run: () => onChoose(one.value) })),
      ]}
    />
  );
}

/** What the map is narrowed to, and the way out. */
export function Only({ state, map }: { state: MapState; map: DependencyMap | undefined }): ReactNode {
  const nameOf = (id: string, otherwise: string): string => map?.nodes.find((one) => one.id === id)?.name || otherwise;
  const only = [
    ...(state.app === null
      ? []
      : [
          {
            key: 'app',
            text: says.onlyApp(state.app === '' ? says.unnamedApp : nameOf(`app:${state.app}`, state.app)),
          },
        ]),
    ...(state.vendor === null
      ? []
      : [{ key: 'vendor', text: says.onlyVendor(nameOf(`vendor:${state.vendor}`, state.vendor)) }]),
  ];
  return only.map(({ key, text }) => (
    <Button
      key={key}
      icon={X}
      className="map-only"
      title={says.showAll(text)}
      onClick={() => changePlace({ [key]: undefined }, true)}
    >
      <span className="ellipsis">{text}</span>
    </Button>
  ));
}

/** How much of all connections the map can know of. */
export function Coverage({ share }: { share: number | null }): ReactNode {
  return (
    <Tip text={says.coverageTip}>
      <a className="map-coverage" href={linkTo('coverage')}>
        {share === null ? says.coverageUnknown : says.coverage(percentText(share))}
      </a>
    </Tip>
  );
}

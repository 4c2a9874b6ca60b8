import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMutation } from '@tanstack/react-query';
import type { DependencyMap, MAP_FORMATS } from '../../../shared/contract/map.ts';
import { spanLabel } from '../../charts/wall-clock.ts';
import { useApi } from '../../client/api-context.ts';
import { useActions } from '../../data/actions.ts';
import { Button } from '../../ui/button.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { nameOf } from './describe.ts';
import { groupName } from './graph.ts';
import type { Graph, GraphNode } from './graph.ts';
import type { Drawn } from './graph-view.tsx';
import { legendLines } from './legend.tsx';
import type { MapState } from './map-state.ts';
import { countryName } from './paint.ts';
import { drawGraph, framePicture, PICTURE_FONT } from './picture.ts';
import type { NodeWords } from './picture.ts';
import { amountText, tellingFigure } from './say.ts';
import { bytesOf, pngOf, saveFile } from './save-file.ts';

const says = words.map;
type Format = Exclude<(typeof MAP_FORMATS)[number], 'svg'>;
const FORMATS: readonly Format[] = ['cyclonedx', 'openapi', 'graphql', 'csv', 'xlsx', 'focus'];
const THEMES = ['dark', 'light'] as const;
type Theme = (typeof THEMES)[number];

/** Takes the map along: as it is drawn, or what is behind it. */
export function ExportMenu({
  map,
  graph,
  drawn,
  state,
}: {
  map: DependencyMap;
  graph: Graph;
  drawn: Drawn;
  state: MapState;
}): ReactNode {
  const api = useApi();
  const { since, until } = map;
  const behind = useMutation({
    mutationFn: (format: Format) =>
      api.map.export({
        since,
        until,
        format,
        ...(state.app !== null && { app: state.app }),
        ...(state.vendor !== null && { vendor: state.vendor }),
      }),
    onSuccess({ filename, mediaType, encoding, content, notes }) {
      saveFile(filename, encoding === 'base64' ? bytesOf(content) : content, mediaType);
      toast(says.exported(filename), notes.length > 0 ? { says: notes.join(' ') } : {});
    },
    onError: (error) => toast(says.exportFailed, { says: error.message }),
  });
  const picture = useMutation({
    async mutationFn({ kind, theme }: { kind: 'svg' | 'png'; theme: Theme }) {
      const svg = await pictureOf({ map, graph, drawn, state }, theme);
      const name = `sallyport-map-${new Date(until / 1000).toISOString().slice(0, 10)}-${theme}.${kind}`;
      if (kind === 'svg') saveFile(name, svg, 'image/svg+xml');
      else saveFile(name, await pngOf(svg), 'image/png');
      return name;
    },
    onSuccess: (name) => toast(says.exported(name)),
    onError: (error) => toast(says.exportFailed, { says: error.message }),
  });
  const pictures = (['svg', 'png'] as const).flatMap((kind) => THEMES.map((theme) => ({ kind, theme })));
  const titleOf = ({ kind, theme }: { kind: 'svg' | 'png'; theme: Theme }): string =>
    `${says.exports[kind]}, ${theme === 'dark' ? says.pictureDark : says.pictureLight}`;
  useActions(says.export, [
    ...pictures.map((one) => ({
      id: `map.export.${one.kind}.${one.theme}`,
      title: `${says.export}: ${titleOf(one)}`,
      run: () => picture.mutate(one),
    })),
    ...FORMATS.map((format) => ({
      id: `map.export.${format}`,
      title: `${says.export}: ${says.exports[format]}`,
      run: () => behind.mutate(format),
    })),
  ]);
  return (
    <MenuButton
      align="end"
      trigger={
        <Button className="map-choice" disabled={behind.isPending || picture.isPending}>
          {says.export}
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
      entries={[
        says.exportFor,
        ...pictures.map((one) => ({ title: titleOf(one), run: () => picture.mutate(one) })),
        null,
        says.exportAs,
        ...FORMATS.map((format) => ({ title: says.exports[format], run: () => behind.mutate(format) })),
      ]}
    />
  );
}

/** The picture of what is shown, in a theme of its own. */
async function pictureOf(
  { map, graph, drawn, state }: { map: DependencyMap; graph: Graph; drawn: Drawn; state: MapState },
  theme: Theme,
): Promise<string> {
  const colour = coloursOf(theme);
  const measure = createMeasure();
  const lines = legendLines(drawn, graph, state, map.folded);
  const world = state.look === 'world';
  const body = world
    ? // Its outlines are loaded when somebody wants the world.
      (await import('./world/draw-world.ts')).drawWorld(
        map,
        { where: state.where, metric: state.width },
        {
          colour,
          measure,
          say: (country, amount, vendors) =>
            `${country === null ? says.worldUnknown : countryName(country)}: ${amountText(state.width, amount)} ${says.metric[state.width]} (${vendors.join(', ')})`,
        },
      )
    : drawGraph(drawn.drawing, drawn.paint, {
        bars: state.look === 'sankey',
        metric: state.width,
        say: (node) => wordsOf(node, state),
        amount: amountText,
        groupTitle: (key) => (key.startsWith('team:') ? groupName(key) || says.noTeam : says.category(groupName(key))),
        colour,
        measure,
      });
  const only = [
    state.app === null ? null : says.onlyApp(state.app || says.unnamedApp),
    state.vendor === null ? null : says.onlyVendor(state.vendor),
    map.coverage === null ? null : says.coverage(`${Math.round(map.coverage * 100)} %`),
  ].filter((part) => part !== null);
  return framePicture(body, {
    title: says.picture.title(spanLabel(map.since, map.until)),
    subtitle: [
      says.apps(map.nodes.filter(({ kind }) => kind === 'app').length),
      says.counted(map.nodes.filter(({ kind }) => kind === 'vendor').length),
      says.calls(map.total.calls),
      ...only,
    ].join(' · '),
    foot: says.picture.made(new Date().toISOString().slice(0, 16).replace('T', ' ')),
    legend: world
      ? {
          width: says.worldSize(says.metric[state.width]),
          samples: [],
          colour: says.whereShort[state.where],
          tones: [],
          notes: [],
        }
      : { ...lines, colour: says.legendColour(says.colouring[state.colour]), tones: drawn.paint.legend },
    colour,
    measure,
  });
}

function wordsOf(node: GraphNode, state: MapState): NodeWords {
  const figure = tellingFigure(node, state.width);
  const status = node.kind === 'vendor' ? node.node?.status : undefined;
  const said: NodeWords['badge'] =
    status === 'blocked'
      ? { shape: 'cross', text: says.statusShort.blocked, token: '--blocked' }
      : status === 'deprecated'
        ? { shape: 'clock', text: says.statusShort.deprecated, token: '--throttled' }
        : status === 'new' || status === 'known'
          ? { shape: 'ring', text: says.statusShort[status], token: status === 'new' ? '--client' : '--text-dim' }
          : null;
  const added = node.presence === 'added';
  // What people decided comes first; that it came is then said before its name.
  const badge: NodeWords['badge'] = said ?? (added ? { shape: 'ring', text: says.added, token: '--accent' } : null);
  return {
    name: added && said ? `+ ${nameOf(node)}` : nameOf(node),
    figure: figure.more === '' ? figure.text : `${figure.text} · ${figure.more}`,
    bad: figure.bad,
    badge,
  };
}

/** The tokens of a theme, whichever is shown. */
function coloursOf(theme: Theme): (token: string) => string {
  const root = document.documentElement;
  const shown = root.dataset['theme'];
  // Styles are worked out at once and nothing is painted in between.
  root.dataset['theme'] = theme;
  const style = getComputedStyle(root);
  const known = new Map<string, string>();
  for (const token of TOKENS) known.set(token, style.getPropertyValue(token).trim());
  if (shown === undefined) delete root.dataset['theme'];
  else root.dataset['theme'] = shown;
  return (token) => known.get(token) ?? '#888888';
}

const TOKENS = [
  ...['--page', '--raised', '--panel', '--line', '--line-strong', '--text', '--text-dim', '--text-faint', '--accent'],
  ...['--ok', '--moved', '--client', '--server', '--blocked', '--throttled', '--open-bar'],
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((index) => `--cat-${index}`),
  ...[1, 2, 3, 4].map((index) => `--map-slow-${index}`),
  ...[0, 1, 2, 3, 4].map((index) => `--heat-${index}`),
];

function createMeasure(): (text: string, size: number, bold?: boolean) => number {
  const context = document.createElement('canvas').getContext('2d');
  return (text, size, bold = false) => {
    if (!context) return text.length * size * 0.56;
    context.font = `${bold ? 600 : 400} ${size}px ${PICTURE_FONT}`;
    return context.measureText(text).width;
  };
}

import { ArrowDownToLine, ChevronDown, Ellipsis, PanelLeft, Pause, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { usePulse } from '../../data/pulse.ts';
import { RANGES } from '../../data/time-range.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import type { MenuEntry } from '../../ui/menu.tsx';
import { Tip } from '../../ui/tip.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { spanText } from './clock.ts';
import { readRange } from '../../data/time-range.ts';

const { traffic: says, strip, frame } = words;

/** What is right of the filter: time, following, panels, recording. */
export function Toolbar({
  range,
  onRange,
  attached,
  onAttached,
  facets,
  onFacets,
  more,
}: {
  range: string;
  onRange: (range: string) => void;
  attached: boolean;
  onAttached: (on: boolean) => void;
  facets: boolean;
  onFacets: (on: boolean) => void;
  more: readonly MenuEntry[];
}): ReactNode {
  const api = useApi();
  const pulse = usePulse();
  const paused = pulse?.paused ?? false;
  const toggle = useMutation({
    mutationFn: () => (paused ? api.capture.resume() : api.capture.pause()),
    onError: (error) => toast(words.general.failed, { says: error.message }),
  });
  const chosen = readRange(range);
  const title =
    chosen?.kind === 'between'
      ? spanText(chosen.since, chosen.until)
      : (strip.ranges[range as keyof typeof strip.ranges] ?? range);
  return (
    <div className="toolbar-right">
      <MenuButton
        align="end"
        trigger={
          <Button className="toolbar-range" aria-label={`${strip.range}: ${title}`}>
            {title}
            <ChevronDown size={14} aria-hidden />
          </Button>
        }
        entries={RANGES.map((one) => ({
          title: strip.ranges[one],
          checked: one === range,
          run: () => onRange(one),
        }))}
      />
      <Tip text={says.followTip} keys="f">
        <Button
          look="quiet"
          icon={ArrowDownToLine}
          aria-pressed={attached}
          className="toolbar-follow"
          onClick={() => onAttached(!attached)}
        >
          {says.live}
        </Button>
      </Tip>
      <IconButton
        icon={PanelLeft}
        label={words.facetPanel.toggle}
        keys="b"
        pressed={facets}
        onClick={() => onFacets(!facets)}
      />
      <Tip text={paused ? frame.status.resume : frame.status.pause} keys="mod+shift+p">
        <Button icon={paused ? Play : Pause} className="toolbar-record" onClick={() => toggle.mutate()}>
          {paused ? says.resumeShort : says.pauseShort}
        </Button>
      </Tip>
      <MenuButton
        align="end"
        trigger={
          <button type="button" className="button button-quiet button-icon" aria-label={says.more}>
            <Ellipsis size={16} aria-hidden />
          </button>
        }
        entries={more}
      />
    </div>
  );
}
